"""The studio: keeps voices, clips and scores between sessions, for any number of threads."""

from __future__ import annotations

import hashlib
import itertools
import threading
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, Unpack

from voicecoach.api import compose
from voicecoach.api.arguments import (
    check_function,
    check_score,
    check_voice,
    read_count,
    read_path,
    read_switch,
    read_text,
)
from voicecoach.api.keywords import (
    CheckKeywords,
    PlanKeywords,
    Progress,
    ScoreKeywords,
    check_names,
    make_request,
)
from voicecoach.api.routines import Routine, read_routine, translate
from voicecoach.api.session import Origin, Session
from voicecoach.api.sources import ReadSource, ScoreSource
from voicecoach.app import session as sessions
from voicecoach.app import speaker
from voicecoach.app.request import Environment
from voicecoach.app.values import read_voice
from voicecoach.errors import ChoiceError, SidelessError, VoicecoachError
from voicecoach.system import cache as cache_folder
from voicecoach.system import folders, parallel
from voicecoach.system.lru import Lru
from voicecoach.voices.port import ChangingVoice

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping

    from voicecoach.app.piece_cache import Source
    from voicecoach.app.request import Made, PlannedSession, Request
    from voicecoach.app.speaker import Speaker
    from voicecoach.audio.clip import Clip
    from voicecoach.core.score import Score
    from voicecoach.errors import Problem
    from voicecoach.language import Language
    from voicecoach.script.choices import Choices
    from voicecoach.script.piece import Piece
    from voicecoach.voices.pool import IdleSpeakers
    from voicecoach.voices.port import Voice, VoiceInfo

MEMORY = 128_000_000
"""Bytes of clips that a studio keeps in memory: 22 minutes of speech."""

MOST_NODES, MOST_VOICES = 200_000, 16
"""Nodes of the scores, and voices, that a studio keeps in memory."""


PLANS_BETWEEN = 50
"""Sessions after which the folder on disk is brought under its limit again."""


