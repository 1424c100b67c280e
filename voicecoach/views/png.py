"""Pictures as PNG, drawn by Pillow with its built-in font.

The built-in font has no letters with accents (up to Pillow 13), so their marks are drawn over the plain letters.
"""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, assert_never
from unicodedata import normalize

from voicecoach.errors import ChoiceError
from voicecoach.views.shapes import Anchor, Area, Label, Rect, Stroke, clean_text
from voicecoach.views.text import MARK

if TYPE_CHECKING:
    from PIL.ImageDraw import ImageDraw

    from voicecoach.views.shapes import Line, Picture, Point, Shape

INSTALL = "a PNG needs Pillow: pip install pillow, or write an SVG"
DENSITY = 2
"""Pixels of the PNG, for each pixel of the picture."""
FINER = 2
"""The factor by which a PNG is painted larger, then reduced, so that edges become smooth."""

MARKS: dict[str, tuple[tuple[tuple[float, float], ...], ...]] = {
    "\u0300": (((-0.1, 0.17), (0.06, 0.03)),),
    "\u0301": (((-0.06, 0.03), (0.1, 0.17)),),
    "\u0302": (((-0.14, 0.03), (0.0, 0.16), (0.14, 0.03)),),
    "\u0303": (((-0.16, 0.05), (-0.07, 0.13), (0.07, 0.05), (0.16, 0.13)),),
    "\u0304": (((-0.14, 0.09), (0.14, 0.09)),),
    "\u0306": (((-0.14, 0.15), (-0.08, 0.05), (0.08, 0.05), (0.14, 0.15)),),
    "\u0307": (((0.0, 0.09),),),
    "\u0308": (((-0.12, 0.09),), ((0.12, 0.09),)),
    "\u030a": (((-0.08, 0.1), (0.0, 0.18), (0.08, 0.1), (0.0, 0.02), (-0.08, 0.1)),),
    "\u030b": (((-0.12, 0.03), (0.0, 0.17)), ((0.04, 0.03), (0.16, 0.17))),
    "\u030c": (((-0.14, 0.16), (0.0, 0.03), (0.14, 0.16)),),
    "\u0327": (((0.0, 0.0), (0.05, -0.08), (-0.06, -0.15)),),
    "\u0328": (((0.04, 0.0), (-0.04, -0.09), (0.07, -0.14)),),
}
"""Combining marks as lines, or dots, to the right and up from their middle; 1 is the font size."""

BELOW = "\u0327\u0328"
"""The marks below letters; the others are above."""
SPELLED = str.maketrans(
    {"ß": "ss", "œ": "oe", "Œ": "Oe", "æ": "ae", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "…": "..."}
    | {"«": '"', "»": '"', "„": '"', "“": '"', "”": '"', "’": "'", "¿": "", "¡": "", "–": "-", "—": "-"}  # noqa: RUF001
)
"""Replacements for characters that Pillow's font lacks."""

_NO_CHARACTER = "\U0010fffe"
"""A code point that is not a character, so no font has it."""


def paint_png(picture: Picture) -> bytes:
    """Return a picture as PNG, with `DENSITY` pixels for each pixel of the picture.

    Raises:
        ChoiceError: When Pillow is not installed.
    """
    try:
        from PIL import Image, ImageDraw
        from PIL.PngImagePlugin import PngInfo
    except ImportError as error:
        raise ChoiceError(INSTALL) from error
    scale = DENSITY * FINER
    image = Image.new("RGB", (round(picture.width * scale), round(picture.height * scale)), "white")
    draw = ImageDraw.Draw(image)
    for shape in picture.shapes:
        _paint(draw, shape, scale)
    file, facts = BytesIO(), PngInfo()
    facts.add_text("Software", MARK)
    # The default level, 6, takes half as long again and saves only 1 %.
    image.reduce(FINER).save(file, "PNG", compress_level=4, pnginfo=facts)
    return file.getvalue()


def can_draw(text: str) -> bool:
    """Return whether the font has every letter of a text; for letters that it lacks, it draws a box.

    Raises:
        ChoiceError: When Pillow is not installed.
    """
    try:
        from PIL import ImageFont
    except ImportError as error:
        raise ChoiceError(INSTALL) from error
    font = ImageFont.load_default(20)

    def draw(letter: str) -> bytes:
        return bytes(font.getmask(letter))

    missing = draw(_NO_CHARACTER)
    return all(letter.isspace() or draw(letter) != missing for letter in set(split_marks(text)[0]))


def split_marks(text: str) -> tuple[str, list[tuple[int, str]]]:
    """Split the combining marks off a text: return the text without them, and each mark with the index of its letter.

    >>> split_marks("Fu\u00df, a\u0300")
    ('Fuss, a', [(6, '\u0300')])
    """
    base, marks = "", []
    for sign in normalize("NFD", text.translate(SPELLED)):
        if sign in MARKS:
            marks.append((max(0, len(base) - 1), sign))
        else:
            base += sign
    return normalize("NFC", base) if not marks else base, marks


def _paint(draw: ImageDraw, shape: Shape, scale: float) -> None:
    match shape:
        case Rect(x, y, width, height, fill, radius):
            box = (x * scale, y * scale, (x + width) * scale - 1, (y + height) * scale - 1)
            draw.rounded_rectangle(_order_corners(box), radius * scale, fill)
        case Area(points, fill):
            draw.polygon(_scale(points, scale), fill)
        case Stroke(lines, colour, width):
            for line in lines:
                _paint_line(draw, _scale(line, scale), colour, max(1, round(width * scale)))
        case Label():
            _paint_label(draw, shape, scale)
        case _:
            assert_never(shape)


def _order_corners(box: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
    """Make sure that a box thinner than a pixel does not end before it starts."""
    left, top, right, bottom = box
    return left, top, max(left, right), max(top, bottom)


def _scale(line: Line, scale: float) -> list[Point]:
    return [(x * scale, y * scale) for x, y in line]


def _paint_line(draw: ImageDraw, points: list[Point], colour: str, width: int) -> None:
    """Draw a line with round ends, which Pillow does not draw itself."""
    draw.line(points, colour, width, joint="curve")
    for x, y in (points[0], points[-1]) if width > DENSITY * FINER else ():
        draw.circle((x, y), (width - 1) / 2, colour)


def _paint_label(draw: ImageDraw, label: Label, scale: float) -> None:
    from PIL import ImageFont

    font = ImageFont.load_default(label.size * scale)
    weight = label.size * scale / 50 if label.bold else 0
    text, marks = split_marks(clean_text(label.text))
    width = font.getlength(text)
    left = label.x * scale - {Anchor.START: 0, Anchor.MIDDLE: width / 2, Anchor.END: width}[label.anchor]
    at = (left, label.y * scale)
    draw.text(at, text, label.colour, font, anchor="ls", stroke_width=weight)
    for place, mark in marks:
        begin, top, end, bottom = font.getbbox(text[place], anchor="ls")
        x = left + font.getlength(text[:place]) + (begin + end) / 2
        y = at[1] + (bottom if mark in BELOW else top - 0.06 * label.size * scale)
        _paint_mark(draw, (x, y), mark, label.size * scale, label.colour)


def _paint_mark(draw: ImageDraw, at: Point, mark: str, em: float, colour: str) -> None:
    """Draw a combining mark with its middle at ``at``; ``em`` is the font size."""
    pen = max(1, round(em * 0.07))
    for line in MARKS[mark]:
        points = [(at[0] + x * em, at[1] - y * em) for x, y in line]
        if len(points) == 1:
            draw.circle(points[0], em * 0.055, colour)
        else:
            draw.line(points, colour, pen, joint="curve")
