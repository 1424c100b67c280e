"""The form of a routine: written as cards, with the text as the one thing that both views edit."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import voicecoach as vc
from tests.studio.browser.pages import expect, wait_for
from tests.studio.browser.test_write import add_routine, open_text

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

    from tests.studios import Asker

ROUTINE = """# For the evening.
title: Calves  # as they call it
breath: 4-6
sides:
  left: {leg: left leg, hand: left hand}
  right: {leg: right leg, hand: right hand}
steps:
  # Everybody sits first.
  - say: Sit down, with both legs long. | Sit down.   # calmly
    settle: 4s

  # The stretch itself.
  - each side:
      rounds: 1
      between: [{change: 8s}]  # time to turn
      steps:
        - say: Lean over your {leg}.
        # three are enough
        - breathe: 3
          in: >-
            In, and grow
            | In
          out: Breathe out, and let your {hand} sink down along the shin | And out
  - rest: 10s
    say: Rest.
closing: That is all.
"""


def open_form(page: Page, studio: Asker, name_id: str) -> None:
    page.goto(f"http://127.0.0.1:{studio.door.port}/#/form/{name_id}")
    page.locator(".form-card").first.wait_for()


def find_card(page: Page, path: str) -> Locator:
    """Return a card by its path in the routine, such as steps/0."""
    return page.locator(f'[data-path="{path}"]')


def read_text(page: Page) -> str:
    """Return the text that the page holds."""
    text: str = page.evaluate(
        "import('/page/state.js').then(({ state }) => state.text ?? state.draft.saved)",
    )
    return text


def list_kinds(page: Page, path: str = "steps") -> list[str]:
    """Return the kinds of the cards of a list, in order."""
    found: list[tuple[str, str]] = page.locator(".form-card").evaluate_all(
        "cards => cards.map((card) => [card.dataset.path, card.dataset.kind])"
    )
    return [kind for place, kind in found if place.rpartition("/")[0] == path]


def drag(page: Page, path: str, above: str) -> None:
    """Drag a card to the upper edge of another."""
    find_card(page, path).locator(".form-handle").hover()
    page.mouse.down()
    for place in (6, 4):
        find_card(page, above).hover(position={"x": 40, "y": place})
    page.mouse.up()


BUILT_INS = Path(vc.__file__).parent / "routines"
INNER = "steps/1/each side/steps"


def test_a_teacher_writes_a_two_sided_exercise_and_check_has_nothing_to_say(page: Page, studio: Asker) -> None:
    page.goto(f"http://127.0.0.1:{studio.door.port}/")
    page.get_by_role("button", name="New routine").click()
    page.get_by_label("Title").fill("Ankle circles")
    page.get_by_label("Said first, for safety").fill("Stop as soon as anything hurts.")
    page.get_by_label("Another word").fill("foot")
    page.get_by_role("button", name="Add", exact=True).click()
    page.get_by_label("foot, Left").fill("left foot")
    page.get_by_label("foot, Right").fill("right foot")
    find_card(page, "steps/0").get_by_label("Words").fill("Sit at the front of a chair.\nSit down.")
    find_card(page, f"{INNER}/0").get_by_label("Words").fill("Lift your {foot} a little.")
    find_card(page, "steps/1").get_by_role("button", name="Add a step").click()
    find_card(page, "steps/1").get_by_role("button", name="Stay for a time").click()
    find_card(page, f"{INNER}/2").get_by_label("Length", exact=True).fill("20")
    find_card(page, f"{INNER}/2").get_by_label("Words", exact=True).fill("Circle with your {foot}.")
    page.get_by_role("button", name="Add a step").last.click()
    page.get_by_role("button", name="Time to rest").click()
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_role("status").get_by_text("Saved", exact=True).wait_for()
    routine = vc.load(studio.folder / "my-stretch.yaml")
    assert routine.title == "Ankle circles"
    assert routine.has_sides
    assert vc.check(routine, warnings=True) == []
    assert "say: Sit at the front of a chair. | Sit down." in (studio.folder / "my-stretch.yaml").read_text("utf-8")


def test_comments_and_all_other_lines_survive_edits_moves_and_deletes(page: Page, studio: Asker) -> None:
    name_id, _ = add_routine(studio, "Comments", ROUTINE)
    open_form(page, studio, name_id)
    find_card(page, "steps/0").get_by_label("Words").fill("Kneel: both knees down.")
    expected = ROUTINE.replace("Sit down, with both legs long. | Sit down.", '"Kneel: both knees down."')
    assert read_text(page) == expected
    find_card(page, f"{INNER}/1").get_by_label("In", exact=True).fill("In")
    expected = expected.replace(">-\n            In, and grow\n            | In\n", "In\n")
    assert read_text(page) == expected
    page.get_by_role("button", name="Delete: step 3, Rest").click()
    expected = expected.replace("  - rest: 10s\n    say: Rest.\n", "")
    assert read_text(page) == expected
    find_card(page, "steps/0").get_by_label("Words").press("Alt+ArrowDown")
    moved = read_text(page)
    assert sorted(map(str.strip, moved.splitlines())) == sorted(map(str.strip, expected.splitlines()))
    assert (
        '      steps:\n        # Everybody sits first.\n        - say: "Kneel: both knees down."   # calmly\n' in moved
    )


def test_what_was_changed_is_undone_and_done_again_step_by_step(page: Page, studio: Asker) -> None:
    name_id, _ = add_routine(studio, "Undone", ROUTINE)
    open_form(page, studio, name_id)
    words = find_card(page, "steps/2").get_by_label("Words")
    words.fill("")
    page.keyboard.type("Rest well.")
    page.get_by_role("button", name="Duplicate: step 3, Rest").click()
    assert list_kinds(page) == ["say", "each side", "rest", "rest"]
    page.keyboard.press("Control+z")
    assert list_kinds(page) == ["say", "each side", "rest"]
    expect(words).to_have_value("Rest well.")
    page.keyboard.press("Control+z")
    expect(words).to_have_value("Rest.")
    assert read_text(page) == ROUTINE
    expect(page.get_by_role("button", name="Undo")).to_be_disabled()
    page.get_by_role("button", name="Redo").click()
    page.get_by_role("button", name="Redo").click()
    assert list_kinds(page) == ["say", "each side", "rest", "rest"]


def test_alt_with_arrows_moves_a_step_past_others_into_a_block_and_out_of_it(page: Page, studio: Asker) -> None:
    name_id, _ = add_routine(studio, "Keys", ROUTINE)
    open_form(page, studio, name_id)
    find_card(page, "steps/2").get_by_label("Words").focus()
    page.keyboard.press("Alt+ArrowUp")
    assert list_kinds(page, INNER) == ["say", "breathe", "rest"]
    page.keyboard.press("Alt+ArrowUp")
    assert list_kinds(page, INNER) == ["say", "rest", "breathe"]
    expect(page.get_by_role("button", name="Move up: step 2, Rest")).to_be_focused()
    for _ in range(3):
        page.keyboard.press("Alt+ArrowUp")
    assert list_kinds(page) == ["rest", "say", "each side"]
    expect(page.get_by_role("button", name="Move up: step 1, Rest")).to_be_focused()


def test_a_step_is_dragged_between_others_and_into_a_block(page: Page, studio: Asker) -> None:
    name_id, _ = add_routine(studio, "Dragged", ROUTINE)
    page.set_viewport_size({"width": 1280, "height": 2800})
    open_form(page, studio, name_id)
    drag(page, "steps/2", "steps/0")
    assert list_kinds(page) == ["rest", "say", "each side"]
    inner = "steps/2/each side/steps"
    drag(page, "steps/0", f"{inner}/1")
    assert list_kinds(page) == ["say", "each side"]
    assert list_kinds(page, INNER) == ["say", "rest", "breathe"]


def test_a_meter_says_the_air_and_the_wording_that_is_used(page: Page, studio: Asker) -> None:
    name_id, _ = add_routine(studio, "Meter", ROUTINE)
    open_form(page, studio, name_id)
    card = find_card(page, f"{INNER}/1")
    expect(card.get_by_text("of 6 s")).to_contain_text("says wording 1 of 2")
    page.get_by_label("Breath, in").fill("2-2")
    expect(card.get_by_text("of 2 s says")).to_contain_text(["says wording 1 of 2", "says wording 2 of 2"])
    expect(card.locator('[data-said="true"]')).to_have_text(["And out", "And out"])


def test_both_sides_stand_beside_the_one_field(page: Page, studio: Asker) -> None:
    name_id, _ = add_routine(studio, "Beside", ROUTINE)
    open_form(page, studio, name_id)
    find_card(page, f"{INNER}/0").get_by_label("Words").fill("{Hand} on your {leg}, {next leg}, {count}.")
    sides = find_card(page, f"{INNER}/0").locator(".form-side li")
    expect(sides).to_have_text(
        ["Left hand on your left leg, right leg, {count}.", "Right hand on your right leg, left leg, {count}."]
    )


def test_a_phrase_is_heard_alone_and_the_session_from_it_on(page: Page, studio: Asker) -> None:
    name_id, _ = add_routine(studio, "Heard", ROUTINE)
    open_form(page, studio, name_id)
    page.get_by_role("button", name="Hear this phrase: Rest.").click()
    wait_for(page, "player.laid.length === 1 && !player.playing")
    page.get_by_role("button", name="Hear from here: Rest.").click()
    wait_for(page, "player.playing && player.place >= player.timeline.cues.find(each => each.text === 'Rest.').start")
    expect(find_card(page, "steps/2")).to_have_attribute("data-sounding", "")


def test_form_and_text_are_two_views_of_one_text(page: Page, studio: Asker) -> None:
    name_id, file = add_routine(studio, "Views", ROUTINE)
    open_form(page, studio, name_id)
    find_card(page, "steps/2").get_by_label("Words").fill("Rest for a while.")
    page.get_by_role("link", name="Text", exact=True).click()
    expect(page.locator(".cm-content")).to_contain_text("say: Rest for a while.")
    text = page.locator(".cm-content").inner_text()
    page.locator(".cm-content").fill(text.replace("Rest for a while.", "Rest again."))
    page.get_by_role("link", name="Write", exact=True).click()
    expect(find_card(page, "steps/2").get_by_label("Words")).to_have_value("Rest again.")
    assert file.read_text(encoding="utf-8") == ROUTINE
    page.get_by_role("button", name="Discard my changes").click()
    expect(find_card(page, "steps/2").get_by_label("Words")).to_have_value("Rest.")


def test_a_text_that_is_no_yaml_is_named_with_its_line_while_the_last_session_plays(page: Page, studio: Asker) -> None:
    name_id, _ = add_routine(studio, "Unreadable", ROUTINE)
    open_text(page, studio, name_id)
    wait_for(page, "player.timeline")
    text = page.locator(".cm-content").inner_text()
    page.locator(".cm-content").fill(text.replace("closing:", " closing:"))
    named = page.get_by_label("Problems").locator("strong").first.inner_text()
    page.get_by_role("link", name="Write", exact=True).click()
    page.get_by_text("be shown as a form").wait_for()
    expect(page.get_by_role("alert").locator("li")).to_contain_text([named])
    assert page.get_by_role("button", name="Play", exact=True).is_enabled()
    page.get_by_role("link", name="of the text").first.click()
    page.locator(".cm-activeLine", has_text="closing:").wait_for()


def test_problems_stand_at_their_cards_and_what_no_card_knows_is_shown_as_text(page: Page, studio: Asker) -> None:
    text = ROUTINE.replace("settle: 4s", "sttle: 4s").replace("  - rest: 10s\n    say: Rest.\n", "  - dance: 3\n")
    name_id, _ = add_routine(studio, "Problems", text)
    open_form(page, studio, name_id)
    expect(find_card(page, "steps/0").get_by_role("alert")).to_contain_text("Did you mean 'settle'?")
    expect(find_card(page, "steps/2").locator("pre")).to_have_text("dance: 3")
    expect(find_card(page, "steps/2").get_by_role("link", name="Line 24 of the text")).to_be_visible()


STEPS_OF_BUILT_INS = """async texts => {
    const modules = ["tree", "splice", "kinds"].map((each) => import(`/page/form/${each}.js`));
    const [{ Tree }, splice, { findKind, LISTS, bodyOf, isBlock }] = await Promise.all(modules);
    const lines = (text) => text.split("\\n").map((line) => line.trim());
    const comments = (text) => lines(text).filter((line) => line.startsWith("#")).sort().join();
    function* walk(tree, list) {
        for (let index = 0; index < tree.lengthAt(list); index++) {
            yield [list, index];
            const path = [...list, index];
            const kind = findKind(tree, path);
            if (!isBlock(kind)) continue;
            for (const name of Object.keys(LISTS)) yield* walk(tree, [...bodyOf(path, kind), name]);
        }
    }
    const count = (tree) => [...walk(tree, ["steps"])].length;
    const faults = [];
    let done = 0;
    for (const text of texts) {
        const tree = new Tree(text);
        for (const [list, index] of walk(tree, ["steps"])) {
            const [target, place] = index ? [list, index - 1] : [["steps"], tree.lengthAt(["steps"])];
            const changed = {
                removed: splice.removeItem(tree, list, index),
                added: splice.duplicateItem(tree, list, index),
                moved: splice.moveItem(tree, list, index, target, place),
            };
            for (const [name, changes] of Object.entries(changed)) {
                const next = splice.applyChanges(text, changes);
                const found = new Tree(next);
                const more = Math.sign(count(found) - count(tree)) === { removed: -1, added: 1, moved: 0 }[name];
                const kept = comments(next) === comments(text);
                if (found.errors.length || !more || !kept) faults.push([name, ...list, index, tree.textAt(["title"])]);
                done += 1;
            }
        }
    }
    return [done, faults];
}"""


def test_what_only_a_plan_finds_is_a_problem_of_both_views(page: Page, studio: Asker) -> None:
    name_id, _ = add_routine(studio, "Endless", ROUTINE.replace("breathe: 3", "breathe: 4000"))
    open_text(page, studio, name_id)
    page.get_by_label("Problems").get_by_text("more than 12 hours").wait_for(timeout=60_000)  # half a day is planned
    expect(page.get_by_text("There are no problems in this text.")).to_have_count(0)
    page.get_by_role("link", name="Write", exact=True).click()
    page.locator(".form").get_by_text("more than 12 hours").first.wait_for()
    expect(page.locator(".form-bar").get_by_text("1 problem", exact=True)).to_be_visible()


def test_every_step_of_every_built_in_is_copied_moved_and_deleted_without_harm(page: Page, studio: Asker) -> None:
    texts = [each.read_text(encoding="utf-8") for each in sorted(BUILT_INS.glob("*.yaml"))]
    page.goto(f"http://127.0.0.1:{studio.door.port}/")
    count, faults = page.evaluate(STEPS_OF_BUILT_INS, texts)
    assert faults == []
    assert count > 1_000
