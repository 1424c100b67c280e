"""Rounds and the turns of sides: how many, in which order, what their names stand for and what they are called."""

from __future__ import annotations

from itertools import zip_longest
from typing import TYPE_CHECKING

from voicecoach.core.score import Side
from voicecoach.errors import ChoiceError, UnknownNameError
from voicecoach.routine.formulas.evaluation import Formula, Grown, evaluate, is_plain
from voicecoach.routine.model import Change, Growing, PerSide, Sided, list_words
from voicecoach.script.choices import LEFT_RIGHT, other_side
from voicecoach.script.copying import replace
from voicecoach.script.utterances import write_past

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from voicecoach.core.score import Mark, Score
    from voicecoach.routine.model import Round
    from voicecoach.routine.phase_steps import Model
    from voicecoach.script.context import Context

MOST_ROUNDS = 10_000


def is_done(step: Model, part: Context) -> bool:
    """Return whether a step is done: not if it is skipped by name, or is for other rounds, the other side, or sleep.

    A side of its own is left out of the other side's track, but not if it is a part of that side's turn.
    """
    own = vars(step)
    name, only, side = own.get("name"), own.get("only"), own.get("side")
    if name and is_skipping(part) and is_skipped(_fill_name(name, part), part):
        return False
    if side in LEFT_RIGHT and part.side is None and side not in part.choices.sides:
        return False
    if only is None:
        return True
    number, rounds = part.round
    asked = {
        "first": number == 0,
        "last": number == rounds - 1,
        "not first": number > 0,
        "not last": number < rounds - 1,
        "left": part.side is Side.LEFT,
        "right": part.side is Side.RIGHT,
        "awake": not part.choices.sleep,
        "sleep": bool(part.choices.sleep),
    }
    return asked[only]


def _fill_name(name: str, part: Context) -> str:
    """Return a name with its braces filled; nothing if that is possible only in the rounds of its block."""
    try:
        return part.fill(name, part.side)
    except UnknownNameError:
        return ""


def is_skipped(name: str, part: Context) -> bool:
    """Return whether the listener leaves out this name, on both sides or on this one; capitals do not matter."""
    if not name or not is_skipping(part):
        return False
    known = {name, *(form for word in _list_side_words(part) for form in (f"{word} {name}", f"{name}, {word}"))}
    if part.tally.names is not None:
        part.tally.names |= dict.fromkeys((each.casefold() for each in known), name)
    return not {each.casefold() for each in known}.isdisjoint(map(str.casefold, part.choices.skipped))


def is_skipping(part: Context) -> bool:
    """Return whether names matter: the listener leaves something out, or all names are wanted."""
    return part.tally.names is not None or bool(part.choices.skipped)


def _list_side_words(part: Context) -> set[str]:
    """Return what the side of a turn is called: as the command line calls it, and as the chapters do."""
    return {part.side.value, part.word(part.side.value)} if part.side in LEFT_RIGHT else set()


