"""Keyword arguments of the API: the options of the command line, as strings or as values."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Literal, TypedDict, TypeVar

from voicecoach.api.arguments import read_level, read_switch, read_text, write_seconds
from voicecoach.app import values
from voicecoach.app.request import Request
from voicecoach.audio.formats import BIT_RATES, FORMATS, choose_format
from voicecoach.audio.settings import MOST_TAKES, MOST_UNDER, USUAL_UNDER, Sounding
from voicecoach.core import notation
from voicecoach.core.breath import Breath, Pace, Span
from voicecoach.core.score import Side
from voicecoach.errors import ArgumentTypeError, ChoiceError, UnknownNameError, find_close
from voicecoach.script.choices import LEFT_RIGHT, Choices, Guidance, Intro

if TYPE_CHECKING:
    from pathlib import Path

    from voicecoach.voices.port import Voice

Seconds = str | float | Fraction
"""A length of time: text as ``"10m"``, ``"1:30"`` or ``"90s"``, or a number of seconds."""

Progress = Callable[[str, int, int], None]
"""Called with the stage of the work, how much of it is done, and how much there is; what it raises ends the work."""

SideName = Literal["left", "right", "both"]
CHIMES = ("none", "soft", "bell")
ROOM_TONES = ("faint", "none")


class PlanKeywords(TypedDict, total=False):
    """What can be chosen about a session; each name is an option of ``voicecoach plan``.

    ``with_`` is ``--with``, and ``set`` takes a mapping: ``set={"hold": "45s"}``.
    """

    breath: str | Breath | Pace | None
    rounds: int | None
    side: SideName | Side
    first: Literal["left", "right"] | Side | None
    guidance: Literal["full", "fading", "brief", "cues", "tones"]
    intro: Literal["full", "short", "none"]
    with_name: str
    set: Mapping[str, object]
    with_: str | Iterable[str]
    skip: str | Iterable[str]
    language: str | None
    length: Seconds | None
    preview: Seconds | None
    lead_in: Seconds
    title: str | None
    chime: Literal["none", "soft", "bell"] | None
    voice: str | Voice | None
    rate: int | None
    pitch: int | None
    fall: bool
    variation: int
    breath_sound: bool | None
    hold_tick: bool | None
    sleep: bool | None
    clear: bool | None
    progress: Progress | None


class ScoreKeywords(TypedDict, total=False):
    """What can be chosen about a session whose score was written in Python."""

    breath: str | Breath | Pace | None
    side: SideName | Side
    language: str
    preview: Seconds | None
    lead_in: Seconds
    title: str | None
    voice: str | Voice | None
    rate: int | None
    pitch: int | None
    fall: bool
    variation: int
    breath_sound: bool | None
    hold_tick: bool | None
    sleep: bool | None
    clear: bool | None
    progress: Progress | None


class WriteKeywords(TypedDict, total=False):
    """How a session is written; each name is an option of ``voicecoach make``."""

    format: Literal["mp3", "m4a", "opus", "flac", "wav"] | None
    bitrate: int | None
    bed: str | None
    bed_level: float
    breath_level: float
    room_tone: bool | Literal["faint", "none"]
    pan: bool
    captions: str | Iterable[str]
    chapters_json: bool
    playlist: bool
    verify: bool
    artist: str | None
    force: bool
    progress: Progress | None


class SoundKeywords(TypedDict, total=False):
    """How a stream sounds; each name is an option of ``voicecoach make``."""

    bitrate: int | None
    bed: str | None
    bed_level: float
    breath_level: float
    room_tone: bool | Literal["faint", "none"]
    pan: bool


class CheckKeywords(TypedDict, total=False):
    """How a routine is checked; each name is an option of ``voicecoach check``.

    With ``warnings``, what is unwise is in the list as well; its ``severity`` is "warning".
    """

    breaths: str | None
    set: Mapping[str, str | int]
    voice: str | Voice | None
    rate: int | None
    language: str | None
    warnings: bool
    progress: Progress | None


_Value = TypeVar("_Value")


def check_names(function: str, given: Mapping[str, object], known: type) -> None:
    """Refuse keyword arguments that a function does not take, as Python does for its own functions.

    Raises:
        TypeError: For the first of them.
    """
    names = [*known.__annotations__]
    for name in given:
        if name not in names:
            close = find_close(name, names, 1)
            hint = f"; did you mean {close[0]!r}?" if close else f"; it takes: {', '.join(names)}"
            raise TypeError(f"{function}() got an unexpected keyword argument {name!r}{hint}")


def make_request(asked: str, language: str | None, given: Mapping[str, Any]) -> Request:
    """Return what is asked for by keyword arguments.

    Args:
        asked: The routine's name or path.
        language: The language that its translation is wanted in.
        given: Values of `PlanKeywords`.

    Raises:
        ChoiceError: If a value is impossible; it names the argument.
    """
    voice, title = given.get("voice"), given.get("title")
    return Request(
        asked,
        make_choices(given),
        voice=values.read_voice(voice) if isinstance(voice, str) else None,
        rate=_whole("rate", given.get("rate"), 105, 400),
        pitch=_whole("pitch", given.get("pitch"), 0, 100),
        title=None if title is None else _read("title", title, values.read_line),
        preview=_time("preview", given.get("preview"), values.read_preview),
        length=_read_length(given.get("length")),
        language=language,
        fall=bool(read_switch("fall", given.get("fall"))),
        variation=_whole("variation", given.get("variation"), 1, MOST_TAKES) or 1,
        breath_sound=read_switch("breath_sound", given.get("breath_sound")),
        hold_tick=read_switch("hold_tick", given.get("hold_tick")),
    )


def make_choices(given: Mapping[str, Any]) -> Choices:
    """Return what a listener chooses by keyword arguments.

    Raises:
        ChoiceError: If a value is impossible; it names the argument.
    """
    first, chime, listener = given.get("first"), given.get("chime"), given.get("with_name")
    chosen = None if chime is None else _choose("chime", chime, CHIMES)
    lead_in = _time("lead_in", given.get("lead_in"), values.read_lead_in)
    return Choices(
        breath=read_breath(given.get("breath")),
        rounds=_whole("rounds", given.get("rounds"), 1, 1000),
        sides=_read_sides(given.get("side", "both")),
        first=None if first is None else Side(_choose("first", first, ("left", "right"))),
        added=frozenset(_list("with_", given.get("with_", ()))),
        skipped=frozenset(_list("skip", given.get("skip", ()))),
        lead_in=Choices().lead_in if lead_in is None else lead_in,
        guidance=Guidance(_choose("guidance", given.get("guidance", "full"), [each.value for each in Guidance])),
        intro=Intro(_choose("intro", given.get("intro", "full"), [each.value for each in Intro])),
        listener="" if listener in (None, "") else _read("with_name", listener, values.read_listener),
        settings={str(name).strip().lower(): str(value) for name, value in _read_mapping("set", given.get("set"))},
        chime="" if chosen == "none" else chosen,
        sleep=read_switch("sleep", given.get("sleep")),
        clear=read_switch("clear", given.get("clear")),
    )


def make_sounding(given: Mapping[str, Any], path: Path | None) -> Sounding:
    """Return how a session sounds in a file, by keyword arguments of `WriteKeywords`.

    Raises:
        ChoiceError: If a value is impossible, or the file's name and its format do not go together.
    """
    name, bed, tone = given.get("format"), given.get("bed"), given.get("room_tone", True)
    room_tone = tone if isinstance(tone, bool) else _choose("room_tone", tone, ROOM_TONES) == "faint"
    return Sounding(
        choose_format(None if name is None else _choose("format", name, [*FORMATS]), path),
        _whole("bitrate", given.get("bitrate"), *BIT_RATES),
        None if bed is None or bed == "none" else read_text("bed", bed),
        read_level("bed_level", given.get("bed_level", USUAL_UNDER), MOST_UNDER),
        room_tone,
        bool(read_switch("pan", given.get("pan"))),
        breath_under=read_level("breath_level", given.get("breath_level", USUAL_UNDER), MOST_UNDER),
    )


def list_extras(given: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the kinds of files that are written beside the sound.

    Raises:
        ChoiceError: If a kind is unknown.
    """
    captions = _list("captions", given.get("captions", ()))
    kinds = _read("captions", ",".join(captions), values.read_captions) if captions else ()
    return (*kinds, *(name for name in ("chapters_json", "playlist") if read_switch(name, given.get(name))))


