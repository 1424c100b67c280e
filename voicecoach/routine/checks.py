"""Diagnostics of a routine file: each problem has a place, says what is wrong, and offers a remedy."""

from __future__ import annotations

import re
from itertools import accumulate, islice
from operator import or_
from typing import TYPE_CHECKING

from pydantic import BaseModel, ValidationError

from voicecoach.core.breath import NAMES, Span
from voicecoach.errors import Problem, RoutineError, cut, find_close, order_problems, quote
from voicecoach.language import COUNTS, EXACT, TAG, language, list_keys, list_languages, list_missing
from voicecoach.routine.blocks import check_blocks, join_items, list_coming
from voicecoach.routine.explain import MOST_LOOKED_AT, explain_errors
from voicecoach.routine.formulas.evaluation import BREATH_NAMES, Formula
from voicecoach.routine.formulas.missing_names import (
    explain_blank,
    explain_itself,
    explain_missing_value,
    explain_next,
    is_ahead,
)
from voicecoach.routine.formulas.paces import find_slip
from voicecoach.routine.formulas.syntax import Quantity
from voicecoach.routine.includes import DEEPEST, SHARED, check_includes
from voicecoach.routine.keys import AROUND, LISTS
from voicecoach.routine.limits import list_defaults, list_limits
from voicecoach.routine.model import (
    EachSide,
    Ending,
    Growing,
    Include,
    PacedSteps,
    Repeat,
    Rest,
    Round,
    RoutineModel,
    find_block,
    list_words,
    walk_steps,
)
from voicecoach.routine.phase_steps import BreathePhases, LonePhase, Moves, Spoken, has_repeats, list_moments
from voicecoach.routine.postures import TAGS, list_tag_names
from voicecoach.routine.source import Table, Tree, find_key_place, find_place, list_texts
from voicecoach.routine.speakable import find_pause_mark
from voicecoach.routine.values import BLANK, Words
from voicecoach.routine.wrong_keys import Path, check_phase_names

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from voicecoach.errors import Where
    from voicecoach.routine.phase_steps import Model

Visit = tuple[Path, "Model", bool, frozenset[str]]
"""A step, its path in the file, whether it is inside the turns of a side, and the names that have values there."""

COUNTED = {"joined": {"one", "other"}, **{key: {"number"} for key in COUNTS}}
"""The names in braces that the words for lengths need."""

FILLED = {"round": {"number"}, "titled": {"title", "part"}, **COUNTED}
"""The names in braces that the program's own words may use."""

SPOKEN_HEAD = ("title", "needs", "greeting", "notice", "safety", "benefits", "tips", "sides", "words", "closing")
"""Keys of a routine's head whose texts are spoken."""


LENGTH = re.compile(r"[0-9]+(?:\.[0-9]+)? ?(?:s|sec|seconds?|m|min|minutes?)|[0-9]+:[0-5][0-9]")


def validate(tree: Tree, *, turn: bool = False) -> RoutineModel:
    """Return the model of a routine, read from its parse tree; ``turn`` is whether it is for the turn of a side.

    Raises:
        RoutineError: With all problems, in the order of the file.
    """
    if not isinstance(tree, Table):
        remedy = "write 'title: ...' and 'steps:'"
        raise RoutineError([Problem(tree.where, "a routine is a list of keys with values", remedy)])
    if gaps := [*join_items(tree)]:
        raise RoutineError(cut(order_problems(gaps)))
    if tree and set(tree) <= {*SHARED}:
        what = "this is a file of words, and not a routine"
        raise RoutineError([Problem(tree.where, what, "check the routines that name it under 'use'")])
    try:
        model = RoutineModel.model_validate(tree)
    except ValidationError as error:
        raise RoutineError(explain_errors(error, tree)) from error
    problems = order_problems(islice(_check_sense(model, tree, turn=turn), MOST_LOOKED_AT))
    if problems:
        raise RoutineError(cut(problems))
    return model


