"""What the page plays is what the program writes."""

from __future__ import annotations

import base64
import math
import wave
from typing import TYPE_CHECKING, Any

import pytest

import voicecoach as vc
from tests.amounts import choose_amount
from tests.studio.browser.pages import open_library, open_routine, wait_for
from tests.studios import ROUTINE
from voicecoach.audio.clip import SAMPLE_BYTES
from voicecoach.audio.pcm import audioop
from voicecoach.studio.files import make_id
from voicecoach.testing import FakeVoice

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Page

    from tests.studios import Asker

RENDER = """async () => {
    const { player } = await import("/page/actions.js");
    const { lay, RATE } = await import("/page/player.js");
    const context = new OfflineAudioContext(1, Math.ceil(player.timeline.duration * RATE), RATE);
    lay(context, player.timeline.cues, player.buffers, 0);
    if (player.timeline.breath_sound) {
        const { BreathSound } = await import("/page/breath-sound.js");
        const { getBreathSound } = await import("/page/api.js");
        new BreathSound(await getBreathSound()).lay(context, player.timeline, 0, 0);
    }
    const heard = (await context.startRendering()).getChannelData(0);
    const samples = Int16Array.from(heard, (value) => Math.max(-32768, Math.min(32767, Math.round(value * 32768))));
    const bytes = new Uint8Array(samples.buffer);
    let text = "";
    for (let at = 0; at < bytes.length; at += 32768) text += String.fromCharCode(...bytes.subarray(at, at + 32768));
    return btoa(text);
}"""


APART: list[dict[str, Any]] = [
    {"chime": "bell", "breath_sound": True, "hold_tick": True},
    {"sleep": True},
    {"clear": True},
]


@pytest.mark.parametrize("choices", [{}, {key: each[key] for each in APART for key in each}, *choose_amount([], APART)])
def test_the_page_plays_the_samples_of_the_file(
    page: Page, studio: Asker, tmp_path: Path, choices: dict[str, Any]
) -> None:
    name = make_id("two-breaths.yaml")
    open_routine(page, studio, name)
    page.evaluate(
        "([name, choices]) => localStorage.setItem(`choices ${name}`, JSON.stringify(choices))", [name, choices]
    )
    page.reload()
    page.wait_for_selector(".transport")
    wait_for(page, "player.timeline.cues.every(each => player.buffers.has(each.clip))")
    heard = base64.b64decode(page.evaluate(RENDER))
    session = vc.plan(vc.loads(ROUTINE), voice=FakeVoice(), **choices)
    (path,) = session.write(tmp_path / "sound.wav", room_tone=False).paths
    with wave.open(str(path)) as file:
        written = file.readframes(file.getnframes())
    assert abs(len(heard) - len(written)) <= 1152 * SAMPLE_BYTES
    length = min(len(heard), len(written))
    heard, written = heard[:length], written[:length]
    # A file is a little softer or louder as a whole, so that it has the loudness of all files.
    gain = audioop.findfactor(written, heard)
    difference = audioop.add(written, audioop.mul(heard, SAMPLE_BYTES, -gain), SAMPLE_BYTES)
    assert abs(20 * math.log10(gain)) < 1
    level = audioop.rms(written, SAMPLE_BYTES)
    assert level > 0
    assert audioop.rms(difference, SAMPLE_BYTES) / level < 10 ** (-50 / 20)


