"""The page is for everybody: axe finds nothing serious on any screen, in light and dark, wide and narrow."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.amounts import choose_one_of_each
from tests.studio.browser.pages import STRETCH, open_library, open_routine

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.studios import Asker


def find_violations(page: Page) -> list[tuple[str, str, list[str]]]:
    """Return what axe finds that is serious, with the parts of the page concerned."""
    try:
        source = distribution("axe-playwright-python").locate_file("axe_playwright_python/axe.min.js")
    except PackageNotFoundError:
        pytest.skip("axe is not installed: pip install axe-playwright-python")
    page.evaluate(Path(str(source)).read_text(encoding="utf-8"))
    found: list[dict[str, Any]] = page.evaluate("axe.run().then(result => result.violations)")
    serious = [each for each in found if each["impact"] in {"serious", "critical"}]
    return [(each["id"], each["help"], [node["html"][:120] for node in each["nodes"][:3]]) for each in serious]


@pytest.mark.parametrize(("width", "scheme"), choose_one_of_each([360, 1280], ["light", "dark"]))
def test_axe_finds_nothing_serious(open_context: Any, studio: Asker, width: int, scheme: str) -> None:  # noqa: ANN401
    page: Page = open_context(viewport={"width": width, "height": 800}, color_scheme=scheme).new_page()
    open_library(page, studio)
    assert find_violations(page) == []
    open_routine(page, studio)
    assert find_violations(page) == []
    if width < 900:
        page.get_by_role("button", name="Breath and choices").click()
        assert find_violations(page) == []
        page.get_by_role("button", name="Close").click()
    page.get_by_role("button", name="Export").click()
    page.get_by_role("dialog").wait_for()
    assert find_violations(page) == []
    page.goto(f"http://127.0.0.1:{studio.door.port}/#/voices/{STRETCH}")
    page.locator(".sounds").wait_for()
    page.locator(".booth").wait_for()
    assert find_violations(page) == []
    open_screen(page, studio, "write", ".cm-content")
    assert find_violations(page) == []
    open_screen(page, studio, "form", ".form-meter button")
    assert find_violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def open_screen(page: Page, studio: Asker, screen: str, part: str) -> None:
    """Open another view of a routine."""
    page.goto(f"http://127.0.0.1:{studio.door.port}/#/{screen}/sitting-leg-stretch")
    page.locator(part).first.wait_for()


def test_the_keyboard_alone_reaches_everything_in_order(page: Page, studio: Asker) -> None:
    open_routine(page, studio, "box-breathing")
    names = []
    for _ in range(60):
        page.keyboard.press("Tab")
        names.append(
            page.evaluate("document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent")
        )
    assert names[0] == "Skip to the content"
    for wanted in ("Play", "Place in the session", "In", "In, s", "Out", "Tap my breath", "Export…"):
        assert wanted in names, wanted
