"""The steps of a routine become scores, each for its side, its round and its values."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import zip_longest
from typing import TYPE_CHECKING

from voicecoach.breath import NAMES, Kind, Span
from voicecoach.choices import LEFT_RIGHT
from voicecoach.part import Beats
from voicecoach.score import (
    Breathe,
    CueKind,
    Mark,
    Moment,
    Offset,
    Overrun,
    Paced,
    Pause,
    Seq,
    Side,
    Slot,
    Sound,
    seq,
)
from voicecoach.sheet import (
    BreathePhases,
    ByRound,
    Change,
    EachSide,
    Growing,
    Hold,
    PerSide,
    Phase,
    Play,
    Repeat,
    Rest,
    Say,
    Sided,
)
from voicecoach.sheet import (
    Paced as PacedStep,
)
from voicecoach.texts import Words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from voicecoach.breath import Pace
    from voicecoach.formula import Formula
    from voicecoach.part import Part
    from voicecoach.score import Score
    from voicecoach.sheet import Block, Model, Round

SENTENCE_GAP = Span(rest=Fraction(3, 4))


def scores(steps: Iterable[Model], part: Part) -> Iterator[Score]:
    """Yield the score of each step that is to be done here."""
    for step in steps:
        if is_done(step, part):
            yield _score(step, _sided(step, part))


def is_done(step: Model, part: Part) -> bool:
    """Tell whether a step is done: not when it is skipped by name, or is for other rounds or the other side."""
    name, only = getattr(step, "name", ""), getattr(step, "only", None)
    if name and name in part.choices.skipped:
        return False
    number, rounds = part.round
    asked = {
        "first": number == 0,
        "last": number == rounds - 1,
        "not first": number > 0,
        "not last": number < rounds - 1,
        "left": part.side is Side.LEFT,
        "right": part.side is Side.RIGHT,
    }
    return only is None or asked[only]


def _sided(step: Model, part: Part) -> Part:
    side = getattr(step, "side", None)
    return replace(part, side=Side(side)) if side else part


def _score(step: Model, part: Part) -> Score:  # noqa: PLR0911 - one short branch for each step
    match step:
        case Say():
            return _say(step, part)
        case BreathePhases():
            return _breathing(step, part)
        case Phase():
            return _phase(step, part)
        case Hold():
            return _hold(step, part)
        case Rest():
            return rest(step, part)
        case Play():
            return Sound(step.sound.text)
        case EachSide(each_side=block):
            return seq(*_turns(block, part))
        case Repeat(repeat=block):
            return seq(*_rounds(block, part))
        case PacedStep(pace=block):
            return paced(block.breath, part, lambda inner: seq(*scores(block.steps, inner)), fixed=block.fixed)
        case _:
            raise AssertionError(f"a step that has no place here: {step}")


def paced(pace: Pace, part: Part, write: Callable[[Part], Score], *, fixed: bool) -> Score:
    """Write a part at a pace of its own; the listener's goes before it, unless it is fixed."""
    if part.choices.breath and not fixed:
        return write(part)
    return Paced(pace, write(replace(part, pace=pace, beats=Beats())))


def rest(step: Rest, part: Part) -> Score:
    """Leave time; in free breaths it grows by whole ones if its words need them."""
    span = _bent(part.span(step.rest), step, part)
    body = part.phrase(step.say, CueKind.INSTRUCTION) if step.say else Seq()
    return Slot(span, body, beat=part.beats.last)


def _bent(span: Span, step: Rest, part: Part) -> Span:
    """Give or take breaths where the author leaves room for it."""
    if step.least is None and step.most is None:
        return span
    least = part.span(step.least) if step.least else span
    most = part.span(step.most) if step.most else span
    if not span.in_breaths:
        more = part.choices.amount.rests * SECONDS_A_STEP
        return Span(rest=min(max(span.rest + more, least.rest), most.rest))
    count = min(max(span.breaths + part.choices.amount.rests, least.breaths), most.breaths)
    return replace(span, breaths=count)


SECONDS_A_STEP = 5
"""Seconds by which a rest that is given in seconds is made longer or shorter at a time."""


def _say(step: Say, part: Part) -> Score:
    words = step.say if isinstance(step.say, Words) else _by_round(step.say, part)
    spoken = part.phrase(words, CueKind.INSTRUCTION)
    if spoken == Seq() and step.settle is None:
        return spoken
    settle = part.span(step.settle) if step.settle else SENTENCE_GAP
    return seq(spoken, Pause(settle, part.beats.last))


def _by_round(words: ByRound, part: Part) -> Words:
    return words.again if part.again else words.first


def _breathing(step: BreathePhases, part: Part) -> Score:
    if step.breath:
        return paced(step.breath, part, lambda inner: _breaths(step, inner), fixed=step.fixed)
    return _breaths(step, part)


