"""Rounds and the turns of sides: how many, in which order, what their names stand for and what they are called."""

from __future__ import annotations

from dataclasses import replace
from itertools import zip_longest
from typing import TYPE_CHECKING

from voicecoach.core.score import Side
from voicecoach.errors import ChoiceError, UnknownNameError
from voicecoach.routine.formulas.evaluation import Formula, Grown, evaluate, is_plain
from voicecoach.routine.model import Change, Growing, PerSide, list_words
from voicecoach.script.choices import LEFT_RIGHT
from voicecoach.script.context import write_past

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from voicecoach.core.score import Score
    from voicecoach.routine.model import Model, Round, Sided
    from voicecoach.script.context import Context

MOST_ROUNDS = 10_000


def is_done(step: Model, part: Context) -> bool:
    """Tell whether a step is done: not when it is skipped by name, or is for other rounds or the other side.

    A side of its own is left out of the other side's track, but not if it is a part of that side's turn.
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


def is_skipped(name: str, part: Context) -> bool:
    """Tell whether the listener leaves out what has this name, whatever its capitals."""
    return name.casefold() in {skipped.casefold() for skipped in part.choices.skipped}


def count_rounds(
    block: Round, part: Context, chosen: int | None, written: int | Formula | None, more: int | None = None
) -> int:
    """Return how many rounds a block has: those chosen, or its own and ``more``, within its author's limits."""
    count = count_asked(block, part, chosen, written)
    most = part.count(block.most) if block.most else MOST_ROUNDS
    listed = written is None and block.vary and block.least is None and block.most is None
    if more is not None and not listed:  # the rounds of a list are its values, unless the author sets limits
        least = min(count, part.count(block.least) if block.least else 1)
        part.freedoms.rounds.note_reach(least - count, most - count)
        count = max(count + more, least)
    return min(count, most)


def count_asked(block: Round, part: Context, chosen: int | None, written: int | Formula | None) -> int:
    """Return how many rounds are asked for: those written, or one for each value of the longest list.

    Rounds that are chosen take their place; of a list, that is how often the whole of it is gone through.
    """
    if written is None:
        return block.list_length * (chosen or 1)
    return chosen or part.count(written)


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
    if not part.choices.skipped:
        return list(every)
    return [number for number in every if not is_skipped(_name_round(block, name, number, every, part), part)]


def list_round_names(block: Round, name: str, part: Context) -> Iterator[str]:
    """Yield the names that the rounds of a block can be skipped by."""
    every = range(block.list_length if block.lists else 0)
    found = dict.fromkeys(_name_round(block, name, number, every, part) for number in every)
    yield from filter(None, found)


def _name_round(block: Round, name: str, number: int, every: Sequence[int], part: Context) -> str:
    """Return what a round is named after: its block's name with values in it, or the value of its list; or nothing."""
    turn = vary(block, number, every, part, None)
    try:
        return turn.fill(name, turn.side) if "{" in name else _title_value(block, turn)
    except UnknownNameError:
        return ""


def _title_value(block: Round, turn: Context) -> str:
    """Return the value of the list that a block goes through; nothing if it has none."""
    name = _choose_list(block)
    return turn.fill(f"{{{name}}}", turn.side) if name else ""


def _choose_list(block: Round) -> str:
    """Return the name of the list that a block goes through: of several lists, the first of words."""
    lists = block.lists
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


def title_round(block: Round, turn: Context, side: Sequence[str] = ()) -> list[str]:
    """Return what a round or turn is called: the value of its list, its side, and its number if there are several."""
    place, rounds = turn.round
    try:
        value = _title_value(block, turn)
    except UnknownNameError:  # a word of the sides, which have no turn yet
        value = ""
    passes = len(block.lists[_choose_list(block)]) if value else 1
    number = [turn.word("round", number=place // passes + 1)] if rounds > passes else []
    return [*([value] if value else []), *side, *number]


def list_inside(titles: Sequence[str], turn: Context, name: str, block: Round) -> tuple[str, ...]:
    """Return what a round that is no chapter adds to the titles of chapters in it: the value of its list."""
    plain = bool(name) and "{" not in name
    return (*turn.listed, *titles[len(turn.titles) + plain :][:1]) if block.lists else turn.listed


def announces(step: Model) -> bool:
    """Tell whether a step between rounds or turns belongs to the coming one: a change, or words of what is next."""
    return isinstance(step, Change) or any(
        blank.startswith("next ") for words in list_words(step) for blank in words.blanks()
    )


def choose_between(block: Sided, before: Context, turn: Context) -> Sequence[Model]:
    """Return the steps between two turns: those between rounds if a new round begins, else those between sides."""
    return block.between or (block.between_rounds if turn.round[0] > before.round[0] else block.between_sides)


def list_titles(name: str, turn: Context, own: Sequence[str]) -> tuple[str, ...]:
    """Return what a round is called as a chapter: its block's name and its own; a name with braces says all of it."""
    if "{" in name:
        return (*turn.titles, turn.fill(name, turn.side))
    return (*turn.titles, *([name] if name else []), *own)


def count_side_rounds(block: Sided, part: Context) -> dict[Side, int]:
    """Return how many rounds each side has."""
    chosen, more = part.choices.rounds, part.choices.amount.rounds
    return {side: count_rounds(block, part, chosen, each, more) for side, each in list_written(block).items()}


def list_written(block: Sided) -> Mapping[Side, int | Formula | None]:
    """Return the rounds that the author gives to each side."""
    given = block.rounds
    if isinstance(given, PerSide):
        return {Side.LEFT: given.left, Side.RIGHT: given.right}
    return dict.fromkeys(LEFT_RIGHT, given)


def list_turns(block: Sided, part: Context, rounds: Mapping[Side, int]) -> Iterator[tuple[int, Side]]:
    """Yield the turns: their round, from 0, and their side."""
    first = part.choices.first or Side(block.first)
    sides = [side for side in sorted(LEFT_RIGHT, key=lambda side: side is not first) if side in part.choices.sides]
    if block.order == "blocked":
        yield from ((number, side) for side in sides for number in range(rounds[side]))
    else:
        turns = zip_longest(*([(number, side) for number in range(rounds[side])] for side in sides))
        yield from (turn for both in turns for turn in both if turn)


def title_turn(block: Sided, name: str, turn: Context) -> Context:
    """Return the place of a turn under its chapter: what is gone through, its side, and its round of several."""
    inside = replace(turn, titles=(*turn.titles, *turn.listed), listed=())
    side = [turn.word(turn.side.value)] if turn.side else []
    return replace(inside, titles=list_titles(name, inside, title_round(block, inside, side)))


def warn_past(block: Round, part: Context, asked: int) -> Iterator[Score]:
    """Write what the author says to listeners who ask for more rounds than are good."""
    if block.past and block.most and asked > part.count(block.most):
        yield write_past(block.past, part)
