"""The start of the command line."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from pydantic.plugin import _loader

from voicecoach import __main__ as start

if TYPE_CHECKING:
    import pytest


def test_pydantic_looks_for_no_plugins_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    assert callable(_loader.get_plugins)  # pydantic still looks for them there
    monkeypatch.setenv("PYDANTIC_DISABLE_PLUGINS", "")
    monkeypatch.delitem(sys.modules, _loader.__name__)
    start._leave_out_plugins()  # noqa: SLF001 - as `main` begins
    assert list(sys.modules[_loader.__name__].get_plugins()) == []
