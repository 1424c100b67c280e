"""Measure all built-in routines: python -m scripts.write_library.

It writes the table of `voicecoach list` (voicecoach/library.json), the tables in docs/library.md, the pictures on the
cards of the studio, and how long each wording lasts (scripts/spoken.json), from which a test computes the same figures
and pictures without a voice. Only words that are new are spoken: in English by the voice that comes with the program,
in other languages by the system's.
"""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from voicecoach.app import speaker
from voicecoach.app.overview.own import describe
from voicecoach.app.overview.table import TABLE
from voicecoach.app.request import Request
from voicecoach.audio.clip import SAMPLE_RATE
from voicecoach.audio.formats import GRID
from voicecoach.audio.sounds import measure_sound
from voicecoach.core.perform import perform
from voicecoach.core.score import Sound
from voicecoach.core.timeline import format_time
from voicecoach.errors import FitError, Where
from voicecoach.routine.library import find_routine, list_built_in, read_head, strip_language
from voicecoach.routine.loader import load_routine
from voicecoach.script.builder import build, choose_pace
from voicecoach.script.choices import Choices
from voicecoach.system import folders
from voicecoach.views.cover import lay_out_cover
from voicecoach.views.craft import lint_craft, measure_craft
from voicecoach.views.shapes import write_svg

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from voicecoach.core.timeline import Timeline
    from voicecoach.routine.loader import LoadedRoutine

ROOT = Path(__file__).resolve().parents[1]
SPOKEN = ROOT / "scripts" / "spoken.json"
PAGE = ROOT / "docs" / "library.md"
PICTURES = ROOT / "voicecoach" / "studio" / "page" / "pictures"
NATURAL = "hibari:heart"
START = "<!-- The tables are written by python -m scripts.write_library -->\n"
END = "<!-- End of the tables -->\n"
DESCRIBED = ("title", "language", "summary", "area", "position", "needs", "level", "sides")
Table = dict[str, dict[str, Any]]
Samples = dict[str, dict[str, int]]
"""The samples of each wording, by language."""


class UnspokenError(Exception):
    """Words whose length is not known; ``texts`` are these."""

    def __init__(self, texts: set[str]) -> None:
        """Keep the words."""
        self.texts = sorted(texts)
        super().__init__(f"{len(texts)} wordings were not measured: run python -m scripts.write_library")


def perform_known(routine: LoadedRoutine, samples: Mapping[str, int], used: set[str]) -> Timeline:
    """Perform a routine as it is at its own choices, where the words last as known; note those that it asks for.

    Raises:
        UnspokenError: When words are not known; the longest wordings are asked for first.
    """
    asked: set[str] = set()

    def measure(said: str | Sound) -> Fraction:
        if isinstance(said, Sound):
            return measure_sound(said)
        asked.add(said)
        return Fraction(samples.get(said, 0), SAMPLE_RATE)

    try:
        timeline = perform(build(routine, Choices()), measure, choose_pace(routine, Choices()), grid=GRID)
    except FitError:
        if asked <= samples.keys():
            raise
    if missing := asked - samples.keys():
        raise UnspokenError(missing)
    used |= asked
    return timeline


def measure_routine(routine: LoadedRoutine, timeline: Timeline) -> dict[str, Any]:
    """Return what the table says of a routine, and of its timeline."""
    described = describe(routine)
    figures = measure_craft(timeline, routine.words)
    outside = len(list(lint_craft(timeline, routine.words, Where(routine.file, 1, 1))))
    return {
        **{key: getattr(described, key) for key in DESCRIBED},
        "seconds": round(float(timeline.duration), 3),
        "first_breath": None if figures.first_breath is None else round(float(figures.first_breath), 1),
        "stretch": round(float(figures.stretch), 3),
        "speech": round(float(figures.speech), 3),
        "outside": outside,
    }


def draw_picture(timeline: Timeline) -> str:
    """Return the picture on the card of a routine, as SVG."""
    return write_svg(lay_out_cover(timeline, ""))


def has_card(name: str) -> bool:
    """Return whether a routine has a card of its own; a translation has that of its original."""
    return name == strip_language(name)


