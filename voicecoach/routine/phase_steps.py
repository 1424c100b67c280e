"""The steps that say something in phases, breaths and moves: the keys of their words, their values and their models."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Discriminator, Field, PrivateAttr, Tag, model_validator

from voicecoach.core import notation
from voicecoach.core import tempo as tempos
from voicecoach.errors import ChoiceError, quote
from voicecoach.routine.formulas.evaluation import Formula
from voicecoach.routine.formulas.syntax import parse
from voicecoach.routine.postures import TAGS, Makes, Needs
from voicecoach.routine.source import Table
from voicecoach.routine.values import (
    EVERY,
    MOST_BREATHS,
    MOST_NAMES,
    NUMBER,
    TEXT,
    BeforeValidator,
    Breaths,
    Every,
    FileName,
    Key,
    Moment,
    OwnPace,
    Remark,
    Rounds,
    Said,
    limit_names,
    make_formula,
    parse_with,
    read_whole,
)

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Mapping

    from pydantic import InstanceOf
    from pydantic.functional_validators import ModelWrapValidatorHandler

    from voicecoach.errors import Where
else:
    from voicecoach.routine.values import InstanceOf

_ORDINAL = "[1-9][0-9]{0,3}"
WHICH = rf"(?:first|last(?: {_ORDINAL})?|odd|even|{_ORDINAL}|every (?:[2-9]|[1-9][0-9])|from (?:last )?{_ORDINAL})"
"""Which of several: the first, the last, the n-th from either end, every n-th, every other, or all from the n-th on."""

NTH = "(?: (?P<nth>[2-9]))?"
PHASE_KEY = re.compile(rf"(?:{WHICH} )?(?P<phase>in|hold|out|pause){NTH}")
"""Which breaths, the phase, and its ordinal in its kind."""

_FROM_END = re.compile(r"(?:from )?last ([0-9]+) ")
_GROUP = re.compile(r"(every|from|from last) ([0-9]+) ")


@lru_cache
def build_key_pattern(names: tuple[str, ...]) -> re.Pattern[str]:
    """Return the pattern of the keys for the words of a movement whose phases have these names.

    >>> build_key_pattern(("down", "up")).fullmatch("last 2 down") is not None
    True
    """
    return re.compile(rf"(?:{WHICH} )?(?P<phase>{'|'.join(map(re.escape, names)) or '(?!)'}){NTH}")


def read_phase_key(key: str, pattern: re.Pattern[str] = PHASE_KEY) -> tuple[str, str, int]:
    """Return the phase that a key of words is for: with its ordinal, its name alone, and its ordinal (1-based).

    >>> read_phase_key("every 4 in 2")
    ('in 2', 'in', 2)
    """
    match = pattern.fullmatch(key)
    assert match is not None  # noqa: S101 - the models take no other key
    name, nth = match["phase"], int(match["nth"] or 1)
    return (name if nth == 1 else f"{name} {nth}"), name, nth


@dataclass(frozen=True, slots=True)
class Groups:
    """The groups of breaths that keys name, the most specific first.

    Attributes:
        starts: Where groups begin that go on to the last breath: from 0, or (negative) counted from the end.
        intervals: The intervals of groups of every n-th breath.
        reach: The largest number that a key counts from the end.
    """

    starts: tuple[int, ...] = ()
    intervals: tuple[int, ...] = ()
    reach: int = 1

    @classmethod
    def of(cls, keys: Iterable[str]) -> Groups:
        """Return the groups that keys name.

        >>> Groups.of(["in", "every 4 in", "every 10 out", "from last 3 in"])
        Groups(starts=(-3,), intervals=(10, 4), reach=3)
        """
        keys = list(keys)
        found = {(match[1], int(match[2])) for key in keys if (match := _GROUP.match(key))}
        starts = sorted(-number if name == "from last" else number - 1 for name, number in found if name != "every")
        intervals = sorted((number for name, number in found if name == "every"), reverse=True)
        reach = max((int(match[1]) for key in keys if (match := _FROM_END.match(key))), default=1)
        return cls(tuple(starts), tuple(intervals), reach)


def name_breath(number: int, count: int, groups: Groups) -> Iterator[str]:
    """Yield the names of a breath in keys, the most specific first; breaths count from 0.

    >>> list(name_breath(3, 9, Groups(starts=(2, -8), intervals=(4, 3, 2))))
    ['last 6 ', '4 ', 'from 3 ', 'from last 8 ', 'every 4 ', 'every 2 ', 'even ', '']
    """
    if number == count - 1:
        yield "last "
    if number == 0:
        yield "first "
    yield f"last {count - number} "
    yield f"{number + 1} "
    begun = [(max(start + count, 0) if start < 0 else start, -start) for start in groups.starts]
    yield from (_name_start(-start) for at, start in sorted(begun, reverse=True) if at <= number)
    yield from (f"every {every} " for every in groups.intervals if (number + 1) % every == 0)
    yield "even " if number % 2 else "odd "
    yield ""


def _name_start(start: int) -> str:
    return f"from last {-start} " if start < 0 else f"from {start + 1} "


def find_key(phase: str, names: Iterable[str], keys: Container[str]) -> str | None:
    """Return the key with the words of a phase in a breath with these ``names``, or None.

    >>> find_key("in", name_breath(0, 9, Groups()), {"in", "first in", "odd in"})
    'first in'
    """
    return next((name + phase for name in names if name + phase in keys), None)


OTHER_KEYS = {"move", "tempo", "beat", "name", "only", "side", "sides", "stretch", "min", "max", "past", "at", "say"}
OTHER_KEYS |= {*TAGS}
"""The keys of a `move` that are not for words of its phases."""
WHICH_WORDS = {"first", "last", "odd", "even", "every", "from"}
"""The words that begin the keys for some of several moves."""


def _refuse_time(value: object) -> object:
    """Refuse a time in place of a number of moves."""
    with suppress(ChoiceError):
        if isinstance(value, str) and notation.read_seconds(value):
            raise ValueError(f"{quote(value)} is a time, and moves are counted; write how many, as 12")
    return value


def _check_names(value: object) -> object:
    """Refuse names of phases that would be keys of the step, or begin as the keys of words do."""
    if isinstance(value, dict):
        pairs = ", ".join(f"{name} {each}" for name, each in value.items())
        raise ValueError(f"this should be a single value; write 'tempo: {pairs}'")  # noqa: TRY004 - pydantic's
    for name in tempos.list_names(value) if isinstance(value, str) else ():
        if name in OTHER_KEYS or name.partition(" ")[0] in WHICH_WORDS:
            raise ValueError(f"{quote(name)} can't be the name of a phase; choose another one")
    return value


def _read_own_tempo(value: object) -> object:
    """Read a tempo that is calculated; any other value unchanged."""
    if not isinstance(value, str) or not tempos.is_calculated(value):
        return value
    return make_formula(value, lambda text: tempos.fill_tempo(text, _check_formula))


def _read_own_beat(value: object) -> object:
    return make_formula(value, parse) if isinstance(value, str) and "{" in value else value


def _check_formula(text: str) -> str:
    parse(text)
    return "1s"


Count = Annotated[int | InstanceOf[Formula], read_whole(MOST_BREATHS), BeforeValidator(_refuse_time), NUMBER]
Tempo = Annotated[
    InstanceOf[tuple] | InstanceOf[Formula],  # type: ignore[type-arg] # of named phases
    parse_with(tempos.read_tempo),
    BeforeValidator(_read_own_tempo),
    BeforeValidator(_check_names),
    TEXT,
]
Beat = Annotated[
    InstanceOf[tuple] | InstanceOf[Formula],  # type: ignore[type-arg] # of one phase
    parse_with(tempos.read_beat),
    BeforeValidator(_read_own_beat),
    TEXT,
]


class Model(BaseModel):
    """The base of all models: unknown keys are errors, and keys are written with spaces."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        arbitrary_types_allowed=True,
        defer_build=True,  # most are only parts of others: each that is built at import costs a start of the program
        alias_generator=lambda name: name.removesuffix("_").replace("_", " "),
    )


