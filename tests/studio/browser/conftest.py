"""The page in Chromium of the system, driven by Playwright. A request that leaves the machine fails its test."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from tests.studios import ROUTINE, Asker, run_studio, write_voice

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, BrowserContext, Page, Request

FLAGS = [
    "--process-per-site",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--autoplay-policy=no-user-gesture-required",
    "--mute-audio",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
]
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
CHROMIUM = next(filter(None, map(shutil.which, NAMES)), None)
"""The first without windows of its own: it takes a quarter less of the machine."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what is in this folder."""
    for item in items:
        if "/studio/browser/" in item.path.as_posix():
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """Chromium, started once; a file with a tone that comes and goes is its microphone."""
    playwright = pytest.importorskip(
        "playwright.sync_api", reason="Playwright is not installed: pip install playwright"
    )
    if CHROMIUM is None:
        pytest.skip("there is no Chromium on the PATH: on Debian, apt install chromium-headless-shell")
    microphone = tmp_path_factory.mktemp("microphone") / "voice.wav"
    microphone.write_bytes(write_voice())
    with playwright.sync_playwright() as driver:
        args = [*FLAGS, f"--use-file-for-fake-audio-capture={microphone}"]
        started = driver.chromium.launch(executable_path=CHROMIUM, args=args)
        yield started
        started.close()


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asker]:
    """A running studio, over a folder with a routine in it."""
    folder = tmp_path_factory.mktemp("routines")
    (folder / "two-breaths.yaml").write_text(ROUTINE, encoding="utf-8")
    with run_studio(folder, tmp_path_factory.mktemp("cache")) as asker:
        yield asker


def open_watched(browser: Browser, studio: Asker, wrong: list[str], **options: object) -> BrowserContext:
    """Open a context that may come in; requests that leave the machine and errors of its pages go into ``wrong``."""

    def look(request: Request) -> None:
        if not request.url.startswith((f"http://127.0.0.1:{studio.door.port}/", "blob:", "data:")):
            wrong.append(request.url)

    context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}, "locale": "en-GB", **options})  # type: ignore[arg-type]
    context.set_default_timeout(20_000)
    context.add_cookies([{"name": studio.door.cookie, "value": studio.door.secret, "url": studio.door.address}])
    context.on("request", look)
    context.on("weberror", lambda error: wrong.append(str(error.error)))
    return context


@pytest.fixture
def open_context(browser: Browser, studio: Asker) -> Iterator[object]:
    """Return what opens a context of its own."""
    contexts: list[BrowserContext] = []
    wrong: list[str] = []

    def make(**options: object) -> BrowserContext:
        contexts.append(open_watched(browser, studio, wrong, **options))
        return contexts[-1]

    yield make
    for context in contexts:
        context.close()
    assert not wrong


@pytest.fixture(scope="module")
def shared(browser: Browser, studio: Asker) -> Iterator[tuple[BrowserContext, list[str]]]:
    """A context that pages of a module share, with its cache, and what went wrong in it.

    Its first page stays open, so that the browser keeps one process for all of them.
    """
    wrong: list[str] = []
    context = open_watched(browser, studio, wrong)
    anchor = context.new_page()
    anchor.goto(f"http://127.0.0.1:{studio.door.port}/page/words/en.json")
    yield context, wrong
    context.close()


@pytest.fixture
def page(shared: tuple[BrowserContext, list[str]], studio: Asker) -> Iterator[Page]:
    """An empty page that may come in, in a browser that remembers nothing of the tests before."""
    context, wrong = shared
    context.add_cookies([{"name": studio.door.cookie, "value": studio.door.secret, "url": studio.door.address}])
    yield context.new_page()
    anchor, *others = context.pages
    for each in others:
        each.close()
    anchor.evaluate("localStorage.clear()")
    found = [*wrong]
    wrong.clear()
    assert not found
