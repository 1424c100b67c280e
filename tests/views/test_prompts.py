from __future__ import annotations

import csv
import io
import re
import unicodedata
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from tests.fakes import FRAME, perform
from tests.strategies import breaths, scores
from voicecoach.core.breath import Kind, Pace, Span
from voicecoach.core.notation import read_breath
from voicecoach.core.score import (
    Mark,
    Moment,
    Offset,
    Overrun,
    Paced,
    Phrase,
    Score,
    Seq,
    Side,
    Slot,
    Wording,
    breathe,
    list_phrases,
    phrase,
    seq,
)
from voicecoach.routine.loader import load_routine
from voicecoach.script.choices import Choices
from voicecoach.system.file_names import name_recording
from voicecoach.views.prompts import Prompt, find_uses, list_prompts, merge_uses, write_csv, write_markdown, write_words
from voicecoach.views.text import one_line

if TYPE_CHECKING:
    from pathlib import Path

PACE = Pace((read_breath("4-6"),))
RESERVED = {"con", "prn", "aux", "nul", *(f"com{each}" for each in range(10)), *(f"lpt{each}" for each in range(10))}


def listed(score: Score, pace: Pace = PACE) -> tuple[Prompt, ...]:
    return merge_uses(find_uses(score, pace))


def rows(found: tuple[Prompt, ...]) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(write_csv(found).decode("utf-8-sig"), newline="")))


@given(st.text())
def test_a_name_is_one_that_every_file_system_can_hold(text: str) -> None:
    assert re.fullmatch("[a-z0-9][a-z0-9-]{7,49}", name_recording(text))
    assert name_recording(text) not in RESERVED


def normal(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())


@given(st.lists(st.text(), unique_by=normal, max_size=30))
def test_different_words_have_different_names(texts: list[str]) -> None:
    assert len({name_recording(text) for text in texts}) == len(texts)
    assert all(name_recording(text) == name_recording(f"  {text} ") for text in texts)


def test_names_stay_what_they_are() -> None:
    assert name_recording("Breathe in") == "breathe-in-ow3xpflw"
    assert name_recording("Don't stop, größer: 4-7-8!") == "dont-stop-grosser-4-7-8-so5jcqj2"
    assert name_recording("吸气").startswith("words-")
    assert name_recording("Fold") != name_recording("Fold.") != name_recording("fold")
    assert name_recording("é") == name_recording("e\u0301")


def test_words_with_the_same_beginning_are_told_apart() -> None:
    names = {
        name_recording(f"Stretch your left leg out in front of you, as far as it goes, and count to {n}")
        for n in range(500)
    }
    assert len(names) == 500
    assert {each.rpartition("-")[0] for each in names} == {"stretch-your-left-leg-out-in-front-of"}


def test_all_wordings_come_once_in_the_order_they_first_come() -> None:
    score = seq(phrase("Sit", "S"), phrase("Rest"), phrase("S"), phrase("Sit", "Down"))
    assert [each.words for each in listed(score)] == ["Sit", "S", "Rest", "Down"]


def test_a_wording_says_in_which_chapters_and_of_which_sides_it_is() -> None:
    def turn(side: Side) -> Seq:
        return seq(Mark(Moment.CHAPTER, f"Turn {side}", side), phrase("Fold", side=side))

    (found,) = listed(seq(turn(Side.LEFT), turn(Side.RIGHT), turn(Side.LEFT)))
    assert found.chapters == ("Turn left", "Turn right")
    assert found.sides == (Side.LEFT, Side.RIGHT)


def test_the_other_sides_words_come_only_where_nothing_else_brings_them() -> None:
    left = Phrase((Wording("Your left leg", ("Your right leg",)),), side=Side.LEFT)
    right = Phrase((Wording("Your right leg", ("Your left leg",)),), side=Side.RIGHT)
    assert [(each.words, *each.sides) for each in listed(left)] == [
        ("Your left leg", "left"),
        ("Your right leg", "right"),
    ]
    both = listed(seq(left, phrase("Change"), right))
    assert [each.words for each in both] == ["Your left leg", "Change", "Your right leg"]


def test_the_room_is_the_least_that_there_is_at_this_breath() -> None:
    score = seq(breathe({Kind.INHALE: phrase("Slowly")}), breathe({Kind.EXHALE: phrase("Slowly")}), phrase("Sit"))
    assert [each.room for each in listed(score)] == [Fraction("3.6"), None]
    longer = seq(Paced(Pace((read_breath("2-2"),)), breathe({Kind.EXHALE: phrase("Slowly")})), score)
    assert listed(longer)[0].room == Fraction("1.8")


def test_in_a_hold_there_is_room_until_the_next_words() -> None:
    later = (Offset(Fraction(0), Fraction(20)), phrase("Ten more"))
    hold = Slot(Span(rest=Fraction(30)), phrase("Hold"), Overrun.REFUSE, (later,))
    assert [each.room for each in listed(hold)] == [18, 9]


