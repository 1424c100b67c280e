"""The one story: a routine is loaded, made a score, spoken, performed, mixed and written."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from voicecoach.app.naming import list_choices, name_file, tell_apart
from voicecoach.app.piece_cache import Source, covered
from voicecoach.audio.clip import SAMPLE_RATE, Clip, read_wave
from voicecoach.audio.formats import FORMATS, MP3
from voicecoach.core.perform import LONGEST, perform
from voicecoach.core.score import Score, Side, Sound, phrases
from voicecoach.core.timeline import Cue, Timeline, clock
from voicecoach.errors import (
    ChoiceError,
    EncodeError,
    FitError,
    OutputError,
    RoutineError,
    RunError,
    SidelessError,
    TargetError,
    VoicecoachError,
    escape,
)
from voicecoach.routine.library import built_in
from voicecoach.script.choices import LEFT_RIGHT, Choices, Sounding
from voicecoach.system import cache, memory, parallel, plain_files, signals, timings
from voicecoach.system.assets import asset, assets
from voicecoach.system.folders import describe_missing, is_gone, quote
from voicecoach.views.caution import caution
from voicecoach.views.cuesheet import transcript
from voicecoach.views.dose import note
from voicecoach.views.exchange import as_json

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from voicecoach.app.progress import Heading
    from voicecoach.audio.formats import Format
    from voicecoach.audio.id3 import Tags
    from voicecoach.audio.loudness import Loudness
    from voicecoach.audio.render import Part
    from voicecoach.audio.writer import Extra, Written
    from voicecoach.core.breath import Breath, Pace
    from voicecoach.errors import Problem
    from voicecoach.language import Language
    from voicecoach.script.fit import Fit, LengthError
    from voicecoach.script.piece import Piece
    from voicecoach.voices import Voice
    from voicecoach.voices.cached import CachedVoice
    from voicecoach.voices.port import Listed, Settings

SOUND_LOUDNESS, SOUND_CEILING = -22.0, -6.0
"""LUFS of a sound beside a routine, 3 under the speech, and the dBFS that no sample of it is above."""

LONGEST_SOUND = 600
"""Seconds that a sound beside a routine may last; all of it is held in memory."""

_Done = TypeVar("_Done")

Report = Callable[[str, int, int], None]
"""Told of progress: what is being done, how much of it is, out of how much."""


@dataclass(frozen=True, slots=True)
class Request:
    """What a listener asks for; ``split`` makes a track for each side, ``length`` is that of each track, in seconds.

    ``commands`` are those of the user's settings that speak, by name. With ``usual_breath`` the breath is the user's
    default, which is set aside where a routine can't be done at it; ``usual_sides`` are the options of sides that are
    defaults, which are set aside where a routine has no sides.
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
    usual_breath: bool = False
    usual_sides: frozenset[str] = frozenset()

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
        shown = as_json(track.timeline, title=track.title, language=self.words.code, voice=self.voice)
        return {**shown, "fit": track.fit.as_json()} if track.fit else shown

    def clip(self, cue: Cue) -> Clip:
        """Return the sound of a cue."""
        if cue.track != "voice":
            return heard(cue.said)
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


@cache.bounded()
def plan(request: Request, folder: Path, report: Report) -> Session:
    """Load a routine, build its score, have its words spoken, and lay them along time.

    Speech and scores are kept in ``folder``; nothing else is written.

    Raises:
        RoutineError: When the routine is wrong, or its words do not fit the breath (`FitError`).
        ChoiceError: When the choices do not go together, name what is not there, or the session is too long.
        VoiceError: When the voice fails.
    """
    source = Source(request.routine, request.language, folder)
    planned, aside = _with_defaults(
        request, lambda asked: _planned(asked, _pieces(asked, source, folder), source, folder, report)
    )
    return replace(planned, warnings=(*aside, *planned.warnings))


