"""A second reader of routine files, written from docs/timing.md and docs/routines.md alone; it imports nothing of ours.

It is plain rather than fast, and takes for granted that a file is right. Each step moves the clock on. A ramp leads
through all breaths of its part, so the whole is read again until their number is known.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import groupby, zip_longest
from typing import TYPE_CHECKING, Any, NamedTuple

from tests.reference_values import (
    Breath,
    Length,
    Pace,
    Routine,
    Tempo,
    as_length,
    as_list,
    as_seconds,
    count_word,
    evaluate,
    find_include,
    is_include,
    is_plain,
    is_text,
    join,
    list_breaths,
    list_lists,
    list_varied,
    load,
    load_words,
    look_around,
    measure_breath,
    number_word,
    rank,
    read_pace,
    read_tempo,
    seconds_of,
    walk,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

FRAME = Fraction(24, 1000)
GAP = Fraction(3, 4)  # after a sentence, and after a release
LEAST_GAP = Fraction(1, 4)  # after a release, if there is little room
PART_GAP = 2
GET_UP = 10
KINDS = {"in": "inhale", "hold": "hold", "out": "exhale", "pause": "pause"}
TONES = {"in": "tone-in", "hold": "tone-hold", "out": "tone-out", "pause": "tone-hold"}
SPOKEN = {"cues": {"notice", "change", "breath", "move", "count"}, "tones": {"notice", "change"}}
AFTER = {"hold": ("in", "hold"), "pause": ("out", "empty")}  # phases that only the listener's breath has
WHICH = r"(?:(first|(?:from )?last(?: \d+)?|odd|even|(?:every |from )?\d+) )?"
COUNTS = {"{count}", "{count down}", "{beat}"}
BLANK = re.compile(r"\{([^{}]*)\}")
BOTH = ("left", "right")
OTHER = {"left": "right", "right": "left"}
Phase = tuple[Fraction, Fraction, str, str | None]
Moment = tuple[Fraction, "Heard | None"]
Cue = tuple[Fraction, Fraction, str, str, str | None, int, int]
Chapter = tuple[Fraction, Fraction, str, str | None]


@dataclass
class Beats:
    """Counts the breaths of a pace: those taken so far, the last one, and how many there are in all."""

    total: int = 0
    taken: int = 0
    last: int = 0
    most: int = 0

    def go(self, taken: int, last: int | None = None) -> None:
        self.taken, self.last = taken, max(0, taken - 1) if last is None else last


@dataclass(frozen=True)
class Place:
    """Where a step is."""

    file: Routine
    values: dict[str, str]
    pace: Pace
    beats: Beats
    written: Pace
    listener: Pace
    side: str | None = None
    following: str | None = None
    turn: tuple[int, int] = (0, 1)
    again: bool = False
    between: bool = False
    outermost: bool = True
    titles: tuple[str, ...] = ()
    listed: tuple[str, ...] = ()
    paced: bool = False
    resting: Place | None = None

    marked: tuple[tuple[str, ...], str | None] = ((), None)
    ahead: tuple[tuple[set[str], Sequence[Routine], Place], ...] = ()
    mirrored: bool = False
    whole: bool = False

    def begin(self) -> Place:
        """Return the place of what is in a chapter of its own."""
        return replace(self, marked=((self.file["title"], *self.titles), self.side))


class Heard(NamedTuple):
    """Words: each wording with how long it is heard, and the frames that it takes; the sound is heard if none fits."""

    wordings: list[tuple[str, Fraction, Fraction]]
    kind: str
    side: str | None
    tone: str = ""


class Room(NamedTuple):
    """When words have to end, and whether the time grows if they can't."""

    end: Fraction
    grows: bool = False


class Slot(NamedTuple):
    """A phase: its name, the phase of the breath that it is, its seconds, if it is one of a move, its number."""

    name: str
    kind: str
    seconds: Fraction
    moved: bool
    nth: int


class Mark(NamedTuple):
    """The start of a chapter, or the start or end of a stretch."""

    start: Fraction
    kind: str
    side: str | None
    title: str = ""


class Release(NamedTuple):
    """What is heard at an onset: when it ends, when the next words start, and whether it belongs to what follows."""

    end: Fraction
    free: Fraction
    announces: bool
    spoken: bool


@dataclass
class Reading:
    """What is heard when, and all that does not fit."""

    duration: Fraction
    phases: list[tuple[Fraction, Fraction, str, str | None, int]]
    moves: list[tuple[Fraction, Fraction, str, str | None, int]]
    cues: list[Cue]
    chapters: list[Chapter]
    stretch: dict[str, Fraction]
    refused: list[str]


def end_sentence(title: str) -> str:
    return title if title[-1] in ".?!…" else f"{title}."


