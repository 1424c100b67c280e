"""The story, with a fake voice and no sound."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.fakes import FRAME, FakeVoice
from voicecoach.app import speaker
from voicecoach.app.rehearsal import rehearse
from voicecoach.app.request import Request
from voicecoach.app.session import make, plan
from voicecoach.app.speaker import Speaker
from voicecoach.app.targets import list_targets
from voicecoach.audio.clip import Clip
from voicecoach.audio.verify import Deviation
from voicecoach.core.notation import read_breath, read_pace
from voicecoach.core.score import Score, Side, breathe, phrase, seq
from voicecoach.errors import EncodeError, FitError, TargetError
from voicecoach.script.choices import Choices
from voicecoach.voices.cached import CachedVoice

if TYPE_CHECKING:
    from voicecoach.core.breath import Kind
    from voicecoach.core.timeline import Timeline

CALM = read_breath("4-6")
LONG, SHORT = "word " * 40, "Out"


def nobody(_stage: str, _done: int, _total: int) -> None:
    """Report to nobody."""


def exhale(*wordings: str) -> Score:
    kind: Kind = CALM.phases[1].kind
    return breathe({kind: phrase(*wordings)})


def rehearsed(score: Score, voice: FakeVoice, clips: dict[str, Clip] | None = None) -> Timeline:
    return rehearse(score, CALM, voice, {} if clips is None else clips, nobody)


def test_only_wordings_that_may_be_chosen_are_spoken_the_longest_first() -> None:
    voice = FakeVoice()
    timeline = rehearsed(seq(exhale("And slowly out", SHORT), exhale(LONG, "Further", SHORT), phrase("Rest")), voice)
    assert [cue.text for cue in timeline.cues] == ["And slowly out", "Further", "Rest"]
    assert voice.asked == [["And slowly out", LONG, "Rest"], ["Further"]]


def test_what_is_known_is_not_spoken_again() -> None:
    voice, clips = FakeVoice(), dict[str, Clip]()
    for _ in range(2):
        rehearsed(exhale("And out"), voice, clips)
    assert voice.asked == [["And out"]]


def test_all_phrases_that_do_not_fit_are_told_not_only_those_known_first() -> None:
    with pytest.raises(FitError) as caught:
        rehearsed(seq(exhale(LONG), exhale(LONG + "more", "short " * 50)), FakeVoice())
    assert len(caught.value.problems) == 2


@pytest.fixture
def fake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    voice = CachedVoice(FakeVoice(), tmp_path / "cache")
    monkeypatch.setattr(speaker, "find_speaker", lambda *_: Speaker(voice, "fake"))
    return tmp_path / "cache"


def test_tracks_of_the_sides_are_called_after_them(fake: Path) -> None:
    planned = plan(Request("sitting-leg-stretch", split=True), fake, nobody)
    assert [(track.side, track.title) for track in planned.tracks] == [
        (Side.LEFT, "Sitting leg stretch: left"),
        (Side.RIGHT, "Sitting leg stretch: right"),
    ]


def test_a_preview_starts_ten_seconds_before_the_first_guided_breath(fake: Path) -> None:
    whole = plan(Request("sitting-leg-stretch"), fake, nobody).tracks[0].timeline
    part = plan(Request("sitting-leg-stretch", preview=Fraction(60)), fake, nobody).tracks[0].timeline
    start = whole.phases[0].start - part.phases[0].start
    assert part.duration == 60
    assert 10 <= part.phases[0].start < 10 + FRAME
    inside = [cue for cue in whole.cues if start <= cue.start and cue.end <= start + 60]
    assert [(cue.start + start, cue.text) for cue in part.cues] == [(cue.start, cue.text) for cue in inside]
    assert part.chapters[0].start == 0


def test_the_public_form_has_what_the_contract_says(fake: Path) -> None:
    planned = plan(Request("sitting-leg-stretch", title="Evening"), fake, nobody)
    shown = planned.as_json(planned.tracks[0])
    assert list(shown) == [
        "format", "title", "language", "voice", "duration", "phases", "spans", "cues", "chapters", "stretch"
    ]  # fmt: skip
    assert (shown["format"], shown["title"], shown["language"]) == ("voicecoach-timeline/2", "Evening", "en")
    assert set(shown["phases"][0]) == {"start", "end", "kind", "side", "breath"}
    assert set(shown["cues"][0]) == {"start", "end", "track", "kind", "text", "side", "wording", "wordings"}
    assert set(shown["chapters"][0]) == {"start", "end", "title", "side"}
    assert shown["stretch"] == {"left": 68.0, "right": 68.0}


def test_an_output_is_a_folder_a_name_or_the_current_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    both = [Side.LEFT, Side.RIGHT]
    assert list_targets(None, "a", [None], split=False) == [Path("a.mp3")]
    assert list_targets(None, "a", [Side.LEFT], split=False) == [Path("a-left.mp3")]
    assert list_targets(tmp_path, "a", both, split=True) == [tmp_path / "a-left.mp3", tmp_path / "a-right.mp3"]
    assert list_targets(Path("x.MP3"), "a", [Side.LEFT], split=False) == [Path("x.MP3")]
    assert list_targets(Path("x.y.mp3"), "a", both, split=True) == [Path("x.y-left.mp3"), Path("x.y-right.mp3")]


@pytest.mark.parametrize("output", ["x.wav", "missing", "missing/x.mp3", "taken.mp3/x.mp3"])
def test_an_output_that_can_not_be_is_refused_before_the_work(
    output: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("taken.mp3").write_bytes(b"")
    with pytest.raises(TargetError):
        list_targets(Path(output), "a", [None], split=False)


def test_a_folder_of_the_files_own_name_is_no_target(tmp_path: Path) -> None:
    (tmp_path / "a.mp3").mkdir()
    with pytest.raises(TargetError, match="folder of this name"):
        list_targets(tmp_path, "a", [None], split=False)


@pytest.mark.parametrize(
    ("routine", "breath", "told"),
    [
        ("box-breathing", "4-6", ["box-breathing keeps its own breath", "'voicecoach show box-breathing'"]),
        ("leg-stretch", "4-6", []),
    ],
)
def test_a_breath_that_changes_nothing_is_told(routine: str, breath: str, told: list[str], fake: Path) -> None:
    warned = plan(Request(routine, Choices(breath=read_pace(breath))), fake, nobody).warnings
    assert len(warned) == bool(told)
    assert all(each in warned[0] for each in told)


def test_what_is_stretched_is_named_after_the_authors_nouns(fake: Path, tmp_path: Path) -> None:
    (tmp_path / "neck.yaml").write_text(
        "title: Neck\nsides: {left: {ear: left ear}, right: {ear: right ear}}\nsteps:\n"
        "  - each side: {steps: [{say: 'Your {ear}'}, {breathe: 1, stretch: all}]}\n"
    )
    planned = plan(Request(str(tmp_path / "neck.yaml")), fake, nobody)
    assert (planned.tracks[0].limb, planned.dose.count("side"), planned.dose.count("leg")) == ("side", 2, 0)
    assert plan(Request("sitting-leg-stretch"), fake, nobody).tracks[0].limb == "leg"


OF_SIDES = """\
title: A
sides: {left: {leg: left leg}, right: {leg: right leg}}
steps:
  - each side: {rounds: 1, steps: [say: "Your {leg}"]}
"""


def test_no_track_takes_its_name_before_all_are_verified(
    fake: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.yaml").write_text(OF_SIDES)
    names = [tmp_path / f"a-{side}.mp3" for side in ("left", "right")]
    for path in names:
        path.write_bytes(b"old")
    held: list[str] = []

    def verify(path: Path) -> list[Deviation]:
        assert [each.read_bytes() for each in names] == [b"old", b"old"]
        assert path not in names
        held.append(path.suffix)
        return [Deviation(1.0, "'Out' is not heard")] if len(held) == 2 else []

    monkeypatch.setattr("voicecoach.audio.verify.verify", verify)
    request = Request(str(tmp_path / "a.yaml"), split=True, verify=True)
    with pytest.raises(EncodeError, match=r"a-right.mp3 is not as planned: 0:01.0: 'Out' is not heard"):
        make(request, tmp_path, fake, nobody)
    assert len(held) == 2
    assert [each.read_bytes() for each in names] == [b"old", b"old"]
    assert {path.name for path in tmp_path.iterdir()} == {"a.yaml", "cache", *(path.name for path in names)}
