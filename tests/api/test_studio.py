"""Studios and sessions with a fake voice: what is kept, what is asked of the voice, and what is left alone."""

from __future__ import annotations

import asyncio
import copy
import gc
import pickle
import signal
import warnings
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import voicecoach as vc
from voicecoach.api import studio as studios
from voicecoach.app import config
from voicecoach.testing import FakeVoice, check_voice, measure_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

TEXT = """title: Rest
breath: 4-6
steps:
  - say: Lie down.
  - breathe: 3
    in: Breathe in | In
    out: And out | Out
"""
SIDED = """title: Legs
sides: {left: {leg: left leg}, right: {leg: right leg}}
steps:
  - each side:
      rounds: 1
      steps: [{say: "Stretch your {leg}."}, {breathe: 2, in: In, out: Out}]
"""


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[vc.Studio]:
    with vc.Studio(voice=FakeVoice(), cache=tmp_path / "cache") as made:
        yield made


def asked(voice: FakeVoice) -> list[str]:
    return [text for texts in voice.asked for text in texts]


OWN = """title: Longer
breath: 4-6
steps:
  - {breathe: 2, breath: "{in}-{out} + 2s", in: In, out: Out}
  - rest: "{breath} / 2"
"""


def test_a_session_at_another_breath_has_the_lengths_of_that_breath(studio: vc.Studio, tmp_path: Path) -> None:
    def last(session: vc.Session) -> list[float]:
        phases = session.timeline.phases
        (rest,) = (each for each in session.timeline.spans if each.kind == "rest")
        return [*(float(each.end - each.start) for each in phases[-2:]), float(rest.end - rest.start)]

    path = tmp_path / "own.yaml"
    path.write_text(OWN, encoding="utf-8")
    for routine in (vc.loads(OWN), path):
        session = studio.plan(routine)
        assert last(session) == [4, 8, 5]
        assert last(session.at(breath="5-7")) == [5, 9, 6]
        assert last(session.at(breath="5-7").at(breath="3-4")) == [3, 6, 3.5]
        assert last(session.at(breath=None)) == last(studio.plan(routine)) == [4, 8, 5]
        assert last(studio.plan(routine, breath="3-4")) == [3, 6, 3.5]
    with vc.Studio(voice=FakeVoice(), cache=tmp_path / "cache") as again:
        assert last(again.plan(path, breath="6-6")) == [6, 8, 6]
        assert last(again.plan(path)) == [4, 8, 5]


def test_a_session_at_another_breath_speaks_only_words_that_are_new(tmp_path: Path) -> None:
    voice = FakeVoice()
    session = vc.Studio(voice=voice, cache=tmp_path).plan(vc.loads(TEXT))
    before = asked(voice)
    assert session.synthesised == len(before) == 5
    slower = session.at(breath="5-7")
    assert (slower.synthesised, asked(voice)) == (0, before)
    assert slower.duration - session.duration == pytest.approx(6, abs=0.05)
    quick = session.at(breath="0.7-0.7")
    assert asked(voice)[len(before) :] == ["In", "Out"]
    assert quick.synthesised == 2


def test_changes_add_up(studio: vc.Studio) -> None:
    session = studio.plan(vc.loads(TEXT), title="Evening")
    other = session.at(breath="5-7").at(lead_in=10)
    assert (other.title, other.breath) == ("Evening", "5-7")
    assert other.duration - session.duration == pytest.approx(6 + 7, abs=0.05)
    assert session.at(breath=None).breath == "4-6"


def test_a_studio_speaks_a_text_once_for_all_sessions(tmp_path: Path) -> None:
    voice = FakeVoice()
    with vc.Studio(voice=voice, cache=tmp_path) as studio:
        studio.plan(vc.loads(TEXT))
        studio.perform(vc.say("Lie down."))
    assert len(asked(voice)) == len(set(asked(voice))) == 5


def test_a_studio_needs_no_disk_to_remember(tmp_path: Path) -> None:
    """Where nothing can be kept on disk, clips stay in memory."""
    (tmp_path / "cache").write_text("not a folder")
    voice = FakeVoice()
    with vc.Studio(voice=voice, cache=tmp_path / "cache") as studio:
        first, second = studio.plan(vc.loads(TEXT)), studio.plan(vc.loads(TEXT))
    assert (first.synthesised, second.synthesised, len(asked(voice))) == (5, 0, 5)
    assert any("clips can't be kept" in warning for warning in first.warnings)


