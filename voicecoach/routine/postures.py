"""The tags of a step: the states of the body's parts that it needs, and those that it makes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from voicecoach.routine.values import BLANK, MOST_NAMES, TEXT, BeforeValidator, limit_names, read_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from voicecoach.routine.phase_steps import Model

TAGS = ("needs", "makes")
"""The keys of a step for its tags."""


def _read_name(value: object) -> str:
    """Read the name of a part or a state: one line, in lower case."""
    line = " ".join(read_text(value).split())
    if not line:
        raise ValueError("this is empty; write a word, as long or bent")
    if set("{}") & set(BLANK.sub("", line)):
        raise ValueError("a brace is alone here; write both, as in {leg}")
    return line.lower()


def _read_states(value: object) -> object:
    """Read the states that will do, separated by ``|``."""
    return value if isinstance(value, tuple) else tuple(_read_name(part) for part in read_text(value).split("|"))


def _read_state(value: object) -> str:
    """Read the state that a step makes: there is only one."""
    if isinstance(value, str) and "|" in value:
        raise ValueError("a step makes one state of a part; several, with |, are for 'needs'")
    return _read_name(value)


_Part = Annotated[str, BeforeValidator(_read_name)]
Needs = Annotated[
    dict[_Part, Annotated[tuple[str, ...], BeforeValidator(_read_states), TEXT]],
    limit_names(MOST_NAMES),
]
Makes = Annotated[dict[_Part, Annotated[str, BeforeValidator(_read_state), TEXT]], limit_names(MOST_NAMES)]


def read_tags(step: Model) -> tuple[Mapping[str, tuple[str, ...]], Mapping[str, str]]:
    """Return what a step needs of each part of the body, and what it makes of it."""
    own = vars(step)
    return own.get("needs", {}), own.get("makes", {})


def list_tags(step: Model) -> list[tuple[str, tuple[str, ...]]]:
    """Return the tags of a step: each part with the states that it needs, and with the one that it makes."""
    needs, makes = read_tags(step)
    return [*needs.items(), *((part, (state,)) for part, state in makes.items())] if needs or makes else []


def list_tag_names(step: Model) -> set[str]:
    """Return the names in braces in the tags of a step."""
    tags = list_tags(step)
    return {name.lower() for part, states in tags for text in (part, *states) for name in BLANK.findall(text)}
