"""Makes the sound of a session: joined from frames if possible, else mixed as a stream; and computes its loudness."""

from __future__ import annotations

import math
import operator
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from voicecoach.audio import breath_sound, fall, filters, levels, loudness, mp3
from voicecoach.audio.clip import (
    FRAME_SAMPLES,
    INAUDIBLE,
    SAMPLE_BYTES,
    SAMPLE_RATE,
    Clip,
    amplify,
    is_audible,
    read_wave,
)
from voicecoach.audio.formats import GRID, MP3
from voicecoach.audio.loudness import Blocks, Loudness
from voicecoach.audio.mixdown import (
    WINDOW,
    compute_ducking,
    find_ducking,
    find_passages,
    interleave,
    mix_loop,
    mix_windows,
)
from voicecoach.audio.writer import Recording, Stream
from voicecoach.core.score import Side
from voicecoach.errors import VoiceError, quote
from voicecoach.system import cache, timings
from voicecoach.system.assets import find_room_tone

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from voicecoach.audio.beds import Bed
    from voicecoach.audio.id3 import Tags
    from voicecoach.audio.mixdown import Passage
    from voicecoach.audio.settings import Sounding
    from voicecoach.core.timeline import Cue, Timeline

Progress = Callable[[str, int, int], None]
"""Gets the progress: the current step, the part of it that is done, and the total."""

MOST_DISTINCT = 1200
"""The most seconds of distinct sound that are kept in memory for joining: 110 MiB."""


DUCKED = 0.5
"""The gain of a bed or a breath sound under speech, as a factor: 6 dB of ducking."""

PAN = 0.25
"""How much louder the channel of the track's side is, and how much softer the other, in power: 1 dB up, 1.2 dB down."""

NEAR, LEAST_GAIN, MOST_GAIN = 0.45, -6.0, 1.5
"""LU by which a session can miss its loudness, and the limits of a correction in dB.

A session of a few short words misses it, because they have too few of BS.1770's blocks. More gain would raise peaks
too much.
"""

MORE_KEPT = 0.5
"""LU by which speech is louder in formats that keep high frequencies, which MP3 drops at 64 kb/s."""

IN_STEREO = 3.0
"""LU by which the same sound is louder in two channels."""


@dataclass(frozen=True, slots=True)
class TrackPlan:
    """The plan of a track: its timeline, its side, its path and its tags."""

    timeline: Timeline
    side: Side | None
    path: Path
    tags: Tags


@dataclass(frozen=True, slots=True)
class Prepared:
    """Tracks that are ready to be written, and how loud they will be; None where only the file can tell.

    ``clip`` gives the sounds of cues as loud as they are in the tracks; None if they are as loud as before.
    """

    recordings: tuple[Recording, ...]
    loudness: tuple[Loudness | None, ...]
    problems: tuple[str, ...] = ()
    clip: Callable[[Cue], Clip] | None = None


def prepare(
    parts: Sequence[TrackPlan], clip: Callable[[Cue], Clip], sounding: Sounding, folder: Path, report: Progress
) -> Prepared:
    """Prepare tracks as `prepare_sounds` does, and add the levels of their speech to their timelines.

    Raises:
        ChoiceError: If the bed is not sound.
        EncodeError: If ffmpeg is missing or fails.
    """
    ready = prepare_sounds(parts, clip, sounding, folder, report)
    return _add_levels(ready, parts, ready.clip or clip, sounding, folder)


