"""Voices of other packages: the example of the docs installed and used, and packages that are broken."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.fakes import FakeVoice
from voicecoach.audio.clip import Clip, make_silence
from voicecoach.errors import ChoiceError, VoiceError
from voicecoach.voices import finding, plugins
from voicecoach.voices.cached import CachedVoice
from voicecoach.voices.plugins import CheckedVoice, Plugin
from voicecoach.voices.port import Settings, VoiceInfo
from voicecoach.voices.testing import VoiceContract

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from voicecoach.voices.port import Voice

TOP = Path(__file__).parents[2]
EXAMPLE = TOP / "docs" / "voice-package"
CODE = (EXAMPLE / "voicecoach_beeps.py").read_text(encoding="utf-8")
BROKEN = {
    "missing": "missing_module:KIND",
    "raises": "broken_voices:RAISES",
    "shapeless": "broken_voices:SHAPELESS",
    "garbled": "broken_voices:GARBLED",
    "odd": "broken_voices:ODD",
    "system": "broken_voices:RAISES",
}
BROKEN_CODE = """
class Raises:
    def list_voices(self, settings): raise RuntimeError("no list today")
    def find_voice(self, name, settings): raise RuntimeError("no voice today")

class Odd:
    def list_voices(self, settings):
        from voicecoach.voices.port import VoiceInfo
        return [VoiceInfo("one", "other", "One", ("en-GB",), hint="a\\nb")]
    def find_voice(self, name, settings): return None

class Garbled:
    def list_voices(self, settings): return ["a voice"]
    def find_voice(self, name, settings): return None

RAISES, GARBLED, ODD, SHAPELESS = Raises(), Garbled(), Odd(), object()
"""


pytestmark = pytest.mark.usefixtures("_encode_once")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which the example is installed, beside a package of which everything is broken."""
    folder = tmp_path_factory.mktemp("example")
    shutil.copytree(EXAMPLE, folder / "source")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder / "wheel")]
    done = subprocess.run(command, cwd=folder / "source", capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    (wheel,) = (folder / "wheel").iterdir()
    shutil.unpack_archive(wheel, folder / "site", "zip")
    (folder / "site" / "broken_voices.py").write_text(BROKEN_CODE)
    about = folder / "site" / "broken_voices-2.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: broken-voices\nVersion: 2.0\n")
    entries = "".join(f"{name} = {value}\n" for name, value in BROKEN.items())
    (about / "entry_points.txt").write_text(f"[{plugins.GROUP}]\n{entries}")
    return folder / "site"


@pytest.fixture
def settings(site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    monkeypatch.syspath_prepend(str(site))
    plugins.list_plugins.cache_clear()
    yield Settings("en", "Sit tall, breathe out slowly, and let your shoulders become soft.", tmp_path / "cache")
    plugins.list_plugins.cache_clear()


def listed(settings: Settings) -> dict[str, VoiceInfo]:
    others = (
        each for name, kind in finding.list_kinds().items() if name != "system" for each in kind.list_voices(settings)
    )
    return {each.id: each for each in others}


def test_the_example_is_the_one_in_the_docs_and_short() -> None:
    page = (TOP / "docs" / "voices.md").read_text(encoding="utf-8")
    assert f"```python\n{CODE}```" in page
    entry = re.findall(r'\[project.entry-points."voicecoach.voices"\]\n.*\n', (EXAMPLE / "pyproject.toml").read_text())
    assert entry[0] in page
    assert len([line for line in CODE.splitlines() if line.strip()]) <= 31


def test_the_voices_of_a_package_are_listed(settings: Settings) -> None:
    assert listed(settings)["beeps:low"] == VoiceInfo("beeps:low", "beeps", "low beeps")


def test_a_name_finds_the_voice_of_a_package(settings: Settings) -> None:
    voice, entry = finding.find_voice("beeps:low", settings)
    assert entry == VoiceInfo("beeps:low", "beeps", "low beeps")
    assert voice.identity == "voicecoach-beeps 1.0, beeps 1, low"
    assert finding.find_voice("low beeps", settings)[1] == entry


def test_what_a_package_says_of_a_wrong_name_is_told(settings: Settings) -> None:
    with pytest.raises(ChoiceError, match="no beeps are called 'loud'; there are: high, low"):
        finding.find_voice("beeps:loud", settings)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("missing", "failed: ModuleNotFoundError: No module named 'missing_module'"),
        ("raises", "failed: RuntimeError: no list today"),
        ("shapeless", "failed: TypeError: broken_voices:SHAPELESS has no method 'list_voices'"),
        ("garbled", "failed: AttributeError: 'str' object has no attribute 'id'"),
    ],
)
def test_what_is_broken_is_named_and_the_rest_goes_on(name: str, expected: str, settings: Settings) -> None:
    entry = listed(settings)[f"{name}:"]
    assert not entry.ready
    assert entry.hint.startswith(f"the voices of the package broken-voices 2.0 {expected}")
    assert "\n" not in entry.hint
    assert "beeps:high" in listed(settings)


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ("missing:x", "the voice missing:x of the package broken-voices 2.0 failed: ModuleNotFoundError"),
        ("raises:x", "the voice raises:x of the package broken-voices 2.0 failed: RuntimeError: no voice today"),
    ],
)
def test_a_voice_of_a_broken_package_is_a_voices_error(spec: str, expected: str, settings: Settings) -> None:
    with pytest.raises(VoiceError) as caught:
        finding.find_voice(spec, settings)
    assert str(caught.value).startswith(expected)
    assert len(str(caught.value).splitlines()) == 2


