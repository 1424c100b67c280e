"""The review of a routine before it is played: problems at its own breath and others, and warnings."""

from __future__ import annotations

import math
import shlex
from collections import defaultdict
from contextlib import suppress
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import TYPE_CHECKING

from voicecoach.app import speaker
from voicecoach.app.piece_cache import find_ledger_warnings
from voicecoach.app.request import Environment
from voicecoach.audio.formats import GRID
from voicecoach.audio.sounds import measure_sound
from voicecoach.core.breath import Span
from voicecoach.core.perform import perform
from voicecoach.core.score import Sound, list_phrases
from voicecoach.errors import (
    Misfit,
    Problem,
    RoutineError,
    TooManyError,
    VoicecoachError,
    VoiceError,
    Where,
    cut,
    name_options,
    order_problems,
    quote,
)
from voicecoach.routine.checks import validate
from voicecoach.routine.library import find_routine
from voicecoach.routine.lint import lint_routine
from voicecoach.routine.loader import load_routine, read_with_words
from voicecoach.routine.model import Include, find_block, walk_steps
from voicecoach.routine.sidedness import explain_unequal, list_one_sided
from voicecoach.routine.source import Table, read_content
from voicecoach.script.builder import build, choose_pace, list_nights
from voicecoach.script.choices import LEFT_RIGHT, Choices
from voicecoach.script.tally import MOST_STEPS
from voicecoach.system import cache
from voicecoach.views.session_lint import lint_session
from voicecoach.voices.cached import CachedVoice

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from voicecoach.app.request import Report, Request
    from voicecoach.app.speaker import Speaker
    from voicecoach.core.breath import Pace
    from voicecoach.core.score import Score
    from voicecoach.core.timeline import Measure, Timeline
    from voicecoach.routine.loader import LoadedRoutine
    from voicecoach.routine.phase_steps import Model
    from voicecoach.voices.port import Voice


MOST_PERFORMED = 8_000
"""The most breaths and steps of a session that is performed for a review, which takes a second; half a day has less."""
MOST_SPENT = 400_000
"""The most characters of words and values of a session that is performed for a review; half a day has fewer."""
MOST_MEASURED = 500
"""The most wordings that are measured: an hour has fewer, and a natural voice takes a quarter of a minute for them."""
LONGEST_MEASURED = 1_000
"""The most characters of a wording that is measured: a minute of sound takes megabytes. A longer wording is never in a
phase, and its length is estimated with `FASTEST`."""
FASTEST = 25
"""Characters a second: no voice is faster, so words that do not fit at this speed never fit."""
TOGETHER = 2_000
"""The most characters that are spoken at once: their sound is in memory until the last one is spoken."""
MOST_LAID = 400_000
"""The most phases and cues that are performed to try breaths, which takes about twenty seconds."""


_UNMEASURED = Fraction(1, 100)
"""The assumed seconds of a wording that was not measured: it fits anywhere."""


@dataclass(frozen=True, slots=True)
class Review:
    """The findings of a review.

    Attributes:
        problems: The errors.
        warnings: What is unwise.
        notes: The places where a shorter wording than the longest is spoken.
        unmeasured: The reason why the words could not be measured; empty if they were.
        tried: The breaths that were tried besides the routine's own; empty if none.
        voice_note: The reason why the system's voice measured the words; empty if the best one did.
    """

    problems: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()
    notes: tuple[Problem, ...] = ()
    unmeasured: str = ""
    tried: str = ""
    voice_note: str = ""

    def lines(self) -> Iterator[str]:
        """Yield problems and warnings in the order of the file, a line each."""
        warnings = [replace(each, what=f"warning: {each.what}") for each in self.warnings]
        yield from map(str, cut(order_problems([*map(name_options, self.problems), *warnings])))


@cache.enforce_limit()
def review(request: Request, asked: Sequence[Pace], folder: Path, report: Report, *, craft: bool = False) -> Review:
    """Review a routine: its text, its session at its own breath, and that at every breath in ``asked``.

    Parameters have the values of the choices in ``request``.

    Raises:
        ChoiceError: When there is no voice of the name in ``request``.
    """
    return review_routine(
        lambda: load_routine(request.routine, folder=folder), request, asked, Environment(folder, report, craft=craft)
    )


