"""Take the pictures of the studio's page in docs/studio.md: .venv-test/bin/python -m scripts.screenshots."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from scripts.bench.studio import FLAGS, find_chromium, run_studio
from tests.studios import write_voice
from voicecoach.studio.files import make_id

if TYPE_CHECKING:
    from playwright.sync_api import Page

DOCS = Path(__file__).parent.parent / "docs"
SEEK = "async place => { (await import('/page/actions.js')).player.seek(place); }"
PICTURES = "async () => { await Promise.all([...document.images].slice(0, 8).map(image => image.decode())); }"
WIDE, NARROW = {"width": 1280, "height": 800}, {"width": 360, "height": 740}


def open_session(page: Page, address: str) -> None:
    """Open a session in the middle of an exhale."""
    page.goto(f"{address.partition('?')[0]}#/play/standing-leg-stretch")
    page.wait_for_selector(".transport")
    page.evaluate(SEEK, 88)
    page.wait_for_timeout(300)


MICROPHONE = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")
MOUNTAIN = """title: Mountain
pronounce: {Tadasana: tah-DAH-sah-nah}
steps:
  - say: Stand in Tadasana, with your feet a little apart.
  - breathe: 3
    in: Breathe in, and grow tall
    out: And breathe out
"""


def open_voices(page: Page, address: str, folder: Path) -> None:
    """Open the voices of a routine in which a word has a sound of its own."""
    (folder / "mountain.yaml").write_text(MOUNTAIN, encoding="utf-8")
    page.goto(f"{address}#/voices/{make_id('mountain.yaml')}")
    page.locator(".voice").first.wait_for()
    page.locator(".sounds").wait_for()


def record_phrase(page: Page) -> None:
    """Record the first phrase, until the level is that of a voice."""
    page.get_by_role("button", name="Record", exact=True).click()
    page.get_by_text("The level is good. · 1").wait_for()
    page.locator(".booth").scroll_into_view_if_needed()


def open_form(page: Page, address: str) -> None:
    """Open a routine as cards, at the steps of both sides."""
    page.goto(f"{address.partition('?')[0]}#/form/standing-leg-stretch")
    page.locator(".form-air").first.wait_for()
    page.locator(".form-sides").first.evaluate("part => part.scrollIntoView({ block: 'center' })")
    page.wait_for_timeout(300)


def main() -> None:
    """Take all pictures."""
    from playwright.sync_api import sync_playwright

    with tempfile.TemporaryDirectory() as folder, sync_playwright() as driver:
        microphone = Path(folder) / "voice.wav"
        microphone.write_bytes(write_voice())
        flags = [*FLAGS, *MICROPHONE, f"--use-file-for-fake-audio-capture={microphone}"]
        browser = driver.chromium.launch(executable_path=find_chromium(), args=flags)
        with run_studio(Path(folder), 8443) as (address, _process):
            for name, size, scheme in (("wide", WIDE, "light"), ("narrow", NARROW, "dark")):
                page = browser.new_page(viewport=size, color_scheme=scheme)  # type: ignore[arg-type]
                page.goto(address)
                page.wait_for_selector(".card")
                if name == "wide":
                    page.evaluate(PICTURES)
                    page.screenshot(path=DOCS / "studio-start.png")
                open_session(page, address)
                page.screenshot(path=DOCS / f"studio-play-{name}.png")
                open_form(page, address)
                page.screenshot(path=DOCS / f"studio-form-{name}.png")
                open_session(page, address)
                if name == "wide":
                    page.keyboard.press("e")
                    page.get_by_role("dialog").wait_for()
                    page.screenshot(path=DOCS / "studio-export.png")
                    open_voices(page, address, Path(folder))
                    page.screenshot(path=DOCS / "studio-voices.png")
                    record_phrase(page)
                    page.screenshot(path=DOCS / "studio-record.png")
                page.close()
        browser.close()


if __name__ == "__main__":
    main()
