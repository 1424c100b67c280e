"""Installs a voice by its name or its language: the recommended ones, those of Kokoro, and those of Piper's list."""

from __future__ import annotations

import importlib
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING

from voicecoach.errors import ChoiceError, OutputError, VoiceError, quote
from voicecoach.system import process
from voicecoach.system.folders import quote_argument
from voicecoach.voices import finding
from voicecoach.voices.matching import LIST_ALL, match_name
from voicecoach.voices.neural.kokoro.package import install as install_kokoro
from voicecoach.voices.packages import NO_WHEELS, has_wheels
from voicecoach.voices.piper import download, models
from voicecoach.voices.port import VoiceInfo
from voicecoach.voices.recommended import add_recommended, describe_languages, find_named, read_language

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from voicecoach.voices.port import Settings

Report = Callable[[str, int, int], None]
"""Called with the stage of the work, the megabytes that are done, and their total."""

PACKAGES = {"hibari": "hibari-tts>=0.2.1,<0.2.2", "kokoro": "espeakng-loader>=0.2.4", "piper": "piper-tts>=1.4"}
"""The Python package that a kind of voices needs, if it needs one, in the versions that pyproject.toml asks for."""
_NEEDED = {"hibari": ("hibari", "onnxruntime", "numpy"), "kokoro": ("espeakng_loader",), "piper": ("piper",)}
"""The modules by which we know that the package is there."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A voice that can be installed.

    Attributes:
        voice: The voice; its size and its licence, as far as we know them.
        package: The Python package that it needs and that is missing or damaged; empty if none is.
        damaged: Whether the voice is there, and can't be used.
    """

    voice: VoiceInfo
    package: str = ""
    damaged: bool = False

    @property
    def is_needed(self) -> bool:
        """Whether there is something to install."""
        return self.damaged or bool(self.package) or not self.voice.ready

    def __str__(self) -> str:
        """Describe it on one line, with what is downloaded.

        >>> print(Offer(VoiceInfo("piper:amy", "piper", "Amy", megabytes=63, licence="CC0-1.0"), "piper-tts>=1.4"))
        piper:amy (Amy): 63 MB, and the package piper-tts; licence CC0-1.0
        """
        size = f"{self.voice.megabytes} MB" if self.voice.megabytes else "of unknown size"
        package = f", and the package {self.package.partition('>')[0]}" if self.package else ""
        licence = f"licence {self.voice.licence}" if self.voice.licence else "its licence is in its model card"
        return f"{self.voice.id} ({self.voice.name}): {size}{package}; {licence}"


def find_offer(name: str, settings: Settings, index: str | None = None) -> Offer:
    """Return the voice that a name or a language means; of a language, it is the one that we recommend.

    A name that we do not know is looked up in Piper's list.

    Raises:
        ChoiceError: When there is no voice to recommend for the language, or none of the name, or several.
        VoiceError: When Piper's list can't be read.
    """
    wanted = name.strip()
    if not wanted:
        raise ChoiceError("the name of the voice is empty\nwrite a language, as de, or the name of a voice")
    listed = add_recommended(finding.list_others(settings))
    known = find_named(wanted)
    if known is not None:
        found = next(each for each in listed if each.id == known.id)
    elif wanted.lower() in models.WELL_KNOWN:
        found = _look_up(models.WELL_KNOWN[wanted.lower()], listed, index)
    elif read_language(wanted):
        raise ChoiceError(
            f"there is no recommended natural voice for {quote(wanted)}\n"
            "'voicecoach voices get NAME' installs any voice of Piper's list by its name, as it_IT-paola-medium"
        )
    else:
        found = match_name(wanted, listed) or _look_up(_strip_kind(wanted), listed, index)
    damaged = found.ready and not _is_usable(found, settings)
    return Offer(
        found, PACKAGES["hibari"] if damaged and found.kind == "hibari" else _find_missing(found.kind), damaged
    )


def _strip_kind(name: str) -> str:
    """Return what Piper's list may call a voice.

    Raises:
        ChoiceError: When another kind is named, which has no voice of this name.
    """
    kind, colon, rest = name.partition(":")
    if colon and kind.lower() != "piper":
        raise ChoiceError(f"no voice to install is called {quote(name)}\n{LIST_ALL}, and Piper's list has more")
    return rest.strip() if colon else name