def prepare_sounds(
    parts: Sequence[TrackPlan], clip: Callable[[Cue], Clip], sounding: Sounding, folder: Path, report: Progress
) -> Prepared:
    """Return the sound of tracks: joined from frames, which are encoded here, or streams that are mixed later.

    Raises:
        ChoiceError: If the bed is not sound.
        EncodeError: If ffmpeg is missing or fails.
    """
    _check_audible(parts, clip)
    bed = _open_bed(sounding.bed) if sounding.bed else None
    room = read_wave(find_room_tone()) if sounding.room_tone else None
    joins = find_frame_format(sounding)
    form = joins or mp3.FrameFormat(loop=room)
    as_they_are = _find_sounds(parts, clip)
    if as_they_are:
        first = _join(parts, as_they_are, form, folder)
        del as_they_are  # it holds all sound, of which there may soon be a louder copy
        more = 0.0 if joins else MORE_KEPT
        decibels = 0.0 if sounding.sleep else _find_missing_gain(first.loudness, more)
        if joins and not decibels:
            return first
        clip = _change_gain(clip, decibels) if decibels else clip
        if joins:
            return replace(_join(parts, _find_sounds(parts, clip), form, folder), clip=clip)
    streams = tuple(_stream(part, clip, sounding, _Background(room, bed), report) for part in parts)
    problems = (bed.problem,) if bed and bed.problem else ()
    return Prepared(streams, (None,) * len(parts), problems, clip)


def find_frame_format(sounding: Sounding) -> mp3.FrameFormat | None:
    """Return the format of the frames that a session is joined from; None if it is encoded as a whole."""
    if sounding.form is not MP3 or sounding.channels != 1 or sounding.breath or sounding.sleep:
        return None
    room = read_wave(find_room_tone()) if sounding.room_tone else None
    return mp3.FrameFormat(MP3.bit_rate(sounding.bit_rate, 1) or 0, room)


def find_tolerance(sounding: Sounding) -> float:
    """Return the dB by which an encoder can make 20 ms of speech softer; if they are lost, the difference is larger.

    Measured over the built-ins in the band of `levels.measure_speech`, at the default bit rates: 3 dB in MP3, also at
    32 kb/s, 8 in Opus, 6 in AAC, which leaves holes in soft noise unless a bed fills them. With fewer bits, Opus drops
    soft sounds, and AAC any 20 ms. If the first 20 ms are lost, the difference is 13 dB or more, 18 in AAC, and 7 or
    more with a bed.
    """
    form, channels = sounding.form, sounding.channels
    if form.name not in {"m4a", "opus"}:
        return 6.0
    if sounding.bit_rate and sounding.bit_rate < form.usual[channels - 1]:
        return 20.0 if form.name == "opus" else 40.0
    return 10.0 if sounding.bed or form.name == "opus" else 16.0


def describe_speech(timeline: Timeline, clip: Callable[[Cue], Clip], within: float, folder: Path) -> dict[str, object]:
    """Return the facts that `verify` compares speech with: the levels of each distinct clip, and the clip of each cue.

    The levels of a clip are cached in ``folder``.
    """
    known: dict[tuple[str, str, int, int], int] = {}
    sounds: dict[str, int] = {}
    cues: list[int | None] = []
    for cue in timeline.cues:
        if cue.track == "voice" and cue.source not in known:
            known[cue.source] = sounds.setdefault(_measure_levels(clip(cue), folder), len(sounds))
        cues.append(known.get(cue.source))
    return {"within": within, "sounds": list(sounds), "cues": cues}


def _measure_levels(clip: Clip, folder: Path) -> str:
    """Return the levels of a clip, from the cache if they are there."""
    path = cache.locate_entry(folder, "levels", levels.MEASURE, clip.digest)
    kept = (cache.fetch(path) or b"").decode(errors="replace")
    if kept and levels.is_packed(kept):
        return kept
    packed = levels.pack(levels.measure_speech(clip.pcm))
    with suppress(OSError):  # a cache that can't be written costs time, not the session
        cache.store(path, packed.encode())
    return packed


def _add_levels(
    ready: Prepared, parts: Iterable[TrackPlan], clip: Callable[[Cue], Clip], sounding: Sounding, folder: Path
) -> Prepared:
    """Add the levels of its speech to the timeline of each recording."""
    recordings = []
    for part, recording in zip(parts, ready.recordings, strict=True):
        speech = describe_speech(part.timeline, clip, find_tolerance(sounding), folder)
        carried = recording.tags.timeline
        sound = {**carried.get("sound", {}), "levels": speech}
        tags = replace(recording.tags, timeline={**carried, "sound": sound})
        recordings.append(replace(recording, tags=tags))
    return replace(ready, recordings=tuple(recordings))


