"""Recordings as a voice: a folder of files named after their words, and another voice for what is not there.

`name_recording` gives the name of each file; ``voicecoach script`` lists the same names.
"""

from __future__ import annotations

import array
import hashlib
import os
import sys
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from voicecoach.audio import ffmpeg
from voicecoach.audio.clip import SAMPLE_BYTES, SAMPLE_RATE, Clip
from voicecoach.audio.pcm import audioop
from voicecoach.errors import ChoiceError, RunError, VoiceError, quote
from voicecoach.language import as_written
from voicecoach.phonemes import drop_phonemes
from voicecoach.system import folders, parallel, plain_files
from voicecoach.system.file_names import name_recording
from voicecoach.voices import polish
from voicecoach.voices.polish import Raw
from voicecoach.voices.port import CompositeVoice, fit_wordings
from voicecoach.voices.takes import Takes, list_recordings

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from voicecoach.voices.port import Settings, Voice, VoiceInfo

__all__ = ["KIND", "Fault", "Recorded", "RecordedVoice", "RecordingError", "find_fault", "list_recordings", "trim_room"]

VERSION = 1
"""Raised by whoever changes how recordings are cut or levelled, so that none of before is reused."""

FULL_SCALE = 29_200
"""A sample as far from zero as this, of 32,767, is at full scale (-1 dBFS): MP3 and M4A round what was cut flat."""
MOST_CLIPPED = 0.02
"""The part of the samples that may be there: 0.002 in speech that just reaches full scale, 0.02 at 4 dB over it."""

CALM = 100
"""Words per minute; a recording that takes three times as long is suspicious."""
ROOM_AROUND = 60.0
"""Seconds of silence allowed around the words."""

_WINDOW = SAMPLE_RATE // 100
_ABOVE_FLOOR, _UNDER_SPEECH = 10 ** (10 / 20), 10 ** (-26 / 20)
"""What is 10 dB louder than a room's own noise is speech, and so is all within 26 dB of the loudest."""
_HEARD = 3
"""Windows of 10 ms in a row that are speech: a click is shorter."""
_BEFORE, _AFTER = 6, 12
"""Windows that are kept before and after: soft consonants, the end of a breath."""

_LEAST_MEASURED = 1.0
"""Seconds; what is shorter is measured over and over until it is as long."""

_ONLY = ("-protocol_whitelist", "file", "-format_whitelist", "wav,w64,flac,mp3,mov")
"""ffmpeg opens this file and nothing that it names, in a format that names nothing."""
_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Fault:
    """A recording that can't be used: its file, its words, and what is wrong with it."""

    file: str
    wording: str
    what: str

    def __str__(self) -> str:
        """Say it in a few words."""
        return f"{self.file} ({quote(drop_phonemes(self.wording), 40)}) {self.what}"


class RecordingError(VoiceError):
    """Recordings that are missing or no good, all that were asked for."""

    def __init__(self, folder: Path, faults: Sequence[Fault]) -> None:
        """Keep the fields; the message shows the first three."""
        self.folder, self.faults = folder, tuple(faults)
        more = len(faults) - _SHOWN
        listed = "; ".join([*map(str, faults[:_SHOWN]), *([f"and {more} more"] if more > 0 else [])])
        missing = any(fault.what == _MISSING for fault in faults)
        unread = any(fault.what.startswith(_UNREAD) for fault in faults)
        again = _PERMIT if unread else _AGAIN
        remedy = f"'voicecoach record ROUTINE -o {folder}' records what is missing" if missing else again
        instead = f"; recorded:{folder},VOICE speaks it with another voice" if missing else ""
        super().__init__(f"recordings in {folder}: {listed}\n{remedy}{instead}")


_MISSING = "is not there"
_UNREAD = "can't be read: "
_PERMIT = "change the permissions of the file, or record it again"
_AGAIN = "record them again; without its file, a wording can be spoken by another voice: recorded:FOLDER,VOICE"


