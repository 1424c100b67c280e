"""What is read out as no listener could wish is named with what to write; marks for pauses are refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fakes import measure, perform
from voicecoach.errors import RoutineError
from voicecoach.language import language
from voicecoach.routine.loader import load_routine
from voicecoach.routine.speakable import check_spoken, check_written, find_pause_mark
from voicecoach.script.builder import build, choose_pace
from voicecoach.script.choices import Choices

ENGLISH = language("en")


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("→ left arm up", "'→' is the mark of a heading or a list, not words; leave it out"),
        ("⬅ right arm up", "'⬅' is the mark of a heading"),
        ("Left → right", "'→' has no single reading; write 'to'"),
        ("Left ⟸ right", "⟸ is not read out: it makes a pause, or nothing; write words alone"),
        ("Sit ↓ down", "↓ is not read out: it makes a pause, or nothing; write words alone"),
        ("L->R", "'->' has no single reading; write 'to'"),
        ("Sit <-> stand", "'<->' has no single reading; write 'to'"),
        ("Sit => stand", "'=>' has no single reading; write 'to'"),
        (">= 10", "'>=' has no single reading; write 'at least'"),
        ("<= 10", "'<=' has no single reading; write 'at most'"),
        ("L. leg up", "'L.' has no single reading; write 'left'"),
        ("Lt leg up", "'Lt' has no single reading; write 'left'"),
        ("rt arm up", "'rt' has no single reading; write 'right'"),
        ("Stretch bilat.", "'bilat.' has no single reading; write 'on both sides'"),
        ("90 deg", "'90 deg' is spelled out; write the unit in words"),
        ("On 2024-01-01", "the dashes in the date '2024-01-01' are read by their name"),
        ("30s/side, 20s/10s", "the slash in '20s/10s' is read by its name"),
        ("30 sec/15 sec", "the slash in 'sec/15' is read by its name"),
        ("[break 2s]", "'[break 2s]' is read out as it stands"),
        ("L/R now", "'L/R' has no single reading; write 'left and right'"),
        ("R leg up", "'R' has no single reading; write 'right'"),
        ("DB row", "'DB' has no single reading; write 'dumbbell'"),
        ("in/out", "the slash in 'in/out' is read by its name; write 'or', 'and', or a comma"),
        ("15-10 now", "the dash in '15-10' is read by its name; write 4 to 6, or 4, 6"),
        ("10:00 now", "'10:00' may be a length or a time of day; write it in words, as ten minutes"),
        ("20″ hold", "'20″' is spelled out; write the unit in words"),
        ("Hold 5 m", "'5 m' is spelled out; write the unit in words"),
        ("5kN now", "'5kN' is spelled out; write the unit in words"),
        ("≥ 10", "'≥' has no single reading; write 'at least'"),
        ("> ten", "'>' is the mark of a heading"),
        ("Hold ~10 s", "'~' has no single reading; write 'about'"),
        ("Sit ± 5", "'±' has no single reading; write 'plus or minus'"),
        ("a = b", "'=' has no single reading; write 'is'"),
        ("arms + legs", "'+' has no single reading; write 'plus'"),
        ("10^2 of it", "^ is read out as its name"),
        ("§ 5", "'§' has no single reading; write 'section'"),
        ("Acme™ band", "™ is read out as its name"),
        ("▪ first", "'▪' is the mark of a heading or a list"),
        ("★ first", "'★' is the mark of a heading or a list"),
        ("• first", "'•' is the mark of a heading or a list"),
        ("arms • legs", "• is not read out"),
        ("- bend", "'-' is the mark of a heading or a list"),
        ("# Part one", "'#' is the mark of a heading or a list"),
        ("1) bend", "'1)' is the number of a list, and is read out; leave it out, or write it in words"),
        ("2. Bend", "'2.' is the number of a list"),
        ("a) bend", "'a)' is the number of a list"),
        ("Down. ... ... ... Up", "'... ... ...' is a line, not words, and makes no pause"),
        ("Down. --- Up", "'---' is a line, not words, and makes no pause"),
        ("Down. ===== Up", "'=====' is a line, not words, and makes no pause"),
        ("Down. ───── Up", "'─────' is a line, not words, and makes no pause"),
        ("`hold` it", "'`hold`' is read out as it stands"),
        ("_hold_ it", "'_hold_' is read out as it stands"),
        ("[left] arm", "'[left]' is read out as it stands"),
        ("arms &amp; legs", "'&amp;' is read out as it stands"),
        ("See http://example.org/x now", "'http://example.org/x' is an address, read out sign by sign"),
        ("Mail ann@example.org", "'ann@example.org' is an address, read out sign by sign"),
        ("Narrator: Sit down.", "'Narrator:' is read out as it stands; leave out who speaks"),
    ],
)
def test_what_has_no_plain_reading_is_named_with_what_to_write(written: str, told: str) -> None:
    (found,) = ("; ".join(each) for each in check_written(written, ENGLISH))
    assert found.startswith(told)


@pytest.mark.parametrize(
    ("code", "written", "told"),
    [
        ("de", "Von A → B", "write 'nach'"),
        ("de", "½ Drehung", "write 'halb'"),
        ("de", "und/oder", "write 'oder'"),
        ("de", "links -> rechts", "write 'nach'"),
        ("es", "a >= b", "write 'al menos'"),
        ("fr", "a => b", "write 'vers'"),
        ("es", "de A → B", "write 'a'"),
        ("es", "≥ 10", "write 'al menos'"),
        ("fr", "≈ 10", "write 'environ'"),
        ("fr", "Coach : assis", ""),
        ("de", "li. Bein", "write 'links'"),
        ("de", "re. Arm", "write 'rechts'"),
        ("en", "5'10\" tall", "write the unit in words"),
        ("en", "V.O.: Sit", "leave out who speaks"),
        ("en", "Drop. - - - Go", "'settle: 10s' under the words makes one"),
        ("en", "Then - and only then - go", ""),
    ],
)
def test_each_language_says_what_to_write_in_its_own_words(code: str, written: str, told: str) -> None:
    found = ["; ".join(each) for each in check_written(written, language(code))]
    assert any(each.endswith(told) for each in found) if told else found == []


@pytest.mark.parametrize(
    "written",
    [
        "Half past 4:30, at 9am, or 2.5 seconds",
        "Savāsana, naïve, 90° to the wall, № 3, the angle β",
        "L4/L5, TRX, ACL, T-spine, C7",
        "Count to \"6\", and say '5' aloud",
        "Sit (tall), don’t, “hold”, it’s… then – slowly — go!",
        "That costs $5, 1,000 or 10,5 €",
        "1st, 2nd, 21st, the 1990s, 3D, 4 in and 6 out",
        "Wait -- then go...... on",
        "3. That many.",
        "(Pause if you need to)",
        "The guide: a wall. Now: sit",
        "don´t col·laborate at 20℃, slowly～",
    ],
)
def test_what_is_read_as_it_is_meant_is_not_named(written: str) -> None:
    assert [each for each in check_written(written, ENGLISH) if written[:2] != "3."] == []
    assert find_pause_mark(written, ENGLISH) is None


@pytest.mark.parametrize(
    ("code", "mark", "length"),
    [
        ("en", "[pause 10 s]", "10s"),
        ("en", "[pause]", "10s"),
        ("en", "(Pause for 10 seconds)", "10s"),
        ("en", "(pause for ten seconds)", "10s"),
        ("en", "(long pause)", "10s"),
        ("en", "[Silence: 2 min]", "120s"),
        ("en", "[10s]", "10s"),
        ("en", "/5s", "5s"),
        ("en", '<break time="500ms"/>', "0.5s"),
        ("en", "<break/>", "10s"),
        ("en", "<pause 3s>", "3s"),
        ("en", "[[slnc 1000]]", "1s"),
        ("en", "*pause*", "10s"),
        ("en", "_pause_", "10s"),
        ("en", "[10 second pause]", "10s"),
        ("en", "(10-second pause)", "10s"),
        ("en", "(pause for one minute)", "60s"),
        ("en", "(wait for 5 breaths)", "5 breaths"),
        ("en", '<silence msec="500"/>', "0.5s"),
        ("en", "（pause）", "10s"),
        ("de", "(Pause 2 Minuten)", "120s"),
        ("de", "(10 Sek. Pause)", "10s"),
        ("de", "[Pause 10 Sekunden]", "10s"),
        ("de", "(kurze Pause)", "10s"),
        ("es", "(pausa de 10 segundos)", "10s"),
        ("fr", "[pause de 5 secondes]", "5s"),
    ],
)
def test_a_mark_for_a_pause_is_refused_with_the_step_that_makes_it(
    code: str, mark: str, length: str, tmp_path: Path
) -> None:
    path = tmp_path / "r.yaml"
    path.write_text(f"title: x\nlanguage: {code}\nsteps:\n  - say: 'Aaa. {mark} Bbb.'\n", encoding="utf-8")
    with pytest.raises(RoutineError) as caught:
        load_routine(str(path))
    (problem,) = caught.value.problems
    assert (problem.where.line, problem.where.column) == (4, 10)
    assert problem.what.endswith(" would be read out, and makes no pause")
    assert problem.remedy.startswith(f"take it out, and write 'settle: {length}' under the words")


@pytest.mark.parametrize("head", ["notice: 'Sit. [pause]'", "closing: 'Sit. [pause]'", "title: 'Sit [pause]'"])
def test_a_mark_for_a_pause_is_found_wherever_words_are_spoken(head: str, tmp_path: Path) -> None:
    path = tmp_path / "r.yaml"
    path.write_text(f"{head}\n{'' if 'title' in head else 'title: x'}\nsteps: [say: a]\n", encoding="utf-8")
    with pytest.raises(RoutineError, match="makes no pause"):
        load_routine(str(path))
    path.write_text("title: x\nsummary: '[pause]'\nnotes: '[pause]'\nsteps: [{say: a, name: '[pause]'}]\n")
    load_routine(str(path))


@pytest.mark.parametrize(
    "said",
    ["20s / 10s", "3 x 30s on / 15s off.", "4s in / 6s out", "(30s / 15s)", "20 s / 10 s", "20s /10s", "20s/10s"],
)
def test_a_slash_after_a_length_or_a_word_is_no_mark_for_a_pause(said: str) -> None:
    assert find_pause_mark(said, ENGLISH) is None
    assert all("slash" in what or "/" in what for what, _ in check_written(said, ENGLISH))


def test_inches_or_seconds_for_each_side_are_asked_about_anywhere() -> None:
    for said in ('Now 30"/side', 'Hold 30"/side.', "Now 5'/side"):
        assert any(what.endswith("is spelled out") for what, _ in check_written(said, ENGLISH)), said
    assert list(check_written('Lift it 6" now', ENGLISH)) == []


@pytest.mark.parametrize("said", ["/5s", "Let go. /5s Rest", "Let go, /5s Rest", "Let go… / 5 s"])
def test_a_slash_and_a_length_alone_is_a_mark_for_a_pause(said: str) -> None:
    assert find_pause_mark(said, ENGLISH) == ("/ 5 s" if "/ " in said else "/5s", "5s")


def italian(tmp_path: Path, said: str) -> Path:
    own = (Path(__file__).parents[2] / "docs" / "languages.md").read_text(encoding="utf-8")
    head = own[own.index("title: Gambe leggere") : own.index("sides:\n  left: {leg: la gamba")]
    path = tmp_path / "it.yaml"
    path.write_text(f"{head}steps:\n  - say: '{said}'\n", encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("Per 30 s adesso", "'30 s' is spelled out"),
        ("Per 30s adesso", "'30s' is spelled out"),
        ("Solleva 5 kg", "'5 kg' is spelled out"),
        ("Da 10-15 volte", "the dash in '10-15'"),
        ("Fai 3×10 volte", "× is read out as its name"),
        ("Un angolo di 90° e 50%, 1o", ""),
        ("Sinistra → destra", "→ is not read out"),
    ],
)
def test_in_a_language_without_a_table_what_is_spelled_out_is_named(said: str, told: str, tmp_path: Path) -> None:
    words = load_routine(str(italian(tmp_path, said))).words
    found = ["; ".join(each) for each in check_written(said, words)]
    assert [each for each in found if not each.startswith(told or "?")] == []
    assert bool(found) == bool(told)


def test_a_session_tells_of_an_arrow_that_is_not_spoken_unless_its_author_says_it(tmp_path: Path) -> None:
    path = tmp_path / "r.yaml"
    for pronounce, expected in (("{}", 1), ("{→: then}", 0)):
        path.write_text(f"title: x\npronounce: {pronounce}\nsteps: [say: Left → right]\n", encoding="utf-8")
        routine = load_routine(str(path))
        timeline = perform(build(routine, Choices()), measure, choose_pace(routine, Choices()))
        (cue,) = (cue for cue in timeline.cues if "Left" in cue.text)
        assert cue.said == ("Left then right" if not expected else "Left, right")
        assert len(list(check_spoken(cue.text, cue.said, routine.words))) == expected


def test_a_session_tells_of_a_mark_for_a_pause_that_comes_with_a_value(tmp_path: Path) -> None:
    path = tmp_path / "r.yaml"
    path.write_text("title: x\nparameters: {p: '(pause 5 s)'}\nsteps: [say: 'Sit. {p}']\n", encoding="utf-8")
    routine = load_routine(str(path))
    timeline = perform(build(routine, Choices()), measure, choose_pace(routine, Choices()))
    (cue,) = (cue for cue in timeline.cues if "Sit" in cue.text)
    (told,) = check_spoken(cue.text, cue.said, routine.words)
    assert told == ("'(pause 5 s)' is read out, and makes no pause", "write 'settle: 5s' under the words")
