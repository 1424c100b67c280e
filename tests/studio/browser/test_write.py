"""The text of a routine: written, heard, checked, saved, and never written over what another has changed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from tests.amounts import choose_amount
from tests.studio.browser.pages import expect, wait_for
from tests.studios import ROUTINE

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Page

    from tests.studios import Asker


def add_routine(studio: Asker, title: str, text: str = ROUTINE) -> tuple[str, Path]:
    """Put a routine into the folder, and return its id and its file."""
    name_id = studio.post("/api/routines", {"title": title, "text": text}).json["id"]
    return name_id, studio.folder / f"{title.lower()}.yaml"


def open_text(page: Page, studio: Asker, name_id: str) -> None:
    page.goto(f"http://127.0.0.1:{studio.door.port}/#/write/{name_id}")
    page.locator(".cm-content").wait_for()


def replace_word(page: Page, old: str, new: str) -> None:
    """Change a word in the editor, as its user would type."""
    page.locator(".cm-line", has_text=old).first.dblclick(position={"x": 60, "y": 8})
    text = page.locator(".cm-content").inner_text()
    page.locator(".cm-content").fill(text.replace(old, new))


def test_a_changed_word_is_heard_and_saved(page: Page, studio: Asker) -> None:
    name_id, file = add_routine(studio, "Changed")
    open_text(page, studio, name_id)
    replace_word(page, "Sit tall,", "Stand tall,")
    wait_for(page, "player.timeline?.cues.some(each => each.text.startsWith('Stand tall'))")
    assert file.read_text(encoding="utf-8") == ROUTINE
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_role("status").get_by_text("Saved", exact=True).wait_for()
    assert "Stand tall" in file.read_text(encoding="utf-8")


def test_what_is_typed_quickly_stays_as_it_was_typed(page: Page, studio: Asker) -> None:
    name_id, _ = add_routine(studio, "Quick")
    open_text(page, studio, name_id)
    page.locator(".cm-content").press("Control+End")
    page.keyboard.type("closing: Sit for a while, and notice how the floor carries you, with every breath that comes.")
    expect(page.locator(".cm-content")).to_contain_text(
        "closing: Sit for a while, and notice how the floor carries you, with every breath that comes."
    )
    wait_for(page, "player.timeline?.cues.some(each => each.text.endsWith('with every breath that comes.'))")


def test_a_draft_survives_a_closed_tab_and_can_be_taken_back(page: Page, studio: Asker) -> None:
    name_id, file = add_routine(studio, "Draft")
    open_text(page, studio, name_id)
    replace_word(page, "Sit tall,", "Kneel tall,")
    page.get_by_text("Changed, not saved yet").wait_for()
    other = page.context.new_page()
    page.close()
    open_text(other, studio, name_id)
    expect(other.locator(".cm-content")).to_contain_text("Kneel tall")
    other.get_by_role("button", name="Discard my changes").click()
    expect(other.locator(".cm-content")).not_to_contain_text("Kneel tall")
    assert file.read_text(encoding="utf-8") == ROUTINE


@pytest.mark.parametrize("mine", [True, False])
def test_a_file_that_changed_meanwhile_is_not_written_over_unasked(page: Page, studio: Asker, *, mine: bool) -> None:
    name_id, file = add_routine(studio, f"Both{mine}")
    open_text(page, studio, name_id)
    replace_word(page, "Sit tall,", "Mine tall,")
    file.write_text(ROUTINE.replace("Sit tall,", "Theirs tall,"), encoding="utf-8")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".theirs")).to_contain_text("Theirs tall")
    assert "Theirs" in file.read_text(encoding="utf-8")
    page.get_by_role("button", name="Keep mine" if mine else "Use the one on disk").click()
    page.get_by_role("status").get_by_text("Saved", exact=True).wait_for()
    expect(page.locator(".cm-content")).to_contain_text("Mine tall" if mine else "Theirs tall")
    assert ("Mine" if mine else "Theirs") in file.read_text(encoding="utf-8")


def test_a_draft_is_not_saved_over_a_file_that_changed_while_its_tab_was_closed(page: Page, studio: Asker) -> None:
    name_id, file = add_routine(studio, "Reopened")
    open_text(page, studio, name_id)
    replace_word(page, "Sit tall,", "Mine tall,")
    page.get_by_text("Changed, not saved yet").wait_for()
    file.write_text(ROUTINE.replace("Sit tall,", "Theirs tall,"), encoding="utf-8")
    page.reload()
    expect(page.locator(".theirs")).to_contain_text("Theirs tall")
    page.get_by_role("button", name="Keep mine").click()
    page.get_by_role("status").get_by_text("Saved", exact=True).wait_for()
    assert "Mine tall" in file.read_text(encoding="utf-8")


def test_problems_stand_at_their_lines_while_the_last_session_plays(page: Page, studio: Asker) -> None:
    name_id, _ = add_routine(studio, "Wrong")
    open_text(page, studio, name_id)
    wait_for(page, "player.timeline")
    replace_word(page, "say:", "sya:")
    page.get_by_text("no step is called 'sya'").first.wait_for()
    page.locator(".cm-lint-marker-error").wait_for()
    assert page.get_by_role("button", name="Play", exact=True).is_enabled()


def test_the_session_is_heard_from_the_line_of_the_cursor_and_that_line_is_lit(page: Page, studio: Asker) -> None:
    name_id, _ = add_routine(studio, "Line")
    open_text(page, studio, name_id)
    wait_for(page, "player.timeline")
    page.locator(".cm-line", has_text="breathe: 2").click()
    page.get_by_role("button", name="Hear from here").click()
    expect(page.locator(".sounding")).to_contain_text("Breathe in, and grow tall")


def test_a_built_in_routine_becomes_ones_own_when_it_is_changed(page: Page, studio: Asker) -> None:
    open_text(page, studio, "box-breathing")
    page.get_by_role("button", name="Save as my own").click()
    page.get_by_role("status").get_by_text("Saved", exact=True).wait_for()
    assert (studio.folder / "box-breathing.yaml").exists()


@pytest.mark.parametrize("code", ["en", "de", "es", "fr"][:: choose_amount(2, 1)])
def test_a_new_routine_begins_with_words_that_nothing_is_wrong_with(
    open_context: Any,  # noqa: ANN401
    studio: Asker,
    code: str,
) -> None:
    page = open_context(locale=f"{code}-{code.upper()}").new_page()
    page.goto(f"http://127.0.0.1:{studio.door.port}/")
    page.locator(".line button").click()
    page.locator(".form-card").first.wait_for()
    wait_for(page, "player.timeline && player.timeline.phases.length === 12")
    wait_for(page, "document.querySelectorAll('.note.problem').length === 0")


def test_a_draft_whose_file_is_gone_can_be_saved_as_a_new_file(page: Page, studio: Asker) -> None:
    name_id, file = add_routine(studio, "Gone")
    open_text(page, studio, name_id)
    file.unlink()
    replace_word(page, "Sit tall,", "Mine tall,")
    page.get_by_text("The file is gone").wait_for()
    expect(page.get_by_text("There are no problems in this text.")).to_have_count(0)
    page.reload()
    expect(page.locator(".cm-content")).to_contain_text("Mine tall")
    page.get_by_role("button", name="Save as a new file").click()
    page.get_by_role("status").get_by_text("Saved", exact=True).wait_for()
    assert "Mine tall" in (studio.folder / "two-breaths-2.yaml").read_text(encoding="utf-8")


def test_a_deleted_file_comes_back_under_its_name(page: Page, studio: Asker) -> None:
    name_id, file = add_routine(studio, "Back")
    open_text(page, studio, name_id)
    replace_word(page, "Sit tall,", "Mine tall,")
    page.get_by_text("Changed, not saved yet").wait_for()
    file.unlink()
    anew, saved = (
        page.get_by_role("button", name="Save as a new file"),
        page.get_by_role("status").get_by_text("Saved", exact=True),
    )
    page.get_by_role("button", name="Save", exact=True).or_(anew).click()  # the check of the text may see it first
    saved.or_(anew).wait_for()
    if anew.is_visible():
        anew.click()
    saved.wait_for()
    page.get_by_text("There are no problems in this text.").wait_for()
    assert "Mine tall" in file.read_text(encoding="utf-8")


def test_an_exercise_that_is_not_in_the_folder_is_said_in_all_views(page: Page, studio: Asker) -> None:
    for view in ("play", "write", "form", "voices"):
        page.goto(f"http://127.0.0.1:{studio.door.port}/#/{view}/file-000000000000")
        said = "This exercise is not in the folder any more."
        expect(page.get_by_role("main")).to_have_text(re.compile(rf"^\W*All exercises{re.escape(said)}$"))
        wait_for(page, "document.title === 'voicecoach'")
    page.get_by_role("link", name="All exercises").click()
    page.locator(".card").first.wait_for()


def test_a_file_that_changed_outside_is_read_again_when_its_card_is_opened(page: Page, studio: Asker) -> None:
    name_id, file = add_routine(studio, "Outside")
    open_text(page, studio, name_id)
    wait_for(page, "player.timeline?.phases.length === 4")
    page.get_by_role("link", name="All exercises").click()
    card = page.locator(f'.card[href$="{name_id}"]')
    expect(card).to_contain_text("Two breaths")
    file.write_text(ROUTINE.replace("Two breaths", "More").replace("breathe: 2", "breathe: 20"), encoding="utf-8")
    card.click()
    page.get_by_role("heading", name="More").wait_for()
    wait_for(page, "player.timeline.phases.length === 40")
    page.get_by_role("link", name="All exercises").click()
    expect(card).to_contain_text("More")


@pytest.mark.parametrize("last", [True, False])
def test_a_tab_keeps_its_draft_when_another_is_saved(page: Page, studio: Asker, *, last: bool) -> None:
    name_id, file = add_routine(studio, f"Tabs{last}")
    other = page.context.new_page()
    for each in (page, other):
        open_text(each, studio, name_id)
    named = "Another tab is also editing"
    for each in (page, other) if last else (other, page):
        replace_word(each, "Sit tall,", f"{'Other' if each is other else 'Page'} tall,")
        (page if each is other else other).get_by_text(named).wait_for()
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_role("status").get_by_text("Saved", exact=True).wait_for()
    expect(other.get_by_text(named)).to_have_count(0)
    other.reload()
    expect(other.locator(".cm-content")).to_contain_text("Other tall")
    other.get_by_role("button", name="Keep mine").click()
    other.get_by_role("status").get_by_text("Saved", exact=True).wait_for()
    assert "Other tall" in file.read_text(encoding="utf-8")
    expect(page.locator(".cm-content")).to_contain_text("Other tall")


def test_the_keys_that_can_stand_in_a_place_are_offered_with_what_they_are_for(page: Page, studio: Asker) -> None:
    name_id, _ = add_routine(studio, "Keys")
    open_text(page, studio, name_id)
    offered = page.evaluate(
        """async () => {
            const { findParents, listKeys } = await import("/page/write/keys.js");
            const { getSchema } = await import("/page/api.js");
            const schema = await getSchema();
            const lines = ["title: A", "steps:", "  - each side:", "      steps:", "        - say: Sit.", "      "];
            return [findParents(lines.slice(0, 5), 10), findParents(lines, 6), findParents([], 0)].map((parents) => [
                parents,
                Object.keys(listKeys(schema, parents)),
            ]);
        }"""
    )
    (inner, steps), (sided, of_sides), (outer, top) = offered
    assert (inner, sided, outer) == (["steps", "each side", "steps"], ["steps", "each side"], [])
    assert {"say", "settle", "breathe"} <= {*steps}
    assert "between sides" in of_sides
    assert "say" not in of_sides
    assert "sides" in top
    page.locator(".cm-content").press("Control+End")
    page.keyboard.type("clos")
    page.locator(".cm-tooltip-autocomplete li", has_text="closing").first.click()
    expect(page.locator(".cm-content")).to_contain_text("closing: ")


def test_keys_of_the_text_are_coloured_and_the_keyboard_leaves_the_editor_by_escape_and_tab(
    page: Page, studio: Asker
) -> None:
    name_id, file = add_routine(studio, "Leave")
    open_text(page, studio, name_id)
    colour = "each => getComputedStyle(each).color"
    key = page.locator(".cm-line", has_text="steps:").locator("span", has_text="steps").first
    assert key.evaluate(colour) != page.locator(".cm-content").evaluate(colour)
    inside = "document.activeElement.matches('.editor')"
    page.locator(".cm-line", has_text="title:").click()
    page.keyboard.press("Tab")
    assert page.evaluate(inside)
    expect(page.locator(".cm-line").first).to_have_text("  title: Two breaths")
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")
    assert not page.evaluate(inside)
    assert file.read_text(encoding="utf-8") == ROUTINE
