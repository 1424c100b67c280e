"""What the commands ask for: their options, how each is read, and the request that comes of them."""

from __future__ import annotations

import os
import re
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from voicecoach.audio.formats import FORMATS, MP3, Format
from voicecoach.core.breath import pace, seconds
from voicecoach.core.score import Side
from voicecoach.core.spelling import NUMBER, number, simplify
from voicecoach.errors import ChoiceError, VoicecoachError, shown
from voicecoach.script.choices import LEFT_RIGHT, USUAL_UNDER, Choices, Guidance, Sounding
from voicecoach.system import plain_files

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from voicecoach.app.request import Request

    _Type = click.ParamType[Any]
else:
    _Type = click.ParamType  # it takes no parameter before click 8.4

DEFAULT = "leg-stretch"
CHIMES = ("soft", "bell")
CAPTIONS = ("vtt", "srt", "lrc", "txt")
"""Kinds of captions, as their files end; ``txt`` is the transcript."""

LEVELS = [level.value for level in Guidance]
LONGEST_LEAD_IN = 600


class Voices(click.Group):
    """A group of which ``read`` takes the words after ``--preview NAME``; its own options may stand after them."""

    def __init__(self, *args: Any, read: click.Command, **rest: Any) -> None:
        """Make it of what a group is made of."""
        super().__init__(*args, **rest)
        self.read = read

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Take all options as the group's, unless a command of it is named."""
        ctx.allow_interspersed_args = not self.commands.keys() & set(args)
        return super().parse_args(ctx, args)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command that words name."""
        return (self.read.name, self.read, args) if ctx.params["preview"] else super().resolve_command(ctx, args)


class Parsed(_Type):
    """An option's value that a function of ours reads."""

    def __init__(self, name: str, parse: Callable[[str], object]) -> None:
        """Name the type in the help text, and say how it is read."""
        self.name, self.parse = name, parse

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> object:
        """Read the value, or say what is wrong with it."""
        if not isinstance(value, str):
            return value
        try:
            return self.parse(value)
        except VoicecoachError as error:
            self.fail(str(error), param, ctx)


def line(text: str) -> str:
    """Read a text that is shown and written into files: on one line, without characters that steer a terminal.

    >>> line("  My  legs ")
    'My legs'

    Raises:
        ChoiceError: When it has control characters, or overrides of the writing direction, in it; or nothing at all.
    """
    from voicecoach.routine.source import CONTROL

    if CONTROL.search(text):
        raise ChoiceError(f"{shown(text)} has control characters in it\ntake them out")
    found = " ".join(text.split())
    if not found:
        raise ChoiceError("there is no text in it\nwrite a text, or leave the option out")
    return found


def duration(text: str) -> Fraction:
    """Read a length of time; a plain number is seconds.

    >>> duration("2.5"), duration("1:30")
    (Fraction(5, 2), Fraction(90, 1))
    """
    plain_files = simplify(text)
    return seconds(f"{plain_files}s" if re.fullmatch(NUMBER, plain_files) else text)


def lead_in(text: str) -> Fraction:
    """Read the silence before the first word, which has an end."""
    taken = duration(text)
    if taken > LONGEST_LEAD_IN:
        raise ChoiceError(f"{shown(text)} is more than {LONGEST_LEAD_IN} s")
    return taken


def preview(text: str) -> Fraction:
    """Read how much of the beginning is wanted, which is something."""
    taken = duration(text)
    if not taken:
        raise ChoiceError("nothing is left of the session; write how much of it you want, as 60s")
    return taken


@dataclass(frozen=True, slots=True)
class Output:
    """Where ``-o`` wants a file: a path, and whether it is written as that of a folder."""

    path: Path
    is_folder: bool = False

    @contextmanager
    def opened(self) -> Iterator[Path]:
        """Yield the path; a folder is made if it isn't there, and removed again if what is done inside fails."""
        if not self.is_folder or plain_files.is_folder(self.path):
            yield self.path
            return
        from voicecoach.system.folders import new_folder

        with new_folder(self.path):
            yield self.path


def output(text: str) -> Output:
    """Read where a file goes; what ends in a slash is a folder.

    >>> output("new/").is_folder, output("x.mp3").is_folder
    (True, False)

    Raises:
        ChoiceError: When nothing is written there, as by a variable of a shell that is not set.
    """
    if not text.strip():
        raise ChoiceError("the name is empty; write a file or a folder, or leave -o out")
    return Output(Path(text), is_folder(text))


