"""Words of one side that both sides would hear: with closed eyes, a listener would do it on the wrong side."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from voicecoach.errors import Problem, quote
from voicecoach.language import TAG, language, list_missing
from voicecoach.routine.model import Change, EachSide, PerSide, find_block, list_around, list_words, walk_steps
from voicecoach.routine.postures import TAGS
from voicecoach.routine.source import find_place, list_texts
from voicecoach.routine.values import BLANK, Words

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence
    from fractions import Fraction

    from voicecoach.errors import Where
    from voicecoach.language import Language, SideWords
    from voicecoach.routine.model import RoutineModel, Sides
    from voicecoach.routine.phase_steps import Model
    from voicecoach.routine.source import Table

STEM = 4
"""The number of letters that all forms of a side's word share: `link` of `links`, `linke`, `linken`."""

OUTSIDE = ("benefits", "tips", "closing")
"""Keys of a routine's head whose texts are spoken before or after all turns, and are about the body."""

_HARD_END = " \u2022 "
"""The replacement of names in braces: no phrase continues across it."""
_WORD = re.compile(r"\w+")


def find_written_out(model: RoutineModel) -> Iterator[Problem]:
    """Report words that are certainly wrong in one of the turns.

    Certainly: a side's word that has no other meaning, with a part of the body or as the author's own phrase. A phrase
    with both sides ("left and right leg") is not reported. Braces with a side (``{left leg}``) say one side on purpose.
    """
    if model.sides is None or not TAG.fullmatch(model.language) or list_missing(model.language, model.words):
        return
    forms = language(model.language, model.words).sided
    if forms is None:
        return
    own = [noun.casefold() for nouns in (model.sides.left, model.sides.right) for noun in nouns.values()]
    sure = [noun for noun in own if " " in noun.strip() and _has_side(noun, forms)]
    for step in _list_shared_steps(model.steps):
        for words in list_words(step):
            found = next(filter(None, (_find_phrase(text, forms, sure) for text in words.wordings)), "")
            if words.where and found:
                what = f"both sides hear {quote(found)} here, but it is wrong in one of the turns"
                yield Problem(words.where, what, _suggest_braces(found, model.sides))
    yield from _find_other_side(model, model.sides, forms)


def _find_other_side(model: RoutineModel, sides: Sides, forms: SideWords) -> Iterator[Problem]:
    """Report steps for one side alone that name only the other side.

    What is around rounds or changes the side is left out: it may announce the other side. Braces name it on purpose.
    """
    blocks = filter(None, (find_block(step) for step in walk_steps(model.steps)))
    around = {id(each) for block in blocks for each in list_around(block)}
    for step, side in _walk_with_side(model.steps):
        said = list(list_words(step))
        if not side or not said or id(step) in around or isinstance(step, Change):
            continue
        texts = [" ".join(wording.casefold().split()) for words in said for wording in words.wordings]
        blanks = {name.split(" ")[-1] for words in said for name in words.blanks()}
        own = _join_patterns(forms.left if side == "left" else forms.right)
        if blanks & {name.split(" ")[-1].lower() for name in sides.left} or any(re.search(own, text) for text in texts):
            continue
        for words in said:
            found = next(filter(None, (_match_other(text, side, sides, forms) for text in words.wordings)), None)
            if words.where and found:
                phrase, name, other = found
                what = f"{quote(phrase)} is said in a step for the {side} side alone"
                yield Problem(words.where, what, f"write {{{name}}}, or {{{other} {name}}} if you mean that one")


def _match_other(wording: str, side: str, sides: Sides, forms: SideWords) -> tuple[str, str, str] | None:
    """Return a phrase for a limb of the other side, the limb's name under `sides`, and that side; or None.

    The other side of a limb that has a name for it, as `other leg`, is not meant.
    """
    other, nouns = ("right", sides.right) if side == "left" else ("left", sides.left)
    patterns, text = forms.right if side == "left" else forms.left, " ".join(wording.casefold().split())
    theirs = re.compile(_join_patterns(patterns))
    limbs = {name: frozenset(_WORD.findall(noun.casefold())) for name, noun in nouns.items() if _has_side(noun, forms)}
    crossed = [noun.casefold() for noun in getattr(sides, side).values() if theirs.search(noun.casefold())]
    phrases = [noun.casefold() for noun in nouns.values() if " " in noun.strip() and _contains(text, noun.casefold())]
    phrases += [match[0] for match in _build_phrase_pattern(forms).finditer(text)]
    for phrase in (each for each in phrases if theirs.search(each)):
        part = {word for word in _WORD.findall(phrase) if not theirs.search(word)}
        if any(part <= {*_WORD.findall(noun)} for noun in crossed):
            continue
        name = next((name for name, noun in limbs.items() if part and part <= noun), None)
        if name:
            return phrase, name, other
    return None


