"""The routine files of the folder that the studio was started in, by id: no request names a path.

An id is made of the name of a file that is there. So nothing outside of the folder has one, and neither have links,
folders or devices in it.
"""

from __future__ import annotations

import hashlib
import os
import re
import stat
import tempfile
import threading
import unicodedata
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

ENDINGS = (".yaml", ".yml")
LARGEST = 1_000_000
"""The bytes of the largest file that is opened."""
MOST_FILES = 2_000
"""How many files of a folder are listed, at most."""
TITLE = re.compile(r"^title: *(\S.*?) *$", re.MULTILINE)
NEW = re.compile(r"[^a-z0-9]+")


class NoFileError(Exception):
    """No file has this id."""


@dataclass(frozen=True, slots=True)
class Text:
    """What a file holds, and the digest of it that requests name it by."""

    text: str

    @property
    def digest(self) -> str:
        """The SHA-256 of its bytes."""
        return hashlib.sha256(self.text.encode()).hexdigest()


class StaleError(Exception):
    """A file that changed since its writer read it."""

    def __init__(self, found: Text) -> None:
        """Keep what is there now."""
        self.found = found
        super().__init__("the file has changed")


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder with routine files."""

    path: Path
    _writing: threading.Lock = field(default_factory=threading.Lock, compare=False, repr=False)

    def list_files(self) -> dict[str, str]:
        """Return the names of its routine files by their ids, in the order of the names."""
        with suppress(OSError), os.scandir(self.path) as entries:
            found = [
                each.name
                for each in entries
                if each.name.endswith(ENDINGS) and not each.name.startswith(".") and each.is_file(follow_symlinks=False)
            ]
            return {make_id(name): name for name in sorted(found)[:MOST_FILES]}
        return {}

    def find_name(self, name_id: str) -> str:
        """Return the name of a file.

        Raises:
            NoFileError: If no file has this id.
        """
        name = self.list_files().get(name_id)
        if name is None:
            raise NoFileError(name_id)
        return name

    def find_title(self, name: str) -> str:
        """Return the title in a file, or its name without the ending; nothing else in it is looked at."""
        with suppress(NoFileError):
            if found := TITLE.search(self._read(name).text):
                return found[1].strip("'\"")
        return name.rpartition(".")[0]

    def read(self, name_id: str) -> Text:
        """Return what a file holds.

        Raises:
            NoFileError: If no file has this id, or it is not a text of a usual size.
        """
        return self._read(self.find_name(name_id))

    def write(self, name_id: str, text: str, digest: str) -> Text:
        """Replace a file whole, if it is still what its writer read.

        Raises:
            NoFileError: If no file has this id.
            StaleError: If it has another digest by now.
        """
        with self._writing:
            name = self.find_name(name_id)
            found = self._read(name)
            if found.digest != digest:
                raise StaleError(found)
            self._put(name, text)
        return Text(text)

    def add(self, title: str, text: str) -> str:
        """Write a new file, named after its title, and return its id; no file is replaced."""
        plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
        stem = NEW.sub("-", plain).strip("-")[:60] or "routine"
        with self._writing:
            names = (f"{stem}{'' if number == 1 else f'-{number}'}.yaml" for number in range(1, MOST_FILES))
            name = next(each for each in names if self._reserve(each))
            self._put(name, text)
        return make_id(name)

    def _reserve(self, name: str) -> bool:
        """Make an empty file of this name, unless anything of this name is there already."""
        try:
            (self.path / name).open("x").close()
        except FileExistsError:
            return False
        return True

    def _read(self, name: str) -> Text:
        try:
            return Text(read_plain(self.path / name, LARGEST).decode())
        except UnicodeDecodeError as error:
            raise NoFileError(name) from error

    def _put(self, name: str, text: str) -> None:
        """Write a file whole, or not at all."""
        handle, draft = tempfile.mkstemp(prefix=".", suffix=".draft", dir=self.path)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(text.encode())
                file.flush()
                os.fsync(handle)
            place = self.path / name
            mode = place.stat().st_mode & 0o777 if place.exists() else 0o666 & ~_find_mask()
            os.chmod(draft, mode)  # noqa: PTH101 - a name from mkstemp
            os.replace(draft, place)  # noqa: PTH105 - as above
        except BaseException:
            with suppress(OSError):
                os.unlink(draft)  # noqa: PTH108 - as above
            raise


def read_plain(path: Path, most: int) -> bytes:
    """Read a file that is a plain one when it is opened, not only when it was listed.

    Raises:
        NoFileError: If it is a link, a device or a folder, can't be read, or has more than ``most`` bytes.
    """
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    try:
        handle = os.open(path, flags)
        with os.fdopen(handle, "rb") as file:
            about = os.fstat(handle)
            if not stat.S_ISREG(about.st_mode) or about.st_size > most:
                raise NoFileError(path.name)
            return file.read(most)
    except OSError as error:
        raise NoFileError(path.name) from error


def make_id(name: str) -> str:
    """Return the id of a file of this name.

    >>> make_id("legs.yaml")
    'file-1c196fed535f'
    """
    return f"file-{hashlib.sha256(name.encode(errors='surrogateescape')).hexdigest()[:12]}"


def _find_mask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
