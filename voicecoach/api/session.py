"""A session as a value: heard, written, streamed, and planned again with other choices."""

from __future__ import annotations

import os
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal, Self, Unpack

from voicecoach.api.arguments import check_function, read_path, read_switch, read_text
from voicecoach.api.keywords import (
    SoundKeywords,
    WriteKeywords,
    check_names,
    list_extras,
    make_sounding,
)
from voicecoach.errors import ChoiceError, UnknownNameError
from voicecoach.views.exchange import FORMATS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from voicecoach.api.keywords import PlanKeywords
    from voicecoach.api.routines import Routine
    from voicecoach.api.studio import Studio
    from voicecoach.app.piece_cache import Source
    from voicecoach.app.request import Made, PlannedSession, Request
    from voicecoach.audio.clip import Clip
    from voicecoach.audio.settings import Sounding
    from voicecoach.core.score import Score
    from voicecoach.core.timeline import Cue, Timeline


@dataclass(frozen=True, slots=True)
class WrittenTrack:
    """A track that was written: its file, its side if it is of one, its length in seconds, and its size in bytes."""

    path: Path
    side: str | None
    duration: float
    bytes: int


@dataclass(frozen=True, slots=True)
class Files:
    """What was written.

    Attributes:
        tracks: The files with sound.
        extras: The files beside them: captions, chapters, playlists.
        warnings: Messages for the listener.
    """

    tracks: tuple[WrittenTrack, ...]
    extras: tuple[Path, ...]
    warnings: tuple[str, ...]
    _made: Made = field(repr=False)

    @property
    def paths(self) -> tuple[Path, ...]:
        """All files, those with sound first."""
        return (*(track.path for track in self.tracks), *self.extras)

    def to_json(self) -> dict[str, Any]:
        """Return what ``voicecoach make --json`` prints."""
        return self._made.as_json()


@dataclass(frozen=True, slots=True)
class Origin:
    """What a session was planned from: its source, what was asked, the routine or score, and the keyword arguments."""

    source: Source
    request: Request
    subject: Routine | Score
    given: Mapping[str, Any]


