"""The steps of a routine become scores, each for its side, its round and its values."""

from __future__ import annotations

import math
from dataclasses import replace
from fractions import Fraction
from itertools import zip_longest
from typing import TYPE_CHECKING

from voicecoach.core.breath import NAMES, Kind, Span
from voicecoach.core.score import (
    Breathe,
    CueKind,
    Mark,
    Moment,
    Offset,
    Onset,
    Overrun,
    Paced,
    Pause,
    Phrase,
    Seq,
    Side,
    Slot,
    Sound,
    seq,
)
from voicecoach.errors import ChoiceError, UnknownNameError, quote
from voicecoach.routine.formula import Formula, worked_out
from voicecoach.routine.model import (
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
    said,
)
from voicecoach.routine.model import (
    Paced as PacedStep,
)
from voicecoach.routine.phase_keys import find_key, list_intervals, name_breath, read_phase_key
from voicecoach.routine.values import Words
from voicecoach.script.choices import LEFT_RIGHT, Guidance, Spread
from voicecoach.script.context import TONES
from voicecoach.script.pacing import Pacing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from voicecoach.core.breath import Breath, Pace
    from voicecoach.core.score import Score
    from voicecoach.routine.model import Block, Model, Round
    from voicecoach.script.context import Part

SENTENCE_GAP = Span(rest=Fraction(3, 4))
PhaseSides = tuple[tuple[Kind, Side], ...]
MOST_ROUNDS = 10_000


def scores(steps: Iterable[Model], part: Part) -> Iterator[Score]:
    """Yield the score of each step that is to be done here, under the chapter that this place is in."""
    for step in steps:
        part.add()
        if is_done(step, part):
            yield from _titled(step, part)


def _titled(step: Model, part: Part) -> Iterator[Score]:
    """Write a step; where a block before it began chapters of its own, return from them."""
    before = part.tally.chapter
    returned = [] if part.between or before == part.own_chapter else [part.chapter()]
    score = _score(step, _sided(step, part))
    if returned and score == Seq():
        part.tally.chapter = before
        return
    yield from (*returned, score)


def is_done(step: Model, part: Part) -> bool:
    """Tell whether a step is done: not when it is skipped by name, or is for other rounds or the other side.

    A side of its own is left out of the other side's track, but not where it is a part of that side's turn.
    """
    name, only, side = (getattr(step, key, None) for key in ("name", "only", "side"))
    if name and is_skipped(name, part):
        return False
    if side in LEFT_RIGHT and part.side is None and side not in part.choices.sides:
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


def is_skipped(name: str, part: Part) -> bool:
    """Tell whether the listener leaves out what has this name, whatever its capitals."""
    return name.casefold() in {skipped.casefold() for skipped in part.choices.skipped}


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
            return Sound(step.sound.text, file=part.routine.sounds.get(step.sound, ""))
        case EachSide(each_side=block):
            return seq(*_turns(block, part, step.name))
        case Repeat(repeat=block):
            return seq(*_rounds(block, part, step.name))
        case PacedStep(pace=block):
            return paced(
                part.own_pace(block.breath),
                part,
                lambda inner: seq(*_chaptered(block.steps, inner, step.name)),
                fixed=block.fixed,
            )
        case _:
            raise AssertionError(f"a step that has no place here: {step}")


def _chaptered(steps: Sequence[Model], part: Part, name: str) -> Iterator[Score]:
    """Write steps as a chapter of their own, if they have a name and no round is around them."""
    if not name or not part.outermost:
        yield from scores(steps, part)
        return
    inside = replace(part, titles=(*part.titles, part.filled(name, part.side)))
    yield inside.chapter()
    yield from scores(steps, inside)


def paced(pace: Pace, part: Part, write: Callable[[Part], Score], *, fixed: bool) -> Score:
    """Write a part at a pace of its own, if that does not yield to the listener's."""
    if Pacing(pace, fixed).yields(part.choices.breath):
        return write(replace(part, written=pace))
    return Paced(pace, write(replace(part, pace=pace, written=pace, beats=part.tally.begin())))


