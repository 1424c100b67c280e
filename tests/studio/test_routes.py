"""What the page asks the server, and what it gets."""

from __future__ import annotations

import io
import re
import wave

import pytest

import voicecoach as vc
from tests.studios import ROUTINE, Asker
from voicecoach.studio.answers import BadRequestError, read_field
from voicecoach.studio.files import make_id
from voicecoach.studio.page_files import list_modules, list_page
from voicecoach.studio.server import find_place
from voicecoach.studio.sessions import SupersededError, Tickets, read_choices
from voicecoach.testing import FakeVoice

MINE = make_id("two-breaths.yaml")
BOX = {"routine": {"id": "box-breathing"}}


def test_the_library_has_the_built_in_routines_and_those_of_the_folder(studio: Asker) -> None:
    found = studio.get("/api/library").json
    assert {each["id"] for each in found["routines"]} == {each.name for each in vc.list_routines()}
    assert found["routines"][0]["id"] == "leg-stretch"
    assert {"id": MINE, "title": "Two breaths"} in found["mine"]
    assert found["opened"] == MINE


def test_a_card_says_what_can_be_chosen(studio: Asker) -> None:
    card = studio.get("/api/card/sitting-leg-stretch").json
    assert (card["sides"], card["breath"], card["problems"]) == (True, "4-6", [])
    assert card["duration"] > 60
    assert studio.get("/api/card/sitting-leg-stretch?language=de").json["language"] == "de"
    assert studio.get("/api/card/nothing").status == 404


def test_a_picture_is_an_svg_without_a_script(studio: Asker) -> None:
    answer = studio.get("/api/picture/box-breathing")
    assert answer.headers["content-type"] == "image/svg+xml"
    assert answer.body.startswith(b"<svg")
    assert b"<script" not in answer.body


def test_only_words_of_the_routine_itself_have_lines(studio: Asker) -> None:
    text = "title: A\nsteps:\n  - say: Hello.\n  - include: cyclic-sigh\n"
    name_id = studio.post("/api/routines", {"title": "With another", "text": text}).json["id"]
    found = studio.post("/api/plan", {"page": "a", "routine": {"id": name_id}, "choices": {}}).json
    assert {cue["line"] for cue in found["timeline"]["cues"]} == {None, 3}


def test_a_plan_is_the_timeline_that_the_program_prints_with_clips_and_lines(studio: Asker) -> None:
    found = studio.post("/api/plan", {**BOX, "choices": {"breath": "5-5-5-5"}}).json
    session = vc.plan("box-breathing", breath="5-5-5-5", voice=FakeVoice())
    expected = session.to_json(clips=True)
    assert found["clips"] == expected.pop("clips")
    places = [(cue.pop("line"), cue.pop("column")) for cue in found["timeline"]["cues"]]
    assert found["timeline"] == expected
    wheres = [cue.where for cue in session.timeline.cues]
    assert places == [(where.line, where.column) if where else (None, None) for where in wheres]
    assert found["problems"] == []


def test_the_same_choices_have_the_same_digest_and_others_another(studio: Asker) -> None:
    one, again, other = (
        studio.post("/api/plan", {"routine": {"id": MINE}, "choices": {"breath": breath}}).json["digest"]
        for breath in ("4-4", "4-4", "5-4")
    )
    assert one == again != other


def test_a_clip_is_its_samples_and_is_kept_for_ever(studio: Asker) -> None:
    digest, samples = next(iter(studio.post("/api/plan", BOX).json["clips"].items()))
    answer = studio.get(f"/api/clip/{digest}")
    with wave.open(io.BytesIO(answer.body)) as file:
        assert (file.getframerate(), file.getnframes()) == (48_000, samples)
    assert "immutable" in answer.headers["cache-control"]
    assert studio.get("/api/clip/nothing").status == 404


def test_a_text_is_planned_in_place_of_the_file(studio: Asker) -> None:
    text = ROUTINE.replace("Sit tall, with", "Stand tall, with")
    found = studio.post("/api/plan", {"routine": {"id": MINE, "text": text}}).json
    assert "Stand tall" in " ".join(cue["text"] for cue in found["timeline"]["cues"])
    assert (studio.folder / "two-breaths.yaml").read_text(encoding="utf-8") == ROUTINE


def test_words_that_do_not_fit_are_named_with_the_seconds_that_they_lack(studio: Asker) -> None:
    text = ROUTINE.replace("And breathe out | Out", "And breathe all of it out")
    answer = studio.post("/api/plan", {"routine": {"id": MINE, "text": text}, "choices": {"breath": "4-1"}})
    (problem,) = answer.json["problems"]
    assert answer.status == 422
    assert (problem["line"], problem["words"]) == (6, "And breathe all of it out")
    assert 0.5 < problem["lacks"] < 2
    assert problem["remedy"]


@pytest.mark.parametrize(
    "choices", [{"breath": "0-0"}, {"rounds": 0}, {"side": "up"}, {"voice": "nobody"}, {"rounds": 2, "length": "5m"}]
)
def test_an_impossible_choice_says_what_to_do(studio: Asker, choices: dict[str, object]) -> None:
    answer = studio.post("/api/plan", {**BOX, "choices": choices})
    assert answer.status == 422
    assert answer.json["problems"][0]["what"]


