"""The models of a routine file, each a frozen value."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeAlias

from pydantic import (
    Discriminator,
    Field,
    GetPydanticSchema,
    Tag,
)

from voicecoach.core import notation
from voicecoach.routine.keys import AROUND, LONE, STEPS
from voicecoach.routine.phase_steps import (
    BreathePhases,
    ByCount,
    ByRound,
    Counted,
    LonePhase,
    Model,
    Moments,
    Moves,
    Named,
    Placed,
    Sounded,
    Utterance,
    make_tag,
)
from voicecoach.routine.values import (
    MOST_NAMES,
    MOST_PRONOUNCED,
    Areas,
    BeforeValidator,
    FileName,
    FileNames,
    Greeting,
    Key,
    Length,
    Name,
    OwnPace,
    OwnWords,
    Pace,
    Positions,
    Remark,
    Rounds,
    Said,
    Seconds,
    Sentence,
    Sentences,
    Settle,
    Value,
    Words,
    Worked,
    limit_names,
    list_texts,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


class Say(Named):
    """Say something; then leave time to settle."""

    say: Utterance
    settle: Settle | None = None


class Hold(Named):
    """A timed hold: words as it begins, at moments, at its middle, a countdown, and a release as it ends."""

    hold: Length
    say: Utterance | None = None
    at: Moments = Field(default_factory=dict)
    halfway: bool = False
    countdown: Seconds | None = None
    release: Utterance | None = None
    stretch: bool = False


class Rest(Named):
    """Free time for the listener, in breaths or seconds; it can start with words, which may count its breaths."""

    rest: Length
    say: Counted | None = None
    least: Length | None = Field(default=None, alias="min")
    most: Length | None = Field(default=None, alias="max")


class Play(Named):
    """A sound: one that comes with the program, or a file beside the routine."""

    sound: FileName


class Change(Named):
    """Time to change sides; the next turn's words can start in it."""

    change: Length
    say: Utterance | None = None


class Growing(Model):
    """A value that grows or shrinks by a step each round."""

    from_: Worked
    step: Worked


Values = Annotated[
    Annotated[tuple[Value, ...], Field(min_length=1), Tag(make_tag("list"))]
    | Annotated[Growing, Tag(make_tag("growing"))],
    Discriminator(lambda value: make_tag("growing") if isinstance(value, (dict, Growing)) else make_tag("list")),
]


def _allow_items(schema: dict[str, Any]) -> None:
    """Let the JSON Schema allow a list of items, too: `validate` joins it before the models read the file."""
    values = dict(schema)
    item = {"anyOf": [{"type": "string"}, {"type": "object", "additionalProperties": {"type": "string"}}]}
    schema.clear()
    schema["anyOf"] = [values, {"type": "array", "minItems": 1, "items": item}]


BETWEEN = ("rest", "say", "hold", "sound", "change")


def _tag_step(names: tuple[str, ...]) -> Discriminator:
    """Return a discriminator of steps by their keys; it tries steps that can have the keys of others first."""
    early = ("rest", "change", "breathe", "move", "hold")
    order = sorted(names, key=lambda name: early.index(name) if name in early else len(early))

    def find_tag(value: object) -> str | None:
        if isinstance(value, LonePhase):
            return make_tag("phase")
        keys = [field.alias for field in type(value).model_fields.values()] if isinstance(value, Model) else value
        if not isinstance(keys, (dict, list)):
            return None
        step = next((make_tag(name) for name in order if name in keys), None)
        return step or (make_tag("phase") if "breathe" in names and any(name in keys for name in LONE) else None)

    return Discriminator(find_tag)


_Rest: TypeAlias = Annotated[Rest, Tag(make_tag("rest"))]
_Change: TypeAlias = Annotated[Change, Tag(make_tag("change"))]
_Say: TypeAlias = Annotated[Say, Tag(make_tag("say"))]
_Play: TypeAlias = Annotated[Play, Tag(make_tag("sound"))]
_Hold: TypeAlias = Annotated[Hold, Tag(make_tag("hold"))]
Between = Annotated[_Rest | _Say | _Hold | _Play, _tag_step(BETWEEN[:-1])]
BetweenSides = Annotated[_Rest | _Say | _Hold | _Play | _Change, _tag_step(BETWEEN)]