class RecordedVoice:
    """A voice whose clips are recordings; ``other`` speaks what is missing.

    Each wording has an identity of its own: that of its file's content, or that of the other voice. So a recording that
    is made anew is heard, and nothing else is done again.
    """

    knows_phonemes = True
    """Recordings are found by their words, and the other voice gets what it can read."""

    def __init__(self, folder: Path, other: Voice | None = None, named: str = "", notes: Iterable[str] = ()) -> None:
        """Look into ``folder``; ``named`` is what the other voice is called, ``notes`` come first among the problems.

        Raises:
            ChoiceError: When the folder does not exist.
        """
        self.folder, self.other, self.named = folder, other, named
        self._stamp = _stamp_files(folder)
        self._takes = Takes(folder)
        self._notes = tuple(notes)
        self._digests: dict[Path, str] = {}
        self._missing: dict[str, None] = {}
        self._doubled: dict[str, str] = {}

    def has_changed(self) -> bool:
        """Return whether a recording came, went or was made anew since the folder was looked into."""
        return _stamp_files(self.folder) != self._stamp

    @cached_property
    def identity(self) -> str:
        """All recordings in the folder, and the other voice."""
        every = sorted((stem, self._digest(files[0])) for stem, files in self._takes.files.items())
        said = f"recorded {hashlib.sha256(repr(every).encode()).hexdigest()}; {_treatment()}"
        return f"{said}; else {self.other.identity}" if self.other else said

    @property
    def problems(self) -> tuple[str, ...]:
        """What was not recorded, which of two recordings is heard, and what the other voice has to tell."""
        others = () if self.other is None else getattr(self.other, "problems", ())
        missing = [self._report_missing()] if self._missing and self.other else []
        return (*self._notes, *missing, *self._doubled.values(), *others)

    def identity_of(self, wording: str) -> str:
        """Everything that changes how this wording sounds, as one line."""
        file = self._file(wording)
        if file is not None:
            return f"recorded {self._digest(file)}; {_treatment()}"
        if self.other is None:
            return "not recorded"
        return self.other.identity_of(wording) if isinstance(self.other, CompositeVoice) else self.other.identity

    def speak(self, wordings: Sequence[str]) -> Iterator[Clip]:
        """Give a clip for each wording, in order; all recordings are looked at before the first clip comes.

        Raises:
            RecordingError: When recordings are missing, silent, clipped, far too long or not to be read.
            VoiceError: When the other voice can't speak what is missing.
            EncodeError: When ffmpeg is missing.
        """
        files = {wording: self._file(wording) for wording in wordings}
        missing = [wording for wording in wordings if files[wording] is None]
        heard = self._read_clips(
            {wording: file for wording, file in files.items() if file}, () if self.other else missing
        )
        spoken = iter(self.other.speak(fit_wordings(self.other, missing)) if self.other and missing else ())
        try:
            for wording in wordings:
                clip = heard[wording] if wording in heard else next(spoken, None)
                if clip is None:
                    raise VoiceError("the voice gave fewer clips than it was asked for")
                yield clip
        finally:
            if hasattr(spoken, "close"):
                spoken.close()

    def _read_clips(self, files: dict[str, Path], missing: Iterable[str]) -> dict[str, Clip]:
        """Read recordings, on all cores; ``missing`` ones are reported together with the faults.

        Raises:
            RecordingError: When one of all that are asked for is missing or no good.
        """
        with ThreadPoolExecutor(parallel.count_cores()) as pool:
            found = dict(zip(files, pool.map(_take, files.values(), files), strict=True))
        faults = [Fault(f"{_name_file(each)}.wav", each, _MISSING) for each in dict.fromkeys(missing)]
        faults += [Fault(files[each].name, each, what) for each, what in found.items() if isinstance(what, str)]
        if faults:
            raise RecordingError(self.folder, faults)
        return {wording: each for wording, each in found.items() if isinstance(each, Clip)}

    def _file(self, wording: str) -> Path | None:
        """Return the recording of a wording; note it if there is none, or more than one."""
        stems = self._takes.find_stems(wording)
        files = [file for stem in stems for file in self._takes.files[stem]]
        if not files:
            self._missing[wording] = None
            return None
        if len(files) > 1:
            others = ", ".join(file.name for file in files[1:])
            self._doubled[wording] = f"{files[0].name} is heard, and not {others}; remove one of them"
        return files[0]

    def _digest(self, file: Path) -> str:
        if file not in self._digests:
            try:
                with file.open("rb") as content:
                    self._digests[file] = hashlib.file_digest(content, "sha256").hexdigest()
            except OSError as error:
                what = f"{_UNREAD}{(error.strerror or str(error)).lower()}"
                raise RecordingError(self.folder, [Fault(file.name, file.stem, what)]) from None
        return self._digests[file]

    def _report_missing(self) -> str:
        missing = list(self._missing)
        some = ", ".join(f"{quote(drop_phonemes(each), 40)} ({_name_file(each)})" for each in missing[:_SHOWN])
        more = f" and {len(missing) - _SHOWN} more" if len(missing) > _SHOWN else ""
        are = "wordings are" if len(missing) > 1 else "wording is"
        return f"{len(missing)} {are} not recorded in {self.folder}, and {self.named} speaks instead: {some}{more}"


