"""The pages of the documentation hold together: links and anchors lead somewhere, and generated pages are current."""

from __future__ import annotations

import importlib
import re
from importlib.metadata import version
from pathlib import Path

import pytest

import voicecoach

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
INDEX = DOCS / "index.md"
PAGES = sorted([*ROOT.glob("*.md"), *DOCS.glob("*.md")])
INLINE = re.compile(r"\]\(([^)\s]+)\)")
DEFINED = re.compile(r"^\[([^\]]+)\]:\s*(\S+)", re.MULTILINE)
NUMBERED = re.compile(r"\[(\d+)\](?![:(])")

every_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())


def prose(page: Path) -> str:
    """Return a page without its blocks of code, and without code in its lines."""
    text = re.sub(r"^( *)```.*?^\1```", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    text = re.sub(r"^(?: {4}.*\n)+", "", text, flags=re.MULTILINE)
    return re.sub(r"`[^`\n]*`", "", text)


def anchors(page: Path) -> set[str]:
    """Return the anchors of a page's headings, as public hosts and the site make them."""
    text = re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    found: dict[str, int] = {}
    slugs = set()
    for heading in re.findall(r"^#+ +(.+?) *$", text, re.MULTILINE):
        words = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).lower()
        slug = re.sub(r"[^\w\- ]", "", words).replace(" ", "-")
        slugs.add(f"{slug}-{found[slug]}" if slug in found else slug)
        found[slug] = found.get(slug, 0) + 1
    return slugs


def local_links(page: Path) -> list[str]:
    """Return the links of a page that lead to files of the project, or to another place of the page."""
    text = prose(page)
    links = [*INLINE.findall(text), *(target for _, target in DEFINED.findall(text))]
    return [link for link in links if not re.match(r"[a-z]+:", link)]


def broken(page: Path, link: str) -> str:
    """Say what is wrong with a link; nothing if it leads somewhere."""
    path, _, anchor = link.partition("#")
    target = (page.parent / path).resolve() if path else page
    if not target.is_relative_to(ROOT) or not target.exists():
        return f"{link}: there is no such file"
    if anchor and anchor not in anchors(target):
        return f"{link}: there is no such heading; there are {', '.join(sorted(anchors(target)))}"
    return ""


@every_page
def test_every_link_and_anchor_leads_somewhere(page: Path) -> None:
    assert not [wrong for link in local_links(page) if (wrong := broken(page, link))]


@every_page
def test_every_number_in_brackets_has_its_address(page: Path) -> None:
    text = prose(page)
    assert set(NUMBERED.findall(text)) <= {name for name, _ in DEFINED.findall(text)}


def test_the_anchors_of_a_page_are_those_of_its_headings() -> None:
    assert sorted(anchors(INDEX))[:2] == ["maintain-voicecoach", "make-sessions"]


def test_a_broken_link_or_anchor_is_noticed(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(
        "# One\n\n## Two words: here\n\n## Two words: here\n\n```text\n# no heading\n```\n", encoding="utf-8"
    )
    assert anchors(page) == {"one", "two-words-here", "two-words-here-1"}
    assert broken(INDEX, "nowhere.md")
    assert broken(INDEX, "recipes.md#nowhere")
    assert broken(INDEX, "#nowhere")
    assert not broken(INDEX, "recipes.md#windows")


def test_links_in_code_are_none(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("[a](b.md) `[c](d.md)`\n\n    [e](f.md)\n\n```\n[g](h.md)\n```\n\n[i]: j.md\n", encoding="utf-8")
    assert local_links(page) == ["b.md", "j.md"]


def test_every_page_is_in_the_menu_once() -> None:
    listed = re.findall(r"^\* \[[^\]]+\]\(([\w-]+\.md)\)", INDEX.read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(listed) == sorted(path.name for path in DOCS.glob("*.md") if path != INDEX)


def test_the_page_of_commands_is_what_they_print() -> None:
    """Run ``python -m scripts.write_commands`` after a change of a help text."""
    from scripts.write_commands import PAGE, make_page
    from voicecoach.app.cli import cli

    pinned = re.findall(
        r"^click==(\S+)", (ROOT / "scripts" / "requirements.txt").read_text(encoding="utf-8"), re.MULTILINE
    )
    if [version("click")] != pinned:
        pytest.skip("another click lays its help out in another way")
    assert PAGE.read_text(encoding="utf-8") == make_page(cli)


def documented() -> set[str]:
    """Return the full names of what the reference of the API describes, each imported and with a docstring."""
    text = (DOCS / "api-reference.md").read_text(encoding="utf-8")
    names: set[str] = set()
    module = ""
    for kind, name in re.findall(r"^\.\. (currentmodule|auto\w+):: (\S+)$", text, re.MULTILINE):
        module = name if kind in {"currentmodule", "automodule"} else module
        home = importlib.import_module(module)
        if kind == "automodule":
            names.add(name)
            assert home.__doc__, name
        elif kind != "currentmodule":
            names.add(f"{module}.{name}")
            assert getattr(home, name).__doc__, name
    return names


def test_every_public_name_is_on_the_api_page() -> None:
    public = {f"voicecoach.{name}" for name in getattr(voicecoach, "__all__", ()) if not name.startswith("_")}
    every_member = ".. automodule:: voicecoach\n   :members:" in (DOCS / "api-reference.md").read_text(encoding="utf-8")
    assert "voicecoach" in documented()
    assert every_member or public <= documented()


def test_every_file_that_contributing_names_is_there() -> None:
    """Names with capitals, as NAME.yaml, are for the reader to replace."""
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    named = re.findall(r"(?<![\w./-])(?:\.ci|docs|scripts|tests|voicecoach|audio_assets)/[\w./-]*", text)
    paths = {name.rstrip(".") for name in named if not re.search("[A-Z]{2}", name)}
    assert len(paths) > 20
    assert not {path for path in paths if not (ROOT / path).exists()}