def review_routine(
    read: Callable[[], LoadedRoutine], request: Request, asked: Sequence[Pace], environment: Environment
) -> Review:
    """Review the routine that ``read_tree`` returns; ``request`` has its name and its voice.

    Raises:
        ChoiceError: When there is no voice of the name in ``request``.
    """
    try:
        routine = read()
        warnings = tuple(lint_routine(routine.model, _tree(routine)))
        chosen = _choose_all(routine, request.choices.settings)
        score = build(routine, chosen, MOST_PERFORMED, MOST_SPENT)
        warnings += find_ledger_warnings(routine, chosen, environment.folder)
    except TooManyError:
        return _explain_untried(routine, warnings)
    except VoicecoachError as error:
        return Review(_list_problems(error, request.routine), _find_warnings(request.routine))

    def measure_with(found: Speaker) -> Review:
        ruler = Ruler(found.voice, environment.report)
        own, *others = _try_breaths(routine, chosen, score, asked, ruler)
        craft = tuple(_check_craft(own, routine)) if environment.craft else ()
        found_all = _conclude(routine, (*warnings, *craft), own, others, ruler)
        notes = order_problems([*found_all.notes, *_note_unequal(routine, chosen, own, ruler)])
        return replace(found_all, notes=tuple(notes), voice_note=found.note)

    try:
        find = environment.find or speaker.find_speaker
        found = find(request, routine.words, environment.folder)
        return speaker.speak_with(found, routine.words.word("calibration"), measure_with)
    except VoiceError as error:
        return Review(warnings=warnings, unmeasured=str(error))


def _note_unequal(routine: LoadedRoutine, chosen: Choices, own: _Attempt, ruler: Ruler) -> Iterator[Problem]:
    """Note by how many seconds the tracks of the sides differ, and because of which step; equal ones are not laid."""
    causes = [*dict.fromkeys(each for part in routine.walk() for each in list_one_sided(part.model))]
    if not causes or own.timeline is None:
        return
    tracks = [_try_breath(routine, replace(chosen, sides=(side,)), ruler).timeline for side in LEFT_RIGHT]
    left, right = [timeline.duration if timeline else None for timeline in tracks]
    found = explain_unequal(left, right, causes) if left and right else None
    if found:
        yield replace(found, what=f"note: {found.what}")


def _check_craft(own: _Attempt, routine: LoadedRoutine) -> Iterator[Problem]:
    """Yield what is outside the limits of good guidance at the routine's own breath."""
    from voicecoach.views.craft import lint_craft

    if own.timeline:
        yield from lint_craft(own.timeline, routine.words, Where(routine.file, 1, 1))


def _conclude(
    routine: LoadedRoutine, warnings: tuple[Problem, ...], own: _Attempt, others: Sequence[_Attempt], ruler: Ruler
) -> Review:
    """Return what was found at all breaths."""
    problems = [*own.problems, *_find_worst(others, own.problems)]
    notes = [note for attempt in (own, *others) for note in _note_shorter(attempt)]
    notes += _note_left_out(others, own.unsaid)
    notes += [replace(each, what=f"note: {each.what}") for each in own.timeline.grown] if own.timeline else []
    notes += ruler.note_skipped(routine.file)
    unwise, tried = (*warnings, *own.warnings(routine)), _describe_tried(routine, others)
    return Review(tuple(order_problems(problems)), unwise, tuple(order_problems(notes)), tried=tried)


def _explain_untried(routine: LoadedRoutine, warnings: tuple[Problem, ...]) -> Review:
    """Report that a session is too large for a review, or too large at all."""
    where = Where(routine.file, 1, 1)
    if _count(routine) > MOST_STEPS:
        what = f"the breaths and steps of this session are more than {MOST_STEPS:,}"
        return Review((Problem(where, what, "use fewer rounds or breaths"),), warnings)
    most = f"{MOST_PERFORMED:,} breaths and steps, or {MOST_SPENT:,} characters of words,"
    what = f"note: a session of more than {most} is not performed here"
    return Review(warnings=warnings, notes=(Problem(where, what, "'voicecoach plan' does that"),))


def _list_texts(score: Score) -> dict[str, None]:
    """Return every text that a session can say, each once."""
    wordings = [wording for phrase in list_phrases(score) for wording in phrase.wordings]
    return dict.fromkeys(text for wording in wordings for text in (wording.said, *wording.twins))


def _count(routine: LoadedRoutine) -> int:
    """Return the fewest breaths and steps of a session, as far as they are written as plain numbers."""
    includes = [step.include for step in walk_steps(routine.model.steps) if isinstance(step, Include)]
    return _count_steps(routine.model.steps) + sum(_count(routine.included[name]) for name in includes)


def _count_steps(steps: Iterable[Model]) -> int:
    total = 0
    for step in steps:
        inner, span = find_block(step), getattr(step, "breathe", getattr(step, "move", None))
        rounds = getattr(inner, "rounds", 1)
        own = span.breaths if isinstance(span, Span) else span if isinstance(span, int) else 0
        total += 1 + own + (_count_steps(inner.steps) * (rounds if isinstance(rounds, int) else 1) if inner else 0)
    return total


