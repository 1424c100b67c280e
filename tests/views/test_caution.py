"""Unusual breaths get a caution and are never refused; a usual breath never makes a built-in fail."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.amounts import choose_by_turns
from tests.fakes import FakeVoice, measure, perform
from tests.goldens import performed
from voicecoach.app import speaker
from voicecoach.app.cli import run
from voicecoach.app.defaults import try_with_defaults
from voicecoach.app.request import Request
from voicecoach.app.session import plan
from voicecoach.app.speaker import Speaker
from voicecoach.app.taps import CALM, UNDER_TEN, propose_ramp
from voicecoach.core.breath import Kind
from voicecoach.core.notation import read_breath, read_pace
from voicecoach.core.score import Cycle, list_phrases
from voicecoach.errors import ChoiceError
from voicecoach.routine.library import list_built_in
from voicecoach.routine.loader import load_routine
from voicecoach.script.builder import build
from voicecoach.script.builder import choose_pace as paced
from voicecoach.script.choices import Choices, Guidance
from voicecoach.views.caution import list_cautions
from voicecoach.voices.cached import CachedVoice

if TYPE_CHECKING:
    from pathlib import Path

    from voicecoach.core.timeline import Timeline

tenths = st.integers(1, 350).map(lambda number: Fraction(number, 10))


@given(tenths, st.one_of(st.just(Fraction(0)), tenths), tenths, st.one_of(st.just(Fraction(0)), tenths))
def test_each_unusual_length_has_its_word_and_no_other(i: Fraction, h: Fraction, o: Fraction, p: Fraction) -> None:
    written = "-".join(str(float(each)) for each in (i, h, o, p))
    cautions = " | ".join(list_cautions([perform(Cycle(), lambda _: Fraction(0), read_breath(written))]))
    whole = i + h + o + p
    assert ("over 30 a minute" in cautions) is (whole < 2)
    assert ("under 2 a minute" in cautions) is (whole > 30)
    assert ("the breath is held for" in cautions) is (h > 20)
    assert ("the breath is held out for" in cautions) is (p > 15)


def test_a_lone_phase_is_not_a_breath() -> None:
    assert not list(list_cautions([perform(Cycle(only=Kind.EXHALE), lambda _: Fraction(0), read_breath("0.5-0.5"))]))


@pytest.mark.parametrize("name", list_built_in())
def test_a_built_in_as_it_is_written_needs_no_caution(name: str) -> None:
    assert not list(list_cautions([performed(name, Choices())]))


def test_a_hold_that_only_the_listener_has_is_said_or_sounded() -> None:
    timeline = performed("sitting-leg-stretch", Choices(breath=read_pace("4-7-8-2")))
    starts = {cue.start: cue for cue in timeline.cues}
    for span in timeline.phases:
        if span.kind in {Kind.HOLD, Kind.PAUSE}:
            near = [cue for start, cue in starts.items() if abs(start - span.start) <= Fraction(12, 1000)]
            assert [cue.text for cue in near] == ["Hold the breath" if span.kind is Kind.HOLD else "Stay empty"]


@pytest.mark.parametrize(
    ("choices", "said"),
    [
        (Choices(breath=read_pace("4-0.4-6")), {"tone-hold"}),
        (Choices(breath=read_pace("4-7-8"), guidance=Guidance.TONES), {"tone-hold"}),
        (Choices(breath=read_pace("4-7-8"), guidance=Guidance.CUES), {"Hold"}),
    ],
)
def test_a_hold_is_said_as_its_length_and_the_guidance_allow(choices: Choices, said: set[str]) -> None:
    timeline = performed("sitting-leg-stretch", choices)
    starts = {span.start for span in timeline.phases if span.kind is Kind.HOLD}
    assert starts
    near = [cue.text for cue in timeline.cues if any(abs(cue.start - start) <= Fraction(12, 1000) for start in starts)]
    assert (len(near), set(near)) == (len(starts), said)


def test_where_the_author_has_the_hold_or_is_silent_the_program_adds_nothing(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    head = "title: T\nbreath: {}\nsteps:\n"
    path.write_text(head.format("4-7-8") + "  - {breathe: 2, in: And hold, out: Out}\n", encoding="utf-8")
    assert not {"Hold", "tone-hold"} & {
        cue.text for cue in performed(str(path), Choices(breath=read_pace("5-6-8"))).cues
    }
    path.write_text(head.format("4-6") + "  - breathe: 2\n", encoding="utf-8")
    assert not {"Hold", "tone-hold"} & {
        cue.text for cue in performed(str(path), Choices(breath=read_pace("4-7-8"))).cues
    }
    own = "words: {hold: Still}\n" + head.format("4-6") + "  - {breathe: 1, in: In, out: Out}\n"
    path.write_text(own, encoding="utf-8")
    assert "Still" in {cue.text for cue in performed(str(path), Choices(breath=read_pace("4-7-8"))).cues}


def test_words_for_a_hold_are_spoken_only_if_there_is_one() -> None:
    routine = load_routine("sitting-leg-stretch")
    score = build(routine, Choices(breath=read_pace("4-6")))
    assert "Hold the breath" not in {phrase.wordings[0].text for phrase in list_phrases(score)}


PLAIN = [name for name in list_built_in() if name != "leg-stretch" and "." not in name]
USUAL = ("4-7-8", "1-20-1-20", "in 2, in 1, out 6", "4-6 +0.3s every 5m", "300-300")


@pytest.mark.parametrize("name", PLAIN)
def test_no_usual_breath_makes_a_built_in_fail(name: str) -> None:
    """Plan like `plan`: if the breath is not possible, use the routine's own breath, with a note."""
    routine = load_routine(name)
    scores = {breathed: build(routine, Choices(breath=breathed)) for breathed in (None, read_pace("4-6"))}

    def work(asked: Request) -> Timeline:
        score = scores[read_pace("4-6") if asked.choices.breath else None]  # the score is the same for every breath
        return perform(score, measure, paced(routine, asked.choices))

    for usual in ("0.3-0.3", *choose_by_turns(USUAL, PLAIN.index(name))):
        request = Request(name, Choices(breath=read_pace(usual)), usual=frozenset({"breath"}))
        timeline, aside = try_with_defaults(request, work)
        assert timeline.duration > 0
        assert all(line.startswith(f"your usual breath {request.choices.breath} is") for line in aside)


