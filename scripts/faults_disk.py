"""The disk full, or not writable, at each stage: small file systems are mounted for it where that is allowed.

They are mounted in a mount namespace of a process of its own (this file's), so nothing stays mounted whatever happens.
"""

from __future__ import annotations

import json
import os
import random
import re
import resource
import shutil
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from scripts.faulty import Outcome
from scripts.faulty_session import MADE, REFUSED, SKIPPED, TOP, Ended, Run, at_once, files, mere

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

USUAL = 142
OLD = b"what was there before\n" * 2000
ALONG = ("--captions", "vtt,srt,lrc,txt", "--chapters-json", "--playlist")
SIDES = ("--tracks", "sides")
KINDS: dict[str, tuple[str, tuple[str, ...]]] = {
    "mp3": ("short.mp3", ()),
    "mp3 with captions": ("short.mp3", ALONG),
    "mp3 of two sides": ("short.mp3", (*SIDES, *ALONG)),
    "m4a": ("short.m4a", ()),
    "flac": ("short.flac", ()),
    "opus": ("short.opus", ()),
}
MENDS = re.compile(r"make room|TMPDIR|another (place|with|folder|name)|make it first|name ends in|the system: no space")
"""What would mend it, or what is full; of what is printed, nobody knows where it goes."""
KIB = 1024
LARGE = 64 * KIB
"""KiB in which everything has room."""
MOUNTS = "mounts" in sys.argv[1:]
"""Whether this process has a mount namespace of its own."""
PRIVATE = (("unshare", "--mount"), ("unshare", "--mount", "--map-root-user"))
NO_MOUNTS = "nothing may be mounted here"
NO_USER = "permissions stop nobody here"
OPEN = 0o755
GAP = 0.01


