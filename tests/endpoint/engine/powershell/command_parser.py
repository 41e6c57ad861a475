# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Parses commands with their arguments (test endpoint process)."""

from __future__ import annotations

import re

from . import syntax
from .expression_parser import ExpressionParser
from .scanner import Scanner, joined

_WORD_END = re.compile(r"[\s{}();,|&<>]")
_PARAMETER = re.compile(r"[-\u2013\u2014]([A-Za-z_?][^\s{}();,|&.\[:\"'<>]*)")
_REDIRECTION = re.compile(r"(?P<stream>[1-6*]?)>(?:&(?P<merge>[12])|(?P<append>>)?)")
_EXPRESSION_START = re.compile(r"[$(\[{'\",]|@[({'\"\w]|!|[-+]?\.?\d|[-+]{1,2}[$(]|-\s*[$(\d]")
_ASSIGNMENT = re.compile(r"\?\?=|[-+*/%]?=(?!=)")


class CommandParser(ExpressionParser):
    """Pipelines: expressions and commands joined by ``|``, pipelines joined by ``&&`` and ``||``."""

    def pipeline_statement(self) -> syntax.Node:
        """A pipeline, an assignment, or pipelines in a chain."""
        start = self.position
        left = self._pipeline()
        while True:
            self.skip_space()
            if not self.at("&&", "||"):
                return left
            operator = self.peek(2)
            self.position += 2
            self.skip_newlines()
            left = syntax.Chain(self.extent(start), left, operator, self._pipeline())

    def _pipeline(self) -> syntax.Node:
        start = self.position
        first = self._element()
        if isinstance(first, syntax.Assignment):
            return first
        elements = [first]
        while self._piped():
            element = self._element()
            if not isinstance(element, syntax.Command):
                message = "Expressions are only allowed as the first element of a pipeline."
                raise self.error(message, "ExpressionsMustBeFirstInPipeline", element.extent.start)
            elements.append(element)
        return syntax.Pipeline(self.extent(start, elements[-1].extent.end), elements)

    def _piped(self) -> bool:
        self.skip_space()
        if not self.at("|"):
            # A line may also begin with the bar.
            mark = self.position
            self.skip_newlines()
            if not self.at("|") or self.at("||"):
                self.position = mark
                return False
        if self.at("||"):
            return False
        self.position += 1
        self.skip_newlines()
        if self.position >= self.end or self.at("|", ")", "}"):
            raise self.error("An empty pipe element is not allowed.", "EmptyPipeElement")
        return True

    def _element(self) -> syntax.Command | syntax.CommandExpression | syntax.Assignment:
        start = self.position
        if self.at("&") or (self.at(".") and not re.compile(r"\.\w|\.[./\\]").match(self.text, self.position)):
            return self._command(start, self.peek())
        if not self._starts_expression():
            return self._command(start, "")
        expression = self.expression()
        self.skip_space()
        if operator := self.match(_ASSIGNMENT):
            self._check_assignable(expression)
            self.skip_newlines()
            if self.position >= self.end:
                message = f"You must provide a value expression following the '{operator}' operator."
                raise self.error(message, "ExpectedValueExpression")
            value = self.statement()
            return syntax.Assignment(self.extent(start, value.extent.end), expression, operator, value)
        end = expression.extent.end
        redirections = self._redirections()
        return syntax.CommandExpression(self.extent(start, end), expression, redirections)

    def _check_assignable(self, node: syntax.Node) -> None:
        """:raises ParseError: nothing can be assigned to that."""
        targets = (syntax.Variable, syntax.Member, syntax.Index, syntax.Cast, syntax.ArrayLiteral, syntax.Paren)
        if not isinstance(node, targets):
            message = (
                "The assignment expression is not valid. The input to an assignment operator must be an object that is "
                "able to accept assignments, such as a variable or a property."
            )
            error = self.error(message, "InvalidLeftHandSide", incomplete=False)
            error.extent = node.extent
            raise error

    def _starts_expression(self) -> bool:
        if not _EXPRESSION_START.match(self.text, self.position, self.end):
            return self._dash_operator(("not", "bnot", "join", "split", "csplit", "isplit")) is not None
        if not re.compile(r"[-+]?\.?\d").match(self.text, self.position, self.end):
            return True
        # 7z is a command, 7 a number.
        mark = self.position
        if self.at("-", "+"):
            self.position += 1
        number = self.number()
        self.position = mark
        return number is not None

    def _redirections(self) -> list[syntax.Redirection]:
        redirections: list[syntax.Redirection] = []
        while True:
            self.skip_space()
            redirection = self._redirection()
            if redirection is None:
                return redirections
            redirections.append(redirection)

    def _redirection(self) -> syntax.Redirection | None:
        start = self.position
        found = _REDIRECTION.match(self.text, self.position, self.end)
        if not found:
            return None
        self.position = found.end()
        stream = found["stream"] or "1"
        if found["merge"]:
            return syntax.Redirection(self.extent(start), stream, found["merge"], None, append=False)
        self.skip_space()
        if self.position >= self.end:
            raise self.error("Missing file specification after redirection operator.", "MissingFileSpecification")
        file = self._argument()
        return syntax.Redirection(self.extent(start), stream, None, file, append=bool(found["append"]))

    def _command(self, start: int, operator: str) -> syntax.Command:
        if operator:
            self.position += 1
            self.skip_space()
        name = self._command_name(operator)
        elements: list[syntax.Node] = []
        redirections: list[syntax.Redirection] = []
        while True:
            end = self.position
            self.skip_space()
            if self.position >= self.end or self.at("\r", "\n", ";", "|", ")", "}", "&&", "&"):
                self.position = end if not self.at("&") or self.at("&&") else self.position
                break
            if redirection := self._redirection():
                redirections.append(redirection)
            elif self.accept("--%"):
                elements.extend(self._verbatim_arguments())
            else:
                elements.append(self._command_element())
        last = max([name.extent.end, *(node.extent.end for node in (*elements, *redirections))])
        return syntax.Command(self.extent(start, last), operator, name, elements, redirections)

    def _command_name(self, operator: str) -> syntax.Node:
        if operator and self.at("$", "(", "{", '"', "'", "@"):
            return self.postfix(self.primary())
        if self.position >= self.end or self.at(")", "}", "|", ";"):
            found = self.peek() or "newline"
            if operator:
                message = (
                    f"The expression after '{operator}' in a pipeline element produced an object that was not valid."
                )
                raise self.error(message, "MissingExpression")
            start = self.position
            self.position += len(self.peek())
            if found == "|":
                raise self.error("An empty pipe element is not allowed.", "EmptyPipeElement", start, incomplete=False)
            ended = start >= self.end
            message = f"Unexpected token '{found}' in expression or statement."
            raise self.error(message, "UnexpectedToken", start, incomplete=ended)
        return self._word()

    def _verbatim_arguments(self) -> list[syntax.Node]:
        """After ``--%``, up to the line's end or a bar, as they are."""
        self.skip_space()
        start = self.position
        text = self.match(re.compile(r"[^\r\n|]*"))
        return [syntax.Bareword(self.extent(start), word) for word in text.split()]

    def _command_element(self) -> syntax.Node:
        start = self.position
        if found := _PARAMETER.match(self.text, self.position, self.end):
            if found.end() >= self.end or self.text[found.end()] not in "\"'":
                self.position = found.end()
                argument = None
                if self.accept(":"):
                    self.skip_space()
                    argument = self._argument()
                return syntax.CommandParameter(self.extent(start), found.group(1), argument)
        return self._argument()

    def _argument(self) -> syntax.Node:
        """One argument, with those joined to it by commas."""
        start = self.position
        items = [self._single_argument()]
        while self._comma_follows():
            items.append(self._single_argument())
        return items[0] if len(items) == 1 else syntax.ArrayLiteral(self.extent(start), items)

    def _comma_follows(self) -> bool:
        mark = self.position
        self.skip_space()
        if not self.accept(","):
            self.position = mark
            return False
        self.skip_newlines()
        return True

    def _single_argument(self) -> syntax.Node:
        if self.at("$", "(", "@(", "@{", "{", "'", '"', "@'", '@"') or re.compile(r"@\w").match(
            self.text, self.position
        ):
            return self._value_argument()
        start = self.position
        sign = self.match(re.compile(r"[-+](?=[.\d])"))
        number = self.number()
        if number and self._word_ended():
            value = number.value
            if sign == "-" and isinstance(value, (int, float)):
                value = type(value)(-value)
            return syntax.Number(self.extent(start), value)
        self.position = start
        if self.at(",") or (self.at("-") and self.accept(",")):
            raise self.error("Missing argument in parameter list.", "MissingArgument")
        return self._word()

    def _value_argument(self) -> syntax.Node:
        """A variable, string or bracketed expression, which may turn out to begin a word such as ``$dir/file``."""
        start = self.position
        value = self.postfix(self.primary())
        if not self.text.startswith("$", start) or self._word_ended():
            return value
        rest = self._word_parts()
        return joined([value, *rest], self.extent(start), quoted=False)

    def _word_ended(self) -> bool:
        return self.position >= self.end or bool(_WORD_END.match(self.text, self.position))

    def _word(self) -> syntax.Node:
        start = self.position
        parts = self._word_parts()
        if self.position == start:
            self.position += 1
            message = f"Unexpected token '{self.text[start : start + 1]}' in expression or statement."
            raise self.error(message, "UnexpectedToken", start, incomplete=False)
        return joined(parts, self.extent(start), quoted=False)

    def _word_parts(self) -> list[str | syntax.Node]:
        parts: list[str | syntax.Node] = []
        while not self._word_ended():
            if self.at("$") and (found := self.expansion()):
                parts.append(found)
            elif self.at("'"):
                parts.append(str(self.verbatim_string().value))
            elif self.at('"'):
                string = self.expandable_string()
                parts.extend(string.parts if isinstance(string, syntax.Expandable) else [_constant_text(string)])
            elif self.at("`\n", "`\r\n"):
                break
            else:
                parts.append(self.escaped())
        return parts


def _constant_text(node: syntax.Node) -> str:
    return str(node.value) if isinstance(node, syntax.Constant) else ""


__all__ = ["CommandParser", "Scanner"]
