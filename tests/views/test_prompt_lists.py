"""A list to record from is known again as the program wrote it."""

from __future__ import annotations

import pytest

from voicecoach.core.score import Side
from voicecoach.routine.loader import load_routine
from voicecoach.script.choices import Choices
from voicecoach.views.prompt_lists import is_csv, is_markdown
from voicecoach.views.prompts import Prompt, list_prompts, write_csv, write_markdown

ODD = Prompt('\'- a | b `c` \\ d, "e"\u00a0: f', '\'- a | b `c` \\ d, "e"\u00a0: f')
FORMULA = Prompt("=1+1", "=1+1", ("A", "B", "C", "D"), (Side.LEFT, Side.RIGHT))
SPOKEN = Prompt("Go (say: it)", "Go (say: that)")


def read(listed: tuple[Prompt, ...]) -> tuple[str, str]:
    return write_csv(listed).decode("utf-8-sig"), write_markdown(listed, "A: *title*").decode()


@pytest.mark.parametrize("name", ["leg-stretch", "desk-break", "four-seven-eight", "chair-leg-stretch"])
def test_lists_of_built_in_routines_are_known(name: str) -> None:
    table, page = read(list_prompts(load_routine(name), Choices()))
    assert is_csv(table)
    assert is_markdown(page)


@pytest.mark.parametrize("prompt", [ODD, FORMULA, SPOKEN])
def test_odd_words_are_known(prompt: Prompt) -> None:
    table, page = read((prompt,))
    assert is_csv(table)
    assert is_markdown(page)


@pytest.mark.parametrize("change", [("Go", "Went"), ("\n", "\nnote\n"), (".wav", ".mp3"), ("words", "mine")])
def test_a_changed_list_is_somebodys_own(change: tuple[str, str]) -> None:
    table, page = read((SPOKEN,))
    assert not is_csv(table.replace(*change))
    assert not is_markdown(page.replace(*change))


def test_no_list_at_all_is_somebodys_own() -> None:
    assert not any(map(is_csv, ("", "a\n", '"open', "\0\r\n")))
    assert not any(map(is_markdown, ("# A\n", "# A: what to record\n\nMy own text.\n")))
