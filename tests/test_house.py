"""The house keeps its order: which package may import which, what each must not touch, and how long code may be."""

from __future__ import annotations

import ast
import importlib
import json
import subprocess
import sys
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

TOP = Path(__file__).parent.parent
PACKAGE = TOP / "voicecoach"
LAYERS = [
    "errors",
    "language",
    "core",
    "system",
    "routine",
    "script",
    "views",
    "audio",
    "voices",
    "app",
    "api",
    "studio",
]
"""Each may import those before it. `api` is the public API: the package's own `__init__` and what it loads.

One thing goes against this order: the command `studio`, in `app`, loads the server of the studio by its name.
"""
LAYER_OF = {"language_facts": "language", "phonemes": "language", "respelling": "language"}
LAYER_OF |= {"__init__": "api", "testing": "api", "__main__": "api"}
MAY_IMPORT = {  # where that is less than every layer before it
    "language": {"errors"},
    "core": {"errors", "language"},
    "system": {"errors"},
    "voices": {"errors", "language", "system", "audio"},
    "studio": {"api"},
}
"""Each of the layers with a rule of its own: what it may import. Voices never see a routine."""
WRITES = {"open", "write_text", "write_bytes", "mkdir", "unlink", "rename", "replace_file", "touch"}
HEAVY = {
    "pydub",
    "pyttsx3",
    "rich",
    "mutagen",
    "pydantic",
    "ruamel",
    "ruamel.yaml",
    "PIL",
    "numpy",
    "starlette",
    "uvicorn",
}
WITH_EFFECTS = {"os", "subprocess", "socket", "tempfile", "shutil", "threading", "time", "random"}
PURE = {"core", "script", "views"}
"""The packages without effects: no file, process or clock. (`pathlib` counts as text: names of files.)"""
VAGUE = {"utils", "util", "helper", "helpers", "manager", "engine", "processor", "common", "misc"}
LONGEST_FUNCTION, LONGEST_FILE, MOST_MODULES = 40, 450, 25

MODULES = {
    ".".join(path.relative_to(PACKAGE).with_suffix("").parts).removesuffix(".__init__"): path
    for path in sorted(PACKAGE.rglob("*.py"))
}


@cache
def parse(module: str) -> ast.Module:
    return ast.parse(MODULES[module].read_text(encoding="utf-8"))


def layer(module: str) -> str:
    first = module.split(".", maxsplit=1)[0]
    return LAYER_OF.get(first, first)


def list_modules(package: str) -> list[str]:
    """Return the modules of a layer."""
    return [name for name in MODULES if layer(name) == package]


