"""The standard streams in a process of its own, since they belong to a whole process."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

pytestmark = pytest.mark.skipif(os.name != "posix", reason="file descriptors as POSIX has them")
PRINT = "import sys; from voicecoach.app import cli; sys.exit(cli.main())"


def run(redirections: str, *args: str) -> subprocess.CompletedProcess[str]:
    """Run a command with its streams redirected by a shell; what it says on stderr is kept."""
    script = f'"$@" {redirections}'
    command = ["sh", "-c", script, "sh", sys.executable, "-c", PRINT, *args]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


@pytest.mark.parametrize(
    ("redirections", "reason"), [(">&-", "it is closed"), (">/dev/full", "no space left on device")]
)
def test_output_that_cannot_be_written_is_an_error_that_names_it(redirections: str, reason: str) -> None:
    if "full" in redirections and not os.path.exists("/dev/full"):  # noqa: PTH110 - a device
        pytest.skip("no /dev/full here")
    done = run(redirections, "show")
    assert (done.returncode, done.stderr) == (1, f"voicecoach: standard output can't be written: {reason}\n")


def test_errors_with_a_closed_stderr_change_no_exit_status() -> None:
    assert run("2>&-", "plan", "nosuch").returncode == 2


def test_all_streams_may_be_closed() -> None:
    assert run("<&- >&- 2>&-", "list").returncode == 1


def test_a_reader_who_has_seen_enough_is_no_error() -> None:
    assert run("| head -c 10", "schema").stderr == ""