def _with_defaults(request: Request, work: Callable[[Request], _Done]) -> tuple[_Done, tuple[str, ...]]:
    """Do some work; where the user's defaults make it fail, without them, with a note of each."""
    try:
        return _at_usual_breath(request, work)
    except SidelessError as error:
        if not request.usual_sides:
            raise
        done, aside = _at_usual_breath(_without_usual_sides(request), work)
        why, names = str(error).splitlines()[0], ", ".join(sorted(request.usual_sides))
        return done, (f"your usual choice of {names} is set aside: {why}", *aside)


def _without_usual_sides(request: Request) -> Request:
    """Return a request without those choices of sides that are only defaults."""
    usual, choices = request.usual_sides, request.choices
    return replace(
        request,
        split=request.split and "tracks" not in usual,
        choices=replace(
            choices,
            sides=LEFT_RIGHT if "side" in usual else choices.sides,
            first=None if "first" in usual else choices.first,
        ),
        usual_sides=frozenset(),
    )


def _at_usual_breath(request: Request, work: Callable[[Request], _Done]) -> tuple[_Done, tuple[str, ...]]:
    """Do some work; where the user's default breath is what makes it fail, at the routine's own, with a note.

    A default was chosen for other routines: it must not make this one fail.
    """
    try:
        return work(request), ()
    except (RoutineError, ChoiceError) as error:
        breath = request.choices.breath
        if not request.usual_breath or breath is None or isinstance(error, TargetError):
            raise
        own = replace(request, choices=replace(request.choices, breath=None))
        done = work(own)  # a problem at any breath is raised as it is
        why = error.problems[0].what if isinstance(error, RoutineError) else str(error).splitlines()[0]
        return done, (f"your usual breath {breath} is set aside for the routine's own: {why}",)


_Pieces = list[tuple[Side | None, Choices, "Piece"]]
"""The piece of each track, with its side and the choices that it came of."""


def _pieces(request: Request, source: Source, folder: Path) -> _Pieces:
    memory.check_limit()
    _check_length(request)
    with timings.part("routine"), _voices_listed(request, folder):
        pieces = [(side, chosen, source.piece(chosen)) for side, chosen in _tracks(request)]
    signals.check()  # pydantic swallows what a signal raises in it
    return pieces


def _planned(request: Request, pieces: _Pieces, source: Source, folder: Path, report: Report) -> Session:
    piece = pieces[0][2]
    with timings.part("voice"):
        voice, name = _voice(request, piece.words, folder)
    if hasattr(report, "announce"):
        _announce(report.announce, request, piece, _call(voice, name, folder))
    stage = Stage(source, voice, {}, report, _slower() if request.fall else Fraction(1))
    laid = {side: _laid(stage, chosen, each, request.length) for side, chosen, each in pieces}
    laid, lower = _sink(laid, stage.clips) if request.fall else (laid, {})
    timelines = {side: timeline for side, (timeline, _) in laid.items()}
    unheeded = piece.unheeded if request.choices.breath else ()
    told = (
        *caution(timelines.values()),
        *unheeded,
        *_first_of(problem for timeline in timelines.values() for problem in timeline.unsaid),
        *_note_unequal(timelines),
        *_read_out(piece, timelines.values()),
        *_count_warnings(piece.warnings, source),
    )
    return Session(
        request.title or piece.title,
        piece.words,
        piece.notice,
        name,
        tuple(replace(_track(side, piece, each[0], request), fit=each[1]) for side, each in laid.items()),
        stage.clips,
        voice.synthesised,
        voice.reused,
        (*voice.problems, *told),
        note(timelines.values(), piece.limb),
        lower,
        _find_pace(piece, request.choices, next(iter(timelines.values()))),
        not piece.fixed and request.choices.breath is None,
        tuple(_note_grown(request, timelines.values())),
    )


_Laid = dict["Side | None", "tuple[Timeline, Fit | None]"]
"""The timeline of each track, and how it was fitted."""


