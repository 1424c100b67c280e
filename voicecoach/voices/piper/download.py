"""Piper's voices from their public index, installed: resumed, checked, whole or not at all."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import partial
from http.client import HTTPException, HTTPResponse
from typing import TYPE_CHECKING, Any
from urllib import request
from urllib.error import HTTPError, URLError
from urllib.parse import quote as quote_url
from urllib.parse import urlsplit

from voicecoach.errors import ChoiceError, OutputError, UnknownNameError, VoicecoachError, VoiceError, quote
from voicecoach.system import locks
from voicecoach.voices.piper.models import CONFIG, MODEL, models_folder

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

PUBLIC = "https://huggingface.co/rhasspy/piper-voices/resolve/main"
"""Address of Piper's voices: the index ``voices.json`` and the files that it lists."""

ADDRESS = "VOICECOACH_VOICES_URL"
"""The environment variable for another address."""

CARD = ".card.txt"
"""The ending under which a voice's model card is kept: what it was made from, and under which licence."""

TIMEOUT = 30.0
"""Seconds without a byte after which a server is given up."""

Report = Callable[[int, int], None]
"""Called with the bytes that are there and the total."""

_TRIES = 4
"""Connections for one file; each continues where the last one broke."""
_CHUNK = 1 << 18
_LONGEST_INDEX = 20_000_000
_NAME = re.compile(r"\w[\w.+-]*")
_OWN_PART = re.compile(r".*\.[0-9a-f]{8}\.own\.part")
"""Unfinished files on systems without locks; they are never continued."""
_MD5 = re.compile(r"[0-9a-f]{32}")


class DownloadError(VoiceError):
    """A voice that could not be fetched."""


@dataclass(frozen=True, slots=True)
class File:
    """A file of a voice: its path under the address, its size and MD5 as the index has them, and its ending here."""

    path: str
    size: int
    md5: str
    ending: str


class _Broken(Exception):  # noqa: N818 - never seen outside of this module
    """The connection ended before the file did."""


def install(name: str, data: Path, report: Report, index: str | None = None, *, timeout: float = TIMEOUT) -> Path:
    """Download a voice into the data folder, unless it is there as the index has it, and return its model.

    What an earlier try brought is kept and continued. Model and config take their names once both are complete. While
    another process fetches the same voice, this one waits, and tells how far that one is.

    Args:
        name: As the index calls it, or one of its aliases: ``en_US-amy-medium``.
        data: The data folder; the voice goes into ``piper`` in it.
        report: Called with the progress.
        index: Address of the folder of ``voices.json``; by default ``VOICECOACH_VOICES_URL``, else Piper's own.
        timeout: Seconds without a byte after which the server is given up.

    Raises:
        UnknownNameError: When the index has no voice of this name.
        ChoiceError: When the address is not valid.
        DownloadError: When the connection fails, or a file does not match the index.
        OutputError: When the disk is full or the folder can't be written.
    """
    base = _choose_address(index)
    key, files = _find_files(_fetch_index(base, timeout), name, base)
    place = models_folder(data)
    try:
        place.mkdir(parents=True, exist_ok=True)
        locks.remove_leftovers(place, _OWN_PART)
        while missing := _list_missing(place, key, files):
            _check_room(place, sum(file.size for file in missing), key)
            with _claim(place, key, missing, report) as parts:
                if parts and _list_missing(place, key, files) == missing:
                    _fetch_all(base, dict(zip(missing, parts, strict=True)), report, timeout)
                    for part, file in zip(parts, missing, strict=True):
                        part.replace(place / f"{key}{file.ending}")
    except OSError as error:
        raise OutputError(place, f"the voice can't be saved: {(error.strerror or str(error)).lower()}") from error
    return place / f"{key}{MODEL}"


def look_up(name: str, index: str | None = None, *, timeout: float = TIMEOUT) -> tuple[str, int]:
    """Return what the index calls a voice, and the bytes of its files.

    Raises:
        UnknownNameError: When the index has no voice of this name.
        ChoiceError: When the address is not valid.
        DownloadError: When the connection fails.
    """
    base = _choose_address(index)
    key, files = _find_files(_fetch_index(base, timeout), name, base)
    return key, sum(file.size for file in files)


def _list_missing(place: Path, key: str, files: Iterable[File]) -> list[File]:
    return [file for file in files if not _is_complete(place / f"{key}{file.ending}", file)]