def _breaths(step: BreathePhases, part: Part) -> Score:
    """Guide breaths; where they are a stretch, it lasts to their end, or to the exhale that returns."""
    count = _count(step, part)
    taken = [_breath(step, number, count, part) for number in range(count)]
    if step.stretch is None:
        return seq(*taken)
    stretch, release = (Mark(moment, side=part.side) for moment in (Moment.STRETCH, Moment.RELEASE))
    return seq(stretch, *taken, *([release] if step.stretch == "all" else []))


def _count(step: BreathePhases, part: Part) -> int:
    count = part.breaths(part.span(step.breathe))
    if step.least is None and step.most is None:
        return count
    least = part.count(step.least) if step.least else count
    most = part.count(step.most) if step.most else count
    return min(max(count + part.choices.amount.breaths, least), most)


def _breath(step: BreathePhases, number: int, count: int, part: Part) -> Score:
    counted = part.having(count=str(number + 1), count_down=str(count - number))
    words = list(_spoken(step.spoken, number, count, counted))
    if number == count - 1 and step.stretch == "to last out":
        release = Mark(Moment.RELEASE, side=part.side)
        last = next((each for each in words if each[:2] == (Kind.EXHALE, 1)), (Kind.EXHALE, 1, Seq()))
        words = [*(each for each in words if each != last), (Kind.EXHALE, 1, seq(release, last[2]))]
    part.beats.taken += 1
    return Breathe(tuple(words), part.side, _phase_sides(step), beat=part.beats.last)


def _phase_sides(step: BreathePhases) -> tuple[tuple[Kind, Side], ...]:
    if step.sides is None:
        return ()
    named = ((kind, getattr(step.sides, "in_" if name == "in" else name)) for name, kind in NAMES.items())
    return tuple((kind, Side(side)) for kind, side in named if side)


def _spoken(spoken: Mapping[str, Words], number: int, count: int, part: Part) -> Iterator[tuple[Kind, int, Score]]:
    """Yield what is said in a breath: of the words that are meant for it, the most special."""
    for name, kind in NAMES.items():
        for nth in range(1, 10):
            key = name if nth == 1 else f"{name} {nth}"
            found = next((spoken[which + key] for which in _which(number, count) if which + key in spoken), None)
            if found:
                yield kind, nth, part.phrase(found, _kind(found), tone=kind)


def _which(number: int, count: int) -> Iterator[str]:
    """Yield what a breath can be called, the most special first."""
    if number == count - 1:
        yield "last "
    if number == 0:
        yield "first "
    yield f"{number + 1} "
    yield from (f"every {every} " for every in range(9, 1, -1) if (number + 1) % every == 0)
    yield "even " if number % 2 else "odd "
    yield ""


def _kind(words: Words) -> CueKind:
    counted = {"{count}", "{count down}"}
    return CueKind.COUNT if counted & set(words.wordings) else CueKind.BREATH


def _phase(step: Phase, part: Part) -> Score:
    """Take a lone phase of the breath."""
    ((kind, _, spoken),) = list(_spoken(step.spoken, 0, 1, part))[:1]
    part.beats.taken += 1
    return Breathe(((kind, 1, spoken),), part.side, only=kind, beat=part.beats.last)


def _hold(step: Hold, part: Part) -> Score:
    """Hold for a time: its words, reminders at their moments, the countdown; then the release."""
    moments = [(at, part.phrase(words, CueKind.REMINDER)) for at, words in step.at.items()]
    if step.halfway:
        moments.append((Offset(Fraction(1, 2), Fraction(0)), part.sentence(part.word("halfway"), CueKind.REMINDER)))
    for left in range(step.countdown or 0, 0, -1):
        at = Offset(Fraction(1), Fraction(-left))
        moments += [(at, part.sentence(part.number(left), CueKind.COUNT))]
    body = part.phrase(step.say, CueKind.INSTRUCTION) if step.say else Seq()
    held = Slot(part.span(step.hold), body, Overrun.REFUSE, tuple(moments), part.beats.last)
    after = seq(part.phrase(step.release, CueKind.INSTRUCTION), Pause(SENTENCE_GAP)) if step.release else Seq()
    if not step.stretch:
        return seq(held, after)
    return seq(Mark(Moment.STRETCH, side=part.side), held, Mark(Moment.RELEASE, side=part.side), after)


def rounds_of(block: Round, part: Part, chosen: int | None, written: int | Formula | None) -> int:
    """How many rounds a block has: those that are chosen, else its own; at most as many as its author allows."""
    longest = max([len(values) for values in block.vary.values() if not isinstance(values, Growing)], default=1)
    count = chosen or (longest if written is None else part.count(written))
    return min(count, part.count(block.most)) if block.most else count


def _past(block: Round, part: Part, chosen: int | None) -> Iterator[Score]:
    """Say what the author says to who asks for more rounds than are good."""
    if block.past and block.most and chosen and chosen > part.count(block.most):
        yield seq(part.phrase(block.past, CueKind.INSTRUCTION), Pause(SENTENCE_GAP))


