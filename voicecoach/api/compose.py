"""A session written in Python, without YAML: small functions that return scores.

Scores are values: they can be kept, put together and used again. A text may offer several wordings, from the longest to
the shortest, separated by ``|``; the longest that fits its breath is spoken.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Literal

from voicecoach.api.arguments import check_score, read_count, read_side, read_text
from voicecoach.api.keywords import Seconds, read_breath, read_span
from voicecoach.core import score as nodes
from voicecoach.core.breath import Breath, Kind, Pace, Span
from voicecoach.core.score import (
    CueKind,
    Cycle,
    Label,
    Offset,
    Overrun,
    Paced,
    Pause,
    Phrase,
    Score,
    Seq,
    Side,
    Slot,
    Sound,
    SpanKind,
    Wording,
    count_beats,
)
from voicecoach.core.tempo import count_beats as count_tempo_beats
from voicecoach.core.tempo import list_names, read_beat, read_tempo
from voicecoach.errors import ArgumentTypeError, ChoiceError, UnknownNameError, Where, quote

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from types import FrameType

SETTLE = Span(rest=Fraction(3, 4))
"""The silence after a sentence."""

CHANGE = Span(rest=Fraction(8))
"""The time for a change of sides."""

MOST_BREATHS = 10_000
SideName = Literal["left", "right", "both"]


@dataclass(frozen=True, slots=True)
class Turns(Seq):
    """The turns of both sides, in their order, with the changes between them.

    Attributes:
        turns: Each turn, with its side.
        change: What is between turns of different sides.
    """

    turns: tuple[tuple[Side, Score], ...] = ()
    change: Score = field(default_factory=Seq)


def say(*texts: str, side: SideName | None = None) -> Score:
    """Say a sentence, and leave a moment after it.

    >>> import voicecoach as vc
    >>> from voicecoach.testing import FakeVoice
    >>> vc.perform(vc.say("Sit tall. | Sit."), voice=FakeVoice()).timeline.cues[0].text
    'Sit tall.'

    Args:
        texts: Wordings from the longest to the shortest; ``|`` separates wordings, too.
        side: The side that it is about.
    """
    return Seq((_phrase("texts", texts, CueKind.INSTRUCTION, side), Pause(SETTLE)))


def breathe(  # noqa: PLR0913 - the phases of a breath
    count: int = 1,
    *,
    inhale: str | None = None,
    hold: str | None = None,
    exhale: str | None = None,
    pause: str | None = None,
    side: SideName | None = None,
) -> Score:
    """Guide breaths; each text is spoken at the start of its phase, and is silent if the breath lacks the phase.

    >>> import voicecoach as vc
    >>> from voicecoach.testing import FakeVoice
    >>> score = vc.breathe(3, inhale="Breathe in | In", exhale="And out | Out")
    >>> vc.perform(score, breath="4-6", lead_in=0, voice=FakeVoice()).duration
    30.0

    Args:
        count: How many breaths.
        inhale: What is said when the inhale begins.
        hold: What is said when the hold after it begins.
        exhale: What is said when the exhale begins.
        pause: What is said when the pause after it begins.
        side: The side that is worked on.
    """
    count = read_count("count", count, MOST_BREATHS)
    spoken = {"inhale": inhale, "hold": hold, "exhale": exhale, "pause": pause}
    words = tuple(
        (Kind(name), 1, _phrase(name, (text,), CueKind.BREATH, side))
        for name, text in spoken.items()
        if text is not None and text != ""
    )
    return Seq(tuple(Cycle(words, read_side("side", side), beat=number) for number in range(count)))


def move(
    count: int = 1, tempo: str = "1s", words: Mapping[str, str] | None = None, *, side: SideName | None = None
) -> Score:
    """Repeat a movement in a tempo with named phases, whatever the breath is, or with the phases of the breath.

    >>> import voicecoach as vc
    >>> from voicecoach.testing import FakeVoice
    >>> score = vc.move(12, "down 3, up 2", {"down": "Lower | Down", "up": "Lift | Up"})
    >>> vc.perform(score, lead_in=0, voice=FakeVoice()).duration
    60.0

    Args:
        count: How many times.
        tempo: The phases by name: in seconds as "down 3, up 2", with the breath as "down in, up out"; or the time from
            one movement to the next, as "0.5s", whose only phase is called "beat".
        words: What is said when a phase begins, by the name of the phase.
        side: The side that is worked on.
    """
    count, text = read_count("count", count, MOST_BREATHS), read_text("tempo", tempo)
    try:
        phases = read_tempo(text) if list_names(text) else read_beat(text)
    except ChoiceError as error:
        phased = "" if list_names(text) else "; or phases as down 3, up 2"
        raise ChoiceError(f"tempo: {error}{phased}") from None
    if words is not None and not isinstance(words, Mapping):
        raise ArgumentTypeError("words: it must be a mapping of phases to texts, such as {'down': 'Lower'}")
    names = [phase.name for phase in phases]
    for name in words or {}:
        if name not in names:
            raise UnknownNameError("phase", str(name), names)
    spoken = tuple((name, 1, _phrase("words", (said,), CueKind.MOVE, side)) for name, said in (words or {}).items())
    beats = count_tempo_beats(phases)
    return Seq(
        tuple(Cycle(spoken, read_side("side", side), beat=beats * number, tempo=phases) for number in range(count))
    )


def hold(length: Seconds, *texts: str, at: Mapping[Seconds, str] | None = None, side: SideName | None = None) -> Score:
    """Hold for exactly this long. Words are spoken at its start, and at moments counted from there.

    >>> import voicecoach as vc
    >>> from voicecoach.testing import FakeVoice
    >>> score = vc.hold("30s", "Hold.", at={15: "Half of it is done."})
    >>> vc.perform(score, lead_in=0, voice=FakeVoice()).duration
    30.0

    Args:
        length: Seconds, or a text as "30s".
        texts: What is said at its start: wordings from the longest to the shortest.
        at: What is said later: texts by their moments.
        side: The side that is worked on.
    """
    if at is not None and not isinstance(at, Mapping):
        raise ArgumentTypeError("at: it must be a mapping of moments to texts, such as {15: 'Half.'}")
    later = tuple(
        (Offset(Fraction(0), read_span("at", when).rest), _phrase("at", (text,), CueKind.REMINDER, side))
        for when, text in (at or {}).items()
    )
    body = _phrase("texts", texts, CueKind.BREATH, side) if texts else Seq()
    label = Label(SpanKind.HOLD, read_side("side", side))
    return Slot(read_span("length", length), body, Overrun.REFUSE, later, name="hold", label=label)


def rest(length: Seconds, *texts: str) -> Score:
    """Leave time, with words at its start. It lasts longer only if its words need that, in breaths by whole breaths.

    >>> import voicecoach as vc
    >>> from voicecoach.testing import FakeVoice
    >>> vc.perform(vc.rest("2 breaths"), breath="5-7", lead_in=0, voice=FakeVoice()).duration
    24.0

    Args:
        length: Seconds, or a text as "8s" or "2 breaths".
        texts: What is said at its start: wordings from the longest to the shortest.
    """
    body = _phrase("texts", texts, CueKind.INSTRUCTION, None) if texts else Seq()
    return Slot(read_span("length", length), body, name="rest", label=Label(SpanKind.REST))


def chime(name: str = "bell-end") -> Score:
    """Ring a sound of the program over what follows; it takes no time.

    >>> import voicecoach as vc
    >>> vc.chime("gong")
    Traceback (most recent call last):
    ...
    voicecoach.errors.UnknownNameError: no sound is called 'gong'...
    """
    from voicecoach.system.assets import list_assets

    name = read_text("name", name)
    known = [each.removesuffix(".wav") for each in list_assets()]
    if name not in known:
        raise UnknownNameError("sound", name, known, "docs/sounds.md names them all, such as bell-start")
    return Sound(name)


def seq(*scores: Score) -> Score:
    """Put scores one after the other; a breath that changes over the session continues through all of them.

    >>> import voicecoach as vc
    >>> from voicecoach.testing import FakeVoice
    >>> score = vc.seq(vc.say("Sit."), vc.breathe(2), vc.rest(5))
    >>> vc.perform(score, breath="4-6", lead_in=0, voice=FakeVoice()).duration > 25
    True
    """
    parts: list[Score] = []
    taken = 0
    for each in scores:
        parts.append(_move_beats(check_score("seq", each), taken))
        taken += count_beats(each)
    return Seq(tuple(parts))


def each_side(
    turn: Callable[[str], Score],
    *,
    rounds: int = 1,
    first: Literal["left", "right"] = "left",
    change: str = "Now change to the other side.",
    between: Seconds | None = None,
) -> Score:
    """Do a turn for each side. Both sides last equally long: words get the time that the longer of both sides needs.

    >>> import voicecoach as vc
    >>> from voicecoach.testing import FakeVoice
    >>> score = vc.each_side(lambda side: vc.hold(20, f"Stretch your {side} leg."))
    >>> [cue.text for cue in vc.perform(score, voice=FakeVoice()).timeline.cues]
    ['Stretch your left leg.', 'Now change to the other side.', 'Stretch your right leg.']

    Args:
        turn: Returns the score of a turn; it is called with "left" and "right".
        rounds: How many turns each side has.
        first: The side that begins.
        change: What is said when the sides change.
        between: How long a change takes; None for 8 s.
    """
    rounds = read_count("rounds", rounds, MOST_BREATHS)
    if first not in ("left", "right"):
        raise UnknownNameError("value of first", str(first), ["left", "right"])
    if not callable(turn):
        raise ArgumentTypeError("turn: it must be a function that takes a side and returns a score")
    left, right = (_mark_side(_ask_turn(turn, side), side) for side in (Side.LEFT, Side.RIGHT))
    paired = {Side.LEFT: _pair(left, right), Side.RIGHT: _pair(right, left)}
    order = sorted(paired, key=lambda side: side != first)
    longest = max(count_beats(each) for each in paired.values())
    turns = tuple((side, _move_beats(paired[side], number * longest)) for number in range(rounds) for side in order)
    span = CHANGE if between is None else read_span("between", between)
    words = _phrase("change", (change,), CueKind.CHANGE, None)
    return make_turns(turns, Slot(span, words, name="change", label=Label(SpanKind.CHANGE)))


def pace(breath: str | Breath | Pace, *scores: Score) -> Score:
    """Give a part its own breath, whatever the listener's breath is.

    >>> import voicecoach as vc
    >>> from voicecoach.testing import FakeVoice
    >>> score = vc.pace("2-2", vc.breathe(6))
    >>> vc.perform(score, breath="4-6", lead_in=0, voice=FakeVoice()).duration
    24.0
    """
    for each in scores:
        check_score("pace", each)
    found = read_breath(breath)
    if found is None:
        raise ChoiceError("breath: it is missing; write one, such as 4-6")
    return Paced(found, seq(*scores))


def make_turns(turns: Iterable[tuple[Side, Score]], change: Score) -> Turns:
    """Put turns one after the other, with a change wherever the side is another one."""
    kept = tuple(turns)
    parts: list[Score] = []
    for number, (side, body) in enumerate(kept):
        if number and kept[number - 1][0] is not side:
            parts.append(_mark_side(_last_beat(change, kept[number - 1][1]), side))
        parts.append(body)
    return Turns(tuple(parts), kept, change)


def choose_sides(score: Score, sides: Iterable[Side]) -> Score:
    """Leave out the turns of other sides."""
    wanted = {*sides}

    def choose(part: Score) -> Score:
        if isinstance(part, Turns):
            return make_turns(((side, body) for side, body in part.turns if side in wanted), part.change)
        return _rebuild(part, choose)

    return choose(score)


def has_sides(score: Score) -> bool:
    """Return whether anything in a score is done for each side."""
    return isinstance(score, Turns) or any(map(has_sides, nodes.list_parts(score)))


def read_wordings(score: Score, read: Callable[[str], str]) -> Score:
    """Let ``read`` decide how each wording is spoken."""

    def spoken(text: str) -> str:
        said = read(text)
        return "" if said == text else said

    def pronounce(part: Score) -> Score:
        if isinstance(part, Phrase):
            wordings = (
                replace(each, twins=tuple(map(read, each.twins)), spoken=spoken(each.text)) for each in part.wordings
            )
            return replace(part, wordings=tuple(wordings))
        return _rebuild(part, pronounce)

    return pronounce(score)


def _ask_turn(turn: Callable[[str], Score], side: Side) -> Score:
    made = turn(side.value)
    if not isinstance(made, Score):
        kind = type(made).__name__
        raise ArgumentTypeError(f"turn: it must return a score, but returns {kind} for {side.value!r}")
    return made


def _phrase(name: str, texts: Iterable[str], kind: CueKind, side: SideName | None) -> Phrase:
    texts = [read_text(name, text) for text in texts]
    wordings = tuple(" ".join(part.split()) for text in texts for part in text.split("|"))
    if not wordings or not all(any(map(str.isalnum, each)) for each in wordings):
        what = f"{name}: {quote('|'.join(texts))} has a wording without words"
        raise ChoiceError(f"{what}\nwrite words on both sides of each |")
    return Phrase(tuple(map(Wording, wordings)), kind, read_side("side", side), where=_find_place())


def _find_place() -> Where | None:
    """Return the line of the program that calls a function of this module: messages about its words name it."""
    frame: FrameType | None = sys._getframe()  # noqa: SLF001 - there is no other way without reading source files
    while frame is not None and frame.f_code.co_filename == __file__:
        frame = frame.f_back
    return Where(frame.f_code.co_filename, frame.f_lineno, 1) if frame else None


def _rebuild(score: Score, change: Callable[[Score], Score]) -> Score:  # noqa: PLR0911 - a branch for each node
    """Return a score whose parts are changed."""
    match score:
        case Turns():
            return make_turns(((side, change(body)) for side, body in score.turns), change(score.change))
        case Seq(parts):
            return Seq(tuple(map(change, parts)))
        case Slot():
            return replace(score, body=change(score.body), at=tuple((when, change(part)) for when, part in score.at))
        case Cycle():
            words = tuple((name, nth, change(part)) for name, nth, part in score.words)
            return replace(
                score, words=words, at=tuple((name, nth, when, change(part)) for name, nth, when, part in score.at)
            )
        case Paced():
            return replace(score, body=change(score.body))
        case nodes.Under():
            return nodes.Under(change(score.body), change(score.under))
        case nodes.Onset():
            body = change(score.body)
            return replace(score, body=body) if isinstance(body, Phrase | Sound) else score
        case _:
            return score


def _move_beats(score: Score, by: int) -> Score:
    """Count a score's breaths from a later one of the pace; a part with a pace of its own counts its own."""
    if not by or isinstance(score, Paced):
        return score
    moved = _rebuild(score, lambda part: _move_beats(part, by))
    return replace(moved, beat=moved.beat + by) if isinstance(moved, Cycle | Slot | Pause) else moved