@pytest.mark.parametrize(
    "choices", [{"cache": "/"}, {"breath": 4}, {"progress": "x"}, {"skip": "x"}, [], {"commands": {}}]
)
def test_a_choice_that_the_page_does_not_have_is_refused(studio: Asker, choices: object) -> None:
    assert studio.post("/api/plan", {**BOX, "choices": choices}).status == 400


def test_a_voice_that_runs_a_command_cannot_be_defined_by_the_page(studio: Asker) -> None:
    for voice in ("command:sh", "sh -c 'touch x'", "say {text}"):
        answer = studio.post("/api/plan", {**BOX, "choices": {"voice": voice}})
        assert answer.status == 422


def test_a_check_reports_what_the_program_reports(studio: Asker) -> None:
    text = ROUTINE.replace("say:", "sya:")
    found = studio.post("/api/check", {"routine": {"id": MINE, "text": text}}).json["problems"]
    assert [each["what"] for each in found] == [each.what for each in vc.check(text, voice=FakeVoice())]
    assert found[0]["line"] == 3
    for name in (MINE, "box-breathing"):
        assert studio.post("/api/check", {"routine": {"id": name}}).json["problems"] == []
    assert studio.post("/api/check", {"routine": {"id": "nothing"}}).status == 404


def test_the_newest_request_of_a_page_wins_and_those_of_others_stay() -> None:
    tickets = Tickets()
    older, newer, other = tickets.take("a"), tickets.take("a"), tickets.take("b")
    newer()
    other("stage", 1, 2)
    with pytest.raises(SupersededError):
        older()


def test_a_routine_is_saved_only_over_what_was_read(studio: Asker) -> None:
    made = studio.post("/api/routines", {"title": "Evening", "text": ROUTINE}).json["id"]
    path = f"/api/routine/{made}"
    tag = studio.get(path).headers["etag"]
    saved = studio.ask("PUT", path, {"text": "title: Mine\n"}, headers={"if-match": tag})
    assert saved.status == 200
    stale = studio.ask("PUT", path, {"text": "title: Yours\n"}, headers={"if-match": tag})
    assert (stale.status, stale.json) == (412, {"theirs": "title: Mine\n", "yours": "title: Yours\n"})
    assert stale.headers["etag"] == saved.headers["etag"] == studio.get(path).headers["etag"]
    assert studio.ask("PUT", path, {"text": "title: Yours\n"}).status == 400
    assert studio.ask("PUT", "/api/routine/box-breathing", {"text": ""}, headers={"if-match": tag}).status == 404


def test_the_text_of_a_built_in_routine_can_be_read(studio: Asker) -> None:
    found = studio.get("/api/routine/box-breathing").json
    assert found == {"name": "box-breathing", "text": vc.load("box-breathing").text, "own": False}


def test_the_page_has_only_its_own_files(studio: Asker) -> None:
    for name in list_page():
        assert studio.get(f"/page/{name}").status == 200
    assert studio.get("/").headers["content-type"].startswith("text/html")
    assert studio.get("/page/main.js").headers["content-type"].startswith("text/javascript")


def test_the_head_names_all_that_the_page_needs_and_a_browser_keeps_what_has_not_changed(studio: Asker) -> None:
    named = re.findall(r'href="([^"]+)"', studio.get("/").body.decode())
    assert {f"/page/{name}" for name in list_modules()} < {*named}
    assert all(studio.get(path).status == 200 for path in named)
    tag = studio.get("/page/main.js").headers["etag"]
    kept = studio.get("/page/main.js", if_none_match=tag)
    assert (kept.status, kept.body) == (304, b"")
    assert studio.get("/page/style.css", if_none_match=tag).status == 200


def test_a_place_is_a_folder_a_file_in_it_or_a_built_in_routine(studio: Asker) -> None:
    folder = studio.folder.resolve()
    assert find_place(str(studio.folder)) == (folder, "")
    assert find_place(str(studio.folder / "two-breaths.yaml")) == (folder, "two-breaths.yaml")
    assert find_place("box-breathing")[1] == "box-breathing"
    for wrong in ("nothing", "/dev/null", "x" * 5000, "\0"):
        with pytest.raises(vc.ChoiceError):
            find_place(wrong)


def test_a_null_is_as_good_as_nothing() -> None:
    assert read_choices({"choices": {"breath": None, "skip": []}}) == {"skip": []}
    with pytest.raises(BadRequestError):
        read_field({"rounds": "2"}, "rounds", int)


def test_a_voice_is_started_when_a_text_is_opened_and_what_is_wrong_waits_until_it_speaks(studio: Asker) -> None:
    for voice in (None, "nobody"):
        answer = studio.post("/api/warm", {"routine": {"id": MINE}, "voice": voice})
        assert (answer.status, answer.body) == (204, b"")
    assert studio.post("/api/warm", {"routine": {"id": MINE}, "voice": 1}).status == 400
