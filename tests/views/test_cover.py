"""The laws of a cover."""

from __future__ import annotations

import sys
from fractions import Fraction
from io import BytesIO
from itertools import combinations, pairwise
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from tests.amounts import choose_amount
from tests.goldens import SESSIONS, performed
from tests.views.test_plot import timelines
from voicecoach.core.notation import read_pace
from voicecoach.core.score import Side
from voicecoach.core.timeline import Chapter, Timeline
from voicecoach.errors import ChoiceError
from voicecoach.script.choices import Choices
from voicecoach.views.cover import MARGIN, ROWS, SIZE, clean_title, draw_cover, find_side, lay_out_cover
from voicecoach.views.png import can_draw
from voicecoach.views.shapes import Area, Label, Rect, Stroke

if TYPE_CHECKING:
    from voicecoach.views.shapes import Picture

MOST = 150_000
"""Bytes; every file contains a cover."""
DISTINCT = (
    "box-breathing",
    "sitting-leg-stretch",
    "four-seven-eight",
    "cyclic-sigh",
    "sun-salutation",
    "breath-ladder",
)
LONG = "A very long title that somebody gave to a session, with all that happens in it, one after the other, and why"


def session(name: str) -> Timeline:
    return performed(*SESSIONS[name])


def labels(drawn: Picture) -> list[Label]:
    return [shape for shape in drawn.shapes if isinstance(shape, Label)]