def test_a_clip_is_found_by_its_digest(studio: vc.Studio) -> None:
    session = studio.plan(vc.loads(TEXT))
    shown = session.to_json(clips=True)
    plain = session.to_json()
    assert [{name: cue[name] for name in cue if name not in {"clip", "sample"}} for cue in shown["cues"]] == plain[
        "cues"
    ]
    for entry, cue in zip(shown["cues"], session.timeline.cues, strict=True):
        clip = session.clip(cue)
        assert entry["clip"] == clip.digest
        assert shown["clips"][clip.digest] == clip.samples
        assert entry["sample"] == cue.start * 48_000
        assert cue.track != "voice" or studio.clip(clip.digest) == clip
    spoken = next(cue for cue in session.timeline.cues if cue.track == "voice")
    assert session.clip(spoken).seconds == pytest.approx(measure_text(spoken.said), abs=1e-4)
    assert studio.clip("0" * 64) is None


def test_sounds_are_found_by_their_digests_too(studio: vc.Studio) -> None:
    session = studio.plan(vc.loads(TEXT), chime="bell")
    chimes = [cue for cue in session.timeline.cues if cue.track == "chime"]
    assert chimes
    shown = session.to_json(clips=True)
    assert all(studio.clip(entry["clip"]) for entry in shown["cues"])


def test_a_side_is_a_session_of_its_own(studio: vc.Studio) -> None:
    session = studio.plan(vc.loads(SIDED))
    left, right = session.at(side="left"), session.at(side="right")
    assert left.duration == right.duration < session.duration
    assert (left.title, right.title) == ("Legs: left", "Legs: right")
    with pytest.raises(vc.ChoiceError, match="has no sides"):
        studio.plan(vc.loads(TEXT), side="left")


def test_a_score_has_sides_as_well(studio: vc.Studio) -> None:
    session = studio.perform(vc.each_side(lambda side: vc.say(f"Your {side} leg.")), title="Legs")
    assert [cue.text for cue in session.at(side="right").timeline.cues] == ["Your right leg."]
    with pytest.raises(vc.ChoiceError, match="nothing in this score is done for each side"):
        studio.perform(vc.say("Sit."), side="left")
    with pytest.raises(TypeError, match="unexpected keyword argument 'rounds'"):
        session.at(rounds=3)


def test_a_score_speaks_another_language(studio: vc.Studio) -> None:
    session = studio.perform(vc.say("Halte 10-15 s."), language="de")
    assert (session.language, session.timeline.cues[0].spoken) == ("de", "Halte 10 bis 15 Sekunden.")


def test_words_that_do_not_fit_are_told_with_what_they_lack(studio: vc.Studio) -> None:
    with pytest.raises(vc.FitError) as caught:
        studio.plan(vc.loads(TEXT), breath="0.3-0.3")
    problem = caught.value.problems[0]
    assert (problem.where.file, problem.where.line) == ("routine.yaml", 6)
    assert problem.remedy
    with pytest.raises(vc.FitError) as caught:
        studio.perform(vc.breathe(1, inhale="Breathe in slowly"), breath="0.5-0.5")
    place = caught.value.problems[0].where
    assert (place.file, Path(__file__).read_text(encoding="utf-8").splitlines()[place.line - 1].strip()) == (
        *(__file__, 'studio.perform(vc.breathe(1, inhale="Breathe in slowly"), breath="0.5-0.5")'),
    ), "the place is where the words stand in the program"
    assert "'Breathe in slowly' needs 1.37 s" in str(caught.value)


def test_a_routine_of_a_text_finds_no_files_unless_it_has_a_folder(studio: vc.Studio, tmp_path: Path) -> None:
    text = "title: All\nsteps:\n  - include: other.yaml\n"
    (tmp_path / "other.yaml").write_text(TEXT)
    with pytest.raises(vc.RoutineError):
        vc.loads(text)
    assert studio.plan(vc.loads(text, folder=tmp_path, name="all")).title == "All"
    with pytest.raises(vc.ChoiceError, match="was read from a text"):
        studio.plan(vc.loads(TEXT), language="de")