@dataclass(frozen=True, slots=True)
class Place:
    """Where a session is made: its folders, each of which may be a file system of its own."""

    folder: Path

    @property
    def work(self) -> Path:
        """The output's folder."""
        return self.folder / "work"

    @property
    def current(self) -> Path:
        """The current folder, which is none of those that are filled."""
        return self.folder.with_name(f"{self.folder.name}, from here")

    @property
    def home(self) -> Path:
        """What the cache is in."""
        return self.folder / "home"

    @property
    def temporary(self) -> Path:
        """Where temporary files are put."""
        return self.folder / "tmp"

    def run(self, kind: str) -> Run:
        """Return an undisturbed run that makes a kind of output here."""
        output, options = KINDS[kind]
        own = {"XDG_CACHE_HOME": str(self.home), "HOME": str(self.home), "TMPDIR": str(self.temporary)}
        self.current.mkdir(exist_ok=True)
        return Run(self.current, str(self.work / output), options, own)


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault: its name, the kind of output, and what is done to a place before (and while) it is made there.

    Attributes:
        name: A row of the table.
        kind: One of `KINDS`.
        ready: Prepares the place and returns the run; None where that is not possible here.
        warm: Whether the cache is filled before.
        must: Whether it has to be made all the same.
        stands: Whether it fails only after its files are in place.
        lacking: Why it is skipped where it is not possible.
    """

    name: str
    kind: str
    ready: Callable[[Place, random.Random], Run | None]
    warm: bool = True
    must: bool = False
    stands: bool = False
    lacking: str = NO_MOUNTS


def campaign(count: int, seed: int, folder: Path) -> Iterator[Outcome]:
    """Make ``count`` faults, in a process that may mount file systems of its own if there is a way."""
    probe = folder / "probe"
    probe.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "voicecoach", str(probe)]
    way = next((each for each in PRIVATE if _done([*each, *mount])), ())
    command = [*way, sys.executable, __file__, str(count), str(seed), str(folder), *(["mounts"] if way else [])]
    own = {**os.environ, "PYTHONPATH": str(TOP)}
    with subprocess.Popen(command, env=own, stdout=subprocess.PIPE, text=True) as process:
        for line in process.stdout or ():
            yield Outcome(**json.loads(line))
    if process.returncode:
        raise RuntimeError(f"the campaign itself failed with status {process.returncode}")


def inside(count: int, seed: int, folder: Path) -> Iterator[Outcome]:
    """Make the faults here."""
    kept = folder / "filled"
    known = _faults()
    first = random.Random(seed).sample(known, len(known))  # noqa: S311 - to repeat it
    numbered = list(enumerate((first * (count // len(first) + 1))[:count]))
    kinds = sorted({fault.kind for _, fault in numbered})
    references = {kind: _reference(kind, folder / f"reference {number}", kept) for number, kind in enumerate(kinds)}

    def tried(item: tuple[int, Fault]) -> Outcome:
        number, fault = item
        place = Place(folder / f"fault {number}")
        drawn = random.Random(f"{seed} {number}")  # noqa: S311 - to repeat it
        try:
            found = _tried(fault, place, references[fault.kind], kept, drawn)
        finally:
            _gone(place)
        return replace(found, wrong=found.wrong and f"{fault.name} (fault {number} of seed {seed}): {found.wrong}")

    yield from at_once(tried, numbered)


def _reference(kind: str, folder: Path, kept: Path) -> dict[str, bytes]:
    """Make a kind of output undisturbed, and keep the cache that it filled."""
    place = _made(Place(folder))
    ended = place.run(kind).ended()
    if ended.status:
        raise RuntimeError(f"the session can't be made at all: {ended.said}")
    shutil.copytree(place.home, kept, dirs_exist_ok=True)
    return files(place.work)


def _made(place: Place) -> Place:
    for each in (place.work, place.home, place.temporary):
        each.mkdir(parents=True, exist_ok=True)
    return place


def _tried(fault: Fault, place: Place, reference: dict[str, bytes], kept: Path, chance: random.Random) -> Outcome:
    _made(place)
    run = fault.ready(place, chance)
    name = f"{fault.name}: {fault.kind}"
    if run is None:
        return Outcome(fault.name, f"{SKIPPED}: {fault.lacking}")
    if fault.warm:
        with suppress(OSError, shutil.Error):
            shutil.copytree(kept, place.home, dirs_exist_ok=True)
    before = files(place.work)
    ended = run.ended()
    after = files(place.work) if place.work.is_dir() else {}
    wrong = _judged(fault, ended, reference, before, after)
    left = sorted(each.name for each in place.temporary.iterdir() if each.name != "ballast")
    if not wrong and left and ended.status is not None:
        wrong = f"left in the temporary folder: {left}"
    return Outcome(fault.name, REFUSED if ended.status else MADE, wrong and f"{name}: {wrong}: {ended.said}")


def _judged(
    fault: Fault, ended: Ended, reference: dict[str, bytes], before: dict[str, bytes], after: dict[str, bytes]
) -> str:
    """Say what is wrong with how a run ended and with what it left in the output's folder."""
    wrong = ended.wrong()
    if wrong:
        return wrong
    if ended.status == 0:
        missing = {name for name, content in reference.items() if after.get(name) != content}
        more = after.keys() - reference.keys() - before.keys()
        return f"not as it should be: {missing or more}" if missing or more else ""
    if fault.must:
        return "it could have been made"
    if not MENDS.search(ended.said):
        return "nothing says what would mend it"
    if fault.stands:
        return "" if reference.items() <= after.items() else "what was made is not there"
    touched = {name for name in before if name in after and after[name] != before[name]}
    lost = before.keys() - after.keys() if after else set()
    return f"touched: {touched | lost}" if touched or lost else _more(before, after)


def _more(before: dict[str, bytes], after: dict[str, bytes]) -> str:
    left = after.keys() - before.keys()
    return f"left behind: {sorted(left)}" if left else ""