def _look_up(name: str, listed: Iterable[VoiceInfo], index: str | None) -> VoiceInfo:
    """Return a voice of Piper's list, as it is listed here if it is installed."""
    there = next((each for each in listed if each.id == f"piper:{name}"), None)
    if there is not None:
        return there
    key, size = download.look_up(name, index)
    return VoiceInfo(f"piper:{key}", "piper", key, ready=False, megabytes=round(size / 1_000_000) or 1)


def _is_usable(voice: VoiceInfo, settings: Settings) -> bool:
    """Return whether a voice can be found: its kind looks at its files, and does not start it."""
    try:
        finding.find_voice(voice.id, settings)
    except VoiceError:
        return False
    return True


def _find_missing(kind: str) -> str:
    """Return the package that a kind needs and that is not installed."""
    return PACKAGES[kind] if any(find_spec(each) is None for each in _NEEDED.get(kind, ())) else ""


def install(offer: Offer, settings: Settings, report: Report, index: str | None = None) -> str:
    """Install a voice with the package that it needs, and return what ``--voice`` takes for it.

    Args:
        offer: The voice.
        settings: Where voices are.
        report: Called with the progress.
        index: Address of a list of Piper's voices; None for its own.

    Raises:
        ChoiceError: When there is no voice of this name, or it is not one that can be installed.
        VoiceError: When it can't be downloaded or installed.
        OutputError: When the disk is full or the folder can't be written.
    """
    voice, data = offer.voice, settings.data or finding.data_folder()

    def report_megabytes(done: int, total: int) -> None:
        report("downloading", done // 1_000_000, -(-total // 1_000_000))

    if offer.package:
        report("installing", 0, 0)
        install_package(offer.package, again=offer.damaged)
    name = voice.id.removeprefix(f"{voice.kind}:")
    if voice.kind == "kokoro":
        return install_kokoro(name, data, report_megabytes)
    if voice.kind == "piper":
        return f"piper:{download.install(name, data, report_megabytes, index).stem}"
    if voice.kind not in PACKAGES:
        raise ChoiceError(f"{voice.id} is not a voice that can be installed\n{voice.hint}".rstrip())
    return voice.id


def describe_ready(name: str, settings: Settings) -> str:
    """Say that a voice is ready, how to choose it, and whether it speaks its language by default from now on."""
    listed = finding.list_others(settings)
    voice = next((each for each in listed if each.id == name), None)
    chosen = f"--voice {quote_argument(name)}"
    if voice is not None and voice.languages and finding.pick_default(listed, voice.languages[0]) == voice:
        return f"{name} is ready: it speaks {describe_languages(voice.languages)} by default, or with {chosen}"
    return f"{name} is ready: {chosen}"


def install_package(requirement: str, *, again: bool = False) -> None:
    """Install a package into the Python that runs us, by pip or uv, with the user's own mirrors and proxies.

    If it is there and damaged, it is installed ``again``.

    Raises:
        VoiceError: When there is no installer, or all of them fail.
        OutputError: When the disk is full.
    """
    failure = "pip or uv is needed to install it, and neither was found"
    repair = ["--force-reinstall", "--no-deps"] if again else []
    for command in list_installers(requirement):
        done = process.run_child([*command, *repair])
        if done.status == 0:
            importlib.invalidate_caches()
            return
        if full := process.find_full_disk(done.stderr):
            raise OutputError(sys.prefix, f"{full}; make room, then run this again")
        failure = process.find_last_line(done.stderr) or process.describe_end(done.status)
    name = requirement.partition(">")[0]
    remedy = f"check the network, then run this again, or install it yourself: pip install {name}"
    what = f"{name} could not be installed: {quote(failure, 160)[1:-1]}"
    raise VoiceError(f"{what}\n{remedy if has_wheels() else NO_WHEELS}")


def list_installers(requirement: str) -> Iterator[list[str]]:
    """Yield the commands that install a package: by pip, by uv, and by pip after Python's own copy of it is set up."""
    python = [sys.executable, "-P", "-m"]
    pip = [*python, "pip", "--disable-pip-version-check", "--no-input", "install", "--quiet", requirement]
    if find_spec("pip"):
        yield pip
    if uv := shutil.which("uv"):
        yield [uv, "pip", "install", "--quiet", "--python", sys.executable, requirement]
    elif not find_spec("pip") and find_spec("ensurepip"):
        process.run_child([*python, "ensurepip"])
        yield pip
