"""The syntax of calculations: a text becomes a tree of names, numbers, lengths, signs and functions."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING

from voicecoach.core.breath import Span
from voicecoach.core.notation import find_span, read_span
from voicecoach.core.spelling import NUMBER, read_number, read_unit, simplify
from voicecoach.errors import ChoiceError, find_close, quote

if TYPE_CHECKING:
    from collections.abc import Iterator

NAME = re.compile(r"\{([^{}]*)\}")
FUNCTIONS = ("min", "max", "round")
DEEPEST = 20
"""The most levels of parentheses, and of names that use other names."""
Quantity = Span | Fraction
WHOLE, LEAST = "in whole breaths", "at least"
_OUTSIDE = re.compile(r"[^{}]+(?![^{}]*\})")
_SIGNS = str.maketrans("\u00d7\u00f7", "*/")
_TIMES = re.compile(r"(?<=[\w})]) ?[xX] (?=[{(\d])|(?<=[})])[xX](?=[{(\d])")
_TOKEN = re.compile(
    r"\s*(?:(?P<whole>in\s+whole\s+breaths)|(?P<least>,\s*at\s+least\b)|(?P<name>\{[^{}]*\})"
    r"|(?P<function>[^\W\d_]+)\s*(?=\()|(?P<sign>[-+*/()])|(?P<comma>,)"
    r"|(?P<literal>(?:(?!\s+in\s+whole\s+breaths|,\s*at\s+least\b)[^-+*/(){},])+))"
)
_NUMBER = re.compile(NUMBER)


class SyntaxSlipError(ChoiceError):
    """A text is not a calculation: it has words, or signs in wrong places."""


class LiteralSlipError(SyntaxSlipError):
    """A text is neither a number nor a length. The message is worked out when it is read.

    >>> print(LiteralSlipError("ten seconds"))
    'ten seconds' is not a length: write 10 seconds
    """

    def __str__(self) -> str:
        """Return the message: why the text is not a length."""
        return _explain_length(*self.args)


@dataclass(frozen=True, slots=True)
class Literal:
    """A number or a length, as it is written."""

    text: str
    value: Quantity

    def __str__(self) -> str:
        """Write it as it was."""
        return self.text


@dataclass(frozen=True, slots=True)
class Name:
    """A name in braces, in lower case."""

    name: str

    def __str__(self) -> str:
        """Write it in braces."""
        return f"{{{self.name}}}"


@dataclass(frozen=True, slots=True)
class Chain:
    """Terms with signs of the same rank between them, which are evaluated from left to right: a sum or a product."""

    first: Node
    others: tuple[tuple[str, Node], ...]

    @property
    def is_sum(self) -> bool:
        """Whether its signs are plus and minus."""
        return self.others[0][0] in "+-"

    def __str__(self) -> str:
        """Write it with spaces around its signs."""
        parts = [self._write_term(self.first)]
        for sign, term in self.others:
            parts += [sign, self._write_term(term)]
        return " ".join(parts)

    def _write_term(self, term: Node) -> str:
        chained = isinstance(term, Chain) and (term.is_sum or not self.is_sum)
        return f"({term})" if chained else _write_inside(term)


@dataclass(frozen=True, slots=True)
class Call:
    """What is done with values: a function, a sign before a value, a unit or words after it."""

    function: str
    arguments: tuple[Node, ...]

    def __str__(self) -> str:
        """Write it as the author does."""
        first = self.arguments[0]
        if self.function in FUNCTIONS:
            return f"{self.function}({', '.join(map(str, self.arguments))})"
        if self.function == "-":
            signed = isinstance(first, Call) and first.function == "-"
            return f"-({first})" if signed else f"-{_write_inside(first, (Chain,))}"
        if self.function == LEAST:
            return f"{_write_inside(first)}, at least {_write_inside(self.arguments[1])}"
        return f"{_write_inside(first, () if self.function == WHOLE else (Chain, Literal))} {self.function}"


Node = Literal | Name | Chain | Call


def _write_inside(node: Node, nested: tuple[type, ...] = ()) -> str:
    """Write a part of a tree, in parentheses where it needs them."""
    loose = isinstance(node, Call) and node.function in {WHOLE, LEAST}
    signed = isinstance(node, Call) and node.function == "-" and Literal in nested
    return f"({node})" if loose or signed or isinstance(node, nested) else str(node)


def simplify_outside(text: str) -> str:
    """Return a value with plain signs, also for times and divided; names in braces stay.

    >>> simplify_outside("{half\u2013way} \u2212 2\u00d7{n}")
    '{half\u2013way} - 2*{n}'
    """
    return _OUTSIDE.sub(lambda match: _simplify_part(match[0]), text.strip())


def _simplify_part(text: str) -> str:
    before, after = " " * text[:1].isspace(), " " * text[-1:].isspace()
    bare = simplify(text).translate(_SIGNS)
    return f"{before}{bare}{after}" if bare else " " * text.isspace()


@lru_cache(maxsize=1024)
def parse(text: str) -> Node:
    """Return the tree of a calculation.

    >>> str(parse("({hold}+5s)*2")), str(parse("-{n} * 3 - max(2,{n})"))
    ('({hold} + 5s) * 2', '-{n} * 3 - max(2, {n})')

    Raises:
        SyntaxSlipError: If it is not a calculation; the message says what to write.
    """
    return _Parser(text).read_all()


class _Parser:
    """Reads a calculation by the rank of its signs: ``* /`` before ``+ -`` before "in whole breaths"."""

    def __init__(self, text: str) -> None:
        plain = simplify_outside(text)
        if match := _TIMES.search(NAME.sub(lambda name: "{" + "_" * len(name[1]) + "}", plain)):
            raise SyntaxSlipError(f"{quote(text)} can't be calculated: write * for the {match[0].strip()}")
        self.text, self.depth, self.at = text, 0, 0
        self.tokens = [*_split(plain), ("end", "")]

    @property
    def here(self) -> tuple[str, str]:
        return self.tokens[self.at]

    def take(self) -> str:
        self.at += 1
        return self.tokens[self.at - 1][1]

    def fail(self, remedy: str) -> SyntaxSlipError:
        return SyntaxSlipError(f"{quote(self.text)} can't be calculated: {remedy}")

    def read_all(self) -> Node:
        if self.here[0] == "end":
            read_literal("")
        found = self.read_length()
        kind, word = self.here
        if kind == "end":
            return found
        if word == ")":
            raise self.fail("take the last ) out, or write ( where it begins")
        raise self.fail(f"write + - * or / before {quote(word.strip(' ,'))}")

    def read_length(self) -> Node:
        """Read a sum, and the words for whole breaths after it."""
        found = self.read_chain("+-")
        if self.here[0] == "whole":
            self.take()
            return Call(WHOLE, (found,))
        if self.here[0] == "least":
            self.take()
            return Call(LEAST, (found, self.read_chain("+-")))
        return found

    def read_chain(self, signs: str) -> Node:
        first, others = self.read_term(signs), []
        while self.here[0] == "sign" and self.here[1] in signs:
            others.append((self.take(), self.read_term(signs)))
        return Chain(first, tuple(others)) if others else first

    def read_term(self, signs: str) -> Node:
        return self.read_chain("*/") if signs == "+-" else self.read_signed()

    def read_signed(self) -> Node:
        """Read a value with the signs before it."""
        negative = False
        while self.here[0] == "sign" and self.here[1] in "+-":
            negative ^= self.take() == "-"
        value = self.read_value()
        return Call("-", (value,)) if negative else value

    def read_value(self) -> Node:
        kind, word = self.here
        if kind == "literal":
            found: Node = read_literal(self.take())
        elif kind == "name":
            found = Name(self.take()[1:-1].lower())
        elif kind == "function" or word == "(":
            found = self.read_inside(self.take())
        else:
            raise self.fail(self.explain_gap())
        if kind != "literal" and self.here[0] == "literal" and (unit := read_unit(self.here[1])):
            self.take()
            return Call(unit, (found,))
        return found

    def explain_gap(self) -> str:
        before, word = self.tokens[self.at - 1][1] if self.at else "", self.here[1].strip()
        place = f"between {before} and {word}" if before and word else f"after {before}" if before else f"before {word}"
        return f"write a number or a length {place}"

    def read_inside(self, name: str) -> Node:
        """Read what is in parentheses: the arguments of a function, or a part that is calculated first."""
        if name != "(":
            self.take()
            if name not in FUNCTIONS:
                close = find_close(name, FUNCTIONS, 1)
                guess = f"did you mean {close[0]}?" if close else f"write + - * or / before the (, or {_LISTED}"
                raise self.fail(guess)
        self.depth += 1
        if self.depth > DEEPEST:
            raise self.fail(f"its parentheses are more than {DEEPEST} deep; use fewer")
        arguments = [self.read_length()]
        while self.here[0] == "comma" and name != "(":
            self.take()
            arguments.append(self.read_length())
        self.close(name)
        self.depth -= 1
        if name == "round" and len(arguments) > 1:
            raise self.fail("write one value in round(...)")
        return arguments[0] if name == "(" else Call(name, tuple(arguments))

    def close(self, name: str) -> None:
        kind, word = self.here
        if kind == "comma":
            raise self.fail(f"take the comma out, or write min or max before the {name}")
        if kind in {"literal", "name"} or word == "(":
            raise self.fail(f"write + - * or / before {quote(word.strip())}")
        if word != ")":
            raise self.fail("a ( is not closed; write ) where it ends")
        self.take()


_LISTED = "min, max or round"


def _split(text: str) -> Iterator[tuple[str, str]]:
    """Yield the parts of a calculation, each with its kind; a comma outside parentheses belongs to a length."""
    depth, literal = 0, ""
    for match in _TOKEN.finditer(text):
        kind, word = str(match.lastgroup), match[str(match.lastgroup)]
        depth += (word == "(") - (word == ")")
        if kind == "literal" or (kind == "comma" and depth <= 0 and literal):
            literal += match[0] if literal else word
            continue
        if literal.strip():
            yield "literal", literal.strip()
        literal = ""
        yield kind, word
    if literal.strip():
        yield "literal", literal.strip()


def read_literal(text: str) -> Literal:
    """Read a number or a length that stands in a calculation.

    Raises:
        SyntaxSlipError: If it is neither.
    """
    if _NUMBER.fullmatch(text):
        return Literal(text, read_number(text))
    found = _find_length(text)
    if found is None:
        raise LiteralSlipError(text)
    return Literal(text, found)


@lru_cache(maxsize=1024)
def _find_length(text: str) -> Span | None:
    """Return a length, or None if a text is none; sessions ask for the same ones in every round."""
    return find_span(text)


@lru_cache(maxsize=1024)
def _explain_length(text: str) -> str:
    """Say why a text is not a length."""
    try:
        return str(read_span(text))
    except ChoiceError as error:
        return str(error)
