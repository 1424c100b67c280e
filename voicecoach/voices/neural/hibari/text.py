"""A wording as hibari's text front end reads it well: signs as words, difficult words with their phonemes.

The front end takes phonemes as ``[word](/phonemes/)``. The words that it reads wrongly are in ``words.txt``;
signs, and words whose sound depends on the words beside them, are in the tables here.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from voicecoach.phonemes import replace_phonemes, translate_phonemes
from voicecoach.respelling import read_posture, read_respelling

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Keep = Callable[[str, str], str]

_TABLE = Path(__file__).with_name("words.txt")
_KEPT = 0xF0000
_PLACE = re.compile("[\U000f0000-\U000ffffd]")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200d\u2060\ufeff\ufe0e\ufe0f\U000f0000-\U000ffffd]")
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_RESPELLED = re.compile(r"(?<![\w-])[A-Za-z]{1,9}(?:-[A-Za-z]{1,9})+(?![\w-])")
_SIGN = re.compile(r"[^\w\s,.!?'’-]|\d|\.\s?\.| [-,.!?]|--|\b[LR]\b")

_VOWELS = "AIOWYiuæɑɔəɛɜɪʊʌᵻ"
_SAME = f"{_VOWELS}bdfhjklmnpstvwzðŋɡɹʃʒʤʧθᵊTˈˌ "
_OTHER = """
aɪ=I ai=I aʊ=W au=W eɪ=A ei=A oʊ=O əʊ=O ou=O ɔɪ=Y ɔi=Y oɪ=Y dʒ=ʤ tʃ=ʧ ɪə=ɪɹ eə=ɛɹ ɛə=ɛɹ ʊə=ʊɹ Q=O ɜ=ɜɹ ɜɹ=ɜɹ ɜr=ɜɹ
ɜːr=ɜɹ ɜːɹ=ɜɹ ɝ=ɜɹ ɝɹ=ɜɹ ɚ=əɹ ɚɹ=əɹ a=ɑ ɐ=ə ɒ=ɑ e=ɛ eː=A o=O ɘ=ə ɤ=ʌ ɨ=ᵻ ɯ=u ʉ=u y=u ʏ=ʊ ø=ɜɹ œ=ɜɹ ɵ=ʊ ɞ=ɜɹ ɶ=æ ɥ=w
ɫ=l ɬ=l ɭ=l g=ɡ r=ɹ ɾ=T ʀ=ɹ ʁ=ɹ ɻ=ɹ ɽ=ɹ ɺ=ɹ ɦ=h ʍ=w x=k χ=k ç=ʃ c=k q=k ɕ=ʃ ʂ=ʃ ʑ=ʒ ʐ=ʒ ɖ=d ʈ=t ɗ=d ɟ=ʤ ɢ=ɡ ɣ=ɡ ɓ=b
β=v ʋ=v ɸ=f ɮ=l ɰ=w ɱ=m ɲ=nj ɳ=n ɴ=ŋ ʎ=lj ʝ=j ʄ=ʤ ʣ=dz ʦ=ts ʨ=ʧ ʥ=ʤ ɑ\u0303=ɑn ɛ\u0303=ɑn ɔ\u0303=On œ\u0303=ʌn
n\u0329=ᵊn l\u0329=ᵊl m\u0329=ᵊm
"""
"""Phonemes of the International Phonetic Alphabet and those of hibari's model, as near as American English comes."""

