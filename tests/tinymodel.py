"""A voice of Piper's in 1.4 kB: an ONNX graph with a model's inputs and output, written as protobuf, and its JSON.

It hums: each sound of the text lasts 40 ms at a length scale of 1, the pitch depends on the text and the speaker, and
the two noise scales do what they do in a real model. Silence lies around it.
"""

from __future__ import annotations

import json
import struct
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

RATE = 16_000
BEFORE, AFTER = 1_600, 4_800
"""Samples of silence around the hum."""

_FLOAT, _INT64 = 1, 7


def write_model(folder: Path, name: str = "en_US-hum-low", *, speakers: int = 1, loudness: float = 0.5) -> Path:
    """Write a model and its config, and return the model's path."""
    folder.mkdir(parents=True, exist_ok=True)
    model = folder / f"{name}.onnx"
    model.write_bytes(model_bytes(several=speakers > 1, loudness=loudness))
    model.with_name(f"{name}.onnx.json").write_text(json.dumps(config(speakers)), encoding="utf-8")
    return model


def config(speakers: int = 1) -> dict[str, object]:
    """Return a config as models have it: each letter of the phonemes that espeak writes is a sound."""
    letters = "abcdefhijklmnopqrstuvwxyzæðŋɐɑɒɔəɚɛɜɡɪɹʃʊʌʒθ"
    ids = {sign: [number] for number, sign in enumerate(f"_^$ !',-.:;?ˈˌː{letters}")}
    return {
        "audio": {"sample_rate": RATE, "quality": "low"},
        "espeak": {"voice": "en-us"},
        "language": {"code": "en_US"},
        "inference": {"noise_scale": 0.667, "length_scale": 1, "noise_w": 0.8},
        "phoneme_type": "espeak",
        "phoneme_id_map": ids,
        "num_symbols": len(ids),
        "num_speakers": speakers,
        "speaker_id_map": {f"p{number}": number for number in range(speakers)} if speakers > 1 else {},
    }


def model_bytes(*, several: bool, loudness: float) -> bytes:
    """Return an ONNX model (IR 8, operators of set 13)."""
    inputs = [("input", _INT64, 2), ("input_lengths", _INT64, 1), ("scales", _FLOAT, 1)]
    speaker = [("sid", _INT64, 1)] if several else []
    graph = b"".join(
        (
            *(_field(1, node) for node in _nodes(several=several)),
            _field(2, b"hum"),
            *(_field(5, _tensor(name, kind, values)) for name, kind, values in _constants(loudness)),
            *(_field(11, _value(*each)) for each in (*inputs, *speaker)),
            _field(12, _value("output", _FLOAT, 4)),
        )
    )
    return _number(1, 8) + _field(7, graph) + _field(8, _number(2, 13))


def _constants(loudness: float) -> list[tuple[str, int, Sequence[float]]]:
    scalars = {
        "zero": 0.0,
        "one": 1.0,
        "samples a sound": RATE * 0.04,
        "loudness": loudness,
        "base": 0.03,
        "step": 0.002,
    }
    return [
        *((name, _FLOAT, [value]) for name, value in scalars.items()),
        *((name, _INT64, [number]) for name, number in (("first", 0), ("second", 1), ("third", 2))),
        ("around", _INT64, [BEFORE, AFTER]),
        ("shape", _INT64, [1, 1, 1, -1]),
    ]


def _nodes(*, several: bool) -> list[bytes]:
    as_float = _attribute("to", _FLOAT)
    speaker = [
        _node("Cast", "sid", "sid as float", attributes=as_float),
        _node("ReduceMean", "sid as float", "speaker", attributes=_attribute("keepdims", 0)),
        _node("Mul", "speaker", "base", "higher"),
        _node("Add", "pitch of the text", "higher", "pitch"),
    ]
    return [
        _node("Gather", "scales", "first", "noise"),
        _node("Gather", "scales", "second", "length"),
        _node("Gather", "scales", "third", "noise of lengths"),
        _node("Size", "input", "number"),
        _node("Cast", "number", "sounds", attributes=as_float),
        _node("RandomNormalLike", "length", "chance"),
        _node("Abs", "chance", "some chance"),
        _node("Mul", "some chance", "noise of lengths", "longer"),
        _node("Add", "longer", "one", "stretch"),
        _node("Mul", "length", "stretch", "stretched"),
        _node("Mul", "stretched", "samples a sound", "samples of each"),
        _node("Mul", "samples of each", "sounds", "exact"),
        _node("Floor", "exact", "total"),
        _node("Range", "zero", "total", "one", "time"),
        _node("Cast", "input", "ids", attributes=as_float),
        _node("ReduceMean", "ids", "mean", attributes=_attribute("keepdims", 0)),
        _node("Mul", "mean", "step", "height"),
        _node("Add", "height", "base", "pitch of the text"),
        *(speaker if several else [_node("Identity", "pitch of the text", "pitch")]),
        _node("Mul", "time", "pitch", "phase"),
        _node("Sin", "phase", "wave"),
        _node("RandomNormalLike", "wave", "hiss"),
        _node("Mul", "hiss", "noise", "soft hiss"),
        _node("Add", "wave", "soft hiss", "voice"),
        _node("Mul", "voice", "loudness", "hum"),
        _node("Pad", "hum", "around", "hum in silence"),
        _node("Reshape", "hum in silence", "shape", "output"),
    ]


def _node(kind: str, *names: str, attributes: bytes = b"") -> bytes:
    """Encode a NodeProto: its inputs, and last its output."""
    *inputs, output = names
    texts = [*((1, name) for name in inputs), (2, output), (4, kind)]
    return b"".join(_field(number, text.encode()) for number, text in texts) + attributes


def _attribute(name: str, value: int) -> bytes:
    """Encode an AttributeProto of a node: a whole number."""
    return _field(5, _field(1, name.encode()) + _number(3, value) + _number(20, 2))


def _tensor(name: str, kind: int, values: Sequence[float]) -> bytes:
    """Encode a TensorProto: a scalar of one value, a list of several."""
    dims = _number(1, len(values)) if len(values) > 1 else b""
    raw = struct.pack(f"<{len(values)}{'f' if kind == _FLOAT else 'q'}", *values)
    return dims + _number(2, kind) + _field(8, name.encode()) + _field(9, raw)


def _value(name: str, kind: int, dims: int) -> bytes:
    """Encode a ValueInfoProto, whose dimensions have any length."""
    shape = b"".join(_field(1, _field(2, f"{name} {each}".encode())) for each in range(dims))
    return _field(1, name.encode()) + _field(2, _field(1, _number(1, kind) + _field(2, shape)))


def _field(number: int, content: bytes) -> bytes:
    return _varint(number << 3 | 2) + _varint(len(content)) + content


def _number(number: int, value: int) -> bytes:
    return _varint(number << 3) + _varint(value)


def _varint(value: int) -> bytes:
    encoded = bytearray()
    while value > 127:
        encoded.append(value & 127 | 128)
        value >>= 7
    return bytes([*encoded, value])
