"""Options as fields: without arguments a command gets the defaults of its dataclass, and else what is typed."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING

import click
import pytest
from hypothesis import given
from hypothesis import strategies as st

from voicecoach.app.cli import cli
from voicecoach.app.cli.breath import BreathOptions
from voicecoach.app.cli.cache import CacheOptions
from voicecoach.app.cli.check import CheckOptions
from voicecoach.app.cli.doctor import DoctorOptions
from voicecoach.app.cli.fields import Options, collect, list_parameters
from voicecoach.app.cli.list import ListOptions
from voicecoach.app.cli.make import MakeOptions
from voicecoach.app.cli.new import NewOptions
from voicecoach.app.cli.parameters import Option
from voicecoach.app.cli.plan import PlanOptions
from voicecoach.app.cli.play import PlayOptions
from voicecoach.app.cli.record import RecordOptions
from voicecoach.app.cli.schema import SchemaOptions
from voicecoach.app.cli.script import ScriptOptions
from voicecoach.app.cli.show import ShowOptions
from voicecoach.app.cli.studio import StudioOptions
from voicecoach.app.cli.verify import VerifyOptions
from voicecoach.app.cli.voices import VoicesOptions
from voicecoach.core.score import Side
from voicecoach.script.choices import LEFT_RIGHT, Guidance

if TYPE_CHECKING:
    from collections.abc import Sequence

KINDS: dict[str, type[Options]] = {
    "make": MakeOptions,
    "play": PlayOptions,
    "plan": PlanOptions,
    "new": NewOptions,
    "check": CheckOptions,
    "show": ShowOptions,
    "breath": BreathOptions,
    "voices": VoicesOptions,
    "verify": VerifyOptions,
    "record": RecordOptions,
    "script": ScriptOptions,
    "doctor": DoctorOptions,
    "cache": CacheOptions,
    "list": ListOptions,
    "schema": SchemaOptions,
    "studio": StudioOptions,
}


def typed(kind: type[Options], command: click.Command, *args: str) -> Options:
    with command.make_context(command.name, [*args]) as context:
        return collect(kind, context)


def flatten(options: object) -> list[object]:
    """Return all values of options, those of groups in them too."""
    if not (is_dataclass(options) and isinstance(options, Options)):
        return [options]
    return [value for each in fields(options) for value in flatten(getattr(options, each.name))]


@pytest.mark.parametrize("name", KINDS)
def test_what_is_not_typed_is_the_default_of_the_dataclass(name: str) -> None:
    command, kind = cli.commands[name], KINDS[name]
    optional = [param for param in list_parameters(kind) if not param.required]
    bare = click.Command(name, params=optional)
    needed = [param.name for param in command.params if param.required]
    if not needed:
        assert flatten(typed(kind, bare)) == flatten(kind())
    assert [param.name for param in command.params] == [param.name for param in list_parameters(kind)]


@given(st.sampled_from(["left", "right", "both"]), st.sampled_from([each.value for each in Guidance]))
def test_a_word_of_a_choice_becomes_the_value_that_belongs_to_it(side: str, level: str) -> None:
    options = typed(PlanOptions, cli.commands["plan"], "--side", side, "--guidance", level)
    assert isinstance(options, PlanOptions)
    assert options.session.side == (LEFT_RIGHT if side == "both" else (Side(side),))
    assert options.guidance.guidance is Guidance(level)


@given(st.lists(st.sampled_from(["a", "b", "all"]), max_size=4))
def test_an_option_may_be_repeated_and_keeps_its_order(names: Sequence[str]) -> None:
    args = [word for name in names for word in ("--with", name)]
    options = typed(ScriptOptions, cli.commands["script"], *args)
    assert isinstance(options, ScriptOptions)
    assert options.exercise.added == tuple(names)


def test_every_command_has_its_options_here() -> None:
    assert KINDS.keys() == set(cli.commands)


def test_one_name_means_one_kind_of_option_in_all_commands() -> None:
    """The settings file gives an option to all commands that have it."""
    kinds: dict[str, set[tuple[bool, bool]]] = {}
    for command in cli.commands.values():
        for option in command.params:
            if isinstance(option, Option):
                kinds.setdefault(option.longest, set()).add((option.is_flag, option.multiple))
    assert not {name: found for name, found in kinds.items() if len(found) > 1}