_LIMBS = "(?:arms?|hands?|body|legs?|band|strap|towel|spine|trunk)"
_SIDED = "(?:leg|arm|hand|foot|knee|hip|side|elbow|shoulder|nostril|heel|ear)"
_SUBTLE = "(?:movement|change|adjustment|shift|motion|difference|detail|amount|correction)s?"
_BODY = "(?:them|feet|knees|legs|hands|arms|heels|toes|fingers|shoulder blades)"
_BE = ("am", "is", "are", "get", "gets", "got", "getting", "be", "become", "becomes", "was", "were", "been", "being")
_STATE = ("be", "is", "are", "am", "and", "or", "feel", "rest", "stay")
_MONTHS = ("jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec")
_NOUN = r"(?= (?-i:[a-z]))(?! (?:and|or|to|is)\b)"
_STOP = r"(?=\.(?: \D|$))"
_BESIDE = {
    "and": ((r"^and(?= (?:in|out)\b)", "/ænd/"),),
    "right": ((rf"(?<=[td]), r(?=ight(?:[.,!?]|$| {_SIDED}\b))", ". R"),),  # "out, right" is heard as "outrate"
    "lead": ((r"lead(?= (?:weight|ball|plate|pipe|vest|apron)s?\b)", "/lˈɛd/"),),
    "wind": ((rf"wind(?= (?:down|up|(?:your|both|the) {_LIMBS})\b)", "/wˈInd/"),),
    "winds": ((r"winds(?= (?:down|up)\b)", "/wˈIndz/"),),
    "wound": ((r"wound(?= (?:up|down|around|round|about)\b)", "/wˈWnd/"),),
    "minute": ((rf"minute(?= {_SUBTLE}\b)", "/mInˈut/"),),
    "content": (
        (r"content(?= (?:with|to|as)\b)", "/kəntˈɛnt/"),
        *((rf"(?<={each} )content(?=[.,;!?]|$)", "/kəntˈɛnt/") for each in _STATE),
    ),
    "bow": ((r"(?<!like a )bow(?! (?:and arrow|pose|legs?|string|tie)\b|-)", "/bˈW/"),),
    "bows": ((r"bows(?! and arrows\b)", "/bˈWz/"),),
    "used": tuple((rf"(?<={each} )used(?= to\b)", "/jˈust/") for each in (*_BE, "'re", "’re", "'m", "’m")),
    "articulate": ((r"articulate(?= (?:the|your|each|every|through|down|up)\b)", "/ɑɹtˈɪkjəlˌAt/"),),
    "separate": ((rf"separate(?= (?:the|your|both|{_BODY})\b)", "/sˈɛpəɹˌAt/"),),
    "sun": ((rf"(?<=\bthe )sun{_STOP}", "/sˈʌn/"),),
    "no": ((rf"(?<![^ (“\"]) ?\bno{_STOP}", "/nˈO/"),),
    "fig": ((rf"fig{_STOP}", "/fˈɪɡ/"),),
    "rep": ((rf"rep{_STOP}", "/ɹˈɛp/"),),
    "march": ((r"(?-i:March)(?= (?:\d+|one|two) (?-i:[a-z]))", "/mˈɑɹʧ/"),),
    "a": (
        (rf"^(?-i:A){_NOUN}", "a"),
        (rf"(?<=[.!?…] )(?-i:A){_NOUN}", "/ɐ/"),
        (r"\b(?-i:A)(?= (?:and|or|to) (?-i:[A-Z])\b)", "/ˈA/"),
    ),
    "etc": ((r"etc\.?", "/ɛtsˈɛTəɹə/"),),
    "tai": ((r"tai[ -]chi", "/tˈI ʧˈi/"),),
    "t'ai": ((r"t['’]ai[ -]chi", "/tˈI ʧˈi/"),),
    **{month: ((rf"(\b{month})\.(?= \d)", r"\1"),) for month in _MONTHS},
}
"""Words that are read by the words beside them: patterns, each with phonemes in slashes, or with other words."""

_MOST_DIGITS = 36
"""Digits of the largest number that hibari has words for."""
_PARTS = ("", "", "half", "third", "quarter", "fifth", "sixth", "seventh", "eighth", "ninth")
_SIGNS = (
    ("\u2010\u2011", r"[\u2010\u2011]", "-"),
    ("´`ʼ′", r"(?<=[^\W\d_])[´`ʼ′](?=[^\W\d_])", "'"),
    ("(", r"\(s\)", "s"),
    ("[{", r"[\[{]", "("),
    ("]}", r"[\]}]", ")"),
    ("/", r"\bL ?/ ?R\b", "left and right"),
    ("/", r"\bR ?/ ?L\b", "right and left"),
    ("L", r"\(L\)|\bL(?= (?:side|leg|arm|hand|foot|knee|hip|shoulder|elbow|heel|ear)\b)", "left"),
    ("R", r"\(R\)|\bR(?= (?:side|leg|arm|hand|foot|knee|hip|shoulder|elbow|heel|ear)\b)", "right"),
    ("/", r"(?i)\b(and|s?he|his|hers?|him|them|they)/(or|s?he|his|hers?|him|they)\b", r"\1 or \2"),
    ("", r"(?i)\band or or\b", "and or"),
    ("/", r"\b24/7\b", "24 7"),
    ("/-", r"(?<![\d/.-])(\d+)[/-]\1(?![\d/-])", r"\1 \1"),
    ("/", r"(?<![\d/.])(1)/([3-9])(?![\d/])", lambda match: f"1 {_PARTS[int(match[2])]}"),
    ("/", r"(?<![\d/.])([2-8])/([3-9])(?![\d/])", lambda match: f"{match[1]} {_PARTS[int(match[2])]}s"),
    ("/", r"(?<![\d/.])(\d+)/(\d{2,})(?![\d/])", r"\1 of \2"),
    ("/", r"(?<=[^\W\d_.])\s?/\s?(?=[^\W\d_])|\s/\s", ", "),
    (",", r"(?<![\d.,])(\d+),(\d{1,2})(?![\d,])", r"\1.\2"),
    (",", r"(?<![\d.,])\d(?:,\d)+(?![\d,])", lambda match: match[0].replace(",", ", ")),
    ("0123456789", rf"(?<!\d)(?<!\d[.,])\d(?:,?\d){{{_MOST_DIGITS},}}", lambda match: _part_digits(match[0])),
    ("0", r"(?<![\d.,])(\d{1,2}) 0([1-9])(?!\d|[.,]\d)", r"\1 oh \2"),
    ("-–", r"(?<=\d(?:st|nd|rd|th))[-–](?=\d)", " to "),
    ("≥⩾", r"\s?[≥⩾]\s?", " at least "),
    ("≤⩽", r"\s?[≤⩽]\s?", " at most "),
    ("≈~∼˜", r"(?:^|(?<=\W))[≈~∼˜]\s?(?=\d)|\s[≈∼˜]\s", " about "),
    (".…", r"\s?(?:\.\s?){3,}|\s?…", "… "),
    ("-–—", r"\s[-–]{1,3}\s|\s?(?:—|--+)\s?|(?<=[^\W\d_])–(?=[^\W\d_])", ", "),
    ("", r"\s+(?=[,.;:!?…)])|(?<=\()\s+", ""),
    (",;:", r"([,;:.!?…]),|^[,;:]+\s?", r"\1"),
)
"""Signs and short forms: characters of which a text has one if it has the sign, a pattern, and the words for it.

The characters only save time: most patterns are never compiled.
"""