def find_imports(tree: ast.AST, *, types: bool) -> Iterator[ast.ImportFrom | ast.Import]:
    """Yield the imports of a module, those in its functions as well; with ``types`` also those for the type checker."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test) and not types:
            continue
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield node
        yield from find_imports(node, types=types)


@cache
def imported(module: str, *, types: bool = False) -> frozenset[str]:
    """Return the names of the modules that a module imports."""
    found: set[str] = set()
    for node in find_imports(parse(module), types=types):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        else:
            whole = node.module or ""
            inner = {f"{whole}.{alias.name}" for alias in node.names if f"{whole}.{alias.name}" in OURS}
            found |= inner or {whole}
    return frozenset(found)


OURS = {f"voicecoach.{name}" for name in MODULES}


@cache
def find_uses() -> dict[str, set[str]]:
    """Return which of our modules each of them imports."""
    return {name: {each.removeprefix("voicecoach.") for each in imported(name) if each in OURS} for name in MODULES}


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


def test_every_module_belongs_to_a_layer() -> None:
    assert {layer(name) for name in MODULES} <= set(LAYERS)


@pytest.mark.parametrize("name", LAYERS)
def test_a_layer_imports_only_what_it_may(name: str) -> None:
    may = MAY_IMPORT.get(name, set(LAYERS[: LAYERS.index(name)])) | {name}
    wrong = {
        (module, used)
        for module in MODULES
        if layer(module) == name
        for used in find_uses()[module]
        if layer(used) not in may
    }
    assert not wrong


def test_the_studio_uses_the_public_api_alone() -> None:
    named = {(module, name) for module in list_modules("studio") for name in imported(module, types=True) & OURS}
    assert not {(module, name) for module, name in named if not name.startswith("voicecoach.studio")}


def test_voices_never_see_a_routine_not_even_its_types() -> None:
    seen = {
        layer(name.removeprefix("voicecoach."))
        for module in MODULES
        if layer(module) == "voices"
        for name in imported(module, types=True) & OURS
    }
    assert seen <= {"voices", *MAY_IMPORT["voices"]}


def test_onnx_runtime_is_imported_where_its_telemetry_is_turned_off() -> None:
    assert [module for module in MODULES if "onnxruntime" in imported(module)] == ["voices.onnx"]


def test_there_is_no_circle_of_imports() -> None:
    try:
        list(TopologicalSorter(find_uses()).static_order())
    except CycleError as error:
        pytest.fail(f"these import each other: {' -> '.join(error.args[1])}")


def test_the_core_imports_the_standard_library_alone() -> None:
    others = {
        used.split(".")[0]
        for module in MODULES
        if layer(module) == "core"
        for used in imported(module, types=True) - OURS
    }
    assert others <= sys.stdlib_module_names


@pytest.mark.parametrize("package", [name for name in LAYERS if name != "api" and (PACKAGE / name).is_dir()])
def test_a_package_lists_the_modules_that_others_use(package: str) -> None:
    used = {
        name.removeprefix(f"{package}.").partition(".")[0]
        for module in MODULES
        if layer(module) != package
        for name in imported(module, types=True)
        for name in [name.removeprefix("voicecoach.")]
        if name.startswith(f"{package}.")
    }
    assert importlib.import_module(f"voicecoach.{package}").__all__ == sorted(used)


def test_one_module_starts_processes() -> None:
    starting = {"subprocess", "multiprocessing", "asyncio"}
    assert {module for module in MODULES if starting & imported(module)} == {"system.process"}


@pytest.mark.parametrize("package", sorted(PURE))
def test_what_is_pure_touches_nothing_outside(package: str) -> None:
    named = {(module, name) for module in list_modules(package) for name in imported(module)}
    assert not {(module, name) for module, name in named if name.split(".")[0] in WITH_EFFECTS}


@pytest.mark.parametrize("package", sorted(PURE))
def test_what_is_pure_writes_nothing(package: str) -> None:
    called = {(module, name) for module in list_modules(package) for name in find_calls(parse(module))}
    assert not {(module, name) for module, name in called if name in WRITES}


def find_calls(tree: ast.Module) -> Iterator[str]:
    """Yield the names of the functions and methods that a module calls."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def test_a_package_is_small_enough_to_look_over() -> None:
    sizes = {name: len([each for each in MODULES if each.rpartition(".")[0] == name]) for name in MODULES}
    assert not {name: size for name, size in sizes.items() if size > MOST_MODULES}


def test_the_command_line_starts_without_what_is_slow_to_load() -> None:
    code = "import json, sys, voicecoach.app.cli; print(json.dumps(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], cwd=TOP, capture_output=True, check=True)
    assert not set(json.loads(done.stdout)) & HEAVY


@pytest.mark.parametrize("package", LAYERS)
def test_everything_public_says_what_it_is_for(package: str) -> None:
    assert not [(module, name) for module in list_modules(package) for name in find_silent(parse(module))]


def find_silent(tree: ast.Module) -> Iterator[str]:
    """Yield what is public in a module and has no docstring."""
    if not ast.get_docstring(tree):
        yield "the module itself"
    public = [
        node
        for node in tree.body
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
        and not node.name.startswith("_")
        and not any(isinstance(each, ast.Name) and each.id == "overload" for each in node.decorator_list)
    ]
    methods = [each for node in public if isinstance(node, ast.ClassDef) for each in functions(node)]
    for node in (*public, *methods):
        if not node.name.startswith("_") and not ast.get_docstring(node):
            yield node.name


@pytest.mark.parametrize("package", LAYERS)
def test_no_function_is_long(package: str) -> None:
    def length(function: ast.FunctionDef) -> int:
        described = function.body[0].end_lineno if ast.get_docstring(function) else None
        return (function.end_lineno or 0) - (described or function.lineno)

    there = [(module, each) for module in list_modules(package) for each in functions(parse(module))]
    assert not {(module, each.name): length(each) for module, each in there if length(each) > LONGEST_FUNCTION}


def test_no_file_is_long() -> None:
    lengths = {name: len(path.read_text(encoding="utf-8").splitlines()) for name, path in MODULES.items()}
    assert not {name: length for name, length in lengths.items() if length > LONGEST_FILE}


def test_nothing_has_a_name_that_says_nothing() -> None:
    names = {part for module in MODULES for part in module.split(".")}
    names |= {part.lower() for module in MODULES for each in functions(parse(module)) for part in each.name.split("_")}
    assert not names & VAGUE
