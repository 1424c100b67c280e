"""A routine looked over before it is played: what would be refused, at its own breath or others, and what is unwise."""

from __future__ import annotations

import math
import shlex
from collections import defaultdict
from contextlib import suppress
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import TYPE_CHECKING

from voicecoach.app import speaker
from voicecoach.app.session import Environment
from voicecoach.audio.formats import GRID
from voicecoach.audio.sounds import measure_sound
from voicecoach.core.breath import Span
from voicecoach.core.perform import perform
from voicecoach.core.score import Sound, phrases
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
from voicecoach.routine.checks import validated
from voicecoach.routine.library import find
from voicecoach.routine.lint import advised
from voicecoach.routine.loader import load
from voicecoach.routine.model import Include, block, walk
from voicecoach.routine.source import Table, read
from voicecoach.script.builder import build, pace
from voicecoach.script.choices import LEFT_RIGHT, Choices
from voicecoach.script.tally import MOST_STEPS
from voicecoach.system import cache
from voicecoach.views.session_lint import lint_session

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from voicecoach.app.request import Report, Request
    from voicecoach.core.breath import Pace
    from voicecoach.core.score import Score
    from voicecoach.core.timeline import Measure, Timeline
    from voicecoach.routine.loader import Routine
    from voicecoach.routine.model import Model
    from voicecoach.voices.port import Voice


MOST_PERFORMED = 8_000
"""Breaths and steps of a session that is performed to look at it, which takes a second; half a day has fewer."""
MOST_SPENT = 400_000
"""Characters of the words and values of a session that is performed to look at it; half a day of talk has fewer."""
MOST_MEASURED = 500
"""Wordings that are spoken to measure them: an hour has fewer, and a natural voice takes a quarter of a minute."""
LONGEST_MEASURED = 1_000
"""Characters of a wording that is spoken to measure it: the sound of a minute takes megabytes. A longer one is a text
of its own, in no phase, and is taken to be spoken at `FASTEST`."""
FASTEST = 25
"""Characters a second: no voice is faster, so what doesn't fit then does not fit at all."""
TOGETHER = 2_000
"""Characters that are spoken in one go: their sound is held until the last of them is spoken."""
MOST_LAID = 400_000
"""Phases and cues that are laid to try breaths; it takes some twenty seconds."""


_UNMEASURED = Fraction(1, 100)
"""Seconds that a wording is taken to last that was not measured: it fits anywhere."""


@dataclass(frozen=True, slots=True)
class Review:
    """What was found in a routine.

    Attributes:
        problems: What would be refused.
        warnings: What is unwise.
        notes: Where another wording is said than the longest.
        unmeasured: Why its words were not measured, where that is so.
        tried: At which breaths besides its own, where others were asked for.
    """

    problems: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()
    notes: tuple[Problem, ...] = ()
    unmeasured: str = ""
    tried: str = ""

    def lines(self) -> Iterator[str]:
        """Yield what is to be mended, in the order of the file: problems, and what is unwise as warnings."""
        warnings = [replace(each, what=f"warning: {each.what}") for each in self.warnings]
        yield from map(str, cut(order_problems([*map(name_options, self.problems), *warnings])))


@cache.enforce_limit()
def review(request: Request, asked: Sequence[Pace], folder: Path, report: Report) -> Review:
    """Look a routine over: as it is written, at its own breath, and at every breath that is asked for.

    Raises:
        ChoiceError: When there is no voice of that name.
    """
    return review_routine(lambda: load(request.routine), request, asked, Environment(folder, report))


def review_routine(
    read: Callable[[], Routine], request: Request, asked: Sequence[Pace], environment: Environment
) -> Review:
    """Look over what ``read`` returns, as ``review`` does; ``request`` says what it is called, and its voice.

    Raises:
        ChoiceError: When there is no voice of that name.
    """
    try:
        routine = read()
        warnings = tuple(advised(routine.sheet, _tree(routine)))
        score = build(routine, _whole(routine, None), MOST_PERFORMED, MOST_SPENT)
    except TooManyError:
        return _explain_untried(routine, warnings)
    except VoicecoachError as error:
        return Review(_problems(error, request.routine), _find_warnings(request.routine))
    try:
        find = environment.find or speaker.find_speaker
        ruler = Ruler(find(request, routine.words, environment.folder).voice, environment.report)
        own, *others = _attempts(routine, score, asked, ruler)
    except VoiceError as error:
        return Review(warnings=warnings, unmeasured=str(error))
    return _conclude(routine, warnings, own, others, ruler)


