"""The sounds that come with the program, found in a checkout and in an installed package."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from voicecoach.errors import UnknownNameError

_PACKAGE = Path(__file__).parents[1]
# The wheel holds them inside the package; a checkout, and the sdist, beside it.
_FOLDERS = (_PACKAGE / "audio_assets", _PACKAGE.parent / "audio_assets")


def find_asset(name: str) -> Path:
    """Return the path of a chime or tone that comes with the program, by its file name.

    >>> find_asset("chime-end.wav").name
    'chime-end.wav'

    Raises:
        UnknownNameError: If no sound has this name; a path is not a name.
    """
    if name not in list_assets():
        raise UnknownNameError("sound", name, list_assets())
    return _find_folder() / name


def find_bed(name: str) -> Path:
    """Return the path of a bed that comes with the program: a loop, whose first sample follows its last.

    >>> find_bed("rain").name
    'rain.wav'

    Raises:
        UnknownNameError: If no bed has this name.
    """
    if name not in list_beds():
        raise UnknownNameError("bed", name, list_beds())
    return _find_folder() / "beds" / f"{name}.wav"


def find_room_tone() -> Path:
    """Return the path of the room tone: a loop of 125 MP3 frames of faint noise, 48 kHz, one channel.

    >>> find_room_tone().name
    'tone.wav'
    """
    return _find_folder() / "room" / "tone.wav"


def find_clips() -> Path:
    """Return the folder of the spoken clips that come with the program.

    >>> find_clips().name
    'clips'
    """
    return _find_folder() / "clips"


def find_prepared() -> Path:
    """Return the folder of the cache's entries that come with the program.

    >>> find_prepared().name
    'prepared'
    """
    return _find_folder() / "prepared"


@cache
def list_assets() -> tuple[str, ...]:
    """Return the file names of all chimes and tones that come with the program: 48 kHz, one channel, 16 bits.

    >>> "chime-end.wav" in list_assets()
    True
    """
    return tuple(sorted(path.name for path in _find_folder().glob("*.wav")))


@cache
def list_beds() -> tuple[str, ...]:
    """Return the names of all beds that come with the program; ffmpeg reads them.

    >>> list_beds()
    ('brown', 'pad', 'rain', 'waves')
    """
    return tuple(sorted(path.stem for path in (_find_folder() / "beds").glob("*.wav")))


def _find_folder() -> Path:
    return next((folder for folder in _FOLDERS if folder.is_dir()), _FOLDERS[0])