def _sink(laid: _Laid, clips: Mapping[str, Clip]) -> tuple[_Laid, dict[tuple[str, int], Clip]]:
    """Let the voice sink through each track; return the tracks, and the clip of each text at each step of it."""
    from voicecoach.audio.fall import sinking, sunk

    lengths = {text: clip.seconds for text, clip in clips.items()}
    lower = {side: (sinking(timeline, lengths), fit) for side, (timeline, fit) in laid.items()}
    spoken = (cue for timeline, _ in lower.values() for cue in timeline.cues if cue.track == "voice")
    return lower, sunk(((cue.said, cue.fall) for cue in spoken), clips)


def _call(voice: CachedVoice, name: str, folder: Path) -> str:
    """Return what people call a voice; for one of the system, as the system lists it."""
    if voice.name and voice.name == name:
        from voicecoach.voices.system import catalogue

        with suppress(VoicecoachError):
            plain_files = name.partition("+")[0]
            return next((each.name for each in catalogue(folder).voices if each.id == plain_files), name)
    return voice.name or name


def _announce(tell: Callable[[Heading], None], request: Request, piece: Piece, voice: str) -> None:
    """Show on a terminal what the session will be, before its words are spoken: its length is a guess."""
    from voicecoach.app.progress import Heading

    pace, seconds, breathed = piece.pace(request.choices.breath), request.length, True
    letter = Fraction(12, request.rate) if request.rate else GUESSED_LETTER
    with suppress(VoicecoachError):  # problems are reported when they are certain
        guessed = perform(piece.score, lambda said: _guess(said, letter), pace)
        pace = _find_pace(piece, request.choices, guessed)
        guessed = guessed.preview(request.preview) if request.preview else guessed
        seconds, breathed = seconds or guessed.duration, bool(guessed.phases)
    exact = request.length is not None
    tell(Heading(request.title or piece.title, voice, pace if breathed else None, seconds, exact))


def _find_pace(piece: Piece, choices: Choices, timeline: Timeline) -> Pace:
    """Return what is breathed; of a routine that keeps its own breaths, the one that it breathes most."""
    from voicecoach.core.breath import Pace

    most = timeline.find_breath() if piece.fixed else None
    return Pace((most,)) if most else piece.pace(choices.breath)


def _guess(said: str | Sound, letter: Fraction) -> Fraction:
    """Return how long something lasts, more or less, if each ``letter`` of it takes so many seconds."""
    return GUESSED_SOUND if isinstance(said, Sound) else len(said) * letter


GUESSED_LETTER, GUESSED_SOUND = Fraction(1, 10), Fraction(4)
"""Seconds that a letter takes at the usual rate, 120 words a minute, and a sound."""


def _slower() -> Fraction:
    from voicecoach.audio.fall import SLOWEST

    return SLOWEST


def rehearse(  # noqa: PLR0913 - what a rehearsal takes
    score: Score,
    pace: Pace | Breath,
    voice: Voice,
    clips: dict[str, Clip],
    report: Report,
    *,
    slower: Fraction = Fraction(1),
) -> Timeline:
    """Perform a score with real speech: the longest wordings are spoken, then those that it asks for besides.

    A wording that is not known yet counts as fitting, so only those are spoken that may be chosen. Each is given
    ``slower`` times its own length.
    """
    longest = (each.wordings[0] for each in phrases(score))
    missing = dict.fromkeys(text for wording in longest for text in (wording.said, *wording.twins))
    while True:
        _speak([text for text in missing if text not in clips], voice, clips, report)
        missing = {}

        def measure(said: str | Sound, missing: dict[str, None] = missing) -> Fraction:
            if isinstance(said, Sound):
                return heard(said.file or said.name).seconds
            if said in clips:
                return clips[said].seconds * slower
            missing[said] = None
            return Fraction(0)

        try:
            with timings.part("timing"):
                timeline = perform(score, measure, pace)
        except FitError:
            if not missing:
                raise
        else:
            if not missing:
                return timeline


