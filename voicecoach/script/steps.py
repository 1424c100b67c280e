"""The steps of a routine become scores, each for its side, its round and its values."""

from __future__ import annotations

from fractions import Fraction
from functools import partial
from typing import TYPE_CHECKING

from voicecoach.core.breath import Kind
from voicecoach.core.score import (
    CueKind,
    Label,
    Mark,
    Moment,
    Offset,
    Onset,
    Overrun,
    Pause,
    Phrase,
    Seq,
    Side,
    Slot,
    Sound,
    SpanKind,
    seq,
)
from voicecoach.errors import UnknownNameError
from voicecoach.routine.model import (
    Change,
    EachSide,
    Hold,
    Include,
    Play,
    Repeat,
    Rest,
    Say,
    Sided,
    find_block,
    is_collection,
)
from voicecoach.routine.model import PacedPart as PacedStep
from voicecoach.routine.phase_steps import BreathePhases, ByRound, LonePhase, Moves, Named
from voicecoach.routine.values import Words
from voicecoach.script.ahead import look_into, look_past
from voicecoach.script.choices import Guidance
from voicecoach.script.context import SENTENCE_GAP, TONES
from voicecoach.script.copying import replace
from voicecoach.script.exercises import enter, find_played, find_resting, open_exercise, pace_exercise
from voicecoach.script.guided import guide_breaths, guide_moves, take_phase
from voicecoach.script.moments import measure_longest, write_count, write_moments
from voicecoach.script.opening import PART_GAP
from voicecoach.script.pacing import write_paced
from voicecoach.script.resting import bend_rest, write_resting
from voicecoach.script.rounds import (
    announces,
    choose_between,
    count_asked,
    count_rounds,
    count_side_rounds,
    is_done,
    list_marks,
    list_played,
    list_turns,
    look_ahead,
    mark_turn,
    vary,
    warn_past,
)
from voicecoach.script.tags import is_unmarked, looks_ahead, mark_tags, write_tags
from voicecoach.script.utterances import choose_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from voicecoach.core.score import Score
    from voicecoach.routine.model import Block, Round
    from voicecoach.routine.phase_steps import Model
    from voicecoach.script.context import Context


def write_steps(steps: Iterable[Model], part: Context) -> Iterator[Score]:
    """Yield the score of each step that is to be done here, under the chapter that this place is in."""
    every = [*steps]
    for number, step in enumerate(every):
        part.add()
        if not is_done(step, part) or (part.tally.tagged and is_unmarked(step)):
            continue
        ahead = not part.tally.tagged or looks_ahead(step)
        place = replace(part, ahead=look_past(every[number + 1 :], part)) if ahead else part
        yield from _write_under_title(step, place)


def _write_under_title(step: Model, part: Context) -> Iterator[Score]:
    """Write a step; if a block before it began chapters of its own, return from them."""
    before = part.tally.chapter
    silent = part.between or is_collection((step,))
    returned = [] if silent or before == part.marked else [part.chapter()]
    score = _write_step(step, _take_side(step, part))
    if not (silent and find_block(step)) and not isinstance(step, Include) and score != Seq():
        part.tally.behind = "other"
    if returned and score == Seq():
        part.tally.chapter = before
        return
    yield from (*returned, score)


def _take_side(step: Model, part: Context) -> Context:
    side = vars(step).get("side")
    return replace(part, side=Side(side)) if side else part


def _write_step(step: Model, part: Context) -> Score:
    return write_tags(step, part, _write_whole) if part.tally.tagged else _write_whole(step, part)


def _write_whole(step: Model, part: Context) -> Score:  # noqa: C901, PLR0911 - one short branch for each step
    match step:
        case Say():
            return _write_say(step, part)
        case BreathePhases():
            return guide_breaths(step, part)
        case Moves():
            return guide_moves(step, part)
        case LonePhase():
            return take_phase(step, part)
        case Hold():
            return _write_hold(step, part)
        case Rest():
            return write_rest(step, part)
        case Play():
            return Sound(step.sound.text, file=part.routine.sounds.get(step.sound, ""))
        case EachSide() | Repeat():
            return seq(*_write_block(step, part))
        case PacedStep(pace=block):
            pacing = part.work_out_pace(block.breath, fixed=block.fixed)
            steps = partial(_write_chapter, block.steps, name=step.name)
            return write_paced(pacing, replace(part, paced=True), lambda inner: seq(*steps(inner)))
        case Include():
            return seq(*_write_include(step, part))
        case _:
            raise AssertionError(f"a step that has no place here: {step}")