class Recorded:
    """Recordings, as a kind of voices: ``recorded:FOLDER``, or ``recorded:FOLDER,VOICE``."""

    name = "recorded"

    def list_voices(self, settings: Settings) -> Sequence[VoiceInfo]:  # noqa: ARG002 - as all kinds have it
        """List nothing: the folders of recordings are not known."""
        return ()

    def find_voice(self, name: str, settings: Settings) -> RecordedVoice:
        """Return the recordings of a folder, with the voice named after a comma for wordings without a recording.

        Raises:
            ChoiceError: When the folder or the other voice does not exist.
            VoiceError: When the other voice can't speak.
        """
        folder, comma, other = _parse_spec(name)
        if comma and not (other and settings.resolve):
            raise ChoiceError(f"no voice is named after the comma of {quote(name)}\nwrite one, as in {name.strip()}en")
        asked = [option for option in ("rate", "pitch") if getattr(settings, option) is not None]
        notes = [f"recordings are played as they were spoken; --{option} has no effect" for option in asked]
        spare = settings.resolve(other) if other and settings.resolve else None
        return RecordedVoice(folder, spare, other, notes)


KIND = Recorded()


def _parse_spec(text: str) -> tuple[Path, str, str]:
    """Part a folder from the voice after it; a folder's own name may have commas in it."""
    parts = text.split(",")
    for count in range(len(parts), 0, -1):
        folder = folders.expand(",".join(parts[:count]).strip())
        if plain_files.is_folder(folder):
            return folder, "," if count < len(parts) else "", ",".join(parts[count:]).strip()
    first = parts[0].strip()
    if plain_files.is_file(folders.expand(first)):
        raise ChoiceError(f"{quote(first)} is a file, not a folder of recordings\nname the folder after 'recorded:'")
    mend = f"'voicecoach record ROUTINE -o {folders.quote_argument(first)}' makes it"
    raise ChoiceError(f"no folder {quote(first)} of recordings\n{mend}")


def _stamp_files(folder: Path) -> frozenset[tuple[str, int, int]]:
    """Return the files of a folder, each with the time of its last change and its size; none if it can't be read."""
    with suppress(OSError), os.scandir(folder) as entries:
        facts = [(each.name, each.stat()) for each in entries]
        return frozenset((name, fact.st_mtime_ns, fact.st_size) for name, fact in facts)
    return frozenset()