def _speak(wanted: Sequence[str], voice: Voice, clips: dict[str, Clip], report: Report) -> None:
    """Have texts spoken into ``clips``, and report each."""
    if wanted:
        report("speaking", 0, len(wanted))
    signals.check()
    with timings.part("speaking"):
        for done, (text, clip) in enumerate(zip(wanted, voice.speak(wanted) if wanted else (), strict=True)):
            clips[text] = clip
            report("speaking", done + 1, len(wanted))


@dataclass(frozen=True, slots=True)
class Stage:
    """What a session is rehearsed with: the routine, the voice, and the clips of what it has spoken so far."""

    source: Source
    voice: Voice
    clips: dict[str, Clip]
    report: Report
    slower: Fraction = Fraction(1)

    def rehearse(self, choices: Choices, piece: Piece) -> Timeline:
        """Perform a piece with real speech."""
        pace = piece.pace(choices.breath)
        return rehearse(piece.score, pace, self.voice, self.clips, self.report, slower=self.slower)

    def measure(self, said: str | Sound) -> Fraction:
        """Return the seconds of a sound, or of what was spoken; what was not counts as fitting."""
        if isinstance(said, Sound):
            return heard(said.file or said.name).seconds
        return self.clips[said].seconds * self.slower if said in self.clips else Fraction(0)


def _laid(stage: Stage, choices: Choices, piece: Piece, length: Fraction | None) -> tuple[Timeline, Fit | None]:
    """Lay a track along time, at its own length or at one that is asked for.

    A length is looked for with the words that were spoken; what is found is rehearsed, and as long as that makes new
    words known, it is looked for again.
    """
    timeline = stage.rehearse(choices, piece)
    if length is None:
        return timeline, None
    return _bent(stage, choices, length, timeline)


def _bent(stage: Stage, choices: Choices, length: Fraction, timeline: Timeline) -> tuple[Timeline, Fit]:
    from voicecoach.script.builder import piece as written
    from voicecoach.script.fit import LengthError

    while True:
        spoken = len(stage.clips)
        found = _fit(stage, choices, length)
        for amount in found.amounts:
            bent = replace(choices, amount=amount)
            with suppress(FitError):  # then its words are known now, and it is not found again
                timeline = stage.rehearse(bent, written(stage.source.routine, bent))
        if len(stage.clips) > spoken:
            continue
        if isinstance(found, LengthError):
            raise found
        return timeline, found


def _fit(stage: Stage, choices: Choices, length: Fraction) -> Fit | LengthError:
    from voicecoach.script.fit import LengthError, attempts, fitted

    try:
        return fitted(attempts(stage.source.routine, choices, stage.measure), length)
    except LengthError as error:
        return error


@cache.bounded()
def make(request: Request, output: Path | None, folder: Path, report: Report) -> Made:
    """Plan a session and write its tracks, and what goes along with them: all of it or nothing.

    Raises:
        VoicecoachError: What ``plan`` raises, and when encoding or writing fails.
    """
    with timings.clock() as clock:
        made, aside = _with_defaults(request, lambda asked: _made(asked, output, folder, report))
    rest = clock.total - sum(clock.parts.values())
    session = replace(made.session, warnings=(*aside, *made.session.warnings))
    return replace(made, session=session, seconds={**clock.parts, "rest": rest, "total": clock.total})