class Studio:
    """Makes sessions, and keeps their voices, clips and scores in memory, so that the next ones are ready sooner.

    A studio may be used by many threads at once. What it keeps is limited; the least recently used goes first. In a
    ``with`` block, processes in which a voice speaks also keep running, one for each core; they end with the block.

    >>> import voicecoach as vc
    >>> from voicecoach.testing import FakeVoice
    >>> with vc.Studio(voice=FakeVoice()) as studio:
    ...     session = studio.plan("box-breathing", breath="4-4-4-4")
    ...     session.at(breath="5-5-5-5").synthesised
    0
    """

    def __init__(
        self,
        *,
        voice: str | Voice | None = None,
        cache: str | os.PathLike[str] | None = None,
        settings: bool = False,
        memory: int = MEMORY,
    ) -> None:
        """Start with nothing in memory.

        Args:
            voice: The voice of all sessions that name no other one: a name, as ``--voice`` takes it, or a `Voice`.
            cache: The folder for speech and encoded sound; None for the one that the command line uses.
            settings: Whether voices that the user's settings file defines can be named.
            memory: Bytes of clips that are kept in memory.
        """
        memory = read_count("memory", memory, 10**12, least=0)
        if cache == "":
            raise ChoiceError("cache: it is empty; write the path of a folder, or leave it out")
        self.folder = Path(read_path("cache", cache)) if cache is not None else folders.find_cache()
        self._voice = check_voice(voice)
        self._commands: Mapping[str, object] = _read_commands() if read_switch("settings", settings) else {}
        self._clips: Lru[Path, Clip] = Lru(memory)
        self._digests: Lru[str, Clip] = Lru(memory)
        self._pieces: Lru[tuple[str, ...], Piece] = Lru(MOST_NODES)
        self._voices: Lru[tuple[object, ...], tuple[Voice, VoiceInfo]] = Lru(MOST_VOICES)
        self._finding = threading.Lock()
        self._idle: IdleSpeakers | None = None
        self._plans = itertools.count()
        self._closed = False

    def __enter__(self) -> Self:
        """Return the studio, which keeps the processes of voices running from now on."""
        from voicecoach.voices.pool import IdleSpeakers

        self._check_open()
        self._idle = self._idle or IdleSpeakers(parallel.count_cores())
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        self.close()

    def close(self) -> None:
        """Forget everything, and end all voices. Its sessions can still be written, but not planned again."""
        self._closed = True
        for voice, _ in self._voices.values():
            close = getattr(voice, "close", None)
            if callable(close):
                with suppress(VoicecoachError):
                    close()
        for kept in (self._clips, self._digests, self._pieces, self._voices):
            kept.clear()
        if self._idle is not None:
            self._idle.close()

    def __reduce__(self) -> str:
        """Refuse to be pickled.

        Raises:
            TypeError: Always.
        """
        raise TypeError(
            "a studio can't be pickled: its memory and voices belong to this process; open another one there"
        )

    def plan(self, routine: Routine | str | os.PathLike[str], **options: Unpack[PlanKeywords]) -> Session:
        """Plan a session of a routine, as the function `plan` does.

        Raises:
            VoicecoachError: As `plan`.
        """
        check_names("plan", options, PlanKeywords)
        return self._plan_routine(routine, options, None)

    def perform(self, score: Score, **options: Unpack[ScoreKeywords]) -> Session:
        """Plan a session of a score that was written in Python, as the function `perform` does.

        Raises:
            VoicecoachError: As `perform`.
        """
        check_names("perform", options, ScoreKeywords)
        check_score("perform", score)
        return self._perform_score(score, {**options}, None)

    def check(self, routine: Routine | str | os.PathLike[str], **options: Unpack[CheckKeywords]) -> list[Problem]:
        """Return the problems of a routine, as the function `check` does.

        Raises:
            VoicecoachError: As `check`.
        """
        from voicecoach.api.checking import check_routine

        check_names("check", options, CheckKeywords)
        self._check_open()
        return check_routine(routine, options, self._environment(options, None))

    def speak(self, routine: Routine | str | os.PathLike[str], text: str, **options: Unpack[PlanKeywords]) -> Clip:
        r"""Return the sound of some words as a session of a routine has it: in its language, with its pronunciations.

        >>> import voicecoach as vc
        >>> from voicecoach.testing import FakeVoice
        >>> routine = vc.loads("title: Rest\npronounce: {psoas: so-as}\nsteps:\n  - say: Feel your psoas.\n")
        >>> with vc.Studio(voice=FakeVoice()) as studio:
        ...     cue = next(cue for cue in studio.plan(routine).timeline.cues if "psoas" in cue.text)
        ...     studio.speak(routine, cue.text) == studio.plan(routine).clip(cue)
        True

        Args:
            routine: A routine; or the name of a built-in one, or the path of a file.
            text: A phrase of the session, or any other words.
            options: As for `plan`; those that change no words are ignored.

        Raises:
            RoutineError: If the routine is wrong.
            ChoiceError: If the text is empty or too long, or the options are impossible.
            VoiceError: If the voice fails.
        """
        from voicecoach.api.speaking import find_spoken

        check_names("speak", options, PlanKeywords)
        self._check_open()
        origin = self._find_origin(routine, options)
        piece = origin.source.piece(origin.request.choices)
        said = find_spoken(text, piece, origin.source.routine)
        environment = self._environment(options, None)
        found = (environment.find or speaker.find_speaker)(origin.request, piece.words, self.folder)
        clips = speaker.speak_with(found, piece.words.word("calibration"), lambda each: [*each.voice.speak([said])])
        return self._remember(clips[0])

    def suggest(
        self, routine: Routine | str | os.PathLike[str], **options: Unpack[PlanKeywords]
    ) -> list[dict[str, Any]]:
        r"""Return possible choices in place of impossible ones: keyword arguments with which `plan` works.

        They are a breath in which all words fit, a length that can be met, or an exercise more or fewer. The list
        is empty if the choices are possible, or if the program finds none that help.

        >>> import voicecoach as vc
        >>> from voicecoach.testing import FakeVoice
        >>> text = "title: Rest\nsteps:\n  - breathe: 2\n    out: And breathe out, slowly and softly\n"
        >>> vc.Studio(voice=FakeVoice()).suggest(vc.loads(text), breath="3-2")
        [{'breath': '3-2.8'}, {'breath': '4.5-3'}]
        """
        from voicecoach.api.suggestions import list_suggestions

        check_names("suggest", options, PlanKeywords)
        read = read_routine(routine)
        return list_suggestions(lambda given: self._plan_routine(read, given, None), read.read.model.breath, options)

    def warm_up(self, routine: Routine | str | os.PathLike[str], **options: Unpack[PlanKeywords]) -> None:
        """Start the voice of a routine's sessions ahead of time, so that its first new words come sooner.

        This helps in a ``with`` block, where voices keep running. Elsewhere, and for a voice that needs no start, it
        does nothing.

        Args:
            routine: A routine; or the name of a built-in one, or the path of a file.
            options: As for `plan`; only those that choose the voice matter.

        Raises:
            VoicecoachError: As `speak`.
        """
        check_names("warm_up", options, PlanKeywords)
        self._check_open()
        origin = self._find_origin(routine, options)
        find = self._environment(options, None).find or speaker.find_speaker
        found = find(origin.request, origin.source.routine.words, self.folder)
        warm_up = getattr(found.voice.voice, "warm_up", None)
        if self._idle is not None and callable(warm_up):
            warm_up()

    def list_voices(self, language: str | None = None, *, every: bool = False) -> list[VoiceInfo]:
        """Return the voices worth hearing: ``id`` is what ``voice=`` takes; one that is not ``ready`` has a ``hint``.

        Args:
            language: Only voices that speak it, as "de"; None for all.
            every: Whether to return all voices.

        Raises:
            VoiceError: If voices can't be listed.
        """
        from voicecoach.voices.listing import list_offered, pick_worthwhile

        code = None if language is None else read_text("language", language)
        offered = list_offered(code, self._commands, self.folder)
        return offered if read_switch("every", every) else pick_worthwhile(offered, code)

    def clip(self, digest: str) -> Clip | None:
        """Return a clip of a session of this studio by its digest; None if it is not in memory any more."""
        return self._digests.get(digest)

    def _plan_again(self, session: Session, changes: PlanKeywords) -> Session:
        """Plan a session with other choices; clips of the same voice are used again."""
        origin = session._origin  # noqa: SLF001 - it is of this studio
        is_routine = isinstance(origin.subject, Routine)
        check_names("at", changes, PlanKeywords if is_routine else ScoreKeywords)
        given = {**origin.given, **changes}
        same = all(origin.given.get(name) == given.get(name) for name in ("voice", "rate", "pitch", "language"))
        earlier = session._planned if same else None  # noqa: SLF001 - it is of this studio
        if isinstance(origin.subject, Routine):
            return self._plan_routine(origin.subject, given, earlier)
        return self._perform_score(origin.subject, given, earlier)

    def _plan_routine(
        self, routine: Routine | str | os.PathLike[str], given: Mapping[str, Any], earlier: PlannedSession | None
    ) -> Session:
        return self._session(self._find_origin(routine, given), earlier)

    def _find_origin(self, routine: Routine | str | os.PathLike[str], given: Mapping[str, Any]) -> Origin:
        """Return what a session of a routine is planned from."""
        read = translate(read_routine(routine), given.get("language"))
        name = read.asked if read.is_file else read.name
        source = ReadSource(
            name, None, self.folder, read.read, memory=self._pieces, is_file=read.is_file and read.code is None
        )
        request = replace(make_request(name, read.code, given), commands=self._commands)
        return Origin(source, request, read, given)

    def _perform_score(self, score: Score, given: Mapping[str, Any], earlier: PlannedSession | None) -> Session:
        from voicecoach.language import language

        code, title = given.get("language"), given.get("title") or "Session"
        words = language("en" if code is None or code == "" else read_text("language", code))
        request = replace(make_request("session", None, given), commands=self._commands)
        digest = hashlib.sha256(repr(score).encode()).hexdigest()
        source = ScoreSource(
            "session",
            None,
            self.folder,
            write=lambda choices: _write_piece(score, choices, words, title),
            digest=digest,
        )
        return self._session(Origin(source, request, score, given), earlier)

    def _session(self, origin: Origin, earlier: PlannedSession | None) -> Session:
        return Session(self, origin, self._plan_request(origin.request, origin, earlier))

    def _plan_request(self, request: Request, origin: Origin, earlier: PlannedSession | None) -> PlannedSession:
        self._check_open()
        planned = sessions.plan_source(request, origin.source, self._environment(origin.given, earlier))
        self._limit_folder()
        if not planned.tracks[0].timeline.duration:
            raise ChoiceError("nothing is left of this session: it takes no time\nadd words, breaths or a rest")
        return replace(planned, clips={text: self._remember(clip) for text, clip in planned.clips.items()})

    def _limit_folder(self) -> None:
        """Bring the folder on disk under its limit, but not every time: looking at all its files takes a while."""
        if next(self._plans) % PLANS_BETWEEN == 0:
            with cache_folder.enforce_limit():
                pass

    def _write(
        self, planned: PlannedSession, request: Request, source: Source, path: Path | None, progress: Progress | None
    ) -> Made:
        from voicecoach.app.export import Attachments, find_destination, write_session
        from voicecoach.app.piece_cache import draw_covers

        destination = find_destination(request, path, source.called)
        with cache_folder.enforce_limit():
            covers = draw_covers(source, request.title, [side for side, _ in request.tracks])()
            attachments = Attachments(covers, source.digests)
            return write_session(planned, request, destination, attachments, self.folder, progress or _report_nothing)

    def _environment(self, given: Mapping[str, Any], earlier: PlannedSession | None) -> Environment:
        """Return what a session is made with: also the clips of an ``earlier`` session, if the same voice speaks."""
        voice = check_voice(given.get("voice"))
        chosen = self._voice if voice is None else voice
        report = check_function("progress", given.get("progress")) or _report_nothing

        def _find(request: Request, words: Language, folder: Path) -> Speaker:
            return self._find_speaker(chosen, request, words, folder)

        clips, spoken_by = (earlier.clips, earlier.voice) if earlier else ({}, "")
        return Environment(self.folder, report, _find, clips, spoken_by)

    def _find_speaker(self, voice: str | Voice | None, request: Request, words: Language, folder: Path) -> Speaker:
        """Find a voice, or the one that was found before for the same request."""
        if voice is not None and not isinstance(voice, str):
            _check_settings(request)
            return speaker.wrap_voice(voice, _list_voice(voice), words, folder, self._clips, watched=True)
        named = replace(request, voice=None if voice is None else read_voice(voice))
        return speaker.find_speaker(named, words, folder, self._choose_voice, self._clips)

    def _choose_voice(self, request: Request, words: Language, folder: Path) -> tuple[Voice, VoiceInfo]:
        """Choose a voice, or the one that was chosen before for the same request."""
        key = (request.voice, words.code, words.word("calibration"), request.rate, request.pitch)
        with self._finding:  # one thread looks for a voice, and the others find it
            kept = self._voices.get(key)
            if kept is not None and isinstance(kept[0], ChangingVoice) and kept[0].has_changed():
                self._voices.put(key, speaker.choose_voice(request, words, folder, self._idle))
            return self._voices.find(key, lambda: speaker.choose_voice(request, words, folder, self._idle))

    def _remember(self, clip: Clip) -> Clip:
        """Return a clip that knows its digest, and keep it by this."""
        known = clip if clip.known else replace(clip, known=clip.digest)
        self._digests.put(known.digest, known, len(known.pcm))
        return known

    def _check_open(self) -> None:
        if self._closed:
            raise VoicecoachError("this studio is closed\nplan before its 'with' block ends, or open another one")