def is_folder(text: str) -> bool:
    """Return whether a path is written as that of a folder: it ends in a slash, or in a dot after one."""
    return os.path.basename(text) in {"", ".", ".."}  # noqa: PTH119 - pathlib drops the slash


def picture(text: str) -> Path:
    """Read the name of a picture's file."""
    return _check_ending(text, (".svg", ".png"), "a picture's name ends in .svg or .png")


def prompt_list(text: str) -> Path:
    """Read the name of the file of a list to record from."""
    return _check_ending(text, (".csv", ".md"), "a list's name ends in .csv or .md")


def _check_ending(text: str, endings: tuple[str, ...], what: str) -> Path:
    path = Path(text)
    if is_folder(text) or path.suffix.lower() not in endings:
        raise ChoiceError(f"{shown(text)}: {what}")
    return path


def ratio(text: str) -> object:
    """Read how a breath is split."""
    from voicecoach.app import taps

    return taps.ratio(text)


def whole(least: int, most: int) -> Callable[[str], int]:
    """Return a reader of whole numbers from ``least`` to ``most``.

    >>> whole(1, 9)("3")
    3
    """

    def read(text: str) -> int:
        plain_files = simplify(text)
        if not re.fullmatch(r"[0-9]+", plain_files) or not least <= number(plain_files) <= most:
            raise ChoiceError(f"{shown(text)} is not a whole number from {least} to {most}")
        return int(number(plain_files))

    return read


RATE = click.option("--rate", type=Parsed("WPM", whole(105, 400)), help="Words a minute, as heard; 120 is calm.")
PITCH = click.option("--pitch", type=Parsed("0-100", whole(0, 100)), help="The voice's pitch; 50 is its own.")


def words(command: Callable[..., None]) -> Callable[..., None]:
    """Add what decides which words there are: the routine, and the choices about what is done and said."""
    options = [
        click.argument("routine", default=DEFAULT),
        click.option("--breath", type=Parsed("IN-OUT", pace), help="4-6, 4-7-8, 6/min, or 3-4..4-6 to slow down."),
        click.option(
            "--rounds",
            type=Parsed("N", whole(1, 1000)),
            help="Rounds for each side, or of the exercise; of a list, times through all of it.",
        ),
        click.option("--side", type=click.Choice(["left", "right", "both"]), default="both", help="Only one leg."),
        click.option("--first", type=click.Choice(["left", "right"]), help="The side that begins."),
        click.option(
            "--guidance",
            type=click.Choice(LEVELS),
            default="full",
            help="How much is said.",
        ),
        click.option("--set", "settings", multiple=True, metavar="NAME=VALUE", help="A value for a parameter."),
        click.option("--with", "added", multiple=True, metavar="NAME|all", help="Add an optional exercise."),
        click.option("--skip", "skipped", multiple=True, metavar="NAME", help="Leave an exercise out."),
        click.option("--language", metavar="CODE", help="The routine in this language, e.g. de."),
    ]
    return _with(options, command)


def choices(command: Callable[..., None]) -> Callable[..., None]:
    """Add what ``make``, ``plan`` and ``play`` have in common: the routine, and the choices about it."""
    options = [
        click.option("--length", type=Parsed("TIME", seconds), help="Exactly so long, as 10m; chooses the rounds."),
        click.option("--voice", help="A voice's name, a language, or part of either; see 'voicecoach voices'."),
        RATE,
        PITCH,
        click.option("--lead-in", type=Parsed("TIME", lead_in), default="3s", help="Silence before the first word."),
        click.option("--title", type=Parsed("TEXT", line), help="Another title for the session."),
        click.option("--chime", type=click.Choice(["none", *CHIMES]), help="Bells; else one, at the end."),
        click.option("--fall", is_flag=True, help="Let the voice sink a little through the session."),
        click.option("--preview", type=Parsed("TIME", preview), help="Only the beginning, e.g. 60s."),
    ]
    return words(_with(options, command))


def sound(command: Callable[..., None]) -> Callable[..., None]:
    """Add what ``make`` and ``play`` have in common: how the session sounds."""
    options = [
        click.option("--bed", metavar="NAME|FILE|none", help="Sound under it: rain, pad, brown, waves, or a file."),
        click.option(
            "--bed-level",
            "under",
            type=Parsed("LU", whole(1, 60)),
            default=str(round(USUAL_UNDER)),
            help="How far the bed is under the speech.",
        ),
        click.option(
            "--room-tone",
            type=click.Choice(["faint", "none"]),
            default="faint",
            help="A faint noise keeps speakers awake in silence.",
        ),
        click.option("--pan", is_flag=True, help="A leg's own track a little to its side."),
    ]
    return _with(options, command)