@pytest.fixture
def fake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Use a fake voice, and a cache folder of the test."""
    voice = CachedVoice(FakeVoice(), tmp_path / "cache")
    monkeypatch.setattr(speaker, "find_speaker", lambda *_: Speaker(voice, "fake"))
    monkeypatch.setattr("voicecoach.system.folders.find_cache", lambda: tmp_path / "cache")
    return tmp_path / "cache"


@pytest.mark.parametrize("source", ["settings", "variable"])
def test_a_default_is_set_aside_where_what_is_typed_is_refused(
    source: str, fake: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    del fake
    if source == "settings":
        from voicecoach.app import config

        monkeypatch.setattr(config, "file", lambda: tmp_path / "config.toml")
        config.file().write_text('breath = "0.3-0.3"\n', encoding="utf-8")
    else:
        monkeypatch.setenv("VOICECOACH_BREATH", "0.3-0.3")
    path = tmp_path / "mine.yaml"
    path.write_text("title: T\nbreath: 4-6\nsteps: [{breathe: 1, in: In slowly, out: Out}]\n", encoding="utf-8")
    assert run(["plan", str(path)]) == 0
    assert "voicecoach: your usual breath 0.3-0.3 is replaced by the routine's own:" in capsys.readouterr().err
    assert run(["plan", str(path), "--breath", "0.3-0.3"]) == 2


def test_an_error_that_has_nothing_to_do_with_the_breath_is_told_as_it_is(tmp_path: Path) -> None:
    request = Request(str(tmp_path / "no.yaml"), Choices(breath=read_pace("4-6")), usual=frozenset({"breath"}))
    with pytest.raises(ChoiceError, match="no file is called"):
        plan(request, tmp_path, lambda *_: None)


@given(st.integers(10, 300).map(lambda number: Fraction(number, 10)), st.integers(20, 80))
def test_a_slower_breath_is_slower_by_a_little_and_mainly_out(seconds: Fraction, share: int) -> None:
    inhale = round(seconds * share / 100 * 10) / 10
    taken = read_breath(f"{inhale:.1f}-{float(seconds) - inhale:.1f}")
    ramp = propose_ramp(taken)
    if ramp is None:
        assert taken.seconds >= CALM
        return
    start, end = ramp.points
    assert start == taken
    assert UNDER_TEN - Fraction(1, 10) <= end.seconds <= CALM + Fraction(1, 10)
    (more_in, more_out) = (two.seconds - one.seconds for one, two in zip(start.phases, end.phases, strict=True))
    assert more_out >= more_in >= 0
    assert more_out > 0
    assert read_pace(str(ramp)) == ramp


@pytest.mark.parametrize(
    "option",
    [("first", "left", "--first"), ("side", "left", "--side"), ("tracks", "sides", "--tracks")],
)
@pytest.mark.parametrize("source", ["settings", "variable"])
def test_a_default_for_sides_is_set_aside_where_there_are_none(  # noqa: PLR0913, PLR0917 - fixtures
    option: tuple[str, str, str], source: str, fake: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    del fake
    name, value, typed = option
    if source == "settings":
        from voicecoach.app import config

        monkeypatch.setattr(config, "file", lambda: tmp_path / "config.toml")
        config.file().write_text(f'{name} = "{value}"\n', encoding="utf-8")
    else:
        monkeypatch.setenv(f"VOICECOACH_{name.upper()}", value)
    path = tmp_path / "mine.yaml"
    path.write_text("title: T\nsteps: [{breathe: 1, in: In, out: Out}]\n", encoding="utf-8")
    command = ["make", str(path), "-o", str(tmp_path / "x.wav")] if name == "tracks" else ["plan", str(path)]
    assert run(command) == 0
    assert f"your usual choice of {name} is not used: mine has no sides" in capsys.readouterr().err
    assert run([*command, typed, value]) == 2
