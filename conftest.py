"""The examples in docstrings have a cache of their own, as users would see it on a new computer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="session")
def examples_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for everything that examples keep."""
    return tmp_path_factory.mktemp("examples")


@pytest.fixture(autouse=True)
def _keep_out_of_the_users_cache(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if isinstance(request.node, pytest.DoctestItem):
        folder = request.getfixturevalue("examples_cache")
        monkeypatch.setattr("voicecoach.system.folders.find_cache", lambda: folder)