def files(command: Callable[..., None]) -> Callable[..., None]:
    """Add what ``make`` asks about files."""
    options = [
        click.option("-o", "--output", type=Parsed("FILE|FOLDER", output), help="A file, or a folder; new/ makes it."),
        TRACKS,
        click.option("--format", "form", type=click.Choice([*FORMATS]), help="The kind of file; mp3 if not said."),
        click.option("--bitrate", type=Parsed("KBPS", whole(8, 512)), help="Kilobits a second; 64 is plenty for mp3."),
        click.option("--captions", type=Parsed("KINDS", captions), help="Beside it: vtt, srt, lrc, txt, or some."),
        click.option("--chapters-json", is_flag=True, help="Beside it: chapters for podcast apps."),
        click.option("--playlist", is_flag=True, help="Beside it: a playlist of the tracks."),
        click.option("--verify", is_flag=True, help="Hold the finished files against the plan."),
        click.option("--artist", type=Parsed("NAME", line), help="Who it is by, in players: voicecoach if not said."),
        FORCE,
    ]
    return _with(options, command)


def _with(options: list[Callable[..., Any]], command: Callable[..., None]) -> Callable[..., None]:
    for option in reversed(options):
        command = option(command)
    return command


def captions(text: str) -> tuple[str, ...]:
    """Read the kinds of captions that are wanted.

    >>> captions("vtt, srt")
    ('vtt', 'srt')

    Raises:
        ChoiceError: When one is not known.
    """
    kinds = tuple(dict.fromkeys(kind.strip().lower() for kind in text.split(",")))
    unknown = [kind for kind in kinds if kind not in CAPTIONS]
    if unknown:
        raise ChoiceError(f"{shown(unknown[0])} is no kind of captions; write {', '.join(CAPTIONS)}, or some of them")
    return kinds


FORCE = click.option("--force", is_flag=True, help="Also replace files that voicecoach did not make.")
TRACKS = click.option("--tracks", type=click.Choice(["one", "sides"]), default="one", help="One, or one for each leg.")
JSON = click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")


def request(  # noqa: PLR0913 - the options of the command line
    *,
    split: bool,
    routine: str,
    breath: Any,
    rounds: int | None,
    side: str,
    first: str | None,
    guidance: str,
    settings: tuple[str, ...],
    added: tuple[str, ...],
    skipped: tuple[str, ...],
    lead_in: Fraction = Fraction(3),
    chime: str | None = None,
    bed: str | None = None,
    under: int = round(USUAL_UNDER),
    room_tone: str = "faint",
    pan: bool = False,
    form: Format = MP3,
    bitrate: int | None = None,
    **rest: Any,
) -> Request:
    """Return the request that options make."""
    from voicecoach.app.config import speaking
    from voicecoach.app.request import Request

    chosen = Choices(
        breath=breath,
        rounds=rounds,
        sides=LEFT_RIGHT if side == "both" else (Side(side),),
        first=Side(first) if first else None,
        added=frozenset(added),
        skipped=frozenset(skipped),
        lead_in=lead_in,
        guidance=Guidance(guidance),
        settings=dict(map(_setting, settings)),
        chime="" if chime == "none" else chime,
    )
    heard = Sounding(form, bitrate, None if bed == "none" else bed, float(under), room_tone == "faint", pan)
    usual = frozenset(filter(_is_default, ("side", "first", "tracks")))
    return Request(
        routine,
        chosen,
        split,
        sounding=heard,
        commands=speaking(),
        usual_breath=_is_default("breath"),
        usual_sides=usual,
        **rest,
    )


def _is_default(name: str) -> bool:
    """Tell whether an option comes from the settings or a variable, and was not typed for this once."""
    from click.core import ParameterSource

    context = click.get_current_context(silent=True)
    source = context.get_parameter_source(name) if context else None
    return source in {ParameterSource.DEFAULT_MAP, ParameterSource.ENVIRONMENT}


def _setting(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not (name.strip() and equals and value.strip()):
        raise ChoiceError(f"{shown(text)} sets nothing\nwrite a parameter's name and its value, as --set hold=45s")
    return name.strip().lower(), value.strip()
