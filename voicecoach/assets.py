"""The sounds that come with the program, found in a checkout and in an installed package."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from voicecoach.errors import UnknownNameError

_PACKAGE = Path(__file__).parent
# The wheel holds them inside the package; a checkout, and the sdist, beside it.
_FOLDERS = (_PACKAGE / "audio_assets", _PACKAGE.parent / "audio_assets")


def asset(name: str) -> Path:
    """Return the path of a shipped sound, by its file name.

    >>> asset("chime-end.wav").name
    'chime-end.wav'

    Raises:
        UnknownNameError: When there is none of this name; a path, even to one, is not a name.
    """
    if name not in assets():
        raise UnknownNameError("sound", name, assets())
    return _folder() / name


@cache
def assets() -> tuple[str, ...]:
    """Return the names of all shipped sounds.

    >>> "chime-end.wav" in assets()
    True
    """
    return tuple(sorted(path.name for path in _folder().glob("*.wav")))


def _folder() -> Path:
    return next((folder for folder in _FOLDERS if folder.is_dir()), _FOLDERS[0])
