"""What 'pip install' brings: a wheel with the data that the program needs, built here without a network."""

import os
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from voicecoach import __version__

TOP = Path(__file__).parent.parent


def build(source: Path, target: str, folder: Path) -> Path:
    """Build a wheel or an sdist of a source tree and return its path."""
    command = [sys.executable, "-m", "hatchling", "build", "-t", target, "-d", str(folder)]
    done = subprocess.run(command, cwd=source, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return next(path for path in folder.iterdir() if path.suffix == {"wheel": ".whl", "sdist": ".gz"}[target])


def names(wheel: Path) -> set[str]:
    """Return the files in a wheel, without those about the wheel itself."""
    return {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}


@pytest.fixture(scope="module")
def sdist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(TOP, "sdist", tmp_path_factory.mktemp("sdist"))


@pytest.fixture(scope="module")
def wheel(sdist: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel that is built from the sdist: what is missing in either is missing in it."""
    folder = tmp_path_factory.mktemp("wheel")
    with tarfile.open(sdist) as archive:
        archive.extraction_filter = getattr(tarfile, "data_filter", None)  # Python 3.11.2 has none yet
        archive.extractall(folder)  # noqa: S202 - we made it ourselves
    return build(folder / f"voicecoach-{__version__}", "wheel", folder / "built")


def test_the_wheel_holds_every_file_of_the_package_and_the_sounds(wheel: Path) -> None:
    package = {path for path in (TOP / "voicecoach").rglob("*") if path.is_file() and "__pycache__" not in path.parts}
    sounds = {f"voicecoach/{path.relative_to(TOP).as_posix()}" for path in (TOP / "audio_assets").rglob("*.*")}
    assert names(wheel) == {path.relative_to(TOP).as_posix() for path in package} | sounds | {"voicecoach/llms.txt"}
    assert {"voicecoach/py.typed", "voicecoach/words/en.toml", "voicecoach/routines/leg-stretch.yaml"} < names(wheel)


def test_the_wheel_brings_the_command(wheel: Path) -> None:
    about = f"voicecoach-{__version__}.dist-info"
    with zipfile.ZipFile(wheel) as archive:
        assert "voicecoach = voicecoach.__main__:main" in archive.read(f"{about}/entry_points.txt").decode()
        assert "Requires-Python: >=3.11" in archive.read(f"{about}/METADATA").decode()
        assert f"{about}/licenses/LICENSE" in archive.namelist()


@pytest.fixture(scope="module")
def metadata(wheel: Path) -> list[str]:
    with zipfile.ZipFile(wheel) as archive:
        return archive.read(f"voicecoach-{__version__}.dist-info/METADATA").decode().splitlines()


def test_the_index_shows_where_to_read_more_and_to_ask(metadata: list[str]) -> None:
    urls = dict(line.removeprefix("Project-URL: ").split(", ") for line in metadata if line.startswith("Project-URL: "))
    assert set(urls) == {"Homepage", "Documentation", "Source", "Changelog", "Issues"}
    assert {url.removeprefix(urls["Homepage"]) for url in urls.values() if url.startswith(urls["Homepage"])} == {
        "",
        "/blob/main/docs/index.md",
        "/blob/main/CHANGELOG.md",
        "/issues",
    }


def test_the_index_names_every_language_and_python(metadata: list[str]) -> None:
    natural = sorted(line.split(":: ")[-1] for line in metadata if line.startswith("Classifier: Natural Language"))
    assert natural == ["English", "French", "German", "Spanish"]
    assert len(natural) == len(list((TOP / "voicecoach" / "words").glob("*.toml")))
    versions = [line.split(" :: ")[-1] for line in metadata if line.startswith("Classifier: Programming Language")]
    assert [each for each in versions if each.startswith("3.")] == ["3.11", "3.12", "3.13", "3.14"]
    assert "License-Expression: GPL-3.0-or-later" in metadata


def test_the_natural_voice_is_asked_for_in_one_version_and_only_where_it_has_wheels(metadata: list[str]) -> None:
    asked = [line.partition(": ")[2] for line in metadata if line.startswith("Requires-Dist: hibari-tts")]
    assert {each.partition(";")[0] for each in asked} == {"hibari-tts<0.2.2,>=0.2.1"}
    systems = [set(re.findall("'(.+?)'", each)) for each in asked]
    assert {"linux", "x86_64", "aarch64"} in systems
    assert {"win32", "AMD64", "ARM64"} in systems
    assert {"darwin", "arm64"} in systems


def test_the_sdist_holds_the_tests_and_scripts_but_nothing_made_by_them(sdist: Path) -> None:
    with tarfile.open(sdist) as archive:
        inside = {name.split("/", 1)[1] for name in archive.getnames()}
    assert {"scripts/test", "scripts/voicecoach", "scripts/requirements.txt", "tests/test_packaging.py"} < inside
    assert not {name for name in inside if ".venv" in name or "__pycache__" in name or name.endswith(".mp3")}


def test_the_installed_package_finds_its_data(wheel: Path, tmp_path: Path) -> None:
    shutil.unpack_archive(wheel, tmp_path / "site", "zip")
    code = "from voicecoach.system.assets import find_asset; print(find_asset('chime-end.wav'))"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(tmp_path / "site")},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == str(tmp_path / "site" / "voicecoach" / "audio_assets" / "chime-end.wav")