def test_on_a_ramp_the_shortest_breath_counts() -> None:
    numbered = seq(*(replace(breathe({Kind.INHALE: phrase("In")}), beat=beat) for beat in range(3)))
    (found,) = listed(numbered, Pace((read_breath("5-5"), read_breath("3-3"))))
    assert found.room == Fraction("2.7")


@given(scores, breaths)
def test_words_as_long_as_their_room_fit(score: Score, taken: object) -> None:
    """Each phrase has its room for itself, as no phase in these scores has two phrases."""
    pace = Pace((taken,))  # type: ignore[arg-type]
    rooms = {each.said: each.room for each in listed(score, pace)}
    assert {wording.said for each in list_phrases(score) for wording in each.wordings} <= rooms.keys()

    def measure(said: object) -> Fraction:
        room = rooms[str(said)]
        return Fraction(1) if room is None else room // FRAME * FRAME

    perform(score, measure, pace)


cells = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1).map(one_line).filter(bool)


@given(st.lists(st.tuples(cells, cells, st.lists(cells, max_size=2).map(tuple)), max_size=5))
def test_a_table_read_back_gives_the_words_and_no_formulas(drawn: list[tuple[str, str, tuple[str, ...]]]) -> None:
    found = tuple(Prompt(said, text, chapters) for said, text, chapters in drawn)
    for prompt, row in zip(found, rows(found), strict=True):
        assert row["words"] in {prompt.words, f"'{prompt.words}"}
        assert row["file"] == f"{name_recording(prompt.said)}.wav"
        assert row["say it as"] in {"", prompt.said, f"'{prompt.said}"}
        assert not any(cell.startswith(("=", "+", "-", "@")) for cell in row.values())


def test_a_table_opens_in_spreadsheets() -> None:
    content = write_csv((Prompt('=HYPERLINK("x")', '=HYPERLINK("x")', ("+1",), (Side.LEFT,), Fraction("3.66")),))
    assert content.startswith(b"\xef\xbb\xbffile,words,")
    (row,) = csv.reader(io.StringIO(content.decode("utf-8-sig").splitlines()[1]))
    assert row[1:] == ['\'=HYPERLINK("x")', "", "'+1", "left", "3.6"]


def test_markdown_has_a_table_for_each_chapter_and_escapes_markup() -> None:
    found = (Prompt("a|b *c*", "a|b *c*", ("One",)), Prompt("d", "<d>", ("One",)), Prompt("e", "e", ("Two",)))
    text = write_markdown(found, "My_routine").decode()
    assert text.startswith("# My\\_routine: what to record\n")
    assert r"| a\|b \*c\* | `a-b-c-" in text
    assert r"| \<d\> (say: d) |" in text
    assert re.findall("^## .*", text, re.MULTILINE) == ["## One", "## Two"]


def test_words_are_plain_text_one_wording_a_line() -> None:
    assert write_words([Prompt("In", "In"), Prompt("Out", "O\nut")]) == "In\nO ut\n"


def test_a_session_lists_its_notice_titles_turns_and_closing() -> None:
    found = list_prompts(load_routine("leg-stretch"), Choices())
    texts = [each.words for each in found]
    assert "Sitting leg stretch." in texts
    assert texts[0] == "Leg stretch."
    assert texts[1].startswith("You will need")
    assert found[-1].chapters[-1] == "End"
    assert len({each.file for each in found}) == len(found)
    sides = {each.sides for each in found if each.words.startswith("Now your ")}
    assert sides == {(Side.LEFT,), (Side.RIGHT,)}


def test_a_wording_has_the_same_name_in_any_routine() -> None:
    shared = {each.said: each.file for each in list_prompts(load_routine("leg-stretch"), Choices())}
    other = {each.said: each.file for each in list_prompts(load_routine("four-seven-eight"), Choices())}
    both = shared.keys() & other.keys()
    assert "In" in both
    assert all(shared[said] == other[said] for said in both)


def test_what_is_said_in_another_way_is_named_by_how_it_is_said(tmp_path: Path) -> None:
    path = tmp_path / "r.yaml"
    path.write_text(
        "title: Rest\nbreath: 4-6\npronounce: {asana: ah-sana}\nsteps:\n  - say: Your asana\n", encoding="utf-8"
    )
    found = {each.words: each for each in list_prompts(load_routine(str(path)), Choices())}
    assert found["Your asana"].said == "Your ah-sana"
    assert found["Your asana"].file.startswith("your-ah-sana-")


def test_tracks_of_sides_leave_out_the_change() -> None:
    routine = load_routine("sitting-leg-stretch")
    whole = {each.words for each in list_prompts(routine, Choices())}
    split = {each.words for each in list_prompts(routine, Choices(), split=True)}
    assert split < whole