_SHORT = (
    r"(?<![\w.])(?:AN|AND|AS|AT|BE|BUT|BY|DO|DOWN|FOR|FROM|GO|IF|IN|IS|MY|NO|NOT|OF|ON|OR|OUR|OUT|SO|THE|THEN|THIS|TO|UP"
    r"|WE|WITH|YOU|YOUR)(?!\w|\.\w)"
)
_SCHOLARS = "āīūḷṃṁḥṅñṭḍṇĀĪŪ"
_IAST = str.maketrans(_SCHOLARS, "aiulmmhnntdnAIU") | {ord("ṛ"): "ri", ord("ṝ"): "ri", ord("Ṛ"): "Ri"}
_IAST |= {ord("ś"): "sh", ord("ṣ"): "sh", ord("Ś"): "Sh", ord("Ṣ"): "Sh"}
_SANSKRIT = re.compile(r"[^\W\d_]*[āīūṛṝḷṃṁḥṅṭḍṇśṣŚṢĀĪŪṚ][^\W\d_]*")
"""A word of Sanskrit in scholars' letters."""


@lru_cache(maxsize=4096)  # each plan of a session asks again
def rewrite(wording: str) -> str:
    """Return the text that hibari is given for a wording.

    >>> rewrite("Lean 1,5 cm / Up"), rewrite("Up")
    ('Lean 1.5 cm, Up', '[Up](/ˈʌpp/)')
    >>> rewrite("[Tadasana](/təˈdɑːsənə/), or tah-DAH-sah-nah.")
    '[Tadasana](/tədˈɑsənə/), or [tah-DAH-sah-nah](/tɑdˈɑsɑnɑ/).'
    """
    kept = list[str]()

    def keep(word: str, sounds: str) -> str:
        kept.append(f"[{word}](/{sounds}/)")
        return chr(_KEPT + len(kept) - 1)

    text = unicodedata.normalize("NFC", " ".join(_INVISIBLE.sub("", wording).split()))
    text = replace_phonemes(text, lambda word, sounds: keep(word, convert_ipa(sounds)))
    if not text.isascii():
        text = _SANSKRIT.sub(lambda match: match[0].translate(_IAST), text)
    text = _read_signs(_lower_capitals(text))
    cue = text.rstrip(".! ")
    if sounds := _find_cue(cue.lower()):
        return f"[{cue}](/{sounds}/)"
    text = _mark_words(_read_beside(text, keep), keep)
    after = rf"({_PLACE.pattern})(['’]s(?!\w))?(?:-(?=[\w\U000f0000-\U000ffffd]))?"
    return re.sub(after, lambda match: _put_back(match, kept), text)


def _put_back(match: re.Match[str], kept: list[str]) -> str:
    """Return a kept word with its phonemes; those of a possessive "s" are added, and a hyphen after it is left out."""
    word = kept[ord(match[1]) - _KEPT]
    if match[2]:
        word = f"{word[:-2]}{_sound_s(word[-3])}/)".replace("]", f"{match[2]}]", 1)
    return f"{word} " if match[0].endswith("-") else word