def read_breath(value: str | Breath | Pace | None) -> Pace | None:
    """Read a breath or a pace; values stay as they are.

    >>> print(read_breath("4-6"))
    4-6

    Raises:
        ChoiceError: If the text is not a breath.
    """
    if isinstance(value, Breath):
        return Pace((value,))
    if value is None or isinstance(value, Pace):
        return value
    return _read("breath", value, notation.read_pace)


def read_span(name: str, value: Seconds) -> Span:
    """Read a length in seconds or, as ``"2 breaths"``, in breaths.

    >>> print(read_span("rest", "2 breaths"), read_span("rest", 8))
    2 breaths 8s

    Raises:
        ChoiceError: If it is not a length.
    """
    return _read(name, value if isinstance(value, str) else f"{write_seconds(name, value)}s", notation.read_span)


def _time(name: str, value: Seconds | None, read: Callable[[str], Fraction]) -> Fraction | None:
    return None if value is None else _read(name, value if isinstance(value, str) else write_seconds(name, value), read)


def _read_length(value: Seconds | None) -> Fraction | None:
    """Read the length of a session; a text needs a unit, as on the command line."""
    return _time("length", value, notation.read_seconds if isinstance(value, str) else values.read_duration)


def _whole(name: str, value: object, least: int, most: int) -> int | None:
    return None if value is None else _read(name, str(value), values.whole_number(least, most))


def _read(name: str, value: object, read: Callable[[str], _Value]) -> _Value:
    """Read a text, and name the argument in the error."""
    text = read_text(name, value)
    try:
        return read(text)
    except ChoiceError as error:
        raise ChoiceError(f"{name}: {error}") from None


def _choose(name: str, value: object, known: Iterable[str]) -> str:
    found = str(value)
    if found not in {*known}:
        raise UnknownNameError(f"value of {name}", found, [*known])
    return found


def _list(name: str, value: object) -> list[str]:
    """Return the names in a text with commas, or in several texts."""
    if isinstance(value, str):
        return [each for part in value.split(",") if (each := part.strip())]
    found = [*value] if isinstance(value, Iterable) else []
    if isinstance(value, Iterable) and all(isinstance(each, str) for each in found):
        return found
    raise ArgumentTypeError(f"{name}: it must be texts, not {type(value).__name__}")


def _read_mapping(name: str, value: object) -> Iterable[tuple[object, object]]:
    if value is not None and not isinstance(value, Mapping):
        raise ArgumentTypeError(f"{name}: it must be a mapping such as {{'hold': '45s'}}, not {type(value).__name__}")
    return () if value is None else value.items()


def _read_sides(value: object) -> tuple[Side, ...]:
    side = _choose("side", value, [each.value for each in Side])
    return LEFT_RIGHT if side == "both" else (Side(side),)
