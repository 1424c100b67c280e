"""A mean opinion score predicted from sound: the model of the package ``distillmos``, computed with numpy alone.

The package brings the weights. Its own code needs torch, which is more than thirty times as large as they are; the
network is a few convolutions and a small transformer, for which numpy is enough. Of the same window, the score is that
of torch to 0.0001.
"""

from __future__ import annotations

import collections
import importlib.util
import io
import math
import pickle
import zipfile
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np

Floats: TypeAlias = Any  # an array of numbers; numpy is not there for the type checker

RATE = 16_000
"""Samples a second that the model was trained with."""
WINDOW, MOST_HOP = 122_880, 61_440
"""Samples that the model hears at once (7.68 s; less is filled up with silence), and the most between two windows."""
VERSION = "distillmos 7, numpy 2"
"""Changes whenever scores can change."""

_FRAME, _STEP, _LAYERS, _HEADS = 320, 160, 7, 8
_STRIDES = [(1, 1), (2, 1), (2, 1), (2, 1), (2, 1), (2, 2)]
"""Steps of each convolution in frequency and in time."""
_SHARE, _CUTOFF, _ZEROS = 3, 0.99, 6
_REACH = math.ceil(_ZEROS * _SHARE / _CUTOFF)
"""Resampling: one of three samples is kept; where the filter ends, as a part of half the new rate; its length."""
_TINY = 1e-12
_NORM = 1e-5
"""What batch and layer normalisation add to a variance."""


class Listener:
    """The model, loaded once; it can be used from many threads.

    Raises:
        ModuleNotFoundError: If the package is not installed.
    """

    def __init__(self) -> None:
        """Load the weights."""
        found = importlib.util.find_spec("distillmos")
        if found is None or found.origin is None:
            raise ModuleNotFoundError("distillmos is not installed", name="distillmos")
        self.weights = read_weights(Path(found.origin).parent / "weights" / "distill_mos_v7.pt")

    def rate(self, sound: Floats) -> float:
        """Return the score of a sound of 16,000 samples a second, from 1 (bad) to 5 (excellent)."""
        over = max(0, len(sound) - WINDOW)
        padded = np.pad(sound, (0, max(0, WINDOW - len(sound))))
        starts = [int(part * over) for part in np.linspace(0, 1, math.ceil(over / MOST_HOP) + 1)]
        return float(np.mean([self._rate_window(padded[at : at + WINDOW]) for at in starts]))

    def _rate_window(self, sound: Floats) -> float:
        seen = _compress_spectrum(sound / (np.abs(sound).max() + 1e-8))
        for number, strides in enumerate(_STRIDES):
            name = f"cnn.cnn.{2 * number}"
            seen = _convolve(seen, self.weights[f"{name}.weight"], self.weights[f"{name}.bias"], strides)
            seen = np.maximum(seen, np.float32(0.1) * seen)
        heard = self._normalise("norm_input", seen.reshape(-1, seen.shape[-1]).T)
        heard = self._project("transformer.linear_proj", self._normalise("transformer.norm", heard))
        heard = heard + self._find("transformer.position_encoding.pe")[0]
        for number in range(_LAYERS):
            heard = self._attend(f"transformer.transformer_encoder.layers.{number}", heard)
        return 1 + 4 / (1 + math.exp(-self._pool(self._normalise("norm_trans", heard))))

    def _attend(self, name: str, heard: Floats) -> Floats:
        """Compute one layer of the transformer."""
        inner = f"{name}.self_attn"
        joined = heard @ self._find(f"{inner}.in_proj_weight").T + self._find(f"{inner}.in_proj_bias")
        query, key, value = (
            each.reshape(len(heard), _HEADS, -1).transpose(1, 0, 2) for each in np.split(joined, 3, axis=1)
        )
        share = _softmax(query @ key.transpose(0, 2, 1) / np.float32(math.sqrt(query.shape[-1])))
        mixed = (share @ value).transpose(1, 0, 2).reshape(heard.shape)
        heard = self._normalise_layer(f"{name}.norm1", heard + self._project(f"{inner}.out_proj", mixed))
        more = self._project(f"{name}.linear2", np.maximum(self._project(f"{name}.linear1", heard), 0))
        return self._normalise_layer(f"{name}.norm2", heard + more)

    def _pool(self, heard: Floats) -> float:
        """Return one value for the whole window: the mean of its frames, weighed by what the model attends to."""
        weight = self._project("pool.linear2", np.maximum(self._project("pool.linear1", heard), 0))
        return float(self._project("pool.linear3", _softmax(weight.T) @ heard)[0, 0])

    def _find(self, name: str) -> Floats:
        return self.weights[f"transformer_pool_attn.{name}"]

    def _project(self, name: str, heard: Floats) -> Floats:
        return heard @ self._find(f"{name}.weight").T + self._find(f"{name}.bias")

    def _normalise(self, name: str, heard: Floats) -> Floats:
        """Normalise by what was measured in training (batch normalisation)."""
        scale = self._find(f"{name}.weight") / np.sqrt(self._find(f"{name}.running_var") + np.float32(_NORM))
        return (heard - self._find(f"{name}.running_mean")) * scale + self._find(f"{name}.bias")

    def _normalise_layer(self, name: str, heard: Floats) -> Floats:
        """Normalise each frame by its own mean and variance."""
        apart = heard - heard.mean(axis=1, keepdims=True)
        scale = np.sqrt(np.square(apart).mean(axis=1, keepdims=True) + np.float32(_NORM))
        return apart / scale * self._find(f"{name}.weight") + self._find(f"{name}.bias")


