"""The command ``record``: record a voice of one's own, sentence by sentence or as one long take."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import click

from voicecoach.app import values
from voicecoach.app.cli.command import define
from voicecoach.app.cli.fields import Options, choice, flag, group, option
from voicecoach.app.cli.options import JSON, NAME, TRACKS, ExerciseOptions, WordOptions
from voicecoach.app.cli.parameters import Parsed
from voicecoach.app.cli.printing import count, name_check, print_json, print_notes, show_progress
from voicecoach.app.cli.request import make_choices
from voicecoach.errors import ChoiceError, OutputError, suggest_remedy
from voicecoach.system import folders, streams

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from voicecoach.app.recording.long_take import Placed
    from voicecoach.app.recording.sentences import Sentence
    from voicecoach.voices.takes import Review


@dataclass(frozen=True, repr=False, eq=False)
class RecordingOptions(Options):
    """What is recorded, and where."""

    TITLE: ClassVar[str] = "Recording"
    output: values.Output | None = option(
        "-o --output",
        "Folder of the recordings; it is made if it is missing.",
        Parsed("FOLDER", values.read_output),
        shown="ROUTINE-voice here",
    )
    tracks: bool = choice("--tracks", "The words of one file, or of one for each leg.", TRACKS, default="one")
    listed: bool = flag(
        "--list", "Only list the sentences, which are recorded, and which recordings no sentence needs."
    )
    again: bool = flag("--again", "Also record sentences that already have a recording.")
    only: tuple[int, ...] | None = option(
        "--only", "Only the sentences with these numbers, such as 3 or 3,7-9.", Parsed("NUMBERS", values.read_numbers)
    )
    unrecorded: bool = flag(
        "--unrecorded", "Only the sentences without a recording. With --take: the take has only these."
    )
    device: str | None = option(
        "--device", "Number of the microphone, or a part of its name.", NAME, shown="the system's"
    )
    devices: bool = flag("--devices", "Only list the microphones.")


@dataclass(frozen=True, repr=False, eq=False)
class TakeOptions(Options):
    """How a long take is cut."""

    TITLE: ClassVar[str] = "One long take"
    take: Path | None = option(
        "--take", "Cut this sound file, which has all sentences read aloud in order.", Parsed("FILE", Path)
    )
    cuts: Path | None = option(
        "--cuts", "Cut at the times in this file of cuts, which you corrected.", Parsed("FILE", Path)
    )
    dry_run: bool = flag("--dry-run", "Show the cuts and write nothing.")
    force: bool = flag("--force", "Also replace existing recordings with doubtful cuts.")


@dataclass(frozen=True, repr=False, eq=False)
class OutputOptions(Options):
    """What is printed."""

    TITLE: ClassVar[str] = "Output"
    as_json: bool = flag("--json", JSON)


@dataclass(frozen=True, repr=False, eq=False)
class RecordOptions(Options):
    """Everything that decides which sentences there are, and how they are recorded."""

    exercise: ExerciseOptions = group(ExerciseOptions)
    words: WordOptions = group(WordOptions)
    recording: RecordingOptions = group(RecordingOptions)
    take: TakeOptions = group(TakeOptions)
    printed: OutputOptions = group(OutputOptions)


@define(
    "record",
    RecordOptions,
    examples=(
        "voicecoach record leg-stretch -o my-voice",
        "voicecoach record leg-stretch -o my-voice --take evening.m4a --dry-run",
    ),
)
def command(chosen: RecordOptions) -> None:
    """Record a voice of your own.

    ROUTINE is the name of a built-in routine or a YAML file; the default is leg-stretch. You see its sentences one
    by one. With --take, one long recording of all sentences is cut into pieces. 'voicecoach make --voice
    recorded:FOLDER' speaks with them.
    """
    recording, take = chosen.recording, chosen.take
    if recording.devices:
        _list_devices(as_json=chosen.printed.as_json)
        return
    _check_options(recording, take)
    sentences = _list_sentences(chosen)
    folder = _choose_folder(chosen)
    with _report_folder_errors(folder):
        review = _review(sentences, folder)
        if recording.listed:
            _choose(chosen, sentences, review, missing=False)  # refuses wrong numbers
            _print_list(sentences, review, as_json=chosen.printed.as_json)
        elif take.take:
            _cut(chosen, take.take, sentences, folder, review)
        else:
            _record(chosen, sentences, folder, review)


def _check_options(recording: RecordingOptions, take: TakeOptions) -> None:
    needing = {"--cuts": take.cuts, "--dry-run": take.dry_run, "--force": take.force}
    without = next((name for name, value in needing.items() if value), "")
    if without and take.take is None:
        raise ChoiceError(f"{without} is about a long take; name its file with --take")
    if take.take and recording.device:
        raise ChoiceError("--device is about a microphone, and --take is a file\nleave one of them out")
    if take.take and recording.listed:
        raise ChoiceError("--list only lists; leave it out, or leave out --take")


def _list_devices(*, as_json: bool) -> None:
    from voicecoach.app.recording.microphone import list_devices

    found = list_devices()
    if as_json:
        print_json([{"number": each.number, "name": each.name, "default": each.default} for each in found])
        return
    for device in found:
        click.echo(str(device))
    if not found:
        print_notes(["there is no microphone"])


def _list_sentences(chosen: RecordOptions) -> tuple[Sentence, ...]:
    from voicecoach.app.config import read_commands
    from voicecoach.app.recording.sentences import list_sentences
    from voicecoach.app.request import Request
    from voicecoach.routine.loader import load_routine

    exercise, split = chosen.exercise, chosen.recording.tracks
    choices = make_choices(exercise, chosen.words)
    request = Request(exercise.routine, choices, split, language=chosen.words.language, commands=read_commands())
    routine = load_routine(request.routine, request.language)
    with name_check(request):
        found = list_sentences(routine, choices, split=split)
    if not found:
        raise ChoiceError(f"nothing is said in {exercise.routine} with these choices")
    return found


def _choose_folder(chosen: RecordOptions) -> Path:
    output = chosen.recording.output
    return folders.expand(output.path) if output else Path(f"{Path(chosen.exercise.routine).stem}-voice")


def _review(sentences: Sequence[Sentence], folder: Path) -> Review:
    from voicecoach.app.recording.sentences import review_folder

    return review_folder(sentences, folder)


def _print_list(sentences: Sequence[Sentence], review: Review, *, as_json: bool) -> None:
    from voicecoach.app.recording.sentences import describe_review, review_as_json

    if as_json:
        print_json(review_as_json(sentences, review))
    else:
        click.echo("\n".join(describe_review(sentences, review)))


def _choose(chosen: RecordOptions, sentences: Sequence[Sentence], review: Review, *, missing: bool) -> list[Sentence]:
    from voicecoach.app.recording.sentences import choose_sentences

    some = choose_sentences(sentences, chosen.recording.only)
    return [each for each in some if not missing or review.found[each.prompt.said] is None]


def _record(chosen: RecordOptions, sentences: Sequence[Sentence], folder: Path, review: Review) -> None:
    """Record sentence by sentence."""
    from voicecoach.app.recording.microphone import DeviceMicrophone
    from voicecoach.app.recording.terminal import record_sentences

    recording = chosen.recording
    every = recording.again or (recording.only is not None and not recording.unrecorded)
    some = _choose(chosen, sentences, review, missing=not every)
    if not some:
        print_notes([f"all {count(len(sentences), 'sentence')} are recorded in {folder}; --again records them anew"])
        return
    recorded = {each.number: file for each in sentences if (file := review.found[each.prompt.said])}
    microphone = DeviceMicrophone(recording.device)
    with folders.make_folder(folder):
        record_sentences(some, len(sentences), folder, recorded, microphone)
    _conclude(sentences, folder)


def _conclude(sentences: Sequence[Sentence], folder: Path) -> None:
    """Say how much is recorded."""
    missing = len(_review(sentences, folder).missing)
    there = f"{len(sentences) - missing} of {len(sentences)} sentences are recorded in {folder}"
    speak = f"\n  use them  voicecoach make --voice {folders.quote_argument(f'recorded:{folder}')}"
    click.echo(there + ("" if missing else speak))


def _cut(chosen: RecordOptions, path: Path, sentences: Sequence[Sentence], folder: Path, review: Review) -> None:
    """Cut a long take."""
    from voicecoach.app.recording import long_take

    options = chosen.take
    some = _choose(chosen, sentences, review, missing=chosen.recording.unrecorded)
    if not some:
        raise ChoiceError(f"all sentences are recorded in {folder}\nleave out --unrecorded")
    with show_progress(f"Reading {path.name}", quiet=chosen.printed.as_json) as report:
        placed = _place(chosen, path, sentences, some, review)
        if not options.dry_run:
            total = sum(each.status == "write" for each in placed)
            with folders.make_folder(folder):
                done = long_take.write_recordings(path, placed, folder, lambda at: report("writing", at, total))
            placed = done
    beside = "" if options.dry_run or options.cuts else _save_cuts(path, placed)
    _print_cuts(chosen, path, placed, folder, beside)


def _place(
    chosen: RecordOptions, path: Path, sentences: Sequence[Sentence], some: Sequence[Sentence], review: Review
) -> list[Placed]:
    """Find the cuts of sentences, by themselves or in a file, and decide what is done with each."""
    from voicecoach.app.recording import cuts_file, long_take

    options = chosen.take
    if options.cuts:
        long_take.check_take(path)
        listed = cuts_file.read_cuts(options.cuts, sentences)
        found = [(each, listed[each.number]) for each in some if each.number in listed]
    else:
        found = list(zip(some, long_take.find_cuts(path, some), strict=True))
    asked = options.force or options.cuts is not None or chosen.recording.only is not None
    again = chosen.recording.again
    return [long_take.decide(each, cut, review, again=again, force=asked) for each, cut in found]


def _save_cuts(take: Path, placed: Sequence[Placed]) -> str:
    """Write the file of cut times beside a take, and return the line about it."""
    from voicecoach.app.recording import cuts_file

    path = take.with_name(f"{take.stem}.cuts.txt")
    text = cuts_file.write_cuts(take, [(each.sentence, each.cut) for each in placed])
    try:
        written = cuts_file.save_cuts(path, text)
    except (OSError, OutputError) as error:
        return f"the cut times can't be written beside the take: {error}"
    if not written:
        return f"{path} was corrected by hand, so it is kept; use it with --cuts"
    return f"to correct cuts, change {path} and run this again with --cuts {folders.quote_argument(str(path))}"


def _print_cuts(chosen: RecordOptions, path: Path, placed: Sequence[Placed], folder: Path, beside: str) -> None:
    from voicecoach.app.recording.report import describe_cuts

    if chosen.printed.as_json:
        print_json({"take": str(path), "folder": str(folder), "sentences": [each.as_json() for each in placed]})
        print_notes(filter(None, [beside]))
        return
    for line in describe_cuts(placed, folder, dry_run=chosen.take.dry_run):
        click.echo(line)
    if beside:
        click.echo(beside)


@contextmanager
def _report_folder_errors(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.filename == streams.STANDARD_OUTPUT:
            raise
        what = (error.strerror or str(error)).lower()
        remedy = suggest_remedy(error) or "choose another folder with -o"
        raise OutputError(folder, f"{what}\n{remedy}") from None
