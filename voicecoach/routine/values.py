"""The types of values in a routine file: how a text becomes words, a length, a breath or a count."""

from __future__ import annotations

import re
import unicodedata
from contextlib import suppress
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeVar, get_args

import pydantic
from pydantic import AfterValidator, GetPydanticSchema, WithJsonSchema
from pydantic_core.core_schema import is_instance_schema, no_info_before_validator_function

from voicecoach.core import breath as breaths
from voicecoach.core import notation
from voicecoach.core.score import Offset
from voicecoach.core.spelling import put_digits, read_number, shorten, simplify
from voicecoach.errors import ChoiceError, VoicecoachError, Where, quote
from voicecoach.routine.formulas.evaluation import Formula, as_count, as_span, evaluate, find_range
from voicecoach.routine.formulas.paces import evaluate_pace, parse_pace
from voicecoach.routine.formulas.syntax import NAME, parse
from voicecoach.routine.source import CONTROL, Table

if TYPE_CHECKING:
    from collections.abc import Callable

    from pydantic import GetCoreSchemaHandler, InstanceOf
    from pydantic_core import CoreSchema
else:

    class InstanceOf:
        """An instance of a class, accepted unchanged; pydantic's own type would turn our dataclasses into models."""

        def __class_getitem__(cls, kind: type) -> object:
            """Return the annotation."""
            return Annotated[kind, GetPydanticSchema(lambda _source, _handler: is_instance_schema(kind))]


