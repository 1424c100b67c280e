"""Voices: single phrases are the clips of the session, and pronunciations are changed in the text alone."""

from __future__ import annotations

import pytest

from tests.studios import ROUTINE, Asker
from voicecoach.studio.files import make_id

MINE = {"id": make_id("two-breaths.yaml")}
POSE = """title: Mountain  # the first pose
pronounce:
  Tadasana: tah-DAH-sah-nah  # Sanskrit
steps:
  - say: Stand in Tadasana for 10 s.
  - include: box-breathing
"""


def ask_clip(studio: Asker, text: str, routine: object, **choices: object) -> str:
    answer = studio.post("/api/speak", {"routine": routine, "text": text, "choices": choices})
    assert answer.status == 200, answer.body
    return str(answer.json["clip"])


def test_every_phrase_is_the_clip_of_the_session(studio: Asker) -> None:
    for routine in ({"id": "mountain", "text": POSE}, {"id": "sitting-leg-stretch"}):
        found = studio.post("/api/plan", {"routine": routine}).json["timeline"]["cues"]
        cues = {cue["text"]: cue["clip"] for cue in found if cue["track"] == "voice"}
        assert len(cues) > 5
        for text, clip in cues.items():
            assert ask_clip(studio, text, routine) == clip


def test_a_changed_pronunciation_is_heard_in_the_phrase_and_in_the_word(studio: Asker) -> None:
    before, after = ({"id": "a", "text": POSE.replace("tah-DAH-sah-nah", sound)} for sound in ("so", "tah-da-sa-na"))
    for text in ("Stand in Tadasana for 10 s.", "tadasana"):
        assert ask_clip(studio, text, before) != ask_clip(studio, text, after)
    assert ask_clip(studio, "tadasana", after) == ask_clip(studio, "tah-da-sa-na", before)


def test_any_other_words_can_be_heard_and_then_fetched(studio: Asker) -> None:
    clip = ask_clip(studio, "Good morning.", MINE)
    assert clip == ask_clip(studio, " Good\n morning. ", MINE) != ask_clip(studio, "Good afternoon.", MINE)
    assert studio.get(f"/api/clip/{clip}").headers["content-type"] == "audio/wav"


@pytest.mark.parametrize("text", ["", " \n", "\0", "x" * 1001, "\ud800"])
def test_what_cannot_be_spoken_is_named(studio: Asker, text: str) -> None:
    answer = studio.post("/api/speak", {"routine": MINE, "text": text})
    assert answer.status == 422
    assert answer.json["problems"][0]["remedy"]


@pytest.mark.parametrize("voice", ["nobody", "command:sh", "sh -c 'touch x'", "say {text}"])
def test_a_voice_that_is_not_there_speaks_nothing(studio: Asker, voice: str) -> None:
    answer = studio.post("/api/speak", {"routine": MINE, "text": "In", "choices": {"voice": voice}})
    assert answer.status in {404, 422}


def test_the_voices_are_listed_with_what_a_choice_needs(studio: Asker) -> None:
    found = studio.get("/api/voices?language=es").json["voices"]
    dora = next(each for each in found if each["id"] == "kokoro:ef_dora")
    assert (dora["name"], dora["licence"]) == ("Dora", "Apache-2.0")
    assert dora["ready"] or "voicecoach voices get" in dora["hint"]
    assert dora["megabytes"] > 0


def test_pronunciations_are_read_and_changed_in_the_text_alone(studio: Asker) -> None:
    routine = {"id": "mountain", "text": POSE}
    found = studio.post("/api/pronunciations", {"routine": routine}).json
    assert found == {"text": POSE, "entries": [["Tadasana", "tah-DAH-sah-nah"]]}
    entries = [["Tadasana", "tah"], ["psoas", "so-as"]]
    changed = studio.post("/api/pronunciations", {"routine": routine, "entries": entries}).json
    assert changed["entries"] == entries
    assert changed["text"] == POSE.replace("tah-DAH-sah-nah  # Sanskrit", "tah  # Sanskrit\n  psoas: so-as")
    assert studio.post("/api/pronunciations", {"routine": MINE}).json == {"text": ROUTINE, "entries": []}
    assert "title:" in studio.post("/api/pronunciations", {"routine": {"id": "box-breathing"}}).json["text"]


@pytest.mark.parametrize("entries", [{"a": "b"}, [["a"]], [["a", 1]], ["ab"], "ab", [[["a"], "b"]]])
def test_entries_in_another_form_are_refused(studio: Asker, entries: object) -> None:
    assert studio.post("/api/pronunciations", {"routine": MINE, "entries": entries}).status == 400


def test_pronunciations_that_cannot_be_written_are_named(studio: Asker) -> None:
    for routine, entries in ((MINE, [["a", ""]]), ({"id": "a", "text": "a: ["}, [["a", "b"]])):
        answer = studio.post("/api/pronunciations", {"routine": routine, "entries": entries})
        assert answer.status == 422
        assert answer.json["problems"][0]["what"]
    assert studio.post("/api/pronunciations", {"routine": {"id": "nothing"}}).status == 404