def rest(step: Rest, part: Part) -> Score:
    """Leave time; in free breaths it grows by whole ones if its words need them."""
    span = _bent(part.span(step.rest), step, part)
    body = part.phrase(_by_round(step.say, part), CueKind.INSTRUCTION) if step.say else Seq()
    return Slot(span, body, beat=part.beats.last, name="rest", where=step.where)


def _bent(span: Span, step: Rest, part: Part) -> Span:
    """Give or take breaths where the author leaves room for it."""
    if step.least is None and step.most is None:
        return span
    least = part.span(step.least) if step.least else span
    most = part.span(step.most) if step.most else span
    alike = all(each.in_breaths is span.in_breaths and not each.least for each in (span, least, most))
    part.tally.timed |= not alike or part.choices.amount.rests != Spread()
    if span.in_breaths:
        bounds = _in_breaths(least, part.shortest, math.ceil), _in_breaths(most, part.longest, math.floor)
        return replace(span, breaths=part.room.rests.bend(part.choices.amount.rests, span.breaths, *bounds))
    breath = part.shortest.seconds
    fewer, more = span.rest - least.seconds(part.longest), most.seconds(part.shortest) - span.rest
    bent = part.room.rests.bend(part.choices.amount.rests, 0, -math.floor(fewer / breath), math.floor(more / breath))
    part.tally.timed |= bool(bent)
    return Span(rest=span.rest + bent * breath)


def _in_breaths(span: Span, breath: Breath, whole: Callable[[Fraction], int]) -> int:
    """Count a bound in breaths, such that a bound in seconds is kept whatever the breath."""
    return span.count(breath) if span.in_breaths else whole(span.rest / breath.seconds)


def _say(step: Say, part: Part) -> Score:
    spoken = part.phrase(_by_round(step.say, part), CueKind.INSTRUCTION)
    if spoken == Seq() and step.settle is None:
        return spoken
    settle = part.span(step.settle, empty=True) if step.settle else SENTENCE_GAP
    return seq(spoken, Pause(settle, part.beats.last))


def _by_round(words: Words | ByRound, part: Part) -> Words:
    if isinstance(words, Words):
        return words
    return words.again if part.again else words.first


def _breathing(step: BreathePhases, part: Part) -> Score:
    if step.breath:
        return paced(part.own_pace(step.breath), part, lambda inner: _breaths(step, inner), fixed=step.fixed)
    return _breaths(step, part)


def _breaths(step: BreathePhases, part: Part) -> Score:
    """Guide breaths; where they are a stretch, it lasts to their end, or to the exhale that returns."""
    count, lines = _count(step, part), Lines(step.spoken, part, _phase_sides(step))
    taken = [_breath(step, number, count, part, lines) for number in range(count)]
    past = _too_many(step, part)
    if step.stretch is None:
        return seq(*taken, *past)
    stretch, release = (Mark(moment, side=part.side) for moment in (Moment.STRETCH, Moment.RELEASE))
    return seq(stretch, *taken, *([release] if step.stretch == "all" else []), *past)


def _too_many(step: BreathePhases, part: Part) -> Iterator[Score]:
    """Say what the author says to who asks for more breaths than are good."""
    if step.past and step.most and part.breaths(step.breathe) > part.count(step.most):
        yield _spoken_past(step.past, part)


def _spoken_past(words: Words, part: Part) -> Score:
    return seq(part.phrase(words, CueKind.NOTICE), Pause(SENTENCE_GAP))


def _count(step: BreathePhases, part: Part) -> int:
    if step.least is None and step.most is None:
        return part.breaths(step.breathe)
    return part.room.breaths.bend(part.choices.amount.breaths, *_bounds(step, part))


def _bounds(step: BreathePhases, part: Part) -> tuple[int, int, int]:
    """Return the breaths that are written, the fewest and the most."""
    count = part.breaths(step.breathe)
    least = part.count(step.least) if step.least else count
    return count, least, part.count(step.most) if step.most else count