class BeforeValidator(pydantic.BeforeValidator):
    """A function that reads a value before pydantic checks its type. It takes the value alone.

    pydantic's own looks for that at the signature, once for each use: a third of the time that the models take.
    """

    def __get_pydantic_core_schema__(self, source_type: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Return the schema of a type with this function before it."""
        function: Any = self.func
        return no_info_before_validator_function(function, handler(source_type))


_Found = TypeVar("_Found")
LONGEST_TEXT = 10_000
"""The most characters of a text: some minutes of talk without a pause."""
MOST_NAMES = 300
"""The most names in one table: parameters, varying values, words of a side, keys of phases."""
MOST_PRONOUNCED = 500
MOST_BREATHS = 10_000
LONGEST_SPAN = 24 * 60 * 60
"""Seconds."""
BLANK = NAME
_CALCULATED = re.compile(r"[\w)] ?[-+*/\u00d7\u00f7\u2212\u2013] ?[-(\w.]|\)|\w\(")
"""What a calculation without names has in it."""
_NUMBERS = re.compile(r"\s*-.*|[\d.\s]+(?:[-/\u2212\u2013][\d.\s]+)+")
"""Numbers that are no calculation: a negative one, a breath, a range of breaths, a fraction."""
_HALF = ("halfway", "half way", "half-way", "middle", "mid", "midway", "50%", "1/2")
TONE = "~"
"""A last wording that stands for a tone instead of words."""
SIDES = ("left", "right")
SHORTEST_APART = Fraction(1, 10)
"""The fewest seconds between moments that repeat."""


@dataclass(frozen=True, slots=True)
class Words:
    """Words to be spoken: wordings from the longest to the shortest, with names in braces."""

    wordings: tuple[str, ...]
    where: Where | None = field(default=None, compare=False)

    def blanks(self) -> set[str]:
        """Return the names in braces, in lower case."""
        return {name.lower() for wording in self.wordings for name in BLANK.findall(wording)}

    @property
    def toned(self) -> bool:
        """Whether a tone is heard if no wording fits."""
        return self.wordings[-1] == TONE


@dataclass(frozen=True, slots=True)
class Name:
    """The name of another file, with its place."""

    text: str
    where: Where | None = field(default=None, compare=False)


def read_words(value: object) -> Words:
    """Read wordings, separated by ``|``.

    >>> read_words("Breathe in slowly | In").wordings
    ('Breathe in slowly', 'In')
    """
    if isinstance(value, Words):
        return value
    wordings = tuple(" ".join(part.split()) for part in read_text(value).split("|"))
    if not any(wordings):
        raise ValueError("there are no words here; write some, or leave the key out")
    if not all(wordings):
        raise ValueError("a wording is empty; take the | beside it out, or write something on both sides of each |")
    if any(set("{}") & set(BLANK.sub("", wording)) for wording in wordings):
        raise ValueError("a brace is alone here; write both, as in {leg}")
    if not all(map(_is_sayable, wordings[:-1] if wordings[-1] == TONE else wordings)):
        raise ValueError("a wording has nothing that can be spoken; write words, or leave the key out")
    return Words(wordings, getattr(value, "where", None))


def read_text(value: object) -> str:
    """Return a text of the file; refuse other values and texts that can't be spoken."""
    if isinstance(value, Table):
        raise ValueError("this should be a text; a text that starts with { or has a : in it needs quotes")  # noqa: TRY004
    if not isinstance(value, str):
        raise ValueError("this should be a text; write one, or leave the key out")  # noqa: TRY004
    if len(value) > LONGEST_TEXT:
        raise ValueError(f"this text has {len(value):,} characters; at most {LONGEST_TEXT:,} are possible")
    if CONTROL.search(value):
        raise ValueError("this text has control characters in it; take them out")
    return value


def _check_greeting(words: Words) -> Words:
    """Refuse names in a greeting, except that of the listener."""
    if others := sorted(words.blanks() - {"name"}):
        raise ValueError(f"{{{others[0]}}} has no value in a greeting; {{name}} has")
    return words


def limit_names(most: int) -> BeforeValidator:
    """Refuse a mapping with too many keys, since each costs time."""

    def count(value: object) -> object:
        if isinstance(value, dict) and len(value) > most:
            raise ValueError(f"this has {len(value):,} keys; at most {most:,} are possible")
        return value

    return BeforeValidator(count)


def _read_line(value: object) -> str:
    """Read a text as one line."""
    return " ".join(read_text(value).split())


def _read_filled(value: object) -> str:
    """Read a text that must not be empty."""
    line = _read_line(value)
    if not line:
        raise ValueError("this text is empty; write something, or leave the key out")
    return line


def _read_sentence(value: object) -> str:
    """Read a text that is spoken or shown unchanged."""
    line = _read_filled(value)
    if set("{}") & set(line):
        raise ValueError("only steps can have names in braces; write the words themselves")
    if "|" in line:
        raise ValueError("only steps can have several wordings; write one, without |")
    if not _is_sayable(line):
        raise ValueError("this has nothing that can be spoken; write words, or leave the key out")
    return line


def _is_sayable(wording: str) -> bool:
    """Return whether a wording has a letter, a number or a symbol; dots and dashes alone have no sound."""
    return any(unicodedata.category(character)[0] in "LNS" for character in wording)


def _read_own_words(value: object) -> object:
    """Read a text that replaces one of the program's own, or a list of them."""
    return tuple(map(_read_filled, value)) if isinstance(value, (list, tuple)) else _read_filled(value)


def _read_name(value: object) -> object:
    return value if isinstance(value, Name) else Name(_read_filled(value), getattr(value, "where", None))


def parse_with(parse: Callable[[str], object]) -> BeforeValidator:
    """Return a validator that parses a text, unless it is parsed already."""

    def read_value(value: object) -> object:
        if isinstance(value, (breaths.Breath, breaths.Pace, breaths.Span, Formula, Offset, Every, tuple)):
            return value
        try:
            return parse(read_text(value))
        except VoicecoachError as error:
            raise ValueError("; ".join(str(error).splitlines())) from error

    return BeforeValidator(read_value)


def _check_bounds(span: breaths.Span | Formula) -> breaths.Span | Formula:
    if isinstance(span, Formula):
        return span
    if span.breaths > MOST_BREATHS or max(span.rest, span.least) > LONGEST_SPAN:
        raise ValueError(f"this lasts too long; at most {MOST_BREATHS:,} breaths or 24h are possible")
    return span


def read_whole(most: int) -> BeforeValidator:
    """Return a validator for a whole number from 1 to ``most``, or a formula."""

    def read(value: object) -> object:
        if isinstance(value, (int, Formula)):
            return value
        if isinstance(value, str) and "{" in value:
            return _read_formula(value)
        plain = simplify(value) if isinstance(value, str) else ""
        if _CALCULATED.search(plain) and not plain.startswith("-"):
            plain = str(_calculate(plain, lambda text: as_count(evaluate(text, {}))))
        if not re.fullmatch(r"[0-9]+", plain):
            digits = re.search(r"[0-9]+", put_digits(plain))
            guess = min(max(int(digits[0][:4]), 1), most) if digits else 0
            remedy = f"write {guess}" if guess else "write one, as 3"
            raise ValueError(f"{'this' if value is None else quote(value)} is not a whole number; {remedy}")
        if not 1 <= (found := int(read_number(plain))) <= most:
            bound = f"at most {most:,}" if found else "at least 1"
            raise ValueError(f"this is {shorten(plain)}; {bound} is possible")
        return found

    return BeforeValidator(read)


def _read_formula(value: object) -> Formula:
    """Read a calculation with names in braces, which have values later; its syntax is checked at once."""
    return make_formula(value, parse)


def make_formula(value: object, check: Callable[[str], object]) -> Formula:
    """Read a calculation with names in braces; ``check`` raises one of our errors if its syntax is wrong."""
    if isinstance(value, str) and set("{}") & set(BLANK.sub("", value)):
        raise ValueError("a brace is alone here; write both, as in {hold}")
    text = _read_filled(value)
    _calculate(text, check)
    return Formula(text, getattr(value, "where", None))


def _calculate(text: str, work_out: Callable[[str], _Found]) -> _Found:
    """Return the result of a calculation; an error is one of pydantic's, with the remedy after a semicolon."""
    try:
        return work_out(text)
    except VoicecoachError as error:
        raise ValueError("; ".join("; ".join(str(error).splitlines()).rsplit(": ", 1))) from error


def _read_calculated(value: object) -> Formula:
    """Read a formula; one without names is evaluated at once to check it."""
    if isinstance(value, Formula):
        return value
    if isinstance(value, str) and "{" not in value and not _CALCULATED.search(value):
        try:
            evaluate(value, {}, signed=True)
        except VoicecoachError as error:
            raise ValueError(f"{quote(value)} is not a number or a length; write 5, 20s or 2 breaths") from error
    formula = _read_formula(value)
    if not formula.names():
        _calculate(formula.text, lambda text: evaluate(text, {}, signed=True))
    return formula


def _lower(key: str) -> str:
    return key.lower()


def _read_value(value: object) -> str:
    """Read the value of a name: a text with one wording."""
    line = _read_filled(value)
    if "|" in line:
        raise ValueError("a value has one wording; write the | where the value is said")
    return line


def _read_length(value: object) -> object:
    """Read a length or a formula; a plain number means breaths."""
    if isinstance(value, int):
        return breaths.Span(breaths=value)
    if not isinstance(value, str):
        return value
    return _read_formula(value) if "{" in value else _calculate(value, _read_plain_length)


def _read_plain_length(text: str) -> object:
    """Return the length that a calculation without names comes to; any other text unchanged."""
    if not _CALCULATED.search(text) or _NUMBERS.fullmatch(text):
        return text
    with suppress(ChoiceError):
        return notation.read_span(text)
    try:
        return as_span(evaluate(text, {}))
    except ChoiceError:
        if end := find_range(text):
            raise ChoiceError(f"{quote(text)} is not a length: write one length, not a range, as {end}") from None
        raise


def _read_own_pace(value: object) -> object:
    """Read a breath that is calculated; any other text unchanged."""
    if not isinstance(value, str):
        return value
    if "{" in value:
        return make_formula(value, parse_pace)
    if set("*()") & set(value):
        with suppress(VoicecoachError):
            return evaluate_pace(value, {})
    return value


def _refuse_names(value: object) -> object:
    """Refuse names in braces in a place where names have no values yet."""
    if isinstance(value, str) and "{" in value:
        raise ValueError("a name is not allowed here; write seconds, as 4-6, or use a 'pace' with this breath")
    return value


def _refuse_no_time(span: breaths.Span | Formula) -> breaths.Span | Formula:
    if span == breaths.Span():
        raise ValueError("this has no length; write how long, as 5s, or leave the step out")
    return span


def _require_breaths(span: breaths.Span | Formula) -> breaths.Span | Formula:
    """Refuse a length that is not counted in breaths."""
    if isinstance(span, breaths.Span) and not (span.in_breaths and not span.rest):
        if span == breaths.Span():
            raise ValueError("this is less than one breath; at least 1 is possible")
        raise ValueError(f"{quote(str(span))} is not counted in breaths; write 3, or 30s in whole breaths")
    return span


@dataclass(frozen=True, slots=True)
class Every:
    """Moments of a hold or a phase, so many seconds apart."""

    seconds: Fraction


LAST, EVERY = "last ", "every "
"""What is before a moment that is counted from the end, and before moments that repeat."""


def _read_moment_formula(value: object) -> object:
    """Return the formula of a moment of a hold or a phase if it has names or signs; other values unchanged."""
    if not isinstance(value, str):
        return value
    if "{" in value:
        return make_formula(value, lambda text: parse(text.strip().removeprefix(LAST).removeprefix(EVERY)))
    text = value.strip().removeprefix(LAST).removeprefix(EVERY)
    if _CALCULATED.search(text) and simplify(value) not in _HALF:
        with suppress(VoicecoachError):
            evaluate(text, {})
            return Formula(value, getattr(value, "where", None))
    return value


def _read_moment(text: str) -> Offset | Every:
    """Read a moment of a hold or a phase: ``10s``, ``half``, ``last 5s``, ``every 1s``."""
    written = simplify(text)
    if written.startswith(EVERY):
        apart = notation.read_seconds(written.removeprefix(EVERY))
        if apart < SHORTEST_APART:
            raise ChoiceError(f"{quote(text)} is too often: at least {float(SHORTEST_APART):g}s is possible")
        return Every(apart)
    if written == "half":
        return Offset(Fraction(1, 2), Fraction(0))
    if written.startswith(LAST):
        return Offset(Fraction(1), -notation.read_seconds(written.removeprefix(LAST)))
    if written in _HALF:
        raise ChoiceError(f"{quote(text)} is not a moment\nwrite half")
    if not re.search("[0-9]", written):
        raise ChoiceError(f"{quote(text)} is not a moment\nwrite 10s, half, last 5s or every 1s")
    return Offset(Fraction(0), notation.read_seconds(written))


def list_texts(value: object) -> object:
    """Return a text as a list of one, and everything else unchanged."""
    return [value] if isinstance(value, str) else value


TEXT = WithJsonSchema({"type": "string"})
_TEXTS = WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]})
_LENGTH = WithJsonSchema({"type": ["string", "integer"], "description": "2 breaths, 5s, 1:30, or a number of breaths"})
NUMBER = WithJsonSchema({"type": ["integer", "string"], "minimum": 1})