def _varied(block: Round, number: int, rounds: int, part: Part) -> Part:
    """Give the names of a round their values, and those of the next round under ``next``."""
    values = {"round": str(number + 1), "rounds": str(rounds)}
    for name, given in block.vary.items():
        values[name] = _value(given, number)
        values[f"next {name}"] = _value(given, number + 1)
    return replace(part, values={**part.values, **values}, round=(number, rounds))


def _value(given: tuple[str, ...] | Growing, number: int) -> str:
    if not isinstance(given, Growing):
        return given[number % len(given)]
    step = given.step.strip()
    sign, size = ("-", step[1:].strip()) if step.startswith("-") else ("+", step)
    return f"{given.from_} {sign} {size} * {number}"


def _rounds(block: Block, part: Part) -> Iterator[Score]:
    """Repeat a block, with what is between its rounds, and nothing after the last."""
    chosen = part.rounds if part.outermost else None
    rounds = rounds_of(block, part, chosen, block.rounds)
    for number in range(rounds):
        turn = replace(_varied(block, number, rounds, part), again=part.again or number > 0, outermost=False)
        if part.outermost and rounds > 1:
            yield part.chapter(part.word("round", number=number + 1))
        yield from scores(block.steps, turn)
        if number < rounds - 1:
            yield from scores(block.between, turn)
    yield from _past(block, part, chosen)


def _turns(block: Sided, part: Part) -> Iterator[Score]:
    """Give each side its turns; the words that open a turn may be spoken while the sides change.

    Both turns of a round breathe the same breaths of the pace.
    """
    rounds, chosen = side_rounds(block, part), part.choices.rounds
    begun: dict[int, int] = {}
    farthest = part.beats.taken
    before: Part | None = None
    for number, side in order(block, part, rounds):
        part.beats.taken = begun.setdefault(number, farthest)
        turn = replace(
            _varied(block, number, rounds[side], part), side=side, again=part.again or number > 0, outermost=False
        )
        opening, others = _opened(block.steps)
        begin = seq(_turn_chapter(turn, side, number), *scores(opening, turn))
        yield from _between(block, before, turn, begin) if before else [begin]
        yield from scores(others, turn)
        before, farthest = turn, max(farthest, part.beats.taken)
    part.beats.taken = farthest
    yield from _past(block, part, chosen)


def side_rounds(block: Sided, part: Part) -> dict[Side, int]:
    """How many rounds each side has."""
    written, chosen = block.rounds, part.choices.rounds
    if isinstance(written, PerSide):
        each = {Side.LEFT: written.left, Side.RIGHT: written.right}
        return {side: rounds_of(block, part, chosen, each[side]) for side in LEFT_RIGHT}
    return dict.fromkeys(LEFT_RIGHT, rounds_of(block, part, chosen, written))


def order(block: Sided, part: Part, rounds: Mapping[Side, int]) -> Iterator[tuple[int, Side]]:
    """Yield the turns: their round, from 0, and their side."""
    first = part.choices.first or Side(block.first)
    sides = [side for side in sorted(LEFT_RIGHT, key=lambda side: side is not first) if side in part.choices.sides]
    if block.order == "blocked":
        yield from ((number, side) for side in sides for number in range(rounds[side]))
    else:
        turns = zip_longest(*([(number, side) for number in range(rounds[side])] for side in sides))
        yield from (turn for both in turns for turn in both if turn)


def _opened(steps: Sequence[Model]) -> tuple[Sequence[Model], Sequence[Model]]:
    """Part the words that open a turn from what is done in it."""
    spoken = next((index for index, step in enumerate(steps) if not isinstance(step, Say)), len(steps))
    return steps[:spoken], steps[spoken:]


def _turn_chapter(part: Part, side: Side, number: int) -> Mark:
    return part.chapter(f"{part.word(side.value)}, {part.word('round', number=number + 1)}", side)


def _between(block: Sided, before: Part, turn: Part, begin: Score) -> Iterator[Score]:
    """Lay what is between two turns; a change is only made where the side changes."""
    changes = before.side is not turn.side
    steps = [step for step in block.between if changes or not isinstance(step, Change)]
    for step in steps[:-1]:
        yield _change(step, turn, Seq()) if isinstance(step, Change) else seq(*scores([step], before))
    if steps and isinstance(steps[-1], Change):
        yield _change(steps[-1], turn, begin)
    else:
        yield from scores(steps[-1:], before)
        yield begin


def _change(step: Change, turn: Part, begin: Score) -> Score:
    words = step.say or Words((turn.word("change"),))
    body = seq(turn.phrase(words, CueKind.CHANGE), Pause(SENTENCE_GAP), begin)
    return Slot(turn.span(step.change), body, beat=turn.beats.last)
