"""Any command as a voice: a program of the user's own settings, run once for each phrase, and never by a shell."""

from __future__ import annotations

import hashlib
import json
import re
import shlex
import shutil
import threading
import time
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from voicecoach.errors import ChoiceError, RunError, UnknownNameError, VoiceError, near, shown
from voicecoach.language import TAG
from voicecoach.system import cache, folders, parallel
from voicecoach.system.process import Child, describe_end, last_line
from voicecoach.system.signals import defer
from voicecoach.voices import polish
from voicecoach.voices.pool import batches, folder_of_ours, spoken
from voicecoach.voices.port import VoiceInfo
from voicecoach.voices.supervisor import Fault

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator, Mapping, Sequence

    from voicecoach.audio.clip import Clip
    from voicecoach.voices.polish import Raw
    from voicecoach.voices.port import Settings

RATE = 130
"""What ``{rate}`` is, in words a minute, when nobody says otherwise."""
RATES = range(20, 1001)

TIMEOUT = 30.0
"""Seconds that a phrase may take."""
LONGEST_TIMEOUT = 600.0

MOST_BYTES = 100_000_000
"""What a command may write for one phrase."""

BATCH = 24
"""Phrases polished at once."""

PLACES = ("text", "out", "rate", "language")
KEYS = ("run", "languages", "rate", "timeout")

_PLACE = re.compile(r"\{([a-z]+)\}")
_TEXT = re.compile(r"(--?[A-Za-z][\w-]*=)?\{text\}")
_SHELLS = {"ash", "bash", "busybox", "cmd", "csh", "dash", "fish", "ksh", "powershell", "pwsh", "sh", "tcsh", "zsh"}
_OPTION_LIKE = ("-", "+", "/", "@")
_LOOK = 0.1
"""Seconds between two looks at how much a command has written."""

Check = tuple[str, str]
"""What is wrong, and what would mend it."""


@dataclass(frozen=True, slots=True)
class Definition:
    """A command of the user's settings, ``[commands.NAME]``.

    Attributes:
        name: What it is called.
        run: The program and its arguments; ``{text}``, ``{out}``, ``{rate}`` and ``{language}`` stand for values.
        languages: What it speaks.
        rate: Words a minute, for ``{rate}``.
        timeout: Seconds that a phrase may take.
    """

    name: str
    run: tuple[str, ...]
    languages: tuple[str, ...] = ()
    rate: int = RATE
    timeout: float = TIMEOUT

    def has(self, place: str) -> bool:
        """Tell whether an argument has a place for this value."""
        return any(f"{{{place}}}" in argument for argument in self.run)

    @property
    def program(self) -> str | None:
        """The path of its program; None where there is none."""
        found = shutil.which(folders.expanded(self.run[0]))
        return str(Path(found).absolute()) if found else None

    def arguments(self, values: Mapping[str, str]) -> list[str]:
        """Return its arguments, with values in their places; each stays one argument, whatever is in it.

        >>> Definition("x", ("say", "-r{rate}", "{text}")).arguments({"rate": "130", "text": "-o x; rm"})
        ['-r130', ' -o x; rm']
        """
        return [_filled(argument, values) for argument in self.run[1:]]


def definition(name: str, commands: Mapping[str, object]) -> Definition:
    """Read a command of the settings.

    Raises:
        UnknownNameError: When there is none of this name.
        ChoiceError: When it is not as it has to be.
    """
    if name not in commands:
        example = 'run = ["flite", "-t", "{text}", "-o", "{out}"]'
        mend = f"define it in {folders.settings_file()}, as\n[commands.NAME] with {example}"
        raise UnknownNameError("command", name, sorted(commands), mend)
    given = commands[name]
    for what, mend in _wrong(given):
        raise ChoiceError(f"{folders.settings_file()}: [commands.{name}]: {what}\n{mend}")
    assert isinstance(given, dict)  # noqa: S101 - it was checked
    rate, timeout = given.get("rate", RATE), float(given.get("timeout", TIMEOUT))
    return Definition(name, tuple(given["run"]), tuple(given.get("languages", ())), rate, timeout)