def find_code(name: str) -> str:
    """Return the language of a routine, without reading all of it."""
    return read_head(find_routine(name))["language"]


def speak(name: str, texts: list[str]) -> dict[str, int]:
    """Have words of a routine spoken, and return the samples of each."""
    routine = load_routine(name)
    request = Request(name, voice=NATURAL if routine.words.code == "en" else speaker.SYSTEM)
    print(f"{name}: {len(texts)} wordings are spoken", flush=True)
    found = speaker.find_speaker(request, routine.words, folders.find_cache())
    return {text: clip.samples for text, clip in zip(texts, found.voice.speak(texts), strict=True)}


def measure_all(known: Samples) -> tuple[Table, dict[str, str], Samples]:
    """Return the table of all built-in routines, the pictures on their cards, and the samples of all words in them."""
    table: Table = {}
    pictures: dict[str, str] = {}
    used: dict[str, set[str]] = {}
    for name in list_built_in():
        code = find_code(name)
        samples = known.setdefault(code, {})
        while name not in table:
            try:
                routine = load_routine(name)
                timeline = perform_known(routine, samples, used.setdefault(code, set()))
                table[name], pictures[name] = measure_routine(routine, timeline), draw_picture(timeline)
            except UnspokenError as error:
                samples |= speak(name, error.texts)
                write_json(SPOKEN, known)
    kept = {code: {text: known[code][text] for text in sorted(texts)} for code, texts in sorted(used.items())}
    return table, {name: drawn for name, drawn in pictures.items() if has_card(name)}, kept


def write_tables(table: Table) -> str:
    """Return the tables of the page."""
    return "\n".join((*_write_purposes(table), "", *_write_figures(table), ""))


def _write_purposes(table: Table) -> Iterator[str]:
    yield "| routine | what it is | for | position | level | what you need | length |"
    yield "| --- | --- | --- | --- | --- | --- | --- |"
    for name, each in table.items():
        if has_card(name):
            lists = (", ".join(each[key]) for key in ("area", "position"))
            needs = "; ".join(each["needs"])
            cells = (f"`{name}`", each["summary"], *lists, each["level"], needs, format_time(_round(each["seconds"])))
            yield f"| {' | '.join(cells)} |"


def _write_figures(table: Table) -> Iterator[str]:
    yield "| routine | language | length | first breath | stretch | speech | craft |"
    yield "| --- | --- | --- | --- | --- | --- | --- |"
    for name, each in table.items():
        first = "" if each["first_breath"] is None else f"{each['first_breath']:.0f} s"
        stretch = f"{each['stretch']:.0%}" if each["stretch"] else ""
        craft = f"{each['outside']} outside" if each["outside"] else "inside"
        length, speech = format_time(_round(each["seconds"])), f"{each['speech']:.0%}"
        cells = (f"`{strip_language(name)}`", each["language"], length, first, stretch, speech, craft)
        yield f"| {' | '.join(cells)} |"


def _round(seconds: float) -> Fraction:
    return Fraction(round(seconds))


def replace_tables(page: str, table: Table) -> str:
    """Return the page with other tables."""
    before, _, rest = page.partition(START)
    return before + START + "\n" + write_tables(table) + "\n" + END + rest.partition(END)[2]


def write_json(path: Path, value: object) -> None:
    """Write a value as JSON, an item a line."""
    path.write_text(json.dumps(value, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def read_json(path: Path) -> Any:  # noqa: ANN401 - a JSON value
    """Read a JSON file; an empty object if there is none."""
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def main() -> None:
    """Measure, and write the files."""
    table, pictures, samples = measure_all(read_json(SPOKEN))
    write_json(SPOKEN, samples)
    write_json(TABLE, table)
    PAGE.write_text(replace_tables(PAGE.read_text(encoding="utf-8"), table), encoding="utf-8")
    for old in PICTURES.glob("*.svg"):
        old.unlink()
    for name, drawn in pictures.items():
        (PICTURES / f"{name}.svg").write_text(drawn, encoding="utf-8")


if __name__ == "__main__":
    main()