def _conclude(
    routine: Routine, warnings: tuple[Problem, ...], own: _Attempt, others: Sequence[_Attempt], ruler: Ruler
) -> Review:
    """Put together what was found at all breaths."""
    problems = [*own.problems, *_worst(others, own.problems)]
    notes = [note for attempt in (own, *others) for note in _shorter(attempt)]
    notes += _note_left_out(others, own.unsaid)
    notes += [replace(each, what=f"note: {each.what}") for each in own.timeline.grown] if own.timeline else []
    notes += ruler.skipped(routine.file)
    unwise, tried = (*warnings, *own.warnings(routine)), _tried(routine, others)
    return Review(tuple(order_problems(problems)), unwise, tuple(order_problems(notes)), tried=tried)


def _explain_untried(routine: Routine, warnings: tuple[Problem, ...]) -> Review:
    """Say that a session is too large to be performed here, or at all."""
    where = Where(routine.file, 1, 1)
    if _count(routine) > MOST_STEPS:
        what = f"the breaths and steps of this session are more than {MOST_STEPS:,}"
        return Review((Problem(where, what, "use fewer rounds or breaths"),), warnings)
    most = f"{MOST_PERFORMED:,} breaths and steps, or {MOST_SPENT:,} characters of words,"
    return _passed_over(routine, warnings, f"note: a session of more than {most} is not performed here")


def _passed_over(routine: Routine, warnings: tuple[Problem, ...], what: str) -> Review:
    """Say what was not tried."""
    note = Problem(Where(routine.file, 1, 1), what, "'voicecoach plan' does that")
    return Review(warnings=warnings, notes=(note,))


def _texts(score: Score) -> dict[str, None]:
    """Return every text that a session may say, each once."""
    wordings = [wording for phrase in phrases(score) for wording in phrase.wordings]
    return dict.fromkeys(text for wording in wordings for text in (wording.said, *wording.twins))


def _count(routine: Routine) -> int:
    """Return the fewest breaths and steps that a session has, by what is written as plain numbers."""
    includes = [step.include for step in walk(routine.sheet.steps) if isinstance(step, Include)]
    return _count_steps(routine.sheet.steps) + sum(_count(routine.included[name]) for name in includes)


def _count_steps(steps: Iterable[Model]) -> int:
    total = 0
    for step in steps:
        inner, span = block(step), getattr(step, "breathe", None)
        rounds = getattr(inner, "rounds", 1)
        own = span.breaths if isinstance(span, Span) else 0
        total += 1 + own + (_count_steps(inner.steps) * (rounds if isinstance(rounds, int) else 1) if inner else 0)
    return total


def command(request: Request) -> str:
    """Return the command that lists every problem of what is asked for; nothing where `check` would not see it.

    >>> from voicecoach.app.request import Request
    >>> command(Request("mine.yaml", voice="de"))
    'voicecoach check mine.yaml --voice de'
    """
    alike = replace(request.choices, breath=None, sides=LEFT_RIGHT, added=frozenset(), lead_in=Choices().lead_in)
    if alike != Choices() or request.language or request.length:
        return ""
    options = {"--breaths": request.choices.breath, "--voice": request.voice, "--rate": request.rate}
    given = [word for option, value in options.items() if value for word in (option, str(value))]
    return shlex.join(["voicecoach", "check", request.routine, *given])


@dataclass(frozen=True, slots=True)
class Ruler:
    """Measures words by having them spoken, each once, up to `MOST_MEASURED`; the others are taken to fit."""

    voice: Voice
    report: Report
    lengths: dict[str, Fraction] = field(default_factory=dict)
    left: set[str] = field(default_factory=set)

    def over(self, score: Score) -> Measure:
        """Return how long the words of a score take, in all their wordings."""
        unknown = [text for text in _texts(score) if text not in self.lengths and len(text) <= LONGEST_MEASURED]
        most = MOST_MEASURED - len(self.lengths)
        missing = unknown[:most]
        self.left.update(unknown[most:])
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
        if len(said) > LONGEST_MEASURED:
            return Fraction(len(said), FASTEST)
        return _UNMEASURED if said in self.left else self.lengths[said]

    def skipped(self, file: str) -> list[Problem]:
        """Tell how many wordings were not measured, if any."""
        if not self.left:
            return []
        what = f"note: the first {MOST_MEASURED:,} wordings were measured, and {len(self.left):,} after them were not"
        return [Problem(Where(file, 1, 1), what, "'voicecoach plan' measures all of them")]


def _group(texts: Sequence[str]) -> Iterator[list[str]]:
    """Yield texts in groups of neighbours of at most `TOGETHER` characters, or of one text."""
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
    """A routine performed at a breath: what is refused, what is left out, and the session, where it is looked at."""

    pace: Pace
    problems: tuple[Problem, ...] = ()
    unsaid: tuple[Problem, ...] = ()
    timeline: Timeline | None = None

    def warnings(self, routine: Routine) -> tuple[Problem, ...]:
        if self.timeline is None:
            return ()
        return (*self.unsaid, *lint_session(self.timeline, routine.file))


