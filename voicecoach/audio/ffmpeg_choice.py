"""Finds an ffmpeg that works: it is asked once for its version and what it supports, and refused if that is too little.

The first of these that is set is used, or it is an error: ``VOICECOACH_FFMPEG``, the setting ``ffmpeg``,
``IMAGEIO_FFMPEG_EXE``. If none is set, the bundled one (of imageio-ffmpeg) is used; and if that is missing or does not
work, the one on the PATH.
"""

from __future__ import annotations

import functools
import hashlib
import importlib.util
import os
import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from voicecoach.errors import ChoiceError, EncodeError
from voicecoach.system import cache, folders, plain_files, process

if TYPE_CHECKING:
    from collections.abc import Iterator

VARIABLE = "VOICECOACH_FFMPEG"
"""The environment variable that chooses an ffmpeg for us."""
IMAGEIO_VARIABLE = "IMAGEIO_FFMPEG_EXE"
"""The environment variable that chooses an ffmpeg for all programs that use imageio-ffmpeg."""

MINIMUM = (4, 4)
"""The oldest version that works. 4.2.2 was tried: it reports WAV files with tags as damaged."""

ENCODERS = ("libmp3lame", "aac", "libopus", "flac", "pcm_s16le")
"""The encoders of our formats; only the first is needed for every session."""
FILTERS = ("alimiter", "amerge", "ametadata", "amultiply", "aresample", "astats", "ebur128", "pan", "volume")

INSTALL_FFMPEG = "'pip install imageio-ffmpeg' installs one that works; or install ffmpeg"

_MISSING, _FOLDER = "isn't there", "is a folder"
_ABSENT = {_MISSING, _FOLDER}
_PATIENCE = 30.0
"""Seconds that a program may take to answer."""


@dataclass(frozen=True, slots=True)
class Ffmpeg:
    """An ffmpeg, where it comes from, and what it can do.

    Attributes:
        path: Its file; empty when there is none.
        source: "bundled", "setting", "PATH", or the name of the environment variable that chooses it.
        version: As it says itself, such as "7.1.5-0+deb13u1"; empty when it can't be run.
        digest: The start of the SHA-256 of all that it says of its version and build.
        lacks: What it lacks of what we use: "encoder libopus", "filter ebur128".
        fault: Why it can't be used; empty when it can.
        note: Why another one, which would come first, isn't used; empty when there is no such reason.
    """

    path: str
    source: str
    version: str = ""
    digest: str = ""
    lacks: tuple[str, ...] = ()
    fault: str = ""
    note: str = ""

    @property
    def identity(self) -> str:
        """What distinguishes it from others whose sound may differ, on one line."""
        return f"ffmpeg {self.version} {self.digest}"

    @property
    def remedy(self) -> str:
        """What to do when it fails, on one line."""
        match self.source:
            case "bundled":
                return f"'pip install --force-reinstall imageio-ffmpeg', or choose another ffmpeg with {VARIABLE}"
            case "setting":
                return "write another path at 'ffmpeg' in the settings, or remove that line to use the bundled one"
            case "PATH":
                return f"'pip install imageio-ffmpeg' installs one that works; {VARIABLE} chooses another"
            case _:
                return f"set {self.source} to another ffmpeg, or unset it to use the bundled one"

    def __str__(self) -> str:
        """Name it in a message.

        >>> print(Ffmpeg("/usr/bin/ffmpeg", "PATH", "5.1.9-0+deb12u1"))
        ffmpeg 5.1.9-0+deb12u1 (/usr/bin/ffmpeg)
        """
        return f"ffmpeg {self.version} ({self.path})" if self.version else f"ffmpeg ({self.path})"


def choose_ffmpeg() -> Ffmpeg:
    """Return the ffmpeg that is used; it is asked for its version only if that is not in the cache.

    Raises:
        ChoiceError: If a variable or the settings name a program that isn't there.
        EncodeError: If there is none that works.
    """
    return choose_among(*_list_wishes())