def _made(request: Request, output: Path | None, folder: Path, report: Report) -> Made:
    from voicecoach.audio import loudness, render, tagging
    from voicecoach.audio.provenance import date_made
    from voicecoach.audio.writer import write_all

    request.sounding.check([side for side, _ in _tracks(request)])
    source = Source(request.routine, request.language, folder)
    paths, whole = _places(request, output, name_file(source.called, request.chosen))
    earlier = _check_replaceable(request, paths, whole, named=output is not None and not plain_files.is_folder(output))
    pieces = _pieces(request, source, folder)
    covers = parallel.Meanwhile(lambda: [covered(source, request.title, side) for side, _ in _tracks(request)])
    session = _planned(request, pieces, source, folder, report)
    del pieces  # the score of ten hours is some megabytes
    with timings.part("cover"):
        pictures = covers.made()
    made_with = sorted(request.made_with(session.voice, session.pace).items())
    date = date_made(folder, source.digests, session.title, made_with)
    parts = [replace(part, tags=replace(part.tags, date=date)) for part in _parts(session, request, paths, pictures)]
    report("encoding", 0, len(paths))
    ready = render.prepared(parts, session.clip, request.sounding, folder, report)
    extras = _extras(session, paths, request, whole)
    loud = list(ready.loudness)

    def listened(number: int, draft: Path) -> None:
        report("checking", number, len(paths))
        loud[number] = loud[number] or loudness.of_file(draft)
        if request.verify:
            _hold(draft, paths[number])

    with timings.part("writing"):
        written = write_all(ready.recordings, extras, listened)
    report("checking", len(paths), len(paths))
    listed = (told for part in parts for told in tagging.unlisted(request.sounding.form, part.tags.chapters))
    warnings = (*dict.fromkeys(listed), *ready.problems, *_note_replaced(earlier, request, session))
    warned = replace(session, warnings=(*session.warnings, *warnings))
    heard_as = tuple(each for each in loud if each is not None)
    return Made(warned, tuple(zip(session.tracks, written, heard_as, strict=True)), extras, {})


def _parts(session: Session, request: Request, paths: Sequence[Path], covers: Sequence[bytes]) -> list[Part]:
    """Return the tracks with what their files say of themselves."""
    from voicecoach.audio.render import Part

    tracks = enumerate(zip(session.tracks, paths, _list_requests(request), covers, strict=True), start=1)
    return [
        Part(track.timeline, track.side, path, _tags(session, track, number, asked, cover))
        for number, (track, path, asked, cover) in tracks
    ]


def _hold(draft: Path, path: Path) -> None:
    """Hold a finished file against its plan.

    Raises:
        EncodeError: When it is not as planned.
    """
    from voicecoach.audio.verify import verify

    findings = verify(draft)
    if findings:
        more = f" (and {len(findings) - 1} more)" if len(findings) > 1 else ""
        raise EncodeError(f"{path} is not as planned: {findings[0]}{more}\nnothing was written; make it again")


def _extras(session: Session, paths: Iterable[Path], request: Request, whole: Path) -> tuple[Extra, ...]:
    """Write what was asked for to go along with the tracks."""
    if not request.extras:
        return ()
    from voicecoach.app.sidecars import Along, extras

    spans = functools.cache(lambda cue: _find_sentences(session, cue))
    tracks = [
        Along(path, track.title, track.timeline, track.timeline.duration, spans)
        for track, path in zip(session.tracks, paths, strict=True)
    ]
    return tuple(extras(request.extras, tracks, session.title, session.words, whole))


def _find_sentences(session: Session, cue: Cue) -> tuple[tuple[Fraction, Fraction], ...]:
    """Return when each sentence of a cue is heard, in seconds from its start; nothing for a single one."""
    from voicecoach.audio.pauses import find_sentences
    from voicecoach.views.captions import sentences, width
    from voicecoach.views.text import one_line

    parts = sentences(one_line(cue.text))
    return find_sentences(session.clip(cue), [width(part) for part in parts]) if len(parts) > 1 else ()


def _places(request: Request, output: Path | None, name: str) -> tuple[list[Path], Path]:
    """Return the file of each track, and what it would be if they were one."""
    form, sides = request.sounding.form, [side for side, _ in _tracks(request)]
    paths = targets(output, name, sides, form, split=request.split)
    (whole,) = targets(output, name, [None], form, split=False)
    return paths, whole