def _old(place: Place, kind: str) -> None:
    """Lay down what the session would replace."""
    output, _ = KINDS[kind]
    path = Path(output)
    for name in (output, *(f"{path.stem}-{side}{path.suffix}" for side in ("left", "right")), f"{path.stem}.vtt"):
        with suppress(OSError):
            (place.work / name).write_bytes(OLD)
            continue
        (place.work / name).unlink(missing_ok=True)


def _faults() -> list[Fault]:
    """Return each fault once, or as often as it is to be drawn."""
    full = [
        *(Fault("the output's disk has N KiB", kind, _full(kind, "work", 1500)) for kind in KINDS),
        *(Fault("the output's disk has N files", kind, _full(kind, "work", 12, "nr_inodes")) for kind in KINDS),
        *(
            Fault("all on one disk of N KiB", kind, _one_disk(kind, 3000), warm=False)
            for kind in ("mp3", "mp3 of two sides", "m4a")
        ),
        *(
            Fault("no file over N KiB", kind, _limited(kind, 800), warm=warm)
            for kind in KINDS
            for warm in (True, False)
        ),
    ] * 3
    slow = [
        *[
            Fault("the cache's disk has N KiB", "mp3", _full("mp3", "home", 2500), warm=False, must=True),
            Fault("the temporary files' disk has N KiB", "mp3", _full("mp3", "tmp", 400), warm=False),
            Fault("the temporary files' disk has N KiB", "m4a", _full("m4a", "tmp", 400)),
        ]
        * 8,
        *[
            Fault("the cache's disk has N files", "mp3", _full("mp3", "home", 40, "nr_inodes"), warm=False, must=True),
            Fault("the temporary files' disk has N files", "mp3", _full("mp3", "tmp", 8, "nr_inodes"), warm=False),
        ]
        * 4,
    ]
    others = [
        Fault("output, cache, temporary files on three disks", kind, _apart(kind), warm=False, must=True)
        for kind in ("mp3 of two sides", "m4a")
    ]
    read_only = [
        *(Fault(f"{part} on a read-only disk", "mp3", _disk_read_only(part), must=part == "home") for part in PARTS),
        *(
            Fault(f"{part} may not be written", "mp3", _folder_read_only(part), must=part == "home", lacking=NO_USER)
            for part in PARTS
        ),
        Fault("the old output may not be written", "mp3", _old_read_only, must=True, lacking=NO_USER),
    ]
    gone = [Fault("the output's folder is removed during the run", kind, _removed(kind)) for kind in KINDS] * 2
    links = [
        Fault("the output is a link to another disk", "mp3", _link(LARGE), must=True),
        *[Fault("the output is a link to another disk of N KiB", "mp3", _link(400))] * 4,
    ]
    devices = [
        Fault("the output is /dev/full", "mp3", lambda place, _: replace(place.run("mp3"), output="/dev/full")),
        Fault("the output is a link to /dev/full", "mp3", _link_to_device),
        Fault("what is printed goes to /dev/full", "mp3", _printed, stands=True),
    ]
    return [*full, *slow, *others, *read_only, *gone, *links, *devices]


PARTS = ("work", "home", "tmp")


