"""What can't be performed as it is written, and words that are left out, as problems for the author."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import TYPE_CHECKING

from voicecoach.core.score import CueKind, Phrase, Slot, SpanKind, Under, is_heard, list_heard, list_phrases
from voicecoach.errors import Misfit, Problem, Where, quote

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from voicecoach.core.breath import Breath
    from voicecoach.core.layout import PhaseSlot
    from voicecoach.core.scene import Happened, Room
    from voicecoach.core.score import Cycle, Score, Sound

NOWHERE = Where("score", 0, 0)


def report_too_long(phrase: Phrase, needed: Fraction, at: Fraction, room: Room, happened: Happened) -> Problem:
    """Report words that are too long for their room: by how much, and how long the room would have to be."""
    soonest = happened.soonest(at)
    there, taken = room.end - soonest, needed + soonest - at
    enough = math.ceil(max(taken + Fraction(15, 100), taken * Fraction(10, 9)) * 10) / 10
    needs, has = math.ceil(needed * 100) / 100, math.floor(max(there, Fraction(0)) * 100) / 100
    named, lasting = "", Fraction(0)
    text, following = phrase.wordings[-1].text, quote_first(room.until)
    if following:
        place, more = f"has {has:.2f} s", f"leave {enough:g} s up to {following}"
        place += f" up to {following}"
    elif room.after:
        place, more = f"{has:.2f} s are left of the {room.name}", f"say it {enough:g} s before the {room.name} ends"
    else:
        place = f"the {room.name} of {float(room.seconds):g} s has {has:.2f} s for it"
        more = f"give the {room.name} {enough:g} s"
        named, lasting = room.name, Fraction(str(enough))
    return Misfit(
        phrase.where or NOWHERE,
        f"{quote(text)} needs {needs:.2f} s and {place}{_quote_before(at, happened)}",
        f"add a shorter wording, or {more}",
        text,
        needed - there,
        more,
        named,
        lasting,
    )


def _quote_before(at: Fraction, happened: Happened) -> str:
    """Name what is still heard at a time, such as the words that end the hold before it."""
    if happened.soonest(at) == at:
        return ""
    last = max(happened.pending, key=lambda each: each.end)
    return f", since {quote(last.phrase.wordings[0].text) if last.phrase else 'the sound before it'} comes first"


def quote_first(score: Score | None) -> str:
    """Quote the words that a part of a hold begins with."""
    return next((quote(phrase.wordings[0].text) for phrase in list_phrases(score)), "") if score else ""


def report_outside(placed: Iterable[tuple[Fraction, Score]], seconds: Fraction, name: str) -> Iterator[Problem]:
    """Report moments that are not in the span of this name; of a countdown, only the first."""
    lasts, counts = f"{float(seconds):g} s", False
    for after, part in filter(lambda each: is_heard(each[1]), placed):
        heard = next(list_heard(part))
        words, verb = (heard.wordings[0].text, "said") if isinstance(heard, Phrase) else ("", "heard")
        if not _is_count(part):
            when = f"at {float(after):g} s" if after >= 0 else f"{float(-after):g} s too early"
            what = f"{_quote_heard(heard)} is {verb} {when}, and the {name} lasts {lasts}"
            yield Misfit(heard.where or NOWHERE, what, "name a moment within it", words)
        elif not counts:
            what = f"a countdown of {float(seconds - after):g} s is longer than the {name} of {lasts}"
            yield Misfit(heard.where or NOWHERE, what, "count from a smaller number, or give it more time", words)
            counts = True


def _is_count(part: Score) -> bool:
    """Return whether a moment is a count of a countdown, or one that repeats."""
    under = part.under if isinstance(part, Under) else None
    return isinstance(under, Slot) and under.label is not None and under.label.kind is SpanKind.COUNT


def _quote_heard(heard: Phrase | Sound) -> str:
    """Name what is heard: its words, or the sound."""
    if isinstance(heard, Phrase):
        return quote(heard.wordings[0].text)
    return "the tone" if heard.kind is CueKind.TONE else quote(heard.name)


def report_at_once(part: Score, other: Score) -> Iterator[Problem]:
    """Report words that can't be heard, since others are said at the same moment."""
    for phrase in list_phrases(part):
        if quote_first(other) and not phrase.otherwise:
            text = phrase.wordings[0].text
            what = f"{quote(text)} is said at the same moment as {quote_first(other)}"
            yield Misfit(phrase.where or NOWHERE, what, "give one of them another moment, or leave it out", text)


def report_talking_over(spoken: Phrase, over: Fraction, part: Score) -> Problem:
    """Report words of an onset that are still heard, for ``over`` seconds, when the next part of a hold starts."""
    text = spoken.wordings[-1].text
    missing = math.ceil(over * 100) / 100
    what = f"{quote(text)} is {missing:.2f} s too long to end before {quote_first(part) or 'the next sound'}"
    return Misfit(spoken.where or NOWHERE, what, "shorten it, or give the hold more time", text, over)


def describe_growth(slot: Slot, where: Where, seconds: Fraction, lasts: Fraction) -> Problem:
    """Describe a slot that lasts longer than it is written."""
    places = 1 if lasts - seconds >= Fraction(1, 10) else 2
    what = f"the {slot.name} of {_round(seconds)} s lasts {_round(lasts, places)} s, because its words need that"
    return Problem(where, what, f"give it {math.ceil(lasts)}s, or shorten the words")


def _round(seconds: Fraction, places: int = 1) -> str:
    return f"{round(float(seconds), places)}".removesuffix(".0")


def find_unsaid(taken: Cycle, phases: Iterable[PhaseSlot], breath: Breath) -> Iterator[Problem]:
    """Report the words that are left out since the breath lacks their phase, or the phase ends before them."""
    there, kinds = [phase.name for phase in phases], {each.name: each.kind for each in taken.tempo}
    for name, number, body in (*taken.words, *((name, number, part) for name, number, _, part in taken.at)):
        has, kind = there.count(name), str(kinds.get(name) or name)
        for phrase in list_phrases(body) if number > has else ():
            lacks = f"only {has} {kind}{'s' if has > 1 else ''}" if has else f"no {kind}"
            what = f"{quote(phrase.wordings[0].text)} is left out: the breath {breath} has {lacks}"
            remedy = f"breathe with {_add_article(kind) if number == 1 else f'{number} {kind}s'} to hear it"
            yield Problem(phrase.where or NOWHERE, what, remedy)
    for phase in phases:
        for after, part in phase.missed:
            heard = next(list_heard(part))
            lasts = f"the {phase.name} of {float(phase.seconds):g} s is over before {float(after):g} s"
            what = f"{_quote_heard(heard)} is left out: {lasts}"
            yield Problem(heard.where or NOWHERE, what, f"breathe with a longer {phase.name} to hear it")


def _add_article(name: str) -> str:
    return f"an {name}" if name[0] in "aeiou" else f"a {name}"
