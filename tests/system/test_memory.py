from __future__ import annotations

import resource

import pytest

from voicecoach.system import memory


@pytest.mark.parametrize(
    ("limit", "enough"),
    [
        (memory.MEMORY_NEEDED - 1, False),
        (memory.MEMORY_NEEDED, True),
        (200_000 * 1024, False),
        (resource.RLIM_INFINITY, True),
    ],
)
def test_work_is_not_started_under_a_limit_that_is_too_small(
    limit: int, *, enough: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resource, "getrlimit", lambda _: (limit, resource.RLIM_INFINITY))
    if enough:
        memory.check_limit()
        return
    with pytest.raises(memory.MemoryLimitError, match=r"memory is limited to \d+ MB, and about \d+ MB are needed\n"):
        memory.check_limit()


@pytest.mark.parametrize(
    "text",
    [
        "MemoryError: Cannot allocate memory",
        "RuntimeError: can't start new thread",
        "libx.so: failed to map segment from shared object",
        "pthread_create() failed: Resource temporarily unavailable",
    ],
)
def test_what_libraries_report_of_too_little_memory_is_recognised(text: str) -> None:
    assert memory.is_shortage(text)


def test_other_errors_are_no_shortage() -> None:
    assert not memory.is_shortage("Invalid argument")