def _write_piece(score: Score, choices: Choices, words: Language, title: str) -> Piece:
    """Make the piece of a score: the silence before it, and its words as they are spoken."""
    from voicecoach.core.breath import Span
    from voicecoach.core.notation import read_pace
    from voicecoach.core.score import Mark, Moment, Pause, Seq
    from voicecoach.routine.text_normalisation import read_aloud
    from voicecoach.script.choices import LAST_MINUTE
    from voicecoach.script.pacing import Pacing
    from voicecoach.script.piece import Piece
    from voicecoach.script.waits import lengthen_waits

    if len(choices.sides) == 1 and not compose.has_sides(score):
        raise SidelessError("nothing in this score is done for each side\nleave side out, or use each_side")
    chosen = compose.choose_sides(score, choices.sides)
    spoken = compose.read_wordings(chosen, lambda text: read_aloud(text, words))
    opening = (Mark(Moment.CHAPTER, title), Pause(Span(rest=choices.lead_in)))
    ending = (Pause(Span(rest=LAST_MINUTE)),) if choices.sleep else ()
    return Piece(
        title,
        words,
        (),
        Seq((*opening, lengthen_waits(spoken) if choices.clear else spoken, *ending)),
        Pacing(read_pace(USUAL_BREATH)),
        limb="leg",
        unheeded=(),
        timed=False,
        sleep=bool(choices.sleep),
        clear=bool(choices.clear),
    )


USUAL_BREATH = "4-6"
"""The breath of a score if nobody chooses another."""


def _check_settings(request: Request) -> None:
    """Refuse settings that a voice of a program has itself."""
    for name, value in (("rate", request.rate), ("pitch", request.pitch)):
        if value is not None:
            raise ChoiceError(f"{name}: a Voice that you pass sets its own {name}\nleave {name} out")


def _list_voice(voice: Voice) -> VoiceInfo:
    """Describe a voice that a program brings along."""
    from voicecoach.voices.port import VoiceInfo

    name = str(getattr(voice, "name", "") or type(voice).__name__)
    return VoiceInfo(name, "own", name)


def _read_commands() -> Mapping[str, object]:
    from voicecoach.app.config import read_commands

    return read_commands()


def _report_nothing(_stage: str, _done: int, _total: int) -> None:
    pass
