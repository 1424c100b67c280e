from __future__ import annotations

import os
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.loudness import loudness
from voicecoach.app import config
from voicecoach.errors import ChoiceError, UnknownNameError, VoiceError
from voicecoach.system import folders
from voicecoach.voices.cached import CachedVoice
from voicecoach.voices.command.definition import read_definition
from voicecoach.voices.command.voice import BATCH, KIND, CommandVoice
from voicecoach.voices.port import Settings
from voicecoach.voices.testing import VoiceContract

if TYPE_CHECKING:
    from collections.abc import Sequence

# A command that speaks tones and notes what it is told; at "bad" it does wrong what an argument of it says.
SCRIPT = r"""
import os, sys, time

state, fault, out, *words = sys.argv[1:]
text = words[0] if words else sys.stdin.read()
with open(state + "/told.txt", "a", encoding="utf-8") as told:
    print(repr((words, text)), file=told)

def write(pcm):
    from struct import pack
    form = 16, 1, 1, 16000, 32000, 2, 16
    head = pack("<4sI8sIHHIIHH4sI", b"RIFF", 36 + len(pcm), b"WAVEfmt ", *form, b"data", len(pcm))
    sizes = {"-unknown": b"\xff" * 4, "-none": bytes(4)}  # of what is written to a pipe, nobody knows it before
    save(head[:40] + sizes.get(out, head[40:]) + pcm)

def save(sound):
    if out.startswith("-"):
        sys.stdout.buffer.write(sound)
    else:
        with open(out, "wb") as file:
            file.write(sound)

def fail():
    print("the first line\nno such voice: slt", file=sys.stderr)
    sys.exit(3)

def hang(): time.sleep(600)
def leave(): pass
def silence(): write(bytes(20000))
def garbage(): save(b"no sound")
def empty(): save(b"")
def die(): os.kill(os.getpid(), 9)

def flood():
    with open(out, "wb") as file:
        while True:
            file.write(bytes(1000000))

def child():
    import subprocess
    spawned = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    with open(state + "/child.pid", "w") as file:
        file.write(str(spawned.pid))
    hang()

def tone():
    from math import sin, tau
    from struct import pack
    turn = [sin(tau * k / 80) for k in range(80)]
    syllable = [round(level * each) for level in (1000, 3000, 6000, 6000, 3000, 1000) for each in 8 * turn]
    sound = pack(f"<{len(syllable)}h", *syllable)
    write((sound * len(text) * 5)[: 2 * (16000 + 700 * len(text.strip()))])

if "bad" in text:
    with open(state + "/bad.txt", "a") as tries:
        tries.write("x")
    once = fault.endswith("-once")
    if not once or os.path.getsize(state + "/bad.txt") == 1:
        globals()[fault.removesuffix("-once")]()
        sys.exit(0)
tone()
"""

FAULTS = {
    "fail": r"ended with exit status 3: no such voice: slt",
    "hang": r"took more than 1 s; set a longer timeout in its definition",
    "leave": "wrote no sound",
    "empty": "wrote no sound",
    "silence": "gave silence",
    "garbage": "wrote a file that is not sound",
    "die": "was killed by signal 9",
}


def run(folder: Path, *words: str, fault: str = "fail", out: str = "{out}") -> list[str]:
    script = folder / "tone.py"
    if not script.exists():
        script.write_text(SCRIPT, encoding="utf-8")
    return [sys.executable, "-IS", str(script), str(folder), fault, out, *words]


def settings(folder: Path, given: object, rate: int | None = None, name: str = "mine") -> Settings:
    return Settings("en-GB", "Sit tall and breathe.", folder / "cache", rate=rate, commands={name: given})


def voice(folder: Path, arguments: Sequence[str], rate: int | None = None, **more: object) -> CommandVoice:
    return KIND.find_voice("mine", settings(folder, {"run": list(arguments), "timeout": 10, **more}, rate))


def told(folder: Path) -> list[tuple[list[str], str]]:
    return [eval(line) for line in (folder / "told.txt").read_text(encoding="utf-8").splitlines()]  # noqa: S307


pytestmark = pytest.mark.usefixtures("_encode_once")


@pytest.fixture(autouse=True)
def _own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "tmp").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "tmp"))
    monkeypatch.setattr(folders, "find_settings_file", lambda: Path("settings.toml"))


class TestContract(VoiceContract):
    @pytest.fixture(autouse=True)
    def _folder(self, tmp_path: Path) -> None:
        self.folder = tmp_path

    def voice(self) -> CommandVoice:
        return voice(self.folder, run(self.folder, "{text}"))