def _walk_with_side(steps: Iterable[Model], side: str = "") -> Iterator[tuple[Model, str]]:
    """Yield every step with the one side that it is for; an empty text if it is for both."""
    for step in steps:
        own = (getattr(step, "side", None), getattr(step, "only", None))
        here = side or next((each for each in ("left", "right") if each in own), "")
        yield step, here
        if inner := find_block(step):
            yield from _walk_with_side((*inner.steps, *list_around(inner)), here)


def list_outside(tree: Table, keys: Iterable[str] = OUTSIDE) -> Iterator[Words]:
    """Yield the texts of a routine's head that are spoken outside all turns."""
    for key in keys:
        if tree.get(key) is not None:
            yield from (Words((str(text),), text.where) for text in list_texts(tree[key], TAGS))


def find_misplaced(
    model: RoutineModel, sides: Sequence[str], first: str | None, head: Iterable[Words] = ()
) -> Iterator[Problem]:
    """Report phrases of one side, outside the turns, that are wrong in a session of these ``sides``.

    They are wrong if only the other side is played, or if ``first``, the side that begins, is not the author's choice.
    ``head`` are the texts of the routine's head that are spoken in this session.
    """
    turns = [step for step in walk_steps(model.steps) if isinstance(step, EachSide)]
    moved = first is not None and any(turn.each_side.first != first for turn in turns)
    wrong = set(sides) ^ {"left", "right"} if len(sides) == 1 else {"left", "right"} if moved else set()
    if model.sides is None or not turns or not wrong:
        return
    if not TAG.fullmatch(model.language) or list_missing(model.language, model.words):
        return
    forms = language(model.language, model.words).sided
    if forms is None:
        return
    inside = {id(each) for turn in turns for each in (*list_around(turn.each_side), *walk_steps(turn.each_side.steps))}
    outside = (step for step, side in _walk_with_side(model.steps) if not side and id(step) not in inside)
    said = (words for step in outside if not _is_one_sided(step) for words in list_words(step))
    for words in (*head, *said):
        named = _match_sides(words.wordings, forms, model.sides)
        if (
            words.where and len(set(named.values())) == 1 and set(named.values()) <= wrong
        ):  # of two sides, either may come first
            what = f"{quote(min(named))} is wrong in this session, which begins with or plays the other side"
            yield Problem(words.where, what, "say it within the 'each side', or leave the side out")


def _match_sides(wordings: Iterable[str], forms: SideWords, sides: Sides) -> dict[str, str]:
    """Return the author's own phrases in some wordings, each with its side."""
    texts = [" ".join(BLANK.sub(_HARD_END, wording).casefold().split()) for wording in wordings]
    every = {noun.casefold() for nouns in (sides.left, sides.right) for noun in nouns.values()}
    heard = [noun for noun in every if any(_contains(text, noun) for text in texts)]
    words = (("left", forms.left), ("right", forms.right))
    return {noun: side for noun in heard for side, own in words if " " in noun and re.search(_join_patterns(own), noun)}


def _contains(text: str, noun: str) -> bool:
    """Return whether a text contains a phrase as whole words."""
    return noun in text and re.search(rf"(?<!\w){re.escape(noun)}(?!\w)", text) is not None


def _list_shared_steps(steps: Iterable[Model], *, turn: bool = False) -> Iterator[Model]:
    """Yield the steps that the turns of both sides share."""
    for step in steps:
        if getattr(step, "only", None) in {"left", "right"} or getattr(step, "side", None):
            continue
        if turn:
            yield step
        if inner := find_block(step):
            yield from _list_shared_steps(inner.steps, turn=turn or isinstance(step, EachSide))


def _find_phrase(wording: str, forms: SideWords, sure: Iterable[str]) -> str:
    """Return a side's noun phrase in a wording, first one of the author's own (``sure``); or an empty text."""
    text = " ".join(BLANK.sub(_HARD_END, wording).casefold().split())
    text = _build_pair_pattern(forms).sub(_HARD_END, text)
    there = (re.compile(rf"(?<!\w){re.escape(noun)}(?!\w)") for noun in sure if noun in text)
    return next((match[0] for pattern in (*there, _build_phrase_pattern(forms)) if (match := pattern.search(text))), "")