def find_check_command(request: Request) -> str:
    """Return the command that lists all problems of a request; nothing if `check` would not find them.

    >>> from voicecoach.app.request import Request
    >>> find_check_command(Request("mine.yaml", voice="de"))
    'voicecoach check mine.yaml --voice de'
    """
    alike = replace(request.choices, breath=None, sides=LEFT_RIGHT, added=frozenset(), lead_in=Choices().lead_in)
    alike = replace(alike, settings={})
    if alike != Choices() or request.language or request.length:
        return ""
    options = {"--breaths": request.choices.breath, "--voice": request.voice, "--rate": request.rate}
    given = [word for option, value in options.items() if value for word in (option, str(value))]
    given += [word for name, value in request.choices.settings.items() for word in ("--set", f"{name}={value}")]
    return shlex.join(["voicecoach", "check", request.routine, *given])


@dataclass(frozen=True, slots=True)
class Ruler:
    """Measures words by speaking them, each once, up to `MOST_MEASURED`; the others are assumed to fit."""

    voice: Voice
    report: Report
    lengths: dict[str, Fraction] = field(default_factory=dict)
    left: set[str] = field(default_factory=set)
    longer: set[str] = field(default_factory=set)

    def measure_score(self, score: Score) -> Measure:
        """Measure the words of a score in all their wordings, and return a function with their lengths."""
        texts = _list_texts(score)
        self.longer.update(text for text in texts if len(text) > LONGEST_MEASURED)
        unknown = [text for text in texts if text not in self.lengths and text not in self.longer]
        most = MOST_MEASURED - len(self.lengths)
        self.left.update(unknown[most:])
        if isinstance(self.voice, CachedVoice):
            self.lengths.update(self.voice.measure_kept(unknown[:most]))
        missing = [text for text in unknown[:most] if text not in self.lengths]
        done = 0
        for some in _group(missing):
            for text, clip in zip(some, self.voice.speak(some), strict=True):
                self.lengths[text] = clip.seconds
                done += 1
                self.report("speaking", done, len(missing))
        return self._measure

    def _measure(self, said: str | Sound) -> Fraction:
        return measure_sound(said) if isinstance(said, Sound) else self._length(said)

    def _length(self, said: str) -> Fraction:
        if said in self.longer:
            return Fraction(len(said), FASTEST)
        return _UNMEASURED if said in self.left else self.lengths[said]

    def note_skipped(self, file: str) -> Iterator[Problem]:
        """Report how many wordings were not measured, if any."""
        where = Where(file, 1, 1)
        if self.left:
            what = f"the first {MOST_MEASURED:,} wordings were measured, and {len(self.left):,} after them were not"
            yield Problem(where, f"note: {what}", "'voicecoach plan' measures all of them")
        if self.longer:
            number = f"{len(self.longer):,} wordings" if len(self.longer) > 1 else "1 wording"
            verb = "were" if len(self.longer) > 1 else "was"
            what = f"{number} of more than {LONGEST_MEASURED:,} characters {verb} not measured"
            yield Problem(where, f"note: {what}", "'voicecoach plan' does that")


def _group(texts: Sequence[str]) -> Iterator[list[str]]:
    """Yield texts in groups of at most `TOGETHER` characters, or of one text."""
    group: list[str] = []
    size = 0
    for text in texts:
        if group and size + len(text) > TOGETHER:
            yield group
            group, size = [], 0
        group.append(text)
        size += len(text)
    if group:
        yield group


@dataclass(frozen=True, slots=True)
class _Attempt:
    """A routine performed at one breath: its problems, the words that are left out, and the timeline if it is kept."""

    pace: Pace
    problems: tuple[Problem, ...] = ()
    unsaid: tuple[Problem, ...] = ()
    timeline: Timeline | None = None

    def warnings(self, routine: LoadedRoutine) -> tuple[Problem, ...]:
        if self.timeline is None:
            return ()
        return (*self.unsaid, *lint_session(self.timeline, routine.file))


def _try_breaths(
    routine: LoadedRoutine, chosen: Choices, score: Score, asked: Sequence[Pace], ruler: Ruler
) -> Iterator[_Attempt]:
    """Perform a routine at its own breath and at those in ``asked``; of many timelines only the first is kept."""
    own = _try_breath(routine, chosen, ruler, score)
    for other in list_nights(routine, chosen)[1:]:
        more = _try_breath(routine, other, ruler).problems
        own = replace(own, problems=(*own.problems, *(each for each in more if each not in own.problems)))
    yield own
    tried = _thin_out(asked, own.timeline)
    for number, breath in enumerate(tried):
        attempt = _try_breath(routine, replace(chosen, breath=breath), ruler)
        ruler.report("trying", number + 1, len(tried))
        yield attempt if len(tried) == 1 else replace(attempt, timeline=None)