@pytest.mark.parametrize("words", [["{text}"], []], ids=["argument", "stdin"])
@pytest.mark.parametrize("out", ["{out}", "-", "-unknown", "-none"])
def test_words_go_in_and_sound_comes_out_in_either_way(tmp_path: Path, words: list[str], out: str) -> None:
    made = voice(tmp_path, run(tmp_path, *words, out=out))
    long, short = made.speak(["Breathe in, and sit tall", "Ñandú"])
    assert long.samples > short.samples
    assert loudness(long) == pytest.approx(-18, abs=1)
    heard = {text.strip() for _, text in told(tmp_path)}
    assert heard == {"Sit tall and breathe.", "Breathe in, and sit tall", "Ñandú"}
    assert all(bool(given) == bool(words) for given, _ in told(tmp_path))


@pytest.mark.parametrize(
    "words", ["-o x", "--help", "+x", "@file", "/dev/null", "$(touch x); `ls` | 'y' \"z\" {out} %s", "a\nb"]
)
def test_words_stay_one_argument_and_become_no_option(tmp_path: Path, words: str) -> None:
    list(voice(tmp_path, run(tmp_path, "{text}")).speak([words]))
    ((given, _),) = [each for each in told(tmp_path) if "Sit tall" not in each[1]]
    assert given in [[words], [f" {words}"]]
    assert given[0][0] not in "-+@/"


def test_values_are_put_in_their_places(tmp_path: Path) -> None:
    arguments = [*run(tmp_path, "{text}"), "--rate={rate}", "-v{language}"]
    found = read_definition("mine", {"mine": {"run": arguments, "rate": 110, "languages": ["en"]}})
    assert found.arguments({"rate": "110", "language": "en", "text": "x", "out": "o"})[-2:] == ["--rate=110", "-ven"]
    assert '"--rate=110", "-ven-GB"' in voice(tmp_path, arguments, rate=None).identity.replace("130", "110")
    assert '"--rate=150", "-ven-GB"' in voice(tmp_path, arguments, rate=150).identity


def test_a_rate_that_changes_nothing_is_told(tmp_path: Path) -> None:
    assert voice(tmp_path, run(tmp_path, "{text}"), rate=150).problems == (
        "the command 'mine' has no {rate}, so --rate has no effect",
    )
    assert voice(tmp_path, [*run(tmp_path, "{text}"), "{rate}"], rate=150).problems == ()
    plain = voice(tmp_path, run(tmp_path, "{text}"))
    assert plain.identity == voice(tmp_path, run(tmp_path, "{text}"), rate=150).identity


@pytest.mark.parametrize("fault", FAULTS)
def test_a_command_that_fails_is_told_with_its_phrase(tmp_path: Path, fault: str) -> None:
    made = voice(tmp_path, run(tmp_path, "{text}", fault=fault), timeout=1 if fault == "hang" else 10)
    cached = CachedVoice(made, tmp_path / "cache")
    with pytest.raises(VoiceError) as caught:
        list(cached.speak(["a bad one"]))
    first, second = str(caught.value).splitlines()
    assert first == "the command 'mine' could not say 'a bad one', twice"
    assert FAULTS[fault] in second
    assert (tmp_path / "bad.txt").read_text() == "xx"
    assert not list((tmp_path / "tmp").iterdir())
    with pytest.raises(VoiceError):
        list(cached.speak(["a bad one"]))


@pytest.mark.parametrize("fault", ["fail", "die", "garbage"])
def test_a_command_that_fails_once_is_run_again(tmp_path: Path, fault: str) -> None:
    made = voice(tmp_path, run(tmp_path, "{text}", fault=f"{fault}-once"))
    assert len(list(made.speak(["a bad one", "a good one"]))) == 2


def test_a_command_that_writes_without_end_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("voicecoach.voices.command.voice.MOST_BYTES", 5_000_000)
    with pytest.raises(VoiceError, match="wrote more than 5 MB for it"):
        list(voice(tmp_path, run(tmp_path, "{text}", fault="flood")).speak(["bad"]))
    assert not list((tmp_path / "tmp").iterdir())


@pytest.mark.skipif(not hasattr(os, "killpg"), reason="needs groups of processes")
def test_what_a_command_started_ends_with_it(tmp_path: Path) -> None:
    with pytest.raises(VoiceError, match="took more than 1 s"):
        list(voice(tmp_path, run(tmp_path, "{text}", fault="child"), timeout=1).speak(["bad"]))
    assert gone(int((tmp_path / "child.pid").read_text()))


def gone(process: int) -> bool:
    """Whether a process ends within a second; one that is dead and unburied, as its parent is, has ended."""
    stat = Path(f"/proc/{process}/stat")
    end = time.monotonic() + 1
    while time.monotonic() < end:
        if not stat.exists() or stat.read_text().rpartition(")")[2].split()[0] == "Z":
            return True
    return False


