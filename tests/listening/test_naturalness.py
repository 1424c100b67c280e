"""The network computed with numpy, with weights that make its results known."""

from __future__ import annotations

import pickle
import zipfile
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

np = pytest.importorskip("numpy")

from scripts.listening import naturalness  # noqa: E402


def write_checkpoint(path: Path, table: bytes, values: bytes = b"") -> None:
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("some/data.pkl", table)
        file.writestr("some/data/0", values)


def tensor_table(start: bytes = b"") -> bytes:
    """Return what torch writes for one tensor of 2 x 3 floats, its rows first."""
    storage = b"(X\x07\x00\x00\x00storagectorch\nFloatStorage\nX\x01\x00\x00\x000X\x03\x00\x00\x00cpuK\x06tQ"
    tensor = (
        b"ctorch._utils\n_rebuild_tensor_v2\n("
        + storage
        + b"K\x00K\x02K\x03\x86K\x03K\x01\x86\x89ccollections\nOrderedDict\n)RtR"
    )
    return b"\x80\x02}X\x05\x00\x00\x00model}X\x01\x00\x00\x00w" + start + tensor + b"ss."


def test_tensors_are_read_without_torch(tmp_path: Path) -> None:
    path = tmp_path / "weights.pt"
    write_checkpoint(path, tensor_table(), np.arange(6, dtype="<f4").tobytes())
    read = naturalness.read_weights(path)
    assert read["w"].tolist() == [[0, 1, 2], [3, 4, 5]]


def test_a_checkpoint_that_names_anything_else_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "weights.pt"
    write_checkpoint(path, b"\x80\x02cos\nsystem\n.")
    with pytest.raises(pickle.UnpicklingError, match="not part of a tensor"):
        naturalness.read_weights(path)


def test_resampling_keeps_almost_all_that_the_model_can_hear() -> None:
    at = np.arange(48_000) / 48_000
    for pitch, kept in ((1000, 1.0), (6000, 1.0), (9500, 0.0)):
        made = naturalness.resample(np.sin(2 * np.pi * pitch * at).astype(np.float32))
        assert len(made) == naturalness.RATE
        assert np.abs(made[100:-100]).max() == pytest.approx(kept, abs=0.06)


def test_a_convolution_is_the_sum_over_its_kernel() -> None:
    chance = np.random.default_rng(1)
    seen, weight = chance.standard_normal((2, 7, 6)), chance.standard_normal((4, 2, 3, 3))
    bias = chance.standard_normal(4)
    made = naturalness._convolve(seen, weight, bias, (2, 2))  # noqa: SLF001 - the part that is easy to get wrong
    padded = np.pad(seen, ((0, 0), (0, 0), (1, 1)))
    assert made.shape == (4, 3, 3)
    for row in range(3):
        for column in range(3):
            part = padded[:, 2 * row : 2 * row + 3, 2 * column : 2 * column + 3]
            due = (weight * part).sum(axis=(1, 2, 3)) + bias
            assert made[:, row, column] == pytest.approx(due, abs=1e-5)


def test_a_spectrum_has_a_frame_for_each_10_ms() -> None:
    sine = np.sin(2 * np.pi * 1000 * np.arange(naturalness.WINDOW) / naturalness.RATE).astype(np.float32)
    seen = naturalness._compress_spectrum(sine)  # noqa: SLF001 - as above
    assert seen.shape == (2, 161, 768)
    assert int(np.hypot(*seen)[:, 400].argmax()) == 20