def _take(file: Path, wording: str) -> Clip | str:
    """Return the clip of a recording, or what is wrong with it."""
    most = _find_longest(wording) + ROOM_AROUND
    try:
        raw = _decode(file, most)
    except RunError:
        return "is not sound that can be read"
    fault = find_fault(raw, wording)
    return fault or _normalise(polish.trim(trim_room(raw)))


def find_fault(raw: Raw, wording: str) -> str:
    """Return what is wrong with a recording of a wording, at 48 kHz; nothing if it can be used.

    >>> find_fault(Raw(bytes(96_000), 48_000), "Breathe in")
    'is silent'
    """
    most, expected = _find_longest(wording), _expect_seconds(wording)
    if polish.silent(raw):
        return "is silent"
    clipped = _measure_clipping(raw)
    if clipped > MOST_CLIPPED:
        return f"is clipped: {clipped:.0%} of it is at full scale"
    spoken = polish.trim(trim_room(raw))
    if spoken.seconds > most or raw.seconds >= most + ROOM_AROUND:
        return f"is far too long: {spoken.seconds:.0f} s for words of about {expected:.0f} s"
    return ""


def _find_longest(wording: str) -> float:
    """Return the seconds that a recording of a wording lasts at most."""
    return 3 * _expect_seconds(wording) + 2


def _decode(file: Path, seconds: float) -> Raw:
    form = ("-map", "0:a:0", "-ac", "1", "-ar", str(SAMPLE_RATE), "-f", "s16le", "pipe:1")
    args = [*_ONLY, "-t", f"{seconds:.2f}", "-i", ffmpeg.quote_path(file.absolute()), *form]
    return Raw(ffmpeg.run(args, what=f"reading {file.name}").stdout, SAMPLE_RATE)


def _normalise(raw: Raw) -> Clip:
    """Bring a recording to the loudness of all clips; it goes by its own sound, so that nothing else changes it."""
    short = raw.seconds < _LEAST_MEASURED
    again = int(_LEAST_MEASURED / raw.seconds) + 1
    gain = polish.calibrate(Raw(raw.pcm * again, raw.rate)) if short else 0.0
    (clip,) = polish.polish([raw], gain)
    return clip


def trim_room(raw: Raw) -> Raw:
    """Cut a room's noise, and clicks, from both ends: silence of a microphone is never quite silent."""
    size = _WINDOW * SAMPLE_BYTES
    levels = [audioop.rms(raw.pcm[at : at + size], SAMPLE_BYTES) for at in range(0, len(raw.pcm) - size + 1, size)]
    if len(levels) < _HEARD:
        return raw
    floor = sorted(levels)[len(levels) // 10]
    bound = max(1.0, min(floor * _ABOVE_FLOOR, max(levels) * _UNDER_SPEECH))
    loud = [level >= bound for level in levels]
    runs = [at for at in range(len(loud) - _HEARD + 1) if all(loud[at : at + _HEARD])]
    if not runs:
        return raw
    start, end = max(0, runs[0] - _BEFORE), runs[-1] + _HEARD + _AFTER
    return Raw(raw.pcm[start * size : end * size], raw.rate)


def _measure_clipping(raw: Raw) -> float:
    """Return the part of the samples that are at full scale."""
    values = array.array("h", raw.pcm)
    if sys.byteorder == "big":  # pragma: no cover
        values.byteswap()
    return sum(map(FULL_SCALE.__le__, map(abs, values))) / max(1, len(values))


def _expect_seconds(wording: str) -> float:
    """Return the seconds that words take at a very calm rate, whatever they are written in."""
    wide = sum(unicodedata.east_asian_width(letter) in "WF" for letter in wording)
    return max(len(wording.split()), wide, len(wording) / 8, 1) * 60 / CALM


def _treatment() -> str:
    return f"cut {VERSION}, {polish.treatment()}"


def _name_file(wording: str) -> str:
    """Return the name of a recording without its ending, whether its verbs are respelled for voices or not."""
    return name_recording(as_written(wording))
