"""Start the command line: with ``python -m voicecoach``, and as the command that is installed.

Importing the command line takes a tenth of a second, in which Ctrl-C must be as quiet as later: signals are handled
before anything large is imported.
"""

import os
import signal
import sys

_LOOKING = {"check", "doctor", "list", "plan", "play", "verify"}
"""The commands that write no file that somebody asked for; `signals.note_reading` says so later."""


def _end_at_once(number: int, _frame: object) -> None:
    try:
        looks = sys.argv[1:2] and sys.argv[1] in _LOOKING
        os.write(2, b"\nvoicecoach: stopped\n" if looks else b"\nvoicecoach: stopped; nothing was written\n")
    finally:
        os._exit(128 + number)


def _ignore(_number: int, _frame: object) -> None:
    pass


COLLECT_EVERY = 200_000
"""Objects. A long session is made of a million small ones, none in a circle; to look for circles among them every 700
objects, as Python does, costs half as much again as the work."""


def _leave_out_plugins() -> None:
    """Let pydantic look for no plugins of its own.

    Looking for plugins reads the metadata of every installed package. Even when plugins are switched off, pydantic
    imports the libraries for that (e-mail, archives, sockets), which takes 20 ms. So this replaces the module.
    """
    import types

    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "true")
    none = types.ModuleType("pydantic.plugin._loader")
    none.get_plugins = tuple  # type: ignore[attr-defined]
    sys.modules.setdefault(none.__name__, none)


def main() -> None:
    """Run the command line."""
    signal.signal(signal.SIGINT, _end_at_once)
    signal.signal(signal.SIGTERM, _end_at_once)
    if hasattr(signal, "SIGHUP") and signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # nohup ignores it
        signal.signal(signal.SIGHUP, _end_at_once)
    import contextlib
    import gc

    gc.set_threshold(COLLECT_EVERY)
    _leave_out_plugins()
    from voicecoach.app import cli
    from voicecoach.system import signals

    try:
        status = cli.main()
    except KeyboardInterrupt:  # between the end of the work and the next line
        status = signals.find_exit_status()
    signals.install_handlers(_ignore)
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(AttributeError, OSError, ValueError):  # the error was reported before
            stream.flush()
    os._exit(status)  # everything is cleaned up by now; freeing all objects one by one takes a tenth of the run


if __name__ == "__main__":
    main()
