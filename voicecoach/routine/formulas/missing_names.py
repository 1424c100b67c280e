"""The wording of problems with names in braces: what is missing, and what the author may mean."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voicecoach.errors import Problem, find_close
from voicecoach.routine.formulas.evaluation import BREATH_NAMES

if TYPE_CHECKING:
    from collections.abc import Collection

    from voicecoach.errors import Where

_NO_VALUE = "has neither a side nor a value here"


def is_ahead(blank: str, names: Collection[str]) -> bool:
    """Return whether a name means the next value of one that changes with the round or turn."""
    return blank.startswith("next ") and blank.removeprefix("next ") in names


def explain_next(where: Where, blank: str, *, turns: bool, around: bool) -> Problem:
    """Report a name of the next round or turn in a place after which there may be none."""
    if turns and not around:
        what = f"{{{blank}}} has no turn here"
        return Problem(where, what, "say it 'between' the turns of an 'each side'")
    what = f"after the last round there is no value for {{{blank}}}"
    remedy = f"say it 'between' the {'turns' if turns else 'rounds'}, or add 'only: not last' to the step"
    return Problem(where, what, remedy)


def explain_missing_value(where: Where, name: str, names: Collection[str], sides: set[str]) -> Problem:
    """Report a name without a value in a formula."""
    if name in sides:
        what = f"{{{name}}} is among the sides' words, and a length or number can't differ by side like them"
        return Problem(where, what, "write one, or a step for each side with 'only: left' and 'only: right'")
    problem = explain_blank(where, name, names, None)
    if problem.what.endswith(_NO_VALUE):
        return Problem(where, f"{{{name}}} has no value", "give it one under 'parameters'")
    return problem


def explain_blank(where: Where, blank: str, known: Collection[str], sides: Collection[str] | None) -> Problem:
    """Report a name without a value in words; ``sides`` are the names of the sides' words if a turn is around it."""
    if not blank:
        return Problem(where, "{} is empty", "write a name in the braces")
    alike = [name for name in sorted(known) if _may_mean(blank, name)]
    close = find_close(blank, alike) if len(blank) > 2 else []  # noqa: PLR2004 - shorter ones are in any word
    if blank in {"count", "count down"} and {*close} <= {*BREATH_NAMES}:
        remedy = "say it in a 'breathe', or in a 'rest' of breaths"
        return Problem(where, f"{{{blank}}} counts breaths, but there are none here", remedy)
    if blank.startswith("next ") and not close:
        what = f"no block that always follows gives {{{blank}}} a value"
        return Problem(where, what, "say it before the block with this name under 'vary', or take it out")
    if sides is None and not close:
        remedy = "move it into an 'each side', or give it a value under 'parameters'"
        return Problem(where, f"{{{blank}}} {_NO_VALUE}", remedy)
    remedy = f"did you mean {{{close[0]}}}?" if close else f"add {blank!r} to both sides under 'sides'"
    among = "values here" if sides is None else "sides' words"
    return Problem(where, f"{{{blank}}} is not among the {among}", remedy)


def explain_itself(where: Where, name: str) -> Problem:
    """Report a value that has its own name in braces."""
    return Problem(where, f"{{{name}}} uses itself", "write words in its place, or another name")


def explain_value_name(name: str, *, itself: bool) -> str:
    """Return why a name in a value stands for nothing, and the remedy: it leads back to ``itself``, or has no side."""
    if itself:
        return f"{{{name}}} uses itself by way of other values: write words in its place in one of them"
    return f"{{{name}}} is in a value here, but has no side: say it in an 'each side', or write {{left {name}}}"


def _may_mean(blank: str, name: str) -> bool:
    """Return whether the author may mean a name: never that of another side or turn than the written one."""
    which, _, rest = name.partition(" ")
    if which in {"left", "right"}:
        return blank.startswith(f"{which} ")
    if which == "next" and rest:
        return bool(find_close(blank.rpartition(" ")[2], [rest]))
    return not blank.endswith(f" {name}")