@contextmanager
def _claim(place: Path, key: str, missing: Sequence[File], report: Report) -> Iterator[list[Path]]:
    """Give the unfinished files of a voice, which are ours alone until the end; none if another process had them.

    The last of them, the largest, is locked. On systems without locks, the files have unique names.
    """
    parts = [_part_path(place, key, file) for file in missing]
    total = sum(file.size for file in missing)

    def wait() -> None:
        report(sum(_measure(part, file) for part, file in zip(parts, missing, strict=True)), total)

    with locks.wait_for_lock(parts[-1], wait) as mine:
        own = [part.with_suffix(f".{os.urandom(4).hex()}.own.part") for part in parts]
        try:
            yield own if mine is None else parts if mine else []
        finally:
            if mine is not False and parts[-1].is_file() and not parts[-1].stat().st_size:
                parts[-1].unlink()


def _fetch_all(base: str, parts: Mapping[File, Path], report: Report, timeout: float) -> None:
    """Bring all unfinished files of a voice to their ends."""
    for file, tally in _count_progress(list(parts), report):
        _fetch(base, file, parts[file], tally, timeout)


def _choose_address(index: str | None) -> str:
    base = (index or os.environ.get(ADDRESS) or PUBLIC).rstrip("/")
    try:
        parts = urlsplit(base)
        fine = parts.scheme in {"http", "https"} and bool(parts.hostname)
    except ValueError:
        fine = False
    if not fine:
        raise ChoiceError(
            f"{quote(base)} is not an address of voices\nwrite one that begins with https:// (in {ADDRESS})"
        )
    return base


def _fetch_index(base: str, timeout: float) -> Mapping[str, Any]:
    url = f"{base}/voices.json"
    try:
        with closing(_open(url, 0, timeout)) as answer:
            index = json.loads(answer.read(_LONGEST_INDEX))
    except (OSError, HTTPException) as error:
        raise _explain(url, error) from error
    except (ValueError, RecursionError) as error:
        raise DownloadError(f"{url}: the index of voices is broken\ntry again later, or set {ADDRESS}") from error
    if not isinstance(index, dict):
        raise DownloadError(f"{url}: this is not an index of voices\ncheck {ADDRESS}")
    return index


def _find_files(index: Mapping[str, Any], name: str, base: str) -> tuple[str, list[File]]:
    """Return a voice's key, and its files: the small ones first, the model last."""
    key = name.strip() if name.strip() in index else _find_alias(index, name.strip())
    if key is None:
        raise UnknownNameError("Piper voice", name, sorted(index), f"all of them are in {base}/voices.json")
    try:
        files = sorted((file for file in _read_entry(index[key])), key=lambda file: file.size)
        fine = _NAME.fullmatch(key) and {MODEL, CONFIG} <= {file.ending for file in files} and len(files) <= 3  # noqa: PLR2004
    except (KeyError, TypeError, ValueError, AttributeError):
        fine = None
    if not fine:
        raise DownloadError(f"{base}/voices.json: the entry of {quote(key)} is broken\ntry again later")
    return key, files


def _find_alias(index: Mapping[str, Any], name: str) -> str | None:
    """Return the key of the voice that has this alias; older names of voices live on as aliases."""
    entries = ((key, entry.get("aliases")) for key, entry in index.items() if isinstance(entry, dict))
    return next((key for key, aliases in entries if isinstance(aliases, list) and name in aliases), None)


def _read_entry(entry: Mapping[str, Any]) -> Iterator[File]:
    for path, facts in entry["files"].items():
        last = path.rsplit("/", 1)[-1]
        ending = CARD if last == "MODEL_CARD" else next((end for end in (CONFIG, MODEL) if last.endswith(end)), None)
        size, md5 = facts["size_bytes"], facts["md5_digest"]
        if type(size) is not int or size <= 0 or not _MD5.fullmatch(md5):
            raise ValueError
        if ending:
            yield File(path, size, md5, ending)


def _is_complete(path: Path, file: File) -> bool:
    """Return whether a file is there as the index has it."""
    return path.is_file() and path.stat().st_size == file.size and _hash(path) == file.md5


def _part_path(place: Path, key: str, file: File) -> Path:
    """Return where an unfinished file is kept: never continued as another version of it."""
    return place / f"{key}{file.ending}.{file.md5[:8]}.part"


def _count_progress(files: list[File], report: Report) -> Iterator[tuple[File, Callable[[int], None]]]:
    """Yield each file with a function that reports its progress."""
    total, before = sum(file.size for file in files), 0
    for file in files:
        yield file, partial(_report_sum, report, total, before)
        before += file.size


