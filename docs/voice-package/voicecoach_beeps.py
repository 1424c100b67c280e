"""A voice for voicecoach: a beep for each letter."""

from voicecoach.errors import ChoiceError, VoiceError
from voicecoach.voices.polish import Raw, calibrate, polish
from voicecoach.voices.port import VoiceInfo

PERIODS = {"high": 20, "low": 40}  # samples, at 16 kHz


class Beeps:
    def __init__(self, name, calibration):
        self.identity = f"beeps 1, {name}"  # whatever changes the sound changes this line
        self.period, self.gain = PERIODS[name], calibrate(self.sound(calibration, PERIODS[name]))

    def speak(self, wordings):
        for text in wordings:
            yield from polish([self.sound(text, self.period)], self.gain)  # trimmed, levelled, 48 kHz

    def sound(self, text, period):
        letters = sum(map(str.isalnum, text))
        if not letters:
            raise VoiceError(f"there is nothing to beep in {text!r}")
        wave = b"\x00\x20" * (period // 2) + b"\x00\xe0" * (period // 2)
        return Raw(wave * (1_000 * letters // period), 16_000)


class Kind:
    name = "beeps"

    def list_voices(self, _settings):
        return [VoiceInfo(f"beeps:{name}", "beeps", f"{name} beeps") for name in PERIODS]

    def find_voice(self, name, settings):
        if name not in PERIODS:
            raise ChoiceError(f"no beeps are called {name!r}; there are: high, low")
        return Beeps(name, settings.calibration)


KIND = Kind()
