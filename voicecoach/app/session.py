"""The way of a session: a routine is loaded, turned into a score, spoken, performed, mixed and written."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

from voicecoach.app import notes, speaker
from voicecoach.app.defaults import try_with_defaults
from voicecoach.app.piece_cache import Source, draw_covers
from voicecoach.app.rehearsal import Stage, lay_track, speak_into
from voicecoach.app.request import Environment, PlannedSession, Track
from voicecoach.audio.fall import FALL, SLEEP, plan_glide, render_glide
from voicecoach.audio.sounds import measure_sound
from voicecoach.core.ticks import add_ticks
from voicecoach.errors import ChoiceError, RoutineError
from voicecoach.routine.library import list_built_in
from voicecoach.system import cache, memory, signals, timings
from voicecoach.views.caution import list_cautions
from voicecoach.views.dose import note_dose
from voicecoach.voices.clear import SLOWER, make_clear

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from voicecoach.app.request import Made, Report, Request
    from voicecoach.app.speaker import Speaker
    from voicecoach.audio.clip import Clip
    from voicecoach.audio.fall import Glide
    from voicecoach.core.score import Side
    from voicecoach.core.timeline import Timeline
    from voicecoach.script.choices import Choices
    from voicecoach.script.fit import Fit
    from voicecoach.script.piece import Piece
    from voicecoach.voices.cached import CachedVoice


@cache.enforce_limit()
def plan(request: Request, folder: Path, report: Report) -> PlannedSession:
    """Load a routine, build its score, speak its words, and give everything its time.

    Speech and scores are kept in ``folder``; nothing else is written.

    Raises:
        RoutineError: When the routine is wrong, or its words do not fit the breath (`FitError`).
        ChoiceError: When the choices do not go together, name what is not there, or the session is too long.
        VoiceError: When the voice fails.
    """
    source, environment = Source(request.routine, request.language, folder), Environment(folder, report)
    planned, aside = try_with_defaults(request, lambda asked: plan_source(asked, source, environment))
    return replace(planned, warnings=(*aside, *planned.warnings))


def plan_source(request: Request, source: Source, environment: Environment) -> PlannedSession:
    """Plan a session of a source as ``plan`` does, but the cache may grow beyond its limit meanwhile.

    Raises:
        RoutineError: As ``plan``.
        ChoiceError: As ``plan``.
        VoiceError: As ``plan``.
    """
    return _plan(request, _list_pieces(request, source, environment.folder), source, environment)


_Pieces = list["tuple[Side | None, Choices, Piece]"]
"""The piece of each track, with its side and its choices."""


def _list_pieces(request: Request, source: Source, folder: Path) -> _Pieces:
    memory.check_limit()
    request.check()
    with timings.time_part("routine"), speaker.prepare_meanwhile(request, folder):
        pieces = [(side, chosen, source.piece(chosen)) for side, chosen in request.tracks]
    signals.raise_pending()  # pydantic swallows what a signal raises in it
    return pieces


def _plan(request: Request, pieces: _Pieces, source: Source, environment: Environment) -> PlannedSession:
    piece, report = pieces[0][2], environment.report
    with timings.time_part("voice"):
        found = (environment.find or speaker.find_speaker)(request, piece.words, environment.folder)
    if hasattr(report, "announce"):
        from voicecoach.app.overview.forecast import announce

        announce(report.announce, request, piece, found, environment.folder)

    def perform(voice: Speaker) -> PlannedSession:
        return _perform(request, pieces, source, environment, voice)

    return speaker.speak_with(found, piece.words.word("calibration"), perform)


def _perform(
    request: Request, pieces: _Pieces, source: Source, environment: Environment, found: Speaker
) -> PlannedSession:
    """Perform the pieces of a session with one voice."""
    piece = pieces[0][2]
    clips = dict(environment.clips) if found.id == environment.spoken_by else {}
    glide = SLEEP if piece.sleep else FALL if request.fall else None
    slower = (glide.slowest if glide else 1) * (SLOWER if piece.clear else Fraction(1))
    stage = Stage(source, found.voice, clips, environment.report, slower)
    laid = {side: lay_track(stage, chosen, each, request.length) for side, chosen, each in pieces}
    laid, takes = _vary(laid, found.voice, stage, request.variation)
    if _choose(asked=request.hold_tick, written=piece.hold_tick):
        laid = {side: (add_ticks(timeline, measure_sound), fit) for side, (timeline, fit) in laid.items()}
    every: _Takes = {**{(said, 0): clip for said, clip in stage.clips.items()}, **takes}
    clear = _make_clear(laid, every) if piece.clear else {}
    laid, lower = _glide(laid, clear or every, glide) if glide else (laid, {})
    timelines = {side: timeline for side, (timeline, _) in laid.items()}
    return PlannedSession(
        request.title or piece.title,
        piece.words,
        piece.notice,
        found.id,
        tuple(replace(_track(side, piece, each[0], request), fit=each[1]) for side, each in laid.items()),
        stage.clips,
        found.voice.synthesised,
        found.voice.reused,
        (*found.voice.problems, *_note_single_take(request, found), *_warn(request, piece, stage, timelines)),
        note_dose(timelines.values(), piece.limb, request.choices.sides),
        lower,
        takes,
        piece.pacing.find_main(request.choices.breath, next(iter(timelines.values()))),
        piece.pacing.asks(request.choices.breath),
        tuple(notes.note_grown(request, timelines.values())),
        _choose(asked=request.breath_sound, written=piece.breath_sound),
        piece.sleep and request.preview is None,
        clear,
    )


def _choose(*, asked: bool | None, written: bool) -> bool:
    """Return a listener's choice, or the routine's if there is none."""
    return written if asked is None else asked


def _lay_sides(request: Request, piece: Piece, stage: Stage) -> Mapping[Side | None, Timeline]:
    """Return the timelines that the sides' tracks would have, if a step is for one of them alone; else nothing.

    A listener can't change what is built in, and tracks of a length that is asked for are equal.
    """
    both = len(request.choices.sides) > 1
    if not both or not piece.one_sided or request.length or request.routine in list_built_in():
        return {}
    with suppress(RoutineError, ChoiceError):
        tracks = replace(request, split=True).tracks
        return {side: stage.rehearse(chosen, stage.source.piece(chosen)) for side, chosen in tracks}
    return {}


def _warn(request: Request, piece: Piece, stage: Stage, timelines: Mapping[Side | None, Timeline]) -> Iterator[str]:
    """Yield what a listener should know about a session before it is played."""
    yield from list_cautions(timelines.values())
    yield from piece.unheeded if request.choices.breath else ()
    yield from notes.report_first(problem for timeline in timelines.values() for problem in timeline.unsaid)
    yield from notes.note_unbreathed(request, timelines.values())
    yield from notes.note_unticked(request, timelines.values())
    yield from notes.note_unequal(timelines if request.split else _lay_sides(request, piece, stage), stage.source)
    yield from notes.note_unspeakable(piece, timelines.values())
    yield from notes.count_warnings(piece.warnings, stage.source)


_Laid = dict["Side | None", "tuple[Timeline, Fit | None]"]
"""The timeline of each track, and how it was fitted."""


def _note_single_take(request: Request, found: Speaker) -> Iterator[str]:
    """Report a wish for several takes that this voice can't meet."""
    if request.variation > 1 and found.voice.vary(1) is None:
        yield f"the voice {found.id} says the same words the same way each time; --variation has no effect"