def _check_replaceable(request: Request, paths: Sequence[Path], whole: Path, *, named: bool) -> _Earlier:
    """Refuse to replace what a person made, and return what the tracks that are there were made with.

    A track whose name was typed (``named``) is replaced, whatever it is.
    """
    there = [path for path in paths if os.path.lexists(path)]
    if not there and not request.extras:
        return ()
    from voicecoach.audio import provenance

    if request.extras and not request.force:
        from voicecoach.app.sidecars import list_paths

        provenance.check_ours(list_paths(request.extras, paths, whole))
    earlier = tuple((path, provenance.read_choices(path) if path in there else None) for path in paths)
    if not (named or request.force):
        provenance.check_audio(path for path, choices in earlier if choices is None)
    return earlier


_Earlier = tuple[tuple[Path, "dict[str, Any] | None"], ...]
"""The files of the tracks, and the choices that those were made with which are there already and are ours."""


def _note_replaced(earlier: _Earlier, request: Request, session: Session) -> Iterator[str]:
    """Tell of files that were made from other choices, and are replaced."""
    for (path, kept), asked in zip(earlier, _list_requests(request), strict=False):
        other = tell_apart(kept, asked.made_with(session.voice, session.pace)) if kept else ""
        if other:
            yield f"{escape(path)} replaces an earlier session: {other}"


def targets(
    output: Path | None, name: str, sides: Iterable[Side | None], form: Format = MP3, *, split: bool
) -> list[Path]:
    """Return the file of each track: ``output`` is a folder, a file name, or nothing for the current folder.

    >>> [str(path) for path in targets(Path("x.mp3"), "leg-stretch", [Side.LEFT, Side.RIGHT], split=True)]
    ['x-left.mp3', 'x-right.mp3']

    Raises:
        TargetError: When it can't be a file name for sound.
    """
    given = output is not None and not plain_files.is_folder(output)
    if output and plain_files.is_special(output):
        raise TargetError(output, _SPECIAL)
    base = output if output and given else (output or Path()) / f"{name}{form.suffix}"
    if base.suffix.lower() != form.suffix:
        raise TargetError(base, _unknown_ending(base, form))
    paths = [base.with_stem(f"{base.stem}-{side}") if side and (split or not given) else base for side in sides]
    for path in paths:
        _check_target(path)
    return paths


@functools.cache
def heard(sound: str) -> Clip:
    """Return a sound: one that comes with the program, by its name, or a file, by its path.

    Raises:
        ChoiceError: When a file is no sound, or one of more than ten minutes.
    """
    shipped = f"{sound}.wav"
    return read_wave(asset(shipped)) if shipped in assets() else _decoded(Path(sound))


def _decoded(path: Path) -> Clip:
    """Read a file that somebody laid beside a routine; ffmpeg gets its bytes, and can open nothing that they name."""
    from voicecoach.audio import ffmpeg
    from voicecoach.audio.loudness import levelled

    form = ["-t", str(LONGEST_SOUND + 1), "-ac", "1", "-ar", str(SAMPLE_RATE), "-f", "s16le", "pipe:1"]
    only = ["-protocol_whitelist", "pipe", "-i", "pipe:0", "-map", "0:a:0"]
    try:
        clip = Clip(ffmpeg.run([*only, *form], what=path.name, data=plain_files.read(path)).stdout)
    except (RunError, OSError):
        raise ChoiceError(
            f"{path.name} is no sound that can be read\nlay a WAV, FLAC, Ogg or MP3 file in its place"
        ) from None
    if not 0 < clip.seconds <= LONGEST_SOUND:
        raise ChoiceError(f"{path.name} lasts {float(clip.seconds):.1f} s\na sound lasts up to {LONGEST_SOUND} s")
    return levelled(clip, SOUND_LOUDNESS, SOUND_CEILING)


