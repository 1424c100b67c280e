"""The contract of voices: it passes those that keep it, and notices each way of breaking it."""

from __future__ import annotations

import sys
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from tests.fakes import FakeVoice
from voicecoach.audio.clip import Clip, amplify, join, make_silence
from voicecoach.errors import VoiceError
from voicecoach.voices.cached import CachedVoice
from voicecoach.voices.pool import IdleSpeakers
from voicecoach.voices.system import system_voice
from voicecoach.voices.testing import VoiceContract, check

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from voicecoach.voices.port import Voice


pytestmark = pytest.mark.usefixtures("_encode_once")
FAST = 300
"""Words a minute of the system's voice here: a long text makes less sound to level, and the contract is the same."""


class TestTheFakeVoice(VoiceContract):
    def voice(self) -> Voice:
        return FakeVoice()


@pytest.mark.skipif(sys.platform != "linux", reason="other systems may have no voice installed")
class TestTheSystemVoice(VoiceContract):
    @pytest.fixture(autouse=True)
    def _folder(self, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
        self.folder = tmp_path_factory.getbasetemp() / "facts"
        with closing(IdleSpeakers(1)) as self.idle:
            yield

    def voice(self) -> Voice:
        calibration = "Sit tall, breathe out slowly, and let your shoulders become soft."
        return system_voice(None, "en", calibration=calibration, rate=FAST, folder=self.folder, idle=self.idle)


class TestACachedVoice(VoiceContract):
    @pytest.fixture(autouse=True)
    def _folder(self, tmp_path: Path) -> None:
        self.folder = tmp_path

    def voice(self) -> Voice:
        return CachedVoice(FakeVoice(), self.folder)


class Late(FakeVoice):
    def speak(self, wordings: Sequence[str]) -> Iterator[Clip]:
        return (join([make_silence(4_800), clip]) for clip in super().speak(wordings))


class Trailing(FakeVoice):
    def speak(self, wordings: Sequence[str]) -> Iterator[Clip]:
        return (join([clip, make_silence(4_800)]) for clip in super().speak(wordings))


class Silent(FakeVoice):
    def speak(self, wordings: Sequence[str]) -> Iterator[Clip]:
        return (make_silence(clip.samples) for clip in super().speak(wordings))


class Soft(FakeVoice):
    def speak(self, wordings: Sequence[str]) -> Iterator[Clip]:
        return (amplify(clip, -12.0) for clip in super().speak(wordings))


class Short(FakeVoice):
    def speak(self, wordings: Sequence[str]) -> Iterator[Clip]:
        return super().speak(wordings[:-1] or wordings)


class Reversed(FakeVoice):
    def speak(self, wordings: Sequence[str]) -> Iterator[Clip]:
        return super().speak(sorted(wordings, key=len))


class Cut(FakeVoice):
    def speak(self, wordings: Sequence[str]) -> Iterator[Clip]:
        return (clip[:150_000] for clip in super().speak(wordings))


class Fussy(FakeVoice):
    def speak(self, wordings: Sequence[str]) -> Iterator[Clip]:
        for wording in wordings:
            wording.encode("latin-1")
        return super().speak(wordings)


class Changing(FakeVoice):
    @property
    def identity(self) -> str:  # type: ignore[override] # that is the point
        return f"fake {id(self)}"


class OfTwoLines(FakeVoice):
    identity = "fake\n1"


class Refusing(FakeVoice):
    """Refuses what it has no letters for, as it should."""

    def speak(self, wordings: Sequence[str]) -> Iterator[Clip]:
        for wording in wordings:
            if not any(each.isascii() and each.isalpha() for each in wording):
                raise VoiceError(f"{wording!r} can't be said")
        return super().speak(wordings)


@pytest.mark.parametrize(
    ("broken", "told"),
    [
        (Late, "begins with silence"),
        (Trailing, "ends with silence"),
        (Silent, "is silent"),
        (Soft, "LUFS, not -18"),
        (Short, "wordings gave"),
        (Reversed, "don't come in the order"),
        (Cut, "are over in"),
        (Fussy, "raises UnicodeEncodeError and no VoiceError"),
        (OfTwoLines, "is not one line"),
    ],
)
def test_a_voice_that_breaks_it_is_told_how(broken: type[FakeVoice], told: str) -> None:
    with pytest.raises(AssertionError, match=told):
        check(broken())


def test_an_identity_that_differs_from_voice_to_voice_is_noticed() -> None:
    class Tests(VoiceContract):
        kept: list[Voice] = []  # noqa: RUF012 - one list for the tests below

        def voice(self) -> Voice:
            self.kept.append(Changing())  # alive, so that no two have one address
            return self.kept[-1]

    with pytest.raises(AssertionError, match="two voices with the same settings"):
        Tests().test_the_identity_is_one_line_and_stays()


@pytest.mark.parametrize("voice", [FakeVoice(), Refusing()])
def test_a_voice_that_keeps_it_passes(voice: FakeVoice) -> None:
    check(voice)
