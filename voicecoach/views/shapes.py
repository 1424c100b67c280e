"""Pictures as values: flat shapes on a canvas, with an SVG writer.

Lengths are in pixels, y grows downwards, and colours are opaque (``#rrggbb``), so that SVG and PNG look the same.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from html import escape
from typing import TYPE_CHECKING, assert_never
from unicodedata import category, east_asian_width

from voicecoach.views.text import MARK

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Point = tuple[float, float]
Line = tuple[Point, ...]

FONTS = "system-ui, sans-serif"
BOLD = 1.1
"""The width of bold text, compared with regular text."""
_NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_WIDTHS = {"iljI.,:;'\u2019|!·": 0.32, 'ftr()[]{}/"- ': 0.42, "mwMW@%—…": 0.98}
_EM = {letter: width for letters, width in _WIDTHS.items() for letter in letters}


class Anchor(StrEnum):
    """The point of a label that its x gives; the values are those of SVG's ``text-anchor``."""

    START = "start"
    MIDDLE = "middle"
    END = "end"


@dataclass(frozen=True, slots=True)
class Rect:
    """A filled rectangle with corners rounded by ``radius``; ``about`` is its tooltip in SVG."""

    x: float
    y: float
    width: float
    height: float
    fill: str
    radius: float = 0
    about: str = ""


@dataclass(frozen=True, slots=True)
class Area:
    """A filled polygon; ``about`` is its tooltip in SVG."""

    points: Line
    fill: str
    about: str = ""


@dataclass(frozen=True, slots=True)
class Stroke:
    """Lines through points, with round ends and joints; ``about`` is their tooltip in SVG."""

    lines: tuple[Line, ...]
    colour: str
    width: float
    about: str = ""


@dataclass(frozen=True, slots=True)
class Label:
    """One line of text; y is its baseline."""

    x: float
    y: float
    text: str
    size: float
    colour: str
    anchor: Anchor = Anchor.START
    bold: bool = False

    @property
    def width(self) -> float:
        """Its estimated maximum width in common fonts."""
        return text_width(self.text, self.size) * (BOLD if self.bold else 1)

    @property
    def left(self) -> float:
        """The x of its left edge."""
        return self.x - self.width * {Anchor.START: 0, Anchor.MIDDLE: 0.5, Anchor.END: 1}[self.anchor]


Shape = Rect | Area | Stroke | Label


@dataclass(frozen=True, slots=True)
class Picture:
    """Shapes from back to front, with a title, and a description for people who do not see them."""

    width: float
    height: float
    title: str
    description: str
    shapes: tuple[Shape, ...]


def text_width(text: str, size: float) -> float:
    """Return an estimate of a text's width, on the wide side because the viewer's font is not known.

    >>> text_width("mill", 10) < text_width("warm", 10)
    True
    """
    return size * sum(map(_em, text))


