"""What may stand in a routine file: its models, each a frozen value, and the texts in it."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Discriminator, Field, Tag

from voicecoach import breath as breaths
from voicecoach.errors import VoicecoachError, Where, shown
from voicecoach.yamltree import Table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

LONGEST_TEXT = 10_000
MOST_BREATHS = 10_000
LONGEST_SPAN = 24 * 60 * 60
"""Seconds."""
BLANK = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True, slots=True)
class Words:
    """What is said: its wordings from the longest to the shortest, still with their blanks."""

    wordings: tuple[str, ...]
    where: Where | None = field(default=None, compare=False)

    def blanks(self) -> set[str]:
        """Return the names in braces, in lower case."""
        return {name.lower() for wording in self.wordings for name in BLANK.findall(wording)}


@dataclass(frozen=True, slots=True)
class Name:
    """What another file is called."""

    text: str
    where: Where | None = field(default=None, compare=False)


def words(value: object) -> Words:
    """Read wordings, parted by ``|``.

    >>> words("Breathe in slowly | In").wordings
    ('Breathe in slowly', 'In')
    """
    if isinstance(value, Words):
        return value
    wordings = tuple(" ".join(part.split()) for part in text(value).split("|"))
    if not all(wordings):
        raise ValueError("a wording is empty; write something on both sides of each |, or leave the key out")
    if any(set("{}") & set(BLANK.sub("", wording)) for wording in wordings):
        raise ValueError("a brace is alone here; write both, as in {leg}")
    if not all(map(_sayable, wordings)):
        raise ValueError("a wording has nothing in it that can be said; write words, or leave the key out")
    return Words(wordings, getattr(value, "where", None))


def text(value: object) -> str:
    """Return a text of the file, or refuse what is no text or can't be said."""
    if isinstance(value, Table):
        raise ValueError("this should be a text; a text that starts with { or has a : in it needs quotes")  # noqa: TRY004
    if not isinstance(value, str):
        raise ValueError("this should be a text; write one, or leave the key out")  # noqa: TRY004
    if len(value) > LONGEST_TEXT:
        raise ValueError(f"this text has {len(value):,} characters; {LONGEST_TEXT:,} are the most")
    if any(ord(character) < 32 and character not in "\n\t" for character in value):  # noqa: PLR2004 - C0 controls
        raise ValueError("this text has control characters in it; take them out")
    return value


def _line(value: object) -> str:
    """Read a text onto one line."""
    return " ".join(text(value).split())


def _written(value: object) -> str:
    """Read a text that has something in it."""
    line = _line(value)
    if not line:
        raise ValueError("this text is empty; write something, or leave the key out")
    return line


def _sentence(value: object) -> str:
    """Read a text that is said or shown as it stands."""
    line = _written(value)
    if set("{}") & set(line):
        raise ValueError("braces are filled only inside an 'each side'; write the words themselves")
    if not _sayable(line):
        raise ValueError("this has nothing in it that can be said; write words, or leave the key out")
    return line


def _sayable(wording: str) -> bool:
    """Tell whether there is a letter, a number or a symbol; of dots and dashes alone a voice makes nothing."""
    return any(unicodedata.category(character)[0] in "LNS" for character in wording)


def _name(value: object) -> object:
    return value if isinstance(value, Name) else Name(_written(value), getattr(value, "where", None))


def _by(parse: Callable[[str], object]) -> BeforeValidator:
    """Parse a text with one of breath.py's readers, unless it is parsed already."""

    def read_text(value: object) -> object:
        if isinstance(value, (breaths.Breath, breaths.Span)):
            return value
        try:
            return parse(text(value))
        except VoicecoachError as error:
            raise ValueError("; ".join(str(error).splitlines())) from error

    return BeforeValidator(read_text)


def _bounded(span: breaths.Span) -> breaths.Span:
    if span.breaths > MOST_BREATHS or span.rest > LONGEST_SPAN:
        raise ValueError(f"this lasts too long; at most {MOST_BREATHS:,} breaths or 24h are possible")
    return span


def _whole(value: object) -> object:
    if isinstance(value, int):
        return value
    if not isinstance(value, str) or not re.fullmatch(r"\d{1,18}", value.strip()):
        raise ValueError(f"{'this' if value is None else shown(value)} is no whole number; write one, as 3")
    return value


def _sentences(value: object) -> object:
    return [value] if isinstance(value, str) else value


Said = Annotated[Words, BeforeValidator(words)]
Remark = Annotated[str, BeforeValidator(_line)]
Sentence = Annotated[str, BeforeValidator(_sentence)]
Pattern = Annotated[str, BeforeValidator(_written)]
Key = Annotated[str, AfterValidator(str.lower)]
Sentences = Annotated[tuple[Sentence, ...], BeforeValidator(_sentences)]
Breath = Annotated[breaths.Breath, _by(breaths.breath)]
Span = Annotated[breaths.Span, _by(breaths.span), AfterValidator(_bounded)]
Breaths = Annotated[int, BeforeValidator(_whole), Field(ge=1, le=MOST_BREATHS)]
Rounds = Annotated[int, BeforeValidator(_whole), Field(ge=1, le=1_000)]


