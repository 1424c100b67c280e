"""The JSON Schema of routine files, made from their models, for editors that complete and check while one types."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from voicecoach.routine.source import OWN

FILE = Path(__file__).parents[1] / "schema.json"
"""What `schema` prints, kept beside the routines, which name it."""

Schema = dict[str, Any]

TOLD = {
    "title": "Spoken as the name of the exercise, and kept in the file.",
    "language": "The language of all words, as en or de-AT.",
    "summary": "For readers: one line.",
    "notes": "For readers; not spoken.",
    "notice": "Spoken first, and kept in the tags: when to ask someone, and when to stop.",
    "benefits": "Said before the exercise, once in a session.",
    "tips": "Said before the exercise, once in a session.",
    "breath": "Seconds: in-out as 4-6, in-hold-out as 4-7-8, in-hold-out-pause as 4-4-4-4; a ramp as 3-4..4-6.",
    "fixed": "true: this breath stays, whatever the listener breathes.",
    "parameters": "Names with values, which steps use in braces and --set changes.",
    "sides": "The noun phrases of each side, under the same names on both.",
    "words": "Other words for what the program adds.",
    "pronounce": "How a word is said, without changing what is read.",
    "steps": "What is done, in order.",
    "before": "What comes before the first turn or round, where {next ...} announces it.",
    "between": "What comes between turns, rounds or included routines; never after the last.",
    "closing": "Said at the end.",
    "say": "Words; | parts wordings, the longest first. {leg} is filled from the sides.",
    "phase": "Said as the phase begins; | parts wordings, the longest first, and a last ~ is a tone.",
    "settle": "Time to get there, after the words.",
    "rounds": "How often.",
    "vary": "Values that change from round to round: a list, or from and step.",
    "stretch": "Counts this time as stretch.",
    "min": "The least that --length may make of it.",
    "max": "The most that may be made of it.",
    "name": "A name, to leave it out by with --skip; that of a block is in the titles of its chapters.",
    "only": "The rounds, or the side, that it is for.",
}
"""What editors show for a key."""

_UNNAMED = re.compile(r"\(\?P<\w+>")
"""Groups of a pattern have no names where editors read it."""


def schema() -> Schema:
    """Return the schema of a routine file, a JSON Schema of draft 7, which editors know."""
    from pydantic.json_schema import GenerateJsonSchema

    from voicecoach.routine.model import Sheet

    class Quiet(GenerateJsonSchema):
        """Leaves out defaults that JSON has no form for, without a word."""

        ignored_warning_kinds = GenerateJsonSchema.ignored_warning_kinds | {"non-serializable-default"}

    made = Sheet.model_json_schema(schema_generator=Quiet)
    parts = {name: _part(_adapted(part)) for name, part in made.pop("$defs").items()}
    head = _adapted(made) | {"title": "voicecoach routine"}
    head["patternProperties"] = {f"^{OWN}": {}}
    return {"$schema": "http://json-schema.org/draft-07/schema#", **head, "$defs": parts}


def written() -> str:
    """Return the schema as the text of its file."""
    return json.dumps(schema(), indent=1) + "\n"


def _adapted(part: Any) -> Any:  # noqa: ANN401 - a JSON value
    """Say what the file may hold, where pydantic says what the models do."""
    if isinstance(part, list):
        return [_adapted(each) for each in part]
    if not isinstance(part, dict):
        return part
    kept = {key: value for key, value in part.items() if key not in {"title", "default", "oneOf", "anyOf"}}
    adapted = {key: _properties(value) if key == "properties" else _adapted(value) for key, value in kept.items()}
    return _chosen(part) | _plain(adapted)


def _chosen(part: Schema) -> Schema:
    """Return what a value may be one of: of many steps, or of a value and nothing at all, which needs no mention."""
    choices: list[Schema] = part.get("oneOf") or part.get("anyOf") or []
    adapted: list[Schema] = [_adapted(each) for each in choices if each != {"type": "null"}]
    return {"anyOf": adapted} if len(adapted) > 1 else next(iter(adapted), {})


def _properties(properties: Schema) -> Schema:
    told = {key: {"description": TOLD[key]} if key in TOLD else {} for key in properties}
    return {key: _adapted(value) | told[key] for key, value in properties.items()}


def _plain(part: Schema) -> Schema:
    """Let a text also be written as a number or a truth value, which is a text to this program, as `title: 7`."""
    free = part.get("type") == "string" and "enum" not in part and "const" not in part
    return part | {"type": ["string", "number", "boolean"]} if free else part


def _part(part: Schema) -> Schema:
    """Name the keys of phases by their pattern; a lone phase is known by one of them."""
    from voicecoach.routine.keys import LONE
    from voicecoach.routine.phase_keys import PHASE_KEY

    spoken = part["properties"].pop("<spoken>", None)
    if spoken is None:
        return part
    words = {"anyOf": [*spoken["additionalProperties"]["anyOf"], {"type": "null"}], "description": TOLD["phase"]}
    pattern = {f"^{_UNNAMED.sub('(', PHASE_KEY.pattern)}$": words}
    lone = {} if part.get("required") else {"anyOf": [{"required": [key]} for key in LONE]}
    return part | lone | {"patternProperties": pattern}