def _report_sum(report: Report, total: int, before: int, here: int) -> None:
    report(before + here, total)


def _fetch(base: str, file: File, part: Path, tally: Callable[[int], None], timeout: float) -> Path:
    """Bring an unfinished file to its end, and check it."""
    url = f"{base}/{quote_url(file.path)}"
    tally(_measure(part, file))
    left = _TRIES
    while _measure(part, file) < file.size:
        left -= 1
        try:
            _continue(url, file, part, tally, timeout)
        except _Broken as error:
            if not left:
                kept = "the part that arrived is kept; try again to continue from there"
                raise DownloadError(f"{url}: the connection failed: {error}\n{kept}") from error
    if _hash(part) != file.md5:
        part.unlink()
        raise DownloadError(f"{url}: the file does not match the index (wrong checksum)\nit was removed; try again")
    return part


def _continue(url: str, file: File, part: Path, tally: Callable[[int], None], timeout: float) -> None:
    """Fetch what is missing of a file, as far as the connection holds.

    Raises:
        _Broken: When it does not hold to the end.
        DownloadError: When the server refuses.
        OSError: When the file can't be written.
    """
    with closing(_connect(url, _measure(part, file), timeout)) as answer:
        here = _first_byte(answer)
        with part.open("ab") as kept:
            kept.truncate(here)
            while chunk := _read(answer, min(_CHUNK, file.size - here)):
                kept.write(chunk)
                here += len(chunk)
                tally(here)
    if here < file.size:
        raise _Broken(f"{here} of {file.size} bytes arrived")


def _connect(url: str, start: int, timeout: float) -> HTTPResponse:
    try:
        return _open(url, start, timeout)
    except HTTPError as error:
        raise _explain(url, error) from error
    except (URLError, TimeoutError, HTTPException, ConnectionError) as error:
        raise _Broken(_find_reason(error)) from error


def _read(answer: HTTPResponse, size: int) -> bytes:
    try:
        return answer.read1(size) if size else b""
    except (OSError, HTTPException) as error:
        raise _Broken(_find_reason(error)) from error


def _first_byte(answer: HTTPResponse) -> int:
    """Return the byte that an answer begins with: 0 from a server that sends no ranges."""
    stated = re.match(r"bytes (\d+)-", answer.headers.get("Content-Range", ""))
    return int(stated[1]) if answer.status == 206 and stated else 0  # noqa: PLR2004 - Partial Content


def _open(url: str, start: int, timeout: float) -> HTTPResponse:
    asked = request.Request(url, headers={"User-Agent": "voicecoach", "Accept-Encoding": "identity"})  # noqa: S310 - see _address
    if start:
        asked.add_header("Range", f"bytes={start}-")
    answer: HTTPResponse = _make_opener().open(asked, timeout=timeout)
    return answer


def _make_opener() -> request.OpenerDirector:
    """Return what opens addresses, of http and https alone, wherever they lead on to."""
    opener = request.OpenerDirector()
    for handler in (
        *(request.ProxyHandler, request.HTTPHandler, request.HTTPSHandler),
        *(request.HTTPDefaultErrorHandler, request.HTTPRedirectHandler, request.HTTPErrorProcessor),
        request.UnknownHandler,
    ):
        opener.add_handler(handler())
    return opener


def _explain(url: str, error: BaseException) -> VoicecoachError:
    if isinstance(error, HTTPError):
        error.close()
        return DownloadError(
            f"{url}: the server answers {error.code} ({error.reason})\ncheck {ADDRESS}, or try again later"
        )
    return DownloadError(f"{url}: no connection: {_find_reason(error)}\ncheck the network, or set {ADDRESS}")


def _find_reason(error: BaseException) -> str:
    inner = error.reason if isinstance(error, URLError) else error
    if isinstance(inner, TimeoutError):
        return "the server does not answer"
    said = inner.strerror if isinstance(inner, OSError) and inner.strerror else str(inner)
    return said.lower() or type(inner).__name__


def _check_room(place: Path, needed: int, key: str) -> None:
    free = shutil.disk_usage(place).free
    unfinished = sum(part.stat().st_size for part in place.glob(f"{key}.onnx*.part"))
    if needed - unfinished > free:
        raise OutputError(place, f"no room for the voice: {needed // 1_000_000} MB needed, {free // 1_000_000} MB free")


def _measure(part: Path, file: File) -> int:
    """Return how much of a file is there; what is longer than the whole is nothing."""
    try:
        size = part.stat().st_size
    except FileNotFoundError:
        return 0
    return size if size <= file.size else 0


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()
