"""Sessions for the page: a routine and choices become a timeline with clips; the newest request of a page wins."""

from __future__ import annotations

import hashlib
import json
import threading
from collections import OrderedDict
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import voicecoach as vc
from voicecoach.studio.answers import BadRequestError, describe_error, describe_problem, read_field, read_known

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from voicecoach.studio.files import Folder

CHOICES = {
    "breath": str,
    "rounds": int,
    "side": str,
    "first": str,
    "guidance": str,
    "intro": str,
    "with_name": str,
    "set": dict,
    "with_": list,
    "skip": list,
    "length": str,
    "preview": str,
    "lead_in": str,
    "title": str,
    "chime": str,
    "breath_sound": bool,
    "hold_tick": bool,
    "sleep": bool,
    "clear": bool,
    "voice": str,
    "rate": int,
    "pitch": int,
    "fall": bool,
    "variation": int,
}
"""What a page can choose, with its types; what the values may be, the public API says."""

MOST_ROUTINES, MOST_ENTRIES = 64, 20_000
"""How many routines are kept, and how many cues, phases and spans of sessions: those of two hours with many words."""

_Value = TypeVar("_Value")


class SupersededError(Exception):
    """A request that is not wanted any more: its page has sent a newer one."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A routine that a page asks for.

    Attributes:
        id: A built-in name, or the id of a file.
        text: What the page has in place of the file; None for what is there.
        language: The language of a translation; empty for the routine as it is.
    """

    id: str
    text: str | None = None
    language: str = ""


class Kept(Generic[_Value]):
    """The values used last, by their keys. What two threads need at the same time is made once.

    >>> kept = Kept[str](4, len)
    >>> [kept.find(word, word.upper) for word in ("one", "two", "two")]
    ['ONE', 'TWO', 'TWO']
    >>> [*kept.values]
    ['TWO']
    """

    def __init__(self, most: int, weigh: Callable[[_Value], int] = lambda _: 1) -> None:
        """Keep so much, and at least the newest value."""
        self._most, self._weigh, self._weight = most, weigh, 0
        self._kept, self._lock = OrderedDict[object, _Value](), threading.Lock()
        self._turns: dict[object, tuple[threading.Lock, list[None]]] = {}

    @property
    def values(self) -> Iterator[_Value]:
        """What is kept, that used last at the end."""
        yield from self._kept.values()

    def find(self, key: object, make: Callable[[], _Value]) -> _Value:
        """Return a value, made only if it is not kept."""
        if (found := self._find(key)) is not None:
            return found
        with self._wait_for_turn(key):
            found = self._find(key)
            if found is None:
                found = make()
                self._keep(key, found)
            return found

    def _find(self, key: object) -> _Value | None:
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
            return self._kept.get(key)

    def _keep(self, key: object, value: _Value) -> None:
        with self._lock:
            self._kept[key] = value
            self._weight += self._weigh(value)
            while self._weight > self._most and len(self._kept) > 1:
                self._weight -= self._weigh(self._kept.popitem(last=False)[1])

    @contextmanager
    def _wait_for_turn(self, key: object) -> Iterator[None]:
        """Let one thread at a time make the value of a key."""
        with self._lock:
            turn, waiting = self._turns.setdefault(key, (threading.Lock(), []))
            waiting.append(None)
        try:
            with turn:
                yield
        finally:
            with self._lock:
                waiting.pop()
                if not waiting:
                    self._turns.pop(key, None)


class Tickets:
    """Numbers of the requests of each page, so that an older one can see that a newer one came."""

    def __init__(self) -> None:
        """Start with none."""
        self._newest: OrderedDict[str, int] = OrderedDict()

    def take(self, page: str) -> Callable[..., None]:
        """Return what raises `SupersededError` as soon as the same page has taken another ticket.

        >>> tickets = Tickets()
        >>> first, second = tickets.take("a"), tickets.take("a")
        >>> second()
        >>> first()
        Traceback (most recent call last):
        ...
        voicecoach.studio.sessions.SupersededError
        """
        number = self._newest.pop(page, 0) + 1
        self._newest[page] = number
        while len(self._newest) > MOST_PAGES:
            self._newest.popitem(last=False)

        def _check(*_progress: object) -> None:
            if self._newest.get(page, number) != number:
                raise SupersededError

        return _check