def make_tag(name: str) -> str:
    """Return the tag of a choice; its brackets distinguish it from the keys in the path of a pydantic error."""
    return f"<{name}>"


class Placed(Model):
    """An item of a list, with its place in the file, and what it needs and makes of the body."""

    needs: Needs = Field(default_factory=dict)
    makes: Makes = Field(default_factory=dict)
    _where: Where | None = PrivateAttr(default=None)

    @property
    def where(self) -> Where | None:
        """The place of the step in its file."""
        return (self.__pydantic_private__ or {}).get("_where")  # pydantic itself would take ten times as long

    @model_validator(mode="wrap")
    @classmethod
    def _set_place(cls, data: Any, validate: ModelWrapValidatorHandler[Self]) -> Self:  # noqa: ANN401 - as below
        step = validate(data)
        if isinstance(data, Table):
            step._where = data.where  # noqa: SLF001 - its own
        return step


class Named(Placed):
    """A step: it can have a name by which it can be skipped, a side, and rounds that it is for."""

    name: Remark = ""
    only: Literal["first", "last", "not first", "not last", "left", "right", "awake", "sleep"] | None = None
    side: Literal["left", "right", "both"] | None = None


class ByRound(Model):
    """Words for the first round, and others from the second round on."""

    first: Said
    again: Said