_Takes = dict[tuple[str, int], "Clip"]
"""The clip of each text and take."""


def _vary(laid: _Laid, voice: CachedVoice, stage: Stage, variation: int) -> tuple[_Laid, _Takes]:
    """Let several takes of the same words follow each other; return the tracks, and the clips of the other takes."""
    if variation == 1 or voice.vary(1) is None:
        return laid, {}
    from voicecoach.audio.takes import match_length, number_takes

    laid = {side: (number_takes(timeline, variation), fit) for side, (timeline, fit) in laid.items()}
    takes: _Takes = {}
    for take in range(1, variation):
        other = voice.vary(take)
        spoken: dict[str, Clip] = {}
        wanted = {cue.said for timeline, _ in laid.values() for cue in timeline.cues if cue.take == take}
        if other is not None:
            speak_into(sorted(wanted), other, spoken, stage.report)
        takes |= {(said, take): match_length(clip, stage.clips[said]) for said, clip in spoken.items()}
    return laid, takes


def _make_clear(laid: _Laid, every: _Takes) -> _Takes:
    """Return the clip of each take that is heard, made for the hard of hearing."""
    spoken = (cue for timeline, _ in laid.values() for cue in timeline.cues if cue.track == "voice")
    heard = dict.fromkeys(take for cue in spoken for take in ((cue.said, 0), (cue.said, cue.take)))
    return make_clear({take: every[take] for take in heard})


def _glide(laid: _Laid, every: _Takes, glide: Glide) -> tuple[_Laid, dict[tuple[tuple[str, int], int], Clip]]:
    """Let the voice glide down through each track; return the tracks, and the clip of each text at each step."""
    lengths = {text: clip.seconds for (text, take), clip in every.items() if not take}
    lower = {side: (plan_glide(timeline, lengths, glide), fit) for side, (timeline, fit) in laid.items()}
    spoken = (cue for timeline, _ in lower.values() for cue in timeline.cues if cue.track == "voice")
    return lower, render_glide((((cue.said, cue.take), cue.fall) for cue in spoken), every, glide)


@cache.enforce_limit()
def make(request: Request, output: Path | None, folder: Path, report: Report) -> Made:
    """Plan a session and write its tracks with the files beside them: all of them or none.

    Raises:
        VoicecoachError: What ``plan`` raises, and when encoding or writing fails.
    """
    with timings.start_clock() as clock:
        made, aside = try_with_defaults(request, lambda asked: _make(asked, output, folder, report))
    rest = clock.total - sum(clock.parts.values())
    session = replace(made.session, warnings=(*aside, *made.session.warnings))
    return replace(made, session=session, seconds={**clock.parts, "rest": rest, "total": clock.total})


def _make(request: Request, output: Path | None, folder: Path, report: Report) -> Made:
    from voicecoach.app.export import Attachments, find_destination, write_session

    source, environment = Source(request.routine, request.language, folder), Environment(folder, report)
    destination = find_destination(request, output, source.called)
    pieces = _list_pieces(request, source, folder)
    covers = draw_covers(source, request.title, [side for side, _ in request.tracks])
    session = _plan(request, pieces, source, environment)
    del pieces  # the score of ten hours is some megabytes
    with timings.time_part("cover"):
        attachments = Attachments(covers(), source.digests)
    return write_session(session, request, destination, attachments, folder, report)


def _track(side: Side | None, piece: Piece, timeline: Timeline, request: Request) -> Track:
    title, words = request.title or piece.title, piece.words
    named = words.word("titled", title=title, part=words.word(side.value)) if side else title
    heard = timeline if request.preview is None else timeline.preview(request.preview)
    return Track(side, named, heard, limb=piece.limb)
