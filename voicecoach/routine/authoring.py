"""What authors start from: the JSON Schema that completes and checks routines in editors, and a commented template."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from voicecoach.errors import ChoiceError, OutputError, TargetError, quote, suggest_remedy
from voicecoach.language import fill
from voicecoach.routine.source import OWN

FILE = Path(__file__).parents[1] / "schema.json"
"""The schema as a file, which `schema` prints and routines name in their first line."""
TEMPLATE = Path(__file__).parents[1] / "template.yaml"

Schema = dict[str, Any]

DESCRIPTIONS = {
    "title": "Spoken as the name of the exercise, and kept in the file.",
    "language": "The language of all words, such as en or de-AT.",
    "summary": "For readers: one line.",
    "notes": "For readers; not spoken.",
    "needs": "What is needed, such as a blanket; in a step, states of parts of the body, such as left leg: long.",
    "makes": "The states of parts of the body after the step, such as left leg: bent; check follows them.",
    "level": "For readers: easy, medium or hard.",
    "position": "For readers: the position of the body, or several.",
    "area": "For readers: the part of the body, or several.",
    "greeting": "Spoken first with --with-name, which gives {name} its value.",
    "notice": "Spoken first, and kept in the tags: when to ask someone, and when to stop.",
    "safety": "The one sentence that --intro short keeps of the notice; by default, its last one.",
    "benefits": "Said before the exercise, once in a session.",
    "tips": "Said before the exercise, once in a session.",
    "breath": "Seconds: in-out as 4-6, in-hold-out as 4-7-8, in-hold-out-pause as 4-4-4-4; a ramp as 3-4..4-6.",
    "fixed": "true: this breath does not change with the listener's.",
    "breath sound": "true: a soft sound goes with each guided phase, unless the listener does not want it.",
    "hold tick": "true: a tick is heard in the last second of each hold, unless the listener does not want it.",
    "sleep": "true: for falling asleep: voice and sound get softer, and nothing wakes the listener at the end.",
    "clear": "true: for the hard of hearing: slower, with longer waits, and with clearer consonants.",
    "parameters": "Names with values, which steps use in braces and --set changes.",
    "sides": "The noun phrases of each side, under the same names on both.",
    "words": "Other words in place of those that the program adds.",
    "pronounce": "How a word is spoken; captions and transcripts keep its spelling.",
    "steps": "The steps, in order.",
    "before": "Steps before the first turn or round, which {next ...} can announce.",
    "between": "Steps between turns, rounds or included routines; never after the last.",
    "between sides": "Steps between the two turns of a round; never in the track of one side.",
    "between rounds": "Steps between the rounds of an 'each side'; in the tracks of both sides.",
    "closing": "Said at the end.",
    "say": "Words; | separates wordings, the longest first. {leg} is filled from the sides.",
    "move": "A movement, and how often; its phases are under tempo, and their names are keys for words.",
    "tempo": "Phases by name: seconds as down 3, up 2, or those of the breath as down in, up out.",
    "beat": "The time from one movement to the next, such as 0.5s or 1 breath; its words are under say.",
    "at": "Heard later: words by moments, such as 10s, half, last 5s, every 1s; in breaths and moves, by phases.",
    "phase": "Said as the phase begins; | separates wordings, the longest first, and a last ~ is a tone.",
    "settle": "Time to get there, after the words.",
    "include": "Another routine: a built-in name, or a file beside this one.",
    "optional": "true: only played with --with.",
    "set": "Other values for the parameters of the included routine.",
    "use": "Files beside this one with pronunciations and words that routines share.",
    "rounds": "How often.",
    "vary": "Values that change from round to round: a list for each name, or from and step; or a list of items.",
    "chapters": "one: the whole block is one chapter; items: each of its rounds or turns is one.",
    "stretch": "Counts this time as stretch.",
    "min": "The least that --length makes of it.",
    "max": "The most that --length or --rounds makes of it.",
    "name": "A name for --skip; the name of a block is also in the titles of its chapters.",
    "only": "The rounds, or the side, that it is for; or awake or sleep, with or without --sleep.",
    "side": "The side that it is for, outside all turns.",
    "first": "The side that starts; beside 'again', the words of the first round.",
    "one": "The words of a rest of one breath.",
    "more": "The words of a rest of more breaths: {count} says how many.",
    "again": "The words from the second round on.",
    "each side": "Steps for both sides, in turns.",
    "repeat": "Steps in rounds.",
    "pace": "Steps with a breath of their own.",
    "sound": "A chime or a tone: a name of the program's, or a file beside this one.",
    "hold": "A timed hold, such as 20s; its length never grows. Under 'sides': the side of the phase.",
    "halfway": "true: says when half of it is over.",
    "countdown": "The seconds that are counted down at the end.",
    "release": "Said as the hold ends; it takes no time.",
    "past": "Said to listeners who ask for more than 'max'.",
    "order": "alternate: left, right, left, right; blocked: all rounds of one side first.",
    "from": "The value in the first round.",
    "step": "What is added in each later round; it can be negative.",
    "left": "For the left side.",
    "right": "For the right side.",
    "in": "The side of the inhale.",
    "out": "The side of the exhale.",
    "pause": "The side of the pause after the exhale.",
}
"""The description that editors show for each key."""

_UNNAMED = re.compile(r"\(\?P<\w+>")
"""A named group, which the patterns of JSON Schema do not have."""
_NAME = re.compile(r"[^\W_][\w -]{0,80}(?<! )")
"""The name of a new routine."""


def build_schema() -> Schema:
    """Return the JSON Schema (draft 7) of a routine file."""
    from pydantic.json_schema import GenerateJsonSchema

    from voicecoach.routine.model import RoutineModel

    class Quiet(GenerateJsonSchema):
        """Leaves out defaults that JSON can't hold, without a warning."""

        ignored_warning_kinds = GenerateJsonSchema.ignored_warning_kinds | {"non-serializable-default"}

    made = RoutineModel.model_json_schema(schema_generator=Quiet)
    parts = {name: _name_phases(_adapt(part)) for name, part in made.pop("$defs").items()}
    head = _adapt(made) | {"title": "voicecoach routine"}
    head["patternProperties"] = {f"^{OWN}": {}}
    return {"$schema": "http://json-schema.org/draft-07/schema#", **head, "$defs": parts}


