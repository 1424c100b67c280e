"""What a listener asks for, the session that comes of it, and the files that were made."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from voicecoach.app.naming import list_choices
from voicecoach.audio.settings import Sounding
from voicecoach.audio.sounds import read_sound
from voicecoach.core.perform import LONGEST
from voicecoach.core.timeline import format_time
from voicecoach.errors import ChoiceError
from voicecoach.script.choices import Choices
from voicecoach.views.exchange import to_json

if TYPE_CHECKING:
    from collections.abc import Mapping
    from fractions import Fraction

    from voicecoach.audio.clip import Clip
    from voicecoach.audio.loudness import Loudness
    from voicecoach.audio.writer import Extra, Written
    from voicecoach.core.breath import Pace
    from voicecoach.core.score import Side
    from voicecoach.core.timeline import Cue, Timeline
    from voicecoach.language import Language
    from voicecoach.script.fit import Fit

Report = Callable[[str, int, int], None]
"""Told of progress: what is being done, how much of it is, out of how much."""


@dataclass(frozen=True, slots=True)
class Request:
    """What a listener asks for; ``split`` makes a track for each side, ``length`` is that of each track, in seconds.

    ``commands`` are those of the user's settings that speak, by name. ``usual`` are the options that are the user's
    defaults, among ``breath``, ``side``, ``first`` and ``tracks``: the breath is set aside if a routine can't be done
    at it, the others if a routine has no sides.
    """

    routine: str
    choices: Choices = field(default_factory=Choices)
    split: bool = False
    voice: str | None = None
    rate: int | None = None
    title: str | None = None
    preview: Fraction | None = None
    language: str | None = None
    length: Fraction | None = None
    sounding: Sounding = field(default_factory=Sounding)
    extras: tuple[str, ...] = ()
    fall: bool = False
    verify: bool = False
    pitch: int | None = None
    commands: Mapping[str, object] = field(default_factory=dict)
    force: bool = False
    artist: str | None = None
    usual: frozenset[str] = frozenset()

    @property
    def tracks(self) -> list[tuple[Side | None, Choices]]:
        """The tracks that are asked for, each with its choices: a side's own track has only that side's turns."""
        sides = self.choices.sides
        if self.split:
            return [(side, replace(self.choices, sides=(side,))) for side in sides]
        return [(sides[0] if len(sides) == 1 else None, self.choices)]

    @property
    def per_track(self) -> list[Request]:
        """What is asked of each track."""
        return [replace(self, choices=chosen) for _, chosen in self.tracks]

    def check(self) -> None:
        """Refuse a length that is impossible, or that is combined with a number of rounds.

        Raises:
            ChoiceError: If that is so.
        """
        if self.length is None:
            return
        if self.choices.rounds is not None:
            raise ChoiceError("--length chooses the rounds itself\nleave out --length or --rounds")
        if not 0 < self.length <= LONGEST:
            raise ChoiceError(
                f"a session lasts up to {format_time(LONGEST)}, and more than nothing\nwrite a length as 10m"
            )

    @property
    def chosen(self) -> dict[str, str]:
        """The choices that its file's name carries, by option."""
        return list_choices(self.choices, self.length, self.preview)

    def made_with(self, voice: str, breath: Pace | None) -> dict[str, str]:
        """Return the breath, and all that was chosen and can be heard, by option, as a file tells it."""
        asked = {
            "routine": Path(self.routine).name.removesuffix(".yaml").removesuffix(".yml"),
            "language": self.language or "",
            **self.chosen,
            "breath": str(breath or ""),
            "side": self.choices.sides[0].value if len(self.choices.sides) == 1 else "",
            "voice": voice,
            "rate": str(self.rate or ""),
            "pitch": "" if self.pitch is None else str(self.pitch),
            "chime": {None: "", "": "none"}.get(self.choices.chime, self.choices.chime or ""),
            "bed": Path(self.sounding.bed).name if self.sounding.bed else "",
            "fall": "yes" if self.fall else "",
        }
        return {name: value for name, value in asked.items() if value}


@dataclass(frozen=True, slots=True)
class Track:
    """One track as it will be heard: the whole session, or that of one side; and what was chosen to make it fit."""

    side: Side | None
    title: str
    timeline: Timeline
    fit: Fit | None = None
    limb: str = "leg"


@dataclass(frozen=True, slots=True)
class Session:
    """Everything known before sound is written: the tracks, and the clip of each text that is spoken in them.

    ``warnings`` are about the voice; ``notes`` are for the author; ``dose`` is a note where a stretch is short;
    ``pace`` is what is breathed, and ``asks_breath`` whether the listener could have chosen it and did not.
    """

    title: str
    words: Language
    notice: tuple[str, ...]
    voice: str
    tracks: tuple[Track, ...]
    clips: Mapping[str, Clip]
    synthesised: int
    reused: int
    warnings: tuple[str, ...]
    dose: str = ""
    sunk: Mapping[tuple[str, int], Clip] = field(default_factory=dict)
    pace: Pace | None = None
    asks_breath: bool = False
    notes: tuple[str, ...] = ()

    def as_json(self, track: Track) -> dict[str, Any]:
        """Return a track's timeline in its public form, and how it was fitted, if it was."""
        shown = to_json(track.timeline, title=track.title, language=self.words.code, voice=self.voice)
        return {**shown, "fit": track.fit.as_json()} if track.fit else shown

    def clip(self, cue: Cue) -> Clip:
        """Return the sound of a cue."""
        if cue.track != "voice":
            return read_sound(cue.said)
        return self.sunk[cue.said, cue.fall] if cue.fall else self.clips[cue.said]


@dataclass(frozen=True, slots=True)
class Made:
    """What was written, and how many seconds each part of the work took."""

    session: Session
    files: tuple[tuple[Track, Written, Loudness], ...]
    extras: tuple[Extra, ...]
    seconds: Mapping[str, float]

    def as_json(self) -> dict[str, Any]:
        """Return the public form of what was made."""
        return {
            "files": [
                {
                    "path": str(file.path),
                    "side": track.side,
                    "duration": float(file.seconds),
                    "bytes": file.size,
                    "loudness": loudness.as_json(),
                }
                for track, file, loudness in self.files
            ],
            "extras": [{"path": str(extra.path), "kind": extra.kind} for extra in self.extras],
            "synthesised": self.session.synthesised,
            "reused": self.session.reused,
            "seconds": {name: round(value, 3) for name, value in self.seconds.items()},
        }
