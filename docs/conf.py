"""How Sphinx makes the site from these pages: scripts/docs.

The pages are Markdown that reads well on a public host too. So the menu comes from the links of index.md, and links
that leave this folder lead to the public source.
"""

import re
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

from sphinx.util import logging

if TYPE_CHECKING:
    from sphinx.application import Sphinx

DOCS = Path(__file__).parent
PROJECT = tomllib.loads((DOCS.parent / "pyproject.toml").read_text(encoding="utf-8"))["project"]
LINK = re.compile(r"(?<=\]\()(?!#|\w+:)([^)#\s]*)")
"""The path in a Markdown link to another file."""
FETCHED = re.compile(r"""(?:\ssrc=|@import\s+|url\(|<link[^>]*\shref=)["']?(?:https?:)?//[^"')\s>]*""")
"""What a browser would get from elsewhere when it shows a page."""

project = "voicecoach"
html_title = "voicecoach"
html_theme = "furo"
html_theme_options = {
    "source_repository": PROJECT["urls"]["Source"],
    "source_branch": "main",
    "source_directory": "docs/",
}
html_static_path: list[str] = []
html_copy_source = False
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
exclude_patterns = ["voice-package"]
myst_heading_anchors = 4
autodoc_member_order = "bysource"
autodoc_typehints_format = "short"
default_role = "code"
suppress_warnings = ["misc.highlighting_failure"]  # a kind of file that Pygments does not know is shown as it is
napoleon_numpy_docstring = False


def lead_outside(text: str) -> str:
    """Let links to files that are not part of the site lead to the public source."""

    def absolute(found: re.Match[str]) -> str:
        target = (DOCS / found[1]).resolve()
        if not found[1] or (target.is_relative_to(DOCS) and target.is_file()):
            return found[1]
        if not target.exists():
            return found[1]  # Sphinx reports it, with its line
        kind = "tree" if target.is_dir() else "blob"
        return f"{PROJECT['urls']['Source']}/{kind}/main/{target.relative_to(DOCS.parent).as_posix()}"

    return LINK.sub(absolute, text)


def make_menu(index: str) -> str:
    """Return the menu that index.md implies: a part for every heading, and in it the pages of its list."""
    parts = re.split(r"^## (.+)$", index, flags=re.MULTILINE)[1:]
    menu = []
    for heading, text in zip(parts[::2], parts[1::2], strict=True):
        pages = re.findall(r"^\* \[([^\]]+)\]\((\w[\w-]*)\.md\)", text, re.MULTILINE)
        entries = "\n".join(f"{title} <{page}>" for title, page in pages)
        menu.append(f"```{{toctree}}\n:hidden:\n:caption: {heading}\n\n{entries}\n```\n")
    return "\n".join(menu)


def read_source(_app: "Sphinx", page: str, source: list[str]) -> None:
    """Change a page before it is read."""
    menu = f"\n\n{make_menu(source[0])}" if page == "index" else ""
    source[0] = lead_outside(source[0]) + menu


def warn_of_fetches(app: "Sphinx", _error: Exception | None) -> None:
    """Warn of pages and stylesheets that would get anything from another place."""
    for path in sorted(Path(app.outdir).rglob("*")):
        if path.suffix in {".html", ".css"} and (found := FETCHED.search(path.read_text(encoding="utf-8"))):
            logging.getLogger(__name__).warning("%s gets this from another place: %s", path, found[0].strip())


def setup(app: "Sphinx") -> None:
    """Connect the functions above."""
    app.connect("source-read", read_source)
    app.connect("build-finished", warn_of_fetches)