def resample(sound: Floats) -> Floats:
    """Return a sound of 48,000 samples a second at the rate of the model, as the package's own reader gives it to it.

    That is a windowed sinc that keeps nearly all below 8 kHz; a filter from 7.4 kHz on lowers scores by 0.1 to 0.4.
    """
    at = np.clip(np.arange(-_REACH, _REACH + 1) * _CUTOFF / _SHARE, -_ZEROS, _ZEROS)
    kernel = np.sinc(at) * np.cos(at * np.pi / _ZEROS / 2) ** 2 * _CUTOFF / _SHARE
    return np.convolve(sound, kernel, "same")[::_SHARE].astype(np.float32)


def read_weights(path: Path) -> dict[str, Floats]:
    """Read the tensors of a checkpoint of torch, by name; nothing in it is run.

    Raises:
        pickle.UnpicklingError: If it names anything but tensors.
    """
    with zipfile.ZipFile(path) as packed:
        (table,) = (name for name in packed.namelist() if name.endswith("/data.pkl"))
        read = _Reader(packed, table.removesuffix("data.pkl")).load()
    return {name: np.ascontiguousarray(each, np.float32) for name, each in read["model"].items()}


class _Reader(pickle.Unpickler):
    """Reads a checkpoint: of all classes, it knows only those of plain tensors."""

    def __init__(self, packed: zipfile.ZipFile, folder: str) -> None:
        super().__init__(io.BytesIO(packed.read(f"{folder}data.pkl")))
        self._packed, self._folder = packed, folder

    def find_class(self, module: str, name: str) -> Any:  # noqa: ANN401 - as pickle has it
        """Return what stands for a class of torch."""
        known = {
            ("collections", "OrderedDict"): collections.OrderedDict,
            ("torch._utils", "_rebuild_tensor_v2"): _build_tensor,
            ("torch", "FloatStorage"): np.dtype("<f4"),
            ("torch", "LongStorage"): np.dtype("<i8"),
        }
        if (module, name) not in known:
            raise pickle.UnpicklingError(f"{module}.{name} is not part of a tensor")
        return known[module, name]

    def persistent_load(self, pid: Any) -> Floats:  # noqa: ANN401 - as pickle has it
        """Return the values of a tensor, in the order of the file."""
        _, kind, key, *_ = pid
        return np.frombuffer(self._packed.read(f"{self._folder}data/{key}"), kind)


def _build_tensor(values: Floats, start: int, shape: tuple[int, ...], steps: tuple[int, ...], *_: object) -> Any:  # noqa: ANN401 - of any type
    size = values.itemsize
    return np.lib.stride_tricks.as_strided(values[start:], shape, [step * size for step in steps])


def _compress_spectrum(sound: Floats) -> Floats:
    """Return real and imaginary part x frequency x time: the spectrum of each 10 ms, its magnitudes compressed."""
    padded = np.pad(sound, (_FRAME - _STEP) // 2, mode="reflect")
    frames = np.lib.stride_tricks.sliding_window_view(padded, _FRAME)[::_STEP]
    window = (0.5 - 0.5 * np.cos(2 * np.pi * np.arange(_FRAME) / _FRAME)).astype(np.float32)
    spectrum = np.fft.rfft(frames * window).T
    size = np.maximum(np.abs(spectrum), _TINY)
    small = spectrum * size**-0.7
    return np.stack([small.real, small.imag]).astype(np.float32)


def _convolve(seen: Floats, weight: Floats, bias: Floats, strides: tuple[int, int]) -> Floats:
    """Convolve channels x frequency x time with kernels of 3 x 3; time is padded by one on both sides."""
    down, along = strides
    padded = np.pad(seen, ((0, 0), (0, 0), (1, 1)))
    height, width = (padded.shape[1] - 3) // down + 1, (padded.shape[2] - 3) // along + 1
    kernels = weight.transpose(0, 2, 3, 1).reshape(len(bias), -1)
    made = np.empty((len(bias), height, width), np.float32)
    for at in range(height):  # a row at a time stays in the processor's cache
        rows = padded[:, at * down : at * down + 3]
        under = [rows[:, row, shift : shift + along * width : along] for row in range(3) for shift in range(3)]
        made[:, at] = kernels @ np.concatenate(under)
    return made + bias[:, None, None]


def _softmax(values: Floats) -> Floats:
    raised = np.exp(values - values.max(axis=-1, keepdims=True))
    return raised / raised.sum(axis=-1, keepdims=True)
