"""Write docs/commands.md from the help of the commands: python -m scripts.write_commands."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Iterator

WIDTH = 96  # what a line of the site holds
PAGE = Path(__file__).parent.parent / "docs" / "commands.md"
HEAD = """# Commands

What every command prints with `--help`. (Written from the program by `scripts/docs`; change the help, not this page.)
"""


def make_page(command: click.Command) -> str:
    """Return the page: for every command a heading and its help; the commands of a group follow it.

    >>> print(make_page(click.Command("sing", help="Sing.")).removeprefix(HEAD))
    <BLANKLINE>
    ## voicecoach
    <BLANKLINE>
    ```text
    Usage: voicecoach [OPTIONS]
    <BLANKLINE>
      Sing.
    <BLANKLINE>
    Options:
      --help  Show this message and exit.
    ```
    <BLANKLINE>
    """
    return "\n".join([HEAD, *list_sections("voicecoach", command)])


def list_sections(name: str, command: click.Command, parent: click.Context | None = None) -> Iterator[str]:
    """Yield the section of a command, and those of the commands in it."""
    context = command.make_context(name, [], parent, resilient_parsing=True, terminal_width=WIDTH)
    yield f"## {context.command_path}\n\n```text\n{context.get_help()}\n```\n"
    if isinstance(command, click.Group):
        for each in command.list_commands(context):
            if (inner := command.get_command(context, each)) and not inner.hidden:
                yield from list_sections(each, inner, context)


def main() -> None:
    """Write the page."""
    os.environ.pop("VOICECOACH_COMMAND", None)  # what it is called here is not what it is called elsewhere
    from voicecoach.app.cli import cli

    PAGE.write_text(make_page(cli), encoding="utf-8")


if __name__ == "__main__":
    main()