@dataclass(frozen=True, slots=True)
class CommandVoice:
    """A voice that runs a command for each phrase.

    Attributes:
        definition: The command.
        language: The language for ``{language}``.
        calibration: A plain sentence, a second or longer, by which its own level is found.
        rate: Words a minute for ``{rate}``; None for those of the definition.
        folder: Where small facts are kept between runs; None to keep none.
        workers: How many phrases are spoken at once; None for as many as there are cores.
    """

    definition: Definition
    language: str
    calibration: str
    rate: int | None = None
    folder: Path | None = None
    workers: int | None = None

    @property
    def languages(self) -> tuple[str, ...]:
        """What it speaks, as far as its definition says."""
        return self.definition.languages

    @property
    def problems(self) -> tuple[str, ...]:
        """What was asked for and changes nothing."""
        ignored = self.rate is not None and not self.definition.has("rate")
        return (f"the command {self.definition.name!r} has no {{rate}}, so --rate changes nothing",) if ignored else ()

    @property
    def identity(self) -> str:
        """Everything that changes how it sounds, as one line: its program and files by size and time.

        Raises:
            VoiceError: When its program is not installed.
        """
        values = {"rate": str(self.rate or self.definition.rate), "language": self.language}
        run = [_program(self.definition), *self.definition.arguments(values)]
        calibrated = hashlib.sha256(self.calibration.encode()).hexdigest()[:8]
        files = ", ".join(f"{path} {facts.st_size} {facts.st_mtime_ns}" for path, facts in _files(run))
        return f"command {json.dumps(run)}; {files}; {polish.treatment()}, calibrated {calibrated}"

    def speak(self, wordings: Sequence[str]) -> Iterator[Clip]:
        """Speak each wording, in order; clips come a batch at a time.

        Raises:
            VoiceError: When a wording can't be spoken, twice; clips of those before it were given.
            EncodeError: When ffmpeg is missing or fails.
        """
        if not wordings:
            return
        _check(wordings)
        number = min(self.workers or parallel.count(), len(wordings))
        with _speakers(self, number) as speakers:
            gain = self._own_gain(speakers[0])
            for batch in batches(spoken(speakers, wordings), BATCH):
                yield from polish.polish(batch, gain)

    def _own_gain(self, speaker: Speaker) -> float:
        """Return the gain in dB that brings its calibration sentence to the target, measured once."""
        key = f"gain of {self.identity}"
        kept = cache.recall(self.folder, key)
        if isinstance(kept, (int, float)) and abs(kept) <= polish.MOST_GAIN:
            return float(kept)
        gain = polish.calibrate(speaker.say(self.calibration))
        cache.remember(self.folder, key, gain)
        return gain


class Commands:
    """The user's own commands, as a kind of voices: ``command:NAME``."""

    name = "command"

    def list_voices(self, settings: Settings) -> Sequence[VoiceInfo]:
        """List them; what is wrong with one is its hint."""
        return [_listed(name, settings.commands) for name in sorted(settings.commands)]

    def find_voice(self, name: str, settings: Settings) -> CommandVoice:
        """Return the voice of a command.

        Raises:
            UnknownNameError: When there is none of this name.
            ChoiceError: When it is not as it has to be.
            VoiceError: When its program is not installed.
        """
        found = definition(name, settings.commands)
        _program(found)
        return CommandVoice(found, settings.language, settings.calibration, settings.rate, settings.folder)


KIND = Commands()