def _breath(step: BreathePhases, number: int, count: int, part: Part, lines: Lines) -> Score:
    part.add()
    words = list(lines.during(number, count))
    if number == count - 1 and step.stretch == "to last out":
        release = Mark(Moment.RELEASE, side=part.side)
        last = next((each for each in words if each[:2] == (Kind.EXHALE, 1)), (Kind.EXHALE, 1, Seq()))
        words = [*(each for each in words if each != last), (Kind.EXHALE, 1, seq(release, last[2]))]
    beat = part.beats.take()
    return Breathe(tuple(words), part.side, lines.sides, beat=beat, unworded=lines.unworded(words))


def _phase_sides(step: BreathePhases) -> PhaseSides:
    if step.sides is None:
        return ()
    named = ((kind, getattr(step.sides, "in_" if name == "in" else name)) for name, kind in NAMES.items())
    return tuple((kind, Side(side)) for kind, side in named if side)


class Lines:
    """What is said in the breaths of a step. Words in which nothing changes from breath to breath are written once."""

    def __init__(self, spoken: Mapping[str, Words | ByRound], part: Part, sides: PhaseSides = ()) -> None:
        """Take what the author wrote for each key, as it is in this round."""
        self.spoken = {key: _by_round(words, part) for key, words in spoken.items()}
        self.part, self.sides = part, sides
        self.phases, self.intervals = sorted({read_phase_key(key) for key in spoken}), list_intervals(spoken)
        self.written: dict[str, Score] = {}
        self.owned: dict[Kind, Score] = {}

    def during(self, number: int, count: int) -> Iterator[tuple[Kind, int, Score]]:
        """Yield what is said in a breath: of the words that are meant for it, the most special."""
        names = tuple(name_breath(number, count, self.intervals))
        for phase, kind, nth in self.phases:
            key = find_key(phase, names, self.spoken)
            if key:
                yield kind, nth, self.written[key] if key in self.written else self._write(key, kind, number, count)

    def unworded(self, words: Iterable[tuple[Kind, int, Score]]) -> tuple[tuple[Kind, Score], ...]:
        """Return what is said in phases that the author's breath does not have: nobody can see them with closed eyes.

        Only after a phase that has words in this breath; where the author is silent, so is the program.
        """
        worded = {kind for kind, _, score in words if score != Seq()}
        return tuple(
            (kind, self._own(kind)) for kind, (before, _) in _AFTER.items() if before in worded and self._own(kind)
        )

    def _own(self, kind: Kind) -> Score:
        """Return the program's words for a kind of phase; nothing where the author's breath has it, or words for it."""
        if kind not in self.owned:
            own = self.part.written or self.part.routine.sheet.breath
            has = {phase.kind for point in own.points for phase in point.phases} | {each for _, each, _ in self.phases}
            self.owned[kind] = Seq() if kind in has else self.part.own_phrase(_AFTER[kind][1], kind)
        return self.owned[kind]

    def _write(self, key: str, kind: Kind, number: int, count: int) -> Score:
        words, part = self.spoken[key], self.part
        counted = part.having(count=str(number + 1), count_down=str(count - number))
        side = dict(self.sides).get(kind, part.side)
        score = replace(counted, side=side).phrase(words, _kind(words), tone=kind)
        if words.blanks().isdisjoint(counted.values):
            self.written[key] = score
        return score


_AFTER = {Kind.HOLD: (Kind.INHALE, "hold"), Kind.PAUSE: (Kind.EXHALE, "empty")}
"""The phases that a listener's breath may have besides the author's: what each follows, and the program's words."""


def _kind(words: Words) -> CueKind:
    counted = {"{count}", "{count down}"}
    return CueKind.COUNT if counted & {wording.lower() for wording in words.wordings} else CueKind.BREATH