class Session:
    """A session that was planned: what is heard when, and the sound of all its words.

    `plan`, `perform` and the methods of a `Studio` make sessions. A session does not change; several threads may use
    it at once.
    """

    def __init__(self, studio: Studio, origin: Origin, planned: PlannedSession) -> None:
        """Keep what it was planned from; `plan` and `perform` make sessions."""
        self._studio, self._origin, self._planned = studio, origin, planned

    def __reduce__(self) -> str:
        """Refuse to be pickled: it belongs to a studio, with its memory and its voices.

        Raises:
            TypeError: Always.
        """
        raise TypeError(
            "a session can't be pickled, since it belongs to a studio of this process\n"
            "hand over its routine and options and plan it there, or hand over session.to_json(clips=True)"
        )

    def __copy__(self) -> Self:
        """Return the session: it does not change."""
        return self

    def __deepcopy__(self, _memo: object) -> Self:
        """Return the session: it does not change."""
        return self

    def __repr__(self) -> str:
        """Say what it is."""
        return f"<Session {self.title!r}, {self.duration:.1f} s, voice {self.voice!r}>"

    @property
    def title(self) -> str:
        """Its title."""
        return self._planned.tracks[0].title

    @property
    def language(self) -> str:
        """The tag of its language."""
        return self._planned.words.code

    @property
    def voice(self) -> str:
        """The name of the voice, as ``voice=`` takes it."""
        return self._planned.voice

    @property
    def breath(self) -> str:
        """What is breathed, as "4-6"."""
        return str(self._planned.pace or "")

    @property
    def timeline(self) -> Timeline:
        """What is heard when: exact times of cues, phases and chapters."""
        return self._planned.tracks[0].timeline

    @property
    def duration(self) -> float:
        """Its length in seconds; ``timeline.duration`` is exact."""
        return float(self.timeline.duration)

    @property
    def warnings(self) -> tuple[str, ...]:
        """Messages for the listener."""
        return tuple(filter(None, (*self._planned.warnings, self._planned.dose)))

    @property
    def notes(self) -> tuple[str, ...]:
        """Messages for the author of the routine."""
        return self._planned.notes

    @property
    def synthesised(self) -> int:
        """How many wordings had to be spoken for it; the others were spoken before."""
        return self._planned.synthesised

    @property
    def intro_heard(self) -> bool:
        """Whether its full introduction was heard, in ``voicecoach play``, in the studio, or by `note_intro_heard`."""
        from voicecoach.system.heard import was_heard

        return was_heard(self._planned.notice)

    def note_intro_heard(self) -> None:
        """Remember that its full introduction was heard; ``intro="short"`` is enough from now on."""
        from voicecoach.system.heard import note_heard

        note_heard(self._planned.notice)

    def at(self, **changes: Unpack[PlanKeywords]) -> Session:
        """Plan it again with other choices; words that are known are not spoken again.

        >>> import voicecoach as vc
        >>> from voicecoach.testing import FakeVoice
        >>> session = vc.plan("sitting-leg-stretch", breath="4-6", voice=FakeVoice())
        >>> session.at(breath="5-7").duration > session.duration
        True

        Args:
            changes: Keyword arguments of `plan` that are to be different.

        Raises:
            VoicecoachError: As `plan` and `perform`.
        """
        return self._studio._plan_again(self, changes)  # noqa: SLF001 - a session belongs to a studio

    def write(self, path: str | os.PathLike[str] | None = None, **options: Unpack[WriteKeywords]) -> Files:
        """Write it as a file; its name's ending decides the format. All files appear whole, or none does.

        Args:
            path: A file, or a folder (one that ends in a slash is made); None for the current folder.
            options: The options of ``voicecoach make``, such as ``captions="vtt"`` or ``bed="rain"``.

        Raises:
            ChoiceError: If the options do not go together, or are impossible.
            OutputError: If a file can't be written.
            EncodeError: If ffmpeg is missing or fails.
        """
        check_names("write", options, WriteKeywords)
        return self._write(self._planned, self._origin.request, path, options)

    def write_sides(self, folder: str | os.PathLike[str] = ".", **options: Unpack[WriteKeywords]) -> Files:
        """Write a track for each side, of equal lengths, into a folder, which is made if it is not there.

        Args:
            folder: Where the tracks go.
            options: As for `write`; ``pan=True`` moves each track a little to its side.

        Raises:
            ChoiceError: If nothing is done for each side, or as `write`.
            OutputError: As `write`.
            EncodeError: As `write`.
        """
        check_names("write_sides", options, WriteKeywords)
        request = replace(self._origin.request, split=True)
        planned = self._studio._plan_request(request, self._origin, self._planned)  # noqa: SLF001 - as in `at`
        return self._write(planned, request, os.path.join(read_path("folder", folder), ""), options)  # noqa: PTH118 - the slash

    def stream(
        self,
        format: Literal["mp3", "m4a", "opus", "flac", "wav"] = "mp3",  # noqa: A002 - as the option
        **options: Unpack[SoundKeywords],
    ) -> Iterator[bytes]:
        """Yield the sound as the bytes of a file without tags, from its start on, while it is encoded.

        An MP3 is the same to the byte as the sound of the file that `write` makes. Closing the iterator, or dropping
        it, ends all work.

        Args:
            format: The kind of file.
            options: The options of ``voicecoach make`` about the sound.

        Raises:
            ChoiceError: If the options do not go together.
            EncodeError: If ffmpeg is missing or fails.
        """
        check_names("stream", options, SoundKeywords)
        sounding = make_sounding({**options, "format": format}, None)
        sounding.check([self._planned.tracks[0].side])
        return self._stream(sounding)

    def clip(self, cue: Cue) -> Clip:
        """Return the sound of a cue: its samples, ``seconds`` and ``digest``; ``encode`` makes a file of it.

        >>> import voicecoach as vc
        >>> from voicecoach.testing import FakeVoice
        >>> session = vc.plan("box-breathing", voice=FakeVoice())
        >>> clip = session.clip(session.timeline.cues[0])
        >>> clip.encode("wav")[:4]
        b'RIFF'

        Raises:
            ChoiceError: If the cue is of another session.
        """
        try:
            return self._planned.clip(cue)
        except (AttributeError, KeyError):
            raise ChoiceError("cue: it does not belong to this session\nuse one of session.timeline.cues") from None

    def draw(self, picture: Literal["plot", "cover"] = "plot", *, title: str | None = None) -> str:
        """Return a picture of it, as SVG.

        >>> import voicecoach as vc
        >>> from voicecoach.testing import FakeVoice
        >>> vc.plan("box-breathing", voice=FakeVoice()).draw("cover")[:4]
        '<svg'

        Args:
            picture: ``plot`` for the breath as a curve, with the words; ``cover`` for the breath as hills.
            title: What is written on it; None for the session's title, an empty text for nothing.

        Raises:
            UnknownNameError: If there is no such picture.
        """
        from voicecoach.views.cover import lay_out_cover
        from voicecoach.views.plot import lay_out_plot
        from voicecoach.views.shapes import write_svg

        drawings = {"plot": lay_out_plot, "cover": lay_out_cover}
        if picture not in [*drawings]:
            raise UnknownNameError("picture", str(picture), [*drawings])
        return write_svg(drawings[picture](self.timeline, self.title if title is None else read_text("title", title)))

    def to_json(self, *, clips: bool = False, version: Literal[1, 2] = 2) -> dict[str, Any]:
        """Return the timeline as ``voicecoach plan --json`` prints it.

        Args:
            version: Of the format: 1 has no spans.
            clips: Whether each cue also has its ``clip``, the digest that `Studio.clip` finds its sound by, and the
                ``sample`` on which it starts. The key ``clips`` then has the number of samples of each clip. A bell
                that sounds together with others has a ``gain`` in decibels, so that the sum is not too loud.
        """
        if version not in [*FORMATS]:
            raise UnknownNameError("version of the timeline", str(version), [*map(str, FORMATS)])
        shown = self._planned.as_json(self._planned.tracks[0], version)
        if not read_switch("clips", clips):
            return shown
        from voicecoach.audio.mixdown import place_cues

        every = {cue.source: cue for cue in self.timeline.cues}
        sounds = {source: self._studio._remember(self.clip(cue)) for source, cue in every.items()}  # noqa: SLF001 - as in `at`
        placed = place_cues(self.timeline, lambda cue: sounds[cue.source])
        for entry, laid in zip(shown["cues"], placed, strict=True):
            entry["clip"], entry["sample"] = laid.sound.digest, laid.at
            if laid.lowered:
                entry["gain"] = laid.lowered
        return {**shown, "clips": {clip.digest: clip.samples for clip in sounds.values()}}

    def _write(
        self, planned: PlannedSession, request: Request, path: str | os.PathLike[str] | None, options: Mapping[str, Any]
    ) -> Files:
        from voicecoach.app.values import read_output

        output = None if path is None else read_output(read_path("path", path))
        if output is None:
            return self._write_to(None, planned, request, options)
        with output.open() as opened:
            return self._write_to(opened, planned, request, options)

    def _write_to(
        self, path: Path | None, planned: PlannedSession, request: Request, options: Mapping[str, Any]
    ) -> Files:
        artist = options.get("artist")
        check_function("progress", options.get("progress"))
        asked = replace(
            request,
            sounding=make_sounding(options, path),
            extras=list_extras(options),
            verify=bool(read_switch("verify", options.get("verify"))),
            force=bool(read_switch("force", options.get("force"))),
            artist=None if artist is None else read_text("artist", artist),
        )
        made = self._studio._write(planned, asked, self._origin.source, path, options.get("progress"))  # noqa: SLF001 - it belongs to a studio
        tracks = tuple(
            WrittenTrack(file.path, track.side.value if track.side else None, float(file.seconds), file.size)
            for track, file, _ in made.files
        )
        return Files(tracks, tuple(extra.path for extra in made.extras), made.session.warnings, made)

    def _stream(self, sounding: Sounding) -> Iterator[bytes]:
        from voicecoach.audio.stream import stream

        track = self._planned.tracks[0]
        heard = self._planned.complete(sounding)
        return stream(track.timeline, track.side, self._planned.clip, heard, self._studio.folder)