def _has_side(noun: str, forms: SideWords) -> bool:
    """Return whether a noun phrase of the author contains a word for a side."""
    return re.search(_join_patterns((*forms.left, *forms.right)), noun) is not None


@cache
def _build_phrase_pattern(forms: SideWords) -> re.Pattern[str]:
    """Return the pattern of a side's word and a part of the body, in the order of the language."""
    side, part = _join_patterns(forms.sure), _join_patterns(forms.parts)
    return re.compile(f"{side} {part}" if forms.first else f"{part} {side}")


@cache
def _build_pair_pattern(forms: SideWords) -> re.Pattern[str]:
    """Return the pattern of both sides in one phrase: "left and right leg", "left leg and the right leg"."""
    side, part, pair = (
        _join_patterns((*forms.left, *forms.right)),
        _join_patterns(forms.parts),
        rf"(?: {_join_patterns(forms.pairs)} | ?[/&] ?)",
    )
    if forms.first:
        return re.compile(rf"{side}(?: {part})?{pair}(?:\w+ )?{side}(?: {part})?")
    return re.compile(rf"(?:{part} )?{side}{pair}(?:\w+ ){{0,2}}{side}")


def _join_patterns(patterns: Iterable[str]) -> str:
    return rf"(?<!\w)(?:{'|'.join(patterns)})(?!\w)"


def _suggest_braces(phrase: str, sides: Sides) -> str:
    """Return the remedy: how to write the word of the current side, and how to keep this one on purpose."""
    every = [(side, name, noun) for side in ("left", "right") for name, noun in getattr(sides, side).items()]
    named = [(name, side) for side, name, noun in every if noun.casefold() == phrase]
    if named:
        name, side = min(named, key=lambda each: len(each[0]))
        return f"write {{{name}}}, or {{{side} {name}}} if you mean that one in both turns"
    named_alike = "name it for both sides under 'sides', as hand, and write {hand}"
    return f"{named_alike}; or {{left hand}} if you mean that one in both turns"


class Cause(NamedTuple):
    """Why the tracks of the sides can differ.

    Attributes:
        where: The place of the step.
        why: What makes the step one side's alone, or different for each side.
        between: Whether the step is around the rounds or turns of an `each side`.
    """

    where: Where
    why: str
    between: bool = False


def list_one_sided(model: RoutineModel) -> Iterator[Cause]:
    """Yield what is in one side's track alone, or differs by side."""
    turns = [step for step in walk_steps(model.steps) if isinstance(step, EachSide)]
    between = {id(each) for turn in turns for each in list_around(turn.each_side)}
    inside = between | {id(each) for turn in turns for each in walk_steps(turn.each_side.steps)}
    for step in walk_steps(model.steps):
        only, side = (getattr(step, key, None) for key in ("only", "side"))
        rounds: object = getattr(find_block(step), "rounds", None)
        where: Where | None = getattr(step, "where", None)
        if where is None:
            continue
        if only in {"left", "right"}:
            yield Cause(where, f"'only: {only}'", id(step) in between)
        elif side in {"left", "right"} and id(step) not in inside:
            yield Cause(where, f"'side: {side}'")
        elif isinstance(rounds, PerSide) and rounds.left != rounds.right:
            yield Cause(where, "'rounds' that are different for each side")


def explain_unequal(left: Fraction, right: Fraction, causes: Sequence[Cause]) -> Problem | None:
    """Return by how much the tracks of the sides differ and why, at the first of the causes; None if they are equal."""
    if left == right or not causes:
        return None
    longer, seconds = "right" if right > left else "left", float(abs(right - left))
    (where, why, _), *more = causes
    *others, last = dict.fromkeys(str(cause.where.line) for cause in more if cause.where.line != where.line) or [""]
    lines = f"lines {', '.join(others)} and {last}" if others else f"line {last}"
    also = f" (see also {lines})" if last else ""
    what = (
        f"the track of the {longer} side is {round(seconds, 1) or round(seconds, 3):g} s longer, because of {why}{also}"
    )
    both = "; 'between rounds' is in both tracks" if any(cause.between for cause in causes) else ""
    return Problem(where, what, f"leave it if you mean that{both}")


def lint_sides(model: RoutineModel, tree: Table, words: Language) -> Iterator[Problem]:
    """Yield warnings about the words of the sides; ``tree`` is the routine's file."""
    if model.sides:
        yield from _find_equal_nouns(model.sides, tree)
        refused = {each.where for each in find_written_out(model)}
        yield from (each for each in _find_side_words(model, model.sides, words) if each.where not in refused)
        outside = [*list_outside(tree)]
        yield from _find_outside_turns(model, model.sides, _list_side_words(model.sides, words), outside)


