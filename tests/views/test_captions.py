"""Captions, checked with the parsers of other projects."""

from __future__ import annotations

import html
import io
import re
from fractions import Fraction
from itertools import pairwise

import pytest
import srt as subrip
import webvtt
from hypothesis import given
from hypothesis import strategies as st
from mutagen.id3 import ID3, SYLT, Encoding

from tests.fakes import measure, perform
from tests.strategies import breaths, scores
from tests.work import count_calls
from voicecoach.core.score import CueKind
from voicecoach.core.timeline import Cue, Timeline, to_milliseconds
from voicecoach.language import language
from voicecoach.views.captions import (
    LINE,
    count_columns,
    list_captions,
    list_lyrics,
    split_sentences,
    write_lrc,
    write_srt,
    write_vtt,
)
from voicecoach.views.text import one_line

ENGLISH = language("en")
MILLISECOND = Fraction(1, 1000)
SOUND = "tone-in"
HEARD = "[rising tone]"
LONG = "Lie down, and let the floor carry you. Breathe in through the nose, and out as slowly as is easy. " * 103

letters = st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="[]")
words = st.text(letters, min_size=1, max_size=60).map(one_line) | st.sampled_from(
    [
        "<b>In</b>",
        "a --> b",
        "&amp;",
        "7",
        "NOTE this",
        "00:00:01,000 --> 00:00:02,000",
        "تنفس ببطء",
        "慢慢地呼吸",
        "{\\an8}",
    ]
)
times = st.fractions(0, 20, max_denominator=5000)


@st.composite
def timelines(draw: st.DrawFn) -> Timeline:
    """Draw any timeline: cues can overlap, start together and have no length, and it can last half a day."""
    at, cues = draw(st.sampled_from([Fraction(0), Fraction(3595), Fraction(35_990), Fraction(43_100)])), []
    for _ in range(draw(st.integers(0, 6))):
        at += draw(st.just(Fraction(0)) | times)
        kind = draw(st.sampled_from([CueKind.INSTRUCTION, CueKind.BREATH, CueKind.TONE]))
        text = SOUND if kind is CueKind.TONE else draw(words | st.lists(words, max_size=12).map(" ".join))
        cues.append(Cue(at, at + draw(st.just(Fraction(0)) | times), kind, text))
    return Timeline(max([at, *(cue.end for cue in cues)]) + draw(times), cues=tuple(cues))


performed = st.builds(lambda score, breath: perform(score, measure, breath), scores, breaths)
any_timeline = timelines() | performed


def spoken(timeline: Timeline) -> str:
    """Return all spoken words, without spaces and sounds."""
    return squeezed("".join(cue.text for cue in timeline.cues if cue.track == "voice"))


def squeezed(text: str) -> str:
    return re.sub(r"\s", "", one_line(text.replace(HEARD, "").replace("-->", "→")))


def cue(start: float, end: float, text: str, kind: CueKind = CueKind.INSTRUCTION) -> Cue:
    return Cue(Fraction(str(start)), Fraction(str(end)), kind, text)


def timeline(*cues: Cue, duration: float = 60) -> Timeline:
    return Timeline(Fraction(str(duration)), cues=cues)


def make_captions(*cues: Cue, duration: float = 60) -> list[tuple[int, int, str]]:
    return [
        (each.start, each.end, " / ".join(each.lines))
        for each in list_captions(timeline(*cues, duration=duration), ENGLISH)
    ]


# What holds of every timeline


@given(any_timeline)
def test_captions_are_apart_and_seen_in_short_lines_when_they_are_heard(taken: Timeline) -> None:
    """Each starts with what is heard, stays for a second if it can, and has at most two lines unless time is short."""
    found = list(list_captions(taken, ENGLISH))
    assert all(each.end > each.start for each in found)
    assert all(one.end <= other.start for one, other in pairwise(found))
    assert all(line for each in found for line in each.lines)
    starts = {each.start for each in found}
    voiced = [each for each in taken.cues if each.track == "voice" and one_line(each.text)]
    assert {to_milliseconds(each.start) for each in voiced} <= starts
    assert all(abs(Fraction(to_milliseconds(each.start), 1000) - each.start) <= MILLISECOND for each in voiced)
    assert all(each.end - each.start >= 1000 or each.end == following.start for each, following in pairwise(found))
    for each in found:
        assert all(count_columns(line) <= LINE for line in each.lines)
        assert len(each.lines) <= 2 or each.end - each.start < 2000 * len(each.lines)