class ByCount(Model):
    """Words for one breath, and others for more, because a noun and its adjectives differ then."""

    one: Said
    more: Said


def _tag_utterance(value: object) -> str:
    # A text such as {leg} without quotes is a mapping to YAML, whose keys have no values.
    rounds = isinstance(value, ByRound) or (isinstance(value, dict) and any(value.values()))
    return make_tag("by round") if rounds else make_tag("text")


Utterance = Annotated[
    Annotated[Said, Tag(make_tag("text"))] | Annotated[ByRound, Tag(make_tag("by round"))],
    Discriminator(_tag_utterance),
]


def _tag_counted(value: object) -> str:
    counts = isinstance(value, ByCount) or (isinstance(value, dict) and not {"one", "more"}.isdisjoint(value))
    return make_tag("by count") if counts else _tag_utterance(value)


Counted = Annotated[
    Annotated[Said, Tag(make_tag("text"))]
    | Annotated[ByRound, Tag(make_tag("by round"))]
    | Annotated[ByCount, Tag(make_tag("by count"))],
    Discriminator(_tag_counted),
]


class Sounded(Model):
    """A sound in place of words: one that comes with the program, or a file beside the routine."""

    sound: FileName


def _tag_heard(value: object) -> str:
    sounds = isinstance(value, Sounded) or (isinstance(value, dict) and "sound" in value)
    return make_tag("sounded") if sounds else _tag_utterance(value)


Heard = Annotated[
    Annotated[Said, Tag(make_tag("text"))]
    | Annotated[ByRound, Tag(make_tag("by round"))]
    | Annotated[Sounded, Tag(make_tag("sounded"))],
    Discriminator(_tag_heard),
]
Moments = Annotated[dict[Moment, Heard], limit_names(MOST_NAMES)]


class PhaseSides(Model):
    """Sides of single phases, as in on the left and out on the right."""

    in_: Literal["left", "right"] | None = None
    hold: Literal["left", "right"] | None = None
    out: Literal["left", "right"] | None = None
    pause: Literal["left", "right"] | None = None


