"""The cache under attack: each fault damages a filled cache in one way, and the session is made again from it."""

from __future__ import annotations

import hashlib
import os
import random
import shutil
import socket
import time
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from scripts.faulty import Outcome
from scripts.faulty_session import MADE, REFUSED, SKIPPED, Run, at_once, files, mere, nobody, told
from voicecoach.system import cache as store

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

USUAL = 320
KINDS = ("clip", "run", "levels", "cover", "piece", "fact")
HEAD = len(store.MAGIC) + hashlib.sha256().digest_size
OLD = 1_000
GAPS = (0.0, 0.001, 0.01, 0.05)
"""Seconds between two removals while the program runs."""

Damage: TypeAlias = "Callable[[Path, random.Random], object]"


@dataclass(frozen=True, slots=True)
class Filled:
    """A cache that was filled, in ``folder``; what is made from it, and what it holds."""

    folder: Path
    made: dict[str, bytes]
    told: dict[str, object]
    kept: dict[str, bytes | None]


@dataclass(frozen=True, slots=True)
class Attack:
    """One fault: its name, and the run of a session in a folder of its own, whose cache is a copy of a filled one."""

    name: str
    damaged: Callable[[Path, random.Random], Run | None]
    heals: bool = True


def campaign(count: int, seed: int, folder: Path) -> Iterator[Outcome]:
    """Make ``count`` faults, each kind of them once before any is repeated."""
    filled = _filled(folder)
    known = _attacks()
    first = random.Random(seed).sample(known, len(known))  # noqa: S311 - to repeat it
    chosen = (first * (count // len(first) + 1))[:count]
    numbered = list(enumerate(chosen))

    def tried(item: tuple[int, Attack]) -> Outcome:
        number, attack = item
        place = folder / f"fault {number}"
        drawn = random.Random(f"{seed} {number}")  # noqa: S311 - to repeat it
        found = _tried(attack, filled, place, drawn)
        _remove(place)
        return replace(found, wrong=found.wrong and f"{attack.name} (fault {number} of seed {seed}): {found.wrong}")

    yield from at_once(tried, numbered)


def _filled(folder: Path) -> Filled:
    """Fill a cache by one make, and see that another make from it gives the same."""
    place = folder / "filled"
    ended = _run(place).ended()
    made = files(place / "work")
    if ended.status or not made:
        raise RuntimeError(f"the session can't be made at all: {ended.said}")
    cache = _cache(place)
    kept = {str(path.relative_to(cache)): store.read(path) for path in sorted(cache.glob("*/*"))}
    if {Path(name).suffix[1:] for name in kept} != set(KINDS):
        raise RuntimeError("the cache holds other kinds of entries than this campaign knows")
    return Filled(cache, made, told(ended), kept)


def _run(place: Path) -> Run:
    work, temporary = place / "work", place / "tmp"
    for each in (work, temporary):
        each.mkdir(parents=True, exist_ok=True)
    own = {"XDG_CACHE_HOME": str(place / "home"), "HOME": str(place / "home"), "TMPDIR": str(temporary)}
    return Run(work, environment=own)


def _cache(place: Path) -> Path:
    return place / "home" / "voicecoach"


def _tried(attack: Attack, filled: Filled, place: Path, chance: random.Random) -> Outcome:
    """Damage a copy of the cache, make the session from it, and look at what came of it."""
    shutil.copytree(filled.folder, _cache(place))
    run = attack.damaged(place, chance)
    if run is None:
        return Outcome(attack.name, f"{SKIPPED}: permissions stop nobody here")
    ended = run.ended()
    made = files(place / "work")
    wrong = ended.wrong()
    if ended.status:
        wrong = wrong or ("there is an output" if made else "")
        return Outcome(attack.name, REFUSED, wrong and f"{wrong}: {ended.said}")
    if not wrong and made != filled.made:
        wrong = f"another session, or other files: {', '.join(made)}"
    if not wrong and told(ended) != filled.told:
        wrong = "it reports something else"
    return Outcome(attack.name, MADE, wrong or _still_wrong(attack, filled, place))


def _still_wrong(attack: Attack, filled: Filled, place: Path) -> str:
    """Say which entry of the cache is not what it was, after a session was made from it.

    A fact is measured anew only where something is spoken; until then nothing is known, which is right as well.
    """
    if attack.damaged is _over_limit and store.usage(_cache(place)).bytes > store.LIMIT:
        return "the cache is still over its limit"
    for name, was in filled.kept.items():
        now = store.read(_cache(place) / name)
        missing = now is None and (not attack.heals or name.endswith(".fact"))
        if now != was and not missing:
            return f"{name} is {'missing' if now is None else 'wrong'} in the cache"
    return ""


def _attacks() -> list[Attack]:
    of_entries = [
        Attack(f"{kind}: {name}", _on_entry(kind, damage), heals=name not in UNHEALED)
        for kind in KINDS
        for name, damage in DAMAGES.items()
    ]
    of_shelves = [Attack(f"a shelf: {name}", _on_shelf(damage), heals=False) for name, damage in PLACES.items()]
    of_all = [Attack(f"the cache: {name}", _on_all(damage), heals=False) for name, damage in PLACES.items()]
    above = [Attack(f"the cache: {name}", damage, heals=False) for name, damage in WHOLE.items()]
    meanwhile = [
        Attack(f"during the run: {name}", _meanwhile(remove), heals=False) for name, remove in REMOVALS.items()
    ]
    homes = [Attack(f"the home: {name}", _at_home(change), heals=False) for name, change in HOMES.items()]
    return [*of_entries, *of_shelves, *of_all, *above, *meanwhile * 10, *homes]


def _on_entry(kind: str, damage: Damage) -> Callable[[Path, random.Random], Run | None]:
    def damaged(place: Path, chance: random.Random) -> Run | None:
        path = chance.choice(sorted(_cache(place).glob(f"*/*.{kind}")))
        damage(path, chance)
        return _unprivileged(place) if damage is _unreadable else _run(place)

    return damaged


def _on_shelf(damage: Damage) -> Callable[[Path, random.Random], Run | None]:
    def damaged(place: Path, chance: random.Random) -> Run | None:
        damage(chance.choice(sorted(each for each in _cache(place).iterdir() if each.is_dir())), chance)
        return _unprivileged(place) if damage in (_unreadable, _read_only) else _run(place)

    return damaged


def _on_all(damage: Damage) -> Callable[[Path, random.Random], Run | None]:
    def damaged(place: Path, chance: random.Random) -> Run | None:
        damage(_cache(place), chance)
        return _unprivileged(place) if damage in (_unreadable, _read_only) else _run(place)

    return damaged


def _unprivileged(place: Path) -> Run | None:
    way = mere()
    return None if way is None else replace(_run(place), prefix=way)


def _flip(where: Callable[[int], int]) -> Damage:
    def damage(path: Path, chance: random.Random) -> None:
        content = bytearray(path.read_bytes())
        content[where(len(content))] ^= 1 << chance.randrange(8)
        path.write_bytes(content)

    return damage


def _cut(size: Callable[[int], int]) -> Damage:
    return lambda path, _: os.truncate(path, size(path.stat().st_size))


def _emptied_folder(path: Path, _: random.Random) -> None:
    _remove(path)
    path.mkdir()


def _full_folder(path: Path, _: random.Random) -> None:
    _remove(path)
    path.mkdir()
    (path / "letter.txt").write_text("mine")


def _linked(target: Callable[[Path], object]) -> Damage:
    def damage(path: Path, _: random.Random) -> None:
        there = target(path)
        _remove(path)
        path.symlink_to(str(there))

    return damage


def _moved(path: Path) -> Path:
    """Move it out of the cache, where a link will lead to it."""
    place = next(parent for parent in path.parents if parent.name.startswith("fault "))
    return path.replace(place / f"elsewhere-{path.name}")


def _pipe(path: Path, _: random.Random) -> None:
    _remove(path)
    os.mkfifo(path)


def _socket(path: Path, _: random.Random) -> None:
    _remove(path)
    here = Path.cwd()
    with suppress(OSError), socket.socket(socket.AF_UNIX) as made:  # its path may be too long for it
        made.bind(os.path.relpath(path, here))


def _another(same: bool) -> Damage:  # noqa: FBT001 - named where it is used
    """Put another entry's file in its place, whole as it is: one of the same kind, or of another."""

    def damage(path: Path, chance: random.Random) -> None:
        cache = path.parent.parent
        others = [each for each in sorted(cache.glob("*/*")) if (each.suffix == path.suffix) is same and each != path]
        content = chance.choice(others).read_bytes() if others else store.MAGIC
        path.write_bytes(content)

    return damage


def _unbound(path: Path, _: random.Random) -> None:
    """Seal other content by its own digest alone, as the cache once was."""
    content = path.read_bytes()[HEAD:][::-1]
    path.write_bytes(store.MAGIC + hashlib.sha256(content).digest() + content)


def _older(path: Path, _: random.Random) -> None:
    content = path.read_bytes()[HEAD:]
    path.write_bytes(b"voicecoach 1\n" + hashlib.sha256(content).digest() + content)


def _unreadable(path: Path, _: random.Random) -> None:
    path.chmod(0)


def _read_only(path: Path, _: random.Random) -> None:
    for each in [path, *path.rglob("*")]:
        each.chmod(0o555 if each.is_dir() else 0o444)


def _file(path: Path, _: random.Random) -> None:
    _remove(path)
    path.write_text("in the way")


DAMAGES: dict[str, Damage] = {
    "a bit of its first byte": _flip(lambda _: 0),
    "a bit of its version": _flip(lambda _: len(store.MAGIC) - 2),
    "a bit of the end of its mark": _flip(lambda _: len(store.MAGIC) - 1),
    "a bit of the digest's start": _flip(lambda _: len(store.MAGIC)),
    "a bit of the digest's end": _flip(lambda _: HEAD - 1),
    "a bit of the content's start": _flip(lambda _: HEAD),
    "a bit of the content's middle": _flip(lambda size: (HEAD + size) // 2),
    "a bit of the content's end": _flip(lambda size: size - 1),
    "emptied": _cut(lambda _: 0),
    "cut after a byte": _cut(lambda _: 1),
    "cut after its mark": _cut(lambda _: len(store.MAGIC)),
    "cut in its digest": _cut(lambda _: HEAD - 1),
    "cut before its content": _cut(lambda _: HEAD),
    "cut in half": _cut(lambda size: size // 2),
    "cut by a byte": _cut(lambda size: size - 1),
    "a byte longer": _cut(lambda size: size + 1),
    "longer than a cache may be": _cut(lambda _: store.LIMIT * 20),
    "an empty folder": _emptied_folder,
    "a folder with a file": _full_folder,
    "a link to itself elsewhere": _linked(_moved),
    "a link to nothing": _linked(lambda _: "/nonexistent/file"),
    "a link in a circle": _linked(lambda path: path),
    "a link to a device": _linked(lambda _: "/dev/zero"),
    "a pipe": _pipe,
    "a socket": _socket,
    "another entry of its kind": _another(same=True),
    "an entry of another kind": _another(same=False),
    "other content under its own digest": _unbound,
    "of an older version": _older,
    "unreadable": _unreadable,
    "removed": lambda path, _: path.unlink(),
}
UNHEALED = {"a folder with a file"}
PLACES: dict[str, Damage] = {
    "removed": lambda path, _: _remove(path),
    "a file": _file,
    "a link elsewhere": _linked(_moved),
    "a link to nothing": _linked(lambda _: "/nonexistent/folder"),
    "a link in a circle": _linked(lambda path: path),
    "a pipe": _pipe,
    "unreadable": _unreadable,
    "read-only": _read_only,
}


def _over_limit(place: Path, chance: random.Random) -> Run:
    """Let a cache be four times over its limit, and one of its clips be missing, so that there is something to keep."""
    for number in range(20):
        path = store.place(_cache(place), "clip", "old", str(number))
        path.parent.mkdir(exist_ok=True)
        path.touch()
        os.truncate(path, store.LIMIT // 5)
        os.utime(path, (OLD, OLD))
    chance.choice(sorted(each for each in _cache(place).glob("*/*.clip") if each.stat().st_mtime > OLD)).unlink()
    return _run(place)


def _no_place(place: Path, _: random.Random) -> Run:
    _remove(place / "home")
    (place / "home").write_text("no folder")
    return _run(place)


def _may_not_be_made(place: Path, _: random.Random) -> Run | None:
    _remove(_cache(place))
    (place / "home").chmod(0o555)
    return _unprivileged(place)


WHOLE: dict[str, Callable[[Path, random.Random], Run | None]] = {
    "far over its limit": _over_limit,
    "below a file": _no_place,
    "in a folder that is read-only": _may_not_be_made,
}


def _meanwhile(remove: Callable[[Path, random.Random], None]) -> Callable[[Path, random.Random], Run]:
    def damaged(place: Path, chance: random.Random) -> Run:
        if chance.random() < 1 / 2:
            _remove(_cache(place))
        gap = chance.choice(GAPS)

        def again() -> None:
            time.sleep(gap)
            remove(_cache(place), chance)

        return replace(_run(place), while_running=again)

    return damaged


def _entry_goes(cache: Path, chance: random.Random) -> None:
    found = sorted(cache.glob("*/*"))
    if found:
        _remove(chance.choice(found))


def _shelf_goes(cache: Path, chance: random.Random) -> None:
    found = sorted(cache.glob("*"))
    if found:
        _remove(chance.choice(found))


REMOVALS = {
    "entries go": _entry_goes,
    "shelves go": _shelf_goes,
    "the cache goes": lambda cache, _: _remove(cache),
}


def _at_home(change: Callable[[Path], Run | None]) -> Callable[[Path, random.Random], Run | None]:
    return lambda place, _: change(place)


def _homed(place: Path, **environment: str | None) -> Run:
    run = _run(place)
    return replace(run, environment={**run.environment, **environment})


def _unknown(place: Path, **environment: str | None) -> Run | None:
    way = nobody()
    return None if way is None else replace(_homed(place, XDG_CACHE_HOME=None, **environment), prefix=way)


def _read_only_home(place: Path) -> Run | None:
    home = place / "home"
    _remove(home)
    home.mkdir()
    home.chmod(0o555)
    way = mere()
    return None if way is None else replace(_homed(place, XDG_CACHE_HOME=None), prefix=way)


HOMES: dict[str, Callable[[Path], Run | None]] = {
    "none": lambda place: _unknown(place, HOME=None),
    "empty": lambda place: _unknown(place, HOME=""),
    "relative": lambda place: _unknown(place, HOME="somewhere"),
    "not there": lambda place: _unknown(place, HOME="/nonexistent"),
    "a file": lambda place: _homed(place, XDG_CACHE_HOME=None, HOME=str(place / "work" / "short.yaml")),
    "a device": lambda place: _homed(place, XDG_CACHE_HOME=None, HOME=os.devnull),
    "read-only": _read_only_home,
    "XDG_CACHE_HOME is empty": lambda place: _homed(place, XDG_CACHE_HOME=""),
    "XDG_CACHE_HOME is relative": lambda place: _homed(place, XDG_CACHE_HOME="cache"),
    "XDG_CACHE_HOME is too long": lambda place: _homed(place, XDG_CACHE_HOME=f"/tmp/{'x' * 300}"),  # noqa: S108
}


def _remove(path: Path) -> None:
    """Remove whatever is there, and be content if others were faster."""
    with suppress(OSError):
        if path.is_dir() and not path.is_symlink():
            for each in path.rglob("*"):
                if each.is_dir() and not each.is_symlink():
                    each.chmod(0o755)
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink()