def luminance(colour: str) -> float:
    """Return the relative luminance of WCAG 2."""
    parts = [each / 255 for each in bytes.fromhex(colour[1:])]
    red, green, blue = (each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    dark, light = sorted(map(luminance, (one, other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("name", ["box-breathing", "sitting-leg-stretch-left", "sun-salutation", "interval-training"])
def test_a_cover_is_a_square_png_that_is_small_to_carry(name: str) -> None:
    drawn = draw_cover(session(name), name)
    image = Image.open(BytesIO(drawn))
    assert (image.format, image.size, image.mode) == ("PNG", (1400, 1400), "RGB")
    assert len(drawn) < MOST
    image.load()


def test_the_same_session_has_the_same_cover() -> None:
    assert draw_cover(session("box-breathing"), "Box") == draw_cover(session("box-breathing"), "Box")


def test_other_breaths_make_another_picture() -> None:
    shapes = {name: lay_out_cover(session(name), "").shapes for name in (*DISTINCT, "interval-training")}
    assert all(shapes[one] != shapes[other] for one, other in combinations(shapes, 2))
    faster = performed("sitting-leg-stretch", Choices(breath=read_pace("2-3")))
    assert lay_out_cover(faster, "").shapes != shapes["sitting-leg-stretch"]


def test_each_side_has_a_picture_of_its_own_and_not_by_colour_alone() -> None:
    left, right = session("sitting-leg-stretch-left"), session("sitting-leg-stretch-right")
    assert [find_side(each) for each in (left, right, session("sitting-leg-stretch"))] == [Side.LEFT, Side.RIGHT, None]
    suns = [
        [
            shape.x + shape.width / 2
            for shape in lay_out_cover(each, "").shapes
            if isinstance(shape, Rect) and shape.radius
        ]
        for each in (left, right)
    ]
    assert max(suns[0]) < SIZE / 2 < min(suns[1])


@pytest.mark.parametrize(("left", "right"), [("left", "right"), ("izquierda", "derecha"), ("x" * 99, "y" * 99)])
def test_a_letter_a_word_and_an_arrow_say_the_side(left: str, right: str) -> None:
    shown = [
        lay_out_cover(session(f"sitting-leg-stretch-{side}"), LONG, word)
        for side, word in (("left", left), ("right", right))
    ]
    for word, drawn, half in zip((left, right), shown, (range(SIZE // 2), range(SIZE // 2, SIZE)), strict=True):
        letter, *more = [label for label in labels(drawn) if label.text in {word[0].upper(), word}]
        (arrow,) = (shape for shape in drawn.shapes if isinstance(shape, Stroke))
        assert (letter.text, round(letter.x) in half) == (word[0].upper(), True)
        assert all(0 < x < SIZE and round(x) in half for line in arrow.lines for x, _ in line)
        assert [label.text for label in more] == ([word] if len(word) < 20 else [])
        assert all(label.left >= MARGIN and label.left + label.width <= SIZE - MARGIN + 1 for label in more)
        lowest = max(label.y + 0.25 * label.size for label in labels(drawn)[len(more) + 1 :])
        assert lowest < letter.y - 0.72 * letter.size, "the title is above the letter"


def test_the_title_that_was_asked_for_and_the_side_are_on_the_cover() -> None:
    left = session("sitting-leg-stretch-left")
    sided, plain = draw_cover(left, "Mine", "left"), draw_cover(left, "Mine")
    assert sided != plain
    assert draw_cover(left, "Other", "left") != sided
    assert draw_cover(left, "Mine", "深い") == plain, "a word that the font lacks is no boxes"


@pytest.mark.parametrize("name", [*SESSIONS][:: choose_amount(4, 1)])
def test_hills_fill_the_picture_from_edge_to_edge_and_near_ones_are_darker(name: str) -> None:
    rows = [shape for shape in lay_out_cover(session(name), "").shapes if isinstance(shape, Area)]
    assert len(rows) == ROWS
    for row in rows:
        across = [x for x, _ in row.points[1:-1]]
        assert across == sorted(across)
        assert across[0] <= 0
        assert across[-1] >= SIZE
        assert row.points[0][1] == row.points[-1][1] == SIZE
    shades = [luminance(row.fill) for row in rows]
    assert shades == sorted(shades, reverse=True)
    assert all(one / other > 1.1 for one, other in pairwise(shades)), "told apart without colours"


@pytest.mark.parametrize(
    "timeline",
    [
        Timeline(Fraction(0)),
        Timeline(Fraction(60)),
        Timeline(Fraction(60), chapters=(Chapter(Fraction(0), Fraction(60), "all"),)),
    ],
)
def test_without_breaths_there_is_a_picture_all_the_same(timeline: Timeline) -> None:
    shown = lay_out_cover(timeline, "")
    heights = {round(y) for shape in shown.shapes if isinstance(shape, Area) for _, y in shape.points}
    assert len(heights) > 2 * ROWS, "mountains, not bars"
    assert draw_cover(timeline, "Rest").startswith(b"\x89PNG")


@given(timelines())
@settings(max_examples=25, deadline=None)
def test_any_session_has_a_picture(timeline: Timeline) -> None:
    points = [
        point for shape in lay_out_cover(timeline, "x").shapes if isinstance(shape, Area) for point in shape.points
    ]
    assert all(0 < y <= SIZE for _, y in points)


@pytest.mark.parametrize("name", ["box-breathing", "sitting-leg-stretch-left", "sitting-leg-stretch-right"])
@pytest.mark.parametrize("title", ["Rest", "Sitting leg stretch: left leg", LONG])
def test_the_title_can_be_read_on_all_that_may_be_behind_it(name: str, title: str) -> None:
    shown = lay_out_cover(session(name), title)
    lines = labels(shown)
    sky = [shape for shape in shown.shapes if isinstance(shape, Rect)]
    assert min(contrast(line.colour, shape.fill) for line in lines for shape in sky) >= 4.5
    lowest = max(line.y + 0.25 * line.size for line in lines)
    assert lowest < min(y for shape in shown.shapes if isinstance(shape, Area) for _, y in shape.points), "no hill"


@given(st.text(max_size=400))
def test_a_title_stays_within_the_picture(title: str) -> None:
    for line in labels(lay_out_cover(Timeline(Fraction(9)), clean_title(title))):
        assert line.left >= 0
        assert line.left + line.width <= SIZE - MARGIN + 1
        assert line.y - 0.8 * line.size > 0


def test_a_long_title_is_broken_then_smaller_then_shortened() -> None:
    def shown(title: str) -> list[Label]:
        return labels(lay_out_cover(Timeline(Fraction(9)), title))

    short, two, long, endless = shown("Rest"), shown("Sitting leg stretch, left"), shown(LONG), shown(LONG * 20)
    assert [len(each) for each in (short, two)] == [1, 2]
    assert short[0].size == two[0].size > long[0].size >= endless[0].size
    assert " ".join(each.text for each in long) == LONG
    assert endless[-1].text.endswith("…")


@pytest.mark.parametrize(
    ("title", "written"),
    [
        ("Bend \u2013 and  rest \U0001f9d8\u200d\u2642\ufe0f", "Bend - and rest"),
        ("tab\tline\nnul\0", "tab line nul\ufffd"),
        ("\ud800", "\ufffd"),
    ],
)
def test_a_title_is_written_without_what_fonts_do_not_have(title: str, written: str) -> None:
    assert clean_title(title).replace("\ufffd", "") == written.replace("\ufffd", "").strip()


def test_letters_that_the_font_does_not_have_are_no_boxes() -> None:
    for title in ("深い呼吸", "Дыхание", "تنفس", "\ud800", "\U0010fffe"):
        assert not can_draw(clean_title(title)) or not clean_title(title)
    assert can_draw("Sitting leg stretch: left, 4-7-8 (really) & so on…")
    box, lacking, empty = (draw_cover(session("box-breathing"), title) for title in ("Box", "深い呼吸", ""))
    assert lacking == empty
    assert box != empty, "letters that it has are drawn"


def test_without_pillow_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "PIL", None)
    with pytest.raises(ChoiceError, match="pip install pillow"):
        draw_cover(session("box-breathing"), "Box")
