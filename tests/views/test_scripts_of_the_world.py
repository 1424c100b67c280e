# ruff: noqa: RUF001 - letters and marks of many scripts are the point
"""Languages of other scripts: no false warnings, the right full stops and capitals, and voices by any of their tags."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voicecoach.core.score import list_phrases
from voicecoach.errors import VoiceError
from voicecoach.language import capitalise, full_stop, is_same_language, list_keys, normalise
from voicecoach.routine.checks import validate
from voicecoach.routine.lint import lint_routine
from voicecoach.routine.loader import load_routine
from voicecoach.routine.source import read_tree
from voicecoach.script.builder import write_piece
from voicecoach.script.choices import Choices
from voicecoach.voices.catalogue import Catalogue, choose
from voicecoach.voices.port import VoiceInfo
from voicecoach.voices.system import SystemVoice

if TYPE_CHECKING:
    from pathlib import Path

SPOKEN = {
    "ar": ("تمدد الساق", "ارفع {leg} ببطء.", "ساقك اليسرى", "ساقك اليمنى"),
    "he": ("מתיחת רגליים", "הרימו את ה{leg} לאט.", "רגל שמאל", "רגל ימין"),
    "hi": ("पैर का खिंचाव", "{leg} धीरे से उठाएँ।", "बायाँ पैर", "दायाँ पैर"),
    "ja": ("あしのストレッチ", "{leg}をゆっくりあげます。", "ひだりあし", "みぎあし"),
    "ru": ("Растяжка ног", "Поднимите {leg}.", "левую ногу", "правую ногу"),
    "th": ("ยืดขา", "ยก{leg}ขึ้นช้าๆ", "ขาซ้าย", "ขาขวา"),
    "zh": ("腿部拉伸", "慢慢抬起你的{leg}，自然呼吸。", "左腿", "右腿"),
    "el": ("Διάταση ποδιών", "Σήκωσε {leg} αργά.", "το αριστερό πόδι", "το δεξί πόδι"),
    "ko": ("다리 스트레칭", "{leg} 천천히 드세요.", "왼쪽 다리를", "오른쪽 다리를"),
}
FILLED = {
    "round": "{number}",
    "seconds": "{number}",
    "minutes": "{number}",
    "breaths": "{number}",
    "moves": "{number}",
    "joined": "{one} {other}",
}


def write(code: str, folder: Path) -> Path:
    title, sentence, left, right = SPOKEN[code]
    words = "\n".join(f'  {key}: "{FILLED.get(key, title)}"' for key in list_keys() if key != "titled")
    path = folder / "a.yaml"
    path.write_text(
        f'title: "{title}"\nlanguage: {code}\nwords:\n{words}\nsides:\n  left: {{leg: "{left}"}}\n'
        f'  right: {{leg: "{right}"}}\nsteps:\n  - each side:\n      steps:\n        - say: "{sentence}"\n'
        "        - breathe: 1\n",
        encoding="utf-8",
    )
    return path


@pytest.mark.parametrize("code", SPOKEN)
def test_a_plain_routine_in_any_script_is_not_warned_of(code: str, tmp_path: Path) -> None:
    path = write(code, tmp_path)
    tree = read_tree(path, "a.yaml")
    assert [str(each) for each in lint_routine(validate(tree), tree)] == []  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("code", "mark"),
    [("ar", "."), ("he", "."), ("hi", "।"), ("ja", "。"), ("ru", "."), ("th", ""), ("zh", "。"), ("el", ".")],
)
def test_a_title_is_ended_by_the_full_stop_of_its_language(code: str, mark: str, tmp_path: Path) -> None:
    made = write_piece(load_routine(str(write(code, tmp_path))), Choices())
    assert SPOKEN[code][0] + mark in {each.wordings[0].text for each in list_phrases(made.score)}


def test_a_word_joined_to_braces_is_still_found_where_words_are_parted(tmp_path: Path) -> None:
    path = write("ru", tmp_path)
    path.write_text(path.read_text(encoding="utf-8").replace("Поднимите {leg}", "Поднимите{leg}"), encoding="utf-8")
    tree = read_tree(path, "a.yaml")
    assert "a word is joined to braces" in str(next(lint_routine(validate(tree), tree)))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("asked", "there"),
    [
        ("zh", "cmn"),
        ("zh-TW", "cmn"),
        ("zh-Hans-CN", "cmn"),
        ("cmn", "zh-cn"),
        ("zh-HK", "yue"),
        ("no", "nb"),
        ("iw", "he"),
        ("in", "id"),
        ("tl", "fil"),
        ("sw-KE", "swh"),
        ("ar-EG", "arb"),
        ("pt-BR", "pt"),
    ],
)
def test_a_voice_is_found_by_every_tag_of_its_language(asked: str, there: str) -> None:
    other = VoiceInfo("x/den", "system", "Other", ("den",))
    assert choose(Catalogue((other, VoiceInfo("x/y", "system", "Speaker", (there,)))), None, asked).id == "x/y"
    assert is_same_language(asked, there)


def test_the_nearest_of_several_voices_is_chosen() -> None:
    voices = (
        VoiceInfo("a", "system", "A", ("cmn",)),
        VoiceInfo("b", "system", "B", ("yue",)),
        VoiceInfo("c", "system", "C", ("cmn-tw",)),
    )
    found = {code: choose(Catalogue(voices), None, code).id for code in ("zh", "zh-TW", "zh-HK", "yue", "cmn-TW")}
    assert found == {"zh": "a", "zh-TW": "c", "zh-HK": "b", "yue": "b", "cmn-TW": "c"}


@pytest.mark.parametrize(("asked", "there"), [("de", "den"), ("no", "nn"), ("zh", "yue"), ("ja", "jav")])
def test_another_language_is_never_taken_for_it(asked: str, there: str) -> None:
    with pytest.raises(VoiceError, match="no voice of this system speaks"):
        choose(Catalogue((VoiceInfo("x", "system", "Speaker", (there,)),)), None, asked)


tags = st.from_regex(r"[a-z]{2,3}(-[a-z0-9]{2,4}){0,2}", fullmatch=True)


@given(tags, tags)
def test_likeness_of_tags_goes_both_ways_and_knows_no_two_normal_forms(one: str, other: str) -> None:
    assert is_same_language(one, one)
    assert is_same_language(one, other) == is_same_language(other, one)
    assert normalise(normalise(one)) == normalise(one)


@pytest.mark.parametrize(
    ("code", "text", "expected"),
    [
        ("tr", "iki ayak", "İki ayak"),
        ("az", "iki", "İki"),
        ("tr", "ışık", "Işık"),
        ("en", "in and out", "In and out"),
        ("nl", "ijs", "IJs"),
        ("de", "über", "Über"),
        ("zh", "左腿", "左腿"),
        ("en", "", ""),
    ],
)
def test_capitals_are_those_of_the_language(code: str, text: str, expected: str) -> None:
    assert capitalise(text, code) == expected


def test_full_stops_are_those_of_the_language() -> None:
    assert [full_stop(code) for code in ("en", "ja", "zh-CN", "bn", "ur", "am", "th", "xx")] == [
        *".。。।۔።",
        "",
        ".",
    ]


def test_the_japanese_voice_of_espeak_refuses_what_it_would_spell() -> None:
    voice = SystemVoice("jpx/ja", "らくにすわってください。", command=("false",))
    with pytest.raises(VoiceError, match=r"can't read Han characters, such as 脚 .*\n.*kana"):
        list(voice.speak(["あし", "脚をのばす"]))