class Speaker:
    """Runs a command, twice where it fails; ``folder`` is its own."""

    def __init__(self, voice: CommandVoice, folder: Path) -> None:
        """Run nothing yet."""
        self._definition, self._folder = voice.definition, folder
        self._program = _program(voice.definition)
        self._values = {"rate": str(voice.rate or voice.definition.rate), "language": voice.language}
        self._child: Child | None = None
        self._starting = threading.Lock()
        self._stopped = False

    def say(self, wording: str, rate: int | None = None) -> Raw:  # noqa: ARG002 - other speakers can be set by it
        """Speak a wording.

        Raises:
            VoiceError: When that fails twice.
        """
        with suppress(Fault):
            return self._said(wording)
        try:
            return self._said(wording)
        except Fault as fault:
            what = f"the command {self._definition.name!r} could not say {shown(wording)}, twice"
            raise VoiceError(f"{what}\n{Path(self._program).name} {fault}") from None

    def stop(self) -> None:
        """End the command for good, even while another thread waits for it."""
        with self._starting:
            self._stopped = True
            if self._child is not None:
                self._child.kill()

    def _said(self, wording: str) -> Raw:
        sound, text, said = (self._folder / name for name in ("phrase.wav", "text.txt", "said.txt"))
        values = {**self._values, "text": wording, "out": str(sound)}
        command = [self._program, *self._definition.arguments(values)]
        text.write_bytes(b"" if self._definition.has("text") else f"{wording}\n".encode())
        try:
            with ExitStack() as files:
                spare = files.enter_context((self._folder / "out.txt").open("wb"))
                out = spare if self._definition.has("out") else files.enter_context(sound.open("wb"))
                err, given = files.enter_context(said.open("wb")), files.enter_context(text.open("rb"))
                status = self._ran(command, (given.fileno(), out.fileno(), err.fileno()))
            if status:
                raise Fault(_how(status, said))
            return _heard(sound)
        except OSError as error:
            raise Fault(f"could not be run: {(error.strerror or str(error)).lower()}") from None
        finally:
            for path in self._folder.iterdir():
                _remove(path)

    def _ran(self, command: Sequence[str], files: tuple[int, int, int]) -> int:
        """Run a command to its end, and end with it all that it started."""
        try:
            with defer():
                self._start(command, files)
            return self._wait()
        finally:
            child, self._child = self._child, None
            if child is not None:
                child.close()

    def _start(self, command: Sequence[str], files: tuple[int, int, int]) -> None:
        given, out, err = files
        with self._starting:
            if self._stopped:
                raise Fault("was stopped")
            self._child = Child(command, stdin=given, stdout=out, stderr=err, folder=self._folder)

    def _wait(self) -> int:
        child = self._child
        assert child is not None  # noqa: S101 - it was started
        end = time.monotonic() + self._definition.timeout
        while (left := end - time.monotonic()) > 0:
            if (status := child.wait_for(min(_LOOK, left))) is not None:
                return status
            if sum(path.stat().st_size for path in self._folder.iterdir() if path.is_file()) > MOST_BYTES:
                raise Fault(f"wrote more than {MOST_BYTES / 1e6:.0f} MB for it")
        raise Fault(f"was not done in {self._definition.timeout:g} s; timeout = … in its definition gives it more")


@contextmanager
def _speakers(voice: CommandVoice, number: int) -> Iterator[list[Speaker]]:
    """Give speakers, each with a folder of its own; nothing of them is left afterwards."""
    with folder_of_ours() as made, ExitStack() as stack:
        folders = [made / str(each) for each in range(number)]
        for folder in folders:
            folder.mkdir()
        speakers = [Speaker(voice, folder) for folder in folders]
        for speaker in speakers:
            stack.callback(speaker.stop)
        yield speakers


def _wrong(given: object) -> Iterator[Check]:
    """Yield what is wrong with a definition."""
    example = 'write run = ["flite", "-t", "{text}", "-o", "{out}"]'
    if not isinstance(given, dict):
        yield "it is no table", example
        return
    for key in given:
        if key not in KEYS:
            close = near(str(key), KEYS)
            yield (
                f"nothing is called {shown(key)}",
                f"did you mean {close[0]}?" if close else f"there are: {', '.join(KEYS)}",
            )
    run = given.get("run")
    if isinstance(run, str):
        yield "run is one text, and no shell parts it", f"write run = {json.dumps(_parted(run))}"
    elif not isinstance(run, list) or not run or not all(isinstance(each, str) and "\0" not in each for each in run):
        yield "run is no list of texts", example
    else:
        yield from _wrong_run(run)
    yield from _wrong_values(given)


def _wrong_run(run: Sequence[str]) -> Iterator[Check]:
    for place in (place for argument in run for place in _PLACE.findall(argument)):
        if place not in PLACES:
            yield f"{{{place}}} stands for nothing", f"there are: {', '.join(f'{{{each}}}' for each in PLACES)}"
    if not run[0].strip() or _PLACE.search(run[0]):
        yield "the program is not named in full", "write its name or its path as the first text of run"
    texts = [argument for argument in run if "{text}" in argument]
    if any(not _TEXT.fullmatch(argument) for argument in texts):
        yield (
            "{text} is put into other words",
            'let "{text}" be an argument of its own, or leave it out: it comes on stdin',
        )
    if texts and any(_shell(argument) for argument in run):
        yield "a shell would run the words of a routine", 'leave "{text}" out: it comes on stdin'


