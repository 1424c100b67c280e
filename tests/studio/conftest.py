"""What the tests of the studio share: a server for each module."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.studios import ROUTINE, Asker, run_studio

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asker]:
    """A running studio, over a folder with a routine in it."""
    folder = tmp_path_factory.mktemp("routines")
    (folder / "two-breaths.yaml").write_text(ROUTINE, encoding="utf-8")
    with run_studio(folder, tmp_path_factory.mktemp("cache"), "two-breaths.yaml") as asker:
        yield asker