def _write_include(step: Include, part: Context) -> Iterator[Score]:
    """Write an included routine, as much of it as is played, after a rest if an exercise has just ended."""
    inner = enter(step, part)
    played = next(find_played(inner.routine, part.choices, inner.inside.names, optional=inner.inside.optional), None)
    if played is None:
        return
    resting = find_resting(part)
    if resting and part.tally.behind == "exercise":
        place = resting.with_values(next=played.model.title)
        yield from (_write_step(rest, place) for rest in resting.routine.model.between)
        part.tally.behind = "other"
    marks = mark_tags(step, part) if part.tally.tagged else ()
    yield from (*marks[:1], write_routine(inner), *marks[1:])


def write_routine(part: Context) -> Score:
    """Write a routine: its title and its steps, or only the exercises that it includes."""
    steps = part.routine.model.steps
    if is_collection(steps):
        return seq(*write_steps(steps, part))
    gap = [Pause(PART_GAP)] if part.tally.behind else []
    part = part if part.whole else part.begin()
    opening = open_exercise(part)
    part.tally.behind = "other"
    written = pace_exercise(part, lambda inner: seq(opening, *write_steps(steps, inner)))
    part.tally.behind = "exercise"
    return seq(*gap, written)


def _write_block(step: EachSide | Repeat, part: Context) -> Iterator[Score]:
    """Write a block; if its author wants it to be one chapter, it is one, and its rounds and turns begin no others."""
    block = step.each_side if isinstance(step, EachSide) else step.repeat
    if block.chapters == "one":
        own = (part.fill(step.name, part.side),) if step.name else ()
        inside = replace(part, titles=(*part.titles, *part.listed, *own), listed=(), whole=True).begin()
        yield from list_marks(inside, part)
        part = inside
    if isinstance(block, Sided):
        yield from _write_turns(block, part, step.name)
    else:
        yield from _write_rounds(block, part, step.name)


def _write_chapter(steps: Sequence[Model], part: Context, name: str) -> Iterator[Score]:
    """Write steps as a chapter of their own, if they have a name and no round is around them."""
    if not name or not part.outermost or part.whole:
        yield from write_steps(steps, part)
        return
    inside = replace(part, titles=(*part.titles, part.fill(name, part.side))).begin()
    yield inside.chapter()
    yield from write_steps(steps, inside)


def write_rest(step: Rest, part: Context) -> Score:
    """Leave time; in free breaths it grows by whole ones if its words need them."""
    span = bend_rest(step, part)
    body, *longer = write_resting(step, span, part)
    label = _label(SpanKind.REST, step, part)
    return Slot(span, body, Overrun.GROW, (), part.beats.last, "rest", step.where, label, tuple(longer))


def _label(kind: SpanKind, step: Named, part: Context) -> Label:
    """Return what a step is on the timeline: without a name of its own, what is done in a hold is the item of a list.

    A name in braces that has no value here stays as it is.
    """
    try:
        name = part.fill(step.name, part.side)
    except UnknownNameError:
        name = step.name
    done = kind in {SpanKind.HOLD, SpanKind.SETTLE}
    return Label(kind, part.side, name or (part.item if done else ""))


def _write_say(step: Say, part: Context) -> Score:
    spoken = part.phrase(choose_words(step.say, part), CueKind.INSTRUCTION)
    if spoken == Seq() and step.settle is None:
        return spoken
    if not step.settle:
        return seq(spoken, Pause(SENTENCE_GAP, part.beats.last))
    settle, label = part.span(step.settle, empty=True), _label(SpanKind.SETTLE, step, part)
    return seq(spoken, Slot(settle, overrun=Overrun.REFUSE, beat=part.beats.last, where=step.where, label=label))


def _write_hold(step: Hold, part: Context) -> Score:
    """Hold for a time: its words, reminders at their moments, the countdown; then the release.

    If tones replace the words, a rising tone begins it and a falling tone ends it; a hold between rounds is a rest and
    has no tones.
    """
    released = step.release or (Words((part.word("countdown_release"),), step.where) if step.countdown else None)
    body, spoken = _write_edge(step.say, part, Kind.INHALE), _write_edge(released, part, Kind.EXHALE)
    span = part.span(step.hold)
    at = tuple(_list_moments(step, measure_longest(span, part) if step.at else Fraction(0), part))
    label = _label(SpanKind.REST if part.between else SpanKind.HOLD, step, part)
    held = Slot(span, body, Overrun.REFUSE, at, part.beats.last, "hold", step.where, label)
    after = _write_release(spoken, part)
    if not step.stretch:
        return seq(held, after)
    return seq(Mark(Moment.STRETCH, side=part.side), held, Mark(Moment.RELEASE, side=part.side), after)