def _wrong_values(given: Mapping[str, object]) -> Iterator[Check]:
    languages, rate, timeout = given.get("languages", []), given.get("rate", RATE), given.get("timeout", TIMEOUT)
    if not isinstance(languages, list) or not all(isinstance(tag, str) and TAG.fullmatch(tag) for tag in languages):
        yield "languages is no list of languages", 'write languages = ["en"]'
    if not isinstance(rate, int) or isinstance(rate, bool) or rate not in RATES:
        yield "rate is no number of words a minute", f"write rate = {RATE}"
    number = isinstance(timeout, (int, float)) and not isinstance(timeout, bool)
    if not number or not 0 < float(str(timeout)) <= LONGEST_TIMEOUT:
        yield f"timeout is no number of seconds up to {LONGEST_TIMEOUT:g}", f"write timeout = {TIMEOUT:g}"


def _parted(run: str) -> list[str]:
    try:
        return shlex.split(run)
    except ValueError:
        return run.split()


def _shell(argument: str) -> bool:
    """Tell whether an argument names a shell, or a script that Windows hands to one."""
    named = argument.replace("\\", "/").rsplit("/", 1)[-1].lower()
    return named.removesuffix(".exe") in _SHELLS or named.endswith((".bat", ".cmd"))


def _filled(argument: str, values: Mapping[str, str]) -> str:
    filled = _PLACE.sub(lambda match: values.get(match[1], match[0]), argument)
    if argument == "{text}" and filled.startswith(_OPTION_LIKE):
        return f" {filled}"  # words are not an option, whatever they begin with
    return str(folders.expanded(filled)) if argument.startswith("~/") else filled


def _program(found: Definition) -> str:
    """Return the path of a command's program.

    Raises:
        VoiceError: When it is not installed.
    """
    program = found.program
    if program is None:
        mend = f"install it, or write its path under [commands.{found.name}] in {folders.settings_file()}"
        raise VoiceError(f"the command {found.name!r} needs {shown(found.run[0])}, which is not installed\n{mend}")
    return program


def _listed(name: str, commands: Mapping[str, object]) -> VoiceInfo:
    try:
        found = definition(name, commands)
    except ChoiceError as error:
        return VoiceInfo(f"command:{name}", "command", name, ready=False, hint="; ".join(str(error).splitlines()))
    hint = "" if found.program else f"install {found.run[0]}, or write its path in {folders.settings_file()}"
    return VoiceInfo(f"command:{name}", "command", Path(found.run[0]).name, found.languages, ready=not hint, hint=hint)


def _files(run: Sequence[str]) -> Iterator[tuple[str, os.stat_result]]:
    """Yield the program and the files that are named by their whole paths."""
    for argument in run:
        with suppress(OSError, ValueError):
            if Path(argument).is_absolute() and Path(argument).is_file():
                yield argument, Path(argument).stat()


def _check(wordings: Sequence[str]) -> None:
    """Refuse what can't be handed to a program."""
    for wording in wordings:
        if not wording.strip():
            raise VoiceError(f"the voice has nothing to say in {shown(wording)}\nwrite words, or leave the phrase out")
        if "\0" in wording or any("\ud800" <= each <= "\udfff" for each in wording):
            raise VoiceError(f"{shown(wording)} holds a character that is none (NUL, half of a pair)\ntake it out")


def _heard(path: Path) -> Raw:
    if not path.is_file() or not path.stat().st_size:
        raise Fault("wrote no sound")
    _state_size(path)
    try:
        raw = polish.load(path)
    except RunError:
        raise Fault("wrote what is no sound") from None
    if polish.silent(raw):
        raise Fault("gave silence")
    return raw


def _state_size(path: Path) -> None:
    """Put the real size into the header of a WAV that was written to a pipe, where nobody could know it before."""
    with path.open("rb+") as file:
        head = file.read(4096)
        at = head.find(b"data", 12)
        if head[:4] != b"RIFF" or head[8:12] != b"WAVE" or at < 0:
            return
        rest = path.stat().st_size - at - 8
        stated = int.from_bytes(head[at + 4 : at + 8], "little")
        if not 0 < stated <= rest:
            file.seek(at + 4)
            file.write(rest.to_bytes(4, "little"))


def _how(status: int, said: Path) -> str:
    last = last_line(said.read_bytes()[-4096:].decode(errors="replace"))
    return f"{describe_end(status)}: {last[:120]}" if last else describe_end(status)


def _remove(path: Path) -> None:
    with suppress(OSError):
        shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
