"""Recordings of one's own voice: written under the names that voices read, by ids, inside the folder alone."""

from __future__ import annotations

import errno
from typing import TYPE_CHECKING

import pytest

import voicecoach as vc
from tests.studio.test_routes import MINE
from tests.studios import write_voice
from voicecoach.studio.guard import OWN_BODIES
from voicecoach.system import drafts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.studios import Answer, Asker

RATE = 48_000
ROUTINE = {"routine": {"id": MINE}}
FOLDER = "two-breaths-voice"


@pytest.fixture
def phrases(studio: Asker) -> Iterator[dict[str, str]]:
    """The paths of what the routine says, by the words; recordings go afterwards."""
    found = studio.post("/api/takes", ROUTINE).json
    yield {each["words"]: f"/api/takes/{found['list']}/{each['id']}" for each in found["phrases"]}
    for file in (studio.folder / FOLDER).glob("*"):
        file.unlink()


def put(studio: Asker, path: str, sound: bytes, **headers: str | None) -> Answer:
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    return studio.ask("PUT", path, raw=sound, headers={"content-type": "audio/wav", **sent})


def list_recorded(studio: Asker) -> list[str]:
    found = studio.post("/api/takes", ROUTINE).json["phrases"]
    return [each["words"] for each in found if each["recorded"]]


def test_the_list_is_that_of_the_program_at_the_choices(studio: Asker) -> None:
    found = studio.post("/api/takes", {**ROUTINE, "choices": {"guidance": "cues"}}).json
    fewer = [each["words"] for each in found["phrases"]]
    every = [each["words"] for each in studio.post("/api/takes", ROUTINE).json["phrases"]]
    assert set(fewer) < set(every)
    assert {"Sit tall.", "And breathe out", "Out"} <= {*every}
    assert found["voice"] == f"recorded:{studio.folder / FOLDER}"


def test_a_recording_is_kept_heard_in_the_session_made_anew_and_deleted(studio: Asker, phrases: dict[str, str]) -> None:
    path = phrases["Out"]
    assert studio.get(path).status == 404
    assert put(studio, path, write_voice()).json == {"kept": True, "soft": False}
    assert list_recorded(studio) == ["Out"]
    assert (studio.folder / FOLDER / f"{path.rpartition('/')[2]}.wav").is_file()
    assert studio.get(path).headers["content-type"] == "audio/wav"
    voice = f"recorded:{studio.folder / FOLDER},gmw/en-us"
    heard = []
    for tone in (150, 200):
        put(studio, path, write_voice(tone=tone))
        asked = {**ROUTINE, "choices": {"voice": voice, "guidance": "cues"}}
        cues = studio.post("/api/plan", asked).json["timeline"]["cues"]
        heard.append(next(cue["clip"] for cue in cues if cue["text"] == "Out"))
        spoken = studio.post("/api/speak", {**asked, "text": "Out"}).json
        assert spoken["clip"] == heard[-1]
        assert 0.6 < spoken["samples"] / RATE < 1.1
    assert heard[0] != heard[1]
    assert studio.ask("DELETE", path).status == 204
    assert list_recorded(studio) == []


@pytest.mark.parametrize(
    ("sound", "said"),
    [
        (lambda: write_voice(level=0.0), "nothing was heard"),
        (lambda: write_voice(level=30), "too loud"),
        (lambda: write_voice(seconds=9), "too long"),
        (lambda: b"RIFF", "can't be read"),
        (bytes, "can't be read"),
        (lambda: b"RIFF" + bytes(400), "can't be read"),
    ],
)
def test_what_cannot_be_used_is_named_and_the_recording_of_before_stays(
    studio: Asker, phrases: dict[str, str], sound: Callable[[], bytes], said: str
) -> None:
    put(studio, phrases["Out"], write_voice())
    before = studio.get(phrases["Out"]).body
    answer = put(studio, phrases["Out"], sound())
    assert answer.status == 422
    assert said in answer.json["problems"][0]["what"]
    assert studio.get(phrases["Out"]).body == before


def test_a_soft_one_is_kept_with_a_word_about_it(studio: Asker, phrases: dict[str, str]) -> None:
    assert put(studio, phrases["Out"], write_voice(level=0.006)).json == {"kept": True, "soft": True}


def test_only_what_is_said_has_a_place(studio: Asker, phrases: dict[str, str]) -> None:
    listed = phrases["Out"].rpartition("/")[0]
    wrong = [f"{listed}/nothing", f"{listed}/..%2F..%2Ftwo-breaths", f"{listed}/%2Fetc%2Fpasswd", "/api/takes/none/out"]
    for path in (*wrong, f"{listed}/", f"{listed}/../../etc/passwd"):
        for answer in (studio.get(path), put(studio, path, write_voice(0.2)), studio.ask("DELETE", path)):
            assert answer.status in {404, 405}
    assert not (studio.folder / FOLDER).exists() or not [*(studio.folder / FOLDER).iterdir()]


def test_strangers_other_types_and_large_bodies_are_refused(studio: Asker, phrases: dict[str, str]) -> None:
    path, sound = phrases["Out"], write_voice(0.2)
    assert put(studio, path, sound, origin="http://example.org").status == 403
    assert put(studio, path, sound, sec_fetch_site="cross-site").status == 403
    assert put(studio, path, sound, cookie=None).status == 403
    assert studio.ask("DELETE", path, headers={"origin": "http://example.org"}).status == 403
    for kind in ("application/json", "audio/mpeg", "text/plain", None):
        assert put(studio, path, sound, content_type=kind).status == 415
    assert put(studio, path, bytes(OWN_BODIES["/api/takes/"]["audio/wav"] + 1)).status == 413
    assert studio.ask("POST", "/api/takes", raw=sound, headers={"content-type": "audio/wav"}).status == 415
    assert list_recorded(studio) == []


def test_links_are_not_followed(studio: Asker, phrases: dict[str, str]) -> None:
    outside = studio.folder.parent / "outside.wav"
    outside.write_bytes(write_voice())
    before = outside.read_bytes()
    folder, path = studio.folder / FOLDER, phrases["Out"]
    folder.mkdir(exist_ok=True)
    (folder / f"{path.rpartition('/')[2]}.wav").symlink_to(outside)
    assert studio.get(path).status == 404
    assert put(studio, path, write_voice(tone=200)).status == 404
    assert outside.read_bytes() == before
    (folder / f"{path.rpartition('/')[2]}.wav").unlink()
    folder.rmdir()
    folder.symlink_to(studio.folder.parent)
    try:
        assert studio.post("/api/takes", ROUTINE).status == 404
        assert put(studio, path, write_voice()).status == 404
    finally:
        folder.unlink()


def test_a_full_disk_is_said(studio: Asker, phrases: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(drafts, "put", refuse)
    answer = put(studio, phrases["Out"], write_voice())
    assert (answer.status, answer.json) == (507, {"failed": "No space left on device"})
    assert list_recorded(studio) == []
    assert not [*(studio.folder / FOLDER).iterdir()]


def test_a_program_can_record_too(studio: Asker, phrases: dict[str, str]) -> None:
    put(studio, phrases["Sit tall."], write_voice())
    recordings = vc.Recordings(studio.folder / FOLDER, vc.load(studio.folder / "two-breaths.yaml"))
    there = {each.words: each.path for each in recordings.list_prompts()}
    assert [words for words, path in there.items() if path] == ["Sit tall."]
    with pytest.raises(vc.UnknownNameError):
        recordings.keep("nothing", write_voice())