def examine() -> Ffmpeg:
    """Return the ffmpeg that is used, or the one that should be used but does not work, with everything that it lacks.

    It raises no errors: ``fault`` says what is wrong, and ``remedy`` what to do. `doctor` shows this.

    >>> found = examine()
    >>> found.source, found.lacks, found.fault
    ('bundled', (), '')
    """
    try:
        found = choose_ffmpeg()
    except (ChoiceError, EncodeError):
        refused = [_probe(each) for each in _find_candidates(*_list_wishes())]
        first, *others = refused or [Ffmpeg("", "PATH", fault="ffmpeg is missing")]
        return replace(first, note=_list_faults(others))
    return replace(found, lacks=_find_missing(found.path))


def set_preference(path: str | None) -> None:
    """Set the ffmpeg of the user's settings, or none, for this process."""
    _PREFERRED[:] = [path] if path else []


_PREFERRED: list[str] = []
"""The ffmpeg of the user's settings, if they name one."""


def _list_wishes() -> tuple[str, str, str, str]:
    """Return everything that the choice depends on."""
    variables = (os.environ.get(name, "") for name in (VARIABLE, IMAGEIO_VARIABLE, "PATH"))
    own, imageio, path = variables
    return own, next(iter(_PREFERRED), ""), imageio, path


@functools.cache
def choose_among(own: str, setting: str, imageio: str, path: str) -> Ffmpeg:
    """Return the ffmpeg that is used: the named one, else the bundled one, else the one on the PATH.

    Raises:
        ChoiceError: As ``choose_ffmpeg``.
        EncodeError: As ``choose_ffmpeg``.
    """
    refused: list[Ffmpeg] = []
    for candidate in _find_candidates(own, setting, imageio, path):
        found = _probe(candidate)
        if not found.fault:
            return replace(found, note=_list_faults(refused))
        if found.source not in {"bundled", "PATH"}:
            raise _refuse(found)
        refused.append(found)
    if not refused:
        raise EncodeError(f"ffmpeg is missing\n{INSTALL_FFMPEG}")
    if len(refused) == 1:
        raise _refuse(refused[0])
    raise EncodeError(f"no ffmpeg can be used: {_list_faults(refused)}\n{INSTALL_FFMPEG}")


def _list_faults(refused: list[Ffmpeg]) -> str:
    return "; ".join(f"{each} {each.fault}" for each in refused)


def _refuse(found: Ffmpeg) -> ChoiceError | EncodeError:
    error = ChoiceError if found.fault in _ABSENT else EncodeError
    return error(f"{found} can't be used: it {found.fault}\n{found.remedy}")


def _find_candidates(own: str, setting: str, imageio: str, path: str) -> Iterator[Ffmpeg]:
    """Yield the ffmpegs that can be used, the preferred one first."""
    for source, named in ((VARIABLE, own), ("setting", setting), (IMAGEIO_VARIABLE, imageio)):
        if named.strip():
            yield _locate(source, named.strip())
            return
    bundled = _find_bundled()
    if bundled:
        yield Ffmpeg(bundled, "bundled")

    import shutil  # only here: it takes a few milliseconds, and the bundled one is nearly always there

    on_path = shutil.which("ffmpeg", path=path)
    if on_path:
        yield Ffmpeg(on_path, "PATH")


def _locate(source: str, named: str) -> Ffmpeg:
    """Find the program that a variable or the settings name, by its path or by its name on the PATH."""
    path = folders.expand(named)
    if plain_files.is_file(path):
        return Ffmpeg(str(path.absolute()), source)
    if plain_files.is_folder(path):
        return Ffmpeg(named, source, fault=_FOLDER)

    import shutil

    found = shutil.which(named)
    return Ffmpeg(found, source) if found else Ffmpeg(named, source, fault=_MISSING)


