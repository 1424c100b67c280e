"""What a voice is given for what is not written in words: one plain reading, or the text as it stands."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.fakes import measure, perform
from voicecoach.core.score import list_phrases
from voicecoach.language import Language, as_written, language, list_languages
from voicecoach.routine.library import find_language, list_built_in
from voicecoach.routine.loader import load_routine
from voicecoach.routine.speakable import check_written
from voicecoach.routine.text_normalisation import read_aloud
from voicecoach.script.builder import build, choose_pace
from voicecoach.script.choices import Choices
from voicecoach.system.file_names import name_recording

if TYPE_CHECKING:
    from pathlib import Path

ENGLISH = language("en")

READ = {
    "en": [
        ("30s", "thirty seconds"),
        ("30 s", "thirty seconds"),
        ("30 sec", "thirty seconds"),
        ("30 sec. and", "thirty seconds and"),
        ("30 sec. Rest", "thirty seconds. Rest"),
        ("30-sec", "thirty seconds"),
        ("1 s", "one second"),
        ("90s", "90 seconds"),
        (".5 s", "0.5 seconds"),
        ("1.5 min", "1.5 minutes"),
        ("2 hrs", "2 hours"),
        ("10-15", "10 to 15"),
        ("10–15 reps", "10 to 15 reps"),
        ("10 - 15", "10 to 15"),
        ("10-15 sec", "10 to 15 seconds"),
        ("60-70%", "60 to 70 percent"),
        ("3x10", "3 times 10"),
        ("3 × 10", "3 times 10"),
        ("2-3x10-12", "2 to 3 times 10 to 12"),
        ("3x3x3", "3 times 3 times 3"),
        ("3x30s", "3 times thirty seconds"),
        ("A mat of 180 cm x 60 cm", "A mat of 180 centimetres by 60 centimetres"),
        ("2m × 1m × 3m", "2 metres by one metre by 3 metres"),
        ('a 24" x 68" mat', "a 24 inches by 68 inches mat"),
        ("6 ft x 2 ft", "6 feet by 2 feet"),
        ("10 m x 5", "10 metres 5 times"),
        ("30 s x 3", "thirty seconds 3 times"),
        ("the '90s", "the nineties"),
        ("music of the ’80s and ‘90s", "music of the eighties and nineties"),
        ("5x each", "5 times each"),
        ("squats x5", "squats 5 times"),
        ("1x", "once"),
        ("3x/week", "3 times per week"),
        ("30s/side", "thirty seconds per side"),
        ("10 reps/side", "10 reps per side"),
        ("90°", "90 degrees"),
        ("90 º", "90 degrees"),
        ("20 °C", "20 degrees Celsius"),
        ("1/2 way", "half way"),
        ("½ way", "half way"),
        ("1½", "1 and a half"),
        ("1 1/2", "1 and a half"),
        ("2½ min", "2 and a half minutes"),
        ("¾", "three quarters"),
        ("¼ turn", "a quarter turn"),
        ("a ¼ turn", "a quarter turn"),
        ("3 sets x 12 reps", "3 sets of 12 reps"),
        ("12'' high", "12 inches high"),
        ("-5°", "minus 5 degrees"),
        ("10 reps ea. side", "10 reps each side"),
        ("1 kg", "one kilogram"),
        ("5kg", "5 kilograms"),
        ("5 lbs", "5 pounds"),
        ("1.5 m", "1.5 metres"),
        ("6in", "6 inches"),
        ("6 in. off", "6 inches off"),
        ("6 in apart", "6 inches apart"),
        ('6" off', "6 inches off"),
        ("6' away", "6 feet away"),
        ("5'30\"", "five minutes and thirty seconds"),
        ("50 %", "50 percent"),
        ("+5", "plus 5"),
        ("0:45 -5°", "forty-five seconds minus 5 degrees"),
        ("5 + 5", "5 plus 5"),
        ("-5", "minus 5"),
        ("arms & legs", "arms and legs"),
        ("#1", "number 1"),
        ("No. 1", "number 1"),
        ("approx. 5", "approximately 5"),
        ("e.g. a chair", "for example a chair"),
        ("i.e. slowly", "that is slowly"),
        ("w/ a chair", "with a chair"),
        ("w/o weights", "without weights"),
        ("Warrior II", "Warrior 2"),
        ("Let your eyes close.", "Let your eyes cloze."),
        ("Let’s use it", "Let’s yooz it"),
        ("Warrior XIV", "Warrior 14"),
        ("Warrior I, left", "Warrior 1, left"),
        ("L4/L5", "L4 L5"),
        ("4-7-8", "4 7 8"),
        ("1:30", "1 30"),
        ("0:45", "forty-five seconds"),
        ("00:45", "forty-five seconds"),
        ("01:30", "1 30"),
        ("1m30s", "one minute and thirty seconds"),
        ("1 min 30 s", "one minute and thirty seconds"),
        ("2h 5m 10s", "2 hours and five minutes and ten seconds"),
        ("1:30 min", "one minute and thirty seconds"),
        ("12 reps x 3 sets", "12 reps, 3 sets"),
        ("10X", "10 times"),
        ("w/out weights", "without weights"),
        ("1:2", "1 to 2"),
        ("Left → right", "Left, right"),
        ("→ left", "left"),
        ("★ *hold* `it`", "hold it"),
        ("# Part one", "Part one"),
        ("Sit 🙂.", "Sit."),
        ("Sit ===== down", "Sit down"),
    ],
    "de": [
        ("30 Sek. halten", "dreißig Sekunden halten"),
        ("1 s", "eine Sekunde"),
        ("10-15 Sek", "10 bis 15 Sekunden"),
        ("180 cm x 60 cm", "180 Zentimeter mal 60 Zentimeter"),
        ("1,5 m", "1,5 Meter"),
        ("1 m", "ein Meter"),
        ("3x10", "3 mal 10"),
        ("1x", "einmal"),
        ("20″", "zwanzig Sekunden"),
        ("90°", "90 Grad"),
        ("¾", "drei Viertel"),
        ("z.B. ein Stuhl", "zum Beispiel ein Stuhl"),
        ("d. h. langsam", "das heißt langsam"),
        ("Nr. 1", "Nummer 1"),
        ("Krieger II", "Krieger 2"),
        ("30s/Seite", "dreißig Sekunden pro Seite"),
        ("Arme & Beine", "Arme und Beine"),
    ],
    "es": [
        ("21 s", "veintiún segundos"),
        ("10-15 seg", "10 a 15 segundos"),
        ("3x10", "3 por 10"),
        ("5x", "5 veces"),
        ("90º", "90 grados"),
        ("1º", "1º"),
        ("p. ej. una silla", "por ejemplo una silla"),
        ("n.º 1", "número 1"),
        ("Guerrero II", "Guerrero 2"),
        ("30s/lado", "treinta segundos por lado"),
        ("brazos & piernas", "brazos y piernas"),
    ],
    "fr": [
        ("21 s", "vingt et une secondes"),
        ("10-15 sec", "10 à 15 secondes"),
        ("3x10", "3 fois 10"),
        ("180 cm x 60 cm", "180 centimètres sur 60 centimètres"),
        ("Assieds-toi, le dos long", "Assiez-toi, le dau long"),
        ("Dos à dos, dossier", "Dau à dau, dossier"),
        ("à ton rythme", "à ton rhitme"),
        ("1x", "une fois"),
        ("½ tour", "demi tour"),
        ("n° 1", "numéro 1"),
        ("p. ex. une chaise", "par exemple une chaise"),
        ("c.-à-d. ici", "c'est-à-dire ici"),
        ("Guerrier II", "Guerrier 2"),
        ("2e fois", "deuxième fois"),
        ("1h30", "une heure 30"),
        ("5'30\"", "cinq minutes et trente secondes"),
        ("30s/côté", "trente secondes par côté"),
    ],
}

KEPT = [
    "When I say now, and I will, hold until I say let go. Then I, too",
    "Breathe 4 in and 6 out",
    "20″ hold",
    "Hold 5 m",
    "the 1990s",
    'Count to "6" now',
    "2024-01-01",
    "15-10",
    "10:00",
    "L/R, R leg",
    "Hold ~10",
    "1st, 2nd, 21st, 3D",
    "1,000 or 0.5",
    "T-spine, 5-minute hold, F16",
    "Inhale... exhale – slowly — now",
    "don't, don’t, “hold”, it's",
]


@pytest.mark.parametrize("code", READ)
def test_what_has_one_reading_is_put_into_words(code: str) -> None:
    words = language(code)
    assert [(written, read_aloud(written, words)) for written, _ in READ[code]] == READ[code]


@pytest.mark.parametrize("written", KEPT)
def test_what_has_several_readings_or_needs_none_stays(written: str) -> None:
    assert read_aloud(written, ENGLISH) == written


PLAIN = st.lists(
    st.sampled_from(["sit", "slowly", "your", "arms,", "and", "feel.", "I go", "in", "Ärmel", "été", "s", "m"])
)
WRITTEN = st.lists(
    st.sampled_from(
        [each for pairs in READ.values() for each, _ in pairs] + KEPT + ["Close your", "use", "→", "7", "-"]
    ),
    min_size=1,
    max_size=6,
)


@given(PLAIN.map(" ".join), st.sampled_from(list_languages()))
def test_words_alone_are_read_as_they_stand(text: str, code: str) -> None:
    assert read_aloud(text, language(code)) == text


@given(WRITTEN.map(" ".join), st.sampled_from(list_languages()))
@example("10 m x 5 -5°", "de")
@example("x 5 −5 °C", "en")
def test_what_was_read_is_read_no_other_way(text: str, code: str) -> None:
    said = read_aloud(text, language(code))
    assert read_aloud(said, language(code)) == said


@given(st.text(max_size=40), st.sampled_from(list_languages()))
def test_any_text_has_something_said(text: str, code: str) -> None:
    said = read_aloud(text, language(code))
    assert any(map(str.isalnum, said)) or not any(map(str.isalnum, text))


def symbols(words: Language) -> list[str]:
    unsure = words.reading.form("unsure").split()
    return [each for each, _ in words.reading.units for each in each.split() if each not in unsure]


@given(
    st.data(), st.sampled_from(list_languages()), st.integers(1, 2000), st.sampled_from(["", " ", "\u00a0", "\u202f"])
)
def test_no_number_with_a_unit_is_left(data: st.DataObject, code: str, number: int, space: str) -> None:
    words = language(code)
    symbol = data.draw(st.sampled_from(symbols(words)))
    written = data.draw(st.sampled_from([f"{number}", f"{number}-{number + 1}", f"{number}.5"])) + space + symbol
    said = read_aloud(f"la {written}, la", words)
    if not re.search(r"(19|20)\d0s", written):
        assert not re.search(rf"\d{space}{re.escape(symbol)}(?!\w)", said)
        assert list(check_written(f"la {written}, la", words)) == []


@given(st.sampled_from(["arms", "30 s", "Close your eyes", "→", "use"]), WRITTEN.map(" ".join))
def test_how_the_author_says_something_comes_before_all(written: str, rest: str) -> None:
    said = read_aloud(f"{written}, {rest}", ENGLISH, ((written, "zimzam 3x10 → 5 s"), ("zimzam", "never")))
    assert said.startswith("zimzam 3x10 → 5 s")


def test_the_authors_phrases_come_before_their_words_whatever_their_case() -> None:
    own = (("use", "yuze"), ("close", "never"), ("Close your eyes", "cloze yor ize"))
    said = read_aloud("Close your eyes. Keep your feet apart. Use a chair. CLOSE YOUR EYES.", ENGLISH, own)
    assert said == "cloze yor ize. Keep your feet apart. yuze a chair. cloze yor ize."
    assert read_aloud("90°", ENGLISH, (("degrees", "dee-grees"),)) == "90 dee-grees"


VERBS = [re.split("[^a-z]", pattern)[0] for pattern, _ in ENGLISH.reading.verbs]
AFTER = {
    "bow": "your head",
    "converse": "with them",
    "conflict": "with it",
    "content": "yourself",
    "deliberate": "on it",
    "graduate": "to it",
    "object": "to it",
    "progress": "to it",
    "rebel": "against it",
}


@pytest.mark.parametrize("verb", VERBS)
def test_a_verb_that_begins_a_clause_is_spelled_as_it_sounds(verb: str) -> None:
    spelled = dict(zip(VERBS, (said for _, said in ENGLISH.reading.verbs), strict=True))[verb]
    rest = AFTER.get(verb, "your arms")
    assert read_aloud(f"{verb.capitalize()} {rest}.", ENGLISH) == f"{spelled[0].upper()}{spelled[1:]} {rest}."
    for before in (
        "Sit tall, ",
        "Sit tall; ",
        "Now: ",
        "Sit tall and ",
        "Now ",
        "Then ",
        "Sit. Then slowly ",
        "Sit – ",
    ):
        assert read_aloud(f"{before}{verb} {rest}", ENGLISH) == f"{before}{spelled} {rest}"
    assert as_written(f"{spelled} {rest}") == f"{verb} {rest}"
    assert name_recording(as_written(f"Now {spelled} {rest}")) == name_recording(f"Now {verb} {rest}")


@pytest.mark.parametrize(
    "said",
    [
        "Keep your feet close together, close to the wall",
        "Close to the wall, close together",
        "Use of a chair is fine",
        "The use of a chair, an increase in pressure",
        "Perfect. Well done. Perfect!",
        "Present moment, moderate pace, separate rooms",
        "Alternate nostril breathing",
        "Wind in your hair. Bow pose",
        "Be calm and present in the moment",
        "User, users, closely, closed, bowl, window, contracts",
        "Close-grip press, close grip",
    ],
)
def test_nouns_and_adjectives_are_left_alone(said: str) -> None:
    assert read_aloud(said, ENGLISH) == said


@pytest.mark.parametrize("routine", [name for name in list_built_in() if not find_language(name)])
def test_no_built_in_says_an_imperative_as_a_noun(routine: str) -> None:
    loaded = load_routine(routine)
    assert loaded.model.language == "en"
    starts = re.compile(rf"(?:^|[.,;:!?] |\b(?:and|then|now) )({'|'.join(VERBS)})\b(?! nostril)", re.IGNORECASE)
    said = [each.said for phrase in list_phrases(build(loaded, Choices())) for each in phrase.wordings]
    assert [each for each in said if starts.search(each)] == []


def test_captions_show_what_the_author_wrote_and_the_voice_is_measured_by_what_is_said(tmp_path: Path) -> None:
    path = tmp_path / "r.yaml"
    path.write_text("title: Wind down\nsteps: [say: 'Close your eyes, 30s.', say: Sit]\n", encoding="utf-8")
    routine = load_routine(str(path))
    timeline = perform(build(routine, Choices()), measure, choose_pace(routine, Choices()))
    shown = {cue.text: cue.said for cue in timeline.cues if cue.track == "voice"}
    assert shown["Close your eyes, 30s."] == "Cloze your eyes, thirty seconds."
    assert shown["Wind down."] == "Wined down."
    assert shown["Sit"] == "Sit"


@pytest.mark.parametrize("code", list_languages())
def test_every_table_reads_the_same_forms(code: str) -> None:
    needed = {"range", "times", "repeated", "once", "per", "plus", "minus", "ratio", "clock", "and", "ordinals", "by"}
    assert needed <= {key for key, _ in language(code).reading.forms}
    for pattern, _ in (*language(code).reading.short, *language(code).reading.instead):
        re.compile(pattern)


def test_a_spelling_for_voices_is_undone_where_text_is_shown() -> None:
    for word, spelling in language("fr").reading.spelled:
        assert read_aloud(word, language("fr")) == spelling
        assert as_written(spelling) == word


def test_each_spelling_of_a_verb_is_a_word_of_its_own() -> None:
    spelled = [said for _, said in ENGLISH.reading.verbs]
    assert len({*spelled, *VERBS}) == 2 * len(VERBS) >= 80
