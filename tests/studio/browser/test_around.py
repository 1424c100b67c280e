"""Ways around the page: by keys and links, from screen to screen, and when the server is gone for a while."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.studio.browser.pages import ask_player, expect, open_library, open_routine, wait_for
from voicecoach.studio.files import make_id

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.studios import Asker


def test_the_slider_of_the_place_moves_on_after_it_was_used_and_space_still_pauses(page: Page, studio: Asker) -> None:
    open_routine(page, studio)
    page.get_by_role("button", name="Play", exact=True).click()
    slider = page.get_by_role("slider", name="Place in the session")
    slider.click()
    wait_for(page, "player.place > player.timeline.duration / 2")
    first = float(slider.input_value())
    wait_for(page, f"player.place > {first} + 0.5")
    assert float(slider.input_value()) > first
    page.keyboard.press("Space")
    assert not ask_player(page, "player.playing")


def test_the_link_to_the_content_stays_on_its_screen(page: Page, studio: Asker) -> None:
    open_routine(page, studio)
    page.get_by_text("Skip to the content").focus()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    assert page.locator(".transport").is_visible()


def test_where_nothing_could_stop_it_a_session_pauses_and_a_card_opens_at_its_top(page: Page, studio: Asker) -> None:
    open_routine(page, studio)
    page.get_by_role("button", name="Play", exact=True).click()
    wait_for(page, "player.place > 0.1")
    page.get_by_role("link", name="voicecoach", exact=True).click()
    page.locator(".card").first.wait_for()
    assert not ask_player(page, "player.playing")
    page.locator(".card", has_text="Two breaths").click()
    page.get_by_role("heading", name="Two breaths").wait_for()
    wait_for(page, "scrollY === 0")


def test_what_the_server_did_not_give_is_asked_for_again(page: Page, studio: Asker) -> None:
    page.route("**/api/clip/**", lambda route: route.abort())
    open_routine(page, studio, make_id("two-breaths.yaml"))
    page.get_by_role("alert").get_by_text("The studio was stopped").wait_for()
    page.unroute("**/api/clip/**")
    wait_for(page, "player.timeline.cues.every(each => player.buffers.has(each.clip))")
    page.route("**/api/plan", lambda route: route.fulfill(status=403, body="{}"))
    page.get_by_role("slider", name="Out").fill("7")
    page.get_by_role("alert").get_by_text("shows its address").wait_for()


def test_a_phrase_that_is_not_planned_yet_has_no_length(page: Page, studio: Asker) -> None:
    open_library(page, studio)
    page.goto(f"http://127.0.0.1:{studio.door.port}/#/form/{make_id('two-breaths.yaml')}")
    phrase = page.locator(".form-phrase", has=page.get_by_label("In", exact=True)).first
    expect(phrase.locator(".form-meter")).to_contain_text(" of ")
    phrase.locator("textarea").fill("Breathe in and grow as tall as a very tall tree on a very high hill")
    page.keyboard.press("Tab")
    page.get_by_text("does not fit").first.wait_for()
    expect(phrase.locator(".form-meter")).not_to_contain_text(" of ")