def _open_bed(bed: str) -> Bed:
    from voicecoach.audio.beds import open_bed

    return open_bed(bed)


def _find_sounds(parts: Iterable[TrackPlan], clip: Callable[[Cue], Clip]) -> list[list[tuple[int, Passage]]]:
    return _distinct(find_passages(part.timeline, clip, mp3.APART, mp3.CONTEXT) for part in parts)


def _find_missing_gain(loud: Iterable[Loudness | None], more: float) -> float:
    """Return the gain in dB that brings tracks to their loudness, in steps of 0.5; 0 if it is near enough."""
    known = [each.integrated for each in loud if each and each.integrated is not None]
    if not known:
        return 0.0
    off = loudness.SPEECH - sum(known) / len(known) - more
    return max(LEAST_GAIN, min(MOST_GAIN, round(off * 2) / 2)) if abs(off) > NEAR else 0.0


def _change_gain(clip: Callable[[Cue], Clip], decibels: float) -> Callable[[Cue], Clip]:
    """Return the clips of cues, all with another gain."""
    made: dict[tuple[str, str, int, int], Clip] = {}

    def take(cue: Cue) -> Clip:
        if cue.source not in made:
            louder = amplify(clip(cue), decibels)
            made[cue.source] = replace(louder, known=louder.digest)
        return made[cue.source]

    return take


def _check_audible(parts: Iterable[TrackPlan], clip: Callable[[Cue], Clip]) -> None:
    """Refuse a session with an inaudible cue."""
    cues = {cue.source: cue for part in parts for cue in part.timeline.cues}
    for cue in cues.values():
        if not is_audible(clip(cue), INAUDIBLE):
            raise VoiceError(f"{quote(cue.text)} would not be heard: its sound is silent\ntry another --voice")