def _write_release(released: Score, part: Context) -> Score:
    """Let the end of a hold be heard at the onset of what follows; between rounds it announces the coming one."""
    if not isinstance(released, Phrase | Sound):
        return Seq()
    gap = SENTENCE_GAP.rest if isinstance(released, Phrase) else Fraction(0)
    return Onset(released, gap, announces=part.between)


def _write_edge(words: Words | ByRound | None, part: Context, tone: Kind) -> Score:
    """Say the words that begin or end a hold, or sound its tone."""
    if part.guidance is Guidance.TONES:
        return Seq() if part.between else Sound(TONES[tone], CueKind.TONE, part.side)
    return part.phrase(choose_words(words, part), CueKind.BREATH, tone) if words else Seq()


def _list_moments(step: Hold, longest: Fraction, part: Context) -> Iterator[tuple[Offset, Score]]:
    """Yield what is heard during a hold of at most ``longest`` seconds, and when."""
    yield from write_moments(step.at, longest, part)
    if step.halfway:
        halfway = part.phrase(Words((part.word("halfway"),), step.where), CueKind.COUNT, Kind.HOLD)
        reminder = replace(halfway, kind=CueKind.REMINDER) if isinstance(halfway, Phrase) else halfway
        yield Offset(Fraction(1, 2), Fraction(0)), reminder
    for left in range(part.count(step.countdown) if step.countdown else 0, 0, -1):
        counted = part.phrase(Words((part.number(left),), step.where), CueKind.COUNT, Kind.HOLD)
        yield Offset(Fraction(1), Fraction(-left)), write_count(counted, Fraction(1), left, part)


def _write_before(block: Round, played: Sequence[int], part: Context, following: Side | None) -> Iterator[Score]:
    """Write what comes before the first round, which can be announced there; its own round is the one around it."""
    values = {**look_ahead(block, (0, played[0]), part), "rounds": str(len(played))} if block.before else {}
    ahead = look_into(block, 0, played, part, following if isinstance(block, Sided) else part.side)
    yield from write_steps(block.before, replace(part, values=values, following=following, between=True, ahead=ahead))


def _write_rounds(block: Block, part: Context, name: str) -> Iterator[Score]:
    """Repeat a block, with what is between its rounds, and nothing after the last.

    Its rounds are chapters if nothing is repeated around it, or if the author says so.
    """
    chosen = part.rounds if part.outermost else None
    rounds = count_rounds(block, part, chosen, part.more if part.outermost else None)
    if part.outermost and part.more is not None:
        part.freedoms.played.append(rounds)
    played = list_played(block, name, rounds, part)
    yield from _write_before(block, played, part, part.following) if played else ()
    before: Context | None = None
    for place in range(len(played)):
        part.add()
        coming = (place + 1, played[place + 1]) if place + 1 < len(played) else None
        turn = vary(block, place, played, part, coming)
        turn = replace(turn, again=part.again or place > 0, outermost=False)
        if coming:
            turn = replace(turn, ahead=look_into(block, coming[0], played, turn, turn.side))
        turn = mark_turn(block, name, turn, rounds, chaptered=part.outermost)
        steps = [(step, replace(before, between=True)) for step in block.between] if before else []
        yield from _write_announcement(steps, _begin_chapter(block, turn, part, steps), ())
        yield from write_steps(block.steps, turn)
        before = turn
    yield from warn_past(block, part, count_asked(block, part, chosen))


def _write_announcement(
    steps: Sequence[tuple[Model, Context]], begin: Sequence[Score], opening: Sequence[Score]
) -> Iterator[Score]:
    """Write what comes before a round or turn, each step at its place, and begin its chapter with what announces it.

    The words that open a turn are spoken in a change, if that is the last of the steps.
    """
    done = [(step, place) for step, place in steps if is_done(step, place)]
    first = next((number for number, (step, _) in enumerate(done) if announces(step)), len(done))
    for number, (step, place) in enumerate(done):
        mark = begin if number == first else ()
        if isinstance(step, Change):
            yield _write_change(step, place, mark, opening if number + 1 == len(done) else ())
        else:
            yield from (*mark, *write_steps([step], place))
    if first == len(done):
        yield from begin
    if not (done and isinstance(done[-1][0], Change)):
        yield from opening