class Spoken(Named):
    """A step with words for phases: ``in``, ``first out``, ``3 in``, ``last 2 out``, ``every 4 in``, ``in 2``."""

    spoken: Annotated[dict[str, Heard], limit_names(MOST_NAMES)] = Field(default_factory=dict, alias="<spoken>")
    at: Annotated[dict[str, Moments], limit_names(MOST_NAMES)] = Field(default_factory=dict)

    @property
    def pattern(self) -> re.Pattern[str]:
        """The pattern of the keys for words."""
        return PHASE_KEY

    def is_phase(self, key: str, names: Container[str]) -> bool:
        """Return whether a key is that of a phase with one of these names."""
        return self.pattern.fullmatch(key) is not None and read_phase_key(key, self.pattern)[1] in names

    @classmethod
    def _is_word_key(cls, key: str, data: dict[Any, Any]) -> bool:  # noqa: ARG003 - of a move, the names are in it
        return PHASE_KEY.fullmatch(key) is not None

    @model_validator(mode="before")
    @classmethod
    def _gather_phases(cls, data: Any) -> Any:  # noqa: ANN401 - whatever stands in the file
        """Gather the keys of phases: there are too many for fields of their own."""
        if not isinstance(data, dict):
            return data
        spoken = {key: value for key, value in data.items() if isinstance(key, str) and cls._is_word_key(key, data)}
        return {**{key: value for key, value in data.items() if key not in spoken}, "<spoken>": spoken}


class BreathePhases(Spoken):
    """Guided breaths: what is said as each phase begins."""

    breathe: Breaths
    breath: OwnPace | None = None
    fixed: bool = False
    sides: PhaseSides | None = None
    stretch: Literal["all", "to last out"] | None = None
    least: Rounds | None = Field(default=None, alias="min")
    most: Rounds | None = Field(default=None, alias="max")
    past: Said | None = None


class Moves(Spoken):
    """A movement that is repeated in a tempo of its own, or with the breath: what is said as each phase begins."""

    move: Count
    tempo: Tempo | None = None
    beat: Beat | None = None
    sides: dict[Key, Literal["left", "right"]] | None = None
    stretch: Remark | None = None
    least: Rounds | None = Field(default=None, alias="min")
    most: Rounds | None = Field(default=None, alias="max")
    past: Said | None = None
    names: tuple[str, ...] = Field(default=(), alias="<names>")
    """The names of its phases in keys, each once; of one that goes by beats, `say`."""

    @property
    def pattern(self) -> re.Pattern[str]:
        """The pattern of the keys for words."""
        return build_key_pattern(self.names)

    @classmethod
    def _is_word_key(cls, key: str, data: dict[Any, Any]) -> bool:
        """Return whether a key is for words; if the names of phases are not known, any other key may be."""
        names = list_move_names(data)
        own = key in {field.alias for field in cls.model_fields.values()}
        return build_key_pattern(names).fullmatch(key) is not None if names else not own

    @model_validator(mode="before")
    @classmethod
    def _gather_names(cls, data: Any) -> Any:  # noqa: ANN401 - whatever stands in the file
        return {**data, "<names>": list_move_names(data)} if isinstance(data, dict) else data

    @model_validator(mode="after")
    def _check_tempo(self) -> Self:
        if self.tempo is None and self.beat is None:
            raise ValueError("a move needs a tempo; write 'tempo: down 3, up 2', or 'beat: 1s'")
        if self.tempo is not None and self.beat is not None:
            raise ValueError("'tempo' and 'beat' are both here; take one out")
        return self


def list_move_names(data: Mapping[Any, Any]) -> tuple[str, ...]:
    """Return the names of the phases of a move, as its table in a file gives them."""
    if data.get("tempo") is None:
        return () if data.get("beat") is None else ("say",)
    return tuple(tempos.list_names(data["tempo"]) if isinstance(data["tempo"], str) else ())


class LonePhase(Spoken):
    """A lone phase, as to start by breathing out."""

    @model_validator(mode="after")
    def _check_lone(self) -> Self:
        if len(self.spoken) > 1:
            both = " and ".join(repr(key) for key in self.spoken)
            raise ValueError(f"{both} are in one step; write 'breathe: 1' for a whole breath, or a step for each")
        return self


def list_moments(step: Model) -> Iterator[object]:
    """Yield the moments of a hold, or of the phases of a step."""
    for key, value in getattr(step, "at", {}).items():
        yield from value if isinstance(value, dict) else (key,)


def has_repeats(step: Model) -> bool:
    """Return whether something is heard every so often in a step."""
    return any(
        isinstance(at, Every) or (isinstance(at, Formula) and at.text.strip().startswith(EVERY))
        for at in list_moments(step)
    )
