"""A picture painted in pixels, as PNG."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, assert_never

from voicecoach.errors import ChoiceError
from voicecoach.picture import Anchor, Area, Label, Rect, Stroke, readable

if TYPE_CHECKING:
    from PIL.ImageDraw import ImageDraw

    from voicecoach.picture import Line, Picture, Point, Shape

INSTALL = "a PNG is drawn by Pillow: pip install pillow, or write an SVG"
DENSITY = 2
"""Pixels of a PNG for one of the picture's."""
FINER = 2
"""A PNG is painted this much larger, and reduced: edges become smooth."""


_NOWHERE = "\U0010fffe"
"""No letter, so no font has it."""


def png(picture: Picture) -> bytes:
    """Draw a picture as PNG.

    Raises:
        ChoiceError: When Pillow is not installed.
    """
    try:
        from PIL import Image, ImageDraw
    except ImportError as error:
        raise ChoiceError(INSTALL) from error
    scale = DENSITY * FINER
    image = Image.new("RGB", (round(picture.width * scale), round(picture.height * scale)), "white")
    draw = ImageDraw.Draw(image)
    for shape in picture.shapes:
        _paint(draw, shape, scale)
    file = BytesIO()
    image.reduce(FINER).save(file, "PNG")
    return file.getvalue()


def drawable(text: str) -> bool:
    """Say whether the font has every letter of a text; it shows a box for those that it lacks.

    Raises:
        ChoiceError: When Pillow is not installed.
    """
    try:
        from PIL import ImageFont
    except ImportError as error:
        raise ChoiceError(INSTALL) from error
    font = ImageFont.load_default(20)

    def drawn(letter: str) -> bytes:
        return bytes(font.getmask(letter))

    missing = drawn(_NOWHERE)
    return all(letter.isspace() or drawn(letter) != missing for letter in set(text))


def _paint(draw: ImageDraw, shape: Shape, scale: float) -> None:
    match shape:
        case Rect(x, y, width, height, fill, radius):
            box = (x * scale, y * scale, (x + width) * scale - 1, (y + height) * scale - 1)
            draw.rounded_rectangle(_ordered(box), radius * scale, fill)
        case Area(points, fill):
            draw.polygon(_scaled(points, scale), fill)
        case Stroke(lines, colour, width):
            for line in lines:
                _paint_line(draw, _scaled(line, scale), colour, max(1, round(width * scale)))
        case Label():
            _paint_label(draw, shape, scale)
        case _:
            assert_never(shape)


def _ordered(box: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
    """Keep what is thinner than a pixel from ending before it begins."""
    left, top, right, bottom = box
    return left, top, max(left, right), max(top, bottom)


def _scaled(line: Line, scale: float) -> list[Point]:
    return [(x * scale, y * scale) for x, y in line]


def _paint_line(draw: ImageDraw, points: list[Point], colour: str, width: int) -> None:
    """Draw a line and its round ends, which Pillow leaves off."""
    draw.line(points, colour, width, joint="curve")
    for x, y in (points[0], points[-1]) if width > DENSITY * FINER else ():
        draw.circle((x, y), (width - 1) / 2, colour)


def _paint_label(draw: ImageDraw, label: Label, scale: float) -> None:
    from PIL import ImageFont

    font = ImageFont.load_default(label.size * scale)
    anchor = {Anchor.START: "ls", Anchor.MIDDLE: "ms", Anchor.END: "rs"}[label.anchor]
    weight = label.size * scale / 50 if label.bold else 0
    at = (label.x * scale, label.y * scale)
    draw.text(at, readable(label.text), label.colour, font, anchor=anchor, stroke_width=weight)