MOST_PAGES = 1_000
"""Pages whose newest request is remembered."""


class Sessions:
    """Plans and checks for the page, with one studio that keeps voices and clips."""

    def __init__(self, folder: Folder, make_studio: Callable[[], vc.Studio]) -> None:
        """Use the routines of a folder; the studio is made when it is first needed."""
        self.folder, self._make_studio = folder, make_studio
        self._studio: vc.Studio | None = None
        self._opening = threading.Lock()
        self._routines: Kept[vc.Routine] = Kept(MOST_ROUTINES)
        self._sessions: Kept[vc.Session] = Kept(MOST_ENTRIES, _count_entries)
        self._warm: set[tuple[str, str | None]] = set()
        self.tickets = Tickets()
        self.recorded = 0
        """Rises with each recording that is made or deleted here: sessions of before have others."""

    @property
    def studio(self) -> vc.Studio:
        """The studio."""
        with self._opening:
            if self._studio is None:
                self._studio = self._make_studio().__enter__()
            return self._studio

    def close(self) -> None:
        """End all voices."""
        with self._opening:
            if self._studio is not None:
                self._studio.close()

    def find_routine(self, asked: Asked) -> vc.Routine:
        """Return a routine, read once.

        Raises:
            NoFileError: If no file has this id.
            RoutineError: If it is faulty.
        """
        return self._read_routine(asked)[0]

    def _read_routine(self, asked: Asked) -> tuple[vc.Routine, tuple[str, str]]:
        """Return a routine, and a key of what it was read from."""
        if asked.text is None and asked.id in self._built_in:
            key = asked.id, asked.language
            return self._routines.find(key, lambda: vc.load(asked.id, asked.language or None)), key
        text = self.folder.read(asked.id).text if asked.text is None else asked.text
        name = self.find_name(asked)
        key = name, hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()
        return self._routines.find(key, lambda: vc.loads(text, name=name, folder=self.folder.path)), key

    @cached_property
    def _built_in(self) -> frozenset[str]:
        return frozenset(each.name for each in vc.list_routines())

    def find_name(self, asked: Asked) -> str:
        """Return what the files of a routine are called."""
        if asked.id.startswith("file-"):
            return self.folder.find_name(asked.id).rpartition(".")[0]
        return asked.id or "routine"

    def find_file(self, asked: Asked) -> str:
        """Return what a routine is called on the command line: its built-in name, or the name of its file."""
        return self.folder.find_name(asked.id) if asked.id.startswith("file-") else asked.id

    def find_session(
        self, asked: Asked, choices: Mapping[str, Any], check: Callable[..., None] | None = None
    ) -> vc.Session:
        """Return a session; ``check`` is called while words are spoken, and may end the work.

        Raises:
            VoicecoachError: If the routine or the choices are impossible.
        """
        routine, read_from = self._read_routine(asked)
        key = (read_from, json.dumps(choices, sort_keys=True), self.recorded)
        return self._sessions.find(key, lambda: self.studio.plan(routine, **{**choices, "progress": check}))

    def plan(
        self, asked: Asked, choices: Mapping[str, Any], check: Callable[..., None], *, remember: bool = False
    ) -> bytes | list[dict[str, Any]]:
        """Return what the page plays, as JSON, or the problems why there is nothing to play.

        With ``remember``, the introduction is short if the full one was heard before and nobody chose one.
        """
        check()
        try:
            session = self.find_session(asked, choices, check)
            if remember and "intro" not in choices and session.intro_heard:
                choices = {**choices, "intro": "short"}
                session = self.find_session(asked, choices, check)
        except vc.VoicecoachError as error:
            return describe_error(error)
        return write_session(session, choices.get("intro", "full"), self.find_name(asked))

    def suggest(self, asked: Asked, choices: Mapping[str, Any], check: Callable[..., None]) -> list[dict[str, Any]]:
        """Return what can be chosen in place of choices that are impossible.

        Raises:
            RoutineError: If the routine is faulty.
        """
        check()
        return self.studio.suggest(self.find_routine(asked), **{**choices, "progress": check})

    def note_heard(self, asked: Asked, choices: Mapping[str, Any]) -> None:
        """Remember that the full introduction of a session was heard.

        Raises:
            VoicecoachError: If there is no such session.
        """
        self.find_session(asked, choices).note_intro_heard()

    def warm_up(self, asked: Asked, voice: str | None) -> None:
        """Start the voice of a routine, once; what is wrong with it is said when it has to speak."""
        with suppress(vc.VoicecoachError):
            routine = self.find_routine(asked)
            if (key := (routine.language, voice)) not in self._warm:
                self._warm.add(key)
                self.studio.warm_up(routine, voice=voice)

    def check(self, asked: Asked, voice: str | None, check: Callable[..., None]) -> list[dict[str, Any]]:
        """Return the problems of a routine, as ``voicecoach check`` reports them."""
        check()
        try:
            routine = self.find_routine(asked)
            found = self.studio.check(routine, voice=voice, warnings=True, progress=check)
        except vc.VoicecoachError as error:
            return describe_error(error)
        return [describe_problem(each) for each in found]