def _last_beat(score: Score, before: Score) -> Score:
    """Let breaths that a change is counted in be the last ones before it."""
    return replace(score, beat=max(count_beats(before) - 1, 0)) if isinstance(score, Slot) else score


def _mark_side(score: Score, side: Side) -> Score:
    """Let everything in a score that has no side be for this one."""
    marked = _rebuild(score, lambda part: _mark_side(part, side))
    if isinstance(marked, Phrase | Cycle | Sound) and marked.side is None:
        return replace(marked, side=side)
    if isinstance(marked, Slot) and marked.label and marked.label.side is None:
        return replace(marked, label=replace(marked.label, side=side))
    return marked


def _pair(score: Score, other: Score) -> Score:
    """Give each phrase of a turn the words of the other side's as twins, where the turns are alike."""
    others = _phrases(other)
    if len(_phrases(score)) != len(others):
        return score
    following = iter(others)

    def pair(part: Score) -> Score:
        if isinstance(part, Phrase):
            twin = next(following)
            if len(twin.wordings) != len(part.wordings):
                return part
            both = zip(part.wordings, twin.wordings, strict=True)
            return replace(part, wordings=tuple(_with_twin(own, its.text) for own, its in both))
        return _rebuild(part, pair)

    return pair(score)


def _phrases(score: Score) -> list[Phrase]:
    """Return the phrases of a score in the order in which `_rebuild` visits them."""
    found: list[Phrase] = []

    def note(part: Score) -> Score:
        if isinstance(part, Phrase):
            found.append(part)
            return part
        return _rebuild(part, note)

    note(score)
    return found


def _with_twin(wording: Wording, twin: str) -> Wording:
    return wording if twin == wording.text else replace(wording, twins=(twin,))
