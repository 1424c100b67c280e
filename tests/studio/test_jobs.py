"""Exports write what the program writes, tell how far they are, and can be cancelled."""

from __future__ import annotations

import http.client
import json
from typing import TYPE_CHECKING, Any

import pytest

import voicecoach as vc
from voicecoach.studio.files import make_id
from voicecoach.testing import FakeVoice

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.studios import Asker


def follow(studio: Asker) -> Iterator[list[Any]]:
    """Yield what the stream of jobs says."""
    connection = http.client.HTTPConnection("127.0.0.1", studio.door.port, timeout=60)
    connection.request("GET", "/api/jobs", headers=studio.headers)
    response = connection.getresponse()
    try:
        while line := response.readline():
            if line.startswith(b"data: "):
                yield json.loads(line[6:])
    finally:
        connection.close()


def finish(studio: Asker, wanted: dict[str, Any]) -> dict[str, Any]:
    """Start an export, and return it when it is done."""
    number = studio.post("/api/export", wanted).json["job"]
    for jobs in follow(studio):
        job: dict[str, Any] = next(each for each in jobs if each["id"] == number)
        if job["state"] != "working":
            return job
    raise AssertionError("the stream ended")


def test_an_export_is_to_the_byte_what_the_program_writes(
    studio: Asker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "0")  # two caches may have made it on different days
    choices = {"breath": "5-5-5-5", "preview": "20s"}
    job = finish(studio, {"routine": {"id": "box-breathing"}, "choices": choices, "files": {"captions": ["vtt"]}})
    made = vc.plan("box-breathing", breath="5-5-5-5", preview="20s", voice=FakeVoice()).write(tmp_path, captions="vtt")
    assert (job["state"], job["problems"]) == ("done", [])
    assert [each["name"] for each in job["files"]] == [each.name for each in made.paths]
    for index, path in enumerate(made.paths):
        assert studio.get(f"/api/made/{job['id']}/{index}").body == path.read_bytes()
        assert (studio.folder / path.name).read_bytes() == path.read_bytes()


def test_a_file_can_be_sought_in(studio: Asker) -> None:
    job = finish(studio, {"routine": {"id": "box-breathing"}, "choices": {"preview": "20s", "title": "Seek"}})
    part = studio.get(f"/api/made/{job['id']}/0", range="bytes=100-199")
    assert (part.status, len(part.body)) == (206, 100)
    assert studio.get(f"/api/made/{job['id']}/9").status == studio.get("/api/made/99/0").status == 404


def test_each_side_gets_a_track_if_that_is_asked_for(studio: Asker) -> None:
    choices = {"guidance": "cues", "preview": "60s"}
    job = finish(studio, {"routine": {"id": "forward-lunge"}, "choices": choices, "split": True})
    names = [each["name"] for each in job["files"]]
    assert [name.rpartition("-")[2] for name in names] == ["left.mp3", "right.mp3"]


def test_what_cannot_be_written_says_why(studio: Asker) -> None:
    foreign = studio.folder / "two-breaths.vtt"
    foreign.write_bytes(b"not ours")
    job = finish(studio, {"routine": {"id": make_id("two-breaths.yaml")}, "files": {"captions": ["vtt"]}})
    assert (job["state"], foreign.read_bytes()) == ("failed", b"not ours")
    assert job["problems"][0]["what"]


def test_a_job_that_is_cancelled_leaves_no_file(studio: Asker) -> None:
    number = studio.post("/api/export", {"routine": {"id": "muscle-relaxation"}, "files": {"format": "flac"}}).json[
        "job"
    ]
    assert studio.ask("DELETE", f"/api/jobs/{number}").status == 204
    states = ({each["id"]: each["state"] for each in jobs}[number] for jobs in follow(studio))
    ended = next(state for state in states if state != "working")
    assert ended == "cancelled"
    assert not (studio.folder / "muscle-relaxation.flac").exists()
    assert studio.ask("DELETE", "/api/jobs/999").status == 404


@pytest.mark.parametrize(
    "files", [{"bed": "/etc/passwd"}, {"bed": "../x.wav"}, {"force": True}, {"artist": "x"}, {"format": 3}]
)
def test_files_are_named_by_the_program_alone(studio: Asker, files: dict[str, object]) -> None:
    assert studio.post("/api/export", {"routine": {"id": "box-breathing"}, "files": files}).status == 400