@given(any_timeline)
def test_an_independent_reader_finds_the_same_in_webvtt(taken: Timeline) -> None:
    file = webvtt.from_string(write_vtt(taken, title="Leg\n\nstretch --> now", language=ENGLISH))
    read, expected = file.captions, list(list_captions(taken, ENGLISH))
    assert [(each.start, each.end) for each in read] == [
        (stamp(each.start, "."), stamp(each.end, ".")) for each in expected
    ]
    assert [html.unescape(each.raw_text).split("\n") for each in read] == [list(each.lines) for each in expected]
    assert [each.identifier for each in read] == [str(number + 1) for number in range(len(expected))]
    assert squeezed("".join(html.unescape(each.raw_text) for each in read)) == spoken(taken)
    assert file.header_comments + file.footer_comments == ["Leg stretch → now", "Language: en"]


@given(any_timeline)
def test_an_independent_reader_finds_the_same_in_subrip(taken: Timeline) -> None:
    text = write_srt(taken, language=ENGLISH)
    read = list(subrip.parse(text))
    expected = list(list_captions(taken, ENGLISH))
    assert [each.index for each in read] == [number + 1 for number in range(len(expected))]
    assert [(each.start / MS, each.end / MS) for each in read] == [(each.start, each.end) for each in expected]
    assert squeezed("".join(each.content for each in read)).replace("\u200f", "") == spoken(taken).replace("\u200f", "")
    assert "\r" not in text


MS = subrip.timedelta(milliseconds=1)


def stamp(at: int, point: str) -> str:
    return f"{at // 3_600_000:02}:{at // 60_000 % 60:02}:{at // 1000 % 60:02}{point}{at % 1000:03}"


@given(any_timeline)
def test_lrc_has_every_cue_in_order_and_an_empty_line_where_it_is_silent(taken: Timeline) -> None:
    title, code, length, *lines = write_lrc(taken, title="Legs [both]", language=ENGLISH).splitlines()
    assert (title, code) == ("[ti:Legs (both)]", "[la:en]")
    minutes, seconds = map(int, re.fullmatch(r"\[length:(\d{2,}):([0-5]\d)\]", length).groups())  # type: ignore[union-attr]
    assert abs(60 * minutes + seconds - taken.duration) <= Fraction(1, 2)
    found = [re.fullmatch(r"\[(\d{2,}):([0-5]\d\.\d\d)\](.*)", line).groups() for line in lines]  # type: ignore[union-attr]
    at = [60 * int(minutes) + Fraction(seconds) for minutes, seconds, _ in found]
    assert at == sorted(at)
    heard = [each for each in taken.cues if one_line(each.text)]
    tags = [(when, text) for when, (_, _, text) in zip(at, found, strict=True) if text]
    assert [text for _, text in tags] == [
        one_line(each.text) if each.track == "voice" else "(rising tone)" for each in heard
    ]
    assert all(abs(when - each.start) <= Fraction(5, 1000) for (when, _), each in zip(tags, heard, strict=True))
    ends = [max(each.end for each in heard[: number + 1]) for number in range(len(heard))]
    begins = [*(each.start for each in heard[1:]), taken.duration]
    assert len(found) - len(tags) == sum(begin - end > 10 for end, begin in zip(ends, begins, strict=False))


@given(any_timeline)
def test_lyrics_in_step_are_what_is_said_and_when(taken: Timeline) -> None:
    frames, read = io.BytesIO(), ID3()
    read.add(SYLT(encoding=Encoding.UTF16, lang="eng", format=2, type=1, desc="", text=list_lyrics(taken)))
    read.save(frames, v2_version=3)
    found = (
        ID3(fileobj=io.BytesIO(frames.getvalue()), translate=False).getall("SYLT")[0].text if list_lyrics(taken) else []
    )
    voiced = [each for each in taken.cues if each.track == "voice" and one_line(each.text)]
    assert found == [(one_line(each.text), to_milliseconds(each.start)) for each in voiced]
    assert all(0 <= each.start * 1000 - at + 1 <= 2 for each, (_, at) in zip(voiced, found, strict=True))


# How it looks


def test_a_short_word_stays_for_a_second_and_gives_way_to_the_next() -> None:
    assert make_captions(cue(1, 1.25, "In"), cue(5, 5.3, "Out"), cue(5.5, 6, "Rest")) == [
        (1000, 2000, "In"),
        (5000, 5500, "Out"),
        (5500, 6500, "Rest"),
    ]


def test_a_long_sentence_becomes_several_captions_which_share_its_time() -> None:
    text = (
        "Stretch your left leg out in front of you, toes up. Bend your right leg, and lay the sole of its foot"
        " against the inside of your left thigh."
    )
    assert make_captions(cue(10, 18, text)) == [
        (10_000, 12_971, "Stretch your left leg out / in front of you, toes up."),
        (12_971, 15_543, "Bend your right leg, / and lay the sole of its"),
        (15_543, 18_000, "foot against the inside / of your left thigh."),
    ]