def test_a_routine_that_was_loaded_stays_what_it_was(studio: vc.Studio, tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(TEXT)
    routine = vc.load(path)
    session = studio.plan(routine)
    path.write_text(TEXT.replace("Lie down.", "Sit up."))
    assert {cue.text for cue in studio.plan(routine, rounds=None, lead_in=1).timeline.cues} >= {"Lie down."}
    assert {cue.text for cue in studio.plan(path).timeline.cues} >= {"Sit up."}
    path.unlink()
    assert session.at(breath="5-7").timeline.cues[1].text == "Lie down."


def test_translations_are_asked_for_at_any_time(studio: vc.Studio) -> None:
    session = studio.plan("sitting-leg-stretch", preview="20s")
    assert session.at(language="de").language == "de"
    assert studio.plan(vc.load("sitting-leg-stretch", "fr"), preview=20).language == "fr"


def test_checking_takes_a_path_a_text_or_a_routine(studio: vc.Studio, tmp_path: Path) -> None:
    faulty = "title: Rest\nsteps:\n  - sya: Lie down.\n  - rset: 5s\n"
    path = tmp_path / "faulty.yaml"
    path.write_text(faulty)
    for subject, file in ((path, str(path)), (str(path), str(path)), (faulty, "routine.yaml")):
        problems = studio.check(subject)
        assert [(each.where.file, each.where.line, each.remedy) for each in problems] == [
            (file, 3, "did you mean 'say'?"),
            (file, 4, "did you mean 'rest'?"),
        ]
    for name in ("leg-stretch", vc.load("box-breathing"), TEXT):
        assert studio.check(name) == []
    with pytest.raises(vc.RoutineError) as caught:
        vc.load(path)
    assert list(caught.value.problems) == studio.check(path)
    with pytest.raises(vc.UnknownNameError):
        studio.check(tmp_path / "missing.yaml")


def test_what_is_unwise_is_told_on_request_and_breaths_can_be_tried(studio: vc.Studio) -> None:
    text = TEXT.replace("Lie down.", "Lie the the down.")
    assert studio.check(text) == []
    (warning,) = studio.check(text, warnings=True)
    assert (warning.severity, warning.where.line) == ("warning", 4)
    assert studio.check(TEXT, breaths="0.3-0.3")
    with pytest.raises(vc.ChoiceError):
        studio.check(TEXT, breaths="x")


def test_a_closed_studio_says_so(tmp_path: Path) -> None:
    with vc.Studio(voice=FakeVoice(), cache=tmp_path) as studio:
        session = studio.plan(vc.loads(TEXT))
    for work in (lambda: studio.plan(vc.loads(TEXT)), lambda: session.at(breath="5-7"), lambda: studio.check(TEXT)):
        with pytest.raises(vc.VoicecoachError, match="this studio is closed"):
            work()
    assert session.clip(session.timeline.cues[0]).samples
    studio.close()


def test_nothing_is_printed_read_or_installed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def read_settings(*_: object) -> None:
        raise AssertionError("the user's settings are read")

    monkeypatch.setattr(config, "_read", read_settings)
    handlers = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    during: list[object] = []
    with vc.Studio(voice=FakeVoice(), cache=tmp_path) as studio:
        session = studio.plan("sitting-leg-stretch", progress=lambda *_: during.append(signal.getsignal(signal.SIGINT)))
    assert session.duration > 60
    assert during
    assert set(during) == {handlers[0]}
    assert [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)] == handlers
    assert capfd.readouterr() == ("", "")


def test_settings_are_read_on_request(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(config, "read_commands", lambda: {"mine": {"command": ["x"]}})
    assert vc.Studio(settings=True, cache=tmp_path)._commands == {"mine": {"command": ["x"]}}  # noqa: SLF001
    assert vc.Studio(cache=tmp_path)._commands == {}  # noqa: SLF001


def test_it_works_in_an_event_loop_and_in_other_threads(studio: vc.Studio) -> None:
    async def plan() -> float:
        return studio.plan(vc.loads(TEXT)).duration

    expected = studio.plan(vc.loads(TEXT)).duration
    with ThreadPoolExecutor(2) as threads:
        # Not in this thread: the browser tests of the same worker may have a loop in it.
        assert threads.submit(lambda: asyncio.run(plan())).result() == expected
        assert list(threads.map(lambda _: studio.plan(vc.loads(TEXT)).duration, range(4))) == [expected] * 4


def test_threads_leave_the_filters_of_warnings_alone(studio: vc.Studio) -> None:
    """They are global: two threads that set and restore them at once would leave them as neither found them."""

    def work(_number: int) -> None:
        session = studio.plan(vc.loads("x-a: &a {say: a}\nx-b: &a {say: b}\n" + TEXT))
        session.clip(session.timeline.cues[0]).encode("wav")

    work(0)
    before = list(warnings.filters)
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(work, range(24)))
    assert warnings.filters == before


