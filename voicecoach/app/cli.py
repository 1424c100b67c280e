"""The command line."""

from __future__ import annotations

import os
import re
import sys
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from voicecoach import __version__
from voicecoach.app import options
from voicecoach.audio import formats
from voicecoach.core.breath import paces
from voicecoach.core.score import Side
from voicecoach.errors import (
    ChoiceError,
    PlayerError,
    RoutineError,
    TargetError,
    VoicecoachError,
    VoiceError,
    escape,
    remedy,
    shown,
)
from voicecoach.system import memory, plain_files, signals, streams
from voicecoach.system.folders import quote

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from voicecoach.app.request import Made, Report, Request, Session, Track
    from voicecoach.app.review import Review
    from voicecoach.views.prompts import Prompt


class _Command(click.Command):
    """A command that says where a wrong choice comes from, if it was not typed."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run it, and note in its error which choices that it speaks of are settings."""
        try:
            return super().invoke(ctx)
        except ChoiceError as error:
            for option in self.params:
                name, value = max(option.opts, key=len), ctx.params.get(option.name or "")
                values = value if isinstance(value, tuple) else (value,)
                named = re.search(rf"{name}\b(?!-)", str(error)) or any(shown(each) in str(error) for each in values)
                if named and (origin := _find_origin(ctx, option)):
                    error.add_note(f"{name} {origin}")
            raise


class _Commands(click.Group):
    """The commands, in the order in which a person needs them; their help is not cut short."""

    command_class = _Command

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return their names; one that is not in the order yet comes last."""
        del ctx
        return sorted(self.commands, key=lambda name: (ORDER.index(name) if name in ORDER else len(ORDER), name))

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write what each of them does."""
        rows = [(name, self.commands[name].get_short_help_str(LONGEST_HELP)) for name in self.list_commands(ctx)]
        with formatter.section("Commands"):
            formatter.write_dl(rows)


ORDER = (
    *("make", "play", "list", "plan", "new", "check", "show", "breath", "voices", "verify", "script", "doctor"),
    *("cache", "schema"),
)
"""Commands as a person comes to need them."""
LONGEST_HELP = 200
"""Characters of a command's help in the list."""


@click.group(cls=_Commands, invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="voicecoach")
@click.pass_context
def cli(context: click.Context) -> None:
    """Make calm voice-guided exercise audio, paced to your own breath."""
    from voicecoach.app import config

    if context.invoked_subcommand is None:
        click.echo(context.get_help())
        return
    try:
        context.default_map = config.defaults(cli.commands)
        preferred = config.ffmpeg()
    except ChoiceError:
        if context.invoked_subcommand != "doctor":  # which reports what is wrong with them, among other things
            raise
        preferred = None
    if preferred:
        from voicecoach.audio import ffmpeg_choice

        ffmpeg_choice.prefer(preferred)
        context.call_on_close(lambda: ffmpeg_choice.prefer(None))


@cli.command()
@options.choices
@options.sound
@options.files
@options.JSON
@click.option("--quiet", is_flag=True, help="Print nothing but errors.")
@click.option("--verbose", is_flag=True, help="Also show the loudness, and how many phrases were spoken.")
@click.option("--timings", is_flag=True, help="Tell where the time went.")
def make(
    output: options.Output | None, quiet: bool, verbose: bool, as_json: bool, timings: bool, **chosen: Any
) -> None:
    """Make an audio file of ROUTINE: a built-in name, or a YAML file of yours."""
    started = time.process_time()  # until here there was nothing to wait for
    with _open_output(output) as path, _progress(f"Getting {chosen['routine']} ready", shown=not quiet) as report:
        from voicecoach.app import session

        asked = _asked(path, **chosen)
        with _listing(asked):
            made = session.make(asked, path, cache_folder(), report)
    _warn(made.session, quiet=quiet)
    if timings:
        _tell_timings(started, made.seconds)
    if as_json:
        _print_json(made.as_json())
    elif not quiet:
        click.echo("\n".join(_summary(made, chosen["routine"], verbose=verbose)))


@contextmanager
def _open_output(output: options.Output | None) -> Iterator[Path | None]:
    """Yield where the files go, in a folder that is there for them."""
    if output is None:
        yield None
        return
    with output.opened() as path:
        yield path


