"""What a listener asks for, what a session is made with, the session that comes of it, and the files that were made."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from voicecoach.app.naming import drop_folders, list_choices
from voicecoach.audio.clip import amplify
from voicecoach.audio.fall import SLEEP
from voicecoach.audio.settings import Sounding
from voicecoach.audio.sounds import read_sound
from voicecoach.core.perform import LONGEST
from voicecoach.core.timeline import format_time
from voicecoach.errors import ChoiceError
from voicecoach.script.choices import Choices

if TYPE_CHECKING:
    from collections.abc import Mapping
    from fractions import Fraction

    from voicecoach.app.speaker import Speaker
    from voicecoach.audio.clip import Clip
    from voicecoach.audio.loudness import Loudness
    from voicecoach.audio.writer import Extra, Written
    from voicecoach.core.breath import Pace
    from voicecoach.core.score import Side
    from voicecoach.core.timeline import Cue, Timeline
    from voicecoach.language import Language
    from voicecoach.script.fit import Fit

Report = Callable[[str, int, int], None]
"""Called with progress: the stage of the work, how much of it is done, and how much there is."""


_SWITCHED = {None: "", True: "yes", False: "no"}
"""How an option is described that is switched on or off, or left to the routine."""


@dataclass(frozen=True, slots=True)
class Request:
    """A listener's request for a session.

    Attributes:
        routine: The name or path of the routine.
        choices: What is done and said.
        split: Whether each side gets a track of its own.
        voice: The name of a voice; None for the best one.
        rate: Words a minute; None for the voice's own rate.
        title: Another title; None for the routine's.
        preview: Seconds of the beginning that are wanted; None for all.
        language: The language of a translation; None for the routine as it is.
        length: Seconds that each track lasts exactly; None for its own length.
        sounding: How it sounds.
        extras: The kinds of files beside the sound.
        fall: Whether the voice glides down in pitch and tempo.
        variation: How many takes of the same words follow each other.
        verify: Whether the finished files are compared with the plan.
        pitch: From 0 to 100; None for the voice's own.
        breath_sound: Whether a soft sound goes with each guided phase; None for the routine's choice.
        hold_tick: Whether a tick sounds in the last second of each hold; None for the routine's choice.
        commands: The commands that speak, from the user's settings, by name.
        force: Whether files that voicecoach did not make are replaced.
        artist: The artist that players show; None for voicecoach.
        usual: Which of ``breath``, ``side``, ``first`` and ``tracks`` come from the user's defaults. A default breath
            gives way if the routine is impossible at it, the others if the routine has no sides.
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
    variation: int = 1
    verify: bool = False
    pitch: int | None = None
    breath_sound: bool | None = None
    hold_tick: bool | None = None
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
                f"a session lasts more than 0 s, and at most {format_time(LONGEST)}\nwrite a length such as 10m"
            )

    @property
    def chosen(self) -> dict[str, str]:
        """The choices in the name of its file, by option."""
        return list_choices(self.choices, self.length, self.preview)

    def describe_choices(self, voice: str, breath: Pace | None) -> dict[str, str]:
        """Return the breath and all choices that can be heard, by option, for the metadata of a file."""
        asked = {
            "routine": Path(self.routine).name.removesuffix(".yaml").removesuffix(".yml"),
            "language": self.language or "",
            **self.chosen,
            "breath": str(breath or ""),
            "side": self.choices.sides[0].value if len(self.choices.sides) == 1 else "",
            "voice": drop_folders(voice),
            "rate": str(self.rate or ""),
            "pitch": "" if self.pitch is None else str(self.pitch),
            "chime": {None: "", "": "none"}.get(self.choices.chime, self.choices.chime or ""),
            "bed": Path(self.sounding.bed).name if self.sounding.bed else "",
            "breath-sound": _SWITCHED[self.breath_sound],
            "hold-tick": _SWITCHED[self.hold_tick],
            "fall": "yes" if self.fall else "",
            "variation": str(self.variation) if self.variation > 1 else "",
        }
        return {name: value for name, value in asked.items() if value}


