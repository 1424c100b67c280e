"""Running a command line: every error becomes one to three lines, and an exit status that scripts can rely on."""

from __future__ import annotations

import os
import sys
from contextlib import suppress

import click

from voicecoach.app.cli.parameters import describe_origin
from voicecoach.app.cli.registry import cli
from voicecoach.errors import VoicecoachError, quote, suggest_remedy
from voicecoach.system import memory, signals, streams
from voicecoach.system.folders import name_commands


def main() -> int:
    """Run the program's own command line, and return the exit status."""
    signals.install_handlers()
    streams.open_streams()
    return run()


def run(args: list[str] | None = None) -> int:
    """Run a command line, the program's own without ``args``, and return the exit status; nothing is raised."""
    signals.reset()
    try:
        message, status = _run_command(args)
    except (KeyboardInterrupt, click.Abort):  # a second one, while the first is being handled
        message, status = "", 0
    if stopped := signals.find_exit_status():
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
            outcome = f"{error.format_message()}{describe_origin(error)}{_name_help(error)}", 2
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
    """Name the file or the stream that the system refused, and say whether the session is complete all the same."""
    if error.filename != streams.STANDARD_OUTPUT:
        named = quote(error.filename)[1:-1] if error.filename else "the system"
        return f"{named}: {(error.strerror or str(error)).lower()}\n{suggest_remedy(error)}"
    streams.discard_output()
    made = "\nthe files themselves are complete" if signals.is_complete() else ""
    return f"{streams.describe_failure(error)}{made}"


def _describe_unexpected(error: Exception) -> str:
    if os.environ.get("VOICECOACH_TRACEBACK"):
        import traceback

        traceback.print_exception(error)
    text = f"{type(error).__name__}: {error}".splitlines()[0]
    return f"internal error, please report it: {text}\nset VOICECOACH_TRACEBACK=1 to see where it comes from"


def _name_help(error: click.ClickException) -> str:
    context = getattr(error, "ctx", None)
    return f"\nsee '{context.command_path} --help'" if context else ""


def _print_error(message: str) -> None:
    lines = [line for line in message.splitlines() if line.strip()][:3]
    with suppress(OSError):  # stderr is closed; the exit status is enough
        click.echo("voicecoach: " + name_commands("\n".join(lines)), err=True)
