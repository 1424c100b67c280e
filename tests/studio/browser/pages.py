"""What the tests of the page share: how screens are opened, and how the player is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

    from tests.studios import Asker

STRETCH = "sitting-leg-stretch"
PLAYER = "(await import('/page/actions.js')).player"


def expect(found: Locator) -> Any:  # noqa: ANN401 - the type is not public
    """Say what a part of the page will show; Playwright may be missing when this module is read."""
    from playwright.sync_api import expect as assert_that

    return assert_that(found)


def open_library(page: Page, studio: Asker) -> None:
    """Open the first screen."""
    page.goto(f"http://127.0.0.1:{studio.door.port}/")
    page.wait_for_selector(".card")


def open_routine(page: Page, studio: Asker, name: str = STRETCH) -> None:
    """Open a routine on the screen on which it plays."""
    page.goto(f"http://127.0.0.1:{studio.door.port}/#/play/{name}")
    page.wait_for_selector(".transport")


def ask_player(page: Page, expression: str, given: object = None) -> Any:  # noqa: ANN401 - JavaScript
    """Evaluate an expression of the player, which it calls ``player``."""
    return page.evaluate(f"async given => {{ const player = {PLAYER}; return {expression}; }}", given)


def wait_for(page: Page, expression: str) -> None:
    """Wait until an expression of the player is true. (What Playwright waits with is forbidden by the page's rules.)"""
    page.evaluate(
        f"""async () => {{
            const player = {PLAYER};
            const end = performance.now() + 20000;
            while (!({expression})) {{
                if (performance.now() > end) throw new Error({expression!r});
                await new Promise((go) => setTimeout(go, 20));
            }}
        }}"""
    )
