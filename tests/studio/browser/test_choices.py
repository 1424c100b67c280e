"""The choices: numbers out of range, files of one side, and texts that are long, in every language."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.studio.browser.pages import expect, open_routine
from voicecoach.studio.files import make_id

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.studios import Asker


def test_a_number_out_of_range_becomes_the_nearest_one_when_its_field_is_left(page: Page, studio: Asker) -> None:
    open_routine(page, studio)
    for name, typed, taken in (
        ("In, s", "500", "150"),
        ("In, s", "0", "1"),
        ("In, s", "", "1"),
        ("Rounds", "2.5", "3"),
        ("Rounds", "0", "1"),
        ("Pace", "5", "105"),
        ("Exact length", "0.1", "0.5"),
    ):
        field = page.get_by_role("spinbutton", name=name)
        field.fill(typed)
        field.press("Tab")
        expect(field).to_have_value(taken)
        assert page.get_by_text("status 400").count() == 0
    assert page.evaluate("import('/page/state.js').then(({ state }) => state.choices)") == {
        "breath": "1-6",
        "rate": 105,
        "length": "30s",
    }


def test_one_side_is_exported_as_one_file(page: Page, studio: Asker) -> None:
    open_routine(page, studio)
    for side, offered in (("Both", 1), ("Right", 0)):
        page.get_by_role("radio", name=side).check()
        page.get_by_role("button", name="Export").click()
        expect(page.get_by_label("A file for each side")).to_have_count(offered)
        page.get_by_role("button", name="Close").click()


CUT = """() => {
    const ruler = document.createElement("canvas").getContext("2d");
    const isCut = (field) => {
        const look = getComputedStyle(field);
        ruler.font = look.font;
        const buttons = field.type === "number" ? 16 : 0;
        const room = field.clientWidth - parseFloat(look.paddingLeft) - parseFloat(look.paddingRight) - buttons;
        return field.clientWidth > 0 && ruler.measureText(field.placeholder).width > room;
    };
    return [...document.querySelectorAll(".choices [placeholder]")].filter(isCut).map((each) => each.placeholder);
}"""


def test_no_language_is_too_long_for_a_narrow_screen(open_context: Any, studio: Asker) -> None:  # noqa: ANN401
    page = open_context(viewport={"width": 360, "height": 740}, color_scheme="dark").new_page()
    open_routine(page, studio)
    page.locator(".sheet-button").click()
    look = "getComputedStyle(document.querySelector('.choices [placeholder]'), '::placeholder').color"
    assert page.evaluate(look) == "rgb(169, 179, 185)"
    for code in ("en", "es", "fr", "de"):
        page.evaluate("code => import('/page/actions.js').then(({ setLanguage }) => setLanguage(code))", code)
        assert page.evaluate(CUT) == [], code
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, code
    word = "Donaudampfschifffahrtsgesellschaftskapitaenswitwenrentenauszahlungsstelle"
    text = f"title: Long\nsteps:\n  - say: Sit.\n    {word}: 1\n"
    (studio.folder / "long.yaml").write_text(text, encoding="utf-8")
    page.goto(f"http://127.0.0.1:{studio.door.port}/#/play/{make_id('long.yaml')}")
    page.get_by_role("alert").get_by_text(word[:40]).first.wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.goto(f"http://127.0.0.1:{studio.door.port}/#/form/sitting-leg-stretch")
    page.locator(".form-card").first.wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
