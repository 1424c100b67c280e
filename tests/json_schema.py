"""A small check of values against a JSON Schema: of the keywords that our schemas of timelines use, and no others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator

Json: TypeAlias = Any
_NOTES = {"$schema", "$defs", "title", "description"}
_TYPES: dict[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "number": (int, float),
    "integer": (int,),
    "null": (type(None),),
}


def find_faults(value: Json, schema: dict[str, Any], whole: dict[str, Any], path: str = "$") -> Iterator[str]:
    """Yield what is wrong with a value; ``whole`` is the document that has the definitions."""
    if "$ref" in schema:
        yield from find_faults(value, whole["$defs"][schema["$ref"].removeprefix("#/$defs/")], whole, path)
        return
    for keyword, asked in schema.items():
        if keyword not in _NOTES:
            yield from _CHECKS[keyword](value, asked, whole, path)


def _check_type(value: Json, asked: Json, _whole: object, path: str) -> Iterator[str]:
    names = [asked] if isinstance(asked, str) else asked
    if isinstance(value, bool) or not any(isinstance(value, _TYPES[name]) for name in names):
        yield f"{path}: {value!r} is not of the type {asked}"


def _check_enum(value: Json, asked: Json, _whole: object, path: str) -> Iterator[str]:
    if value not in asked:
        yield f"{path}: {value!r} is none of {asked}"


def _check_minimum(value: Json, asked: Json, _whole: object, path: str) -> Iterator[str]:
    if value < asked:
        yield f"{path}: {value} is less than {asked}"


def _check_required(value: Json, asked: Json, _whole: object, path: str) -> Iterator[str]:
    yield from (f"{path}: {name} is missing" for name in asked if name not in value)


def _check_properties(value: Json, asked: Json, whole: dict[str, Any], path: str) -> Iterator[str]:
    for name, schema in asked.items():
        if name in value:
            yield from find_faults(value[name], schema, whole, f"{path}.{name}")


def _check_items(value: Json, asked: Json, whole: dict[str, Any], path: str) -> Iterator[str]:
    for number, each in enumerate(value):
        yield from find_faults(each, asked, whole, f"{path}[{number}]")


_CHECKS = {
    "type": _check_type,
    "enum": _check_enum,
    "const": lambda value, asked, whole, path: _check_enum(value, [asked], whole, path),
    "minimum": _check_minimum,
    "required": _check_required,
    "properties": _check_properties,
    "items": _check_items,
}
