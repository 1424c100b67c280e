"""A session in the browser: found, heard, seen, and changed while it plays."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from tests.studio.browser.pages import ask_player, expect, open_library, open_routine, wait_for
from tests.studios import ROUTINE
from voicecoach.studio.files import make_id

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.studios import Asker


def lasts(phase: int, seconds: float) -> str:
    """Return the expression that a phase lasts so long."""
    each = f"player.timeline.phases[{phase}]"
    return f"Math.abs({each}.end - {each}.start - {seconds}) < 1e-6"


def test_the_address_loses_its_secret_and_the_library_is_there_at_once(page: Page, studio: Asker) -> None:
    page.context.clear_cookies()
    page.goto(studio.door.address)
    page.wait_for_selector(".card")
    assert page.url == f"http://127.0.0.1:{studio.door.port}/"
    assert page.locator(".card").count() > 15
    assert page.locator(".card-title").first.inner_text() == "Leg stretch"
    assert page.evaluate("document.cookie") == ""


def test_a_card_shows_its_picture_its_length_and_what_it_is_for(page: Page, studio: Asker) -> None:
    open_library(page, studio)
    card = page.locator(".card", has_text="Sitting leg stretch")
    expect(card.locator("img")).to_have_js_property("complete", value=True)
    assert card.locator("img").evaluate("each => each.naturalWidth") > 0
    assert "each side" in card.inner_text()
    assert "minutes" in card.inner_text()


def test_the_leg_stretch_is_two_clicks_from_playing(page: Page, studio: Asker) -> None:
    open_library(page, studio)
    page.locator(".card", has_text="Leg stretch").first.click()
    page.get_by_role("button", name="Play", exact=True).click()
    page.get_by_role("button", name="Pause", exact=True).wait_for()
    wait_for(page, "player.place > 0.2")


def test_a_search_leaves_what_fits(page: Page, studio: Asker) -> None:
    open_library(page, studio)
    page.get_by_role("searchbox").fill("box")
    expect(page.locator(".card")).to_have_count(1)
    page.get_by_role("searchbox").fill("zzz")
    page.get_by_text("Nothing found for “zzz”").wait_for()


def test_ones_own_routine_is_among_the_cards_and_plays(page: Page, studio: Asker) -> None:
    open_library(page, studio)
    page.locator(".card", has_text="Two breaths").click()
    page.get_by_role("heading", name="Two breaths").wait_for()
    page.get_by_role("button", name="Play", exact=True).click()
    wait_for(page, "player.place > 0.2")


def test_the_ring_shows_the_phase_the_seconds_and_the_side(page: Page, studio: Asker) -> None:
    open_routine(page, studio)
    phase = ask_player(page, "player.timeline.phases.find(each => each.side === 'right' && each.kind === 'exhale')")
    ask_player(page, "player.seek(given)", phase["start"] + 1.5)
    expect(page.locator(".ring-phase")).to_have_text("Out")
    assert page.locator(".ring-seconds").inner_text() == str(round(phase["end"] - phase["start"] - 1.5 + 0.5))
    assert page.locator(".side").inner_text() == "Right ▶"
    assert page.locator(".ring-right").is_visible()
    assert not page.locator(".ring-left").is_visible()


def test_the_words_are_those_that_sound(page: Page, studio: Asker) -> None:
    open_routine(page, studio)
    cues = ask_player(page, "player.timeline.cues.filter(each => each.track === 'voice')")
    ask_player(page, "player.seek(given)", cues[7]["start"] + 0.05)
    expect(page.locator(".words .now")).to_have_text(cues[7]["text"])
    assert page.locator(".words .next").inner_text() == f"Next: {cues[8]['text']}"


def test_a_moved_slider_is_heard_from_the_same_place_of_the_same_phase(page: Page, studio: Asker) -> None:
    open_routine(page, studio)
    phase = ask_player(page, "player.timeline.phases[8]")
    ask_player(page, "player.seek(given)", phase["start"] + 1)
    page.get_by_role("spinbutton", name="In, s").fill("5.5")
    wait_for(page, lasts(0, 5.5))
    later = ask_player(page, "player.timeline.phases[8]")
    assert later["start"] > phase["start"]
    assert ask_player(page, "player.place") == pytest.approx(later["start"] + 1, abs=0.05)


def test_what_sounds_goes_on_while_the_rest_is_laid_anew(page: Page, studio: Asker) -> None:
    open_routine(page, studio)
    long = ask_player(page, "player.timeline.cues.find(each => each.end - each.start > 3)")
    ask_player(page, "player.seek(given)", long["start"] - 0.01)
    page.get_by_role("button", name="Play", exact=True).click()
    wait_for(page, f"player.place > {long['start'] + 0.3}")
    before = ask_player(page, "player.laid.findIndex(each => each.start <= player.context.currentTime)")
    page.evaluate("window.old = null")
    ask_player(page, "void (window.old = player.laid[given])", before)
    page.get_by_role("slider", name="Out").fill("7.5")
    wait_for(page, lasts(1, 7.5))
    assert ask_player(page, "player.laid.includes(window.old)")
    assert ask_player(page, "player.laid.filter(each => each.cue.text === window.old.cue.text).length") == 1
    assert ask_player(page, "player.playing")


def test_many_moves_leave_the_last_one(page: Page, studio: Asker) -> None:
    open_routine(page, studio)
    slider = page.get_by_role("slider", name="Out")
    for tenths in range(50, 90, 5):
        slider.fill(str(tenths / 10))
    wait_for(page, lasts(1, 8.5))


def test_all_cues_start_on_the_samples_of_the_plan(page: Page, studio: Asker) -> None:
    open_routine(page, studio)
    wait_for(page, "player.timeline.cues.every(each => player.buffers.has(each.clip))")
    found = page.evaluate(
        """async () => {
            const { player } = await import("/page/actions.js");
            const { lay, RATE } = await import("/page/player.js");
            const until = 60;
            const context = new OfflineAudioContext(1, until * RATE, RATE);
            const cues = player.timeline.cues.filter((each) => each.start < until);
            lay(context, cues, player.buffers, 0);
            const heard = (await context.startRendering()).getChannelData(0);
            const planned = new Float32Array(until * RATE);
            for (const cue of cues) {
                const samples = player.buffers.get(cue.clip);
                const end = Math.min(samples.length, planned.length - cue.sample);
                for (let at = 0; at < end; at++) planned[cue.sample + at] += samples[at];
            }
            let most = 0;
            for (let at = 0; at < planned.length; at++) most = Math.max(most, Math.abs(planned[at] - heard[at]));
            return [cues.length, most];
        }"""
    )
    assert found[0] > 5
    assert found[1] < 1e-6


def test_what_does_not_fit_is_said_in_place_and_the_last_session_stays(page: Page, studio: Asker) -> None:
    text = "title: Long words\nsteps:\n  - breathe: 2\n    in: Breathe in, and grow tall\n    out: Out\n"
    (studio.folder / "long-words.yaml").write_text(text, encoding="utf-8")
    open_routine(page, studio, make_id("long-words.yaml"))
    page.get_by_role("spinbutton", name="In, s").fill("1.5")
    page.get_by_role("alert").get_by_text("“Breathe in, and grow tall” does not fit").wait_for()
    assert page.get_by_role("button", name="Play", exact=True).is_enabled()
    suggested = page.get_by_role("group", name="What is possible instead").get_by_role("button")
    suggested.first.click()
    page.get_by_role("alert").wait_for(state="detached")
    assert float(page.get_by_role("spinbutton", name="In, s").input_value()) > 1.5


def test_shorter_wordings_are_named(page: Page, studio: Asker) -> None:
    open_routine(page, studio)
    page.get_by_role("spinbutton", name="In, s").fill("1.5")
    page.get_by_text("said in shorter words at this breath").wait_for()


def test_one_side_only(page: Page, studio: Asker) -> None:
    open_routine(page, studio)
    page.get_by_role("radio", name="Left").check()
    wait_for(page, "player.timeline.phases.every(each => each.side !== 'right')")


def test_rounds_and_an_exact_length_take_each_others_place(page: Page, studio: Asker) -> None:
    open_routine(page, studio)
    before = ask_player(page, "player.timeline.duration")
    page.get_by_role("spinbutton", name="Rounds").fill("1")
    wait_for(page, f"player.timeline.duration < {before}")
    page.get_by_role("spinbutton", name="Exact length").fill("8")
    wait_for(page, "player.timeline.duration === 480")
    assert page.get_by_role("spinbutton", name="Rounds").input_value() == ""


def test_a_length_that_cannot_be_met_has_the_nearest_ones_as_buttons(page: Page, studio: Asker) -> None:
    open_routine(page, studio, "box-breathing")
    page.get_by_role("spinbutton", name="Exact length").fill("0.5")
    suggested = page.get_by_role("group", name="What is possible instead").get_by_role("button", name="Make it").first
    suggested.click()
    page.get_by_role("alert").wait_for(state="detached")
    assert float(page.get_by_role("spinbutton", name="Exact length").input_value()) > 0.5


def test_choices_are_remembered_for_each_routine_and_can_be_taken_back(page: Page, studio: Asker) -> None:
    open_routine(page, studio)
    page.get_by_role("spinbutton", name="Out, s").fill("7")
    wait_for(page, lasts(1, 7))
    page.reload()
    page.wait_for_selector(".transport")
    assert page.get_by_role("spinbutton", name="Out, s").input_value() == "7"
    page.get_by_role("button", name="Reset all choices").click()
    wait_for(page, lasts(1, 6))


def test_a_breath_can_be_tapped(open_context: Any, studio: Asker) -> None:  # noqa: ANN401
    page = open_context().new_page()
    open_routine(page, studio)
    page.clock.install(time=0)
    page.clock.pause_at(1000)
    page.get_by_role("button", name="Tap my breath").click()
    page.clock.run_for(100)
    expect(page.locator(".tap")).to_be_focused()
    for seconds in (0, 3.2, 5.0, 3.2, 5.0):
        page.clock.run_for(round(seconds * 1000))
        page.keyboard.press("Space")
    expect(page.get_by_role("spinbutton", name="Out, s")).to_have_value("5")
    assert page.get_by_role("spinbutton", name="In, s").input_value() == "3.2"
    assert not ask_player(page, "player.playing")
    page.get_by_role("button", name="Done").click()
    page.clock.run_for(100)
    expect(page.get_by_role("button", name="Tap my breath")).to_be_focused()


def test_the_keys_play_and_seek_and_change_the_breath(page: Page, studio: Asker) -> None:
    open_routine(page, studio)
    page.keyboard.press("ArrowRight")
    assert ask_player(page, "player.place") == 5
    page.keyboard.press("ArrowLeft")
    assert ask_player(page, "player.place") == 0
    page.keyboard.press("Shift+ArrowRight")
    chapters = ask_player(page, "player.timeline.chapters.map(each => each.start)")
    assert ask_player(page, "player.place") == chapters[1]
    page.keyboard.press("]")
    wait_for(page, lasts(0, 4.5))
    page.keyboard.press("Space")
    wait_for(page, "player.playing")
    page.keyboard.press("Space")
    wait_for(page, "!player.playing")
    page.keyboard.press("?")
    page.get_by_role("dialog", name="Keys").wait_for()


def test_a_chapter_on_the_strip_is_sought(page: Page, studio: Asker) -> None:
    open_routine(page, studio)
    page.locator(".chapter").nth(3).click()
    assert ask_player(page, "player.place") == ask_player(page, "player.timeline.chapters[3].start")


def test_a_translation_can_be_heard(page: Page, studio: Asker) -> None:
    open_routine(page, studio)
    page.get_by_role("combobox", name="Language", exact=True).select_option("de")
    page.get_by_role("heading", name="Beindehnung im Sitzen").wait_for()
    wait_for(page, "player.timeline.language === 'de'")
    assert page.title() == "Beindehnung im Sitzen · voicecoach"


def test_an_export_is_offered_with_its_size_and_its_command(page: Page, studio: Asker) -> None:
    open_routine(page, studio, make_id("two-breaths.yaml"))
    page.get_by_role("spinbutton", name="Out, s").fill("5")
    wait_for(page, lasts(1, 5))
    page.get_by_text("More", exact=True).click()
    page.get_by_label("Clearer words").check()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Export").click()
    dialog = page.get_by_role("dialog", name="Export")
    expect(dialog).to_contain_text("takes about 0.5 MB")  # as soon as it is planned with the slower words
    dialog.get_by_role("combobox", name="Format").select_option("opus")
    expect(dialog).to_contain_text("takes about 0.3 MB")
    dialog.get_by_text("Captions, chapters and quality").click()
    dialog.get_by_label("SubRip").check()
    dialog.get_by_role("spinbutton", name="Bit rate").fill("24")
    dialog.get_by_role("combobox", name="Introduction").select_option("none")
    dialog.get_by_role("button", name="Write the files").click()
    dialog.locator("audio").wait_for()
    expect(dialog.locator(".jobs")).to_contain_text(re.compile(r"\.srt 0\.\d kB"))
    assert sorted(each.suffix for each in studio.folder.glob("two-breaths*.*")) == [".opus", ".srt", ".yaml"]
    dialog.get_by_text("The command").click()
    options = "--breath 4-5 --intro none --clear --bitrate 24 --format opus --captions srt"
    assert dialog.locator(".command").inner_text() == f"voicecoach make two-breaths.yaml {options}"


def test_an_introduction_that_was_heard_is_short_the_next_time_unless_another_one_is_chosen(
    page: Page, studio: Asker
) -> None:
    (studio.folder / "noted.yaml").write_text(
        f"{ROUTINE}notice:\n  - Stop if it hurts.\n  - Go slowly.\n", encoding="utf-8"
    )
    name = make_id("noted.yaml")
    open_library(page, studio)
    page.evaluate("name => localStorage.setItem(`choices ${name}`, JSON.stringify({ lead_in: '0s' }))", name)
    open_routine(page, studio, name)
    assert ask_player(page, "player.timeline.cues.filter(each => each.kind === 'notice').length") == 2
    assert page.get_by_role("combobox", name="Introduction").input_value() == "full"
    with page.expect_response("**/api/heard") as noted:
        page.get_by_role("button", name="Play", exact=True).click()
    assert noted.value.status == 204
    page.reload()
    page.get_by_text("You have heard the full one").wait_for()
    assert ask_player(page, "player.timeline.cues.filter(each => each.kind === 'notice').length") == 1
    page.get_by_role("combobox", name="Introduction").select_option("full")
    wait_for(page, "player.timeline.cues.filter(each => each.kind === 'notice').length === 2")


def test_a_narrow_screen_has_no_sideways_scrolling(open_context: Any, studio: Asker) -> None:  # noqa: ANN401
    page = open_context(viewport={"width": 360, "height": 740}).new_page()
    open_library(page, studio)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    open_routine(page, studio)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    opener = page.get_by_role("button", name="Breath and choices")
    opener.click()
    page.get_by_role("slider", name="Out").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    expect(page.locator(".sheet-close")).to_be_focused()
    page.keyboard.press("Escape")
    expect(opener).to_be_focused()
    expect(page.locator(".choices")).not_to_be_visible()


def test_with_reduced_motion_a_bar_fills_in_place_of_the_ring(open_context: Any, studio: Asker) -> None:  # noqa: ANN401
    page = open_context(reduced_motion="reduce").new_page()
    open_routine(page, studio)
    assert page.locator(".ring-bar").is_visible()
    assert not page.locator(".ring svg").is_visible()


def test_the_page_says_that_the_studio_was_stopped(page: Page, studio: Asker) -> None:
    open_routine(page, studio)
    page.wait_for_load_state("networkidle")
    page.route("**/api/**", lambda route: route.abort())
    page.get_by_role("slider", name="Out").fill("7")
    page.get_by_role("alert").get_by_text("The studio was stopped").wait_for()


def test_no_script_of_a_routine_runs(page: Page, studio: Asker) -> None:
    text = "title: <img src=x onerror=alert(1)>\nsteps:\n  - say: <script>alert(2)</script>\n"
    (studio.folder / "script.yaml").write_text(text, encoding="utf-8")
    asked: list[str] = []
    page.on("dialog", lambda dialog: asked.append(dialog.message))
    open_routine(page, studio, make_id("script.yaml"))
    page.get_by_role("heading", name="<img src=x").wait_for()
    assert page.locator(".stage img").count() == 0
    assert asked == []


def test_a_background_goes_with_the_session_and_goes_down_under_words(page: Page, studio: Asker) -> None:
    open_routine(page, studio)
    page.get_by_role("combobox", name="Background").select_option("rain")
    wait_for(page, "player.background.parts.bed")
    words = ask_player(page, "player.timeline.cues.filter(each => each.track === 'voice')")
    levels = page.evaluate(
        """async () => {
            const { player } = await import("/page/actions.js");
            const { findLevel, listDucking, listFades } = await import("/page/background.js");
            const corners = listDucking(player.timeline);
            const long = player.timeline.cues.find((cue) => cue.end - cue.start > 2);
            const end = player.timeline.duration;
            const fades = listFades(player.timeline);
            return [findLevel(corners, long.start + 1), findLevel(corners, 0), findLevel(fades, end - 2)];
        }"""
    )
    assert words
    assert levels == [0.5, 1, 0.5]
    page.get_by_role("button", name="Play", exact=True).click()
    wait_for(page, "player.background.parts.bed.nodes")
    page.get_by_role("combobox", name="Background").select_option("none")
    wait_for(page, "!player.background.parts.bed")


def test_a_bell_is_heard_where_it_is_chosen(page: Page, studio: Asker) -> None:
    open_routine(page, studio)
    page.get_by_role("combobox", name="Bells").select_option("bell")
    wait_for(page, "player.timeline.cues.filter(each => each.track === 'chime').length > 3")
    page.get_by_text("More", exact=True).click()
    page.get_by_label("To fall asleep").check()
    expect(page.get_by_role("combobox", name="Bells")).to_be_disabled()
    expect(page.get_by_role("combobox", name="Bells")).to_have_value("none")
    page.get_by_label("To fall asleep").uncheck()
    expect(page.get_by_role("combobox", name="Bells")).to_have_value("bell")


def test_the_page_speaks_the_language_of_its_browser_and_any_other(open_context: Any, studio: Asker) -> None:  # noqa: ANN401
    page = open_context(locale="de-DE").new_page()
    open_library(page, studio)
    page.get_by_role("heading", name="Wähle eine Übung").wait_for()
    assert page.evaluate("document.documentElement.lang") == "de"
    for code, words in (("es", "Elige un ejercicio"), ("fr", "Choisis un exercice"), ("en", "Choose an exercise")):
        page.get_by_role("combobox").first.select_option(code)
        page.get_by_role("heading", name=words).wait_for()
        assert page.evaluate("document.documentElement.lang") == code