if TYPE_CHECKING:
    LaterStep: TypeAlias = "Step"
else:
    LaterStep = Annotated[Any, GetPydanticSchema(lambda _source, handler: handler.generate_schema(Step))]
    """A step inside a step. The type is looked up when the first file is read: a model with a name in it that is not
    known yet would be built twice."""


class Round(Model):
    """The base of blocks: varying values, steps before the first round, and the author's limits."""

    vary: Annotated[dict[Key, Values], limit_names(MOST_NAMES)] = Field(
        default_factory=dict, json_schema_extra=_allow_items
    )
    before: tuple[Between, ...] = ()
    least: Rounds | None = Field(default=None, alias="min")
    most: Rounds | None = Field(default=None, alias="max")
    past: Said | None = None
    chapters: Literal["one", "items"] | None = None
    steps: tuple[LaterStep, ...] = Field(min_length=1)

    @property
    def lists(self) -> dict[str, tuple[str, ...]]:
        """The lists that the rounds go through, by the names of their values."""
        return {name: values for name, values in self.vary.items() if not isinstance(values, Growing)}

    @property
    def list_length(self) -> int:
        """How many rounds it takes to go through the longest list; 1 without lists."""
        return max(map(len, self.lists.values()), default=1)

    @property
    def names(self) -> frozenset[str]:
        """The names that have values in a round: those that vary, its number, and the number of rounds."""
        return frozenset({*self.vary, "round", "rounds"})

    @property
    def next_names(self) -> frozenset[str]:
        """The names that have values of the round that comes next."""
        return frozenset(f"next {name}" for name in (*self.vary, "round"))


class PerSide(Model):
    """A different number for each side."""

    left: Rounds
    right: Rounds


RoundsOfSides = Annotated[
    Annotated[Rounds, Tag(make_tag("number"))] | Annotated[PerSide, Tag(make_tag("per side"))],
    Discriminator(lambda value: make_tag("per side" if isinstance(value, (dict, PerSide)) else "number")),
]


class Block(Round):
    """Steps in rounds, with other steps between the rounds."""

    rounds: RoundsOfSides | None = None
    between: tuple[Between, ...] = ()


class Sided(Round):
    """Steps for each side in turn: left, right, left, right, or all rounds of one side first."""

    rounds: RoundsOfSides | None = None
    order: Literal["alternate", "blocked"] = "alternate"
    first: Literal["left", "right"] = "left"
    between: tuple[BetweenSides, ...] = ()
    between_sides: tuple[BetweenSides, ...] = ()
    between_rounds: tuple[BetweenSides, ...] = ()


class EachSide(Named):
    """A block that is done for each side."""

    each_side: Sided


class Repeat(Named):
    """A block that is repeated."""

    repeat: Block


class PacedSteps(Model):
    """Steps with a breath of their own; a fixed one does not change with the listener's breath."""

    breath: OwnPace
    fixed: bool = False
    steps: tuple[LaterStep, ...] = Field(min_length=1)


class PacedPart(Named):
    """A part with a pace of its own."""

    pace: PacedSteps


class Include(Named):
    """Another routine, with its own words and breath; an optional one is only played on request.

    ``set_`` gives its parameters other values.
    """

    include: FileName
    optional: bool = False
    set_: Annotated[dict[Key, Value], limit_names(MOST_NAMES)] = Field(default_factory=dict)


Step = Annotated[
    _Say
    | _Rest
    | _Play
    | Annotated[BreathePhases, Tag(make_tag("breathe"))]
    | Annotated[Moves, Tag(make_tag("move"))]
    | Annotated[LonePhase, Tag(make_tag("phase"))]
    | _Hold
    | Annotated[EachSide, Tag(make_tag("each side"))]
    | Annotated[Repeat, Tag(make_tag("repeat"))]
    | Annotated[PacedPart, Tag(make_tag("pace"))]
    | Annotated[Include, Tag(make_tag("include"))],
    _tag_step(STEPS),
]
Steps = tuple[Step, ...]


