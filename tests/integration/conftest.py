"""What the tests with a real voice and a real encoder share."""

from __future__ import annotations

import hashlib
import os
import pickle
from typing import TYPE_CHECKING, TypeVar

import pytest

from tests.spoken import VOICE
from voicecoach.audio.clip import SAMPLE_BYTES, SAMPLE_RATE, Clip
from voicecoach.audio.pcm import audioop
from voicecoach.system import locks
from voicecoach.voices import polish

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

T = TypeVar("T")


@pytest.fixture(scope="module", autouse=True)
def _voice_of_commands() -> Iterator[None]:
    """Let commands speak with `VOICE` if they name no other; requests name it. Tests of the default unset it.

    It ends with each module, because unit tests may come next in this process.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("VOICECOACH_VOICE", VOICE)
        yield


def share_folder(factory: pytest.TempPathFactory, name: str) -> Path:
    """Return a folder of this run, the same one for all workers."""
    own = factory.getbasetemp()
    folder = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / name
    folder.mkdir(exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache for all of these tests, also across workers, so that each wording is spoken once.

    No test depends on what others leave in it: an entry is known by all that it is made of. A test about the cache, or
    one that counts what is spoken, has a folder of its own.
    """
    return share_folder(tmp_path_factory, "kept")


class Once:
    """Makes a thing once in all workers of a run: the first makes it, in a folder for it, and the others read it."""

    def __init__(self, place: Path) -> None:
        self._place = place

    def __call__(self, what: object, make: Callable[[Path], T]) -> T:
        """Return what ``make`` makes in the folder that it is given; ``what`` tells things apart, by its ``repr``."""
        folder = self._place / hashlib.sha256(repr(what).encode()).hexdigest()[:16]
        folder.mkdir(exist_ok=True)
        made = folder / "made.pickle"
        with locks.hold_mutex(folder, patience=100):
            if not made.exists():
                made.write_bytes(pickle.dumps(make(folder)))
        thing: T = pickle.loads(made.read_bytes())  # noqa: S301 - it is our own
        return thing


@pytest.fixture(scope="session")
def once(tmp_path_factory: pytest.TempPathFactory) -> Once:
    """Makes sessions that several tests look at, and that none changes."""
    return Once(share_folder(tmp_path_factory, "once"))


@pytest.fixture
def unlevelled(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache of clips that are as long as those in `kept`, but not brought to one loudness, which is half the work.

    It is for tests that only ask how long words take. `test_levelling_moves_no_sample` shows that levelling keeps that.
    """
    monkeypatch.setattr(polish, "calibrate", lambda _raw: 0.0)
    monkeypatch.setattr(polish, "polish", lambda raws, _gain, **_: [resample(polish.trim(raw)) for raw in raws])
    return share_folder(tmp_path_factory, "unlevelled")


def resample(raw: polish.Raw) -> Clip:
    """Return a clip of a sound, of exactly as many samples as levelling gives it."""
    size = raw.samples * SAMPLE_RATE // raw.rate * SAMPLE_BYTES
    pcm, _ = audioop.ratecv(raw.pcm, SAMPLE_BYTES, 1, raw.rate, SAMPLE_RATE, None)
    return Clip(pcm[:size].ljust(size, b"\0"))
