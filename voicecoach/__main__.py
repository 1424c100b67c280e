"""Start the command line: with ``python -m voicecoach``, and as the command that is installed.

Importing the command line takes a tenth of a second, in which Ctrl-C must be as quiet as later.
"""

import contextlib
import gc
import os
import signal
import sys

COLLECT_EVERY = 200_000
"""Objects. A long session is made of a million small ones, none in a circle; to look for circles among them every 700
objects, as Python does, costs half as much again as the work."""


def _stopped(*_: object) -> None:
    os.write(2, b"\nvoicecoach: stopped; nothing was written\n")
    os._exit(130)


def main() -> None:
    """Run the command line."""
    signal.signal(signal.SIGINT, _stopped)
    gc.set_threshold(COLLECT_EVERY)
    from voicecoach import cli

    signal.signal(signal.SIGINT, signal.default_int_handler)
    status = cli.main()
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(AttributeError, OSError, ValueError):  # nobody listens, as was told
            stream.flush()
    os._exit(status)  # everything is put away by now; to take all values apart one by one takes a tenth of the run


if __name__ == "__main__":
    main()