@pytest.mark.parametrize(
    ("work", "error", "told"),
    [
        (lambda: vc.perform(vc.seq(), lead_in=0, voice=FakeVoice()), vc.ChoiceError, "nothing is left of this session"),
        (
            lambda: vc.perform("Sit."),  # type: ignore[arg-type]
            TypeError,
            r"perform\(\) takes scores, not str; say\(\) makes",
        ),
        (lambda: vc.perform(vc.loads(TEXT)), TypeError, r"takes scores, not Routine; plan\(\) is for routines"),  # type: ignore[arg-type]
        (lambda: vc.seq("Sit."), TypeError, r"seq\(\) takes scores"),  # type: ignore[arg-type]
        (lambda: vc.pace("4-6", "Sit."), TypeError, r"pace\(\) takes scores"),  # type: ignore[arg-type]
        (lambda: vc.plan(vc.say("Sit.")), TypeError, "routine: this is a score; perform"),  # type: ignore[arg-type]
        (lambda: vc.plan(vc.loads(TEXT), voice=3), TypeError, "voice: it must be a name, or a Voice with"),  # type: ignore[arg-type]
        (lambda: vc.plan(vc.loads(TEXT), voice=FakeVoice(), rate=150), vc.ChoiceError, "rate: a Voice that you pass"),
        (lambda: vc.loads(TEXT.encode()), TypeError, "text: it must be a text, not bytes"),  # type: ignore[arg-type]
        (lambda: vc.loads(TEXT, name="../x"), vc.ChoiceError, "name: '../x' can't be the name of a file"),
        (lambda: vc.loads(TEXT, name=""), vc.ChoiceError, "can't be the name of a file"),
    ],
)
def test_what_makes_no_sense_is_refused_by_name(
    work: Callable[[], object], error: type[Exception], told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("voicecoach.system.folders.find_cache", lambda: tmp_path)
    with pytest.raises(error, match=told):
        work()


def test_what_the_progress_raises_ends_the_work(studio: vc.Studio) -> None:
    class Cancelled(Exception):  # noqa: N818 - a program's own
        pass

    def cancel(*_: object) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        studio.plan(vc.loads(TEXT), progress=cancel)
    assert studio.plan(vc.loads(TEXT)).duration


def test_hundreds_of_sessions_leave_no_more_than_half_of_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Limits are small here, so that the sessions cross them many times."""
    monkeypatch.setattr(studios, "MOST_NODES", 200)
    objects = {}
    with vc.Studio(voice=FakeVoice(), cache=tmp_path, memory=500_000) as studio:
        session = studio.plan(vc.loads(TEXT))
        for number in range(201):
            session.at(breath=f"4-{6 + number / 1000}", lead_in=number // 25)
            if number % 50 == 25:
                studio.plan(vc.loads(TEXT.replace("Lie", f"Number {number}, lie")))
            assert studio._pieces.weight <= 200  # noqa: SLF001 - what it keeps
            assert max(studio._clips.weight, studio._digests.weight) <= 500_000  # noqa: SLF001 - what it keeps
            if number % 100 == 0:
                gc.collect()
                objects[number] = len(gc.get_objects())
    assert objects[200] - objects[100] < 400, objects


def test_the_fake_voice_keeps_the_contract() -> None:
    voice = FakeVoice()
    clips = list(voice.speak(["In", "And out"]))
    assert [round(clip.seconds * 1000) for clip in clips] == [
        round(measure_text(text) * 1000) for text in ("In", "And out")
    ]
    assert voice.asked == [["In", "And out"]]
    check_voice(voice)


def test_sessions_and_studios_are_not_pickled_and_say_what_to_hand_over(studio: vc.Studio) -> None:
    session = studio.plan("box-breathing")
    with pytest.raises(
        TypeError, match=r"a session can't be pickled.*\n.*plan it there, or hand over session\.to_json"
    ):
        pickle.dumps(session)
    with pytest.raises(TypeError, match=r"a studio can't be pickled: .*; open another one there"):
        pickle.dumps(studio)


def test_what_is_handed_over_instead_can_be_pickled(studio: vc.Studio) -> None:
    session = studio.plan("box-breathing")
    score = vc.seq(vc.say("Sit tall."), vc.breathe(2, inhale="In", exhale="Out"))
    for thing in (score, session.timeline, session.to_json(clips=True), session.clip(session.timeline.cues[0])):
        assert pickle.loads(pickle.dumps(thing)) == thing  # noqa: S301 - our own
    routine = pickle.loads(pickle.dumps(vc.load("box-breathing")))  # noqa: S301 - our own
    assert studio.plan(routine).timeline == session.timeline


def test_a_copy_of_a_session_is_the_session(studio: vc.Studio) -> None:
    session = studio.plan("box-breathing")
    assert copy.copy(session) is session
    assert copy.deepcopy([session]) == [session]


def test_suggestions_are_choices_that_can_be_planned_and_change_nothing_else() -> None:
    with vc.Studio(voice=FakeVoice()) as studio:
        assert studio.suggest("leg-stretch", length="12m") == []
        found = studio.suggest("leg-stretch", length="3m", guidance="cues")
        assert any("skip" in each or "intro" in each for each in found)
        for each in found:
            session = studio.plan("leg-stretch", **{"guidance": "cues", **each})
            assert session.duration == pytest.approx(float(each["length"].removesuffix("s")), abs=0.024)


class Faulty(FakeVoice):
    """A voice of a program that gives what it likes."""

    def __init__(self, given: object) -> None:
        super().__init__()
        self.given = given

    def speak(self, wordings: Sequence[str]) -> Iterator[vc.Clip]:
        if isinstance(self.given, Exception):
            raise self.given
        return self.given if self.given is None else [self.given for _ in wordings]  # type: ignore[return-value]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (RuntimeError("no power"), "the voice fake failed: RuntimeError: no power"),
        (b"\0\x10", "the voice gave bytes and no Clip for 'Sit.'"),
        (vc.Clip(bytes(9_600)), "the voice gave no sound for 'Sit.'"),
        (None, "the voice fake failed: TypeError"),
    ],
)
def test_a_voice_of_a_program_that_fails_is_a_voice_error(given: object, message: str, tmp_path: Path) -> None:
    with vc.Studio(voice=Faulty(given), cache=tmp_path) as studio:
        for _ in range(2):  # nothing of it is kept
            with pytest.raises(vc.VoiceError) as caught:
                studio.perform(vc.say("Sit."))
            assert str(caught.value).startswith(message)
    with pytest.raises(AssertionError):
        check_voice(Faulty(given))


def test_a_voice_of_a_program_may_give_a_list(tmp_path: Path) -> None:
    (clip,) = FakeVoice().speak(["Sit."])
    with vc.Studio(voice=Faulty(clip), cache=tmp_path) as studio:
        session = studio.perform(vc.say("Sit."))
    assert session.clip(session.timeline.cues[0]) == clip


def test_a_voice_that_gives_two_clips_for_a_wording_is_noticed(tmp_path: Path) -> None:
    class Twice(FakeVoice):
        def speak(self, wordings: Sequence[str]) -> Iterator[vc.Clip]:
            for clip in super().speak(wordings):
                yield from (clip, clip)

    with pytest.raises(vc.VoiceError, match="the voice gave more clips than it was asked for"):
        vc.Studio(voice=Twice(), cache=tmp_path).perform(vc.seq(vc.say("Sit."), vc.say("Stand.")))


@pytest.mark.parametrize("identity", ["", "two\nlines", 7])
def test_the_identity_of_a_voice_is_a_line(identity: object, tmp_path: Path) -> None:
    voice = FakeVoice()
    voice.identity = identity  # type: ignore[assignment]
    with pytest.raises(vc.ChoiceError, match="voice: its identity is not a line of text"):
        vc.Studio(voice=voice, cache=tmp_path)
