"""The map of packages in docs/design.md is the house as it stands: its order, who may import whom, every module."""

from __future__ import annotations

import re

from tests.test_house import LAYER_OF, LAYERS, MAY_IMPORT, MODULES, TOP

PAGE = (TOP / "docs" / "design.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| `(\w+)(?:\.py|/)` \| .* \| (.*) \|$", PAGE.split("### ", 1)[0], re.MULTILINE)


def test_the_map_has_the_packages_in_their_order() -> None:
    assert [LAYER_OF.get(name, name) for name, _ in ROWS] == LAYERS


def test_the_map_says_what_each_package_may_import() -> None:
    for number, (name, said) in enumerate(ROWS):
        above = set(LAYERS[:number])
        told = {"all above": above, "nothing of ours": set()}.get(said, set(said.split(", ")))
        assert told == MAY_IMPORT.get(LAYER_OF.get(name, name), above), name


def test_the_map_names_every_module_or_its_folder() -> None:
    named = set()
    for heading, table in re.findall(r"^### (.*)\n\n((?:\|.*\n)+)", PAGE, re.MULTILINE):
        package = heading.removesuffix("/") + "." if heading.endswith("/") else ""
        named |= {package + name for name in re.findall(r"^\| `(\w+)(?:\.py|/)` \| .+ \|$", table, re.MULTILINE)}
    packages = {name for name, path in MODULES.items() if path.name == "__init__.py"} - {"__init__"}
    assert named == {".".join(name.split(".")[:2]) for name in MODULES.keys() - packages}