def _count_entries(session: vc.Session) -> int:
    timeline = session.timeline
    return len(timeline.cues) + len(timeline.phases) + len(timeline.spans)


def write_session(session: vc.Session, intro: str, name: str) -> bytes:
    """Return a session as the page plays it, as JSON: a timeline whose cues know their clips and places.

    Only cues of the routine itself, by its ``name``, have a line and a column, not those of routines that it includes.
    """
    own = {f"{name}.yaml", f"{name}.{session.language}.yaml"}
    timeline = session.to_json(clips=True)
    clips = timeline.pop("clips")
    for entry, cue in zip(timeline["cues"], session.timeline.cues, strict=True):
        where = cue.where if cue.where and cue.where.file in own else None
        entry["line"], entry["column"] = (where.line, where.column) if where else (None, None)
    written = _write_json(timeline)
    rest = {
        "clips": clips,
        "digest": hashlib.sha256(written).hexdigest(),
        "breath": session.breath,
        "voice": session.voice,
        "intro": intro,
        "warnings": [*session.warnings],
        "notes": [*session.notes],
        "problems": [],
    }
    return b'{"timeline":' + written + b"," + _write_json(rest)[1:]


def _write_json(value: Mapping[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()


def read_asked(body: Mapping[str, Any]) -> Asked:
    """Read which routine a page asks for.

    >>> read_asked({"routine": {"id": "leg-stretch"}})
    Asked(id='leg-stretch', text=None, language='')

    Raises:
        BadRequestError: If it names none.
    """
    routine = read_field(body, "routine", dict, {})
    name, text = read_field(routine, "id", str, ""), read_field(routine, "text", str)
    if not name and text is None:
        raise BadRequestError("routine has neither an id nor a text")
    return Asked(name, text, read_field(routine, "language", str, ""))


def read_choices(body: Mapping[str, Any]) -> dict[str, Any]:
    """Read what a page chooses; what it leaves out, and nulls, are the routine's own.

    >>> read_choices({"choices": {"breath": "4-6", "rounds": None}})
    {'breath': '4-6'}

    Raises:
        BadRequestError: If a choice is unknown, or of another type.
    """
    return dict(_drop_nothing(read_known(body, "choices", CHOICES)))


def _drop_nothing(found: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    return ((name, value) for name, value in found.items() if value is not None)