def _attempts(routine: Routine, score: Score, asked: Sequence[Pace], ruler: Ruler) -> Iterator[_Attempt]:
    """Perform a routine at its own breath and at those asked for; of many sessions only the first is kept."""
    own = _attempt(routine, None, ruler, score)
    yield own
    tried = _fewer(asked, own.timeline)
    for number, breath in enumerate(tried):
        attempt = _attempt(routine, breath, ruler)
        ruler.report("trying", number + 1, len(tried))
        yield attempt if len(tried) == 1 else replace(attempt, timeline=None)


def _tried(routine: Routine, attempts: Sequence[_Attempt]) -> str:
    """Say at which breaths a routine was performed besides its own."""
    paces = list(dict.fromkeys(attempt.pace for attempt in attempts))
    if not paces:
        return ""
    which = f"{len(paces)} breaths from {paces[0]} to {paces[-1]}" if len(paces) > 1 else str(paces[0])
    return f"{routine.file}: tried at {which}"


def _fewer(asked: Sequence[Pace], timeline: Timeline | None) -> Sequence[Pace]:
    """Leave breaths out, evenly, where the session is long; never the first or the last."""
    size = len(timeline.phases) + len(timeline.cues) if timeline else 1
    every = math.ceil(len(asked) * size / MOST_LAID)
    return asked if every <= 1 else (*asked[:-1:every], asked[-1])


def _attempt(routine: Routine, breath: Pace | None, ruler: Ruler, written: Score | None = None) -> _Attempt:
    choices = _whole(routine, breath)
    breathed = pace(routine, choices)
    try:
        score = written or build(routine, choices)
        timeline = perform(score, ruler.over(score), breathed, grid=GRID)
    except VoiceError:
        raise
    except VoicecoachError as error:
        return _Attempt(breathed, _problems(error, routine.file))
    return _Attempt(breathed, unsaid=timeline.unsaid, timeline=timeline)


def _whole(routine: Routine, breath: Pace | None) -> Choices:
    """Choose every exercise there is."""
    return Choices(breath=breath, added=frozenset({"all"} if _has_optional(routine) else ()))


def _has_optional(routine: Routine) -> bool:
    includes = (step for step in walk(routine.sheet.steps) if isinstance(step, Include))
    return any(step.optional for step in includes) or any(map(_has_optional, routine.included.values()))


def _worst(attempts: Iterable[_Attempt], known: Sequence[Problem]) -> Iterator[Problem]:
    """Yield each problem once: as it is at the breath where most is missing, and at how many others it is there."""
    found: dict[tuple[Where, str], dict[Pace, Problem]] = defaultdict(dict)
    for attempt in attempts:
        for problem in attempt.problems:
            if problem not in known:
                found[problem.where, _words(problem)][attempt.pace] = problem
    for at in found.values():
        breath, worst = max(at.items(), key=lambda each: _lacks(each[1]))
        also = f" (so too, or nearly, at {len(at) - 1} more of the breaths)" if len(at) > 1 else ""
        yield replace(worst, what=f"at {breath} {worst.what}{also}")


def _words(problem: Problem) -> str:
    return problem.words if isinstance(problem, Misfit) else problem.what


def _lacks(problem: Problem) -> Fraction | int:
    return problem.lacks if isinstance(problem, Misfit) else 0


def _shorter(attempt: _Attempt) -> Iterator[Problem]:
    for cue in attempt.timeline.cues if attempt.timeline else ():
        if cue.wording and cue.where and cue.track == "tone":
            yield Problem(cue.where, f"note: at {attempt.pace} a tone is heard, since no words fit")
        elif cue.wording and cue.where:
            which = f"wording {cue.wording + 1} of {cue.wordings}"
            yield Problem(cue.where, f"note: at {attempt.pace} {which} is said: {quote(cue.text)}")


def _note_left_out(attempts: Iterable[_Attempt], known: Sequence[Problem]) -> Iterator[Problem]:
    """Report as notes, each once, the words that listeners' breaths have no phase for."""
    found: dict[Where, Problem] = {problem.where: problem for problem in known}
    for attempt in attempts:
        for problem in attempt.unsaid:
            if problem.where not in found:
                found[problem.where] = problem
                yield replace(problem, what=f"note: {problem.what}")


def _tree(routine: Routine) -> Table:
    assert routine.tree is not None  # noqa: S101 - it was loaded
    return routine.tree


def _find_warnings(name: str) -> tuple[Problem, ...]:
    """Return what is unwise in a routine that is refused, if its form is right."""
    with suppress(VoicecoachError):
        path = find(name)
        tree = read(path, str(path))
        if isinstance(tree, Table):
            return tuple(advised(validated(tree), tree))
    return ()


def _problems(error: VoicecoachError, file: str) -> tuple[Problem, ...]:
    if isinstance(error, RoutineError):
        return error.problems
    what, *remedy = str(error).splitlines()
    return (Problem(Where(file, 1, 1), what, "; ".join(remedy)),)
