"""Start the command line: with ``python -m voicecoach``, and as the command that is installed.

Importing the command line takes a tenth of a second, in which Ctrl-C must be as quiet as later.
"""

import os
import signal


def _stopped(*_: object) -> None:
    os.write(2, b"\nvoicecoach: stopped; nothing was written\n")
    os._exit(130)


def main() -> None:
    """Run the command line."""
    signal.signal(signal.SIGINT, _stopped)
    from voicecoach import cli

    signal.signal(signal.SIGINT, signal.default_int_handler)
    cli.main()


if __name__ == "__main__":
    main()
