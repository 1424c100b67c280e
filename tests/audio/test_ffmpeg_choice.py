from __future__ import annotations

import importlib.util
import os
import shlex
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from voicecoach.audio import ffmpeg
from voicecoach.audio.ffmpeg_choice import (
    ENCODERS,
    FILTERS,
    IMAGEIO_VARIABLE,
    VARIABLE,
    choose_among,
    choose_ffmpeg,
    examine,
    identify_file,
    set_preference,
)
from voicecoach.errors import ChoiceError, EncodeError
from voicecoach.system import folders

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


@pytest.fixture(autouse=True)
def _alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Choose no ffmpeg, have none on the PATH, and know nothing of any."""
    for name in (VARIABLE, IMAGEIO_VARIABLE):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "nothing").mkdir()
    monkeypatch.setenv("PATH", str(tmp_path / "nothing"))
    monkeypatch.setattr(folders, "find_cache", lambda: tmp_path / "cache")
    choose_among.cache_clear()
    yield
    set_preference(None)
    choose_among.cache_clear()


def program(
    path: Path, version: str = "7.0-fake", *, without: Sequence[str] = (), says: str = "ffmpeg version {} Copyright"
) -> Path:
    """Write a program that answers as ffmpeg does, and counts in a file beside it how often it was asked."""
    known = "\n".join(f" X {name}" for name in (*ENCODERS, *FILTERS) if name not in without)
    path.parent.mkdir(exist_ok=True)
    body = (
        f"import sys; open({str(path) + '.asked'!r}, 'a').write('x')\n"
        f"print({says.format(version)!r} if sys.argv[-1] == '-version' else {known!r})\n"
    )
    path.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -c {shlex.quote(body)} "$@"\n')
    path.chmod(0o755)
    return path


def asked(path: Path) -> int:
    return len(Path(f"{path}.asked").read_text())


def on_path(folder: Path, monkeypatch: pytest.MonkeyPatch, version: str = "7.0-fake", **more: Sequence[str]) -> Path:
    found = program(folder / "ffmpeg", version, **more)  # type: ignore[arg-type] # by name
    monkeypatch.setenv("PATH", str(folder))
    return found


def unbundle(monkeypatch: pytest.MonkeyPatch, instead: str = "") -> None:
    monkeypatch.setattr("voicecoach.audio.ffmpeg_choice._find_bundled", lambda: instead)


def test_the_bundled_one_comes_before_that_on_the_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    on_path(tmp_path / "bin", monkeypatch)
    assert choose_ffmpeg().source == "bundled"
    assert "imageio_ffmpeg" in ffmpeg.find_executable()


def test_without_a_bundled_one_that_on_the_path_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    unbundle(monkeypatch)
    found = on_path(tmp_path / "bin", monkeypatch)
    assert (choose_ffmpeg().path, choose_ffmpeg().source, choose_ffmpeg().version, choose_ffmpeg().note) == (
        str(found),
        "PATH",
        "7.0-fake",
        "",
    )


def test_a_package_without_a_binary_counts_as_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: None)
    on_path(tmp_path / "bin", monkeypatch)
    assert choose_ffmpeg().source == "PATH"


@pytest.mark.parametrize("broken", ["no permission", "another machine's", "not ffmpeg", "too old"])
def test_a_bundled_one_that_cannot_serve_gives_way_with_a_note(
    broken: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bundled = tmp_path / "ffmpeg-linux-x86_64-v9"
    bundled.write_bytes(b"\x7fELF nonsense")
    bundled.chmod(0o644 if broken == "no permission" else 0o755)
    if broken in {"not ffmpeg", "too old"}:
        program(bundled, "4.2.2", says="hello {}" if broken == "not ffmpeg" else "ffmpeg version {} Copyright")
    unbundle(monkeypatch, str(bundled))
    on_path(tmp_path / "bin", monkeypatch)
    said = {
        "no permission": "does not start: Permission denied",
        "another machine's": "does not start: Exec format error",
        "not ffmpeg": "does not say which version of ffmpeg it is",
        "too old": "is older than 4.4",
    }
    assert choose_ffmpeg().source == "PATH"
    assert said[broken] in choose_ffmpeg().note
    assert str(bundled) in choose_ffmpeg().note


def test_the_variable_comes_first_then_the_setting_then_that_of_imageio(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own, setting, imageio = (program(tmp_path / name / "ffmpeg", f"8.{name}") for name in "123")
    on_path(tmp_path / "bin", monkeypatch)
    monkeypatch.setenv(IMAGEIO_VARIABLE, str(imageio))
    assert (choose_ffmpeg().version, choose_ffmpeg().source) == ("8.3", IMAGEIO_VARIABLE)
    set_preference(str(setting))
    assert (choose_ffmpeg().version, choose_ffmpeg().source) == ("8.2", "setting")
    monkeypatch.setenv(VARIABLE, str(own))
    assert (choose_ffmpeg().version, choose_ffmpeg().source) == ("8.1", VARIABLE)
    monkeypatch.setenv(VARIABLE, " ")
    assert choose_ffmpeg().source == "setting"


def test_a_program_may_be_named_as_it_is_typed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program(tmp_path / "bin" / "ffmpeg-7")
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv(VARIABLE, "ffmpeg-7")
    assert choose_ffmpeg().path == str(tmp_path / "bin" / "ffmpeg-7")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv(VARIABLE, "~/bin/ffmpeg-7")
    assert choose_ffmpeg().path == str(tmp_path / "bin" / "ffmpeg-7")


@pytest.mark.parametrize(("named", "what"), [("/no/such", "isn't there"), ("/", "is a folder")])
def test_a_chosen_one_that_is_not_there_is_an_error(named: str, what: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, named)
    said = rf"^ffmpeg \({named}\) can't be used: it {what}\nset VOICECOACH_FFMPEG to another ffmpeg, or unset it"
    with pytest.raises(ChoiceError, match=said):
        choose_ffmpeg()
    monkeypatch.delenv(VARIABLE)
    set_preference(named)
    with pytest.raises(ChoiceError, match=rf"it {what}\nwrite another path at 'ffmpeg' in the settings"):
        choose_ffmpeg()


def test_a_chosen_one_that_cannot_serve_is_refused_by_path_version_and_lack(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, poor = program(tmp_path / "old", "4.2.2"), program(tmp_path / "poor", without=["libmp3lame", "ebur128"])
    monkeypatch.setenv(VARIABLE, str(old))
    with pytest.raises(EncodeError) as caught:
        choose_ffmpeg()
    first, second = str(caught.value).splitlines()
    assert first == f"ffmpeg 4.2.2 ({old}) can't be used: it is older than 4.4"
    assert second == "set VOICECOACH_FFMPEG to another ffmpeg, or unset it to use the bundled one"
    set_preference(str(poor))
    monkeypatch.delenv(VARIABLE)
    with pytest.raises(EncodeError) as caught:
        choose_ffmpeg()
    first, second = str(caught.value).splitlines()
    assert first == f"ffmpeg 7.0-fake ({poor}) can't be used: it lacks the encoder libmp3lame, the filter ebur128"
    assert second.startswith("write another path at 'ffmpeg' in the settings")


def test_the_one_on_the_path_without_an_mp3_encoder_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    unbundle(monkeypatch)
    found = on_path(tmp_path / "bin", monkeypatch, without=["libmp3lame"])
    lacking = rf"^ffmpeg 7.0-fake \({found}\) can't be used: it lacks the encoder libmp3lame\n'pip install imageio-ffm"
    with pytest.raises(EncodeError, match=lacking):
        choose_ffmpeg()


def test_an_encoder_that_few_sessions_need_may_be_lacking(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, str(program(tmp_path / "ffmpeg", without=["libopus"])))
    assert choose_ffmpeg().lacks == ("encoder libopus",)


def test_without_any_the_error_says_how_to_get_one(monkeypatch: pytest.MonkeyPatch) -> None:
    unbundle(monkeypatch)
    with pytest.raises(EncodeError, match=r"^ffmpeg is missing\n'pip install imageio-ffmpeg' installs one"):
        choose_ffmpeg()
    found = examine()
    assert (found.path, found.fault) == ("", "ffmpeg is missing")


def test_when_two_cannot_serve_both_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    unbundle(monkeypatch, str(program(tmp_path / "one", "4.1")))
    found = on_path(tmp_path / "bin", monkeypatch, "4.3.9")
    both = (
        rf"^no ffmpeg can be used: ffmpeg 4.1 \(.*one\) is older than 4.4; ffmpeg 4.3.9 \({found}\) is older than 4.4\n"
    )
    with pytest.raises(EncodeError, match=both):
        choose_ffmpeg()


@pytest.mark.parametrize(
    "version",
    ["4.4", "4.4.2-0ubuntu0.22.04.1", "n9.0.2-17-g2a571b6068-20260930", "N-117-gabc", "2024-05-02-git-71669f"],
)
def test_versions_that_serve(version: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, str(program(tmp_path / "ffmpeg", version)))
    assert (choose_ffmpeg().version, choose_ffmpeg().fault) == (version, "")


@pytest.mark.parametrize("version", ["4.3.9", "4.2.2-static", "n3.4", "0.8.17"])
def test_versions_that_are_too_old(version: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, str(program(tmp_path / "ffmpeg", version)))
    with pytest.raises(EncodeError, match=r"is older than 4\.4"):
        choose_ffmpeg()


def test_what_is_known_of_a_program_is_kept_until_its_file_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    first = choose_ffmpeg()
    choose_among.cache_clear()
    with monkeypatch.context() as mocked:
        mocked.setattr("voicecoach.audio.ffmpeg_choice._ask", lambda *_: pytest.fail("it was asked again"))
        assert choose_ffmpeg() == first
    key = identify_file(first.path)
    assert f"{Path(first.path).stat().st_mtime_ns}" in key
    assert f"{Path(first.path).stat().st_size}" in key


def test_a_script_may_lead_to_another_ffmpeg_and_is_asked_each_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = program(tmp_path / "ffmpeg")
    launcher = tmp_path / "links" / "ffmpeg"
    launcher.parent.mkdir()
    launcher.symlink_to(sys.executable)
    assert identify_file(str(found)) == identify_file(str(launcher)) == ""
    monkeypatch.setenv(VARIABLE, str(found))
    before = choose_ffmpeg().identity
    once = asked(found)
    program(found, "8.1")
    choose_among.cache_clear()
    assert choose_ffmpeg().identity != before
    assert asked(found) == 2 * once


def test_two_builds_of_one_version_are_told_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    identities = set()
    for name in ("one", "two"):
        says = "ffmpeg version {} Copyright, configuration: --with-" + name
        monkeypatch.setenv(VARIABLE, str(program(tmp_path / name, says=says)))
        identities.add(choose_ffmpeg().identity)
    assert len(identities) == 2
    assert all("\n" not in each and "7.0-fake" in each for each in identities)


def test_a_cache_that_cannot_be_written_costs_nothing_but_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folders, "find_cache", lambda: folders.NO_FOLDER)
    assert choose_ffmpeg().version


def test_examining_finds_all_that_is_lacking(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert (examine().source, examine().lacks, examine().fault) == ("bundled", (), "")
    monkeypatch.setenv(VARIABLE, str(program(tmp_path / "poor", without=["libmp3lame", "libopus"])))
    found = examine()
    assert (found.path, found.source, found.version) == (str(tmp_path / "poor"), VARIABLE, "7.0-fake")
    assert found.fault == "lacks the encoder libmp3lame"
    assert found.lacks == ("encoder libmp3lame", "encoder libopus")
    monkeypatch.setenv(VARIABLE, "/no/such")
    assert (examine().path, examine().fault) == ("/no/such", "isn't there")


def test_examining_two_that_cannot_serve_names_both(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    unbundle(monkeypatch, str(program(tmp_path / "one", "4.1")))
    found = on_path(tmp_path / "bin", monkeypatch, "4.3.9")
    assert (examine().path, examine().fault) == (str(tmp_path / "one"), "is older than 4.4")
    assert examine().note == f"ffmpeg 4.3.9 ({found}) is older than 4.4"


@pytest.mark.skipif(os.name == "nt", reason="shells differ")
def test_an_answer_that_fails_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = tmp_path / "ffmpeg"
    broken.write_text("#!/bin/sh\necho 'error while loading shared libraries: libx' >&2; exit 127\n")
    broken.chmod(0o755)
    monkeypatch.setenv(VARIABLE, str(broken))
    monkeypatch.setenv("PATH", os.defpath)
    assert shutil.which("sh")
    with pytest.raises(EncodeError, match="does not start: error while loading shared libraries: libx\nset VOICE"):
        choose_ffmpeg()