def _asked(output: Path | None, **chosen: Any) -> Request:
    """Return the request that ``make``'s options are."""
    kinds = (*(chosen.pop("captions") or ()), *(kind for kind in ("chapters_json", "playlist") if chosen.pop(kind)))
    chosen["form"] = formats.chosen(chosen["form"], output)
    return options.request(split=chosen.pop("tracks") == "sides", extras=kinds, **chosen)


@cli.command()
@options.choices
@options.JSON
@click.option("--plot", "drawing", type=options.Parsed("FILE", options.picture), help="Draw it: FILE.svg or FILE.png.")
@options.FORCE
def plan(as_json: bool, drawing: Path | None, force: bool, **chosen: Any) -> None:
    """Show what is heard when in ROUTINE, without making a file."""
    from voicecoach.app import session

    _check_drawing(drawing, force=force)
    request = options.request(split=False, **chosen)
    with _progress(f"Planning {request.routine}") as report, _listing(request):
        planned = session.plan(request, cache_folder(), report)
    _warn(planned, quiet=False)
    _tell(planned.notes)
    (track,) = planned.tracks
    if drawing:
        _draw(track, drawing)
    if as_json:
        _print_json(planned.as_json(track))
    else:
        _print_plan(track)


@cli.command()
@options.words
@options.TRACKS
@click.option(
    "--recording-list",
    "listed",
    type=options.Parsed("FILE", options.prompt_list),
    help="Write a list: FILE.csv or FILE.md.",
)
@click.option("--missing", type=click.Path(path_type=Path), metavar="FOLDER", help="Only what is not recorded there.")
def script(listed: Path | None, missing: Path | None, tracks: str, **chosen: Any) -> None:
    """Print the words of ROUTINE, all that may be spoken; or list them, to be recorded (see --voice recorded:)."""
    from voicecoach.routine.loader import load
    from voicecoach.views import prompts

    request = options.request(split=tracks == "sides", **chosen)
    routine = load(request.routine, request.language)
    with _listing(request):
        found = prompts.prompts(routine, request.choices, split=request.split)
    kept = _unrecorded(found, missing) if missing else found
    if listed:
        _write_list(kept, listed, routine.sheet.title)
    else:
        click.echo(prompts.words(kept), nl=False)
    _tell([f"{len(kept)} of {len(found)} wordings are not recorded in {missing}"] if missing else [])


@cli.command()
@options.choices
@options.sound
@click.option("--quiet", is_flag=True, help="Show nothing while it plays.")
def play(quiet: bool, **chosen: Any) -> None:
    """Play ROUTINE, or an audio file, and show the breath and the words as they come."""
    from voicecoach.app import player, session
    from voicecoach.routine.library import find
    from voicecoach.system import locks

    path = player.sound(chosen["routine"])
    if path:
        _check_unchosen()
        _play(path, quiet=quiet)
        return
    find(chosen["routine"])
    by_hand = f"run 'voicecoach make {quote(chosen['routine'])}', and open the file in any player"
    player.command(Path("session.mp3"), by_hand)  # before the work
    request = options.request(split=False, **chosen)
    with locks.folder() as folder:
        with _progress(f"Getting {request.routine} ready", shown=not quiet) as report, _listing(request):
            made = session.make(request, folder / "session.mp3", cache_folder(), report)
        _warn(made.session, quiet=quiet)
        signals.check()
        signals.forget()  # the file that was made is not one to keep
        _play(made.files[0][1].path, quiet=quiet)


@cli.command()
@click.argument("paths", nargs=-1, required=True, metavar="FILE...")
@click.option("--timeline", metavar="FILE", help="What it should be, as 'plan --json' printed it.")
@options.JSON
@click.pass_context
def verify(context: click.Context, paths: tuple[str, ...], timeline: str | None, as_json: bool) -> None:
    """Decode each FILE and hold it against the timeline that it carries."""
    from voicecoach.audio.verify import read, verify

    plan = read(Path(timeline)) if timeline else None
    found = {path: verify(Path(path), plan) for path in paths}
    if as_json:
        _print_json({path: [{"at": each.at, "what": each.what} for each in some] for path, some in found.items()})
    else:
        lines = (f"{path}: {line}" for path, some in found.items() for line in [*map(str, some)] or ["as it was made"])
        click.echo("\n".join(lines))
    context.exit(1 if any(found.values()) else 0)