def _check_sense(model: RoutineModel, tree: Table, *, turn: bool) -> Iterator[Problem]:
    """Yield the problems that only several parts of the file show together."""
    names = frozenset(model.parameters) | {"halfway", "last one", *BREATH_NAMES}
    sides = {*model.sides.left, *model.sides.right} if model.sides else set()
    visits = list(_visit_steps(model.steps, ("steps",), names, sided=turn, nouns=sides))
    between: list[Visit] = [
        (("between", number), step, False, names | {"next"}) for number, step in enumerate(model.between)
    ]
    endings = [(n, each) for n, each in enumerate(model.closing) if isinstance(each, Ending)]
    between += [(("closing", number), each, False, names) for number, each in endings]
    yield from _check_depth(visits, tree)
    yield from _check_limits(model, visits, tree)
    yield from _check_spoken_lengths(visits, tree)
    for path, step, *_ in visits:
        yield from check_phase_names(path, step, tree)
    yield from _check_blanks([*visits, *between], sides, names, tree)
    yield from _check_lacking([*visits, *between], model, tree)
    yield from _check_values(model, [*visits, *between], sides, tree)
    yield from _check_unreachable(visits, tree)
    yield from _check_sides(model, visits, tree)
    yield from check_blocks(visits, tree)
    yield from _check_words(model, sides, tree)
    yield from check_includes(model, tree)


def list_spoken(model: RoutineModel, tree: Table) -> Iterator[tuple[Where, tuple[str, ...]]]:
    """Yield the place and the wordings of each text that a routine has spoken."""
    for key in SPOKEN_HEAD:
        if tree.get(key) is not None:
            for text in list_texts(tree[key], TAGS):
                parts = text.split("|") if key == "greeting" else (text,)
                yield text.where, tuple(" ".join(part.split()) for part in parts)
    for step in (*walk_steps(model.steps), *model.between):
        for each in list_words(step):
            if each.where:
                yield each.where, each.wordings[:-1] if each.toned else each.wordings


def find_pause_marks(model: RoutineModel, tree: Table) -> Iterator[Problem]:
    """Report marks for a pause, which a voice would read out; the remedy is the step that makes the pause."""
    words = language(model.language, model.words)
    for where, wordings in list_spoken(model, tree):
        if found := next(filter(None, (find_pause_mark(wording, words) for wording in wordings)), None):
            mark, length = found
            remedy = f"take it out, and write 'settle: {length}' under the words before it, or a step 'rest: {length}'"
            yield Problem(where, f"{quote(mark)} would be read out, and makes no pause", remedy)


def _visit_steps(  # noqa: PLR0913 - the context of the steps
    steps: Sequence[Model],
    path: Path,
    names: frozenset[str],
    later: frozenset[str] = frozenset(),
    ahead: frozenset[str] = frozenset(),
    *,
    sided: bool = False,
    nouns: Collection[str] = (),
) -> Iterator[Visit]:
    """Yield every step and every step inside it, in the order of the file.

    ``later`` are the names of the next round, which only a step that is not for the last round can use, and ``ahead``
    those of blocks that come after all of these steps.
    """
    each_ahead = [*accumulate((list_coming(step, nouns) for step in reversed(steps)), or_, initial=ahead)][-2::-1]
    for (number, step), following in zip(enumerate(steps), each_ahead, strict=True):
        at, inner = (*path, number), find_block(step)
        here = names | following | (later if getattr(step, "only", None) == "not last" else frozenset())
        yield at, step, sided, here
        if inner is None:
            continue
        around = sided or _has_own_side(step)
        both = around or isinstance(step, EachSide)
        into = (*at, _name_block(step))
        if isinstance(inner, PacedSteps):
            yield from _visit_steps(inner.steps, (*into, "steps"), here, later, following, sided=both, nouns=nouns)
            continue
        coming = _list_next_names(step, inner, nouns)
        outside = here - (coming - following)
        below = outside | {*inner.vary, "round", "rounds"}
        coming = coming.union(*(list_coming(each, nouns) for each in inner.steps))
        before = outside | coming | {"rounds"}
        yield from _visit_steps(inner.before, (*into, "before"), before, sided=around, nouns=nouns)
        for key in AROUND[1:]:
            between = getattr(inner, key.replace(" ", "_"), ())
            yield from _visit_steps(between, (*into, key), below | coming, sided=both, nouns=nouns)
        yield from _visit_steps(inner.steps, (*into, "steps"), below, coming, following, sided=both, nouns=nouns)


def _list_next_names(step: Model, inner: Round, nouns: Collection[str]) -> frozenset[str]:
    """Return the names that have values of the next round and the next turn of a block."""
    turns = nouns if isinstance(step, EachSide) else ()
    return inner.next_names | {f"next {name}" for name in turns}


