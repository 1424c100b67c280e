"""`dataclasses.dataclass`, but quicker to start with: nothing is compiled until a class is used.

The standard library compiles up to seven functions for each class while its module is imported. That was a quarter of
a short command's time, and most of these functions are never called. Here ``__init__`` is compiled when it is first
needed, and the classes share the code of the other methods. Type checkers see the standard library's own decorator.
"""

from __future__ import annotations

import dataclasses
from dataclasses import MISSING, FrozenInstanceError, fields
from operator import attrgetter
from reprlib import recursive_repr
from types import MemberDescriptorType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from dataclasses import Field, dataclass
    from types import FunctionType
else:

    def dataclass(
        *,
        frozen: bool = False,
        slots: bool = False,
        repr: bool = True,  # noqa: A002 - as there
        eq: bool = True,
    ) -> Callable[[type], type]:
        """Return a decorator that makes a class a dataclass.

        >>> @dataclass(frozen=True, slots=True)
        ... class Point:
        ...     x: int
        ...     y: int = 0
        >>> Point(3), Point(3) == Point(3, 0), Point(3) == (3, 0)
        (Point(x=3, y=0), True, False)
        """

        def decorate(plain: type) -> type:
            plain.__doc__ = plain.__doc__ or plain.__name__  # the library would parse a signature to write one
            made = dataclasses.dataclass(init=False, repr=False, eq=False, slots=slots)(plain)
            methods: dict[str, object] = {"__init__": _Unwritten(made, frozen=frozen)}
            methods |= _make_repr(made) if repr else {}
            methods |= _make_comparison(made, frozen=frozen) if eq else {}
            methods |= _make_guards(made) if frozen else {}
            methods |= _PICKLED if frozen and slots else {}
            for name, method in methods.items():
                if not _defines(made, name):
                    setattr(made, name, method)
            return made

        return decorate


__all__ = ["dataclass"]


def _defines(made: type, name: str) -> bool:
    """Tell whether a class defines a method itself; ``__hash__`` is None beside an ``__eq__`` of its own."""
    own = vars(made)
    return name in own and not (name == "__hash__" and own[name] is None)


class _Unwritten:
    """The ``__init__`` of a class until it is called or looked at."""

    __slots__ = ("frozen", "owner")

    def __init__(self, owner: type, *, frozen: bool) -> None:
        self.owner, self.frozen = owner, frozen

    def __get__(self, instance: object, kind: type | None = None) -> Any:  # noqa: ANN401 - a function or a method
        written = _write_init(self.owner, frozen=self.frozen)
        setattr(self.owner, "__init__", written)  # noqa: B010 - type checkers refuse an assignment
        return written.__get__(instance, kind)


class _Factory:
    def __repr__(self) -> str:
        return "<factory>"


_FACTORY = _Factory()
"""The default of a parameter whose field has a default factory."""


def _write_init(made: type, *, frozen: bool) -> FunctionType:
    """Return the ``__init__`` of a dataclass."""
    known: dict[str, Any] = {"_FACTORY": _FACTORY}
    own: list[Field[Any]] = list(fields(made))
    given = [each for each in own if each.init]
    named = [_write_parameter(each, known) for each in given if not each.kw_only]
    keyword = [_write_parameter(each, known) for each in given if each.kw_only]
    parameters = ", ".join(["self", *named, *(["*"] if keyword else []), *keyword])
    lines = [line for each in own for line in _write_field(made, each, known, frozen=frozen)]
    if hasattr(made, "__post_init__"):
        lines.append("self.__post_init__()")
    exec("\n  ".join([f"def __init__({parameters}):", *(lines or ["pass"])]), known)  # noqa: S102 - of our own names
    written: FunctionType = known["__init__"]
    written.__qualname__ = f"{made.__qualname__}.__init__"
    written.__module__ = made.__module__
    written.__annotations__ = {each.name: each.type for each in given} | {"return": None}
    return written


def _write_parameter(own: Field[Any], known: dict[str, Any]) -> str:
    """Return a parameter with its default, whose value is added to the ``known`` names."""
    if own.default_factory is not MISSING:
        known[f"_make_{own.name}"] = own.default_factory
        return f"{own.name}=_FACTORY"
    if own.default is not MISSING:
        known[f"_default_{own.name}"] = own.default
        return f"{own.name}=_default_{own.name}"
    return own.name


def _write_field(made: type, own: Field[Any], known: dict[str, Any], *, frozen: bool) -> Iterator[str]:
    """Yield the lines that set a field."""
    name = own.name
    if own.default_factory is not MISSING:
        known[f"_make_{name}"] = own.default_factory
        yield f"{name} = _make_{name}()" if not own.init else f"if {name} is _FACTORY: {name} = _make_{name}()"
    elif not own.init:
        return
    if not frozen:
        yield f"self.{name} = {name}"
    elif isinstance(slot := getattr(made, name, None), MemberDescriptorType):
        known[f"_set_{name}"] = slot.__set__
        yield f"_set_{name}(self, {name})"
    else:
        yield f"self.__dict__[{name!r}] = {name}"


def _make_repr(made: type) -> dict[str, object]:
    names = [each.name for each in fields(made) if each.repr]

    @recursive_repr()
    def represent(self: object) -> str:
        return f"{type(self).__qualname__}({', '.join(f'{name}={getattr(self, name)!r}' for name in names)})"

    return {"__repr__": represent}


def _make_comparison(made: type, *, frozen: bool) -> dict[str, object]:
    """Return how values of a class are compared and hashed: by their fields. Those that can change have no hash."""
    read = _make_reader(each.name for each in fields(made) if each.compare)
    read_hashed = _make_reader(each.name for each in fields(made) if (each.compare if each.hash is None else each.hash))

    def equals(self: object, other: object) -> bool:
        return read(self) == read(other) if type(self) is type(other) else NotImplemented

    def find_hash(self: object) -> int:
        return hash(read_hashed(self))

    return {"__eq__": equals, "__hash__": find_hash if frozen else None}


def _make_reader(names: Iterator[str]) -> Callable[[object], tuple[object, ...]]:
    """Return a function that reads these fields of a value."""
    every = [*names]
    if len(every) != 1:
        return attrgetter(*every) if every else lambda _: ()
    read = attrgetter(*every)
    return lambda value: (read(value),)


def _make_guards(made: type) -> dict[str, object]:
    """Return what refuses to change a value; subclasses that are not frozen may have attributes of their own."""
    names = {each.name for each in fields(made)}

    def set_attribute(self: object, name: str, value: object) -> None:
        if type(self) is made or name in names:
            raise FrozenInstanceError(f"cannot assign to field {name!r}")
        object.__setattr__(self, name, value)

    def delete_attribute(self: object, name: str) -> None:
        if type(self) is made or name in names:
            raise FrozenInstanceError(f"cannot delete field {name!r}")
        object.__delattr__(self, name)

    return {"__setattr__": set_attribute, "__delattr__": delete_attribute}


def _read_state(self: Any) -> list[object]:  # noqa: ANN401 - a dataclass
    return [getattr(self, each.name) for each in fields(self)]


def _restore_state(self: Any, state: list[object]) -> None:  # noqa: ANN401 - a dataclass
    for each, value in zip(fields(self), state, strict=True):
        object.__setattr__(self, each.name, value)


_PICKLED = {"__getstate__": _read_state, "__setstate__": _restore_state}
"""How frozen values with slots are copied and pickled: the usual way sets attributes, which they refuse."""