def test_a_reader_that_stops_early_leaves_nothing_behind(tmp_path: Path) -> None:
    words = [*map(str, range(BATCH)), "bad"]
    spoken = voice(tmp_path, run(tmp_path, "{text}", fault="hang")).speak(words)
    next(spoken)  # the first batch is there, and the last command hangs
    spoken.close()  # type: ignore[attr-defined]
    assert not list((tmp_path / "tmp").iterdir())


def test_its_level_is_measured_once(tmp_path: Path) -> None:
    for text in ("In", "Out"):
        list(voice(tmp_path, run(tmp_path, "{text}")).speak([text]))
    assert [text for _, text in told(tmp_path)].count("Sit tall and breathe.") == 1


def test_another_program_of_the_same_name_is_another_voice(tmp_path: Path) -> None:
    before = voice(tmp_path, run(tmp_path, "{text}")).identity
    assert voice(tmp_path, run(tmp_path, "{text}")).identity == before
    os.utime(tmp_path / "tone.py", (1, 1))
    assert voice(tmp_path, run(tmp_path, "{text}")).identity != before
    assert len(before.splitlines()) == 1


WRONG = {
    "no table": ("flite", "it is not a table"),
    "no run": ({}, "run is not a list of texts"),
    "numbers": ({"run": ["x", 3]}, "run is not a list of texts"),
    "one text": ({"run": "flite -t {text}"}, r'write run = \["flite", "-t", "{text}"\]'),
    "unknown key": ({"run": ["x"], "lang": ["en"]}, "unknown key 'lang'\n"),
    "unknown place": ({"run": ["x", "{txt}"]}, "{txt} is not a placeholder\nuse {text}, {out}"),
    "program from words": ({"run": ["{text}"]}, "run does not begin with a program"),
    "words in words": ({"run": ["festival", '(SayText "{text}")']}, "{text} is part of a longer argument"),
    "shell": ({"run": ["/bin/sh", "-c", "x", "{text}"]}, "a shell would run the words of a routine"),
    "shell behind env": ({"run": ["env", "bash", "-c", "{text}"]}, "a shell would run"),
    "batch file": ({"run": ["C:\\say.CMD", "{text}"]}, "a shell would run"),
    "language": ({"run": ["x"], "languages": "en"}, 'write languages = \\["en"\\]'),
    "rate": ({"run": ["x"], "rate": True}, "rate is not a whole number of words per minute"),
    "timeout": ({"run": ["x"], "timeout": 0}, "timeout is not a number of seconds up to 600"),
    "endless timeout": ({"run": ["x"], "timeout": float("nan")}, "timeout is not a number"),
}


@pytest.mark.parametrize("what", WRONG)
def test_a_definition_that_is_wrong_is_told_with_its_place_and_what_would_mend_it(tmp_path: Path, what: str) -> None:
    given, said = WRONG[what]
    with pytest.raises(ChoiceError, match=said.replace("{", r"\{")) as caught:
        KIND.find_voice("mine", settings(tmp_path, given))
    assert str(caught.value).startswith("settings.toml: [commands.mine]: ")
    assert len(str(caught.value).splitlines()) == 2
    (listed,) = KIND.list_voices(settings(tmp_path, given))
    assert not listed.ready
    assert "settings.toml" in listed.hint


def test_a_shell_may_take_the_words_on_stdin() -> None:
    assert read_definition("x", {"x": {"run": ["sh", "-c", "flite -o $0", "{out}"]}}).has("out")


def test_a_command_that_is_not_defined_is_told(tmp_path: Path) -> None:
    with pytest.raises(UnknownNameError, match="no command is called 'flit'; did you mean 'flite'"):
        KIND.find_voice("flit", settings(tmp_path, {"run": ["x"]}, name="flite"))


def test_a_program_that_is_not_installed_is_told_before_anything_is_run(tmp_path: Path) -> None:
    given = {"run": ["no-such-program-here", "{text}"]}
    with pytest.raises(VoiceError, match="the command 'mine' needs 'no-such-program-here', which is not installed"):
        KIND.find_voice("mine", settings(tmp_path, given))
    (listed,) = KIND.list_voices(settings(tmp_path, given))
    assert (listed.id, listed.ready) == ("command:mine", False)
    assert listed.hint.startswith("install no-such-program-here")


def test_commands_are_listed_with_what_they_speak(tmp_path: Path) -> None:
    (listed,) = KIND.list_voices(settings(tmp_path, {"run": [sys.executable, "{text}"], "languages": ["de", "en"]}))
    assert (listed.id, listed.languages, listed.ready) == ("command:mine", ("de", "en"), True)


def test_the_settings_file_brings_commands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "config.toml"
    path.write_text('breath = "4-6"\n[commands.mine]\nrun = ["x", "{text}"]\n', encoding="utf-8")
    monkeypatch.setattr(folders, "find_settings_file", lambda: path)
    assert read_definition("mine", config.read_commands()).run == ("x", "{text}")