def _check_depth(visits: Iterable[Visit], tree: Table) -> Iterator[Problem]:
    """Report blocks that are nested too deep."""
    for path, step, *_ in visits:
        around = sum(name in LISTS for name in path) - 1
        if around == DEEPEST and find_block(step):
            what = f"this is more than {DEEPEST} blocks deep"
            yield Problem(find_place(tree, path), what, "use fewer nested blocks")


def _check_limits(model: RoutineModel, visits: Iterable[Visit], tree: Table) -> Iterator[Problem]:
    """Report limits that contradict each other."""
    values, known = list_defaults(model), dict[str, Quantity]()
    for path, step, *_ in visits:
        at = (*path, _name_block(step)) if find_block(step) else path
        findings = [found.explain_contradiction() for found in list_limits(step, values, known)]
        yield from (Problem(find_place(tree, (*at, "min")), *each) for each in findings if each)


def _check_spoken_lengths(visits: Iterable[Visit], tree: Table) -> Iterator[Problem]:
    """Report lengths that would be spoken although the author means how long a phase lasts."""
    for path, step, *_ in visits:
        for key, words in step.spoken.items() if isinstance(step, Spoken) else ():
            text = words.wordings[0] if isinstance(words, Words) else ""
            if LENGTH.fullmatch(text):
                remedy = "say how long under 'breath', as 4-6"
                if isinstance(step, LonePhase | Moves):
                    remedy = f"write 'rest: {text}'" if isinstance(step, LonePhase) else "say how long under 'tempo'"
                yield Problem(find_place(tree, (*path, key)), f"{quote(text)} would be said here, not waited", remedy)


def _name_block(step: Model) -> str:
    """Return the key of the block in a step."""
    return "each side" if isinstance(step, EachSide) else "repeat" if isinstance(step, Repeat) else "pace"


def _may_be_breaths(length: Span | Formula) -> bool:
    """Return whether a length is in breaths, or may come to some."""
    return not isinstance(length, Span) or length.in_breaths


def _check_blanks(visits: Iterable[Visit], sides: set[str], fixed: Collection[str], tree: Table) -> Iterator[Problem]:
    """Report names in braces without a value; ``fixed`` are names whose values are the same in all rounds."""
    explicit = {f"{side} {name}" for side in ("left", "right") for name in sides}
    for path, step, around, names in visits:
        sided = around or _has_own_side(step)
        counted = {"count", "count down"} if isinstance(step, BreathePhases | Moves) else set()
        counted |= {"count"} if isinstance(step, Rest) and _may_be_breaths(step.rest) else set()
        counted |= {"beat", "passed"} if has_repeats(step) else set()
        known = {*names, *counted, *explicit, *(sides if sided else ())}
        for where, blanks in _list_blanks(step, find_place(tree, path), sides):
            for blank in sorted(blanks - known):
                if blank in sides:
                    yield Problem(
                        where,
                        f"{{{blank}}} has no side here",
                        f"move it into an 'each side', or write {{left {blank}}} for that one",
                    )
                elif is_ahead(blank, {*names, *sides}.difference(fixed)):
                    yield explain_next(where, blank, turns=blank.removeprefix("next ") in sides, around=sided)
                else:
                    yield explain_blank(where, blank, known, sides if sided else None)
        values = names - {f"next {name}" for name in sides}
        for formula in list_formulas(step):
            for name in sorted(formula.names() - values):
                at = formula.where or find_place(tree, path)
                if is_ahead(name, values.difference(fixed)):
                    yield explain_next(at, name, turns=False, around=True)
                else:
                    yield explain_missing_value(at, name, values, sides)


def _check_lacking(visits: Sequence[Visit], model: RoutineModel, tree: Table) -> Iterator[Problem]:
    """Report words with the length of a phase that the routine's own breath does not have: it would be 0 seconds."""
    there = {phase.kind for point in model.breath.points for phase in point.phases}
    sides = {*model.sides.left} if model.sides else set()
    varied = {name for _, step, *_ in visits for name in getattr(find_block(step), "vary", ())}
    lacking = {name for name, kind in NAMES.items() if kind not in there} - {*model.parameters, *sides, *varied}
    for path, step, *_ in visits if lacking else ():
        for where, blanks in _list_blanks(step, find_place(tree, path), set()):
            for blank in sorted(blanks & lacking):
                what = f"{{{blank}}} has no value, because the breath {model.breath} has no {blank}"
                yield Problem(where, what, "give it one under 'parameters'")