def shorten_to_width(text: str, width: float, size: float) -> str:
    """Shorten a text to ``width``, after a word if possible; empty if fewer than three letters fit.

    >>> shorten_to_width("Sitting leg stretch", 100, 12), shorten_to_width("Sitting leg stretch", 20, 12)
    ('Sitting leg…', '')
    """
    if text_width(text, size) <= width:
        return text
    room = _count_fitting(text, width - text_width("…", size), size)
    space = text.rfind(" ", room // 2, room + 1)
    start = text[: space if space > 0 else room].rstrip(" ,;:.")
    return f"{start}…" if len(start) > 2 else ""  # noqa: PLR2004 - two letters are not readable


def wrap(text: str, width: float, size: float, most: int) -> tuple[str, ...]:
    """Break a text into at most ``most`` lines of ``width``; the last line is shortened if necessary.

    >>> wrap("As you breathe out, let yourself sink", 90, 12, 3)
    ('As you', 'breathe out,', 'let yourself…')
    """
    if most <= 1 or text_width(text, size) <= width:
        return tuple(filter(None, [shorten_to_width(text, width, size)]))
    room = _count_fitting(text, width, size)
    cut = text.rfind(" ", 0, room + 1)
    if cut < 1 and room and east_asian_width(text[room]) in "WF":
        cut = room
    return (text[:cut], *wrap(text[cut:].lstrip(), width, size, most - 1)) if cut > 0 else wrap(text, width, size, 1)


def clean_text(text: str) -> str:
    r"""Return a text on one line; characters that XML does not allow become replacement characters.

    >>> clean_text("in  and\nout" + chr(0))
    'in and out�'
    """
    return _NO_XML.sub("\ufffd", " ".join(text.split()))


def write_svg(picture: Picture) -> str:
    """Return a picture as SVG, without scripts and external resources; equal pictures give equal texts."""
    width, height = _write_number(picture.width), _write_number(picture.height)
    about = (_element("title", {}, _text(picture.title)), _element("desc", {}, _text(picture.description)))
    body = "\n".join((*about, *map(_draw, picture.shapes)))
    attributes = f'width="{width}" height="{height}" viewBox="0 0 {width} {height}" role="img" font-family="{FONTS}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {attributes}>\n<!-- {MARK} -->\n{body}\n</svg>\n'


def _em(letter: str) -> float:
    """Return the width of a letter at size 1; combining marks have no width."""
    if letter in _EM:
        return _EM[letter]
    if category(letter) in {"Mn", "Me", "Cf"}:
        return 0
    if east_asian_width(letter) in "WF":
        return 1.05
    return 0.6 if letter.isascii() and not letter.isupper() else 0.75


def _count_fitting(text: str, width: float, size: float) -> int:
    """Return how many letters of a text fit into ``width``."""
    for count, letter in enumerate(text):
        width -= text_width(letter, size)
        if width < 0:
            return count
    return len(text)


def _write_number(value: float) -> str:
    return f"{round(value, 1) + 0:g}"  # + 0 turns -0.0 into 0.0


def _write_points(line: Iterable[Point]) -> str:
    return " ".join(f"{_write_number(x)},{_write_number(y)}" for x, y in line)


def _element(tag: str, attributes: Mapping[str, float | str], body: str = "") -> str:
    start = tag + "".join(f' {name}="{_write_value(value)}"' for name, value in attributes.items())
    return f"<{start}>{body}</{tag}>" if body else f"<{start}/>"


def _write_value(value: float | str) -> str:
    return escape(value) if isinstance(value, str) else _write_number(value)


def _text(text: str) -> str:
    return escape(clean_text(text), quote=False)


def _draw(shape: Shape) -> str:
    match shape:
        case Rect(x, y, width, height, fill, radius):
            box = {"x": x, "y": y, "width": width, "height": height, "rx": radius}
            return _element("rect", {**box, "fill": fill}, _add_title(shape))
        case Area(points, fill):
            return _element("polygon", {"points": _write_points(points), "fill": fill}, _add_title(shape))
        case Stroke(lines, colour, width):
            pen = {"fill": "none", "stroke": colour, "stroke-linecap": "round", "stroke-linejoin": "round"}
            path = "".join(f"M{_write_points(line)}" for line in lines)
            return _element("path", {"d": path, **pen, "stroke-width": width}, _add_title(shape))
        case Label():
            return _write_label(shape)
        case _:
            assert_never(shape)


def _add_title(shape: Rect | Area | Stroke) -> str:
    return _element("title", {}, _text(shape.about)) if shape.about else ""


def _write_label(label: Label) -> str:
    anchor = {} if label.anchor is Anchor.START else {"text-anchor": label.anchor.value}
    weight = {"font-weight": "bold"} if label.bold else {}
    place = {"x": label.x, "y": label.y, "font-size": label.size}
    return _element("text", {**place, **anchor, **weight, "fill": label.colour}, _text(label.text))
