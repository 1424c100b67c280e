"""Models of Piper: where they are, what their configs say, and which one a name means."""

from __future__ import annotations

import json
import re
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING

from voicecoach.errors import ChoiceError, UnknownNameError, VoiceError, quote
from voicecoach.language import TAG
from voicecoach.system import folders, installers
from voicecoach.voices.matching import match_name
from voicecoach.voices.port import VoiceInfo

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


MODEL, CONFIG = ".onnx", ".onnx.json"
"""How the two files of a voice end."""


_NEEDED = (1, 3)


PACKAGE = "piper-tts"
"""Piper, as Python's index has it."""

_RANKS = {"x_low": 1, "low": 2, "medium": 3, "high": 4}


@dataclass(frozen=True, slots=True)
class Facts:
    """What a model's config says of it."""

    name: str
    languages: tuple[str, ...]
    quality: str
    speakers: int
    named: Mapping[str, int]


def models_folder(data: Path) -> Path:
    """Return the folder of models in the data folder."""
    return data / "piper"


def list_models(data: Path | None) -> list[Path]:
    """Return the models in the data folder that have their config beside them, by name."""
    if data is None:
        return []
    with suppress(OSError):
        found = sorted(models_folder(data).glob(f"*{MODEL}"))
        return [path for path in found if path.is_file() and find_config(path).is_file()]
    return []


def find_config(model: Path) -> Path:
    """Return the config that belongs to a model.

    >>> from pathlib import Path
    >>> find_config(Path("amy.onnx")).name
    'amy.onnx.json'
    """
    return model.with_name(f"{model.name}.json")


def read_facts(model: Path) -> Facts:
    """Read the config beside a model.

    Raises:
        VoiceError: When it is missing or broken.
    """
    path = find_config(model)
    try:
        config = json.loads(path.read_bytes())
        code = (config.get("language") or {}).get("code") or config["espeak"]["voice"]
        named = {str(name): int(number) for name, number in (config.get("speaker_id_map") or {}).items()}
        quality = str(config["audio"].get("quality") or model.stem.rsplit("-", 1)[-1])
        return Facts(_make_title(model.stem), _list_tags(code), quality, int(config["num_speakers"]), named)
    except OSError as error:
        what = (error.strerror or str(error)).lower()
        raise VoiceError(f"{path}: the model's config can't be read: {what}\nit belongs beside the model") from error
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise VoiceError(
            f"{path}: this is not the config of a Piper model\ninstall or download the voice again"
        ) from error


def check_version() -> str:
    """Return the version of the package that is installed.

    Raises:
        VoiceError: When it is missing or too old.
    """
    try:
        found = version(PACKAGE)
    except PackageNotFoundError:
        raise VoiceError(f"piper is not installed\n{installers.name_command(PACKAGE)}") from None
    if tuple(map(int, re.findall(r"\d+", found)[:2])) < _NEEDED:
        raise VoiceError(f"{PACKAGE} {found} is too old\n{installers.name_command(PACKAGE, '--upgrade')}")
    return found


def find_model(name: str, data: Path | None) -> Path:
    """Return the file of a model: a path, or the name or a part of the name of an installed one.

    Raises:
        UnknownNameError: When no model has this name.
        ChoiceError: When the path is not a model with its config, or several models have the name.
    """
    if name.lower().endswith(MODEL):
        path = folders.expand(name)
        for each, what in (
            (path, "no such model"),
            (find_config(path), "its config is missing; put it beside the model"),
        ):
            if not each.is_file():
                raise ChoiceError(f"{each}: {what}")
        return path
    there = {VoiceInfo(f"piper:{path.stem}", "piper", path.stem): path for path in list_models(data)}
    match = match_name(name, tuple(there))
    if match is None:
        remedy = f"'voicecoach voices get {name}' downloads it"
        raise UnknownNameError("installed Piper voice", name, [each.name for each in there], remedy)
    return there[match]


def find_speaker_number(number: str | None, name: str | None, facts: Facts) -> int | None:
    """Return the number of a model's speaker."""
    if name is not None:
        if name not in facts.named:
            raise UnknownNameError("speaker of this model", name, list(facts.named), _describe_numbers(facts))
        return facts.named[name]
    if number is None:
        return None
    if int(number) >= max(1, facts.speakers):
        raise ChoiceError(f"this model has no speaker #{int(number)}; {_describe_numbers(facts)}")
    return int(number)


def _describe_numbers(facts: Facts) -> str:
    return (
        f"its speakers are #0 to #{facts.speakers - 1}" if facts.speakers > 1 else "it has a single speaker: write no #"
    )


def describe_model(model: Path) -> VoiceInfo:
    """Describe an installed model as a voice; if it can't speak, the hint says why."""
    spec = f"piper:{model.stem}"
    try:
        facts = read_facts(model)
    except VoiceError as error:
        return VoiceInfo(spec, "piper", _make_title(model.stem), ready=False, hint=str(error).splitlines()[-1])
    several = f", {facts.speakers} speakers" if facts.speakers > 1 else ""
    hint = ""
    try:
        check_version()
    except VoiceError as error:
        hint = str(error).splitlines()[-1]
    rank = _RANKS.get(facts.quality, _RANKS["low"])
    return VoiceInfo(spec, "piper", f"{facts.name}{several}", facts.languages, ready=not hint, hint=hint, rank=rank)


WELL_KNOWN = {
    name.partition("-")[2].rpartition("-")[0].lower(): name
    for name in (
        *("en_US-amy-medium", "en_US-hfc_female-medium", "en_US-hfc_male-medium", "en_US-joe-medium"),
        *("en_US-kristin-medium", "en_US-lessac-medium", "en_US-norman-medium", "en_US-ryan-medium"),
        *("en_GB-alan-medium", "en_GB-alba-medium", "en_GB-cori-medium", "en_GB-jenny_dioco-medium"),
        *("de_DE-eva_k-x_low", "de_DE-kerstin-low", "de_DE-ramona-low", "de_DE-thorsten-medium"),
        *("es_ES-davefx-medium", "es_ES-sharvard-medium", "fr_FR-siwis-medium", "fr_FR-tom-medium"),
    )
}
"""Voices that Piper has for the languages of our tables, by their speakers' names: what people ask for by name."""


def _make_title(stem: str) -> str:
    """Return what people call a model.

    >>> _make_title("en_US-amy-medium"), _make_title("my voice")
    ('amy, medium', 'my voice')
    """
    parts = stem.split("-")
    return f"{'-'.join(parts[1:-1])}, {parts[-1]}" if len(parts) > 2 else stem  # noqa: PLR2004 - language, name, quality


def _list_tags(code: str) -> tuple[str, ...]:
    tag = code.replace("_", "-").lower()
    return (tag,) if TAG.fullmatch(tag) else ()


def quote_error(error: BaseException) -> str:
    """Return an error's message on one line, for our own message."""
    said = " ".join(str(error).split()) or type(error).__name__
    return quote(said, 120)[1:-1]