@dataclass(frozen=True, slots=True)
class Environment:
    """What a session is made with, besides what is asked for.

    Attributes:
        folder: Where speech, scores and encoded sound are kept.
        report: Told of progress.
        find: Finds the voice; None for `speaker.find_speaker`.
        clips: What a voice has spoken already, by its text.
        spoken_by: The name of that voice: another voice does not use its clips.
        craft: Whether a review also looks at the craft of the guidance.
    """

    folder: Path
    report: Report
    find: Callable[[Request, Language, Path], Speaker] | None = None
    clips: Mapping[str, Clip] = field(default_factory=dict)
    spoken_by: str = ""
    craft: bool = False


def check_bed(sounding: Sounding, *, clear: bool) -> None:
    """Refuse a bed in a session for the hard of hearing.

    Raises:
        ChoiceError: If there is one.
    """
    if clear and sounding.bed:
        raise ChoiceError("a clear session has no bed, because a bed hides words\nwrite --bed none, or --no-clear")


@dataclass(frozen=True, slots=True)
class Track:
    """One track: the whole session or one side of it, and how it was fitted to a length."""

    side: Side | None
    title: str
    timeline: Timeline
    fit: Fit | None = None
    limb: str = "leg"


@dataclass(frozen=True, slots=True)
class PlannedSession:
    """A planned session: its tracks, and the clip of each text that is spoken in them.

    Attributes:
        title: Its title.
        words: The words of its language.
        notice: The sentences of its notice.
        voice: The name by which the voice is found again.
        tracks: Its tracks.
        clips: The clip of each text.
        synthesised: How many wordings were spoken for it.
        reused: How many wordings were in the cache.
        warnings: For the listener.
        dose: A note if a stretch is short; empty if not.
        sunk: The clip of each take of a text at each step of a glide.
        takes: The clip of each text as it is said again, by text and number.
        pace: What is breathed.
        asks_breath: Whether the listener could choose the breath and did not.
        notes: For the author.
        breath_sound: Whether a soft sound goes with each guided phase.
        sleep: Whether all sound sinks through it, and fades in its last minute.
        clear: The clip of each take of a text as it is heard, in a session for the hard of hearing; else none.
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
    sunk: Mapping[tuple[tuple[str, int], int], Clip] = field(default_factory=dict)
    takes: Mapping[tuple[str, int], Clip] = field(default_factory=dict)
    pace: Pace | None = None
    asks_breath: bool = False
    notes: tuple[str, ...] = ()
    breath_sound: bool = False
    sleep: bool = False
    clear: Mapping[tuple[str, int], Clip] = field(default_factory=dict)

    def complete(self, sounding: Sounding) -> Sounding:
        """Return how the session sounds: as it is asked for, with what its routine chooses.

        Raises:
            ChoiceError: If it is for the hard of hearing, and a bed is asked for.
        """
        check_bed(sounding, clear=bool(self.clear))
        return replace(sounding, breath=self.breath_sound, sleep=self.sleep)

    def as_json(self, track: Track, version: int | None = None) -> dict[str, Any]:
        """Return the public form of a track's timeline, with its fit to a length if there is one."""
        from voicecoach.views.exchange import VERSION, to_json

        names = {"title": track.title, "language": self.words.code, "voice": self.voice}
        shown = to_json(track.timeline, **names, version=version or VERSION)
        sounds = {"breath_sound": self.breath_sound, "sleep": self.sleep}
        heard = {name: True for name, chosen in sounds.items() if chosen}
        return {**shown, **heard, **({"fit": track.fit.as_json()} if track.fit else {})}

    def clip(self, cue: Cue) -> Clip:
        """Return the sound of a cue."""
        if cue.track != "voice":
            return amplify(read_sound(cue.said), -SLEEP.decibels * cue.fall) if cue.fall else read_sound(cue.said)
        take = cue.said, cue.take
        if cue.fall:
            return self.sunk[take, cue.fall]
        if self.clear:
            return self.clear[take]
        return self.takes[take] if cue.take else self.clips[cue.said]


@dataclass(frozen=True, slots=True)
class Made:
    """What was written, and how many seconds each part of the work took."""

    session: PlannedSession
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