def _unknown_ending(base: Path, form: Format) -> str:
    """Say which endings the name of a file can have, and how a new folder is named."""
    *most, last = [each.suffix for each in FORMATS.values()]
    endings = form.suffix if form is not MP3 else f"{', '.join(most)} or {last}"
    what = f"there is no such folder, and a file's name ends in {endings}"
    return what if base.suffix else f"{what}\nwrite {base}/ to make the folder"


_SPECIAL = "it is not a plain file; choose another name with -o"


def _check_target(path: Path) -> None:
    """Say before the work what would be wrong after it."""
    if plain_files.is_special(path):
        raise TargetError(path, _SPECIAL)
    if plain_files.is_folder(path):
        raise TargetError(path, "there is a folder of this name; choose another name with -o")
    if not plain_files.is_folder(path.parent):
        raise TargetError(path, describe_missing(path.parent))
    if not path.is_absolute() and is_gone():
        raise TargetError(path, "the current folder is gone; change into one that is there")
    if not os.access(path.parent, os.W_OK):
        raise OutputError(path, f"no permission to write to {path.parent}; choose another folder with -o")


def _check_length(request: Request) -> None:
    """Refuse a length that can't be, and one that would have to keep to a number of rounds as well."""
    if request.length is None:
        return
    if request.choices.rounds is not None:
        raise ChoiceError("--length chooses the rounds itself\nleave out --length or --rounds")
    if not 0 < request.length <= LONGEST:
        raise ChoiceError(f"a session lasts up to {clock(LONGEST)}, and more than nothing\nwrite a length as 10m")


def _tracks(request: Request) -> list[tuple[Side | None, Choices]]:
    """Return the tracks that are asked for: a side's track has only that side's turns."""
    sides = request.choices.sides
    if request.split:
        return [(side, replace(request.choices, sides=(side,))) for side in sides]
    return [(sides[0] if len(sides) == 1 else None, request.choices)]


def speaker(request: Request, words: Language, folder: Path) -> Voice:
    """Return the voice that reads a routine with these words; what it speaks is kept in ``folder``.

    Raises:
        ChoiceError: When there is no voice of the name that is asked for.
        VoiceError: When none can speak the routine's language.
    """
    return _voice(request, words, folder)[0]


@contextmanager
def _voices_listed(request: Request, folder: Path) -> Iterator[None]:
    """Have the system's voices listed meanwhile, where that was never done: it takes a process of its own."""
    if request.voice is not None or plain_files.is_folder(folder):
        yield
        return
    from voicecoach.voices.system import catalogue

    def listed() -> None:
        with suppress(VoicecoachError):  # whoever needs it will be told
            catalogue(folder)

    meanwhile = parallel.Meanwhile(listed)
    try:
        yield
    finally:
        meanwhile.made()


def _voice(request: Request, words: Language, folder: Path) -> tuple[CachedVoice, str]:
    from voicecoach.voices.cached import CachedVoice
    from voicecoach.voices.finding import chosen

    inner, listed = chosen(request.voice, speech(request, words, folder))
    voice = CachedVoice(inner, folder, tuple(_foreign(listed, words.code)))
    voice.name = listed.name
    return voice, listed.id


def speech(request: Request, words: Language, folder: Path) -> Settings:
    """Return what is asked of the voice that reads a routine with these words."""
    from voicecoach.voices.finding import data_folder
    from voicecoach.voices.port import Settings

    return Settings(
        words.code,
        words.word("calibration"),
        folder,
        rate=request.rate,
        pitch=request.pitch,
        data=data_folder(),
        commands=dict(request.commands),
    )


def _foreign(voice: Listed, code: str) -> Iterator[str]:
    """Tell of a voice that was named, and speaks other languages than the routine's."""
    from voicecoach.voices.finding import speaks

    if voice.languages and not speaks(voice.languages, code):
        spoken = ", ".join(voice.languages)
        yield f"the voice {voice.id} speaks {spoken}, and this routine is in the language {code}"


