"""What the tests with a real voice and a real encoder share."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from tests.spoken import VOICE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="session", autouse=True)
def _voice_of_commands() -> Iterator[None]:
    """Let commands speak with `VOICE` if they name no other; requests name it. Tests of the default unset it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("VOICECOACH_VOICE", VOICE)
        yield


@pytest.fixture(scope="session")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache for all of these tests, also across workers, so that each wording is spoken once.

    No test depends on what others leave in it: an entry is known by all that it is made of. A test about the cache, or
    one that counts what is spoken, has a folder of its own.
    """
    own = tmp_path_factory.getbasetemp()
    folder = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "kept"
    folder.mkdir(exist_ok=True)
    return folder