@cli.command("list")
def list_() -> None:
    """List the built-in routines, and the languages that each is there in."""
    from voicecoach.routine.library import built_in, find, read_head, translations, untranslated

    for name in dict.fromkeys(map(untranslated, built_in())):
        head = read_head(find(name))
        codes = " ".join((head["language"], *translations(find(name))))
        click.echo(f"{name:<30}{codes:<15}{head['summary']}")


@cli.command()
@click.argument("routine", default=options.DEFAULT)
def show(routine: str) -> None:
    """Print the file of ROUTINE, as a start for one of your own."""
    from voicecoach.routine.library import built_in, find

    if routine not in built_in():  # those were checked before they were shipped
        from voicecoach.routine.loader import load

        load(routine)
    click.echo(find(routine).read_text(encoding="utf-8"), nl=False)


@cli.command()
@click.argument("name")
def new(name: str) -> None:
    """Write NAME.yaml into the current folder: a commented routine to start from, which can be played as it is."""
    from voicecoach.routine.template import started

    path = started(name, Path())
    click.echo(f"{path}  'voicecoach plan {quote(str(path))}' shows what is heard when")


@cli.command()
def schema() -> None:
    """Print the JSON Schema of routine files, for editors."""
    from voicecoach.routine.authoring import FILE

    click.echo(FILE.read_text(encoding="utf-8"), nl=False)


@cli.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option(
    "--breaths", type=options.Parsed("A,B", paces), help="Try every breath between two too, as 2-2,8-12; or one."
)
@click.option("--voice", help="Measure with this voice.")
@click.option("--rate", type=options.Parsed("WPM", options.whole(105, 400)), help="Measure at so many words a minute.")
@click.pass_context
def check(context: click.Context, files: tuple[str, ...], breaths: Any, voice: str | None, rate: int | None) -> None:
    """Tell every problem in every FILE, one a line, and what would mend it; and warn of what is unwise."""
    from voicecoach.app.config import speaking
    from voicecoach.app.request import Request
    from voicecoach.app.review import review

    reviews = []
    for file in files:
        with _progress(f"Checking {file}") as report:
            asked = Request(file, voice=voice, rate=rate, commands=speaking())
            reviews.append(review(asked, breaths or (), cache_folder(), report))
        _print_review(reviews[-1])
    _conclude(reviews, context)


@click.command()
@click.argument("routine", required=False)
@click.pass_context
def _preview(context: click.Context, routine: str | None) -> None:
    """Make a sample of a voice in the words of ROUTINE."""
    from voicecoach.app import config, sampling
    from voicecoach.app.request import Request

    asked = context.parent.params if context.parent else {}
    chosen = {name: asked[name] for name in ("language", "rate", "pitch")}
    named = routine or sampling.ROUTINE
    request = Request(named, voice=asked["preview"], commands=config.speaking(), **chosen)
    as_json = asked["as_json"]
    with _open_output(asked["output"]) as path, _progress(f"Getting {asked['preview']} ready") as report:
        made = sampling.sample(request, path, cache_folder(), report)
    _tell(made.warnings)
    if as_json:
        _print_json(made.as_json())
        return
    click.echo(f"{made.path}  {made.seconds:.1f} s")
    if sys.stdout.isatty():
        with suppress(PlayerError):  # the file is there, and any player opens it
            _play(made.path, quiet=True)


@cli.group(cls=options.Voices, read=_preview, invoke_without_command=True)
@click.option("--language", metavar="CODE", help="Only those that speak it, e.g. de.")
@click.option("--preview", metavar="NAME", help="Make a short sample of this voice, and play it on a terminal.")
@click.option(
    "-o", "--output", type=options.Parsed("FILE|FOLDER", options.output), help="The sample's file, or a folder for it."
)
@options.RATE
@options.PITCH
@options.JSON
@click.pass_context
def voices(context: click.Context, /, language: str | None, preview: str | None, as_json: bool, **_: Any) -> None:
    """List the voices there are, as --voice takes them; or with --preview NAME [ROUTINE] hear one."""
    if context.invoked_subcommand is None and preview:
        context.invoke(_preview, routine=None)
    elif context.invoked_subcommand is None:
        from voicecoach.app import config
        from voicecoach.voices import listing

        found = listing.list_voices(language, config.speaking(), cache_folder())
        if as_json:
            _print_json(listing.list_as_json(found))
        else:
            click.echo("\n".join(listing.table(found)), nl=bool(found))
            _tell([] if found else [_no_voice(language)])