@dataclass
class Reader:
    """Reads a file for one listener; ``seconds`` is how long a text of a routine lasts, ``ring`` how long a sound."""

    seconds: Callable[[str, Routine], Fraction]
    ring: Fraction
    breath: str | None = None
    guidance: str = "full"
    intro: str = "full"
    rounds: int | None = None
    sides: tuple[str, ...] = BOTH
    first: str | None = None
    lead_in: Fraction = Fraction(3)
    extra: bool = False
    totals: list[int] = field(default_factory=list)

    # A session.

    def read(self, path: Path) -> Reading:
        file = load(path)
        for number in range(14):
            self.cautious = number >= 12
            self.now, self.held, self.chapter, self.told, self.begun = Fraction(0), None, None, set(), set()
            self.paces, self.cues, self.breaths, self.moves, self.marks, self.refused = [], [], [], [], [], []
            self.session(file)
            found = [beats.most for beats in self.paces]
            if found == self.totals:
                break
            self.totals = found
        return self.collect()

    now: Fraction = Fraction(0)
    held: Release | None = None
    chapter: tuple[tuple[str, ...], str | None] | None = None
    sided: bool = False
    cautious: bool = False  # the number of a ramp's breaths never settles, so each counts as the shortest
    behind: str = ""  # what was before: nothing, an exercise, or something else
    told: set[str] = field(default_factory=set)
    begun: set[Path] = field(default_factory=set)
    paces: list[Beats] = field(default_factory=list)
    cues: list[Cue] = field(default_factory=list)
    breaths: list[list[Phase]] = field(default_factory=list)
    moves: list[list[Phase]] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    def begin_pace(self) -> Beats:
        known = self.totals[len(self.paces) :]
        self.paces.append(Beats(known[0] if known else 0))
        return self.paces[-1]

    def session(self, file: Routine) -> None:
        involved = list(self.list_involved(file))
        self.sided = any("each side" in step for each in involved for step in walk(each["steps"]))
        table, listener = load_words(file), read_pace(self.breath or file.get("breath", "4-6"), {})[0]
        own = read_pace(file.get("breath", "4-6"), {})[0]
        pace = own if file.get("fixed") == "true" else listener
        whole = Place(file, self.values(file, {}, {}), pace, self.begin_pace(), own, listener)
        self.mark("chapter", None, table["before"])
        self.now += self.lead_in
        self.behind = "other" if self.introduce(file, involved, whole) else ""
        self.routine(whole)
        self.now += PART_GAP
        self.mark("chapter", None, table["ending"])
        closing = as_list(file.get("closing") or table["closing"])
        self.sentences([each["say"] if isinstance(each, dict) else each for each in closing], "closing", whole)
        self.sound("chime-end", "chime", None)
        self.now += GET_UP

    def introduce(self, file: Routine, parts: Sequence[Routine], whole: Place) -> bool:
        """Say what comes before the first exercise; return whether anything was said."""
        table = load_words(file)
        needs = list(dict.fromkeys(text for part in parts for text in as_list(part.get("needs", []))))
        things = table["joined"].format(one=", ".join(needs[:-1]), other=needs[-1]) if needs[1:] else "".join(needs)
        notice = [text for part in parts for text in as_list(part.get("notice", []))]
        own = (part.get("safety") or as_list(part.get("notice", ""))[-1] for part in parts)
        texts = {
            "full": [*([table["needs"].format(things=things)] if needs else []), *dict.fromkeys(notice)],
            "short": [text for text in own if text][:1],
            "none": [],
        }[self.intro]
        if not texts and not any("include" in step for step in walk(file["steps"])):
            return False
        named = self.sentences([end_sentence(file["title"])], "instruction", whole)
        self.told.add(file["title"])
        return self.sentences(texts, "notice", whole) or named

    def list_involved(self, file: Routine, *, optional: bool = False) -> list[Routine]:
        """Return a routine and all in it that is played; one that is made of includes is there if one of them is."""
        exercise = not all(map(is_include, file["steps"]))
        if exercise and optional and not self.extra:
            return []
        includes = [step for step in walk(file["steps"]) if "include" in step]
        inside = [
            each
            for step in includes
            for each in self.list_involved(
                find_include(step, file), optional=optional or step.get("optional") == "true"
            )
        ]
        return [file, *inside] if exercise or inside else []

    def values(self, file: Routine, given: Routine, around: Mapping[str, str]) -> dict[str, str]:
        """Return the values of a routine: its own, and those that its include gives, whose names are those around."""
        table = load_words(file)
        breath = measure_breath(read_pace(self.breath or file.get("breath", "4-6"), {})[0].points[0])
        names = {name.lower(): text for name, text in file.get("parameters", {}).items()}
        outer = {f"around {name}": look_around(text) for name, text in around.items()}
        given = {name.lower(): look_around(text) for name, text in given.items()}
        return {**breath, "halfway": table["halfway"], "last one": table["last"], **outer, **names, **given}

    def include(self, step: Routine, at: Place) -> None:
        """Play another routine here, after the rest between exercises if one has just ended."""
        file = find_include(step, at.file)
        played = [each for each in self.list_involved(file) if not all(map(is_include, each["steps"]))]
        if not played or (step.get("optional") == "true" and not self.extra):
            return
        resting = at if "between" in at.file else at.resting
        if resting and self.behind == "exercise":
            for rest in resting.file["between"]:
                self.rest(rest, replace(resting, values={**resting.values, "next": played[0]["title"]}, between=True))
            self.behind = "other"
        self.routine(self.enter(step, at))

    def enter(self, step: Routine, at: Place) -> Place:
        file = find_include(step, at.file)
        values = self.values(file, step.get("set", {}), at.values)
        again = at.again and file["path"] in self.begun
        listener = read_pace(self.breath or file.get("breath", "4-6"), {})[0]
        resting = at if "between" in at.file else at.resting
        return replace(at, file=file, values=values, again=again, listener=listener, resting=resting)

    def routine(self, at: Place) -> None:
        """Play a routine: its title, benefits and tips, and its steps; or only what it includes."""
        file, title = at.file, at.file["title"]
        if all(map(is_include, file["steps"])):
            self.steps(file["steps"], at)
            return
        self.now += PART_GAP if self.behind else 0
        at = at if at.whole else at.begin()
        if self.chapter != at.marked or not (at.whole or self.behind == "other"):
            self.begin_chapter(at)
        once = [text for key in ("benefits", "tips") for text in as_list(file.get(key, [])) if text not in self.told]
        name = [] if title in self.told else [end_sentence(title)]
        once = once if self.intro == "full" else []
        self.sentences(name, "instruction", at)
        self.sentences(once, "tip", at)
        self.told |= {*once}
        self.begun.add(file["path"])
        self.behind = "other"
        own = read_pace(file.get("breath", "4-6"), {})[0]
        yields = self.breath and file.get("fixed") != "true"
        inner = replace(at, pace=at.listener if yields else own, written=own, paced=False)
        if at.paced and "breath" not in file:
            inner = at
        elif not yields or at.beats is not self.paces[0]:
            inner = replace(inner, beats=self.begin_pace())
        self.steps(file["steps"], inner)
        self.behind = "exercise"

    def sentences(self, texts: Iterable[str], kind: str, at: Place) -> bool:
        """Say sentences, each with a gap after it; return whether any was said."""
        said = [self.say(self.words(text, kind, at), gap=GAP) for text in texts]
        return any(said)

    def collect(self) -> Reading:
        end = max([ceil(self.now), *(ceil(cue[1]) for cue in self.cues)])
        phases, moves = number_phases(self.breaths), number_phases(self.moves)
        stretch, begun = dict.fromkeys(BOTH, Fraction(0)), dict[str | None, Fraction]()
        for mark in self.marks:
            if mark.kind == "stretch":
                begun[mark.side] = mark.start
            for side in BOTH if mark.kind == "release" else ():
                stretch[side] += mark.start - begun[mark.side] if mark.side in {side, None, "both"} else 0
        cues = sorted(self.cues, key=lambda cue: cue[0])
        return Reading(end, phases, moves, cues, self.list_chapters(ceil(self.now)), stretch, self.refused)

    def list_chapters(self, end: Fraction) -> list[Chapter]:
        """Return the chapters, each until the next; one of no time is none, and neighbours of one title are one."""
        begun = [(snap(mark.start), mark.title, mark.side) for mark in self.marks if mark.kind == "chapter"]
        ends = [*(start for start, *_ in begun[1:]), end]
        lasting = [(*each, until) for each, until in zip(begun, ends, strict=True) if until > each[0]]
        groups = [list(some) for _, some in groupby(lasting, key=lambda each: each[1:3])]
        return [(some[0][0], some[-1][3], *some[0][1:3]) for some in groups]

    # What is heard.

    def words(self, text: str, kind: str, at: Place, tone: str = "") -> Heard | None:
        """Return what is heard of a text at this guidance: words, a tone in place of those of a phase, or nothing."""
        sound = Heard([], "tone", at.side, TONES[tone]) if tone else None
        level = self.guidance
        if level == "fading":  # everything in the first round, then less, then cues
            level = "full" if not at.again else "brief" if at.turn[0] < 2 else "cues"
        if kind not in SPOKEN.get(level, {kind}) or (level, kind) == ("brief", "tip"):
            return sound if level == "tones" else None
        parts = [part.strip() for part in text.split("|")]
        wordings = [self.wording(part, at) for part in parts if part != "~"]
        short = kind != "notice" and level in {"cues", "brief"}
        toned = TONES[tone] if tone and parts[-1] == "~" else ""
        return Heard(wordings[-1:] if short else wordings, kind, at.side, toned) if wordings else sound

    def wording(self, text: str, at: Place) -> tuple[str, Fraction, Fraction]:
        """Return a text with how long it is heard, and the frames it takes: those of the side with longer words."""
        own, twin = self.fill(text, at), ""
        if "{" in text and (at.ahead or {at.side, at.following} & {*BOTH}):
            twin = self.fill(text, replace(at, side=mirror(at.side), following=mirror(at.following), mirrored=True))
        lasts = self.seconds(own, at.file)
        return own, lasts, ceil(max(lasts, self.seconds(twin, at.file) if twin else lasts))

    def free(self) -> Fraction:
        return max(self.now, self.held.free) if self.held else self.now

    def say(self, heard: Heard | None, room: Room | None = None, gap: Fraction = Fraction(0)) -> bool:
        """Let words or a tone be heard: the longest wording that fits in its room. Return whether anything is heard."""
        if heard is None:
            return False
        if not heard.wordings:
            self.sound(heard.tone, heard.kind, heard.side)
            return True
        soonest = max(self.now, min(self.free(), self.held.end + LEAST_GAP)) if self.held else self.now
        there, count = room.end - soonest if room else math.inf, len(heard.wordings)
        number = next((number for number, each in enumerate(heard.wordings) if each[2] <= there), count)
        if number == count and room and not room.grows:
            if heard.tone:
                self.sound(heard.tone, "tone", heard.side, count)
                return True
            self.refused.append(heard.wordings[-1][0])
        number = min(number, count - 1)
        text, lasts, taken = heard.wordings[number]
        begun = max(soonest, min(self.free(), room.end - taken)) if room else self.free()
        start = snap(begun)
        self.cues.append((start, start + lasts, heard.kind, text, heard.side, number, count + bool(heard.tone)))
        self.now = begun + taken + gap
        return True

    def sound(self, name: str, kind: str, side: str | None, wording: int = 0) -> None:
        """Let a sound be heard; it takes no time."""
        self.now = self.free()
        start = snap(self.now)
        self.cues.append((start, start + self.ring, kind, name, side, wording, wording + 1))

    def mark(self, kind: str, side: str | None, title: str = "") -> None:
        """Mark a moment; a chapter begins after a release that belongs to what was before."""
        waits = self.held and not self.held.announces and kind == "chapter"
        start = max(self.now, self.held.end) if self.held and waits else self.now
        self.marks.append(Mark(start, kind, side, title))

    def begin_chapter(self, at: Place) -> None:
        (title, *parts), side = self.chapter = at.marked
        titled = load_words(at.file)["titled"].format(title=title, part=", ".join(parts))
        self.mark("chapter", side, titled if parts else title)

    # Names in braces.

    def fill(self, text: str, at: Place) -> str:
        def fill_one(match: re.Match[str]) -> str:
            found = self.noun(match[1].lower(), at)
            return found[:1].upper() + found[1:] if match[1][0].isupper() else found

        return BLANK.sub(fill_one, text)

    def noun(self, name: str, at: Place) -> str:
        """Return the word of this side, of a side named with it or that comes next, or a value."""
        nouns = at.file.get("sides", {})
        which, _, rest = name.partition(" ")
        following = at.following if which == "next" else which
        for side, word in ((at.side, name), (following, rest)):
            if word in nouns.get(side, {}):
                return str(nouns[side][word])
        if which == "next" and name not in at.values and (coming := self.look_ahead(rest, at)):
            return self.noun(rest, coming)
        return self.value(name, replace(at, side=at.following) if which == "next" and at.following else at)

    def look_ahead(self, name: str, at: Place) -> Place | None:
        """Return the place of the round to come that gives a name its value, in what follows."""
        for names, steps, place in at.ahead:
            found = place if name in names else self.look_into(name, steps, place)
            if found:
                return replace(found, side=mirror(found.side) if at.mirrored else found.side)
        return None

    def look_into(self, name: str, steps: Sequence[Routine], at: Place) -> Place | None:
        for step in steps:
            block, sided = step.get("each side") or step.get("repeat"), "each side" in step
            if self.is_done(step, at) and (block or "pace" in step):
                first = self.first_turn(block, at, sided=sided) if block else at
                names = list_varying(block, first, sided=sided) if block else set[str]()
                inside = (block or step["pace"])["steps"]
                if found := first if name in names else self.look_into(name, inside, first):
                    return found
        return None

    def first_turn(self, block: Routine, at: Place, *, sided: bool) -> Place:
        chosen = self.rounds if at.outermost and not self.sided else None
        if not sided:
            return self.vary(block, 0, self.count_rounds(block, at, chosen)[0], at, None)
        counts = {side: self.count_rounds(block, replace(at, side=side), self.rounds)[0] for side in BOTH}
        _, side = next(self.order(block, counts))
        return self.vary(block, 0, counts[side], replace(at, side=side), None)

    def value(self, name: str, at: Place) -> str:
        """Return a value in words: a number, breaths as they are counted here, a time, or a text with names in it."""
        table = load_words(at.file)
        try:
            found = None if is_plain(at.values[name]) else evaluate(f"{{{name}}}", at.values)
        except (KeyError, TypeError, ValueError):
            found = None
        if found is None:
            others = {other: text for other, text in at.values.items() if other != name}
            coming = {other.removeprefix("next "): text for other, text in others.items() if other[:5] == "next "}
            return self.fill(at.values[name], replace(at, values={**others, **(coming if name[:5] == "next " else {})}))
        if isinstance(found, Fraction):
            return number_word(found, table)
        breaths = [count_word("breaths", self.count(found, at), table)] if found.breaths or found.least else []
        minutes, left = divmod(found.rest, 60)
        time = [count_word("minutes", minutes, table)] if minutes else []
        time += [count_word("seconds", left, table)] if left or not minutes else []
        return join([*breaths, *([join(time, table)] if found.rest or not breaths else [])], table)

    # Breaths.

    def count(self, length: Length, at: Place) -> int:
        """Return how many breaths a length has here; on a ramp, with the seconds that each has there."""
        if not length.least:
            return length.breaths
        pace, total, taken, count = at.pace, at.beats.total, at.beats.taken, 0
        if len(pace.points) > 1 and self.cautious:
            return max(length.breaths, math.ceil(length.least / min(map(seconds_of, pace.points))))
        if len(pace.points) > 1 and not total:  # not known yet: as if these were all breaths
            while sum(map(seconds_of, list_breaths(pace, count))) < length.least:
                count += 1
            return max(length.breaths, count)
        lasts = Fraction(0)
        while lasts < length.least:
            lasts += seconds_of(self.take(pace, min(taken, total or taken) + count, total))
            count += 1
        return max(length.breaths, count)

    def take(self, pace: Pace, number: int, total: int) -> Breath:
        """Return a breath of a pace, from 0; past the end of a ramp, the last."""
        if pace.every:
            return list_breaths(pace, number + 1)[number]
        breaths = list_breaths(pace, max(total, 1))
        return breaths[min(number, len(breaths) - 1)]

    def lasts(self, value: str, at: Place) -> tuple[Fraction, Fraction | None]:
        """Return how long a rest, a hold or a settle is, and the breath it is counted in: the one taken last."""
        length = as_length(evaluate(str(value), at.values))
        each = seconds_of(self.take(at.pace, at.beats.last, at.beats.total))
        seconds = max(length.breaths, math.ceil(length.least / each)) * each + length.rest
        return seconds, each if length.breaths or length.least else None

    def paced(self, block: Routine, at: Place, write: Callable[[Place], None]) -> None:
        """Do something at the author's breath; if it is not fixed, a listener's own breath goes on."""
        pace, follows = read_pace(block["breath"], at.values, at.listener)
        if self.breath and not follows and block.get("fixed") != "true":
            write(replace(at, written=pace))
        else:
            own = replace(at, pace=pace, written=at.written if follows else pace)
            write(replace(own, beats=self.begin_pace()))

    def breathe(self, step: Routine, at: Place) -> None:
        """Breathe, or move, so many times."""
        stretch = step.get("stretch", "")
        asked = self.count(as_length(evaluate(step.get("breathe") or step["move"], at.values)), at)
        count = min(asked, self.number(step["max"], at)) if "max" in step else asked
        if stretch:
            self.mark("stretch", at.side)
        for number in range(count):
            last = stretch.removeprefix("to last ") if number == count - 1 and stretch != "all" else ""
            self.take_breath(step, number, count, at, returns=last)
        if stretch and self.marks[-1].kind == "stretch":
            self.mark("release", at.side)
        self.warn_past(step, asked, at)

    def warn_past(self, block: Routine, asked: int, at: Place) -> None:
        if "past" in block and asked > self.number(block["max"], at):
            self.say(self.words(block["past"], "notice", at), gap=GAP)

    def number(self, value: str, at: Place) -> int:
        return as_length(evaluate(str(value), at.values)).breaths

    def take_breath(  # noqa: PLR0913
        self, step: Routine, number: int, count: int, at: Place, *, only: str = "", returns: str = ""
    ) -> None:
        """Breathe or move once, or one phase of a breath; it waits until what is heard first can be heard in time."""
        tempo = read_tempo(step, at.values)
        phases = [each for each in self.list_phases(tempo, at) if only in {"", each.kind}]
        at = replace(at, values={**at.values, "count": str(number + 1), "count down": str(count - number)})
        places = [replace(at, side=step.get("sides", {}).get(phase.name, at.side)) for phase in phases]
        later = find_keyed(step.get("at", {}), tempo, number, count)
        parts = list[list[Moment]]()
        for phase, here, begins in zip(
            phases, places, self.list_begins(step, tempo, phases, places, (number, count)), strict=True
        ):
            written = later.get((phase.name, phase.nth), {})
            bounded = not is_breathed(tempo) and not any(length.breaths for _, _, length in tempo)
            parts.append([(Fraction(0), begins), *self.moments(written, phase.seconds, here, bounded=bounded)])
        self.wait(phases, parts)
        breath, move = list[Phase](), list[Phase]()
        self.breaths.append(breath)
        self.moves.append(move)
        for phase, here, heard in zip(phases, places, parts, strict=True):
            begun = self.now
            if (phase.name, phase.nth) == (returns, 1):
                self.mark("release", at.side)
            self.lay(heard, phase.seconds)
            breath += [(begun, self.now, KINDS[phase.kind], here.side)] if phase.kind else []
            called = "beat" if phase.name == "say" else phase.name
            move += [(begun, self.now, called, here.side)] if phase.moved else []

    def list_begins(
        self, step: Routine, tempo: Tempo, phases: Sequence[Slot], places: Sequence[Place], counted: tuple[int, int]
    ) -> Iterator[Heard | None]:
        """Yield what is heard as each phase begins: what is written, or the program's own words."""
        said = find_keyed(step, tempo, *counted)
        own = {kind for kind, _ in places[0].written.points[0]} if places else set[str]()
        own |= {name for name, _ in find_all(step, tempo)}
        lacking = set() if tempo else {each.kind for each in phases if each.kind in AFTER and each.kind not in own}
        before = {AFTER[kind][0] for kind in lacking}
        worded = {
            name for (name, _), words in said.items() if name in before and self.hear(words, "breath", places[0], "in")
        }
        for phase, here in zip(phases, places, strict=True):
            words = said.get((phase.name, phase.nth))
            tone = choose_tone(phase, tempo)
            heard = self.hear(words, "move" if tempo else "breath", here, tone) if words else None
            adds = phase.kind in lacking and AFTER[phase.kind][0] in worded
            yield self.own_words(phase.kind, here) if adds else heard

    def list_phases(self, tempo: Tempo, at: Place) -> list[Slot]:
        """Take what a breath or move takes of the breaths, and return its phases with their seconds."""
        beats, breaths = at.beats, sum(length.breaths for _, _, length in tempo)
        breaths = breaths or int(is_breathed(tempo))
        taken = [self.take(at.pace, beats.taken + number, beats.total) for number in range(breaths)]
        if breaths:
            beats.go(beats.taken + breaths)
            beats.most = max(beats.most, beats.taken)
        if not is_breathed(tempo):
            own = iter(map(seconds_of, taken))
            timed = [(name, length.rest + sum(next(own) for _ in range(length.breaths))) for name, _, length in tempo]
            named = [(name, "", seconds, True) for name, seconds in timed]
        else:
            names = {kind: [name for name, each, _ in tempo if each == kind] for kind in KINDS}
            named = []
            for kind, seconds in taken[0]:
                called = names[kind][:1]
                named.append((called[0] if called else kind, kind, seconds, bool(called)))
                del names[kind][: len(names[kind]) > 1]
        before = [[other[0] for other in named[: number + 1]] for number in range(len(named))]
        return [Slot(*each, nth=seen.count(each[0])) for each, seen in zip(named, before, strict=True)]

    def wait(self, phases: Sequence[Slot], parts: Sequence[Sequence[Moment]]) -> None:
        silent = Fraction(0)
        for phase, heard in zip(phases, parts, strict=True):
            first = min((after for after, each in heard if each), default=None)
            if first is not None:
                start = max(self.now, self.free() - silent - first)
                if self.marks[-1].kind == "stretch" and self.marks[-1].start == self.now:
                    self.marks[-1] = self.marks[-1]._replace(start=start)
                self.now = start
                break
            silent += phase.seconds

    def hear(self, written: Any, kind: str, at: Place, tone: str) -> Heard | None:  # noqa: ANN401
        """Return what is heard of words or a sound; at moments (reminders), numbers and tones are counts."""
        if isinstance(written, dict) and "sound" in written:
            return Heard([], "chime", None, written["sound"])
        text = choose(written, at)
        parts = [part.strip().lower() for part in text.split("|")]
        plain = [part.rstrip(".!") for part in parts]
        numbers = COUNTS | {word.lower() for word in load_words(at.file)["numbers"]}
        number = plain == ["~"] or any(each in numbers or each.isdecimal() for each in plain)
        if (kind == "reminder" and number) or (kind != "reminder" and COUNTS & {*parts}):
            kind = "count"
        return self.words(text, kind, at, "" if (kind, self.guidance) == ("reminder", "tones") else tone)

    def moments(
        self, written: Routine, seconds: Fraction, at: Place, *, bounded: bool, more: Sequence[Moment] = ()
    ) -> list[Moment]:
        """Return what is heard at moments, in order; what a breath is too short for is left out.

        A moment that repeats gives way to another one.
        """
        single, repeated = list[Moment](), list[Moment]()
        for when, words in written.items():
            if when.startswith("every "):
                apart = as_seconds(evaluate(when.removeprefix("every "), at.values))
                for number in range(1, int(seconds / apart)):
                    numbers = {"beat": str(number + 1), "passed": f"{float(number * apart):g}s"}
                    here = replace(at, values={**at.values, **numbers})
                    repeated.append((number * apart, self.hear(words, "reminder", here, "hold")))
            else:
                ends = when.startswith("last ")
                after = seconds / 2 if when == "half" else as_seconds(evaluate(when.removeprefix("last "), at.values))
                single.append((seconds - after if ends else after, self.hear(words, "reminder", at, "hold")))
        single += more
        taken = {when for when, heard in single if heard}
        there = [each for each in (*single, *(each for each in repeated if each[0] not in taken)) if each[1]]
        inside = [each for each in there if 0 <= each[0] < seconds]
        if bounded and len(inside) < len(there):
            self.refused.append("outside")
        return sorted(inside, key=lambda each: each[0])

    def lay(self, parts: Sequence[Moment], seconds: Fraction) -> None:
        """Let each part be heard at its moment, with room until the next one; a moment never waits."""
        begun = self.now
        for (when, heard), (until, after) in zip(parts, [*parts[1:], (seconds, None)], strict=True):
            self.now = begun + when
            if when and heard and self.held:
                if self.held.spoken and self.held.end > self.now:
                    self.refused.append("talking over")
                self.held = None
            if when == until and heard and heard.wordings and not heard.tone and after and after.wordings:
                self.refused.append("at once")
            self.say(heard, Room(begun + until - air(until - when)))
        self.now = begun + seconds

    def own_words(self, kind: str, at: Place) -> Heard | None:
        text = load_words(at.file).get(AFTER[kind][1])
        return self.words(f"{text} | ~" if text else "~", "breath", at, kind)

    # Steps.

    def steps(self, steps: Sequence[Routine], at: Place) -> None:
        """Do steps; after a block with chapters of its own, they return to the chapter that they are in."""
        outer = at
        for done, step in enumerate(steps, 1):
            if not self.is_done(step, outer):
                continue
            at = replace(outer, ahead=((set(), steps[done:], outer), *outer.ahead))
            silent, before, here = at.between or is_include(step), self.chapter, self.now
            returns = not silent and self.chapter != at.marked
            if returns:
                self.begin_chapter(at)
            marked, heard = len(self.marks), len(self.cues)
            self.do(step, replace(at, side=step.get("side", at.side)), step.get("name", ""))
            happened = (self.now, len(self.marks), len(self.cues)) != (here, marked, heard)
            if happened and not is_include(step):
                self.behind = "other"
            if returns and not happened:
                self.marks.pop()
                self.chapter = before

    def is_done(self, step: Routine, at: Place) -> bool:
        number, rounds = at.turn
        if step.get("side") in BOTH and at.side is None and step["side"] not in self.sides:
            return False
        first, last = number == 0, number == rounds - 1
        asked = {"first": first, "last": last, "not first": not first, "not last": not last}
        only = step.get("only")
        return only is None or asked.get(only, only == at.side)

    def do(self, step: Routine, at: Place, name: str) -> None:  # noqa: C901 - one branch for each step
        if "each side" in step:
            self.turns(step["each side"], self.enclose(step["each side"], at, name), name)
        elif "include" in step:
            self.include(step, at)
        elif "repeat" in step:
            self.repeat(step["repeat"], self.enclose(step["repeat"], at, name), name)
        elif "pace" in step:
            block = step["pace"]
            self.paced(block, replace(at, paced=True), lambda inner: self.part(block["steps"], inner, name))
        elif "breathe" in step and "breath" in step:
            self.paced(step, at, lambda inner: self.breathe(step, inner))
        elif "breathe" in step or "move" in step:
            self.breathe(step, at)
        elif "hold" in step:
            self.hold(step, at)
        elif "rest" in step or "change" in step:
            self.rest(step, at)
        elif "sound" in step:
            self.sound(step["sound"], "chime", None)
        elif "say" in step:
            self.say_step(step, at)
        else:
            ((only, _),) = find_all(step, [])
            self.take_breath(step, 0, 1, at, only=only)

    def part(self, steps: Sequence[Routine], at: Place, name: str) -> None:
        if name and at.outermost and not at.whole:
            at = replace(at, titles=(*at.titles, self.fill(name, at))).begin()
            self.begin_chapter(at)
        self.steps(steps, at)

    def say_step(self, step: Routine, at: Place) -> None:
        words = self.words(choose(step["say"], at), "instruction", at)
        self.say(words, gap=Fraction(0) if "settle" in step else GAP)
        self.now += self.lasts(step["settle"], at)[0] if "settle" in step else 0

    def rest(self, step: Routine, at: Place, opening: Callable[[], None] | None = None) -> None:
        """Rest or change sides, as long as it is written, or as its words need."""
        changes, begun = "change" in step, self.now
        seconds, breath = self.lasts(step["change" if changes else "rest"], at)
        text = step.get("say", load_words(at.file)["change"] if changes else None)
        if text is not None and not changes and breath and is_counted(text):
            seconds, words = self.counted(text, seconds, breath, at)
            self.say(words, Room(begun + seconds - air(seconds), grows=True))
        elif text is not None:
            words = self.words(choose(text, at), "change" if changes else "instruction", at)
            self.say(words, Room(begun + seconds - air(seconds), grows=True))
        self.now += GAP if changes else 0
        if opening:
            opening()
        over = max(self.now, self.held.end if self.held else self.now) - begun - seconds
        more = math.ceil(over / breath) * breath if breath else over
        self.now = begun + seconds + (more if over > 0 else 0)

    def counted(self, text: Any, seconds: Fraction, breath: Fraction, at: Place) -> tuple[Fraction, Heard | None]:  # noqa: ANN401
        """Return how long a rest is whose words count its breaths, and its words: for as many as these need."""
        count, soonest = int(seconds / breath), self.now
        if self.held:
            soonest = max(self.now, min(self.free(), self.held.end + LEAST_GAP))
        while True:
            alternatives = isinstance(text, dict) and "more" in text
            said = text["one" if count == 1 else "more"] if alternatives else choose(text, at)
            words = self.words(said, "instruction", replace(at, values={"count": str(count), **at.values}))
            lasts = words.wordings[-1][2] if words and words.wordings else Fraction(0)
            if soonest + lasts <= self.now + count * breath:
                return count * breath, words
            count += 1

    def hold(self, step: Routine, at: Place) -> None:
        """Hold for a time: each part has room until the next one. The release is heard as what follows begins."""
        seconds, _ = self.lasts(step["hold"], at)
        more = list(self.list_counts(step, at, seconds))
        later = self.moments(step.get("at", {}), seconds, at, bounded=True, more=more)
        edge, end = self.edge(step.get("say"), at, "in"), load_words(at.file)["countdown_release"]
        if step.get("stretch") == "true":
            self.mark("stretch", at.side)
        self.lay([(Fraction(0), edge), *later], seconds)
        if step.get("stretch") == "true":
            self.mark("release", at.side)
        self.release(self.edge(step.get("release", end if "countdown" in step else None), at, "out"), at)

    def edge(self, words: str | None, at: Place, tone: str) -> Heard | None:
        """Return what begins or ends a hold; at tones each has one, except between rounds, where a hold is a rest."""
        if self.guidance == "tones":
            return None if at.between else Heard([], "tone", at.side, TONES[tone])
        return self.words(choose(words, at), "breath", at, tone) if words else None

    def list_counts(self, step: Routine, at: Place, seconds: Fraction) -> Iterator[Moment]:
        table = load_words(at.file)
        if step.get("halfway") == "true":
            heard = self.words(table["halfway"], "count", at, "hold")
            yield seconds / 2, heard._replace(kind="reminder") if heard and heard.wordings else heard
        for left in range(self.number(step.get("countdown", "0"), at), 0, -1):
            yield seconds - left, self.words(number_word(Fraction(left), table), "count", at, "hold")

    def release(self, heard: Heard | None, at: Place) -> None:
        """Let a release be heard as what follows begins; it takes no time, but the next words wait for it."""
        begun, self.now = self.now, self.free()
        if self.say(heard):
            spoken = bool(heard and heard.wordings)
            end = self.now + (0 if spoken else self.ring)
            self.held = Release(end, end + (GAP if spoken else 0), at.between, spoken)
        self.now = begun

    # Rounds and turns.

    def repeat(self, block: Routine, at: Place, name: str) -> None:
        chosen = self.rounds if at.outermost and not self.sided else None
        count, asked = self.count_rounds(block, at, chosen)
        self.before(block, count, at, at.following)
        last: Place | None = None
        for number in range(count):
            turn = self.vary(block, number, count, at, number + 1 if number + 1 < count else None)
            turn = replace(turn, again=at.again or number > 0, outermost=False)
            turn = self.mark_turn(block, name, turn, chaptered=at.outermost)
            last = last and before_turn(last, block, turn, sided=False)
            between = [(step, replace(last, between=True)) for step in block.get("between", [])] if last else []
            self.announce(between, self.choose_chapter(block, turn, at, between))
            self.steps(block["steps"], turn)
            last = turn
        self.warn_past(block, asked, at)

    def count_rounds(self, block: Routine, at: Place, chosen: int | None) -> tuple[int, int]:
        """Return how many rounds there are, and how many were asked for; only the author can cut a list."""
        written, passed = block.get("rounds"), max(map(len, list_lists(block).values()), default=1)
        written = written.get(at.side, written["right"]) if isinstance(written, dict) else written
        asked = passed * (chosen or 1)
        if written is not None:
            asked = math.ceil(chosen / passed) * passed if chosen else self.number(written, at)
        most = self.number(block["max"], at) if "max" in block else asked
        return min(asked, most // passed * passed or most) if "max" in block else asked, asked

    def before(self, block: Routine, count: int, at: Place, following: str | None, *, sided: bool = False) -> None:
        values = {**self.next_values(block, 0, at), "rounds": str(count)}
        first = self.vary(block, 0, count, replace(at, side=following if sided else at.side), None)
        here = replace(at, values=values, following=following, between=True)
        self.steps(block.get("before", []), before_turn(here, block, first, sided=sided))

    def next_values(self, block: Routine, number: int | None, at: Place) -> dict[str, str]:
        """Return the values around a block, and under ``next`` those of the round that follows, if one does."""
        gone = {f"next {name.lower()}" for name in (*block.get("vary", {}), "round")}
        values = {name: text for name, text in at.values.items() if name not in gone}
        if number is None:
            return values
        return {**values, "next round": str(number + 1), **list_varied(block, number, "next ")}

    def vary(self, block: Routine, number: int, count: int, at: Place, following: int | None) -> Place:
        values = {**self.next_values(block, following, at), "round": str(number + 1), "rounds": str(count)}
        return replace(at, values={**values, **list_varied(block, number)}, turn=(number, count))

    def title_turn(self, block: Routine, name: str, turn: Place) -> Place:
        """Return a turn with its titles: the name of its block, the value of its list, its side, and its number.

        A name with braces says all of it; the side is left out if the rest says it.
        """
        number, count = turn.turn
        table, lists = load_words(turn.file), list_lists(block)
        side = [table[turn.side]] if turn.side and "each side" in block else []
        words = [key for key, values in lists.items() if key == "name" or any(map(is_text, values))]
        key = "name" if "name" in lists else next(iter([*words, *lists]), "")
        written = name if "{" in name else f"{{{key}}}" if key else ""
        own = [self.fill(written, each) for each in (turn, replace(turn, side=mirror(turn.side))) if written]
        side = side if len({*own}) < 2 else []
        number, count = (number // len(lists[key]), math.ceil(count / len(lists[key]))) if key else (number, count)
        called = [table["round"].format(number=number + 1)] if count > 1 and "{" not in name else []
        plain = [name] if name and "{" not in name else []
        return replace(turn, titles=(*turn.titles, *turn.listed, *plain, *own[:1], *side, *called), listed=())

    def mark_turn(self, block: Routine, name: str, turn: Place, *, chaptered: bool) -> Place:
        """Return a round or turn under its chapter: one of its own, or that of what is around it."""
        own = block.get("chapters")
        if own == "items" or (chaptered and own is None and not turn.whole):
            return replace(self.title_turn(block, name, turn).begin(), whole=own == "items")
        named = self.title_turn(block, name, turn).titles if list_lists(block) else turn.titles
        skipped = len(turn.titles) + len(turn.listed) + bool(name and "{" not in name)
        return replace(turn, listed=(*turn.listed, *named[skipped : skipped + 1]))

    def enclose(self, block: Routine, at: Place, name: str) -> Place:
        """Return where a block is: if it is to be one chapter, in that."""
        if block.get("chapters") != "one":
            return at
        titles = (*at.titles, *at.listed, *([self.fill(name, at)] if name else []))
        inside = replace(at, titles=titles, listed=(), whole=True).begin()
        if inside.marked != at.marked:
            self.begin_chapter(inside)
        return inside

    def choose_chapter(
        self, block: Routine, turn: Place, at: Place, between: list[tuple[Routine, Place]]
    ) -> Place | None:
        """Return whose chapter begins: that of a round; if an include is first, that of its exercise, if announced."""
        if turn.whole or turn.marked == at.marked or not is_include(block["steps"][0]):
            return None if turn.marked == at.marked else turn
        first: Routine = next((step for step in block["steps"] if self.is_done(step, turn)), {})
        announced = any(announces(step) and self.is_done(step, place) for step, place in between)
        inner = self.enter(first, turn).begin() if announced and "include" in first else None
        return None if inner is None or all(map(is_include, inner.file["steps"])) else inner

    def announce(
        self, between: Sequence[tuple[Routine, Place]], chapter: Place | None, opening: Callable[[], None] | None = None
    ) -> None:
        """Do what is between rounds. The chapter begins with what announces it; a last change has the opening in it."""
        done = [(step, place) for step, place in between if self.is_done(step, place)]
        for number, (step, place) in enumerate(done):
            if chapter and announces(step):
                self.begin_chapter(chapter)
                chapter = None
            if "change" in step and number + 1 == len(done):
                self.rest(step, place, opening)
                opening = None
            elif "change" in step:
                self.rest(step, place)
            else:
                self.steps([step], place)
        if chapter:
            self.begin_chapter(chapter)
        if opening:
            opening()

    def turns(self, block: Routine, at: Place, name: str) -> None:
        """Give each side its turns; both turns of a round breathe the same breaths."""
        counts = {side: self.count_rounds(block, replace(at, side=side), self.rounds) for side in BOTH}
        turns = list(self.order(block, {side: count for side, (count, _) in counts.items()}))
        self.before(block, counts[turns[0][1]][0], at, turns[0][1], sided=True)
        beats, farthest, last = at.beats, at.beats.taken, at.beats.last
        begun: dict[int, int] = {}
        before: Place | None = None
        for (number, side), (following, other) in zip(turns, [*turns[1:], (None, None)], strict=True):
            start = begun.setdefault(number, farthest)
            here = replace(at, side=side, following=other, again=at.again or number > 0, outermost=False)
            turn = self.vary(block, number, counts[side][0], here, following)
            turn = self.mark_turn({**block, "each side": ""}, name, turn, chaptered=True)
            opening, others = part_opening([step for step in block["steps"] if self.is_done(step, turn)])

            def open_turn(opening: Any = opening, turn: Place = turn, start: int = start) -> None:  # noqa: ANN401
                beats.go(start)
                self.steps(opening, turn)

            beats.go(start, last)
            between = self.between_turns(block, before, turn)
            self.announce(between, self.choose_chapter(block, turn, at, between), open_turn)
            beats.go(start)
            self.steps(others, turn)
            last = beats.last if beats.taken > start else last
            before, farthest = turn, max(farthest, beats.taken)
        beats.go(farthest, last)
        self.warn_past(block, max(asked for _, asked in counts.values()), at)

    def between_turns(self, block: Routine, before: Place | None, turn: Place) -> list[tuple[Routine, Place]]:
        """Return what is between two turns; a change is only between two sides, and belongs to the coming turn."""
        if not before:
            return []
        names = [*(name.lower() for name in block.get("vary", {})), "round"]
        coming = {f"next {name}": turn.values[name] for name in names}
        changing = replace(turn, values={**turn.values, **coming}, following=turn.side)
        place = "between rounds" if turn.turn[0] > before.turn[0] else "between sides"
        written: list[Routine] = block.get("between") or block.get(place) or []
        steps = [step for step in written if "change" not in step or before.side != turn.side]
        over = before_turn(replace(before, between=True), block, turn, sided=True)
        return [(step, changing if "change" in step else over) for step in steps]

    def order(self, block: Routine, counts: Mapping[str, int]) -> Iterator[tuple[int, str]]:
        first = self.first or block.get("first", "left")
        sides = [side for side in (first, OTHER[first]) if side in self.sides]
        if block.get("order") == "blocked":
            yield from ((number, side) for side in sides for number in range(counts[side]))
        else:
            pairs = zip_longest(*([(number, side) for number in range(counts[side])] for side in sides))
            yield from (turn for both in pairs for turn in both if turn)


def number_phases(taken: Iterable[list[Phase]]) -> list[tuple[Fraction, Fraction, str, str | None, int]]:
    """Return the phases of breaths or moves, each with the number of its breath or move."""
    there = sorted(filter(None, taken), key=lambda each: each[0][0])
    return [(*phase, number) for number, each in enumerate(there) for phase in each]


def list_varying(block: Routine, at: Place, *, sided: bool) -> set[str]:
    """Return the names whose values a block gives: those that vary, and of sides."""
    return {*map(str.lower, block.get("vary", {})), *(at.file.get("sides", {}).get("left", {}) if sided else ())}


def before_turn(at: Place, block: Routine, turn: Place, *, sided: bool) -> Place:
    """Return a place that a turn follows, in which names can have their next value."""
    return replace(at, ahead=((list_varying(block, turn, sided=sided), block["steps"], turn), *turn.ahead))


def find_all(keyed: Routine, tempo: Tempo) -> dict[tuple[str, int], dict[str, str]]:
    """Return the keys of phases by the name and the number of the phase, each with the breaths it is for."""
    names = "|".join(re.escape(name) for name, _, _ in tempo) or "|".join(KINDS)
    found: dict[tuple[str, int], dict[str, str]] = {}
    for key in keyed:
        if match := re.fullmatch(rf"{WHICH}({names})(?: (\d))?", key):
            found.setdefault((match[2], int(match[3] or 1)), {})[key] = match[1] or ""
    return found


def find_keyed(keyed: Routine, tempo: Tempo, number: int, count: int) -> dict[tuple[str, int], Any]:
    """Return what is written for the phases of a breath or move: of all keys that apply, that of the first."""
    found: dict[tuple[str, int], Any] = {}
    for phase, keys in find_all(keyed, tempo).items():
        ranked = [(first, key) for key, which in keys.items() if (first := rank(which, number, count))]
        if ranked:
            found[phase] = keyed[min(ranked)[1]]
    return found


def is_breathed(tempo: Tempo) -> bool:
    """Return whether the phases are those of the breath."""
    return not tempo or any(kind for _, kind, _ in tempo)


def choose_tone(phase: Slot, tempo: Tempo) -> str:
    """Return the phase whose tone stands for words: in a tempo, rising for its first and falling for its last."""
    names = [each for each, _, _ in tempo]
    if phase.kind or names[0] == names[-1]:
        return phase.kind or "hold"
    return {names[-1]: "out", names[0]: "in"}.get(phase.name, "hold")


def mirror(side: str | None) -> str | None:
    return OTHER.get(side, side) if side else side


def snap(at: Fraction) -> Fraction:
    return math.floor(at / FRAME + Fraction(1, 2)) * FRAME


def ceil(at: Fraction) -> Fraction:
    return math.ceil(at / FRAME) * FRAME


def air(seconds: Fraction) -> Fraction:
    return max(Fraction(15, 100), seconds / 10)


def choose(words: Any, at: Place) -> str:  # noqa: ANN401
    """Return the words of this round: those of the first, or those of all later ones."""
    return str(words["again" if at.again else "first"] if isinstance(words, dict) else words)


def is_counted(words: Any) -> bool:  # noqa: ANN401
    """Return whether the words of a rest say how many breaths it has."""
    return "more" in words or "{count}" in str(words).lower()


def announces(step: Routine) -> bool:
    """Return whether a step between rounds belongs to the coming one: a change, or words of what is next."""
    return "change" in step or any(
        name.lower().startswith("next ")
        for key, text in step.items()
        if key != "name"
        for name in BLANK.findall(str(text))
    )


def part_opening(steps: list[Routine]) -> tuple[list[Routine], list[Routine]]:
    """Part the words that open a turn, its first 'say' steps, from the rest."""
    spoken = [set(step) <= {"say", "settle", "name", "only", "side", "needs", "makes"} for step in steps]
    first = spoken.index(False) if False in spoken else len(steps)
    return steps[:first], steps[first:]