def write_schema() -> str:
    """Return the schema as JSON text, as it stands in its file."""
    return json.dumps(build_schema(), indent=1) + "\n"


def _adapt(part: Any) -> Any:  # noqa: ANN401 - a JSON value
    """Change what pydantic says about the models into what the file may hold."""
    if isinstance(part, list):
        return [_adapt(each) for each in part]
    if not isinstance(part, dict):
        return part
    kept = {key: value for key, value in part.items() if key not in {"title", "default", "oneOf", "anyOf"}}
    adapted = {key: _describe(value) if key == "properties" else _adapt(value) for key, value in kept.items()}
    return _list_choices(part) | _allow_plain(adapted)


def _list_choices(part: Schema) -> Schema:
    """Return the schemas of which a value must match one; null, an empty value, is left out."""
    choices: list[Schema] = part.get("oneOf") or part.get("anyOf") or []
    adapted: list[Schema] = [_adapt(each) for each in choices if each != {"type": "null"}]
    return {"anyOf": adapted} if len(adapted) > 1 else next(iter(adapted), {})


def _describe(properties: Schema) -> Schema:
    described = {key: {"description": DESCRIPTIONS[key]} if key in DESCRIPTIONS else {} for key in properties}
    return {key: _adapt(value) | described[key] for key, value in properties.items()}


def _allow_plain(part: Schema) -> Schema:
    """Allow a number or a boolean for a text, as in `title: 7`: this program reads both as texts."""
    free = part.get("type") == "string" and "enum" not in part and "const" not in part
    return part | {"type": ["string", "number", "boolean"]} if free else part


def _name_phases(part: Schema) -> Schema:
    """Describe the keys of phases by their pattern; a step for a lone phase needs one of them."""
    from voicecoach.routine.keys import LONE
    from voicecoach.routine.phase_steps import PHASE_KEY

    _allow_tones(part["properties"].get("at", {}))
    spoken = part["properties"].pop("<spoken>", None)
    if spoken is None:
        return part
    words = {
        "anyOf": [*spoken["additionalProperties"]["anyOf"], {"type": "null"}],
        "description": DESCRIPTIONS["phase"],
    }
    if part["properties"].pop("<names>", None):
        own = "|".join(key for key in part["properties"])
        tempo = [{"required": [key]} for key in ("tempo", "beat")]
        return part | {"patternProperties": {f"^(?!(?:{own})$)": words}, "anyOf": tempo}
    pattern = {f"^{_UNNAMED.sub('(', PHASE_KEY.pattern)}$": words}
    lone = {} if part.get("required") else {"anyOf": [{"required": [key]} for key in LONE]}
    return part | lone | {"patternProperties": pattern}


def _allow_tones(at: Schema) -> None:
    """Allow a tone at a moment: YAML reads ``~`` as null."""
    moments = at.get("additionalProperties", {})
    moments = moments.get("additionalProperties", moments)
    if "anyOf" in moments:
        moments["anyOf"].append({"type": "null"})


def create_template(name: str, folder: Path) -> Path:
    """Write a routine with this name into a folder and return its path; an existing file stays as it is.

    Raises:
        ChoiceError: If the name is not allowed.
        TargetError: If a file has this name already.
        OutputError: If the file can't be written.
    """
    stem = name.removesuffix(".yaml")
    if not _NAME.fullmatch(stem):
        raise ChoiceError(f"{quote(name)} can't be a routine's name\nwrite letters, digits, - and _, as my-stretch")
    path = folder / f"{stem}.yaml"
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(fill_template(stem))
    except FileExistsError as error:
        raise TargetError(path, "there is a file of this name; choose another name, or move it away") from error
    except FileNotFoundError as error:
        raise TargetError(path, "the folder is gone; change into one that is there") from error
    except PermissionError as error:
        raise OutputError(path, "no permission to write here; change into another folder") from error
    except OSError as error:
        what = (error.strerror or str(error)).lower()
        raise OutputError(quote(path)[1:-1], "; ".join(filter(None, (what, suggest_remedy(error))))) from error
    return path


def fill_template(name: str) -> str:
    """Return the template with a routine's name filled in, and the path of the installed schema for editors.

    >>> print(fill_template("my-stretch").splitlines()[6].split("#")[0].strip())
    title: My stretch
    """
    title = re.sub("[-_ ]+", " ", name).strip()
    return fill(
        TEMPLATE.read_text(encoding="utf-8"), SCHEMA=FILE.as_uri(), NAME=name, TITLE=title[:1].upper() + title[1:]
    )