def _phase(step: Phase, part: Part) -> Score:
    """Take a lone phase of the breath."""
    ((kind, _, spoken),) = Lines(step.spoken, part).during(0, 1)
    return Breathe(((kind, 1, spoken),), part.side, only=kind, beat=part.beats.take())


def _hold(step: Hold, part: Part) -> Score:
    """Hold for a time: its words, reminders at their moments, the countdown; then the release.

    Where tones are heard in place of words, a rising one begins it and a falling one ends it; what is held between
    rounds is a rest, and has neither.
    """
    released = step.release or (Words((part.word("countdown_release"),), step.where) if step.countdown else None)
    body, spoken = _begun(step.say, part, Kind.INHALE), _begun(released, part, Kind.EXHALE)
    at = tuple(_moments(step, part))
    held = Slot(part.span(step.hold), body, Overrun.REFUSE, at, part.beats.last, "hold", step.where)
    after = _at_onset(spoken, part)
    if not step.stretch:
        return seq(held, after)
    return seq(Mark(Moment.STRETCH, side=part.side), held, Mark(Moment.RELEASE, side=part.side), after)


def _at_onset(released: Score, part: Part) -> Score:
    """Let the end of a hold be heard at the onset of what follows; between rounds it announces the coming one."""
    if not isinstance(released, Phrase | Sound):
        return Seq()
    gap = SENTENCE_GAP.rest if isinstance(released, Phrase) else Fraction(0)
    return Onset(released, gap, announces=part.between)


def _begun(words: Words | ByRound | None, part: Part, tone: Kind) -> Score:
    """Say the words that begin or end a hold, or sound its tone."""
    if part.choices.guidance is Guidance.TONES:
        return Seq() if part.between else Sound(TONES[tone], CueKind.TONE, part.side)
    return part.phrase(_by_round(words, part), CueKind.BREATH, tone) if words else Seq()


def _moments(step: Hold, part: Part) -> Iterator[tuple[Offset, Score]]:
    """Yield what is said during a hold, and when."""
    for at, words in step.at.items():
        yield part.moment(at), part.phrase(_by_round(words, part), CueKind.REMINDER)
    if step.halfway:
        halfway = part.phrase(Words((part.word("halfway"),), step.where), CueKind.COUNT, Kind.HOLD)
        reminder = replace(halfway, kind=CueKind.REMINDER) if isinstance(halfway, Phrase) else halfway
        yield Offset(Fraction(1, 2), Fraction(0)), reminder
    for left in range(part.count(step.countdown) if step.countdown else 0, 0, -1):
        counted = Words((part.number(left),), step.where)
        yield Offset(Fraction(1), Fraction(-left)), part.phrase(counted, CueKind.COUNT, Kind.HOLD)


def rounds_of(
    block: Round, part: Part, chosen: int | None, written: int | Formula | None, more: int | None = None
) -> int:
    """How many rounds a block has: those that are chosen, else its own and so many more, within its author's limits."""
    count = _asked(block, part, chosen, written)
    most = part.count(block.most) if block.most else MOST_ROUNDS
    listed = written is None and block.vary and block.least is None and block.most is None
    if more is not None and not listed:  # a list that is gone through is gone through once, unless its author says so
        least = min(count, part.count(block.least) if block.least else 1)
        part.room.rounds.reaches(least - count, most - count)
        count = max(count + more, least)
    return min(count, most)


def _asked(block: Round, part: Part, chosen: int | None, written: int | Formula | None) -> int:
    """How many rounds are asked for: those written, or one for each value of the longest list.

    Rounds that are chosen take their place; of a list, that is how often the whole of it is gone through.
    """
    if written is None:
        return block.list_length * (chosen or 1)
    return chosen or part.count(written)


def _past(block: Round, part: Part, asked: int) -> Iterator[Score]:
    """Say what the author says to who asks for more rounds than are good."""
    if block.past and block.most and asked > part.count(block.most):
        yield _spoken_past(block.past, part)


_Coming = tuple[int, int]
"""A round that comes next: its place among those that are played, and its number, both from 0."""