def count_rounds(block: Round, part: Context, chosen: int | None, more: int | None = None) -> int:
    """Return how many rounds a block has: those chosen, or its own and ``more``, within its author's limits.

    Only the author can cut a list: what the listener chooses is rounded up to whole passes through it. Without rounds
    of the author's, ``more`` counts passes.
    """
    count, passed = count_asked(block, part, chosen), block.list_length
    most = part.count(block.most) if block.most else MOST_ROUNDS
    most = most // passed * passed or most
    if more is not None:
        unit = passed if find_written(block, part.side) is None else 1
        least = min(count, _round_up(part.count(block.least) if block.least else 1, passed))
        part.freedoms.rounds.note_reach((least - count) // unit, (most - count) // unit)
        count = max(_round_up(count + more * unit, passed), least) if more else count
    return min(count, most)


def count_asked(block: Round, part: Context, chosen: int | None) -> int:
    """Return how many rounds are asked for: those written, or one for each value of the longest list.

    Rounds that are chosen take their place, up to the end of a pass through the list; without rounds of the author's,
    they are how often the whole list is gone through.
    """
    written = find_written(block, part.side)
    if written is None:
        return block.list_length * (chosen or 1)
    return _round_up(chosen, block.list_length) if chosen else part.count(written)


def _round_up(count: int, unit: int) -> int:
    return -(-count // unit) * unit


def find_written(block: Round, side: Side | None) -> int | Formula | None:
    """Return the rounds that the author wrote, for this side if they differ."""
    given: int | Formula | PerSide | None = getattr(block, "rounds", None)
    return (given.left if side is Side.LEFT else given.right) if isinstance(given, PerSide) else given


Coming = tuple[int, int]
"""A round that comes next: its place among those that are played, and its number, both from 0."""


def vary(block: Round, place: int, played: Sequence[int], part: Context, following: Coming | None) -> Context:
    """Give the names of a round their values, and under ``next`` those of the round that follows, if one does.

    ``played`` are the rounds that are not skipped, and ``place`` is that of this one among them.
    """
    number, values = played[place], {"round": str(place + 1), "rounds": str(len(played))}
    for name, given in block.vary.items():
        values[name] = _find_value(given, number)
    values = {**look_ahead(block, following, part), **values}
    varied = {**part.varied, **dict.fromkeys(block.vary, number)}
    return replace(part, values=values, varied=varied, round=(place, len(played)))


def look_ahead(block: Round, following: Coming | None, part: Context) -> dict[str, str]:
    """Return the values around a block, and under ``next`` those of the round that follows, if there is one."""
    coming = block.next_names
    values = {name: text for name, text in part.values.items() if name not in coming}
    if following is not None:
        place, number = following
        values["next round"] = str(place + 1)
        for name, given in block.vary.items():
            values[f"next {name}"] = _find_value(given, number)
    return values


def _find_value(given: tuple[str, ...] | Growing, number: int) -> str:
    """Return the text of a varying name in a round; it is evaluated where it is used."""
    if isinstance(given, Growing):
        return Grown(given.from_, given.step, number)
    return given[number % len(given)]


def list_played(block: Round, name: str, rounds: int, part: Context) -> list[int]:
    """Return the rounds of a block that the listener does not leave out by what they are named after."""
    every = range(rounds)
    if not is_skipping(part):
        return list(every)
    return [number for number in every if not _is_round_skipped(block, name, vary(block, number, every, part, None))]


def _is_round_skipped(block: Round, name: str, turn: Context) -> bool:
    """Return whether a round is left out by its own name, or on its side by that of its block or the item around."""
    names = {name_item(block, turn), _fill_name(name, turn)}
    return any(is_skipped(each, turn) for each in sorted(names))


def name_item(block: Round, turn: Context) -> str:
    """Return what the item of a round is called: the value of its list, or else the item around it."""
    try:
        return _title_value(block, turn) or turn.item
    except UnknownNameError:
        return turn.item


def _title_value(block: Round, turn: Context) -> str:
    """Return the value of the list that a block goes through; nothing if it has none."""
    name = _choose_list(block)
    return turn.fill(f"{{{name}}}", turn.side) if name else ""


def _choose_list(block: Round) -> str:
    """Return the name of the list that a block goes through: that of names, or the first list of words."""
    lists = block.lists
    if "name" in lists:
        return "name"
    texts = (name for name, values in lists.items() if any(map(_is_text, values)))
    return next(texts, next(iter(lists), ""))


def _is_text(value: str) -> bool:
    if is_plain(value):
        return True
    try:
        evaluate(value, {})
    except ChoiceError:
        return True
    return False


def title_round(block: Round, turn: Context, rounds: int, side: Sequence[str] = ()) -> list[str]:
    """Return what a round or turn is called: the value of its list, its side, and its number if there are several.

    Its number is that of the pass if there is a list; ``rounds`` are all rounds, with those that are skipped.
    """
    place, played = turn.round
    try:
        value = _title_value(block, turn)
    except UnknownNameError:  # a word of the sides, which have no turn yet
        value = ""
    if value:
        name = _choose_list(block)
        passed = len(block.lists[name])
        place, played = turn.varied[name] // passed, -(-rounds // passed)
        side = _leave_out_said(side, [value, turn.fill(f"{{{name}}}", other_side(turn.side))])
    number = [turn.word("round", number=place + 1)] if played > 1 else []
    return [*([value] if value else []), *side, *number]


def _leave_out_said(side: Sequence[str], names: Sequence[str]) -> Sequence[str]:
    """Return the word for a side; nothing if what a turn is called differs by side already."""
    return side if len({*names}) == 1 else ()


def announces(step: Model) -> bool:
    """Return whether a step between rounds or turns belongs to the coming one: a change, or words of what is next."""
    return isinstance(step, Change) or any(
        blank.startswith("next ") for words in list_words(step) for blank in words.blanks()
    )


def title_turn(block: Round, name: str, turn: Context, rounds: int) -> Context:
    """Return the context of a round or turn with its titles, those of lists around it included."""
    inside = replace(turn, titles=(*turn.titles, *turn.listed), listed=())
    side = [turn.word(turn.side.value)] if isinstance(block, Sided) and turn.side else []
    if "{" not in name:
        own = title_round(block, inside, rounds, side)
        return replace(inside, titles=(*inside.titles, *([name] if name else []), *own))
    filled = [turn.fill(name, each) for each in (turn.side, other_side(turn.side))]
    return replace(inside, titles=(*inside.titles, filled[0], *_leave_out_said(side, filled)))


def mark_turn(block: Round, name: str, turn: Context, rounds: int, *, chaptered: bool) -> Context:
    """Return the context of a round or turn under its chapter: one of its own, or that of what is around it.

    The author's ``chapters`` decide; without them, it has one if it is ``chaptered``, unless it is inside one already.
    """
    turn = replace(turn, item=name_item(block, turn))
    if block.chapters == "items" or (chaptered and block.chapters is None and not turn.whole):
        marked = title_turn(block, name, turn, rounds).begin()
        return replace(marked, whole=block.chapters == "items")
    named = title_turn(block, name, turn, rounds) if block.lists else turn
    plain = bool(name) and "{" not in name
    added = named.titles[len(turn.titles) + len(turn.listed) + plain :][:1]
    return replace(turn, listed=(*turn.listed, *added))


def list_marks(turn: Context, part: Context) -> tuple[Mark, ...]:
    """Return the mark that begins the chapter of a round or turn, if it has one of its own."""
    return (turn.chapter(),) if turn.marked != part.marked else ()


def choose_between(block: Sided, before: Context, turn: Context) -> Sequence[Model]:
    """Return the steps between two turns: those between rounds if a new round begins, else those between sides."""
    return block.between or (block.between_rounds if turn.round[0] > before.round[0] else block.between_sides)


def count_side_rounds(block: Sided, part: Context) -> dict[Side, int]:
    """Return how many rounds each side has."""
    chosen, more = part.choices.rounds, part.choices.amount.rounds
    return {side: count_rounds(block, replace(part, side=side), chosen, more) for side in LEFT_RIGHT}


def list_turns(block: Sided, part: Context, rounds: Mapping[Side, int]) -> Iterator[tuple[int, Side]]:
    """Yield the turns: their round, from 0, and their side."""
    first = part.choices.first or Side(block.first)
    sides = [side for side in sorted(LEFT_RIGHT, key=lambda side: side is not first) if side in part.choices.sides]
    if block.order == "blocked":
        yield from ((number, side) for side in sides for number in range(rounds[side]))
    else:
        turns = zip_longest(*([(number, side) for number in range(rounds[side])] for side in sides))
        yield from (turn for both in turns for turn in both if turn)


def warn_past(block: Round, part: Context, asked: int) -> Iterator[Score]:
    """Write what the author says to listeners who ask for more rounds than are good."""
    if block.past and block.most and asked > part.count(block.most):
        yield write_past(block.past, part)
