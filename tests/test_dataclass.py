"""Our `dataclass` makes what the standard library's makes, for every kind of field and class that we have."""

from __future__ import annotations

import copy
import dataclasses
import inspect
import pickle
from dataclasses import FrozenInstanceError, field
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

import pytest

import voicecoach.dataclass
from voicecoach.core.breath import Breath
from voicecoach.errors import Misfit, Where

if TYPE_CHECKING:
    from collections.abc import Callable


def make(dataclass: Callable[..., Any]) -> dict[str, Any]:
    """Return classes that a decorator has made, and the arguments of two equal values and of another one."""

    @dataclass(frozen=True, slots=True)
    class Point:
        """A place."""

        NAMES: ClassVar = ("x", "y")
        x: int
        y: int = 0
        marks: dict[str, int] = field(default_factory=dict, compare=False)
        kind: str = field(default="plain", kw_only=True)
        cost: int = field(init=False, repr=False, compare=False)

        def __post_init__(self) -> None:
            object.__setattr__(self, "cost", self.x * 10)

    @dataclass(frozen=True, slots=True)
    class Named(Point):
        name: str = ""

    @dataclass(frozen=True)
    class Loose:
        x: int = 1
        inner: object = field(default=None, hash=False)

        @cached_property
        def double(self) -> int:
            return 2 * self.x

    class Free(Loose):
        pass

    @dataclass(slots=True)
    class Changing:
        x: int
        seen: list[int] = field(default_factory=list)

    @dataclass(frozen=True, repr=False, eq=False)
    class Bare:
        x: int = 0

    @dataclass(frozen=True, slots=True)
    class Own:
        x: int

        def __repr__(self) -> str:
            return "own"

        def __eq__(self, other: object) -> bool:
            return isinstance(other, int) and other == self.x

        def __hash__(self) -> int:
            return 7

    @dataclass(frozen=True, slots=True)
    class Empty:
        pass

    return {name: kind for name, kind in locals().items() if inspect.isclass(kind)}


OURS = make(voicecoach.dataclass.dataclass)
THEIRS = make(dataclasses.dataclass)
VALUES: dict[str, list[tuple[object, ...]]] = {
    "Point": [(1, 2), (1, 2, {"a": 1}), (1, 3)],
    "Named": [(1,), (1, 0, {}, ""), (1, 0, {}, "b")],
    "Loose": [(1, "a"), (1, "a"), (1, "b")],
    "Free": [(), (1,), (2,)],
    "Changing": [(1,), (1, []), (1, [2])],
    "Bare": [(), (), (1,)],
    "Own": [(1,), (1,), (2,)],
    "Empty": [(), (), ()],
}


def show_error(action: Callable[[], object]) -> object:
    """Return what an action returns, or the text of its error without the name of the class."""
    try:
        return action()
    except (TypeError, AttributeError) as error:
        return type(error), str(error)


def describe(kind: Callable[..., Any], given: tuple[object, ...]) -> dict[str, object]:
    """Describe a class and one of its values by everything that a dataclass defines."""
    value = kind(*given)
    changed = show_error(lambda: dataclasses.replace(value, x=5))
    return {
        "signature": str(inspect.signature(kind)),
        "method": str(inspect.signature(kind.__init__)),
        "annotations": kind.__init__.__annotations__,
        "matched": value.__match_args__,
        "text": "" if kind.__name__ == "Bare" else repr(value),
        "fields": [(each.name, getattr(value, each.name)) for each in dataclasses.fields(value)],
        "replaced": repr(changed) if not kind.__name__.startswith("Bare") else "",
        "hash": show_error(lambda: hash(value) if kind.__name__ != "Bare" else 0),
        "missing": show_error(lambda: kind(wrong=1)),
        "set": show_error(lambda: setattr(value, "x", 3)) if kind.__name__ not in {"Changing", "Empty"} else None,
        "deleted": show_error(lambda: delattr(value, "x")) if kind.__name__ not in {"Changing", "Empty"} else None,
        "tables": hasattr(value, "__dict__"),
        "copied": kind.__name__ == "Bare" or copy.copy(value) == value,
    }


@pytest.mark.parametrize("name", VALUES)
def test_a_class_is_what_the_standard_library_makes_of_it(name: str) -> None:
    given = VALUES[name]
    ours, theirs = OURS[name], THEIRS[name]
    for arguments in given:
        assert describe(ours, arguments) == describe(theirs, arguments)
    values, others = [ours(*each) for each in given], [theirs(*each) for each in given]
    assert [[one == other for one in values] for other in values] == [[x == y for x in others] for y in others]
    assert values[0] != others[0]


def test_attributes_of_subclasses_and_cached_properties_stay_free() -> None:
    free = OURS["Free"](3)
    free.extra = 1
    assert (free.extra, free.double, free.double) == (1, 6, 6)
    with pytest.raises(FrozenInstanceError, match="cannot assign to field 'x'"):
        free.x = 2


def test_a_value_that_holds_itself_can_be_shown() -> None:
    looped = OURS["Changing"](1)
    looped.seen.append(looped)
    assert repr(looped) == "make.<locals>.Changing(x=1, seen=[...])"


def test_values_can_be_pickled() -> None:
    for value in (Misfit(Where("a.yaml", 1, 2), "what", "remedy", words="In", lacks=Fraction(1, 3)), Breath(())):
        assert pickle.loads(pickle.dumps(value)) == value  # noqa: S301 - our own


def test_an_init_is_compiled_when_it_is_first_needed() -> None:
    kind = make(voicecoach.dataclass.dataclass)["Point"]
    assert not inspect.isfunction(vars(kind)["__init__"])
    kind(1)
    assert vars(kind)["__init__"].__qualname__ == "make.<locals>.Point.__init__"