def _track(side: Side | None, piece: Piece, timeline: Timeline, request: Request) -> Track:
    title, words = request.title or piece.title, piece.words
    named = words.word("titled", title=title, part=words.word(side.value)) if side else title
    heard = timeline if request.preview is None else timeline.preview(request.preview)
    return Track(side, named, heard, limb=piece.limb)


def _read_out(piece: Piece, timelines: Iterable[Timeline]) -> Iterator[str]:
    """Tell of what is spoken as no listener could wish; `check` says where it stands."""
    cues = (cue for timeline in timelines for cue in timeline.cues if cue.track == "voice")
    spoken = dict.fromkeys((cue.text, cue.said) for cue in cues)
    for known in piece.speakable:
        spoken.pop(known, None)
    if not spoken:
        return
    from voicecoach.routine.speakable import check_spoken  # what it looks for are dozens of patterns

    found = (each for text, said in spoken for each in check_spoken(text, said, piece.words))
    told = dict.fromkeys(f"{what}; {mend}" for what, mend in found)
    first, *more = told or [""]
    if first:
        yield first + (f" (and {len(more)} more; 'voicecoach check' tells where)" if more else "")


def _first_of(problems: Iterable[Problem]) -> Iterator[str]:
    """Report the first of several like problems, and how many more there are; each place counts once."""
    every = {problem.where: problem for problem in problems}
    first, *more = every.values() or [None]
    if first:
        yield f"{first}" + (f" (and {len(more)} more like it)" if more else "")


def _note_grown(request: Request, timelines: Iterable[Timeline]) -> Iterator[str]:
    """Report to an author what lasts longer than it is written; nobody can change what is built in."""
    if request.routine not in built_in():
        yield from _first_of(problem for timeline in timelines for problem in timeline.grown)


def _note_unequal(timelines: Mapping[Side | None, Timeline]) -> Iterator[str]:
    """Report that the sides' tracks do not last as long as each other."""
    lengths = {side: timeline.duration for side, timeline in timelines.items() if side}
    if len(set(lengths.values())) > 1:
        told = ", ".join(f"{side} {clock(length)}" for side, length in lengths.items())
        yield f"the sides differ: {told}; steps with 'only: left', 'only: right' or a 'side' are in one of them alone"


def _list_requests(request: Request) -> Iterator[Request]:
    """Yield what is asked of each track."""
    return (replace(request, choices=chosen) for _, chosen in _tracks(request))


def _count_warnings(warnings: int, source: Source) -> Iterator[str]:
    """Say how many warnings `check` has for a routine's file, if it has any."""
    if warnings:
        file = quote(source.name if source.code is None else source.routine.file)
        yield f"{warnings} warning{'s' if warnings > 1 else ''}; 'voicecoach check {file}' lists them"


def _tags(session: Session, track: Track, number: int, request: Request, cover: bytes) -> Tags:
    from voicecoach.audio.id3 import ARTIST, GENRE, ChapterTag, Tags
    from voicecoach.views.captions import sylt

    made_with = request.made_with(session.voice, session.pace)
    carried = {**session.as_json(track), "choices": made_with, "sound": request.sounding.as_json()}
    return Tags(
        title=track.title,
        album=session.title,
        track=number,
        tracks=len(session.tracks),
        language=session.words.code,
        comment=" ".join(session.notice),
        lyrics=transcript(track.timeline),
        chapters=tuple(ChapterTag(each.start, each.end, each.title) for each in track.timeline.chapters),
        timeline=carried,
        cover=cover,
        cover_type="image/png",
        synced=tuple(sylt(track.timeline)),
        artist=request.artist or ARTIST,
        genre=GENRE,
        breath=str(session.pace) if session.pace and track.timeline.phases else "",
    )