def _sound_s(last: str) -> str:
    """Return the sound of a plural or possessive "s" after another sound."""
    return "ᵻz" if last in "szʃʒʧʤ" else "s" if last in "ptkfθ" else "z"


def convert_ipa(sounds: str) -> str:
    """Return phonemes of the International Phonetic Alphabet in that of hibari's model.

    >>> convert_ipa("təˈdɑːsənə"), convert_ipa("ˈdʒɜːni"), convert_ipa("paʊz")
    ('tədˈɑsənə', 'ʤˈɜɹni', 'pˈWz')
    """
    own = re.sub("ɹ{2,}", "ɹ", translate_phonemes(sounds, _read_alphabet()))
    return " ".join(own.split()).replace("ˈə", "ˈʌ")


@cache
def _read_alphabet() -> dict[str, str]:
    return {each: each for each in _SAME} | dict(pair.split("=") for pair in _OTHER.split())


def _part_digits(number: str) -> str:
    """Return a number so that its digits are read one by one."""
    return " ".join(number.replace(",", ""))


def _lower_capitals(text: str) -> str:
    """Return a text with its short words in small letters: in capitals, hibari would spell them."""
    return re.sub(_SHORT, lambda match: match[0].lower(), text)


def _read_signs(text: str) -> str:
    if _SIGN.search(text):
        for needed, pattern, said in _SIGNS:
            if not needed or any(sign in text for sign in needed):
                text = re.sub(pattern, said, text)
    return " ".join(text.split())


def _read_beside(text: str, keep: Keep) -> str:
    """Return a text with phonemes for the words that are read by the words beside them."""
    found = {match[0].lower() for match in _WORD.finditer(text)} & _BESIDE.keys()
    for pattern, said in (rule for word in sorted(found) for rule in _BESIDE[word]):
        text = re.sub(pattern, lambda match, said=said: _put(match, said, keep), text, flags=re.IGNORECASE)  # type: ignore[misc]
    return text


def _put(match: re.Match[str], said: str, keep: Keep) -> str:
    return keep(match[0], said[1:-1]) if said.startswith("/") else match.expand(said)


def _find_cue(text: str) -> str:
    """Return the phonemes of a whole wording, if the table has it."""
    words, phrases = _read_table()
    return words.get(f"{text}.", "") or phrases.get(f"{text}.", "")


def _mark_words(text: str, keep: Keep) -> str:
    """Return a text with phonemes for the words of the table, respellings and names of postures."""
    words, phrases = _read_table()

    def mark(match: re.Match[str]) -> str:
        sounds = _find_sounds(match[0], words)
        return keep(match[0], sounds) if sounds else match[0]

    if "-" in text:
        text = _RESPELLED.sub(lambda match: _mark_respelled(match[0], keep), text)
    small = text.lower()
    for phrase in (each for each in phrases if each in small):
        pattern = rf"(?<!\w){re.escape(phrase)}(?!\w)"
        text = re.sub(pattern, lambda match, said=phrases[phrase]: keep(match[0], said), text, flags=re.IGNORECASE)  # type: ignore[misc]
    return _WORD.sub(mark, text)


def _mark_respelled(word: str, keep: Keep) -> str:
    sounds = read_respelling(word)
    return keep(word, convert_ipa(sounds)) if sounds else word


def _find_sounds(word: str, words: Mapping[str, str]) -> str:
    """Return the phonemes of a word that hibari reads wrongly, also with a plural or possessive "s"; else nothing."""
    small = word.lower().replace("’", "'")
    if small in words:
        return words[small]
    stem = small.removesuffix("'s") if small.endswith("'s") else re.sub("(?<=[^s])s$", "", small)
    sounds = words.get(stem, "")
    if not sounds and stem.endswith("asana"):
        sounds = convert_ipa(read_posture(stem))
    if not sounds or stem == small:
        return sounds
    return sounds + _sound_s(sounds[-1])


@cache
def _read_table() -> tuple[dict[str, str], dict[str, str]]:
    """Return the phonemes of single words, and of phrases; whole wordings end in a full stop."""
    lines = _TABLE.read_text(encoding="utf-8").splitlines()
    pairs = (line.split(" = ") for line in lines if line and not line.startswith("#"))
    words, phrases = dict[str, str](), dict[str, str]()
    for word, sounds in pairs:
        (words if re.fullmatch(r"[^\W\d_]+(?:'[^\W\d_]+)?\.?", word) else phrases)[word] = sounds
    return words, phrases