def _join(
    parts: Sequence[TrackPlan], sounds: Sequence[Sequence[tuple[int, Passage]]], form: mp3.FrameFormat, folder: Path
) -> Prepared:
    """Join each track from frames; the sounds of all tracks are encoded together."""
    with timings.time_part("encoding"):
        runs = mp3.encode_passages((each for track in sounds for _, each in track), folder, form)
        ground = mp3.encode_background(folder, form)
    with timings.time_part("measuring"):
        measured = mp3.measure_sequences([*runs.values(), ground], folder, form)
    recordings, loud = [], []
    for part, track in zip(parts, sounds, strict=True):
        laid = tuple((start // FRAME_SAMPLES - mp3.count_lead(each), runs[each]) for start, each in track)
        count = int(part.timeline.duration / GRID)
        recordings.append(Recording(part.path, mp3.JoinedTrack(laid, count, form, ground), part.tags))
        loud.append(_add_up_loudness([run for _, run in laid], measured, ground, count))
    return Prepared(tuple(recordings), tuple(loud))


def _add_up_loudness(runs: Sequence[bytes], measured: Mapping[bytes, Blocks], ground: bytes, count: int) -> Loudness:
    """Compute the loudness of a track from its sequences and the background between them; it has ``count`` frames."""
    heard = Counter(map(id, runs))  # a repeated sequence is one object; to hash its bytes takes longer
    distinct = {which: measured[run] for which, run in {id(run): run for run in runs}.items()}
    weighed = [(level, heard[which]) for which, blocks in distinct.items() for level in blocks.levels]
    total = count * FRAME_SAMPLES // loudness.HOP
    between = measured[ground].levels
    if between:
        weighed.append((sorted(between)[len(between) // 2], max(0, total - sum(times for _, times in weighed))))
    peak = max(blocks.true_peak for blocks in (*distinct.values(), measured[ground]))
    return Loudness(loudness.integrate(weighed), peak)


@dataclass(frozen=True, slots=True)
class _Background:
    """The background of a streamed session: room tone, and a bed."""

    room: Clip | None
    bed: Bed | None


def _stream(
    part: TrackPlan, clip: Callable[[Cue], Clip], sounding: Sounding, under: _Background, report: Progress
) -> Recording:
    """Return a track that is mixed while it is encoded."""
    rate = sounding.form.bit_rate(sounding.bit_rate, sounding.channels)
    left, right = _find_pan_gains(part.side) if sounding.pan else (1.0, 1.0)
    chapters = part.tags.chapters if sounding.form.name == "m4a" else ()
    speech = mix_windows(part.timeline, clip)
    if sounding.breath:
        speech = _add_breath(speech, sounding, part.timeline)
    chunks = mix_loop(speech, under.room) if under.room else speech
    if sounding.sleep:
        chunks = fall.fade_last_minute(chunks, part.timeline.duration)
    channels, graph = 1, filters.pan(left, right) if sounding.pan else ""
    if under.bed:
        factor = 10 ** ((loudness.SPEECH + IN_STEREO - sounding.under - under.bed.loudness) / 20)
        channels, graph = 4, filters.mix_bed(left, right, factor)
        chunks = _add_bed(chunks, under.bed, part.timeline, sleep=sounding.sleep)
    chunks = _report(chunks, report, math.ceil(part.timeline.duration), channels)
    stream = Stream(chunks, sounding.form, rate, channels, graph, chapters)
    return Recording(part.path, stream, part.tags, sounding.form)


def _add_breath(speech: Iterable[bytes], sounding: Sounding, timeline: Timeline) -> Iterator[bytes]:
    factor = 10 ** ((loudness.SPEECH - sounding.breath_under - breath_sound.LOUDNESS) / 20)
    gains = find_ducking(timeline, DUCKED)
    if sounding.sleep:
        gains = map(operator.mul, gains, fall.compute_sinking(timeline.duration))
    return breath_sound.mix_breath(speech, timeline, round(factor, 6), gains)


def _add_bed(speech: Iterable[bytes], bed: Bed, timeline: Timeline, *, sleep: bool) -> Iterator[bytes]:
    under, gains = bed.windows(WINDOW), compute_ducking(timeline, DUCKED)
    if sleep:
        sinking = fall.compute_sinking(timeline.duration)
        gains = (round(level * gain) for level, gain in zip(gains, sinking, strict=True))
    try:
        yield from interleave(speech, under, gains)
    finally:
        under.close()


def _report(chunks: Iterable[bytes], report: Progress, seconds: int, channels: int) -> Iterator[bytes]:
    """Yield chunks, and report the seconds of sound in them."""
    done = 0
    for chunk in chunks:
        yield chunk
        done += len(chunk)
        report("encoding", min(seconds, done // (SAMPLE_BYTES * SAMPLE_RATE * channels)), seconds)


def _find_pan_gains(side: Side | None) -> tuple[float, float]:
    """Return the factors of the left and the right channel, which together keep the loudness.

    >>> [round(factor, 2) for factor in _find_pan_gains(Side.LEFT)]
    [1.12, 0.87]
    """
    near, far = math.sqrt(1 + PAN), math.sqrt(1 - PAN)
    return {Side.LEFT: (near, far), Side.RIGHT: (far, near)}.get(side or Side.BOTH, (1.0, 1.0))


def _distinct(tracks: Iterable[Iterable[tuple[int, Passage]]]) -> list[list[tuple[int, Passage]]]:
    """Return the passages of each track, equal ones as one object; nothing if they last more than `MOST_DISTINCT`."""
    known: dict[Passage, Passage] = {}
    samples = 0
    found = []
    for track in tracks:
        laid = []
        for at, passage in track:
            if passage not in known:
                samples += passage.sound.samples
                if samples > MOST_DISTINCT * SAMPLE_RATE:
                    return []
            laid.append((at, known.setdefault(passage, passage)))
        found.append(laid)
    return found
