"""Facts about installed packages and their big files, found without importing them."""

from __future__ import annotations

import hashlib
import re
from importlib.util import find_spec
from pathlib import Path

from voicecoach.errors import VoiceError
from voicecoach.system import cache


def find_folder(module: str) -> Path | None:
    """Return the folder of an installed package, or None."""
    spec = find_spec(module)
    return Path(spec.origin).parent if spec is not None and spec.origin else None


def find_version(distribution: str, module: str | None = None) -> str | None:
    """Return the version of a distribution, whose module may have another name.

    It is read off the name of what was installed beside the module, because asking importlib takes 15 ms.

    >>> find_version("no-such-package") is None
    True
    """
    name = distribution.replace("-", "_")
    folder = find_folder(module or name)
    if folder is not None:
        found = [each.stem.partition("-")[2] for each in folder.parent.glob(f"{name}-*.dist-info")]
        if len(found) == 1:
            return found[0]
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version(distribution)
    except PackageNotFoundError:
        return None


def hash_file(path: Path, folder: Path | None) -> str:
    """Return the first 16 digits of a file's SHA-256; it is cached in ``folder`` by the file's size and time.

    Raises:
        VoiceError: When the file can't be read.
    """
    try:
        facts = path.stat()
        key = f"hash of {path.absolute()}, {facts.st_size} bytes, {facts.st_mtime_ns}"
        kept = cache.recall(folder, key)
        if isinstance(kept, str) and re.fullmatch("[0-9a-f]{16}", kept):
            return kept
        with path.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()[:16]
    except OSError as error:
        raise VoiceError(f"{path}: the model can't be read: {(error.strerror or str(error)).lower()}") from error
    cache.remember(folder, key, found)
    return found


NO_WHEELS = "ONNX runtime, which natural voices need, has no package for this computer"


def has_wheels() -> bool:
    """Return whether ONNX runtime has packages for this computer: not for musl, 32 bits, or Macs with Intel's chips."""
    import platform
    import sys

    machine = platform.machine().lower()
    if sys.maxsize <= 2**32:
        return False
    if sys.platform == "linux":
        name, version = platform.libc_ver()
        new_enough = tuple(map(int, re.findall(r"[0-9]+", version)[:2])) >= (2, 28)
        return machine in {"x86_64", "aarch64"} and name == "glibc" and new_enough
    if sys.platform == "darwin":
        major = platform.mac_ver()[0].partition(".")[0]
        return machine == "arm64" and major.isdecimal() and int(major) >= 14  # noqa: PLR2004 - macOS 14
    return sys.platform == "win32"
