"""Voices are compared on the routine's own words, and the table of pronunciations is heard as a file has it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tests.studio.browser.pages import ask_player, expect, wait_for
from tests.studio.browser.test_write import add_routine

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route

    from tests.studios import Asker

POSE = """title: {title}  # the first pose
pronounce:
  # names
  Tadasana: tah-DAH-sah-nah  # Sanskrit
steps:
  - say: Stand in Tadasana, with your feet a little apart.
  - breathe: 1
    in: Breathe in
"""
PHRASE = "Stand in Tadasana, with your feet a little apart."
SYSTEM = "English (America)"


def open_voices(page: Page, studio: Asker, name_id: str) -> None:
    page.goto(f"http://127.0.0.1:{studio.door.port}/#/voices/{name_id}")
    page.locator(".voice").first.wait_for()
    page.locator(".sounds").wait_for()
    wait_for(page, "player.timeline")


def find_clip(page: Page, text: str) -> str:
    """Return the clip of a phrase of the session on the page."""
    found = ask_player(page, "player.timeline.cues.find(each => each.text === given).clip", text)
    return str(found)


def test_voices_are_heard_with_the_same_words_and_one_is_chosen(page: Page, studio: Asker) -> None:
    name_id, _ = add_routine(studio, "Compared", POSE.format(title="Compared"))
    open_voices(page, studio, name_id)
    assert page.locator("[name=phrase]").count() == 4
    for each in studio.get("/api/voices?language=en").json["voices"]:
        shown = page.locator(".voice", has_text=each["name"]).first
        expect(shown.get_by_role("button")).to_have_count(2 if each["ready"] else 0)
        expect(shown).to_contain_text(each["hint"])
    with page.expect_response("**/api/voices*"):  # a command may have installed one
        page.evaluate("window.dispatchEvent(new Event('focus'))")
    page.get_by_label("Breathe in").check()
    with page.expect_response("**/api/speak") as answer:
        page.get_by_role("button", name=f"Hear “{SYSTEM}”").click()
    asked = json.loads(answer.value.request.post_data or "")
    assert (asked["text"], asked["choices"]["voice"]) == ("Breathe in", "gmw/en-us")
    heard = answer.value.json()["clip"]
    page.get_by_role("button", name=f"Use the voice “{SYSTEM}”").click()
    wait_for(page, f"player.timeline.cues.some(each => each.clip === '{heard}')")
    page.locator(".voice[data-used=true]", has_text=f"{SYSTEM} ✓ in use").wait_for()
    page.get_by_role("button", name="Use the best voice").click()
    wait_for(page, f"!player.timeline.cues.some(each => each.clip === '{heard}')")


def test_any_words_can_be_typed_and_what_cannot_be_spoken_is_said(page: Page, studio: Asker) -> None:
    name_id, _ = add_routine(studio, "Typed", POSE.format(title="Typed"))
    open_voices(page, studio, name_id)
    page.get_by_role("combobox", name="Any other words").fill("Good morning.")
    with page.expect_response("**/api/speak") as answer:
        page.get_by_role("button", name=f"Hear “{SYSTEM}”").click()
    assert json.loads(answer.value.request.post_data or "")["text"] == "Good morning."
    page.get_by_role("combobox", name="Any other words").fill("…")
    page.get_by_role("button", name=f"Hear “{SYSTEM}”").click()
    page.locator(".voice").get_by_role("alert").wait_for()


def test_all_voices_say_the_same_words_one_after_another(page: Page, studio: Asker) -> None:
    name_id, _ = add_routine(studio, "Row", POSE.format(title="Row"))
    open_voices(page, studio, name_id)
    asked, clip = list[tuple[str, str]](), find_clip(page, "Breathe in")

    def answer(route: Route) -> None:  # voices that speak are slow
        body = json.loads(route.request.post_data or "")
        asked.append((body["choices"]["voice"], body["text"]))
        route.fulfill(json={"clip": clip, "samples": 1})

    page.route("**/api/speak", answer)
    page.get_by_role("button", name="Hear all, one after another").click()
    page.get_by_role("button", name="Stop", exact=True).last.wait_for()
    expect(page.get_by_role("button", name="Hear all, one after another")).to_be_enabled(timeout=15_000)
    voices = studio.get("/api/voices?language=en").json["voices"]
    assert sorted(asked) == sorted((each["id"], PHRASE) for each in voices if each["ready"])


def test_a_changed_sound_is_heard_as_the_file_has_it_and_saved_in_its_place(page: Page, studio: Asker) -> None:
    name_id, file = add_routine(studio, "Sounds", POSE.format(title="Sounds"))
    open_voices(page, studio, name_id)
    before = find_clip(page, PHRASE)
    page.get_by_label("How “Tadasana” is said").fill("ta-da-sa-na")
    with page.expect_request(lambda asked: "/api/clip/" in asked.url and before not in asked.url) as clip:
        page.get_by_role("button", name="Hear “Tadasana”").click()
    wait_for(page, f"player.timeline.cues.some(each => each.clip === '{clip.value.url[-64:]}')")
    assert find_clip(page, PHRASE) == clip.value.url[-64:]
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("button", name="Save", exact=True)).to_have_count(0)
    text = POSE.format(title="Sounds")
    assert file.read_text(encoding="utf-8") == text.replace("tah-DAH-sah-nah", "ta-da-sa-na")


def test_words_are_added_and_taken_out_by_the_keyboard(page: Page, studio: Asker) -> None:
    name_id, _ = add_routine(studio, "Rows", POSE.format(title="Rows"))
    open_voices(page, studio, name_id)
    page.get_by_label("Another word").fill("Tadasana")
    page.keyboard.press("Tab")
    page.keyboard.type("tah")
    page.keyboard.press("Enter")
    page.get_by_text("“Tadasana” is in the table twice").wait_for()
    page.get_by_label("Another word").fill("feet")
    page.get_by_label("Another word").press("Enter")
    page.get_by_label("How “feet” is said").wait_for()
    expect(page.get_by_label("How “feet” is said")).to_have_value("tah")
    page.get_by_role("button", name="Delete “Tadasana”").press("Enter")
    expect(page.locator(".sounds > li")).to_have_count(2)
    page.get_by_text(f"Heard in: “{PHRASE}”").wait_for()
    page.locator(".tabs").get_by_text("Text").click()
    expect(page.locator(".cm-content")).to_contain_text("feet: tah")
    expect(page.locator(".cm-content")).not_to_contain_text("Tadasana: tah")
    expect(page.locator(".cm-content")).to_contain_text("# names")


def test_a_built_in_routine_becomes_ones_own_with_its_choices(page: Page, studio: Asker) -> None:
    page.goto(f"http://127.0.0.1:{studio.door.port}/#/play/box-breathing")
    page.locator(".transport").wait_for()
    page.get_by_role("link", name="Compare voices").click()
    page.get_by_role("button", name=f"Use the voice “{SYSTEM}”").click()
    page.get_by_label("Another word").fill("box")
    page.get_by_label("How it is said").fill("bocks")
    page.get_by_role("button", name="Add").click()
    page.get_by_role("button", name="Save as my own").click()
    page.wait_for_url("**/#/voices/file-*")
    page.locator(".voice[data-used=true]", has_text=SYSTEM).wait_for()
    expect(page.get_by_label("How “box” is said")).to_have_value("bocks")
    assert "\npronounce:\n  box: bocks\n" in (studio.folder / "box-breathing.yaml").read_text(encoding="utf-8")
