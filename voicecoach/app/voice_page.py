"""One page with samples of the voices worth hearing, in the words of a routine."""

from __future__ import annotations

import base64
from dataclasses import dataclass, replace
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from voicecoach.app import sampling
from voicecoach.audio.provenance import check_ours
from voicecoach.audio.writer import Extra, write_files
from voicecoach.errors import ChoiceError, TargetError, VoiceError, quote
from voicecoach.routine.library import find_routine, list_translations
from voicecoach.routine.loader import load_routine
from voicecoach.system import cache, folders, locks, plain_files
from voicecoach.views.text import MARK, one_line
from voicecoach.voices import listing, matching
from voicecoach.voices.recommended import describe_languages

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from voicecoach.app.request import Report, Request
    from voicecoach.app.sampling import Sample
    from voicecoach.voices.port import VoiceInfo

NAME = "voices.html"
"""The name of the page in a folder."""
ENDINGS = (".html", ".htm")


@dataclass(frozen=True, slots=True)
class Heard:
    """A voice, its sample, and the sound of it as an MP3."""

    voice: VoiceInfo
    sample: Sample
    sound: bytes


@dataclass(frozen=True, slots=True)
class Page:
    """A page that was written: its path, the samples on it, and what could not be heard."""

    path: Path
    heard: tuple[Heard, ...]
    problems: tuple[str, ...]


def choose_path(output: Path | None, *, force: bool) -> Path:
    """Return the path of the page, and refuse one that can't be written or is somebody's own work.

    Raises:
        TargetError: If that is so.
    """
    path = Path(NAME) if output is None else output / NAME if plain_files.is_folder(output) else output
    if path.suffix.lower() not in ENDINGS:
        raise TargetError(
            path, f"there is no such folder, and a page's name ends in .html\nwrite {path}/ to make the folder"
        )
    if plain_files.is_special(path) or plain_files.is_folder(path):
        raise TargetError(path, "it is not a plain file; choose another name with -o")
    if not plain_files.is_folder(path.parent):
        raise TargetError(path, folders.describe_missing(path.parent))
    if not force:
        check_ours([path])
    return path


@cache.enforce_limit()
def make_page(request: Request, path: Path, folder: Path, report: Report) -> Page:
    """Write a page with a sample of each voice that is worth hearing and ready.

    ``request`` has the routine and its language; without a language, each voice reads a translation that it speaks.

    Raises:
        ChoiceError: If there is no routine of this name.
        VoiceError: If no voice can be heard.
        OutputError: If the page can't be written.
    """
    spoken = _list_codes(request)
    voices = [each for code in spoken for each in _list_ready(request, code, folder)]
    if not voices:
        raise VoiceError(f"no voice is ready for {', '.join(spoken)}\n{sampling.MORE}")
    heard, problems = [], []
    for number, voice in enumerate(voices):
        report("sampling", number, len(voices))
        try:
            heard.append(_hear(request, voice, folder))
        except VoiceError as error:
            problems.append(f"{voice.id}: {'; '.join(str(error).splitlines())}")
    if not heard:
        raise VoiceError(problems[0])
    title = heard[0].sample.title
    write_files([], [Extra(path, "page", "\n".join(write_page(title, heard)).encode())])
    return Page(path, tuple(heard), tuple(problems))


def _list_codes(request: Request) -> list[str]:
    """Return the languages that are heard: the one that is asked for, or those of the routine and its translations."""
    file = find_routine(request.routine)
    there = [load_routine(request.routine).model.language, *list_translations(file)]
    if request.language is None:
        return list(dict.fromkeys(there))
    fitting = [code for code in there if matching.speaks_language([code], request.language)]
    if not fitting:
        raise ChoiceError(
            f"{request.routine} has no words in the language {quote(request.language)}\nit has: {', '.join(there)}"
        )
    return [request.language]


def _list_ready(request: Request, code: str, folder: Path) -> list[VoiceInfo]:
    """Return the voices for a language that are worth hearing and ready."""
    offered = listing.list_offered(code, request.commands, folder)
    return [each for each in listing.pick_worthwhile(offered, code) if each.ready]


def _hear(request: Request, voice: VoiceInfo, folder: Path) -> Heard:
    with locks.hold_folder() as place:
        path = place / "sample.mp3"
        sample = sampling.record(replace(request, voice=voice.id), sampling.choose_words, path, folder, lambda *_: None)
        return Heard(voice, sample, path.read_bytes())


def write_page(title: str, heard: Sequence[Heard]) -> Iterator[str]:
    """Yield the lines of a page: a heading for each language, and under it each voice with its sample and its words."""
    named = escape(f"Voices for {one_line(title)}")
    yield f'<!doctype html>\n<!-- {MARK} -->\n<html lang="en">\n<meta charset="utf-8">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield f"<title>{named}</title>\n<style>{_STYLE}</style>\n<h1>{named}</h1>"
    for language in dict.fromkeys(describe_languages(each.voice.languages) for each in heard):
        yield f"<h2>{escape(language or 'Other')}</h2>"
        for each in heard:
            if describe_languages(each.voice.languages) == language:
                yield from _write_voice(each)
    yield "</html>\n"


_STYLE = (
    "body{font:1rem/1.5 system-ui,sans-serif;max-width:40rem;margin:2rem auto;padding:0 1rem}"
    "audio{width:100%}code{background:#8882;padding:.1em .3em}blockquote{margin:.5rem 0 2rem;opacity:.8}"
    ":root{color-scheme:light dark}"
)


def _write_voice(heard: Heard) -> Iterator[str]:
    voice = heard.voice
    system = "the system's voice" if voice.kind == "system" else ""
    facts = [system, f"{voice.megabytes} MB" if voice.megabytes else "", voice.licence]
    known = f" ({', '.join(filter(None, facts))})" if any(facts) else ""
    yield f"<h3>{escape(voice.name)}</h3>"
    yield f"<p>To choose it: <code>--voice {escape(folders.quote_argument(voice.id))}</code>{escape(known)}</p>"
    sound = base64.b64encode(heard.sound).decode()
    yield f'<audio controls preload="metadata" src="data:audio/mpeg;base64,{sound}"></audio>'
    words = escape(" ".join(heard.sample.words))
    yield f'<blockquote lang="{escape(heard.sample.language)}">{words}</blockquote>'