def _varied(block: Round, place: int, played: Sequence[int], part: Part, following: _Coming | None) -> Part:
    """Give the names of a round their values, and under ``next`` those of the round that follows, if one does.

    ``played`` are the rounds that are not skipped, and ``place`` is that of this one among them.
    """
    number, values = played[place], {"round": str(place + 1), "rounds": str(len(played))}
    for name, given in block.vary.items():
        values |= _value(name, given, number, part)
    values = {**_ahead(block, following, part), **values}
    varied = {**part.varied, **dict.fromkeys(block.vary, number)}
    return replace(part, values=values, varied=varied, round=(place, len(played)))


def _ahead(block: Round, following: _Coming | None, part: Part) -> dict[str, str]:
    """Return the values around a block, and under ``next`` those of a round of it that follows; without one, none."""
    coming = block.next_names
    values = {name: text for name, text in part.values.items() if name not in coming}
    if following is not None:
        place, number = following
        values["next round"] = str(place + 1)
        for name, given in block.vary.items():
            values |= _value(f"next {name}", given, number, part)
    return values


def _before(block: Round, played: Sequence[int], part: Part, following: Side | None) -> Iterator[Score]:
    """Write what comes before the first round, which can be announced there; its own round is the one around it."""
    values = {**_ahead(block, (0, played[0]), part), "rounds": str(len(played))} if block.before else {}
    yield from scores(block.before, replace(part, values=values, following=following, between=True))


def _value(name: str, given: tuple[str, ...] | Growing, number: int, part: Part) -> dict[str, str]:
    """Return the value of a name in a round; of one that grows, with the names that it is worked out from."""
    if not isinstance(given, Growing):
        return {name: given[number % len(given)]}
    step = given.step.text.strip()
    sign, size = ("-", step[1:].strip()) if step.startswith("-") else ("+", step)
    values = {f"{name} from": given.from_.text, f"{name} step": size}
    values[name] = f"{{{name} from}} {sign} {{{name} step}} * {number}"
    try:
        worked_out(values[name], {**part.values, **values}, part.spend)
    except ChoiceError as error:
        told = _ungrown(name, given, number, str(error).removeprefix(quote(values[name])))
        announced = name.startswith("next ")  # the round itself tells of it
        values[name] = given.from_.text if announced else part.amiss(given.from_.where, told, given.from_.text)
    return values


def _ungrown(name: str, given: Growing, number: int, why: str) -> str:
    """Say in its author's words why a value can't grow as it is written."""
    if why.startswith(" adds a number"):
        return (
            f"'vary: {name}' starts at {given.from_.text} and grows by {given.step.text},"
            " a number and a length: write both as lengths"
        )
    return f"in round {number + 1} {{{name}}}{why}" if why.startswith(" is ") else f"'vary: {name}': {why}"


def _rounds(block: Block, part: Part, name: str) -> Iterator[Score]:
    """Repeat a block, with what is between its rounds, and nothing after the last.

    Its rounds are chapters if nothing is repeated around it.
    """
    chosen = part.rounds if part.outermost else None
    rounds = rounds_of(block, part, chosen, block.rounds, part.more if part.outermost else None)
    if part.outermost and part.more is not None:
        part.room.played.append(rounds)
    played = _list_played(block, name, rounds, part)
    yield from _before(block, played, part, part.following) if played else ()
    before: Part | None = None
    for place in range(len(played)):
        part.add()
        coming = (place + 1, played[place + 1]) if place + 1 < len(played) else None
        turn = _varied(block, place, played, part, coming)
        turn = replace(turn, again=part.again or place > 0, outermost=False)
        titles = _titles(name, turn, _round_titles(block, turn))
        chaptered = part.outermost and bool(name or rounds > 1)
        turn = (
            replace(turn, titles=titles) if chaptered else replace(turn, listed=_list_inside(titles, turn, name, block))
        )
        begin = (turn.chapter(),) if chaptered else ()
        steps = [(step, replace(before, between=True)) for step in block.between] if before else []
        yield from _announce(steps, begin, ())
        yield from scores(block.steps, turn)
        before = turn
    yield from _past(block, part, _asked(block, part, chosen, block.rounds))