MOVES = """async ([part, moves]) => {
    const { Player, RATE } = await import("/page/player.js");
    const { BreathSound } = await import("/page/breath-sound.js");
    const api = await import("/page/api.js");
    const id = decodeURIComponent(location.hash.split("/")[2]);
    const timelines = [];
    for (const out of [5, 5.5, 6, 6.5, 7]) {
        const { timeline } = await api.plan({ id }, { breath: `4-${out}`, breath_sound: true, lead_in: "0s" });
        timelines.push(part === "words" ? timeline : { ...timeline, cues: [] });
    }
    const context = new OfflineAudioContext(1, 11 * RATE, RATE);
    const goOn = () => OfflineAudioContext.prototype.resume.call(context);
    context.resume = async () => {};
    const player = new Player(api.getClip, () => context);
    const tone = Float32Array.from({ length: 3 * RATE }, (_, at) => Math.sin((at * 2 * Math.PI * 200) / RATE));
    const hum = (count) => { // a soft tone: whatever breaks it off is a large step
        const edge = (at) => Math.min(1, at / 960, (count - 1 - at) / 960);
        return Float32Array.from({ length: count }, (_, at) => 0.5 * edge(at) * tone[at % tone.length]);
    };
    for (const { clip } of timelines.flatMap((each) => each.cues)) {
        if (!player.buffers.has(clip)) player.buffers.set(clip, hum((await api.getClip(clip)).length));
    }
    if (part === "breath") {
        const sound = await api.getBreathSound();
        player.setBackground(new BreathSound({ ...sound, channels: sound.channels.map(() => tone) }));
    }
    player.set(timelines[2]);
    if (part === "breath") player.rest = timelines[2].phases[0].start;
    await player.play();
    for (let move = 1; move <= moves; move++) {
        context.suspend(move / 20).then(() => {
            player.set(timelines[move % timelines.length]);
            goOn();
        });
    }
    const heard = (await context.startRendering()).getChannelData(0);
    player.pause();
    let [most, loud] = [0, 0];
    for (let at = 1; at < 10 * RATE; at++) {
        most = Math.max(most, Math.abs(heard[at] - heard[at - 1]));
        loud = Math.max(loud, Math.abs(heard[at]));
    }
    return [most, loud];
}"""


@pytest.mark.parametrize("part", ["words", "breath"])
def test_two_hundred_moves_of_a_slider_in_ten_seconds_make_no_click(page: Page, studio: Asker, part: str) -> None:
    """A click would be a step from one sample to the next that is larger than any in the undisturbed sound."""
    open_routine(page, studio, make_id("two-breaths.yaml"))
    undisturbed, loud = page.evaluate(MOVES, [part, 0])
    moved, loud_moved = page.evaluate(MOVES, [part, 200])
    assert loud > 0.005
    assert loud_moved > loud / 2
    assert moved <= undisturbed * 1.05


LEAP = """async () => {
    const { Player, RATE } = await import("/page/player.js");
    class Quiet extends OfflineAudioContext {
        resume() { return this.begun ? super.resume() : Promise.resolve(); }
    }
    const context = new Quiet(1, 6 * RATE, RATE);
    const rise = (at) => Math.min(1, at / 2400, (2 * RATE - at) / 2400); // a hum without a leap of its own
    const wave = (at) => 0.5 * Math.sin(2 * Math.PI * 100 * at / RATE) * rise(at);
    const hum = Float32Array.from({ length: 2 * RATE }, (_, at) => wave(at));
    const cue = (start, clip) => {
        const place = { start, end: start + 2, sample: Math.round(start * RATE) };
        return { ...place, clip, track: "voice", kind: "tip", side: null, text: clip };
    };
    const write = (second) => {
        const cues = [cue(0, "one"), cue(second, "two"), cue(second + 2.5, "three")];
        return { duration: 6, chapters: [], phases: [], cues };
    };
    const player = new Player(async () => hum, () => context);
    player.set(write(2.4));
    while (player.buffers.size < 3) await new Promise((go) => setTimeout(go, 5));
    await player.play();
    const moves = [[0.5, 1.2], [0.7, 1.6], [0.9, 1.7], [1.3, 1.45], [1.4, 1.41], [1.42, 2.0], [2.1, 2.2], [3.0, 2.5]];
    for (const [at, second] of moves) {
        context.suspend(at).then(() => {
            player.set(write(second));
            context.resume();
        });
    }
    for (const [at, place] of [[4.0, 0.7025], [4.05, 1.1025], [4.3, 3.1025]]) {
        context.suspend(at).then(() => {
            player.seek(place);
            setTimeout(() => context.resume(), 20);
        });
    }
    context.suspend(5.2).then(() => {
        player.pause();
        context.resume();
    });
    context.begun = true;
    const heard = (await context.startRendering()).getChannelData(0);
    const leaps = heard.slice(1).map((value, at) => Math.abs(value - heard[at]));
    const largest = (values) => values.reduce((most, each) => Math.max(most, Math.abs(each)), 0);
    const goesOn = largest(heard.slice(1.3 * RATE, 1.4 * RATE)); // for a while, it was to end at 1.2 s
    return { leap: largest(leaps), at: leaps.indexOf(largest(leaps)) / RATE, goesOn };
}"""


def test_no_change_and_no_jump_makes_a_click(page: Page, studio: Asker) -> None:
    open_library(page, studio)
    found = page.evaluate(LEAP)
    slope = 0.5 * 2 * math.pi * 100 / 48_000
    assert found["leap"] < 3 * slope, found
    assert found["goesOn"] > 0.4
