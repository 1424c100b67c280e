"""The start of the command line."""

from __future__ import annotations

import subprocess
import sys

import pytest
from pydantic.plugin import _loader

from voicecoach import __main__ as start


@pytest.mark.parametrize(("command", "told"), [("list", "stopped\n"), ("make", "stopped; nothing was written\n")])
def test_who_stops_it_at_once_is_told_what_was_written(command: str, told: str) -> None:
    begin = f"import sys; from voicecoach import __main__ as start; sys.argv = ['', {command!r}]"
    code = f"{begin}; start._end_at_once(2, None)"
    done = subprocess.run([sys.executable, "-c", code], stderr=subprocess.PIPE, text=True, check=False)
    assert (done.returncode, done.stderr) == (130, f"\nvoicecoach: {told}")


def test_pydantic_looks_for_no_plugins_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    assert callable(_loader.get_plugins)  # pydantic still looks for them there
    monkeypatch.setenv("PYDANTIC_DISABLE_PLUGINS", "")
    monkeypatch.delitem(sys.modules, _loader.__name__)
    start._leave_out_plugins()  # noqa: SLF001 - as `main` begins
    assert list(sys.modules[_loader.__name__].get_plugins()) == []