def _find_bundled() -> str:
    """Find imageio-ffmpeg's binary by its folder: asking the package runs ``ffmpeg -version`` first (20 ms)."""
    spec = importlib.util.find_spec("imageio_ffmpeg")
    if spec is None or spec.origin is None:
        return ""
    inside = sorted((Path(spec.origin).parent / "binaries").glob("ffmpeg-*"))
    return str(inside[0]) if inside else ""


def _probe(candidate: Ffmpeg) -> Ffmpeg:
    """Return a candidate with its version and what it lacks; both are cached as long as its file stays the same.

    The bundled one lacks nothing.
    """
    if candidate.fault:
        return candidate
    key = identify_file(candidate.path)
    facts = _recall(key)
    if facts is None:
        try:
            said = _ask(candidate.path, "-version")
        except (OSError, ValueError) as error:
            return replace(candidate, fault=f"does not start: {getattr(error, 'strerror', None) or error}")
        version = re.match(r"ffmpeg version (\S+)", said)
        if version is None:
            return replace(candidate, fault="does not say which version of ffmpeg it is")
        lacks = () if candidate.source == "bundled" else _find_missing(candidate.path)
        facts = (version[1], hashlib.sha256(said.encode()).hexdigest()[:12], tuple(lacks))
        _keep(key, facts)
    found = replace(candidate, version=facts[0], digest=facts[1], lacks=facts[2])
    return replace(found, fault=_find_fault(found))


def _find_fault(found: Ffmpeg) -> str:
    """Describe why an ffmpeg can't be used; nothing if it can. One without a version number is tried."""
    number = re.match(r"n?(\d{1,3})\.(\d+)", found.version)
    if number and (int(number[1]), int(number[2])) < MINIMUM:
        return f"is older than {'.'.join(map(str, MINIMUM))}"
    needed = [each for each in found.lacks if each not in {f"encoder {name}" for name in ENCODERS[1:]}]
    return f"lacks the {', the '.join(needed)}" if needed else ""


def _find_missing(path: str) -> tuple[str, ...]:
    """Return the encoders and filters that we use and an ffmpeg lacks."""
    missing = []
    for kind, names in (("encoder", ENCODERS), ("filter", FILTERS)):
        try:
            said = _ask(path, f"-{kind}s")
        except (OSError, ValueError):
            said = ""
        known = {line.split()[1] for line in said.splitlines() if len(line.split()) > 1}
        missing += [f"{kind} {name}" for name in names if name not in known]
    return tuple(missing)


def _ask(path: str, question: str) -> str:
    """Return an ffmpeg's answer to an option such as ``-version``.

    Raises:
        OSError: If it can't be started.
        ValueError: If it fails, or does not answer in time.
    """
    command = [path, "-hide_banner", question] if question != "-version" else [path, question]
    try:
        done = process.run_child(command, seconds=_PATIENCE)
    except TimeoutError:
        raise ValueError("it gives no answer") from None
    if done.status:
        said = done.stderr.strip().splitlines()
        raise ValueError(said[0][:200] if said else f"it ends with status {done.status}")
    return done.stdout.decode(errors="replace")


def identify_file(path: str) -> str:
    """Return the key for cached facts about a program; nothing if its file doesn't show whether they are still true.

    A script, or a launcher of many programs, stays the same if the ffmpeg behind it changes.
    """
    try:
        real = Path(path).resolve()
        with real.open("rb") as file:
            script = file.read(2) == b"#!"
        facts = real.stat()
    except OSError:
        return ""
    same = not script and "ffmpeg" in real.name
    return f"{path} {facts.st_size} {facts.st_mtime_ns}" if same else ""


_Facts = tuple[str, str, tuple[str, ...]]


def _recall(key: str) -> _Facts | None:
    match cache.recall(folders.find_cache(), f"ffmpeg {key}") if key else None:
        case [str(version), str(digest), list(lacks)]:
            return version, digest, tuple(map(str, lacks))
    return None


def _keep(key: str, facts: _Facts) -> None:
    """Cache facts; without them, a run takes 20 ms longer."""
    if key:
        cache.remember(folders.find_cache(), f"ffmpeg {key}", facts)