Said = Annotated[InstanceOf[Words], BeforeValidator(read_words), TEXT]
Greeting = Annotated[Said, AfterValidator(_check_greeting)]
Remark = Annotated[str, BeforeValidator(_read_line)]
Sentence = Annotated[str, BeforeValidator(_read_sentence)]
OwnWords = Annotated[str | tuple[str, ...], BeforeValidator(_read_own_words), _TEXTS]
Key = Annotated[str, AfterValidator(_lower)]
Sentences = Annotated[tuple[Sentence, ...], BeforeValidator(list_texts), _TEXTS]
Pace = Annotated[InstanceOf[breaths.Pace], parse_with(notation.read_pace), BeforeValidator(_refuse_names), TEXT]
OwnPace = Annotated[
    InstanceOf[breaths.Pace] | InstanceOf[Formula],
    parse_with(notation.read_pace),
    BeforeValidator(_read_own_pace),
    TEXT,
]
Settle = Annotated[
    InstanceOf[breaths.Span] | InstanceOf[Formula],
    AfterValidator(_check_bounds),
    parse_with(notation.read_span),
    BeforeValidator(_read_length),
    _LENGTH,
]
Length = Annotated[Settle, AfterValidator(_refuse_no_time)]
Breaths = Annotated[Settle, AfterValidator(_require_breaths)]
Rounds = Annotated[int | InstanceOf[Formula], read_whole(1_000), NUMBER]
Seconds = Annotated[int | InstanceOf[Formula], read_whole(60), NUMBER]
Value = Annotated[str, BeforeValidator(_read_value), TEXT]
Worked = Annotated[InstanceOf[Formula], BeforeValidator(_read_calculated), TEXT]
Moment = Annotated[
    InstanceOf[Offset] | InstanceOf[Every] | InstanceOf[Formula],
    parse_with(_read_moment),
    BeforeValidator(_read_moment_formula),
    TEXT,
]
FileName = Annotated[InstanceOf[Name], BeforeValidator(_read_name), TEXT]
FileNames = Annotated[tuple[FileName, ...], BeforeValidator(list_texts), _TEXTS]


def _one_or_several(words: tuple[str, ...]) -> WithJsonSchema:
    """Return the schema of one of some words, or a list of them."""
    one = {"type": "string", "enum": [*words]}
    return WithJsonSchema({"anyOf": [one, {"type": "array", "items": one}]})


Position = Literal["sitting", "standing", "lying", "kneeling", "on a chair", "in bed"]
Area = Literal["neck", "shoulders", "arms", "back", "hips", "legs", "feet", "whole body", "breath", "mind"]
POSITIONS: tuple[str, ...] = get_args(Position)
AREAS: tuple[str, ...] = get_args(Area)
Positions = Annotated[tuple[Position, ...], BeforeValidator(list_texts), _one_or_several(POSITIONS)]
Areas = Annotated[tuple[Area, ...], BeforeValidator(list_texts), _one_or_several(AREAS)]