def _find_equal_nouns(sides: Sides, tree: Table) -> Iterator[Problem]:
    for name in sides.left:
        if sides.left[name].casefold() == sides.right[name].casefold():
            where = find_place(tree, ("sides", "right", name))
            what = f"{name!r} is {quote(sides.right[name])} on both sides"
            yield Problem(where, what, "write the other side's word, or the word itself in the steps")


def _find_side_words(model: RoutineModel, sides: Sides, words: Language) -> Iterator[Problem]:
    """Report words of one side in steps that both sides hear."""
    nouns = {noun.casefold(): name for name, noun in sides.left.items() if noun != sides.right[name]}
    nouns |= {noun.casefold(): name for name, noun in sides.right.items() if noun.casefold() not in nouns}
    longest_first = sorted(nouns, key=len, reverse=True)
    lone = _list_side_words(sides, words)
    meaning_else = re.compile("|".join(words.sided.idioms) if words.sided and words.sided.idioms else "(?!)")
    for step in _list_turn_steps(model.steps):
        for text in list_words(step):
            bare = [meaning_else.sub(" ", BLANK.sub(" ", wording).casefold()) for wording in text.wordings]
            found = next((noun for noun in longest_first if any(_contains(each, noun) for each in bare)), None)
            alone = next((word for each in bare for word in _WORD.findall(each) if word in lone), None)
            if text.where and (found or alone):
                remedy = f"write {{{nouns[found]}}}" if found else "give the sides a name for it under 'sides'"
                yield Problem(text.where, f"both sides hear {quote(found or alone)} here", remedy)


def _find_outside_turns(
    model: RoutineModel, sides: Sides, lone: Collection[str], head: Iterable[Words]
) -> Iterator[Problem]:
    """Report words of one side outside the turns: they are wrong for a listener who begins with the other side.

    Between rounds with turns in them, a ``lone`` word for a side is reported, too. ``head`` are texts of the head.
    """
    steps = list(walk_steps(model.steps))
    turns = {id(step) for step in _list_turn_steps(model.steps, every=True)}
    if not turns:
        return
    pairs = [(sides.left[name], sides.right[name]) for name in sides.left if sides.left[name] != sides.right[name]]
    nouns = {noun.casefold() for pair in pairs for noun in pair}
    blocks = (block for step in steps if (block := find_block(step)) and turns & {*map(id, walk_steps(block.steps))})
    between = {id(each) for block in blocks for each in list_around(block)}
    shared = (step for step, side in _walk_with_side(model.steps) if not side and id(step) not in turns)
    said = ((text, id(step) in between) for step in shared if not _is_one_sided(step) for text in list_words(step))
    for text, amid in (*((text, False) for text in head), *said):
        bare = [BLANK.sub(" ", wording).casefold() for wording in text.wordings]
        heard = {noun for noun in nouns if any(_contains(each, noun) for each in bare)}
        if not heard and amid:
            heard = {word for each in bare for word in _WORD.findall(each) if word in lone}
        if text.where and len(heard) == 1:  # of two, either may come first
            noun = quote(heard.pop())
            what = f"{noun} is wrong here if a session begins with the other side, or has one side alone"
            yield Problem(text.where, what, "say it within the 'each side', or leave the side out")


def _list_side_words(sides: Sides, words: Language) -> set[str]:
    """Return the words for left and right in the forms that the nouns use."""
    stems = tuple(words.word(side)[:STEM].casefold() for side in ("left", "right"))
    nouns = (*sides.left.values(), *sides.right.values())
    return {word for noun in nouns for word in _WORD.findall(noun.casefold()) if word.startswith(stems)}


def _list_turn_steps(steps: Iterable[Model], *, every: bool = False) -> Iterator[Model]:
    """Yield the steps in turns, without those for one side alone; with ``every``, all of them."""
    for step in steps:
        inner = find_block(step)
        if isinstance(step, EachSide):
            turn = (*list_around(step.each_side), *walk_steps(step.each_side.steps))
            yield from (each for each in turn if every or not _is_one_sided(each))
        elif inner:
            yield from _list_turn_steps(inner.steps, every=every)


def _is_one_sided(step: Model) -> bool:
    return bool(getattr(step, "side", None)) or getattr(step, "only", None) in {"left", "right"}