def _full(kind: str, part: str, most: int, limit: str = "size") -> Callable[[Place, random.Random], Run | None]:
    """Mount one of the folders as a disk of so many KiB, or of so many files; half of the time of few."""

    def ready(place: Place, chance: random.Random) -> Run | None:
        amount = chance.randint(0, most if chance.random() < 3 / 4 else most // 8)
        small, few = f"size={max(4, amount // 4 * 4)}k", f"size={LARGE}k,nr_inodes={amount + 3}"
        option = small if limit == "size" else few
        if not _mounted(place.folder / part, option):
            return None
        if part == "work":
            _old(place, kind)
        return place.run(kind)

    return ready


def _one_disk(kind: str, most: int) -> Callable[[Place, random.Random], Run | None]:
    def ready(place: Place, chance: random.Random) -> Run | None:
        if not _mounted(place.folder, f"size={max(16, chance.randint(0, most) // 4 * 4)}k"):
            return None
        _made(place)
        _old(place, kind)
        return place.run(kind)

    return ready


def _apart(kind: str) -> Callable[[Place, random.Random], Run | None]:
    def ready(place: Place, _: random.Random) -> Run | None:
        done = all(_mounted(place.folder / part, f"size={LARGE}k") for part in PARTS)
        return place.run(kind) if done else None

    return ready


def _limited(kind: str, most: int) -> Callable[[Place, random.Random], Run]:
    """Let no file grow over a size, as a quota or an old file system does."""

    def ready(place: Place, chance: random.Random) -> Run:
        size = chance.randint(1, most) * KIB
        _old(place, kind)

        def before() -> None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

        return replace(place.run(kind), before=before)

    return ready


def _disk_read_only(part: str) -> Callable[[Place, random.Random], Run | None]:
    def ready(place: Place, _: random.Random) -> Run | None:
        path = place.folder / part
        if not _mounted(path, f"size={LARGE}k"):
            return None
        if part == "work":
            _old(place, "mp3")
        return place.run("mp3") if _done(["mount", "-o", "remount,ro", str(path)]) else None

    return ready


def _folder_read_only(part: str) -> Callable[[Place, random.Random], Run | None]:
    def ready(place: Place, _: random.Random) -> Run | None:
        way = mere()
        _old(place, "mp3")
        (place.folder / part).chmod(0o555)
        return None if way is None else replace(place.run("mp3"), prefix=way)

    return ready


def _old_read_only(place: Place, _: random.Random) -> Run | None:
    """Forbid to write the old file, though not its folder: it is replaced, as by any rename."""
    way = mere()
    _old(place, "mp3")
    (place.work / "short.mp3").chmod(0o444)
    return None if way is None else replace(place.run("mp3"), prefix=way)


def _removed(kind: str) -> Callable[[Place, random.Random], Run]:
    def ready(place: Place, chance: random.Random) -> Run:
        moment = time.monotonic() + chance.uniform(0, 1.5)

        def meanwhile() -> None:
            time.sleep(GAP)
            if time.monotonic() > moment:
                shutil.rmtree(place.work, ignore_errors=True)

        return replace(place.run(kind), while_running=meanwhile)

    return ready


def _link(most: int) -> Callable[[Place, random.Random], Run | None]:
    def ready(place: Place, chance: random.Random) -> Run | None:
        there = place.folder / "there"
        there.mkdir()
        size = most if most == LARGE else max(48, chance.randint(0, most) // 4 * 4)
        if not _mounted(there, f"size={size}k"):
            return None
        (there / "mine.mp3").write_bytes(OLD)
        (place.work / "short.mp3").symlink_to(there / "mine.mp3")
        return place.run("mp3")

    return ready


def _link_to_device(place: Place, _: random.Random) -> Run:
    (place.work / "short.mp3").symlink_to("/dev/full")
    return place.run("mp3")


def _printed(place: Place, _: random.Random) -> Run:
    return replace(place.run("mp3"), stdout=os.open("/dev/full", os.O_WRONLY))


def _mounted(path: Path, options: str) -> bool:
    return MOUNTS and _done(["mount", "-t", "tmpfs", "-o", f"{options},mode=755", "voicecoach", str(path)])


def _done(command: list[str]) -> bool:
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def _gone(place: Place) -> None:
    """Take away what was mounted for a fault, and its folder."""
    for path in (*(place.folder / part for part in (*PARTS, "there")), place.folder):
        with suppress(OSError):
            path.chmod(OPEN)
        if path.is_mount():
            _done(["umount", "--lazy", str(path)])
    for path in (place.folder, place.current):
        shutil.rmtree(path, ignore_errors=True)


def main() -> None:
    """Print the outcomes of the faults as lines of JSON."""
    count, seed, folder = sys.argv[1:4]
    for outcome in inside(int(count), int(seed), Path(folder)):
        print(json.dumps(asdict(outcome)), flush=True)


if __name__ == "__main__":
    main()