class Sides(Model):
    """The noun phrases of each side, under the same names; whole phrases, which inflected languages need."""

    left: Annotated[dict[Key, Sentence], limit_names(MOST_NAMES)]
    right: Annotated[dict[Key, Sentence], limit_names(MOST_NAMES)]


class Ending(Placed):
    """A sentence at the end, with what it needs and makes of the body."""

    say: Sentence


Closing = Annotated[
    tuple[
        Annotated[
            Annotated[Sentence, Tag(make_tag("text"))] | Annotated[Ending, Tag(make_tag("ending"))],
            Discriminator(lambda value: make_tag("ending" if isinstance(value, (dict, Ending)) else "text")),
        ],
        ...,
    ],
    BeforeValidator(list_texts),
]


def _allow_one_text(schema: dict[str, Any]) -> None:
    """Let the JSON Schema allow a single text in place of a list of them."""
    several = dict(schema)
    schema.clear()
    schema["anyOf"] = [{"type": "string"}, several]


class RoutineModel(Model):
    """A routine file."""

    title: Sentence
    language: Sentence = "en"
    summary: Remark = ""
    notes: Remark = ""
    needs: Sentences = ()
    level: Literal["easy", "medium", "hard"] | None = None
    position: Positions = ()
    area: Areas = ()
    greeting: Greeting | None = None
    notice: Sentences = ()
    safety: Sentence | None = None
    benefits: Sentences = ()
    tips: Sentences = ()
    breath: Pace = notation.read_pace("4-6")
    fixed: bool = False
    breath_sound: bool = False
    hold_tick: bool = False
    sleep: bool = False
    clear: bool = False
    parameters: Annotated[dict[Key, Value], limit_names(MOST_NAMES)] = Field(default_factory=dict)
    sides: Sides | None = None
    use: FileNames = ()
    words: dict[str, OwnWords] = Field(default_factory=dict)
    pronounce: Annotated[dict[str, Sentence], limit_names(MOST_PRONOUNCED)] = Field(default_factory=dict)
    steps: tuple[Step, ...] = Field(min_length=1)
    between: tuple[Rest, ...] = ()
    closing: Closing = Field(default=(), json_schema_extra=_allow_one_text)


def list_words(step: Model) -> Iterator[Words]:
    """Yield the words of a step, without those of the steps inside it."""
    for name in type(step).model_fields:
        yield from list_value_words(getattr(step, name))


def list_value_words(value: object) -> Iterator[Words]:
    """Yield the words in a value of a step: in both rounds, for each count, and at moments."""
    match value:
        case Words():
            yield value
        case ByRound(first=first, again=again):
            yield from (first, again)
        case ByCount(one=one, more=others):
            yield from (one, others)
        case dict():
            for each in value.values():
                yield from list_value_words(each)


def list_sounds(step: Model) -> Iterator[Name]:
    """Yield the sounds of a step, without those of the steps inside it."""
    if isinstance(step, Play):
        yield step.sound
    tables = [*getattr(step, "at", {}).values(), *getattr(step, "spoken", {}).values()]
    inner = [each for table in tables for each in (table.values() if isinstance(table, dict) else [table])]
    yield from (each.sound for each in inner if isinstance(each, Sounded))


def find_block(step: Model) -> Round | PacedSteps | None:
    """Return the block inside a step."""
    match step:
        case EachSide(each_side=inner):
            return inner
        case Repeat(repeat=inner):
            return inner
        case PacedPart(pace=inner):
            return inner
        case _:
            return None


def list_around(inner: Model) -> tuple[Model, ...]:
    """Return the steps before and between the rounds of a block."""
    return tuple(step for key in AROUND for step in getattr(inner, key.replace(" ", "_"), ()))


def is_collection(steps: Iterable[Model]) -> bool:
    """Return whether steps are includes and nothing else, alone or in blocks."""
    return all(
        is_collection(inner.steps) if (inner := find_block(step)) else isinstance(step, Include) for step in steps
    )


def walk_steps(steps: Steps) -> Iterator[Model]:
    """Yield every step and every step inside it, in the order of the file."""
    for step in steps:
        yield step
        inner = find_block(step)
        if inner:
            yield from walk_steps(inner.steps)
            yield from list_around(inner)
