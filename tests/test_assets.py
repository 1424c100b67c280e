"""The shipped sounds: made by a script, the same bytes every time, and described truly."""

import hashlib
import re
import wave
from pathlib import Path

import pytest

from scripts import make_assets
from voicecoach import assets
from voicecoach.errors import UnknownNameError


def samples(path: Path) -> memoryview:
    """Return the samples of a WAV file as numbers (machines of today are little-endian, as WAV is)."""
    with wave.open(str(path)) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (48_000, 1, 2)
        return memoryview(file.readframes(file.getnframes())).cast("h")


def test_the_script_makes_every_file_to_the_byte() -> None:
    assert make_assets.outdated(assets.asset("chime-end.wav").parent) == []


def test_a_changed_or_missing_file_is_noticed(tmp_path: Path) -> None:
    (tmp_path / "CREDITS.md").write_text("mine")
    assert make_assets.outdated(tmp_path) == [
        "chime-end.wav",
        "tone-in.wav",
        "tone-hold.wav",
        "tone-out.wav",
        "CREDITS.md",
    ]


def test_the_credits_name_every_sound_with_its_licence_and_checksum() -> None:
    folder = assets.asset("chime-end.wav").parent
    rows = re.findall(
        r"^\| `(.+?)` \| .+ \| (CC0-1\.0) \| `([0-9a-f]{64})` \|$", (folder / "CREDITS.md").read_text(), re.MULTILINE
    )
    there = [(path.name, "CC0-1.0", hashlib.sha256(path.read_bytes()).hexdigest()) for path in folder.glob("*.wav")]
    assert rows == sorted(there)


@pytest.mark.parametrize("name", assets.assets())
def test_a_sound_starts_and_ends_in_silence_and_leaves_headroom(name: str) -> None:
    values = samples(assets.asset(name))
    assert max(map(abs, values[:24])) < 200  # half a millisecond
    assert set(values[-480:]) == {0}
    loudest = 17_000 if name.startswith("chime") else 7_000  # about -6 and -14 dB of full scale
    assert 0.8 * loudest < max(map(abs, values)) < loudest
    assert assets.asset(name).stat().st_size < 400_000


@pytest.mark.parametrize("name", ["gong.wav", "CREDITS.md", "../pyproject.toml", "/etc/passwd", "", "chime-end"])
def test_only_shipped_sounds_have_a_name(name: str) -> None:
    with pytest.raises(UnknownNameError, match="no sound is called"):
        assets.asset(name)


def test_sounds_lie_beside_the_package_or_in_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    inside, beside = tmp_path / "voicecoach" / "audio_assets", tmp_path / "audio_assets"
    monkeypatch.setattr(assets, "_FOLDERS", (inside, beside))
    for folder in (beside, inside):
        folder.mkdir(parents=True)
        (folder / "bell.wav").touch()
        assets.assets.cache_clear()
        assert assets.asset("bell.wav") == folder / "bell.wav"
    assets.assets.cache_clear()