def _list_played(block: Round, name: str, rounds: int, part: Part) -> list[int]:
    """Return the rounds of a block that the listener does not leave out by what they are named after."""
    every = range(rounds)
    if not part.choices.skipped:
        return list(every)
    return [number for number in every if not is_skipped(_round_name(block, name, number, every, part), part)]


def list_round_names(block: Round, name: str, part: Part) -> Iterator[str]:
    """Yield the names that the rounds of a block can be skipped by."""
    every = range(block.list_length if block.lists else 0)
    found = dict.fromkeys(_round_name(block, name, number, every, part) for number in every)
    yield from filter(None, found)


def _round_name(block: Round, name: str, number: int, every: Sequence[int], part: Part) -> str:
    """Return what a round is named after: its block's name with values in it, or the value of its list; or nothing."""
    turn = _varied(block, number, every, part, None)
    try:
        return turn.filled(name, turn.side) if "{" in name else _value_title(block, turn)
    except UnknownNameError:
        return ""


def _value_title(block: Round, turn: Part) -> str:
    """Return the value of the list that a block goes through; nothing if it has none."""
    name = _named_list(block)
    return turn.filled(f"{{{name}}}", turn.side) if name else ""


def _named_list(block: Round) -> str:
    """Return the name of the list that a block goes through: of several lists, the first of words."""
    lists = block.lists
    texts = (name for name, values in lists.items() if any(map(_is_text, values)))
    return next(texts, next(iter(lists), ""))


def _is_text(value: str) -> bool:
    try:
        worked_out(value, {})
    except ChoiceError:
        return True
    return False


