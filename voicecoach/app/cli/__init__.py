"""The command line: a file for each command, over a registry that loads a command when it is needed."""

from voicecoach.app.cli.entry import main, run
from voicecoach.app.cli.registry import COMMANDS, cli

__all__ = ["COMMANDS", "cli", "main", "run"]
