"""What holds for all tests."""

from __future__ import annotations

import os
import shutil
import tempfile
from typing import TYPE_CHECKING

from hypothesis import settings

if TYPE_CHECKING:
    import pytest

# A slow machine is no mistake: speed is measured by scripts/bench, as ratios. Each run draws other examples.
settings.register_profile("voicecoach", deadline=None)
settings.register_profile("thorough", deadline=None, max_examples=1000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "voicecoach"))


def pytest_configure(config: pytest.Config) -> None:
    """Let the hundreds of processes that tests start share their bytecode, in a folder that goes when they are done."""
    if hasattr(config, "workerinput"):  # one of several that share the tests: it has its environment from the first
        return
    folder = tempfile.mkdtemp(prefix="voicecoach-bytecode-")
    config.add_cleanup(lambda: shutil.rmtree(folder, ignore_errors=True))
    os.environ["PYTHONPYCACHEPREFIX"] = folder
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