def _round_titles(block: Round, turn: Part, side: Sequence[str] = ()) -> list[str]:
    """Return what a round or turn is called: the value of its list, its side, and its number if there are several."""
    place, rounds = turn.round
    try:
        value = _value_title(block, turn)
    except UnknownNameError:  # a word of the sides, which have no turn yet
        value = ""
    passes = len(block.lists[_named_list(block)]) if value else 1
    number = [turn.word("round", number=place // passes + 1)] if rounds > passes else []
    return [*([value] if value else []), *side, *number]


def _list_inside(titles: Sequence[str], turn: Part, name: str, block: Round) -> tuple[str, ...]:
    """Return what a round that is no chapter adds to the titles of chapters in it: the value of its list."""
    plain = bool(name) and "{" not in name
    return (*turn.listed, *titles[len(turn.titles) + plain :][:1]) if block.lists else turn.listed


def _announce(steps: Sequence[tuple[Model, Part]], begin: Sequence[Score], opening: Sequence[Score]) -> Iterator[Score]:
    """Write what comes before a round or turn, each step at its place, and begin its chapter with what announces it.

    The words that open a turn are spoken in a change, if that is the last of the steps.
    """
    done = [(step, place) for step, place in steps if is_done(step, place)]
    first = next((number for number, (step, _) in enumerate(done) if _announces(step)), len(done))
    for number, (step, place) in enumerate(done):
        mark = begin if number == first else ()
        if isinstance(step, Change):
            yield _change(step, place, mark, opening if number + 1 == len(done) else ())
        else:
            yield from (*mark, *scores([step], place))
    if first == len(done):
        yield from begin
    if not (done and isinstance(done[-1][0], Change)):
        yield from opening


def _announces(step: Model) -> bool:
    """Tell whether a step between rounds or turns belongs to the coming one: a change, or words of what is next."""
    return isinstance(step, Change) or any(
        blank.startswith("next ") for words in said(step) for blank in words.blanks()
    )


def _titles(name: str, turn: Part, own: Sequence[str]) -> tuple[str, ...]:
    """Return what a round is called as a chapter: its block's name and its own; a name with braces says all of it."""
    if "{" in name:
        return (*turn.titles, turn.filled(name, turn.side))
    return (*turn.titles, *([name] if name else []), *own)


def _turns(block: Sided, part: Part, name: str) -> Iterator[Score]:
    """Give each side its turns; the words that open a turn may be spoken while the sides change.

    Both turns of a round breathe the same breaths of the pace, and as many.
    """
    rounds = side_rounds(block, part)
    part.room.played += [rounds[side] for side in part.choices.sides]
    played = {side: _list_played(block, name, count, replace(part, side=side)) for side, count in rounds.items()}
    turns = list(order(block, part, {side: len(numbers) for side, numbers in played.items()}))
    yield from _before(block, played[turns[0][1]], part, turns[0][1]) if turns else ()
    beats, farthest, last = part.beats, part.beats.taken, part.beats.last
    begun: dict[int, int] = {}
    places: dict[int, tuple[int, int]] = {}
    before: Part | None = None
    for (number, side), (following, other) in zip(turns, [*turns[1:], (None, None)], strict=True):
        part.add()
        start = begun.setdefault(number, farthest)
        here = replace(part, side=side, following=other, again=part.again or number > 0, outermost=False)
        coming = (following, played[other][following]) if other and following is not None else None
        turn = _title_turn(block, name, _varied(block, number, played[side], here, coming))
        opening, others = _opened([step for step in block.steps if is_done(step, turn)])
        beats.go(start)
        begin, opened = turn.chapter(), list(scores(opening, turn))
        beats.go(start, last)
        yield from _announce([*_between(block, before, turn)] if before else [], [begin], opened)
        beats.go(start)
        part.room.go(places.setdefault(number, part.room.place))
        yield from scores(others, turn)
        part.room.on()
        before, farthest, last = turn, max(farthest, beats.taken), beats.last if beats.taken > start else last
    beats.go(farthest, last)
    asked = (_asked(block, part, part.choices.rounds, each) for each in _written(block).values())
    yield from _past(block, part, max(asked))


def side_rounds(block: Sided, part: Part) -> dict[Side, int]:
    """How many rounds each side has."""
    chosen, more = part.choices.rounds, part.choices.amount.rounds
    return {side: rounds_of(block, part, chosen, each, more) for side, each in _written(block).items()}


def _written(block: Sided) -> Mapping[Side, int | Formula | None]:
    """Return the rounds that the author gives to each side."""
    given = block.rounds
    if isinstance(given, PerSide):
        return {Side.LEFT: given.left, Side.RIGHT: given.right}
    return dict.fromkeys(LEFT_RIGHT, given)


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


def _title_turn(block: Sided, name: str, turn: Part) -> Part:
    """Return the place of a turn under its chapter: what is gone through, its side, and its round of several."""
    inside = replace(turn, titles=(*turn.titles, *turn.listed), listed=())
    side = [turn.word(turn.side.value)] if turn.side else []
    return replace(inside, titles=_titles(name, inside, _round_titles(block, inside, side)))


def _between(block: Sided, before: Part, turn: Part) -> Iterator[tuple[Model, Part]]:
    """Yield what is between two turns, each step with its place.

    A change is only made where the side changes, and belongs to the coming turn.
    """
    changes = before.side is not turn.side
    resting = replace(before, between=True)
    coming = {f"next {name}": turn.values[name] for name in (*block.vary, "round")}
    changing = replace(turn, values={**turn.values, **coming}, following=turn.side)
    for step in block.between:
        if changes or not isinstance(step, Change):
            yield step, changing if isinstance(step, Change) else resting


def _change(step: Change, turn: Part, mark: Sequence[Score], opening: Sequence[Score]) -> Score:
    words = step.say or Words((turn.word("change"),))
    body = seq(*mark, turn.phrase(words, CueKind.CHANGE), Pause(SENTENCE_GAP), *opening)
    return Slot(turn.span(step.change), body, beat=turn.beats.last, name="change", where=step.where)