def _write_turns(block: Sided, part: Context, name: str) -> Iterator[Score]:
    """Give each side its turns; the words that open a turn may be spoken while the sides change.

    Both turns of a round breathe the same breaths of the pace, and as many.
    """
    rounds = count_side_rounds(block, part)
    part.freedoms.played += [rounds[side] for side in part.choices.sides]
    played = {side: list_played(block, name, count, replace(part, side=side)) for side, count in rounds.items()}
    turns = list(list_turns(block, part, {side: len(numbers) for side, numbers in played.items()}))
    yield from _write_before(block, played[turns[0][1]], part, turns[0][1]) if turns else ()
    beats, farthest, last = part.beats, part.beats.taken, part.beats.last
    begun: dict[int, int] = {}
    places: dict[int, tuple[int, int]] = {}
    before: Context | None = None
    for (number, side), (following, other) in zip(turns, [*turns[1:], (None, None)], strict=False):
        part.add()
        start = begun.setdefault(number, farthest)
        here = replace(part, side=side, following=other, again=part.again or number > 0, outermost=False)
        if other and following is not None:
            here = replace(here, ahead=look_into(block, following, played[other], here, other))
        coming = (following, played[other][following]) if other and following is not None else None
        varied = vary(block, number, played[side], here, coming)
        turn = mark_turn(block, name, varied, rounds[side], chaptered=True)
        opening, others = _part_opening([step for step in block.steps if is_done(step, turn)])
        beats.go(start)
        between = [*_list_between(block, before, turn)] if before else []
        begin, opened = _begin_chapter(block, turn, part, between), list(write_steps(opening, turn))
        beats.go(start, last)
        yield from _write_announcement(between, begin, opened)
        beats.go(start)
        part.freedoms.go(places.setdefault(number, part.freedoms.place))
        yield from write_steps(others, turn)
        part.freedoms.go_on()
        before, farthest, last = turn, max(farthest, beats.taken), beats.last if beats.taken > start else last
    beats.go(farthest, last)
    asked = (count_asked(block, replace(part, side=side), part.choices.rounds) for side in rounds)
    yield from warn_past(block, part, max(asked))


def _begin_chapter(
    block: Round, turn: Context, part: Context, between: Sequence[tuple[Model, Context]]
) -> Sequence[Score]:
    """Begin the chapter of a round or turn; if an include is first, that of its exercise, if it is announced."""
    if turn.whole or turn.marked == part.marked or not is_collection(block.steps[:1]):
        return list_marks(turn, part)
    first = next((step for step in block.steps if is_done(step, turn)), None)
    announced = any(announces(step) and is_done(step, place) for step, place in between)
    if not announced or not isinstance(first, Include):
        return []
    inner = enter(first, turn)
    played = find_played(inner.routine, turn.choices, inner.inside.names, optional=inner.inside.optional)
    return [inner.begin().chapter()] if inner.routine in played else []


def _part_opening(steps: Sequence[Model]) -> tuple[Sequence[Model], Sequence[Model]]:
    """Part the words that open a turn from what is done in it."""
    spoken = next((index for index, step in enumerate(steps) if not isinstance(step, Say)), len(steps))
    return steps[:spoken], steps[spoken:]


def _list_between(block: Sided, before: Context, turn: Context) -> Iterator[tuple[Model, Context]]:
    """Yield what is between two turns, each step with its place.

    A change happens only if the side changes, and belongs to the coming turn.
    """
    changes = before.side is not turn.side
    resting = replace(before, between=True)
    coming = {f"next {name}": turn.values[name] for name in (*block.vary, "round")}
    changing = replace(turn, values={**turn.values, **coming}, following=turn.side)
    for step in choose_between(block, before, turn):
        if changes or not isinstance(step, Change):
            yield step, changing if isinstance(step, Change) else resting


def _write_change(step: Change, turn: Context, mark: Sequence[Score], opening: Sequence[Score]) -> Score:
    turn.tally.behind = "other"
    if turn.tally.tagged:
        return seq(*mark, *mark_tags(step, turn), *opening)
    words = choose_words(step.say or Words((turn.word("change"),)), turn)
    body = seq(*mark, turn.phrase(words, CueKind.CHANGE), Pause(SENTENCE_GAP), *opening)
    label = _label(SpanKind.CHANGE, step, turn)
    return Slot(turn.span(step.change), body, beat=turn.beats.last, name="change", where=step.where, label=label)