def _list_blanks(step: Model, where: Where, sides: set[str]) -> Iterator[tuple[Where, set[str]]]:
    """Yield the names in braces in the words of a step and its block, and in the title of its rounds."""
    inner = find_block(step)
    for words in (*list_words(step), *(list_words(inner) if inner else ())):
        yield words.where or where, words.blanks()
    if tagged := list_tag_names(step):
        yield where, tagged
    if inner:
        within = inner.names if isinstance(inner, Round) else set()
        nouns = sides if isinstance(step, EachSide) else set()
        title: str = getattr(step, "name", "")
        yield where, {name.lower() for name in BLANK.findall(title)} - within - nouns


def _has_own_side(step: Model) -> bool:
    """Return whether a step or its phases have a side of their own, without an 'each side'."""
    return getattr(step, "side", None) in {"left", "right"} or getattr(step, "sides", None) is not None


def list_formulas(step: Model) -> Iterator[Formula]:
    """Yield every formula of a step, also those of its rounds and of its growing values."""
    inner = find_block(step)
    growing = inner.vary.values() if isinstance(inner, Round) else ()
    rounds = getattr(inner, "rounds", None)
    for part in (step, inner, rounds, *growing):
        if isinstance(part, BaseModel):
            values = (getattr(part, name) for name in type(part).model_fields)
            yield from (value for value in values if isinstance(value, Formula))
    yield from (at for at in list_moments(step) if isinstance(at, Formula))


def _check_unreachable(visits: Iterable[Visit], tree: Table) -> Iterator[Problem]:
    """Report steps and words that are never reached."""
    for path, step, around, _ in visits:
        only = getattr(step, "only", None)
        if only in {"left", "right"} and not around:
            what = f"'only: {only}' is for a turn, but this step is not in one"
            yield Problem(find_place(tree, (*path, "only")), what, "move the step into an 'each side'")
        for part in (step, find_block(step)):
            past = getattr(part, "past", None)
            if past and getattr(part, "most", None) is None:
                yield Problem(
                    past.where or find_place(tree, path), "'past' is never said without a limit", "add 'max: ...'"
                )


def _check_values(model: RoutineModel, visits: Sequence[Visit], sides: set[str], tree: Table) -> Iterator[Problem]:
    """Report names in braces without a value in varying values, and in parameters that are used."""
    names, used = frozenset({*model.parameters, *BREATH_NAMES}), _list_used(model, visits)
    sides = sides | {f"{side} {name}" for side in ("left", "right") for name in sides}
    yield from _check_parameters(model, visits, tree)
    given: list[tuple[Path, frozenset[str], str]] = [
        (("parameters", name), names, text) for name, text in model.parameters.items() if name in used
    ]
    for path, step, _, known in visits:
        inner = find_block(step)
        settings = step.set_ if isinstance(step, Include) else {}
        given += [((*path, "set", name), known, text) for name, text in settings.items()]
        for name, values in inner.vary.items() if isinstance(inner, Round) else ():
            at = (*path, _name_block(step), "vary", name)
            texts = () if isinstance(values, Growing) else values
            others = (known | inner.names if isinstance(inner, Round) else known) - {name}
            given += [((*at, number), others, text) for number, text in enumerate(texts)]
    for at, known, text in given:
        own = str(at[1] if at[0] == "parameters" else at[-2] if at[-3] == "vary" else "")
        blanks = set(map(str.lower, BLANK.findall(text)))
        wrong = {each for each in blanks if each not in known and each not in sides} | {own} & blanks
        for blank in sorted(wrong):
            where = find_place(tree, at)
            yield explain_itself(where, own) if blank == own else explain_blank(where, blank, known, None)


def _list_used(model: RoutineModel, visits: Iterable[Visit]) -> set[str]:
    """Return the names that the steps use in words, titles, lists and formulas, and the names that these use."""
    used: set[str] = set()
    for _, step, *_ in visits:
        inner = find_block(step)
        lists = [text for values in inner.lists.values() for text in values] if isinstance(inner, Round) else []
        texts = (str(getattr(step, "name", "")), *lists)
        used |= {name.lower() for text in texts for name in BLANK.findall(text)}
        used = used.union(*(words.blanks() for words in (*list_words(step), *(list_words(inner) if inner else ()))))
        used = used.union(list_tag_names(step), *(formula.names() for formula in list_formulas(step)))
    return _follow_names(model, used | {name.removeprefix("next ") for name in used})


def _follow_names(model: RoutineModel, wanted: set[str]) -> set[str]:
    """Return names, and the names that the values of parameters among them use."""
    found: set[str] = set()
    while wanted:
        found |= wanted
        texts = (model.parameters.get(name, "") for name in wanted)
        wanted = {name.lower() for text in texts for name in BLANK.findall(text)} - found
    return found