def _no_voice(language: str | None) -> str:
    from voicecoach.app.sampling import MORE

    return f"no voice here speaks {shown(language)}; {MORE}"


@voices.command()
@click.argument("name")
@click.option("--index", metavar="URL", help="Where voices are listed, if not where Piper's are.")
def install(name: str, index: str | None) -> None:
    """Download the voice NAME, one of Piper's (en_US-amy-medium), so that it is ready."""
    from voicecoach.voices import download
    from voicecoach.voices.finding import data_folder

    with _progress(f"Looking for {name}") as report:

        def megabytes(done: int, total: int) -> None:
            report("downloading", done // 1_000_000, -(-total // 1_000_000))

        path = download.install(name.removeprefix("piper:"), data_folder(), megabytes, index)
    click.echo(f"{path.stem} is ready: --voice piper:{path.stem}")


@cli.command("breath")
@click.option("--phases", is_flag=True, help="Tap twice a breath: at each inhale and at each exhale.")
@click.option(
    "--ratio",
    type=options.Parsed("IN:OUT", options.ratio),
    default="40:60",
    help="How one tap a breath is split, if not 40:60.",
)
@click.option("--times", metavar="FILE", help="Read the times of taps, one a line, in seconds; - for stdin.")
@click.option("--save/--no-save", default=None, help="Make it your default, or don't; you are asked otherwise.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def breath_(phases: bool, ratio: Any, times: str | None, save: bool | None, as_json: bool) -> None:
    """Measure your breath: tap a key at each inhale, and get it as --breath takes it."""
    from voicecoach.app import measuring
    from voicecoach.app.taps import measured

    _check_ratio(phased=phases)
    sample = measuring.from_keys(phases=phases) if times is None else measuring.from_file(times, phases=phases)
    _check_ratio(phased=sample.phased)
    taken = measured(sample, ratio)
    _tell((*measuring.described(sample, taken), *measuring.propose_slower(taken)))
    if as_json:
        _print_json(measuring.as_json(sample, taken))
    else:
        click.echo(str(taken))
    asked = save is None and times is None and not as_json
    if save or (asked and click.confirm("Make it your default breath?", err=True)):
        _tell(_saved(str(taken)))


@cli.command()
@click.option("--clear", is_flag=True, help="Delete all kept speech.")
def cache(clear: bool) -> None:
    """Show how much speech is kept, and where."""
    from voicecoach.system import cache

    kept = cache.clear(cache_folder()) if clear else cache.usage(cache_folder())
    done = "deleted" if clear else "kept"
    click.echo(f"{kept.entries} entries, {kept.bytes / 1e6:.1f} MB {done} in {cache_folder()}")


@cli.command()
@click.option("--voice", help="Try this voice; without it, the one that 'make' would take.")
@options.JSON
@click.pass_context
def doctor(context: click.Context, voice: str | None, as_json: bool) -> None:
    """Check this machine: what is installed, a trial session of 2 seconds, and what to do about problems.

    The exit status is 0 when sessions can be made, else 1.
    """
    from voicecoach.app import config, doctor, sampling
    from voicecoach.app.request import Request

    commands: Mapping[str, object] = {}
    with suppress(ChoiceError):  # one of the checks says it
        commands = config.speaking()
    request = Request(sampling.ROUTINE, voice=voice, commands=commands)
    checks = doctor.run_checks(request, cli.commands, cache_folder())
    if as_json:
        _print_json(doctor.as_json(checks))
    else:
        click.echo("\n".join(doctor.table(checks)))
    context.exit(1 if any(each.status is doctor.Status.FAILS for each in checks) else 0)


def cache_folder() -> Path:
    """Return the folder in which speech is kept."""
    from voicecoach.system.folders import cache

    return cache()


def _from_environment(command: click.Command) -> None:
    """Let options also come from variables: ``VOICECOACH_MAKE_BREATH``, or for all commands ``VOICECOACH_BREATH``."""
    for option in (each for each in command.params if isinstance(each, click.Option)):
        name = max(option.opts, key=len).lstrip("-").replace("-", "_").upper()
        option.envvar = [f"VOICECOACH_{(command.name or '').upper()}_{name}", f"VOICECOACH_{name}"]


for _command in (make, plan, script, play, check, voices, doctor):
    _from_environment(_command)


def main() -> int:
    """Run the command line; every error is one to three lines, and a status that scripts can tell apart."""
    signals.install()
    streams.prepare()
    return run()


def run(args: list[str] | None = None) -> int:
    """Run a command, of ``args`` or of the program's own, and return the exit status; no error gets past this."""
    signals.forget()
    try:
        message, status = _run_command(args)
    except (KeyboardInterrupt, click.Abort):  # a second one, while the first is being handled
        message, status = "", 0
    if stopped := signals.exit_status():
        message, status = signals.describe_stop(), stopped
    if message:
        _print_error(message)
    return status


def _run_command(args: list[str] | None) -> tuple[str, int]:
    """Run a command, and return the message of the error that ended it, if any, and the exit status."""
    try:
        status = int(cli.main(args, prog_name="voicecoach", standalone_mode=False) or 0)
        sys.stdout.flush()  # a full disk is an error here, not after the end
    except (KeyboardInterrupt, click.Abort):
        return signals.describe_stop(), 130
    except Exception as error:  # noqa: BLE001 - no error may get past this
        return _explain(error)
    return "", status


def _explain(error: Exception) -> tuple[str, int]:
    """Return the message and the exit status of an error that ended a command."""
    match error:
        case click.exceptions.Exit():
            outcome = "", error.exit_code
        case click.ClickException():
            outcome = f"{error.format_message()}{_origin(error)}{_help(error)}", 2
        case VoicecoachError():
            outcome = "\n".join((str(error), *getattr(error, "__notes__", ()))), error.exit_status
        case BrokenPipeError():  # the reader of our output has seen enough
            streams.discard_output()
            outcome = "", 1
        case OSError():
            outcome = _describe_system_error(error), 1
        case MemoryError():
            outcome = memory.SHORTAGE, 1
        case _ if memory.is_shortage(str(error)):
            outcome = memory.SHORTAGE, 1
        case _:
            outcome = _describe_unexpected(error), 1
    return outcome


def _describe_system_error(error: OSError) -> str:
    """Name the file or the stream that the system refused, and say what is there all the same."""
    if error.filename != streams.OUTPUT:
        named = shown(error.filename)[1:-1] if error.filename else "the system"
        return f"{named}: {(error.strerror or str(error)).lower()}\n{remedy(error)}"
    streams.discard_output()
    made = "\nthe files themselves are complete" if signals.is_complete() else ""
    return f"{streams.describe_failure(error)}{made}"


def _describe_unexpected(error: Exception) -> str:
    if os.environ.get("VOICECOACH_TRACEBACK"):
        import traceback

        traceback.print_exception(error)
    text = f"{type(error).__name__}: {error}".splitlines()[0]
    return f"internal error, please report it: {text}\nset VOICECOACH_TRACEBACK=1 to see where it comes from"


def _print_error(message: str) -> None:
    lines = [line for line in message.splitlines() if line.strip()][:3]
    with suppress(OSError):  # nobody reads it; the exit status says it too
        click.echo("voicecoach: " + "\n".join(lines), err=True)


def _origin(error: click.ClickException) -> str:
    """Say where a wrong value comes from, if it was not typed."""
    context, option = getattr(error, "ctx", None), getattr(error, "param", None)
    origin = _find_origin(context, option) if context and option else ""
    return f"\nit {origin}" if origin else ""


def _find_origin(context: click.Context, option: click.Parameter) -> str:
    """Say where the value of an option stands; nothing if it was typed."""
    from click.core import ParameterSource

    variables = [option.envvar] if isinstance(option.envvar, str) else option.envvar or ()
    match context.get_parameter_source(option.name or ""):
        case ParameterSource.ENVIRONMENT:
            return f"is the value of {next(name for name in variables if os.environ.get(name))}"
        case ParameterSource.DEFAULT_MAP:
            from voicecoach.app import config

            name = max(option.opts, key=len).lstrip("-")
            return f"stands in {config.locate(name, context.command.name)}"
        case _:
            return ""


def _help(error: click.ClickException) -> str:
    context = getattr(error, "ctx", None)
    return f"\nsee '{context.command_path} --help'" if context else ""


@contextmanager
def _listing(request: Request) -> Iterator[None]:
    """Let an error with many problems name the command that lists them all, where there is one."""
    try:
        yield
    except RoutineError as error:
        from voicecoach.app.review import command

        raise error.listed_by(command(request)) from error


def _print_review(found: Review) -> None:
    for line in found.lines():
        click.echo(line)
    for note in found.notes:
        click.echo(note, err=True)
    if found.tried:
        click.echo(found.tried, err=True)


def _conclude(reviews: Sequence[Review], context: click.Context) -> None:
    """End with 2 if there are problems, and with 1 if words could not be measured; warnings are no failure."""
    if any(each.problems for each in reviews):
        context.exit(2)
    unmeasured = next((each.unmeasured for each in reviews if each.unmeasured), "")
    if unmeasured:
        raise VoiceError(f"the words could not be measured: {unmeasured}")
    warned = sum(len(each.warnings) for each in reviews)
    click.echo(f"{len(reviews)} checked, no problems" + (f", {warned} warnings" if warned else ""), err=True)


def _check_unchosen() -> None:
    """Refuse choices about a file that was made already."""
    from click.core import ParameterSource

    context = click.get_current_context()
    for option in (each for each in context.command.params if isinstance(each, click.Option)):
        typed = context.get_parameter_source(option.name or "") is ParameterSource.COMMANDLINE
        if typed and option.name != "quiet":
            raise ChoiceError(f"a file is played as it was made\nleave out {option.opts[0]}, or name a routine")


def _play(path: Path, *, quiet: bool) -> None:
    """Play a file; show it on a terminal, and elsewhere say in one line what is played."""
    from voicecoach.app import player

    recording = player.recording(path)
    arguments = player.command(path, f"open {path} in any player")
    if quiet or not sys.stdout.isatty():
        if not quiet:
            click.echo(recording)
        player.play(arguments, recording.title, lambda _seconds: None)
        return
    from rich.console import Console

    from voicecoach.views.live import display

    with display(recording, Console()) as show:
        player.play(arguments, recording.title, show)


def _check_drawing(path: Path | None, *, force: bool) -> None:
    if path and not force:
        _check_ours(path)
    if path and not plain_files.is_folder(path.parent):
        from voicecoach.system.folders import describe_missing

        raise TargetError(path, describe_missing(path.parent))


def _check_ours(path: Path) -> None:
    """Refuse to replace a file that a person made."""
    if os.path.lexists(path):
        from voicecoach.audio.provenance import check_ours

        check_ours([path])


def _draw(track: Track, path: Path) -> None:
    from voicecoach.audio.writer import Extra, write_all
    from voicecoach.views import plot

    vector = path.suffix.lower() == ".svg"
    picture = plot.svg(track.timeline, track.title).encode() if vector else plot.png(track.timeline, track.title)
    write_all([], [Extra(path, "picture", picture)])


def _unrecorded(found: Iterable[Prompt], folder: Path) -> tuple[Prompt, ...]:
    """Return the wordings that have no recording in a folder yet."""
    from voicecoach.system.folders import expanded
    from voicecoach.voices.recorded import recordings

    there = recordings(expanded(folder))
    return tuple(prompt for prompt in found if prompt.file.removesuffix(".wav") not in there)


def _write_list(found: Sequence[Prompt], path: Path, title: str) -> None:
    """Write a list to record from, whole, in the form that its file's name asks for."""
    from voicecoach.audio.writer import Extra, write_all
    from voicecoach.views import prompts

    forms = {".csv": prompts.table(found), ".md": prompts.markdown(found, title)}
    write_all([], [Extra(path, "recording list", forms[path.suffix.lower()])])
    click.echo(f"{path}  {len(found)} wordings to record")


def _print_plan(track: Track) -> None:
    """Print the plan: on a terminal with colours and bars, elsewhere as plain text."""
    from voicecoach.views.cuesheet import table
    from voicecoach.views.terminal import MOST, show

    if sys.stdout.isatty() and len(track.timeline.cues) <= MOST:
        from rich.console import Console

        show(track.timeline, Console())
    else:
        click.echo("\n".join(table(track.timeline)))
    fitted = [str(track.fit)] if track.fit else []
    click.echo("\n" + "\n".join((_measures(track), *_turns(track), *fitted)))


def _turns(track: Track) -> Iterator[str]:
    """Say how many turns each side has, where that is not the same."""
    from voicecoach.views.cuesheet import turns

    counted = turns(track.timeline)
    if track.side is None and len(set(counted.values())) > 1:
        told = (f"{side} {count} turn{'s' if count > 1 else ''}" for side, count in sorted(counted.items()))
        yield f"the sides differ: {', '.join(told)}"


def _print_json(value: object) -> None:
    import json

    click.echo(json.dumps(value, indent=2))  # in ASCII, which every pipe can carry


def _check_ratio(*, phased: bool) -> None:
    from click.core import ParameterSource

    typed = click.get_current_context().get_parameter_source("ratio") is ParameterSource.COMMANDLINE
    if phased and typed:
        raise ChoiceError("--ratio splits a breath of one tap; here its phases are tapped, so leave it out")


def _saved(breath: str) -> Iterator[str]:
    """Make a breath the user's default, and say where, and what still comes before it."""
    from voicecoach.app import config

    yield f"saved in {config.save('breath', breath)}"
    for command in config.overridden("breath"):
        yield f"[{command}] in it has a breath of its own, which comes before this"
    if os.environ.get("VOICECOACH_BREATH"):
        yield "the variable VOICECOACH_BREATH comes before it"


def _tell(notes: Iterable[str]) -> None:
    for note in notes:
        click.echo(f"voicecoach: {note}", err=True)


def _warn(session: Session, *, quiet: bool) -> None:
    for warning in () if quiet else filter(None, (*session.warnings, session.dose)):
        click.echo(f"voicecoach: {warning}", err=True)


def _summary(made: Made, routine: str, *, verbose: bool) -> Iterator[str]:
    """Say in a line a file what was made, and what can be done next."""
    from voicecoach.core.timeline import clock

    for track, file, loudness in made.files:
        count = f", {_count(file.chapters, 'chapter')}" if file.chapters else ""
        yield f"{escape(file.path)} is ready: {clock(track.timeline.duration)}, {_size(file.size)}{count}."
        if verbose:
            yield ", ".join((f"  {loudness}", *_list_stretches(track)))
    if made.extras:
        yield f"  beside it    {', '.join(escape(extra.path) for extra in made.extras)}"
    if verbose:
        yield f"  {_count(made.session.synthesised, 'phrase')} synthesised, {made.session.reused} reused"
    yield from _hints(made, routine)


def _hints(made: Made, routine: str) -> Iterator[str]:
    """Say how to hear it, and how to have one's own breath if none was chosen."""
    (track, file, _), *_more = made.files
    run = quote(os.environ.get("VOICECOACH_COMMAND") or "voicecoach")  # the script of a checkout sets it
    yield f"  hear it      {run} play {quote(str(file.path))}"
    if made.session.asks_breath and track.timeline.phases:
        named = "" if routine == options.DEFAULT else f" {quote(routine)}"
        yield f"  your breath  {run} breath, then: {run} make{named} --breath 5-7"


def _count(number: int, what: str) -> str:
    return f"{number} {what}" + ("" if number == 1 else "s")


def _size(size: int) -> str:
    """Write a file's size as people read it.

    >>> _size(4_912_000), _size(48_300)
    ('4.9 MB', '48 kB')
    """
    return f"{size / 1e6:.1f} MB" if size >= LEAST_MEGABYTES else f"{size / 1e3:.0f} kB"


LEAST_MEGABYTES = 100_000
"""The smallest size, in bytes, that is written in megabytes."""


def _tell_timings(started: float, seconds: Mapping[str, float]) -> None:
    """Tell on stderr where the time went, in the order of the work."""
    parts = {"starting": started, **seconds, "total": started + seconds["total"]}
    for name, taken in parts.items():
        click.echo(f"{name:<10} {taken:8.3f} s {taken / parts['total']:5.0%}", err=True)


def _measures(track: Track) -> str:
    """Say how long a track is, and how long each leg is stretched in it."""
    from voicecoach.core.timeline import clock

    return ", ".join((clock(track.timeline.duration), *_list_stretches(track)))


def _list_stretches(track: Track) -> list[str]:
    stretched = {side: track.timeline.stretched(side) for side in (Side.LEFT, Side.RIGHT)}
    return [f"{side} {track.limb} stretched {round(float(time), 1):g} s" for side, time in stretched.items() if time]


@contextmanager
def _progress(first: str, *, shown: bool = True) -> Iterator[Report]:
    """Show the work on a terminal; elsewhere, nothing."""
    from voicecoach.app.progress import show_progress

    with show_progress(first, shown=shown) as report:
        yield report


if __name__ == "__main__":
    main()
