# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Parses expressions and pipelines (test endpoint process)."""

from __future__ import annotations

import contextlib
import re
import typing

from . import syntax, typesystem
from .scanner import Scanner

_LOGICAL = frozenset(("and", "or", "xor"))
_BITWISE = frozenset(("band", "bor", "bxor", "shl", "shr"))
_PLAIN_COMPARISONS = frozenset(("is", "isnot", "as"))
_CASED_COMPARISONS = frozenset(
    "eq ne gt ge lt le like notlike match notmatch replace contains notcontains in notin split join".split()
)
_COMPARISONS = _PLAIN_COMPARISONS | {f"{case}{name}" for case in ("", "c", "i") for name in _CASED_COMPARISONS}
_UNARY = frozenset(("not", "bnot", "join", "split", "csplit", "isplit"))
_DASH_WORD = re.compile(r"[-\u2013\u2014]([a-zA-Z]+)(?![\w-])")
_NAME = re.compile(r"[A-Za-z_][\w]*")
_TYPE_NAME = re.compile(r"\[\s*[A-Za-z_][\w.+`]*\s*(?:\[[\w\s.,+`\[\]]*\]\s*)?\]")


class ExpressionParser(Scanner):
    """Expressions, by precedence from the loosest to the tightest."""

    #: In a method's arguments a comma does not make an array.
    _comma_separates = False

    def expression(self) -> syntax.Node:
        start = self.position
        condition = self._coalescing()
        self.skip_space()
        if not (self.at("?") and not self.at("?.", "?[", "??")):
            return condition
        self.position += 1
        self.skip_newlines()
        if_true = self.expression()
        self.expect(":", "Missing ':' in ternary expression.", "MissingColonInTernaryExpression")
        self.skip_newlines()
        return syntax.Ternary(self.extent(start), condition, if_true, self.expression())

    def _coalescing(self) -> syntax.Node:
        start = self.position
        left = self._logical()
        while self._operator_at("??") and not self.at("??="):
            left = self._binary(start, left, "??", 2, self._logical)
        return left

    def _operator_at(self, *operators: str) -> bool:
        self.skip_space()
        return self.at(*operators)

    def _binary(
        self, start: int, left: syntax.Node, name: str, length: int, operand: typing.Callable[[], syntax.Node]
    ) -> syntax.Node:
        text = self.peek(length)
        self.position += length
        self.skip_newlines()
        if self.position >= self.end or self.at(")", "}", ";"):
            message = f"You must provide a value expression following the '{text}' operator."
            raise self.error(message, "ExpectedValueExpression")
        right = operand()
        return syntax.Binary(self.extent(start, right.extent.end), name, left, right)

    def _dash_operator(self, names: typing.Container[str]) -> tuple[str, int] | None:
        self.skip_space()
        found = _DASH_WORD.match(self.text, self.position, self.end)
        if found and found.group(1).lower() in names:
            return found.group(1).lower(), len(found.group())
        return None

    def _dashed(self, names: typing.Container[str], operand: typing.Callable[[], syntax.Node]) -> syntax.Node:
        start = self.position
        left = operand()
        while found := self._dash_operator(names):
            left = self._binary(start, left, *found, operand)
        return left

    def _logical(self) -> syntax.Node:
        return self._dashed(_LOGICAL, self._bitwise)

    def _bitwise(self) -> syntax.Node:
        return self._dashed(_BITWISE, self._comparison)

    def _comparison(self) -> syntax.Node:
        return self._dashed(_COMPARISONS, self._additive)

    def _additive(self) -> syntax.Node:
        start = self.position
        left = self._multiplicative()
        while self._operator_at("+", "-") and not self.at("++", "--", "+=", "-=") and not self._word_operator():
            left = self._binary(start, left, self.peek(), 1, self._multiplicative)
        return left

    def _word_operator(self) -> bool:
        found = _DASH_WORD.match(self.text, self.position, self.end)
        name = found.group(1).lower() if found else ""
        return name in _LOGICAL or name in _BITWISE or name in _COMPARISONS or name == "f"

    def _multiplicative(self) -> syntax.Node:
        start = self.position
        left = self._format()
        while self._operator_at("*", "/", "%") and not self.at("*=", "/=", "%="):
            left = self._binary(start, left, self.peek(), 1, self._format)
        return left

    def _format(self) -> syntax.Node:
        return self._dashed(("f",), self._range)

    def _range(self) -> syntax.Node:
        start = self.position
        left = self._comma()
        while self._operator_at(".."):
            left = self._binary(start, left, "..", 2, self._comma)
        return left

    def _comma(self) -> syntax.Node:
        start = self.position
        items = [self.unary()]
        while not self._comma_separates and self._operator_at(","):
            self.position += 1
            self.skip_newlines()
            if self.position >= self.end or self.at(")", "}"):
                raise self.error("Missing expression after ','.", "MissingExpressionAfterToken")
            items.append(self.unary())
        return items[0] if len(items) == 1 else syntax.ArrayLiteral(self.extent(start, items[-1].extent.end), items)

    def unary(self) -> syntax.Node:
        """A value with the operators before it, casts among them."""
        start = self.position
        for operator in ("++", "--"):
            if self.accept(operator):
                self.skip_newlines()
                operand = self.unary()
                return syntax.IncDec(self.extent(start, operand.extent.end), operator, operand, prefix=True)
        if found := self._dash_operator(_UNARY):
            return self._unary_operator(start, *found)
        if self.at("-", "+", "\u2013") and (number := self._signed_number()):
            return self.postfix(number)
        if self.at("!", "-", "+", ","):
            return self._unary_operator(start, "not" if self.at("!") else self.peek(), 1)
        if self.at("["):
            return self._bracketed()
        return self.postfix(self.primary())

    def _unary_operator(self, start: int, name: str, length: int) -> syntax.Node:
        text = self.peek(length)
        self.position += length
        self.skip_newlines()
        if self.position >= self.end or self.at(")", "}", ";"):
            raise self.error(f"Missing expression after unary operator '{text}'.", "MissingExpressionAfterOperator")
        operand = self.unary()
        return syntax.Unary(self.extent(start, operand.extent.end), name, operand)

    def _signed_number(self) -> syntax.Number | None:
        """A negative literal is one number, so that the least Int32 can be written."""
        start = self.position
        sign = self.peek()
        self.position += 1
        number = self.number()
        if number is None:
            self.position = start
            return None
        value = typing.cast("int", number.value)
        if sign == "+":
            return syntax.Number(self.extent(start), value)
        low = -value if isinstance(value, float) or value else value
        exact = type(value)(low) if isinstance(value, (int, float)) else low
        return syntax.Number(self.extent(start), int(exact) if exact == -(2**31) else exact)

    def _bracketed(self) -> syntax.Node:
        """``[type]`` by itself, a cast, or an attribute before a variable."""
        start = self.position
        if not _TYPE_NAME.match(self.text, self.position, self.end):
            attribute = self.attribute()
            self.skip_newlines()
            operand = self.unary()
            return syntax.Cast(self.extent(start, operand.extent.end), attribute.name, operand, attribute)
        name = self.type_name()
        literal = syntax.TypeLiteral(self.extent(start), name)
        if self.at("::"):
            return self.postfix(literal)
        after = self.position
        self.skip_space()
        if self._starts_operand():
            operand = self.unary()
            if name.lower() == "ordered" and isinstance(operand, syntax.HashLiteral):
                operand.ordered = True
                return operand
            return syntax.Cast(self.extent(start, operand.extent.end), name, operand)
        self.position = after
        return self.postfix(literal)

    def _starts_operand(self) -> bool:
        if self.at("$", "(", "@(", "@{", "@'", '@"', "{", '"', "'", "[", "!", "--", "++"):
            return True
        if self.at("-", "+"):
            return self._dash_operator(_UNARY) is not None or bool(
                re.compile(r"[-+][\d$(.]").match(self.text, self.position, self.end)
            )
        return bool(re.compile(r"\.?\d").match(self.text, self.position, self.end))

    def type_name(self) -> str:
        """The name in brackets, with what is between its own brackets for generics and arrays."""
        found = self.match(_TYPE_NAME)
        if not found:
            self.position += 1
            raise self.error("Missing type name after '['.", "MissingTypename")
        depth = found.count("[") - found.count("]")
        while depth and self.position < self.end:
            depth += {"[": 1, "]": -1}.get(self.peek(), 0)
            found += self.peek()
            self.position += 1
        return self._qualified(re.sub(r"\s", "", found[1:-1]))

    def _qualified(self, name: str) -> str:
        """The name with the namespace of a ``using`` statement in which there is such a type."""
        if typesystem.lookup(name) is None:
            for namespace in self.source.namespaces:
                if typesystem.lookup(f"{namespace}.{name}"):
                    return f"{namespace}.{name}"
        return name

    def primary(self) -> syntax.Node:
        with self._commas(separate=False):
            return self._primary()

    def _primary(self) -> syntax.Node:
        start = self.position
        if self.at("'", "@'"):
            return self.verbatim_string()
        if self.at('"', '@"'):
            return self.expandable_string()
        if self.at("$("):
            return self.subexpression()
        if self.at("$", "@") and (variable := self._variable_or_splat()):
            return variable
        if self.accept("("):
            return self._parenthesized(start)
        if self.accept("@("):
            return syntax.ArrayExpression(self.extent(start), self._statements_until_paren(start))
        if self.accept("@{"):
            return self._hash(start)
        if self.accept("{"):
            block = self.script_block(start, "}")
            return syntax.ScriptBlockExpression(self.extent(start), block)
        if number := self.number():
            return number
        found = re.compile(r"[^\s{}();,|&]+|.").match(self.text, self.position, self.end)
        if not found:
            raise self.error("An expression was expected after '('.", "ExpectedExpression", start)
        message = f"Unexpected token '{found.group()}' in expression or statement."
        raise self.error(message, "UnexpectedToken", start, incomplete=False)

    def _variable_or_splat(self) -> syntax.Node | None:
        if self.at("$"):
            return self.variable()
        found = re.compile(r"@(?:\w+:)?\w+").match(self.text, self.position, self.end)
        if not found:
            return None
        start, self.position = self.position, found.end()
        return syntax.Variable(self.extent(start), found.group()[1:], splatted=True)

    def _parenthesized(self, start: int) -> syntax.Node:
        self.skip_newlines()
        if self.at(")") or self.position >= self.end:
            raise self.error("An expression was expected after '('.", "ExpectedExpression", start)
        statement = self.pipeline_statement()
        self.expect(")", "Missing closing ')' in expression.", "MissingEndParenthesisInExpression")
        return syntax.Paren(self.extent(start), statement)

    def _statements_until_paren(self, start: int) -> list[syntax.Node]:
        statements = self.statements(")")
        if not self.accept(")"):
            message = "Missing closing ')' in subexpression."
            raise self.error(message, "MissingEndParenthesisInSubexpression", start)
        return statements

    def subexpression(self) -> syntax.Node:
        start = self.position
        self.position += 2
        return syntax.SubExpression(self.extent(start), self._statements_until_paren(start))

    def _hash(self, start: int) -> syntax.Node:
        pairs: list[tuple[syntax.Node, syntax.Node]] = []
        self.skip_newlines("\r\n;")
        while not self.accept("}"):
            if self.position >= self.end:
                raise self.error("The hash literal was incomplete.", "IncompleteHashLiteral", start)
            key_start = self.position
            name = self.match(re.compile(r"[A-Za-z_][\w-]*"))
            key: syntax.Node = syntax.Constant(self.extent(key_start), name) if name else self.unary()
            self.skip_newlines()
            if not self.accept("="):
                message = "Missing '=' operator after key in hash literal."
                raise self.error(message, "MissingEqualsInHashLiteral")
            self.skip_newlines()
            self._check_key(key, [known for known, _ in pairs])
            pairs.append((key, self.statement()))
            self.skip_newlines("\r\n;")
        return syntax.HashLiteral(self.extent(start), pairs)

    def _check_key(self, key: syntax.Node, known: list[syntax.Node]) -> None:
        """:raises ParseError: another key is the same constant."""
        if not isinstance(key, (syntax.Constant, syntax.Number)):
            return
        folded = str(key.value).lower()
        for other in known:
            if type(other) is type(key) and str(getattr(other, "value", "")).lower() == folded:
                message = f"Duplicate keys '{key.value}' are not allowed in hash literals."
                error = self.error(message, "DuplicateKeyInHashLiteral", incomplete=False)
                error.extent = key.extent
                raise error

    def postfix(self, node: syntax.Node) -> syntax.Node:
        """Members, calls, indexes and ``++`` that follow a value without a blank."""
        start = node.extent.start
        while True:
            if self.at("[") and not isinstance(node, syntax.Number):
                self.position += 1
                self.skip_newlines()
                if self.position >= self.end or self.at("]"):
                    raise self.error("Array index expression is missing or not valid.", "MissingArrayIndexExpression")
                with self._commas(separate=False):
                    index = self.expression()
                self.expect("]", "Missing ']' after array index expression.", "MissingEndSquareBracket")
                node = syntax.Index(self.extent(start), node, index)
            elif self.at("::", "?.") or (self.at(".") and not self.at("..")):
                node = self._member(start, node)
            elif self.at("++", "--") and isinstance(node, (syntax.Variable, syntax.Member, syntax.Index)):
                operator = self.peek(2)
                self.position += 2
                return syntax.IncDec(self.extent(start), operator, node, prefix=False)
            else:
                return node

    def _member(self, start: int, target: syntax.Node) -> syntax.Node:
        operator = self.peek() if self.at(".") else self.peek(2)
        self.position += len(operator)
        self.skip_newlines()
        name = self._member_name(operator)
        static, conditional = operator == "::", operator == "?."
        if self.at("("):
            arguments = self.arguments()
            return syntax.Invocation(self.extent(start), target, name, static, conditional, arguments)
        if self.at("{") and isinstance(name, syntax.Constant) and str(name.value).lower() in ("foreach", "where"):
            return syntax.Invocation(self.extent(start), target, name, static, conditional, [self.primary()])
        return syntax.Member(self.extent(start), target, name, static, conditional)

    def _member_name(self, operator: str) -> syntax.Node:
        start = self.position
        if name := self.match(_NAME):
            return syntax.Constant(self.extent(start), name)
        if self.at("$", '"', "'", "("):
            return self.primary()
        raise self.error(f"Missing property name after reference operator.{operator and ''}", "MissingPropertyName")

    def arguments(self) -> list[syntax.Node]:
        """A method's arguments in their parentheses."""
        start = self.position
        self.position += 1
        arguments: list[syntax.Node] = []
        self.skip_newlines()
        while not self.accept(")"):
            if self.position >= self.end:
                raise self.error("Missing ')' in method call.", "MissingEndParenthesisInMethodCall", start)
            arguments.append(self._argument_expression())
            self.skip_newlines()
            if self.accept(","):
                self.skip_newlines()
            elif not self.at(")"):
                message = "Missing ')' in method call."
                raise self.error(message, "MissingEndParenthesisInMethodCall", start)
        return arguments

    def _argument_expression(self) -> syntax.Node:
        """An expression in which a comma separates arguments."""
        with self._commas(separate=True):
            return self.expression()

    @contextlib.contextmanager
    def _commas(self, separate: bool) -> typing.Iterator[None]:
        saved, self._comma_separates = self._comma_separates, separate
        try:
            yield
        finally:
            self._comma_separates = saved

    # What the parser of statements adds

    def attribute(self) -> syntax.Attribute:
        raise NotImplementedError

    def statement(self) -> syntax.Node:
        raise NotImplementedError

    def statements(self, terminator: str) -> list[syntax.Node]:
        raise NotImplementedError

    def pipeline_statement(self) -> syntax.Node:
        raise NotImplementedError

    def script_block(self, start: int, terminator: str) -> syntax.ScriptBlock:
        raise NotImplementedError