def test_a_voice_is_called_by_the_name_of_its_entry_point(settings: Settings) -> None:
    assert listed(settings)["odd:one"] == VoiceInfo("odd:one", "odd", "One", ("en-gb",), hint="a b")


def test_a_package_can_not_take_the_name_of_a_kind_of_ours(settings: Settings) -> None:
    assert isinstance(finding.list_kinds()["system"], finding.System)
    assert settings.language == "en"


def test_the_command_line_makes_a_session_with_it(site: Path, tmp_path: Path) -> None:
    routine = "title: x\nsteps:\n  - say: Sit tall\n  - breathe: 2\n    in: In\n    out: Out\n"
    (tmp_path / "x.yaml").write_text(routine, encoding="utf-8")
    places = {name: str(tmp_path / name) for name in ("XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME")}
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "voicecoach", "make", "x.yaml", "--voice", "beeps:low", "--quiet"],
        cwd=tmp_path,
        env=os.environ | places | {"PYTHONPATH": os.pathsep.join([str(site), str(TOP)])},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert (tmp_path / "x.mp3").stat().st_size > 10_000


class TestTheExample(VoiceContract):
    @pytest.fixture(autouse=True)
    def _settings(self, settings: Settings) -> None:
        self.settings = settings

    def voice(self) -> Voice:
        return finding.find_voice("beeps:high", self.settings)[0]


class Bad(FakeVoice):
    """A voice that fails in a way of its own."""

    def __init__(self, *clips: object, error: Exception | None = None) -> None:
        super().__init__()
        self.clips, self.error = clips, error

    def speak(self, _wordings: Sequence[str]) -> Iterator[Clip]:
        if self.error:
            raise self.error
        yield from self.clips  # type: ignore[misc]


@pytest.mark.parametrize(
    ("voice", "expected"),
    [
        (
            Bad(error=KeyError("words")),
            "the voice bad:x of the package bad 1 failed: KeyError: 'words'\nupdate or uninst",
        ),
        (Bad("a clip"), "the voice bad:x of the package bad 1 failed: AttributeError: 'str' object has no attribute"),
        (Bad(make_silence(900)), "the voice bad:x gave no sound for 'In'\ntry another --voice"),
        (Bad(), "the voice gave fewer clips than it was asked for"),
    ],
)
def test_whatever_a_voice_of_a_package_does_wrong_is_a_voices_error(voice: Bad, expected: str, tmp_path: Path) -> None:
    with pytest.raises(VoiceError) as caught:
        list(CachedVoice(CheckedVoice(voice, "bad:x", "bad 1"), tmp_path).speak(["In"]))
    assert str(caught.value).startswith(expected)
    assert not list(tmp_path.rglob("*.clip")), "nothing of it is kept"


def test_a_plugin_is_imported_only_when_it_is_asked(settings: Settings) -> None:
    sys.modules.pop("broken_voices", None)
    finding.list_kinds()
    assert "broken_voices" not in sys.modules
    assert all(isinstance(each, Plugin) for each in plugins.list_plugins())
    listed(settings)
    assert "broken_voices" in sys.modules