def _describe_tried(routine: LoadedRoutine, attempts: Sequence[_Attempt]) -> str:
    """Describe the breaths at which a routine was performed besides its own."""
    paces = list(dict.fromkeys(attempt.pace for attempt in attempts))
    if not paces:
        return ""
    which = f"{len(paces)} breaths from {paces[0]} to {paces[-1]}" if len(paces) > 1 else str(paces[0])
    return f"{routine.file}: tried at {which}"


def _thin_out(asked: Sequence[Pace], timeline: Timeline | None) -> Sequence[Pace]:
    """Leave breaths out evenly if the session is long, but never the first or the last."""
    size = len(timeline.phases) + len(timeline.cues) if timeline else 1
    every = math.ceil(len(asked) * size / MOST_LAID)
    return asked if every <= 1 else (*asked[:-1:every], asked[-1])


def _try_breath(routine: LoadedRoutine, choices: Choices, ruler: Ruler, written: Score | None = None) -> _Attempt:
    breathed = choose_pace(routine, choices)
    try:
        score = written or build(routine, choices)
        timeline = perform(score, ruler.measure_score(score), breathed, grid=GRID)
    except VoiceError:
        raise
    except VoicecoachError as error:
        return _Attempt(breathed, _list_problems(error, routine.file))
    return _Attempt(breathed, unsaid=timeline.unsaid, timeline=timeline)


def _choose_all(routine: LoadedRoutine, settings: Mapping[str, str]) -> Choices:
    """Choose every exercise, the optional ones too, and values of parameters."""
    return Choices(added=frozenset({"all"} if _has_optional(routine) else ()), settings=settings)


def _has_optional(routine: LoadedRoutine) -> bool:
    includes = (step for step in walk_steps(routine.model.steps) if isinstance(step, Include))
    return any(step.optional for step in includes) or any(map(_has_optional, routine.included.values()))


def _find_worst(attempts: Iterable[_Attempt], known: Sequence[Problem]) -> Iterator[Problem]:
    """Yield each problem once: at the breath where most is missing, with the number of other breaths that have it."""
    found: dict[tuple[Where, str], dict[Pace, Problem]] = defaultdict(dict)
    for attempt in attempts:
        for problem in attempt.problems:
            if problem not in known:
                found[problem.where, _words(problem)][attempt.pace] = problem
    for at in found.values():
        breath, worst = max(at.items(), key=lambda each: _lacks(each[1]))
        also = f" (the same or similar at {len(at) - 1} more of the breaths)" if len(at) > 1 else ""
        yield replace(worst, what=f"at {breath} {worst.what}{also}")


def _words(problem: Problem) -> str:
    return problem.words if isinstance(problem, Misfit) else problem.what


def _lacks(problem: Problem) -> Fraction | int:
    return problem.lacks if isinstance(problem, Misfit) else 0


def _note_shorter(attempt: _Attempt) -> Iterator[Problem]:
    for cue in attempt.timeline.cues if attempt.timeline else ():
        if cue.wording and cue.where and cue.track == "tone":
            yield Problem(cue.where, f"note: at {attempt.pace} a tone is played, because no words fit")
        elif cue.wording and cue.where:
            which = f"wording {cue.wording + 1} of {cue.wordings}"
            yield Problem(cue.where, f"note: at {attempt.pace} {which} is spoken: {quote(cue.text)}")


def _note_left_out(attempts: Iterable[_Attempt], known: Sequence[Problem]) -> Iterator[Problem]:
    """Report as notes, each once, the words that are left out because a listener's breath lacks their phase."""
    found: dict[Where, Problem] = {problem.where: problem for problem in known}
    for attempt in attempts:
        for problem in attempt.unsaid:
            if problem.where not in found:
                found[problem.where] = problem
                yield replace(problem, what=f"note: {problem.what}")


def _tree(routine: LoadedRoutine) -> Table:
    assert routine.tree is not None  # noqa: S101 - it was loaded
    return routine.tree


def _find_warnings(name: str) -> tuple[Problem, ...]:
    """Return the warnings about a routine with errors, if its form is right."""
    with suppress(VoicecoachError):
        path = find_routine(name)
        tree, _ = read_with_words(read_content(path, str(path)), path, str(path))
        if isinstance(tree, Table):
            return tuple(lint_routine(validate(tree), tree))
    return ()


def _list_problems(error: VoicecoachError, file: str) -> tuple[Problem, ...]:
    if isinstance(error, RoutineError):
        return error.problems
    what, *remedy = str(error).splitlines()
    return (Problem(Where(file, 1, 1), what, "; ".join(remedy)),)
