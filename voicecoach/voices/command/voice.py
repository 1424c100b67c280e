"""Any command as a voice: a program of the user's own settings, run once for each phrase, and never by a shell."""

from __future__ import annotations

import hashlib
import json
import shutil
import threading
import time
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from voicecoach.errors import ChoiceError, RunError, VoiceError, quote
from voicecoach.system import cache, folders, parallel
from voicecoach.system.process import Child, describe_end, find_last_line
from voicecoach.system.signals import defer
from voicecoach.voices import polish
from voicecoach.voices.command.definition import Definition, find_program, read_definition
from voicecoach.voices.pool import check_wordings, make_private_folder, speak_all, split_batches
from voicecoach.voices.port import VoiceInfo
from voicecoach.voices.supervisor import Fault

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator, Mapping, Sequence

    from voicecoach.audio.clip import Clip
    from voicecoach.voices.command.definition import Definition
    from voicecoach.voices.polish import Raw
    from voicecoach.voices.port import Settings


MOST_BYTES = 100_000_000
"""What a command may write for one phrase."""

BATCH = 24
"""Phrases polished at once."""


_LOOK = 0.1
"""Seconds between two looks at how much a command has written."""


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
        return (f"the command {self.definition.name!r} has no {{rate}}, so --rate has no effect",) if ignored else ()

    @property
    def identity(self) -> str:
        """Everything that changes how it sounds, as one line: its program and files by size and time.

        Raises:
            VoiceError: When its program is not installed.
        """
        values = {"rate": str(self.rate or self.definition.rate), "language": self.language}
        run = [find_program(self.definition), *self.definition.arguments(values)]
        calibrated = hashlib.sha256(self.calibration.encode()).hexdigest()[:8]
        files = ", ".join(f"{path} {facts.st_size} {facts.st_mtime_ns}" for path, facts in _list_files(run))
        return f"command {json.dumps(run)}; {files}; {polish.treatment()}, calibrated {calibrated}"

    def speak(self, wordings: Sequence[str]) -> Iterator[Clip]:
        """Speak each wording, in order; clips come a batch at a time.

        Raises:
            VoiceError: When a wording can't be spoken, twice; the clips before it have been given.
            EncodeError: When ffmpeg is missing or fails.
        """
        if not wordings:
            return
        check_wordings(wordings)
        number = min(self.workers or parallel.count_cores(), len(wordings))
        with _speakers(self, number) as speakers:
            gain = self._own_gain(speakers[0])
            for batch in split_batches(speak_all(speakers, wordings), BATCH):
                yield from polish.polish(batch, gain)

    def _own_gain(self, speaker: CommandProcess) -> float:
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
        return [_describe(name, settings.commands) for name in sorted(settings.commands)]

    def find_voice(self, name: str, settings: Settings) -> CommandVoice:
        """Return the voice of a command.

        Raises:
            UnknownNameError: When no command has this name.
            ChoiceError: When its definition is wrong.
            VoiceError: When its program is not installed.
        """
        found = read_definition(name, settings.commands)
        find_program(found)
        return CommandVoice(found, settings.language, settings.calibration, settings.rate, settings.folder)


KIND = Commands()


class CommandProcess:
    """Runs a command, a second time if it fails, in a folder of its own."""

    def __init__(self, voice: CommandVoice, folder: Path) -> None:
        """Run nothing yet."""
        self._definition, self._folder = voice.definition, folder
        self._program = find_program(voice.definition)
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
            return self._say_once(wording)
        try:
            return self._say_once(wording)
        except Fault as fault:
            what = f"the command {self._definition.name!r} could not say {quote(wording)}, twice"
            raise VoiceError(f"{what}\n{Path(self._program).name} {fault}") from None

    def stop(self) -> None:
        """End the command for good, even while another thread waits for it."""
        with self._starting:
            self._stopped = True
            if self._child is not None:
                self._child.kill()

    def _say_once(self, wording: str) -> Raw:
        sound, text, said = (self._folder / name for name in ("phrase.wav", "text.txt", "said.txt"))
        values = {**self._values, "text": wording, "out": str(sound)}
        command = [self._program, *self._definition.arguments(values)]
        text.write_bytes(b"" if self._definition.has("text") else f"{wording}\n".encode())
        try:
            with ExitStack() as files:
                spare = files.enter_context((self._folder / "out.txt").open("wb"))
                out = spare if self._definition.has("out") else files.enter_context(sound.open("wb"))
                err, given = files.enter_context(said.open("wb")), files.enter_context(text.open("rb"))
                status = self._run(command, (given.fileno(), out.fileno(), err.fileno()))
            if status:
                raise Fault(_describe_failure(status, said))
            return _read_sound(sound)
        except OSError as error:
            raise Fault(f"could not be run: {(error.strerror or str(error)).lower()}") from None
        finally:
            for path in self._folder.iterdir():
                _remove(path)

    def _run(self, command: Sequence[str], files: tuple[int, int, int]) -> int:
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
        raise Fault(f"took more than {self._definition.timeout:g} s; set a longer timeout in its definition")


@contextmanager
def _speakers(voice: CommandVoice, number: int) -> Iterator[list[CommandProcess]]:
    """Give speakers, each with its own temporary folder; all folders are removed at the end."""
    with make_private_folder() as made, ExitStack() as stack:
        folders = [made / str(each) for each in range(number)]
        for folder in folders:
            folder.mkdir()
        speakers = [CommandProcess(voice, folder) for folder in folders]
        for speaker in speakers:
            stack.callback(speaker.stop)
        yield speakers


def _describe(name: str, commands: Mapping[str, object]) -> VoiceInfo:
    try:
        found = read_definition(name, commands)
    except ChoiceError as error:
        return VoiceInfo(f"command:{name}", "command", name, ready=False, hint="; ".join(str(error).splitlines()))
    hint = "" if found.program else f"install {found.run[0]}, or write its path in {folders.find_settings_file()}"
    return VoiceInfo(f"command:{name}", "command", Path(found.run[0]).name, found.languages, ready=not hint, hint=hint)


def _list_files(run: Sequence[str]) -> Iterator[tuple[str, os.stat_result]]:
    """Yield the program and the files that are named by their whole paths."""
    for argument in run:
        with suppress(OSError, ValueError):
            if Path(argument).is_absolute() and Path(argument).is_file():
                yield argument, Path(argument).stat()


def _read_sound(path: Path) -> Raw:
    if not path.is_file() or not path.stat().st_size:
        raise Fault("wrote no sound")
    _write_size(path)
    try:
        raw = polish.load(path)
    except RunError:
        raise Fault("wrote a file that is not sound") from None
    if polish.silent(raw):
        raise Fault("gave silence")
    return raw


def _write_size(path: Path) -> None:
    """Write the real size into the header of a WAV that was written to a pipe, when its size was not known yet."""
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


def _describe_failure(status: int, said: Path) -> str:
    last = find_last_line(said.read_bytes()[-4096:].decode(errors="replace"))
    return f"{describe_end(status)}: {last[:120]}" if last else describe_end(status)


def _remove(path: Path) -> None:
    with suppress(OSError):
        shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
