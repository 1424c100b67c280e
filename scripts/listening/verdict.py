"""What all phrases of a voice come to: figures, a table, and the phrases that fall short of what is wanted."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from statistics import fmean
from typing import TYPE_CHECKING, Any

from scripts.listening import sound
from scripts.listening.phrases import ALONE_FROM

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scripts.listening.assess import Assessment
    from scripts.listening.phrases import Reading

MOST_WORD_ERRORS = 0.01
LEAST_MEAN, LEAST_SCORE = 4.4, 4.0
EVEN = 1.0
"""LU that neighbours can differ by."""


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table: what is measured, what is wanted, what was found, and whether that is enough."""

    what: str
    wanted: str
    found: str
    met: bool = True


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a voice came to.

    Attributes:
        voice: Its name.
        identity: Everything that changes its sound.
        rows: The lines of its table.
        faults: What falls short, one phrase a line.
        phrases: Every phrase.
        uneven: Neighbours whose levels differ too much, and by how many LU.
    """

    voice: str
    identity: str
    rows: tuple[Row, ...]
    faults: tuple[str, ...]
    phrases: tuple[Assessment, ...]
    uneven: tuple[tuple[str, str, float], ...]

    @property
    def unmet(self) -> list[Row]:
        """The lines of the table that are not as they should be."""
        return [row for row in self.rows if not row.met]

    def as_json(self) -> dict[str, Any]:
        """Return it as plain values."""
        return {
            "voice": self.voice,
            "identity": self.identity,
            "figures": [asdict(row) for row in self.rows],
            "phrases": [each.as_json() for each in self.phrases],
            "uneven": [[one, other, round(apart, 2)] for one, other, apart in self.uneven],
        }


def judge(reading: Reading, phrases: Sequence[Assessment]) -> Verdict:
    """Compare what was found with what is wanted."""
    levels = {each.phrase.said: each.level for each in phrases}
    neighbours = sound.list_neighbours(reading.orders.values())
    uneven = sound.find_uneven(neighbours, levels, EVEN)
    rows = [
        Row("phrases", "", str(len(phrases))),
        *_judge_words(phrases),
        *_judge_scores(phrases),
        *_judge_ends(phrases),
        Row(f"neighbours more than {EVEN:g} LU apart", "0", f"{len(uneven)} of {len(neighbours)}", not uneven),
        Row("words a minute, phrases of four words and more", "", _count_rate(phrases)),
    ]
    faults = (*_list_faults(phrases), *(f"level: {one!r}, then {other!r}: {by:+.1f} LU" for one, other, by in uneven))
    return Verdict(reading.voice, reading.identity, tuple(rows), faults, tuple(phrases), tuple(uneven))


def write_table(verdicts: Sequence[Verdict]) -> str:
    """Return a table in Markdown with a column for each voice; figures that fall short are marked."""
    names = [each.voice for each in verdicts]
    lines = [f"| | wanted | {' | '.join(names)} |", f"| --- | --- |{' --- |' * len(names)}"]
    for row in dict.fromkeys((each.what, each.wanted) for verdict in verdicts for each in verdict.rows):
        found = [next((each for each in one.rows if each.what == row[0]), Row(*row, "")) for one in verdicts]
        cells = [each.found if each.met else f"{each.found} (no)" for each in found]
        lines.append(f"| {row[0]} | {row[1]} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def _judge_words(phrases: Sequence[Assessment]) -> list[Row]:
    heard = [each for each in phrases if each.heard]
    if not heard:
        return [Row("words understood", "", "no recogniser for this language")]
    long = [each for each in heard if each.is_long]
    short = [each for each in heard if not each.is_long and not _is_alone(each)]
    rate = sum(each.errors[0] for each in long) / max(1, sum(each.words for each in long))
    understood = sum(each.is_understood for each in short)
    return [
        Row("word errors, phrases of four words and more", "1 % at most", f"{rate:.1%}", rate <= MOST_WORD_ERRORS),
        Row("shorter phrases understood", "", f"{understood} of {len(short)}"),
        _judge_sides("left and right heard, in phrases", [each for each in heard if not _is_alone(each)]),
        _judge_sides("left and right heard, alone", [each for each in heard if _is_alone(each)]),
    ]


def _judge_sides(what: str, phrases: Sequence[Assessment]) -> Row:
    due = sum(each.sides for each in phrases)
    missed = sum(len(each.missed) for each in phrases)
    return Row(what, "all", f"{due - missed} of {due}", not missed)


def _judge_scores(phrases: Sequence[Assessment]) -> list[Row]:
    scores = [each.score for each in phrases]
    mean, least = fmean(scores), min(scores)
    under = sum(each < LEAST_SCORE for each in scores)
    return [
        Row("naturalness, mean", f"{LEAST_MEAN} at least", f"{mean:.2f}", mean >= LEAST_MEAN),
        Row("naturalness, lowest", f"{LEAST_SCORE:.1f} at least", f"{least:.2f}", least >= LEAST_SCORE),
        Row(f"phrases under {LEAST_SCORE:.1f}", "0", str(under), not under),
    ]


def _judge_ends(phrases: Sequence[Assessment]) -> list[Row]:
    clipped, clicking, cut = (
        sum(bool(found) for found in kind)
        for kind in (
            [each.ends.clipped for each in phrases],
            [each.ends.clicks for each in phrases],
            [each.ends.cut for each in phrases],
        )
    )
    found = f"{clipped}, {clicking}, {cut}"
    return [Row("clipped, clicking, cut at an end", "0, 0, 0", found, not (clipped or clicking or cut))]


def _count_rate(phrases: Sequence[Assessment]) -> str:
    long = [each for each in phrases if each.is_long]
    if not long:
        return "-"
    rate = sound.count_words_per_minute(sum(each.words for each in long), sum(each.seconds for each in long))
    each_rate = sorted(sound.count_words_per_minute(each.words, each.seconds) for each in long)
    return f"{rate:.0f} ({each_rate[len(each_rate) // 20]:.0f} to {each_rate[-1 - len(each_rate) // 20]:.0f})"


def _list_faults(phrases: Sequence[Assessment]) -> list[str]:
    found = []
    for each in phrases:
        name = repr(each.phrase.words)
        if each.heard and not each.is_understood:
            found.append(f"words: {name}, heard as {' / '.join(map(repr, dict.fromkeys(each.heard)))}")
        found += [f"sides: {name}: {side!r} heard as {heard!r}" for side, heard in each.missed]
        if each.score < LEAST_SCORE:
            found.append(f"naturalness: {name}: {each.score:.2f}")
        if each.ends:
            found.append(f"sound: {name}: {_describe(each.ends)}")
    return found


def _describe(ends: sound.Ends) -> str:
    parts = [
        f"{ends.clipped} samples clipped" if ends.clipped else "",
        f"clicks at {', '.join(f'{at:.3f} s' for at in ends.clicks)}" if ends.clicks else "",
        f"cut at its {' and its '.join(ends.cut)}" if ends.cut else "",
    ]
    return "; ".join(filter(None, parts))


def _is_alone(each: Assessment) -> bool:
    return ALONE_FROM in each.phrase.routines
