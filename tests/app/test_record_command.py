"""`voicecoach record`: the list of sentences, and a long take that is cut; dialogues are tested beside it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.longtakes import join, read_aloud, silence, speak
from voicecoach.app import config
from voicecoach.app.cli import run
from voicecoach.app.recording import microphone, sentences, terminal
from voicecoach.errors import MicrophoneError
from voicecoach.routine.loader import load_routine
from voicecoach.script.choices import Choices
from voicecoach.system.file_names import name_recording
from voicecoach.voices.recorded import RecordedVoice

if TYPE_CHECKING:
    from pathlib import Path

    from voicecoach.app.recording.sentences import Sentence

ROUTINE = """
title: Small
steps:
  - say: Sit tall on your chair, with both feet on the floor.
  - say: Breathe in
  - say: Breathe out, and let your shoulders sink a little.
  - say: Turn your head slowly to the left.
  - say: That is all for today.
"""
Args = list[str]


@pytest.fixture(autouse=True)
def _at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(config, "file", lambda: tmp_path / "config.toml")
    (tmp_path / "small.yaml").write_text(ROUTINE, encoding="utf-8")


@pytest.fixture
def listed() -> tuple[Sentence, ...]:
    return sentences.list_sentences(load_routine("small.yaml"), Choices())


@pytest.fixture
def texts(listed: tuple[Sentence, ...]) -> list[str]:
    return [each.words for each in listed]


def said(capsys: pytest.CaptureFixture[str], *args: str, status: int = 0) -> tuple[str, str]:
    assert run(["record", "small.yaml", *args]) == status
    out, err = capsys.readouterr()
    assert "Traceback" not in err
    assert "internal error" not in err
    assert len(err.splitlines()) <= 3
    return out, err


def cut(capsys: pytest.CaptureFixture[str], *args: str) -> list[dict[str, object]]:
    out, _ = said(capsys, "--take", "long.wav", "-o", "mine", "--json", *args)
    found = json.loads(out)["sentences"]
    assert isinstance(found, list)
    return found


def test_sentences_are_listed_with_what_is_recorded(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, texts: list[str]
) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / f"{name_recording('Breathe in.')}.wav").touch()
    (tmp_path / "mine" / f"{name_recording('Turn your head slowly to the right.')}.m4a").touch()
    out, _ = said(capsys, "--list", "-o", "mine")
    lines = out.splitlines()
    assert f"{texts.index('Breathe in') + 1}  recorded  Breathe in" in lines
    assert f"{len(texts)} sentences: 1 recorded, {len(texts) - 1} missing" in lines
    assert lines[-1].startswith(f"words changed: {name_recording('Turn your head slowly to the right.')}.m4a has")
    assert lines[-1].endswith("record it again: 'Turn your head slowly to the left.'")
    out, _ = said(capsys, "--list", "-o", "mine", "--json")
    found = json.loads(out)
    assert [each["words"] for each in found["sentences"]] == texts
    assert found["unused"][0]["now"] == "Turn your head slowly to the left."


def test_a_long_take_is_cut_and_the_voice_speaks_with_it(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, listed: tuple[Sentence, ...], texts: list[str]
) -> None:
    take = read_aloud(texts)
    take.write(tmp_path / "long.wav")
    out, _ = said(capsys, "--take", "long.wav", "-o", "mine")
    assert f"{len(texts)} of {len(texts)} were written into mine" in out
    assert "to correct cuts, change long.cuts.txt" in out
    clips = list(RecordedVoice(tmp_path / "mine").speak([each.prompt.said for each in listed]))
    for clip, (start, end) in zip(clips, take.spans, strict=True):
        assert float(clip.seconds) == pytest.approx(end - start, abs=0.25)
    assert (tmp_path / "long.cuts.txt").exists()


def test_a_dry_run_writes_nothing(capsys: pytest.CaptureFixture[str], tmp_path: Path, texts: list[str]) -> None:
    read_aloud(texts).write(tmp_path / "long.wav")
    before = sorted(tmp_path.iterdir())
    out, _ = said(capsys, "--take", "long.wav", "-o", "mine", "--dry-run")
    assert "nothing was written" in out
    assert sorted(tmp_path.iterdir()) == before


def test_what_is_recorded_is_kept_and_in_doubt_even_when_asked_again(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, texts: list[str]
) -> None:
    read_aloud(texts).write(tmp_path / "long.wav")
    assert {each["status"] for each in cut(capsys)} == {"written"}
    before = {path: path.read_bytes() for path in (tmp_path / "mine").iterdir()}
    parts: list[bytes | tuple[bytes, ...]] = [silence(0.7)]
    for number, text in enumerate(texts):
        parts += [(speak(text, stretch=2.5 if number == 2 else 1.05),), silence(0.8)]
    join(parts).write(tmp_path / "long.wav")
    assert {each["status"] for each in cut(capsys)} == {"kept"}
    assert {path: path.read_bytes() for path in (tmp_path / "mine").iterdir()} == before
    again = cut(capsys, "--again")
    doubtful = [each for each in again if each["listen"]]
    assert texts[2] in [each["words"] for each in doubtful]
    assert all(each["status"] == ("doubt" if each["listen"] else "written") for each in again)
    for each in doubtful:
        assert (tmp_path / "mine" / str(each["file"])).read_bytes() == before[tmp_path / "mine" / str(each["file"])]
    assert {each["status"] for each in cut(capsys, "--force")} == {"written"}


def test_corrected_cuts_are_read_again(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, listed: tuple[Sentence, ...], texts: list[str]
) -> None:
    take = read_aloud(texts)
    take.write(tmp_path / "long.wav")
    cut(capsys)
    before = {path.name: path.read_bytes() for path in (tmp_path / "mine").iterdir()}
    start, end = take.spans[0]
    (tmp_path / "mine.txt").write_text(f"{start:.2f} {(start + end) / 2:.2f} 1\n900 905 2\n", encoding="utf-8")
    found = cut(capsys, "--cuts", "mine.txt", "--only", "1")
    assert [each["status"] for each in found] == ["written"]
    after = {path.name: path.read_bytes() for path in (tmp_path / "mine").iterdir()}
    assert [name for name in before if before[name] != after[name]] == [listed[0].file]
    (faulty,) = cut(capsys, "--cuts", "mine.txt", "--only", "2")
    assert faulty["status"] == "faulty"
    assert after == {path.name: path.read_bytes() for path in (tmp_path / "mine").iterdir()}


def test_a_take_can_have_only_some_sentences(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, texts: list[str]
) -> None:
    read_aloud([texts[1], texts[3]]).write(tmp_path / "long.wav")
    assert [each["number"] for each in cut(capsys, "--only", "4,2")] == [2, 4]
    read_aloud([each for at, each in enumerate(texts) if at not in {1, 3}]).write(tmp_path / "long.wav")
    assert [each["status"] for each in cut(capsys, "--unrecorded")] == ["written"] * (len(texts) - 2)
    assert len(list((tmp_path / "mine").iterdir())) == len(texts)


def test_a_missing_sentence_is_reported_and_the_others_are_written(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, texts: list[str]
) -> None:
    read_aloud([*texts[:3], *texts[4:]]).write(tmp_path / "long.wav")
    out, _ = said(capsys, "--take", "long.wav", "-o", "mine")
    assert "not found: 4" in out
    assert f"{len(texts) - 1} of {len(texts)} were written" in out


def lay_bad_files(folder: Path, texts: list[str]) -> None:
    (folder / "text.wav").write_text("no sound", encoding="utf-8")
    (folder / "empty.wav").touch()
    join([silence(3.0)], room=None).write(folder / "silent.wav")
    join([b""], room=None).write(folder / "nothing.wav")
    read_aloud(texts[:1]).write(folder / "few.wav")
    read_aloud(texts * 6).write(folder / "much.wav")
    read_aloud(texts).write(folder / "long.wav")
    (folder / "folder").mkdir()
    (folder / "bad.txt").write_text("1 2 99\n", encoding="utf-8")


@pytest.mark.parametrize(
    ("args", "told", "status"),
    [
        (["--take", "none.wav"], "there is no such file", 2),
        (["--take", "folder"], "is a folder", 2),
        (["--take", "text.wav"], "is not sound that can be read", 2),
        (["--take", "empty.wav"], "is not sound that can be read", 2),
        (["--take", "nothing.wav"], "no sound", 2),
        (["--take", "silent.wav"], "nobody is heard in silent.wav", 2),
        (["--take", "few.wav"], "7 are expected", 2),
        (["--take", "much.wav"], "of speech besides the 7 sentences", 2),
        (["--take", "long.wav", "-o", "text.wav"], "not a directory", 2),
        (["--take", "long.wav", "-o", "text.wav/x"], "is a file, so no folder can have this name", 2),
        (["--take", "long.wav", "--cuts", "bad.txt"], "bad.txt:1: there is no sentence 99", 2),
        (["--take", "long.wav", "--only", "9"], "there is no sentence 9", 2),
        (["--take", "long.wav", "--only", "0"], "are not numbers of sentences", 2),
        (["--take", "long.wav", "--device", "usb"], "leave one of them out", 2),
        (["--take", "long.wav", "--list"], "--list only lists", 2),
        (["--dry-run"], "--dry-run is about a long take", 2),
        (["--cuts", "bad.txt"], "--cuts is about a long take", 2),
        (["--side", "left"], "has no sides", 2),
    ],
)
def test_bad_input_is_reported(  # noqa: PLR0913, PLR0917 - a table
    capsys: pytest.CaptureFixture[str], tmp_path: Path, texts: list[str], args: Args, told: str, status: int
) -> None:
    lay_bad_files(tmp_path, texts)
    out, err = said(capsys, *args, status=status)
    assert out == ""
    assert told in err
    assert not (tmp_path / "small-voice").exists()


def test_a_folder_without_permission_is_reported(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, texts: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from voicecoach.system import drafts

    def refuse(path: Path, _: bytes) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    read_aloud(texts).write(tmp_path / "long.wav")
    monkeypatch.setattr(drafts, "write_file", refuse)
    _, err = said(capsys, "--take", "long.wav", "-o", "mine", status=1)
    assert "permission denied" in err
    assert not (tmp_path / "mine").exists()


def test_without_a_terminal_or_a_microphone_that_is_said(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(_: object) -> None:
        raise MicrophoneError("recording needs sounddevice\npip install it")

    monkeypatch.setattr(microphone, "DeviceMicrophone", missing)
    _, err = said(capsys, status=1)
    assert "pip install it" in err
    monkeypatch.setattr(microphone, "DeviceMicrophone", lambda _: None)
    _, err = said(capsys, status=2)
    assert "--take FILE" in err


def test_recorded_sentences_are_skipped_until_asked_again(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, texts: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    offered: list[list[int]] = []

    def record(some: list[Sentence], total: int, folder: Path, recorded: dict[int, Path], _: object) -> set[int]:
        assert total == len(texts)
        assert set(recorded) == {number for number in range(1, 8) if number <= kept}
        offered.append([each.number for each in some])
        (folder / "x").touch()
        return set()

    monkeypatch.setattr(microphone, "DeviceMicrophone", lambda _: None)
    monkeypatch.setattr(terminal, "record_sentences", record)
    (tmp_path / "mine").mkdir()
    kept = 2
    for text in texts[:kept]:
        (tmp_path / "mine" / f"{name_recording(text)}.flac").touch()
    out, _ = said(capsys, "-o", "mine")
    assert out == "2 of 7 sentences are recorded in mine\n"
    said(capsys, "-o", "mine", "--again")
    said(capsys, "-o", "mine", "--only", "2,4")
    said(capsys, "-o", "mine", "--only", "2,4", "--unrecorded")
    assert offered == [[3, 4, 5, 6, 7], [1, 2, 3, 4, 5, 6, 7], [2, 4], [4]]
    for text in texts:
        (tmp_path / "mine" / f"{name_recording(text)}.flac").touch()
    kept = 7
    _, err = said(capsys, "-o", "mine")
    assert "all 7 sentences are recorded in mine; --again" in err
    out, _ = said(capsys, "-o", "mine", "--again")
    assert "use them  voicecoach make --voice recorded:mine" in out