def _check_parameters(model: RoutineModel, visits: Iterable[Visit], tree: Table) -> Iterator[Problem]:
    """Report parameters in formulas that are not valid arithmetic."""
    wanted = {name for _, step, *_ in visits for formula in list_formulas(step) for name in formula.names()}
    for name in sorted(_follow_names(model, wanted) & {*model.parameters}):
        if error := find_slip(model.parameters[name]):
            yield Problem(find_place(tree, ("parameters", name)), *str(error).rsplit(": ", 1))


def _check_sides(model: RoutineModel, visits: Iterable[Visit], tree: Table) -> Iterator[Problem]:
    for path, step, sided, _ in visits:
        if isinstance(step, EachSide) and sided:
            what = "an 'each side' is inside another"
            yield Problem(find_place(tree, path), what, "put it beside the other, or write its steps without it")
        elif isinstance(step, EachSide) and model.sides is None:
            yield Problem(
                find_place(tree, path), "'each side' needs the sides' words", "add 'sides:' with left and right"
            )
    left, right = (model.sides.left, model.sides.right) if model.sides else ({}, {})
    lone = set(left) ^ set(right)
    used = (
        {blank for _, step, *_ in visits for words in list_words(step) for blank in words.blanks()} if lone else set()
    )
    for name in sorted(lone):
        here, there = ("left", "right") if name in left else ("right", "left")
        meant = next(iter(find_close(name, sorted(lone - {*(left if name in left else right)}), 1)), "")
        where = find_key_place(tree, ("sides", here, name))
        if not meant:
            yield Problem(where, f"{name!r} is given for {here} only", f"add it to {there} too")
        elif name not in used if (name in used) != (meant in used) else here == "right":
            what = f"{name!r} is given for {here} only, and {meant!r} for {there} only"
            yield Problem(where, what, f"did you mean {meant!r}?")


def _check_words(model: RoutineModel, sides: set[str], tree: Table) -> Iterator[Problem]:
    """Report a language without words, and words that the program never says."""
    yield from _check_language(model, tree)
    known = (*list_keys(), "numbers", *(f"{key} 1" for key in COUNTS))
    for key, given in model.words.items():
        if key not in known and not EXACT.fullmatch(key):
            remedy = f"similar ones are: {', '.join(find_close(key, known) or known)}"
            yield Problem(find_key_place(tree, ("words", key)), f"the program has no words called {quote(key)}", remedy)
        elif isinstance(given, tuple) is not (key == "numbers"):
            what = "should be a list" if key == "numbers" else "should be a text"
            remedy = "write the numbers from zero on, as [zero, one, two]" if key == "numbers" else "write one"
            yield Problem(find_place(tree, ("words", key)), f"{quote(key)} {what}", remedy)
        else:
            yield from _check_fillings(key, given, sides, find_place(tree, ("words", key)))


def _check_language(model: RoutineModel, tree: Table) -> Iterator[Problem]:
    """Report a language that the program does not know if the routine does not give all words itself."""
    code, where = model.language, find_place(tree, ("language",))
    absent = list_missing(code, model.words)
    if not TAG.fullmatch(code):
        named = [each for each in list_languages() if language(each).name.lower() == code.lower()]
        what, dashed = f"no language is called {quote(code)}", code.replace("_", "-")
        if TAG.fullmatch(dashed):
            named = [dashed]
        yield Problem(where, what, f"write {' or '.join(named or list_languages())}, or another as it or pt-BR")
    elif absent:
        what = f"the program has no words in the language {quote(code)}"
        yield Problem(where, what, f"write {' or '.join(list_languages())}, or add under 'words': {', '.join(absent)}")


def _check_fillings(key: str, given: str | tuple[str, ...], sides: set[str], where: Where) -> Iterator[Problem]:
    """Report names in braces that have no value in the program's words, and those that are missing."""
    blanks = {name.lower() for name in BLANK.findall(" ".join(given) if isinstance(given, tuple) else given)}
    for blank in sorted(blanks - FILLED.get(key, sides if key == "change" else set())):
        yield Problem(where, f"{{{blank}}} has no value here", "take it out")
    for blank in sorted(COUNTED.get(key, set()) - blanks):
        yield Problem(where, f"{{{blank}}} is missing here", "write it in the place where it is said")
