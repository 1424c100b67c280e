"""The house keeps its order: who may import whom, what the core may not touch, and how long a function may be."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

PACKAGE = Path(__file__).parent.parent / "voicecoach"
ORDER = [
    *("core", "system", "routine", "script", "views", "audio", "app"),
    *(
        "errors",
        "system.signals",
        "system.memory",
        "system.streams",
        "system.plain_files",
        "language_facts",
        "language",
        "core.spelling",
    ),
    *(
        "core.breath",
        "app.taps",
        "routine.formula",
        "core.score",
        "core.timeline",
        "audio.formats",
        "script.choices",
        "routine.text_normalisation",
        "script.piece",
    ),
    *(
        "routine.speakable",
        "routine.library",
        "routine.syntax",
        "routine.source",
        "routine.values",
        "routine.model",
        "routine.limits",
        "routine.sidedness",
        "routine.checks",
        "system.assets",
        "routine.loader",
    ),
    *("script.context", "script.steps"),
    *("script.bells",),
    *(
        "script.builder",
        "views.cuesheet",
        "views.text",
        "views.captions",
        "views.transcript",
        "views.chapters",
        "views.prompts",
    ),
    *(
        "app.naming",
        "script.fit",
        "views.dose",
        "views.caution",
        "routine.unused",
        "routine.bare_numbers",
        "routine.lint",
        "routine.authoring",
        "routine.template",
        "views.terminal",
        "views.live",
    ),
    *("app.progress",),
    *(
        "views.shapes",
        "views.png",
        "views.plot_rows",
        "views.plot",
        "views.cover",
        "audio.clip",
        "audio.levels",
        "audio.pauses",
        "audio.mixdown",
        "system.timings",
        "system.locks",
        "system.drafts",
    ),
    *(
        "system.folders",
        "system.cache",
        "audio.filters",
        "audio.ffmpeg_choice",
        "audio.ffmpeg",
        "system.parallel",
        "audio.loudness",
        "app.piece_cache",
        "app.config",
        "audio.mp3",
    ),
    *("voices", "voices.port", "voices.remember", "voices.matching", "voices.espeak", "voices.supervisor"),
    *("voices.worker", "voices.polish", "voices.cached", "voices.pool", "voices.system", "voices.piper"),
    *(
        "voices.download",
        "voices.recorded",
        "voices.command",
        "voices.plugins",
        "voices.finding",
        "voices.listing",
        "voices.testing",
    ),
    *(
        "audio.id3",
        "audio.tagging",
        "audio.writer",
        "app.player",
        "audio.beds",
        "audio.fall",
        "audio.render",
        "audio.provenance",
        "audio.verify",
        "app.sidecars",
    ),
    *(
        "app.session",
        "app.sampling",
        "app.review",
        "app.doctor",
        "app.keyboard",
        "app.measuring",
        "app.options",
        "app.cli",
        "__main__",
    ),
]
CORE = [
    *(
        "errors",
        "core.breath",
        "app.taps",
        "routine.formula",
        "core.score",
        "core.timeline",
        "script.choices",
        "script.context",
        "script.steps",
        "script.builder",
        "script.piece",
    ),
    *(
        "views.cuesheet",
        "views.text",
        "views.captions",
        "views.transcript",
        "views.chapters",
        "script.fit",
        "views.dose",
        "audio.mixdown",
        "audio.clip",
        "audio.levels",
    ),
    *("views.live", "views.cover"),
]
WITH_EFFECTS = {"os", "subprocess", "socket", "pathlib", "io", "tempfile", "shutil", "threading", "time", "random"}
HEAVY = {"pydub", "pyttsx3", "rich", "mutagen", "pydantic", "ruamel", "ruamel.yaml", "PIL", "numpy"}
LONGEST_FUNCTION = 40
VAGUE = {"utils", "util", "helper", "helpers", "manager", "engine", "processor", "common", "misc"}

FILES = {
    ".".join(path.relative_to(PACKAGE).with_suffix("").parts).removesuffix(".__init__"): path
    for path in sorted(PACKAGE.rglob("*.py"))
}
MODULES = {name: ast.parse(path.read_text(encoding="utf-8")) for name, path in FILES.items() if name != "__init__"}


def at_run_time(tree: ast.AST) -> Iterator[ast.stmt]:
    """Yield the imports of a module, those in its functions as well, but not those for the type checker alone."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
            continue
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield node
        yield from at_run_time(node)


def imported(module: str) -> set[str]:
    """Return the names of what a module imports when it runs."""
    found: set[str] = set()
    for node in at_run_time(MODULES[module]):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            whole = f"{node.module}"
            found |= {inner if (inner := f"{whole}.{alias.name}") in ours else whole for alias in node.names}
    return found


ours = {f"voicecoach.{name}" for name in MODULES}


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


def test_every_module_has_its_place_in_the_order() -> None:
    assert set(MODULES) <= set(ORDER)


@pytest.mark.parametrize("module", MODULES)
def test_a_module_imports_only_from_modules_above_it(module: str) -> None:
    above = {f"voicecoach.{name}" for name in ORDER[: ORDER.index(module)]}
    assert {name for name in imported(module) if name in ours} <= above


@pytest.mark.parametrize("module", CORE)
def test_the_core_touches_nothing_outside_it(module: str) -> None:
    assert not {name.split(".")[0] for name in imported(module)} & WITH_EFFECTS


def test_the_command_line_starts_without_what_is_slow_to_load() -> None:
    code = "import json, sys, voicecoach.app.cli; print(json.dumps(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], cwd=PACKAGE.parent, capture_output=True, check=True)
    assert not set(json.loads(done.stdout)) & HEAVY


@pytest.mark.parametrize("module", MODULES)
def test_everything_public_says_what_it_is_for(module: str) -> None:
    tree = MODULES[module]
    assert ast.get_docstring(tree), "the module itself"
    public = [
        node for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_")
    ]
    methods = [each for node in public if isinstance(node, ast.ClassDef) for each in functions(node)]
    silent = [
        node.name for node in (*public, *methods) if not node.name.startswith("_") and not ast.get_docstring(node)
    ]
    assert not silent


@pytest.mark.parametrize("module", MODULES)
def test_no_function_is_long(module: str) -> None:
    def length(function: ast.FunctionDef) -> int:
        described = function.body[0].end_lineno if ast.get_docstring(function) else None
        return (function.end_lineno or 0) - (described or function.lineno)

    assert not {each.name: length(each) for each in functions(MODULES[module]) if length(each) > LONGEST_FUNCTION}


def test_nothing_has_a_name_that_says_nothing() -> None:
    names = {part for module in MODULES for part in module.split(".")}
    names |= {part.lower() for tree in MODULES.values() for each in functions(tree) for part in each.name.split("_")}
    assert not names & VAGUE


def test_the_design_names_every_module() -> None:
    house = (PACKAGE.parent / "docs" / "design.md").read_text(encoding="utf-8")
    rooms = {
        f"{name}.py" for name in MODULES if "." not in name and not (PACKAGE / name).is_dir() and name != "__main__"
    }
    assert not {name for name in rooms if f"`{name}`" not in house}