def test_a_sound_is_told_in_brackets_with_the_words_that_it_goes_with() -> None:
    tone = cue(3, 7, "tone-in", CueKind.TONE)
    assert make_captions(tone) == [(3000, 7000, "[rising tone]")]
    assert make_captions(tone, cue(3, 4, "Breathe in")) == [(3000, 4000, "[rising tone] Breathe in")]
    assert make_captions(tone, cue(5, 6, "Breathe in")) == [(3000, 5000, "[rising tone]"), (5000, 6000, "Breathe in")]
    assert make_captions(cue(1, 5, "one two three four"), tone) == [(1000, 5000, "one two [rising tone] three four")]


def test_sounds_that_set_in_together_are_told_together() -> None:
    assert make_captions(cue(0, 4, "tone-in", CueKind.TONE), cue(0, 2, "chime-end", CueKind.CHIME)) == [
        (0, 4000, "[rising tone] [singing bowl]")
    ]


def test_the_words_of_sounds_are_those_of_the_language() -> None:
    text = write_srt(timeline(cue(0, 4, "tone-out", CueKind.TONE)), language=language("de"))
    assert text == "1\n00:00:00,000 --> 00:00:04,000\n[fallender Ton]\n\n"


def test_too_little_time_for_a_long_text_makes_fewer_and_taller_captions() -> None:
    (first, second, last) = make_captions(cue(0, 2.5, "a whole sentence " * 20), cue(2.5, 3, "Next"))
    assert (first[:2], second[:2], last) == ((0, 1003), (1003, 2500), (2500, 3500, "Next"))
    assert first[2].count(" / ") > 2


@pytest.mark.parametrize(
    "text",
    [
        LONG,
        "慢慢地呼吸，" * 1700,  # noqa: RUF001
        "n" * 10_000,
        "e\u0301\u0323" * 3400,
        "تنفس ببطء من الأنف ثم أخرج الهواء. " * 290,
    ],
    ids=["english", "chinese", "one word", "marks", "arabic"],
)
def test_ten_thousand_letters_are_broken_into_short_lines_and_none_is_lost(text: str) -> None:
    calls, found = count_calls(lambda: list(list_captions(timeline(cue(0, 700, text), duration=700), ENGLISH)))
    assert calls < 40 * len(text)
    assert all(len(each.lines) <= 2 and all(count_columns(line) <= LINE for line in each.lines) for each in found)
    assert squeezed("".join(line for each in found for line in each.lines)) == squeezed(text)
    assert not [line for each in found for line in each.lines if line.startswith(("\u0301", "\u0323"))]


def test_a_text_of_words_comes_back_with_its_spaces() -> None:
    found = list_captions(timeline(cue(0, 700, LONG), duration=700), ENGLISH)
    assert " ".join(line for each in found for line in each.lines) == one_line(LONG)


def test_captions_end_where_sentences_end() -> None:
    found = list_captions(timeline(cue(0, 700, LONG), duration=700), ENGLISH)
    ends = [each.lines[-1][-1] for each in found]
    assert sum(end in ".," for end in ends) > 0.9 * len(ends)


SENTENCES = "Thumb. Palm. " + "Now let the whole of your left side grow heavy and warm while you go on breathing. " * 2


def test_each_sentence_is_captioned_when_it_is_heard() -> None:
    """Pauses between short sentences are longer than the words: by text length alone, captions would be early."""
    heard = [(0, 1), (4, 5), (8, 16), (18, 26)]
    spans = tuple((Fraction(start), Fraction(end)) for start, end in heard)
    taken = timeline(cue(10, 36, SENTENCES), duration=60)
    found = list(list_captions(taken, ENGLISH, lambda _: spans))
    first = {each.lines[0].split()[0]: each.start for each in found}
    assert first["Thumb."] == 10_000
    at = [each.start for each in found if each.lines[0].startswith("Now let")]
    assert at[-1] == 28_000
    assert list(list_captions(taken, ENGLISH, lambda _: spans[:2])) == list(list_captions(taken, ENGLISH))


@given(any_timeline, st.lists(st.fractions(0, 1, max_denominator=100), min_size=2, max_size=12))
def test_wherever_sentences_are_heard_captions_keep_their_laws(taken: Timeline, edges: list[Fraction]) -> None:
    def spans(cue: Cue) -> tuple[tuple[Fraction, Fraction], ...]:
        count = len(split_sentences(one_line(cue.text)))
        at = sorted((edges * (2 * count))[: 2 * count])
        length = cue.end - cue.start
        return tuple((length * at[2 * number], length * at[2 * number + 1]) for number in range(count))

    found = list(list_captions(taken, ENGLISH, spans))
    assert all(one.end <= other.start for one, other in pairwise(found))
    assert all(each.end > each.start for each in found)
    assert squeezed("".join(line for each in found for line in each.lines)) == spoken(taken)


