"""The help: options in sections with their defaults, examples that run, and nothing loaded that is not needed."""

from __future__ import annotations

import json
import math
import shlex
import shutil
import subprocess
import sys
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import click
import pytest

from tests.fakes import QuickVoice
from voicecoach.app import config, doctor, measuring, player, sampling, speaker, voice_page
from voicecoach.app.cli import COMMANDS, cli, run
from voicecoach.app.cli.parameters import Option
from voicecoach.app.cli.registry import EXAMPLES
from voicecoach.app.cli.voices import Voices, get, install, try_voices
from voicecoach.app.recording import long_take, microphone, terminal
from voicecoach.app.recording.cutting import Cut
from voicecoach.app.sampling import Sample
from voicecoach.app.speaker import Speaker
from voicecoach.app.taps import Tap
from voicecoach.app.taps import TapSeries as Taps
from voicecoach.audio import render
from voicecoach.core.breath import Kind
from voicecoach.voices import finding, installing
from voicecoach.voices.cached import CachedVoice
from voicecoach.voices.port import VoiceInfo

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

TOP = Path(__file__).parents[2]
SECTIONS = ["Session", "Guidance", "Voice", "Sound", "Files", "Output", "Help", "Examples"]


VOICE_COMMANDS = {"get": get, "try": try_voices, "install": install}


def list_examples() -> dict[str, tuple[str, ...]]:
    """Return the examples of each command, by what is typed before ``--help``."""
    found = {name: getattr(command, "examples", ()) for name, command in cli.commands.items()}
    inner = {f"voices {name}": tuple(each.examples) for name, each in VOICE_COMMANDS.items()}
    return {**found, "": EXAMPLES, "voices": Voices.EXAMPLES, **inner}


def returning(value: object) -> Callable[..., object]:
    return lambda *_, **_kwargs: value


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder with the files that the examples name, a voice, a player and taps; shared by all of them."""
    folder = tmp_path_factory.mktemp("home")
    voice = CachedVoice(QuickVoice(), folder / "cache")
    offer = installing.Offer(VoiceInfo("x:amy", "x", "Amy", ready=False))
    taps = Taps(tuple(Tap(Kind.INHALE, Fraction(10 * number)) for number in range(8)))
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setattr(config, "file", lambda: folder / "config.toml")
        patch.setattr("voicecoach.system.folders.find_cache", lambda: folder / "cache")
        patch.setattr(speaker, "find_speaker", returning(Speaker(voice, "fake")))
        patch.setattr(render, "NEAR", math.inf)  # loud enough as it is: nothing is encoded twice
        patch.setattr(player, "find_command", returning(["player"]))
        patch.setattr(player, "play", returning(None))
        patch.setattr(measuring, "record_taps", returning(taps))
        patch.setattr(click, "confirm", returning(value=False))
        patch.setattr(doctor, "run_checks", returning([]))
        patch.setattr(sampling, "make_sample", returning(Sample(Path("x.mp3"), "en", ("Breathe",), 2.0)))
        patch.setattr(finding, "list_voices", returning([VoiceInfo("gmw/de", "system", "German", ("de",))]))
        patch.setattr(microphone, "DeviceMicrophone", returning(None))
        patch.setattr(terminal, "record_sentences", returning(set()))
        patch.setattr(long_take, "find_cuts", lambda _, sentences: [Cut(0.0, 1.0)] * len(sentences))
        patch.setattr(installing, "find_offer", returning(offer))
        patch.setattr(installing, "install", returning("x:amy"))
        patch.setattr(voice_page, "make_page", returning(voice_page.Page(Path("voices.html"), (), ())))
        patch.setattr("voicecoach.studio.server.serve", returning(None))
        (folder / "taps.txt").write_text("0\n10\n20\n30\n40\n50\n60\n70\n")
        (folder / "mine.yaml").write_text("title: Mine\nsteps:\n  - breathe: 4\n    in: In\n    out: Out\n")
        assert run(["make", "mine.yaml", "-o", "short.mp3", "--quiet"]) == 0
        yield folder


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize("example", sorted({each for examples in list_examples().values() for each in examples}))
def test_an_example_runs(example: str, capsys: pytest.CaptureFixture[str]) -> None:
    typed, _, target = example.partition(" > ")
    program, *args = shlex.split(typed)
    for name in ("evening", "left", "right"):  # an example may have made a long session of this name
        shutil.copyfile("short.mp3", f"{name}.mp3")
    if "my-stretch.yaml" in args and not Path("my-stretch.yaml").exists():
        assert run(["new", "my-stretch"]) == 0
    elif args[:1] == ["new"]:
        Path(f"{args[1]}.yaml").unlink(missing_ok=True)
    shorter = ["--preview", "5s"] if args[0] == "make" and "--preview" not in args else []
    assert (program, run([*args, *shorter])) == ("voicecoach", 0), capsys.readouterr().err
    assert not target or target.endswith((".yaml", ".json"))


@pytest.mark.parametrize("command", list_examples())
def test_every_help_ends_with_two_examples_whole_on_their_lines(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    examples = list_examples()[command]
    assert len(examples) == 2
    assert run([*command.split(), "--help"]) == 0
    assert capsys.readouterr().out.splitlines()[-3:] == ["Examples:", *(f"  {each}" for each in examples)]


@pytest.mark.parametrize("command", ["make", "play", "plan", "script"])
def test_options_stand_in_sections_of_one_order(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([command, "--help"]) == 0
    titles = [
        line.rstrip(":") for line in capsys.readouterr().out.splitlines() if line.endswith(":") and line[0] != " "
    ]
    assert titles == [each for each in SECTIONS if each in titles]
    assert len(titles) >= 5


@pytest.mark.parametrize("command", COMMANDS)
def test_the_default_that_is_shown_is_the_one_that_is_taken(command: str) -> None:
    for option in cli.commands[command].params:
        if isinstance(option, Option) and isinstance(option.default, str):
            assert option.shown == option.default
            assert f"[default: {option.default}]" in str(option.get_help_record(click.Context(cli.commands[command])))


LOADED = """
import json, sys
from voicecoach.app import cli
status = cli.run(sys.argv[1:])
print(json.dumps([status, sorted(name for name in sys.modules if name.startswith("voicecoach.app.cli."))]))
"""


@pytest.mark.parametrize(
    ("args", "expected"),
    [("--help", set()), ("make --help", {"make"}), ("list", {"list"}), ("show nowhere.yaml", {"show"})],
)
def test_only_the_command_that_is_called_is_loaded(args: str, expected: set[str], tmp_path: Path) -> None:
    ran = [sys.executable, "-c", LOADED, *args.split()]
    env = {"PYTHONPATH": str(TOP), "HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path)}
    done = subprocess.run(ran, cwd=tmp_path, env=env, capture_output=True, text=True, check=True)
    _, loaded = json.loads(done.stdout.splitlines()[-1])
    assert {name.rpartition(".")[2] for name in loaded} & COMMANDS.keys() == expected