class Model(BaseModel):
    """What all parts of the file share: unknown keys are mistakes, and keys are written with spaces."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        arbitrary_types_allowed=True,
        alias_generator=lambda name: name.removesuffix("_").replace("_", " "),
    )


class ByRound(Model):
    """What is said the first time, and what from the second round on."""

    first: Said
    again: Said


def tag(name: str) -> str:
    """Return the tag of a choice; pydantic puts it among the keys of an error's path, where brackets tell it apart."""
    return f"<{name}>"


def _said_tag(value: object) -> str:
    # A text such as {leg} without quotes is a mapping to YAML, whose keys have no values.
    rounds = isinstance(value, ByRound) or (isinstance(value, dict) and any(value.values()))
    return tag("by round") if rounds else tag("text")


class Say(Model):
    """Say something; then leave time to settle."""

    say: Annotated[
        Annotated[Said, Tag(tag("text"))] | Annotated[ByRound, Tag(tag("by round"))], Discriminator(_said_tag)
    ]
    settle: Span | None = None


class BreathePhases(Model):
    """Guided breaths: what is said as each phase begins, and at the first and last breath instead."""

    breathe: Breaths
    in_: Said | None = None
    hold: Said | None = None
    out: Said | None = None
    pause: Said | None = None
    first_in: Said | None = None
    first_hold: Said | None = None
    first_out: Said | None = None
    first_pause: Said | None = None
    last_in: Said | None = None
    last_hold: Said | None = None
    last_out: Said | None = None
    last_pause: Said | None = None
    stretch: Literal["all", "to last out"] | None = None

    def words(self, key: str) -> Words | None:
        """Return what is said at a key as it stands in the file, e.g. ``last out``."""
        found: Words | None = getattr(self, "in_" if key == "in" else key.replace(" ", "_"))
        return found


class Rest(Model):
    """A stretch of time of the listener's own, in free breaths or seconds; it may start with words."""

    rest: Span
    say: Said | None = None


class Change(Model):
    """Time to change sides, in which the next turn's words may already be spoken."""

    change: Span
    say: Said | None = None


class Block(Model):
    """Steps in rounds, and what comes between them."""

    rounds: Rounds = 1
    between: tuple[Rest, ...] = ()
    steps: tuple[Step, ...] = Field(min_length=1)


class Sided(Model):
    """Steps for each side in turn: left, right, left, right, or all rounds of one side first."""

    rounds: Rounds = 1
    order: Literal["alternate", "blocked"] = "alternate"
    between: tuple[Between, ...] = ()
    steps: tuple[Step, ...] = Field(min_length=1)


class EachSide(Model):
    """A block that is done for each side."""

    each_side: Sided


class Repeat(Model):
    """A block that is repeated."""

    repeat: Block


class Include(Model):
    """Another routine, with its own words and breath; an optional one is only played when it is asked for."""

    include: Annotated[Name, BeforeValidator(_name)]
    optional: bool = False


STEPS = ("say", "breathe", "rest", "each side", "repeat", "include")
BETWEEN = ("rest", "change")


def _among(names: tuple[str, ...]) -> Discriminator:
    """Tell by its keys which step something is; a rest and a change may say something, so they are looked for first."""
    order = sorted(names, key=lambda name: name not in BETWEEN)

    def found(value: object) -> str | None:
        keys = [field.alias for field in type(value).model_fields.values()] if isinstance(value, Model) else value
        return next((tag(name) for name in order if isinstance(keys, (dict, list)) and name in keys), None)

    return Discriminator(found)


Between = Annotated[Annotated[Rest, Tag(tag("rest"))] | Annotated[Change, Tag(tag("change"))], _among(BETWEEN)]
Step = Annotated[
    Annotated[Say, Tag(tag("say"))]
    | Annotated[BreathePhases, Tag(tag("breathe"))]
    | Annotated[Rest, Tag(tag("rest"))]
    | Annotated[EachSide, Tag(tag("each side"))]
    | Annotated[Repeat, Tag(tag("repeat"))]
    | Annotated[Include, Tag(tag("include"))],
    _among(STEPS),
]
Steps = tuple[Step, ...]


class Sides(Model):
    """The noun phrases of each side: the same names on both, whole phrases, so that inflected languages come right."""

    left: dict[Key, Sentence]
    right: dict[Key, Sentence]


class Sheet(Model):
    """What stands in a routine file."""

    title: Sentence
    language: Sentence = "en"
    summary: Remark = ""
    notes: Remark = ""
    notice: Sentences = ()
    benefits: Sentences = ()
    tips: Sentences = ()
    breath: Breath = breaths.breath("4-6")
    sides: Sides | None = None
    words: dict[str, Pattern] = Field(default_factory=dict)
    steps: tuple[Step, ...] = Field(min_length=1)
    between: tuple[Rest, ...] = ()
    closing: Sentences = ()


for _model in (Block, Sided, EachSide, Repeat, Sheet):
    _model.model_rebuild()


def said(step: Model) -> Iterator[Words]:
    """Yield everything that one step says itself (not what the steps inside it say)."""
    for name in type(step).model_fields:
        match getattr(step, name):
            case Words() as value:
                yield value
            case ByRound(first=first, again=again):
                yield from (first, again)
            case _:
                pass


def walk(steps: Steps) -> Iterator[Model]:
    """Yield every step and every step inside it, in the order of the file."""
    for step in steps:
        yield step
        if isinstance(step, EachSide):
            yield from walk(step.each_side.steps)
        elif isinstance(step, Repeat):
            yield from walk(step.repeat.steps)