def test_lines_without_spaces_end_after_full_width_marks_and_never_before_them() -> None:
    text = (
        "慢慢抬起你的左腿，膝盖尽量伸直，脚尖朝向自己，保持这个姿势不动，自然呼吸，不要屏住呼吸，感觉大腿后侧的拉伸。"  # noqa: RUF001
    )
    lines = [line for each in list_captions(timeline(cue(0, 20, text)), ENGLISH) for line in each.lines]
    assert "".join(lines) == text
    assert all(line[-1] in "，。" for line in lines)  # noqa: RUF001
    assert not [line for line in lines if line[0] in "，。"]  # noqa: RUF001


def test_a_long_japanese_clause_is_cut_after_a_particle() -> None:
    text = "膝をできるだけまっすぐに伸ばしつま先を自分の方に向けたままそのままの姿勢を保ちます。"
    lines = [line for each in list_captions(timeline(cue(0, 20, text)), ENGLISH) for line in each.lines]
    assert "".join(lines) == text
    assert lines[0][-1] in "をにのてままし"


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ("הרימו את הרגל (לא יותר).", True),
        ("ارفع ساقك ببطء.", True),
        ("90° הרימו.", True),
        ("Lift your leg.", False),
        ("Say שלום.", False),
        ("123", False),
    ],
)
def test_subrip_marks_the_direction_of_right_to_left_lines(text: str, *, marked: bool) -> None:
    line = write_srt(timeline(cue(0, 5, text)), language=ENGLISH).splitlines()[2]
    assert line == (f"\u200f{text}\u200f" if marked else text)
    assert "\u200f" not in write_vtt(timeline(cue(0, 5, text)), title="x", language=ENGLISH)


def test_times_past_an_hour_and_past_ten_are_right() -> None:
    late = timeline(cue(3_661.004, 3_663, "One hour"), cue(36_061.001, 36_063, "Ten"), duration=36_100)
    assert re.findall(r"(\S+) --> (\S+)", write_vtt(late, title="", language=ENGLISH)) == [
        ("01:01:01.004", "01:01:03.000"),
        ("10:01:01.001", "10:01:03.000"),
    ]
    assert re.findall(r"(\S+) --> (\S+)", write_srt(late, language=ENGLISH))[1] == ("10:01:01,001", "10:01:03,000")
    assert write_lrc(late, title="Long", language=ENGLISH).splitlines()[2:] == [
        "[length:601:40]",
        "[61:01.00]One hour",
        "[61:03.00]",
        "[601:01.00]Ten",
        "[601:03.00]",
    ]
    assert list_lyrics(late) == [("One hour", 3_661_004), ("Ten", 36_061_001)]


@pytest.mark.parametrize(("silence", "emptied"), [(10, []), (10.01, ["[00:01.00]"])])
def test_lrc_takes_a_line_away_after_more_than_ten_seconds_of_silence(silence: float, emptied: list[str]) -> None:
    lines = write_lrc(timeline(cue(0, 1, "Rest"), cue(1 + silence, 60, "Up")), title="x", language=ENGLISH).splitlines()
    assert lines[3:-1] == ["[00:00.00]Rest", *emptied]


def test_nothing_that_is_said_is_taken_for_markup() -> None:
    text = write_vtt(timeline(cue(0, 2, "a < b & c --> d\n\nNOTE e")), title="x", language=ENGLISH)
    assert text.endswith("\n1\n00:00:00.000 --> 00:00:02.000\na &lt; b &amp; c --&gt; d NOTE e\n")
    assert write_srt(timeline(cue(0, 2, "1\n\n2 --> 3")), language=ENGLISH).splitlines()[2:] == ["1 2 → 3", ""]


def test_a_session_in_which_nothing_is_heard_has_no_captions() -> None:
    nothing = timeline(cue(0, 1, " \n "))
    assert write_vtt(nothing, title="x", language=ENGLISH) == "WEBVTT\n\nNOTE x\n\nNOTE Language: en\n"
    assert write_srt(nothing, language=ENGLISH) == ""
    assert write_lrc(nothing, title="x", language=ENGLISH) == "[ti:x]\n[la:en]\n[length:01:00]\n"
    assert list_lyrics(nothing) == []


def test_the_work_of_captions_grows_as_the_cues_do() -> None:
    def work(count: int) -> int:
        cues = [cue(4 * number, 4 * number + 1, "In" if number % 2 else "And slowly out") for number in range(count)]
        calls, written = count_calls(lambda: write_srt(timeline(*cues, duration=4 * count), language=ENGLISH))
        assert written.count("-->") == count
        return calls

    work(1)  # fills the caches
    assert work(1600) < 4.1 * work(400)
