"""What holds for all tests."""

from __future__ import annotations

import gc
import os
import signal
import sys
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pytest
from _pytest.doctest import DoctestModule
from hypothesis import settings

from voicecoach.system import folders

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Sequence

    from voicecoach.routine.loader import LoadedRoutine

# A slow machine is no mistake: speed is measured by scripts/run bench, as ratios. Each run draws other examples.
for name, examples in (("quick", 25), ("ci", 100), ("thorough", 1000)):
    settings.register_profile(name, deadline=None, max_examples=examples)
# To see which lines have tests: the same few examples each time, so that the answer is the same.
settings.register_profile("coverage", deadline=None, max_examples=3, derandomize=True, database=None)
PROFILE = os.environ.get("HYPOTHESIS_PROFILE", "quick")
settings.load_profile(PROFILE)
MEASURED = tuple(Path(__file__).parent / package for package in ("core", "script"))
"""The tests that have to reach every line of these packages; `scripts/test` runs them under coverage."""


def pytest_configure(config: pytest.Config) -> None:
    """Give all tests the same surroundings, however the suite was started."""
    _restore_signals()
    if PROFILE == "thorough":
        config.option.timeout = 0  # a thousand examples take their time, and so does the search for the simplest
    # The hundreds of processes that tests start share their bytecode, and so do the workers and the next run.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    sys.dont_write_bytecode = False
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"  # for tests that look at a model themselves; `voices/onnx.py` says why
    _give_own_folders(config)
    gc.disable()  # until all tests are collected, which makes no garbage worth the search


@pytest.hookimpl(wrapper=True, optionalhook=True)
def pytest_xdist_auto_num_workers() -> Generator[None, int, int]:
    """Start one worker more than there are cores: a test waits now and then, for a process or for a lock."""
    return (yield) + 1


@pytest.hookimpl(wrapper=True)
def pytest_collect_file() -> Generator[None, list[pytest.Collector], list[pytest.Collector]]:
    """Look for examples in the package only: the tests have none, and reading them all again takes a second."""
    return [each for each in (yield) if not isinstance(each, DoctestModule)]


def pytest_collection_finish() -> None:
    """Look for garbage less often: thousands of tests stay in memory, and each full search goes through all of them."""
    gc.enable()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


def pytest_collection_modifyitems(config: pytest.Config, items: Sequence[pytest.Item]) -> None:
    """Mark what runs under coverage, and skip what listens with models for minutes, unless its mark asks for it."""
    for item in items:
        drawn = getattr(getattr(item, "obj", None), "is_hypothesis_test", False)  # methods have it of their functions
        if item.path.parent in MEASURED and not drawn and not item.get_closest_marker("many"):
            item.add_marker("measured")
    if "listen" not in str(config.option.markexpr):
        reason = "listens to all built-in routines for minutes: .venv-listen/bin/python -m pytest -m listen"
        for item in items:
            if "listen" in item.keywords and item.get_closest_marker("listen"):
                item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture(scope="session", autouse=True)
def _keep_the_systems_voice() -> Iterator[None]:
    """Let the system's voice be the default in this process: the natural one takes seconds to start.

    Tests of the real default set the rank themselves.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("voicecoach.voices.neural.hibari.voice.RANK", 0)
        yield


@pytest.fixture(scope="session", autouse=True)
def _parse_each_text_once() -> Iterator[None]:
    """Let the YAML parser read each text only once: hundreds of tests load the same built-in routines.

    Only its nodes are kept, which nobody changes. All that the program makes of them is made anew each time.
    """
    from voicecoach.routine import source

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(source, "compose", lru_cache(maxsize=256)(source.compose))
        yield


@pytest.fixture(scope="session", autouse=True)
def _load_each_built_in_once() -> Iterator[None]:
    """Load each built-in routine only once, whatever the cache: what is loaded never changes."""
    from voicecoach.routine import loader
    from voicecoach.routine.library import BUILT_IN

    load_file = loader._load_file  # noqa: SLF001
    load_kept = lru_cache(maxsize=128)(load_file)

    def load(path: Path, folder: Path | None) -> LoadedRoutine:
        return load_kept(path, None) if path.parent == BUILT_IN else load_file(path, folder)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(loader, "_load_file", load)
        yield


@pytest.fixture(scope="session", autouse=True)
def _draw_each_cover_once() -> Iterator[None]:
    """Draw the same cover only once: every session that a test makes with a cache of its own has one."""
    from voicecoach.views import cover

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cover, "draw_cover", lru_cache(maxsize=64)(cover.draw_cover))
        yield


@pytest.fixture(scope="session", autouse=True)
def _list_the_systems_voices_once() -> Iterator[None]:
    """Ask the system for its voices only once: each test with a cache of its own would start a process for it."""
    from voicecoach.voices import espeak, system

    ask, kept = system._ask_twice, dict[str, dict[str, object]]()  # noqa: SLF001

    def ask_once(command: Sequence[str], patience: float) -> dict[str, object]:
        key = f"{tuple(command)} {espeak.find()}"
        if key not in kept:
            kept[key] = ask(command, patience)
        return kept[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(system, "_ask_twice", ask_once)
        yield


def _give_own_folders(config: pytest.Config) -> None:
    """Give all workers of a run, and the processes they start, new folders for the cache, settings and voices.

    So no test sees what a developer has, or what was made on another day, and none leaves anything there.
    """
    if hasattr(config, "workerinput"):
        return  # it has those of the process that started it
    os.environ["VOICECOACH_TESTS_DATA"] = str(folders.find_data())  # for tests of voices that are installed
    own = TemporaryDirectory(prefix="voicecoach-tests-", ignore_cleanup_errors=True)
    config.add_cleanup(own.cleanup)
    for name in ("CACHE", "CONFIG", "DATA"):
        os.environ[f"XDG_{name}_HOME"] = str(Path(own.name, name.lower()))


@pytest.fixture
def _encode_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let ffmpeg do the same work on the same sound only once in this process."""
    from tests.ffmpeg_memory import run_once

    monkeypatch.setattr("voicecoach.audio.ffmpeg.run", run_once)


def _restore_signals() -> None:
    """Let signals do what they do by default, also where a shell or CI started us with some of them ignored.

    SIGHUP stays as it is, so that ``nohup`` keeps its meaning.
    """
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_SETMASK, ())
