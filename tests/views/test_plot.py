"""Laws of the plot; ``python -m tests.views.test_plot`` draws the plot in the README again."""

from __future__ import annotations

import math
import sys
from dataclasses import replace
from fractions import Fraction
from functools import cache
from io import BytesIO
from itertools import combinations, pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from xml.parsers.expat import ParserCreate

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from PIL import Image, ImageFont

from tests.amounts import FEWER, choose_amount
from tests.goldens import SESSIONS, performed
from tests.strategies import breaths, sides
from voicecoach.core.breath import Kind
from voicecoach.core.score import CueKind, Side
from voicecoach.core.timeline import Chapter, Cue, PhaseSpan, Stretch, Timeline, format_time
from voicecoach.errors import ChoiceError
from voicecoach.script.choices import Choices
from voicecoach.views import plot, png
from voicecoach.views.plot_rows import INNER, MARGIN, ROWS, choose_scale
from voicecoach.views.png import DENSITY, FINER
from voicecoach.views.shapes import Area, Label, Picture, Rect, Shape, Stroke, shorten_to_width, text_width, wrap

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

README_PICTURE = Path(__file__).parents[2] / "docs" / "leg-stretch.svg"
MINUTE, TITLE = Fraction(60), "Sitting leg stretch"
Box = tuple[float, float, float, float]
Timed = TypeVar("Timed", PhaseSpan, Cue, Chapter, Stretch)


@cache
def one_turn() -> Timeline:
    """Return the breaths of a turn: one to fold, three to stay, one to return."""
    left = performed("sitting-leg-stretch", Choices(rounds=1, sides=(Side.LEFT,)))
    phases = [phase for phase in left.phases if phase.side is Side.LEFT]
    return window(left, phases[0].start, phases[-1].end)


def window(timeline: Timeline, start: Fraction, end: Fraction) -> Timeline:
    def cut(spans: tuple[Timed, ...]) -> tuple[Timed, ...]:
        inside = (each for each in spans if each.start < end and each.end > start)
        return tuple(
            replace(each, start=max(each.start, start) - start, end=min(each.end, end) - start) for each in inside
        )

    return Timeline(
        end - start, cut(timeline.phases), cut(timeline.cues), cut(timeline.chapters), cut(timeline.stretches)
    )


