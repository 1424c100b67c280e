"""Calm voice-guided exercise audio, paced to the listener's own breath.

>>> import voicecoach as vc
>>> from voicecoach.testing import FakeVoice
>>> vc.check("box-breathing", voice=FakeVoice())
[]
>>> session = vc.plan("sitting-leg-stretch", breath="4-6", voice=FakeVoice())
>>> session.at(breath="5-7").duration > session.duration
True

Everything here is loaded when it is first used, so that ``import voicecoach`` takes no time.
"""

from __future__ import annotations

TYPE_CHECKING = False  # type checkers take it for true; importing `typing` would take 10 ms

if TYPE_CHECKING:
    from voicecoach.api.beds import Bed, BreathSound, list_beds, load_bed, load_breath_sound
    from voicecoach.api.compose import breathe, chime, each_side, hold, move, pace, rest, say, seq
    from voicecoach.api.functions import check, perform, plan
    from voicecoach.api.library import RoutineHead, list_routines
    from voicecoach.api.pronunciations import read_pronunciations, write_pronunciations
    from voicecoach.api.recordings import Recordings
    from voicecoach.api.routines import Routine, load, loads, read_schema
    from voicecoach.api.session import Files, Session
    from voicecoach.api.studio import Studio
    from voicecoach.audio.clip import Clip
    from voicecoach.errors import (
        ChoiceError,
        EncodeError,
        FitError,
        OutputError,
        Problem,
        RoutineError,
        UnknownNameError,
        VoicecoachError,
        VoiceError,
    )
    from voicecoach.voices.port import Voice, VoiceInfo

__version__ = "0.1.0"

_HOMES = {
    "voicecoach.api.beds": ("Bed", "BreathSound", "list_beds", "load_bed", "load_breath_sound"),
    "voicecoach.api.compose": ("breathe", "chime", "each_side", "hold", "move", "pace", "rest", "say", "seq"),
    "voicecoach.api.functions": ("check", "perform", "plan"),
    "voicecoach.api.library": ("RoutineHead", "list_routines"),
    "voicecoach.api.pronunciations": ("read_pronunciations", "write_pronunciations"),
    "voicecoach.api.recordings": ("Recordings",),
    "voicecoach.api.routines": ("Routine", "load", "loads", "read_schema"),
    "voicecoach.api.session": ("Files", "Session"),
    "voicecoach.api.studio": ("Studio",),
    "voicecoach.audio.clip": ("Clip",),
    "voicecoach.errors": (
        "ChoiceError",
        "EncodeError",
        "FitError",
        "OutputError",
        "Problem",
        "RoutineError",
        "UnknownNameError",
        "VoiceError",
        "VoicecoachError",
    ),
    "voicecoach.voices.port": ("Voice", "VoiceInfo"),
}
"""Where each public name comes from."""

__all__ = [
    "Bed",
    "BreathSound",
    "ChoiceError",
    "Clip",
    "EncodeError",
    "Files",
    "FitError",
    "OutputError",
    "Problem",
    "Recordings",
    "Routine",
    "RoutineError",
    "RoutineHead",
    "Session",
    "Studio",
    "UnknownNameError",
    "Voice",
    "VoiceError",
    "VoiceInfo",
    "VoicecoachError",
    "__version__",
    "breathe",
    "check",
    "chime",
    "each_side",
    "hold",
    "list_beds",
    "list_routines",
    "load",
    "load_bed",
    "load_breath_sound",
    "loads",
    "move",
    "pace",
    "perform",
    "plan",
    "read_pronunciations",
    "read_schema",
    "rest",
    "say",
    "seq",
    "write_pronunciations",
]


if not TYPE_CHECKING:  # or a type checker would believe every name to be there

    def __getattr__(name: str) -> object:
        """Load a public name (PEP 562)."""
        for home, names in _HOMES.items():
            if name in names:
                from importlib import import_module

                found = getattr(import_module(home), name)
                globals()[name] = found
                return found
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    """List the public names."""
    return [*__all__]
