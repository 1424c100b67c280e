"""A voice of one's own is recorded phrase by phrase: levels, retakes, what is missing, and the session it speaks."""

from __future__ import annotations

import io
import wave
from typing import TYPE_CHECKING

from tests.studio.browser.pages import expect, wait_for
from tests.studio.browser.test_write import add_routine

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.studios import Asker

THREE = "title: {title}\nsteps:\n  - say: Sit tall.\nclosing: Rest now.\n"
NOTE_PLAYED = """() => {
    window.played = [];
    HTMLMediaElement.prototype.play = async function () { played.push(this.src); };
}"""
REFUSE = """name => {
    navigator.mediaDevices.getUserMedia = async () => { throw new DOMException("no", name); };
}"""


def open_booth(page: Page, studio: Asker, title: str) -> Page:
    name_id, _ = add_routine(studio, title, THREE.format(title=title))
    page.goto(f"http://127.0.0.1:{studio.door.port}/#/voices/{name_id}")
    page.locator(".booth").wait_for()
    wait_for(page, "player.timeline")
    return page


def record(page: Page, name: str = "Record") -> None:
    """Record until the level was judged, and stop."""
    page.get_by_role("button", name=name, exact=True).click()
    expect(page.locator(".level")).to_contain_text("The level is good. · 1")
    page.get_by_role("button", name="Stop", exact=True).click()


def test_phrases_are_recorded_one_by_one_and_then_speak_the_session(page: Page, studio: Asker) -> None:
    open_booth(page, studio, "Both")
    expect(page.locator(".booth-words")).to_have_text("Both.")
    record(page)
    expect(page.get_by_role("button", name="Keep, and next")).to_be_focused()
    page.keyboard.press("Enter")
    page.get_by_text("1 of 3 phrases recorded").wait_for()
    expect(page.locator(".booth-words")).to_have_text("Sit tall.")
    page.get_by_role("button", name="Use these recordings; Heart speaks the rest").wait_for()
    for _ in range(2):
        record(page)
        page.get_by_role("button", name="Keep, and next").click()
        page.locator(".booth > p", has_text="Not kept yet").wait_for(state="detached")
    page.get_by_text("3 of 3 phrases recorded").wait_for()
    page.get_by_role("button", name="Use these recordings", exact=True).click()
    page.locator(".badge").wait_for()
    files = sorted(each.name for each in (studio.folder / "both-voice").iterdir())
    assert [name.rpartition("-")[0] for name in files] == ["both", "rest-now", "sit-tall"]
    routine, voice = page.url.rpartition("/")[2], f"recorded:{studio.folder}/both-voice"
    spoken = studio.post("/api/plan", {"routine": {"id": routine}, "choices": {"voice": voice}}).json
    clips = ",".join(cue["clip"] for cue in spoken["timeline"]["cues"])
    wait_for(page, f"player.timeline.cues.map(each => each.clip).join() === '{clips}'")


def test_a_take_is_played_back_and_taken_again_before_it_is_kept(page: Page, studio: Asker) -> None:
    open_booth(page, studio, "Again")
    record(page)
    assert not (studio.folder / "again-voice").exists()
    page.evaluate(NOTE_PLAYED)
    page.get_by_role("button", name="Play back").click()
    assert page.evaluate("played[0]").startswith("blob:")
    record(page, "Again")
    page.get_by_role("button", name="Discard it").click()
    page.get_by_text("0 of 3 phrases recorded").wait_for()
    record(page)
    page.get_by_role("button", name="Keep, and next").click()
    page.get_by_text("1 of 3 phrases recorded").wait_for()
    page.get_by_role("button", name="Back", exact=True).click()
    page.get_by_role("button", name="Play back").click()
    kept = page.request.get(page.evaluate("played[1]")).body()
    with wave.open(io.BytesIO(kept)) as file:
        assert (file.getnchannels(), file.getsampwidth()) == (1, 2)
        assert file.getnframes() / file.getframerate() > 1
    page.locator(".booth").get_by_role("button", name="Delete").click()
    page.get_by_text("0 of 3 phrases recorded").wait_for()
    expect(page.get_by_role("button", name="Record", exact=True)).to_be_focused()
    assert not [*(studio.folder / "again-voice").iterdir()]


def test_a_take_that_is_not_kept_yet_stays_with_its_phrase(page: Page, studio: Asker) -> None:
    open_booth(page, studio, "Unkept")
    record(page)
    page.get_by_role("button", name="Next", exact=True).click()
    expect(page.locator(".booth > .soft").nth(1)).to_have_text("Not recorded yet")
    expect(page.get_by_role("button", name="Next", exact=True)).to_be_focused()
    page.get_by_role("button", name="Back", exact=True).click()
    expect(page.locator(".booth > .soft").nth(1)).to_have_text("Not kept yet")
    page.get_by_role("link", name="Play", exact=True).click()
    page.get_by_role("link", name="Voices", exact=True).click()
    page.get_by_role("button", name="Keep, and next").click()
    page.get_by_text("1 of 3 phrases recorded").wait_for()
    page.get_by_role("button", name="Back", exact=True).click()
    page.get_by_role("button", name="Record again").wait_for()


def test_a_silent_room_is_named_and_nothing_is_kept(page: Page, studio: Asker) -> None:
    open_booth(page, studio, "Silent")
    page.evaluate(
        """() => { navigator.mediaDevices.getUserMedia = async () => {
            const context = new AudioContext();
            return context.createMediaStreamDestination().stream;
        }; }"""
    )
    page.get_by_role("button", name="Record", exact=True).click()
    expect(page.locator(".level")).to_contain_text("Too quiet")
    page.get_by_role("button", name="Stop", exact=True).click()
    page.get_by_text("Too quiet: speak up").wait_for()
    page.get_by_role("button", name="Keep, and next").click()
    page.get_by_text("nothing was heard").wait_for()
    page.get_by_role("button", name="Record", exact=True).wait_for()
    page.get_by_text("0 of 3 phrases recorded").wait_for()


def test_a_microphone_that_is_refused_or_missing_is_explained(page: Page, studio: Asker) -> None:
    open_booth(page, studio, "Refused")
    for name, said in (("NotAllowedError", "may not use the microphone"), ("NotFoundError", "There is no microphone")):
        page.evaluate(REFUSE, name)
        page.get_by_role("button", name="Record", exact=True).click()
        page.get_by_role("alert").get_by_text(said).wait_for()


def test_a_phrase_is_chosen_from_the_list(page: Page, studio: Asker) -> None:
    open_booth(page, studio, "Chosen")
    page.get_by_text("All phrases").click()
    page.locator(".phrases").get_by_role("button", name="Sit tall.").click()
    expect(page.locator(".booth-words")).to_have_text("Sit tall.")
    page.get_by_role("button", name="Next", exact=True).click()
    expect(page.locator(".booth-words")).to_have_text("Rest now.")
    expect(page.get_by_role("button", name="Next", exact=True)).to_be_disabled()