@st.composite
def turns(draw: st.DrawFn, start: Fraction = Fraction(0)) -> Timeline:
    """Draw a chapter: words before, breaths with words at their phases, a stretch over some of them, and a chime."""
    side, breath, count = draw(sides), draw(breaths), draw(st.integers(0, 3))
    at = start + draw(st.fractions(0, 60, max_denominator=50))
    kinds = st.sampled_from(CueKind)
    phases, cues = [], [Cue(start, at, draw(kinds), draw(st.text(max_size=99)), side)] if at > start else []
    for number in range(count):
        for phase in breath.phases:
            phases.append(PhaseSpan(at, at + phase.seconds, phase.kind, side, number))
            said = phase.seconds * Fraction(draw(st.integers(1, 9)), 10)
            cues.append(Cue(at, at + said, draw(kinds), draw(st.text(min_size=1, max_size=60)), side))
            at += phase.seconds
    end = at + draw(st.fractions(1, 20, max_denominator=50))
    cues.append(Cue(at, end, CueKind.CHIME, "chime-end"))
    stretches = (Stretch(phases[len(phases) // 2].start, at, side),) if phases else ()
    return Timeline(
        end, tuple(phases), tuple(cues), (Chapter(start, end, draw(st.text(max_size=40)), side),), stretches
    )


@st.composite
def timelines(draw: st.DrawFn) -> Timeline:
    """Draw several turns in a row, sometimes with hours between them."""
    whole = Timeline(Fraction(0))
    for _ in range(draw(st.integers(0, 3))):
        turn = draw(turns(whole.duration + draw(st.sampled_from([Fraction(0), Fraction(7), Fraction(9000)]))))
        whole = Timeline(
            turn.duration,
            whole.phases + turn.phases,
            whole.cues + turn.cues,
            whole.chapters + turn.chapters,
            whole.stretches + turn.stretches,
        )
    return whole


def box(shape: Shape) -> Box:
    """Return the left, top, right and bottom of a shape."""
    match shape:
        case Rect(x, y, width, height):
            return x, y, x + width, y + height
        case Label():
            return shape.left, shape.y - 0.8 * shape.size, shape.left + shape.width, shape.y + 0.25 * shape.size
        case Area(points):
            return around(points)
        case Stroke(lines):
            return around(tuple(point for line in lines for point in line))


def around(points: tuple[tuple[float, float], ...]) -> Box:
    across, down = zip(*points, strict=True) if points else ((0.0,), (0.0,))
    return min(across), min(down), max(across), max(down)


def labels(picture: Picture) -> list[Label]:
    return [shape for shape in picture.shapes if isinstance(shape, Label)]


def overlapping(picture: Picture) -> list[tuple[Box, Box]]:
    pairs = combinations(map(box, labels(picture)), 2)
    return [(a, b) for a, b in pairs if a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]]


def about(picture: Picture, said: str) -> list[Shape]:
    return [shape for shape in picture.shapes if not isinstance(shape, Label) and said in shape.about]


def without_colours(picture: Picture) -> list[object]:
    return [
        replace(shape, colour="") if isinstance(shape, Label | Stroke) else replace(shape, fill="", about="")
        for shape in picture.shapes
    ]


def strokes(timeline: Timeline, chosen: Callable[[float], bool]) -> list[Stroke]:
    """Return the strokes of the breath that have the given width."""
    drawn = plot.lay_out_plot(timeline, "").shapes
    return [each for each in drawn if isinstance(each, Stroke) and len(each.lines[0]) > 2 and chosen(each.width)]


def breathing(*phases: tuple[Kind, int], cues: tuple[Cue, ...] = ()) -> Timeline:
    """Return a breath of 20 s or less, which is one row."""
    starts = [sum(seconds for _, seconds in phases[:number]) for number in range(len(phases) + 1)]
    spans = (
        PhaseSpan(Fraction(start), Fraction(end), kind, None, 0)
        for (kind, _), (start, end) in zip(phases, pairwise(starts), strict=True)
    )
    return Timeline(Fraction(starts[-1]), tuple(spans), cues)


def session(name: str) -> Timeline:
    return performed(*SESSIONS[name])


KINDS = ("sitting-leg-stretch-10-20", "leg-stretch-all", "box-breathing-5", "four-seven-eight-10", "interval-training")
sessions = pytest.mark.parametrize("name", [*KINDS, "sun-salutation-tones", "breath-ladder", "sitting-leg-stretch.de"])


@FEWER
@given(timelines(), st.text(max_size=60))
def test_nothing_is_drawn_outside_the_canvas(timeline: Timeline, title: str) -> None:
    picture = plot.lay_out_plot(timeline, title)
    for shape in picture.shapes:
        left, top, right, bottom = box(shape)
        assert left >= 0
        assert top >= 0
        assert right <= picture.width
        assert bottom <= picture.height


@FEWER
@given(timelines(), st.text(max_size=60))
def test_labels_never_overlap(timeline: Timeline, title: str) -> None:
    assert not overlapping(plot.lay_out_plot(timeline, title))


@sessions
def test_the_labels_of_real_sessions_neither_overlap_nor_leave_the_canvas(name: str) -> None:
    picture = plot.lay_out_plot(session(name), TITLE)
    assert not overlapping(picture)
    assert all(left >= 0 and right <= picture.width for left, _, right, _ in map(box, picture.shapes))


@FEWER
@given(timelines())
def test_every_cue_and_chapter_is_there_whatever_the_length(timeline: Timeline) -> None:
    picture = plot.lay_out_plot(timeline, "")
    assert all(about(picture, f"{cue.kind}: {cue.text}") for cue in timeline.cues)
    assert all(about(picture, chapter.title) for chapter in timeline.chapters)


@sessions
def test_times_are_where_they_belong_on_the_line(name: str) -> None:
    timeline = session(name)
    picture, seconds = plot.lay_out_plot(timeline, TITLE), choose_scale(timeline.duration).seconds
    for cue in timeline.cues:
        bars = [each for each in about(picture, cue.text) if isinstance(each, Rect) and each.height < 6]
        x = MARGIN + INNER * float(cue.start % seconds) / seconds
        assert any(bar.x == pytest.approx(x) for bar in bars)
    total = sum(each.width for each in picture.shapes if isinstance(each, Rect) and each.about and each.height < 6)
    exact = INNER / seconds * float(sum(cue.end - cue.start for cue in timeline.cues))
    assert exact - 0.01 <= total <= exact + 5, "a bar that a row's end leaves very short is drawn wide enough to see"


def test_the_curve_rises_stays_falls_and_stays_again() -> None:
    kinds = ((Kind.INHALE, 4), (Kind.HOLD, 5), (Kind.EXHALE, 6), (Kind.PAUSE, 3))
    (curve,) = strokes(breathing(*kinds), lambda width: width < 2)
    at = {round((x - MARGIN) / INNER * 20, 3): y for x, y in curve.lines[0]}
    low, high = at[0], at[4]
    assert (at[4], at[9], at[15], at[18]) == (high, high, low, low)
    assert high < low, "up is towards the top"
    middle = min(at, key=lambda second: abs(second - 2))
    assert at[middle] == pytest.approx((low + high) / 2, abs=4)
    rising = [y for second, y in at.items() if second <= 4]
    assert rising == sorted(rising, reverse=True)


def test_the_curve_is_bold_exactly_while_the_voice_speaks() -> None:
    spoken = Cue(Fraction(4), Fraction(7), CueKind.BREATH, "And out")
    ringing = Cue(Fraction(0), Fraction(4), CueKind.CHIME, "chime-end")
    bold = strokes(breathing((Kind.INHALE, 4), (Kind.EXHALE, 6), cues=(ringing, spoken)), lambda width: width > 2)
    assert [(stroke.lines[0][0][0], stroke.lines[0][-1][0]) for stroke in bold] == [
        (MARGIN + INNER * 4 / 20, MARGIN + INNER * 7 / 20)
    ]


def test_words_that_a_frame_puts_before_the_end_of_a_breath_are_not_of_it() -> None:
    after = Cue(Fraction(9990, 1000), Fraction(12), CueKind.INSTRUCTION, "Two easy breaths of your own.")
    assert not strokes(breathing((Kind.INHALE, 4), (Kind.EXHALE, 6), cues=(after,)), lambda width: width > 2)


@pytest.mark.parametrize(
    ("part", "drawn_as"), [("phases", Stroke), ("chapters", Area), ("chapters", Stroke), ("stretches", Stroke)]
)
def test_sides_differ_in_more_than_their_colour(part: str, drawn_as: type[Shape]) -> None:
    def shapes(side: Side) -> list[object]:
        spans = [replace(span, side=side) for span in getattr(one_turn(), part)]
        of_side: dict[str, Any] = {part: tuple(spans)}
        only = Timeline(Fraction(40), **of_side)
        return [shape for shape in without_colours(plot.lay_out_plot(only, "")) if isinstance(shape, drawn_as)]

    assert shapes(Side.LEFT) != shapes(Side.RIGHT)


def test_kinds_differ_in_more_than_their_colour() -> None:
    def cue(kind: CueKind) -> Timeline:
        return Timeline(Fraction(9), cues=(Cue(Fraction(0), Fraction(2), kind, ""),))

    def shapes(kind: CueKind) -> list[object]:
        return without_colours(plot.lay_out_plot(cue(kind), ""))

    assert all(shapes(one) != shapes(other) for one, other in combinations(CueKind, 2))


@pytest.mark.parametrize(("minutes", "at_most"), [(1, 4), (9, ROWS), (60, ROWS), (719, ROWS), (6000, ROWS)])
def test_a_session_of_any_length_has_few_rows(minutes: int, at_most: int) -> None:
    assert minutes * MINUTE <= choose_scale(minutes * MINUTE).seconds * at_most


def test_a_row_without_breath_is_lower() -> None:
    before, during = (
        round(plot.lay_out_plot(part, "").height) for part in (Timeline(Fraction(20)), breathing((Kind.HOLD, 20)))
    )
    assert before < during


def test_at_an_hour_the_words_go_and_the_kinds_stay() -> None:
    hour = performed("sitting-leg-stretch", Choices(rounds=24))
    picture = plot.lay_out_plot(hour, TITLE)
    said = {label.text for label in labels(picture)}
    assert not any("Breathe" in text for text in said)
    assert {str(cue.kind) for cue in hour.cues} <= said


def test_the_header_tells_the_title_the_length_and_the_stretch_of_each_leg() -> None:
    timeline = performed("sitting-leg-stretch", Choices())
    said = [label.text for label in labels(plot.lay_out_plot(timeline, TITLE))]
    assert {TITLE, format_time(timeline.duration), "left 68 s", "right 68 s"} <= set(said)


@given(st.text(st.characters(codec=None), max_size=60))
@example('\ud800\x00\x0b\ufffe\U0001f9d8 <script>&"]]>\n')
def test_an_svg_is_valid_whatever_the_words(text: str) -> None:
    parser, tags = ParserCreate(), set[str]()
    parser.StartElementHandler = lambda tag, _attributes: tags.add(tag)
    cue = Cue(Fraction(0), Fraction(9), CueKind.TIP, text)
    timeline = Timeline(Fraction(20), cues=(cue,), chapters=(Chapter(Fraction(0), Fraction(20), text),))
    parser.Parse(plot.plot_svg(timeline, text).encode(), True)  # noqa: FBT003 - it has no keyword
    assert tags <= {"svg", "title", "desc", "rect", "polygon", "path", "text"}


def test_an_svg_needs_nothing_from_elsewhere() -> None:
    drawn = plot.plot_svg(one_turn(), TITLE)
    assert drawn.count("http") == drawn.count('xmlns="http://www.w3.org/2000/svg"') == 1
    assert not any(word in drawn for word in ("href", "url(", "style", "script", "@"))


def test_an_svg_tells_those_who_hear_it_what_it_shows() -> None:
    drawn = plot.plot_svg(one_turn(), TITLE)
    assert f"<title>{TITLE}</title>\n<desc>0:50; stretch: left 34 s, right 0 s; 0:00 Sitting leg" in drawn


def test_the_picture_of_the_readme_is_drawn_by_this_code() -> None:
    assert README_PICTURE.read_text(encoding="utf-8") == plot.plot_svg(one_turn(), TITLE)


def test_both_painters_show_the_same() -> None:
    picture = plot.lay_out_plot(one_turn(), TITLE)
    image = Image.open(BytesIO(plot.plot_png(one_turn(), TITLE)))
    assert image.size == (picture.width * DENSITY, math.ceil(round(picture.height * DENSITY * FINER) / FINER))
    for bar in (shape for shape in picture.shapes if isinstance(shape, Rect) and shape.about):
        x, y = bar.x + bar.width / 2, bar.y + bar.height / 2
        assert image.getpixel((round(x * DENSITY), round(y * DENSITY))) == rgb(bar.fill)


def rgb(colour: str) -> tuple[int, ...]:
    return tuple(bytes.fromhex(colour[1:]))


def test_a_png_is_drawn_of_any_text() -> None:
    cue = Cue(Fraction(0), Fraction(9), CueKind.TIP, "\ud800\x00 吸气\n\u05e9")
    assert plot.plot_png(Timeline(Fraction(9), cues=(cue,)), "\udfff").startswith(b"\x89PNG")


def test_without_pillow_a_png_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "PIL", None)
    with pytest.raises(ChoiceError, match="pip install pillow"):
        plot.plot_png(one_turn(), TITLE)


def words() -> Iterator[str]:
    for name in [*SESSIONS][:: choose_amount(4, 1)]:
        yield from (cue.text for cue in session(name).cues)


def test_texts_are_no_wider_than_they_are_taken_to_be() -> None:
    font = ImageFont.load_default(100)
    assert isinstance(font, ImageFont.FreeTypeFont)
    assert not [text for text in set(words()) if font.getlength(text) > text_width(text, 100)]


@given(st.text(max_size=80), st.integers(0, 300), st.integers(1, 5))
def test_broken_lines_fit_and_say_the_beginning_of_the_text(text: str, width: int, most: int) -> None:
    lines = wrap(text, width, 12, most)
    assert len(lines) <= most
    assert all(text_width(line, 12) <= width for line in lines)
    said = "".join(lines).replace(" ", "").removesuffix("…")
    assert text.replace(" ", "").startswith(said)


@given(st.text(max_size=80), st.integers(0, 300))
def test_what_is_shortened_says_so(text: str, width: int) -> None:
    assert (kept := shorten_to_width(text, width, 12)) in {text, ""} or kept.endswith("…")


if __name__ == "__main__":
    README_PICTURE.write_text(plot.plot_svg(one_turn(), TITLE), encoding="utf-8")


@pytest.mark.parametrize(
    ("text", "drawn"),
    [("Dehnübung", "Dehnubung"), ("Füße", "Fusse"), ("¿Qué?", "Que?"), ("Étirement, ça", "Etirement, ca")],
)
def test_letters_with_marks_are_drawn_with_their_marks(text: str, drawn: str) -> None:
    assert png.split_marks(text)[0] == drawn
    assert png.can_draw(text)
    assert not png.can_draw("体")

    def painted(label: str) -> bytes:
        words = Label(10, 40, label, 20, "#000000")
        return png.paint_png(Picture(300, 60, "", "", (Rect(0, 0, 300, 60, "#ffffff", 0), words)))

    assert (painted(text) == painted(drawn)) == (not png.split_marks(text)[1])
