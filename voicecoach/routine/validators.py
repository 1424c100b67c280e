"""Validators of pydantic for functions that take a value and nothing else.

pydantic's own look at the signature of each function, wherever a type with it is used, to see what else it takes. That
is a third of the time in which the models are prepared.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pydantic
from pydantic_core.core_schema import no_info_after_validator_function, no_info_before_validator_function

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler
    from pydantic_core import CoreSchema


class BeforeValidator(pydantic.BeforeValidator):
    """A function that reads a value before pydantic checks its type."""

    def __get_pydantic_core_schema__(self, source_type: Any, handler: GetCoreSchemaHandler) -> CoreSchema:  # noqa: ANN401 - as there
        """Return the schema of the type with this function before it."""
        function: Any = self.func
        return no_info_before_validator_function(function, handler(source_type))


class AfterValidator(pydantic.AfterValidator):
    """A function that checks or changes a value after pydantic has checked its type."""

    def __get_pydantic_core_schema__(self, source_type: Any, handler: GetCoreSchemaHandler) -> CoreSchema:  # noqa: ANN401 - as there
        """Return the schema of the type with this function after it."""
        function: Any = self.func
        return no_info_after_validator_function(function, handler(source_type))
