# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Parses statements, script blocks, functions, classes (test endpoint process)."""

from __future__ import annotations

import re

from . import syntax
from .command_parser import CommandParser
from .errors import ParseError

_LABEL = re.compile(r":(\w+)(?=\s)")
_NAMED_BLOCKS = ("begin", "process", "end", "dynamicparam", "clean")
_TYPE_ATTRIBUTE = re.compile(r"\[\s*([\w.]+)\s*\([^)]*\)\s*\]\s*")
_NO_BLOCK = "Missing statement block after {} ( condition )."
_NO_BODY = "Missing statement body in {} loop."
_FUNCTION_NAME = re.compile(r"[^\s(){};|&,]+")


def parse(text: str, file: str | None = None) -> syntax.ScriptBlock:
    """The script as a tree.

    :raises ParseError: as PowerShell's parser refuses it, with the first error's message.
    """
    source = syntax.Source(text, file)
    parser = Parser(source)
    try:
        block = parser.script_block(0, "")
    except RecursionError:
        raise ParseError("The script is nested too deeply.", "TooDeeplyNested", syntax.Extent(source, 0, 0)) from None
    if parser.position < parser.end:
        message = f"Unexpected token '{parser.peek()}' in expression or statement."
        raise parser.error(message, "UnexpectedToken", incomplete=False)
    return block


class Parser(CommandParser):
    """Statements and what is made of them."""

    def script_block(self, start: int, terminator: str) -> syntax.ScriptBlock:
        """The inside of braces (`terminator` "}", which is read too) or the whole source (no terminator)."""
        self.skip_newlines("\r\n;")
        while self.keyword("using"):
            kind, _, name = (self.match(re.compile(r"[^\r\n;]*")) or "").strip().partition(" ")
            if kind.lower() == "namespace":
                self.source.namespaces.append(name.strip())
            self.skip_newlines("\r\n;")
        attributes, parameters = self._param_block()
        blocks = self._blocks(terminator)
        if terminator and not self.accept(terminator):
            message = "Missing closing '}' in statement block or type definition."
            raise self.error(message, "MissingEndCurlyBrace", start)
        return syntax.ScriptBlock(self.extent(start), parameters, attributes, blocks)

    def _param_block(self) -> tuple[list[syntax.Attribute], list[syntax.ParameterDefinition]]:
        mark = self.position
        attributes: list[syntax.Attribute] = []
        while self.at("[") and re.compile(r"\[\s*[\w.]+\s*\(").match(self.text, self.position, self.end):
            attributes.append(self.attribute())
            self.skip_newlines()
        if not self.keyword("param"):
            self.position = mark
            return [], []
        self.skip_newlines()
        parameters = self._parameters()
        self.skip_newlines("\r\n;")
        return attributes, parameters

    def _parameters(self) -> list[syntax.ParameterDefinition]:
        """A list of parameters in parentheses."""
        start = self.position
        self.expect("(", "Missing '(' in parameter list.", "MissingOpenParenthesisInParameterList")
        parameters: list[syntax.ParameterDefinition] = []
        self.skip_newlines()
        while not self.accept(")"):
            if self.position >= self.end:
                message = "Missing ')' in function parameter list."
                raise self.error(message, "MissingEndParenthesisInFunctionParameterList", start)
            parameters.append(self._parameter())
            self.skip_newlines()
            if self.accept(","):
                after = self.position
                self.skip_newlines()
                if self.at(")"):
                    self.position = after
                    raise self.error("Missing expression after ','.", "MissingExpressionAfterToken", incomplete=False)
            elif not self.at(")"):
                message = "Missing ')' in function parameter list."
                raise self.error(message, "MissingEndParenthesisInFunctionParameterList", start)
        return parameters

    def _parameter(self) -> syntax.ParameterDefinition:
        start = self.position
        attributes: list[syntax.Attribute] = []
        type_name: str | None = None
        while self.at("["):
            mark = self.position
            if re.compile(r"\[\s*[\w.]+\s*\(").match(self.text, self.position, self.end):
                attributes.append(self.attribute())
            else:
                self.position = mark
                type_name = self.type_name()
            self.skip_newlines()
        variable = self.variable()
        if variable is None:
            raise self.error("Missing variable name in parameter list.", "MissingVariableName")
        self.skip_space()
        default: syntax.Node | None = None
        if self.accept("="):
            self.skip_newlines()
            default = self._argument_expression()
        return syntax.ParameterDefinition(self.extent(start), variable.name, type_name, default, attributes)

    def attribute(self) -> syntax.Attribute:
        start = self.position
        self.position += 1
        name = self.match(re.compile(r"\s*[\w.]+\s*")).strip()
        positional: list[syntax.Node] = []
        named: dict[str, syntax.Node | None] = {}
        if self.accept("("):
            self.skip_newlines()
            while not self.accept(")"):
                self._attribute_argument(positional, named)
                self.skip_newlines()
                if self.accept(","):
                    self.skip_newlines()
                elif not self.at(")"):
                    raise self.error("Missing ')' in attribute.", "MissingEndParenthesisInAttribute", start)
        message = "Missing ] at end of attribute or type literal."
        self.expect("]", message, "EndSquareBracketExpectedAtEndOfAttribute")
        return syntax.Attribute(self.extent(start), name, positional, named)

    def _attribute_argument(self, positional: list[syntax.Node], named: dict[str, syntax.Node | None]) -> None:
        found = re.compile(r"([A-Za-z_]\w*)\s*(=)?\s*").match(self.text, self.position, self.end)
        if not found:
            positional.append(self._argument_expression())
            return
        self.position = found.end()
        named[found.group(1).lower()] = self._argument_expression() if found.group(2) else None

    def _blocks(self, terminator: str) -> dict[str, list[syntax.Node]]:
        blocks: dict[str, list[syntax.Node]] = {}
        self.skip_newlines("\r\n;")
        while True:
            mark = self.position
            name = self.keyword(*_NAMED_BLOCKS)
            self.skip_newlines()
            if not name or not self.at("{"):
                self.position = mark
                break
            blocks[name] = self.block()
            self.skip_newlines("\r\n;")
        if not blocks:
            blocks["end"] = self.statements(terminator)
        return blocks

    def block(self, problem: str = "", error_id: str = "MissingStatementBlock") -> list[syntax.Node]:
        """Statements in braces.

        :param problem: what is said where there are none.
        """
        start = self.position
        if not self.accept("{"):
            at_end = self.position >= self.end
            self.position = len(self.text[: self.position].rstrip())
            raise self.error(problem or "Missing statement block.", error_id, incomplete=at_end)
        statements = self.statements("}")
        if not self.accept("}"):
            message = "Missing closing '}' in statement block or type definition."
            raise self.error(message, "MissingEndCurlyBrace", start)
        return statements

    def statements(self, terminator: str) -> list[syntax.Node]:
        """Statements up to the terminator, which is left, or to the source's end."""
        statements: list[syntax.Node] = []
        while True:
            self.skip_newlines("\r\n;")
            if self.position >= self.end or (terminator and self.at(terminator)):
                return statements
            statement = self.statement()
            statements.append(statement)
            self._end_of_statement(statement, terminator)

    def _end_of_statement(self, statement: syntax.Node, terminator: str) -> None:
        self.skip_space()
        ended = self.position >= self.end or self.at("\r", "\n", ";") or (terminator and self.at(terminator))
        braced = not isinstance(statement, (syntax.Pipeline, syntax.Assignment, syntax.Chain, syntax.Flow))
        if not ended and not braced:
            start = self.position
            if self.at('"'):
                self.expandable_string()
            elif self.at("'"):
                self.verbatim_string()
            else:
                self.match(re.compile(r"[^\s;)}]+|."))
            message = f"Unexpected token '{self.text[start : self.position]}' in expression or statement."
            raise self.error(message, "UnexpectedToken", start, incomplete=False)

    def statement(self) -> syntax.Node:
        start = self.position
        label = None
        if found := _LABEL.match(self.text, self.position, self.end):
            label, self.position = found.group(1), found.end()
            self.skip_newlines()
        mark = self.position
        flags = self._type_attributes()
        word = self.keyword(*_STATEMENTS)
        if not word:
            return self.pipeline_statement()
        if self.at("-", "(") and word in ("data", "class", "enum"):
            self.position = mark
            return self.pipeline_statement()
        self.skip_space()
        node: syntax.Node = getattr(self, f"_{_STATEMENTS[word]}")(start, word, label)
        if flags and isinstance(node, syntax.EnumDefinition):
            node.flags = True
        return node

    def _type_attributes(self) -> bool:
        """Attributes before a class or an enumeration; tells whether one is Flags."""
        mark, flags = self.position, False
        while found := _TYPE_ATTRIBUTE.match(self.text, self.position, self.end):
            flags = flags or found[1].lower() in ("flags", "system.flags", "flagsattribute")
            self.position = found.end()
        if self.position != mark and not re.compile(r"(?:class|enum)\b", re.I).match(self.text, self.position):
            self.position = mark
        return flags and self.position != mark

    def _condition(self, word: str) -> syntax.Node:
        """What stands in parentheses after a keyword."""
        start = self.position
        self.expect("(", f"Missing '(' after '{word}' in {word} statement.", "MissingOpenParenthesisInIfStatement")
        self.skip_newlines()
        if self.position >= self.end or self.at(")"):
            if word in ("if", "elseif"):
                message = "Missing condition in if statement after 'if ('."
                raise self.error(message, "IfStatementMissingCondition", start)
            raise self.error(f"Missing expression after '{word}' in loop.", "MissingExpressionAfterKeyword", start)
        condition = self.pipeline_statement()
        self.expect(
            ")", f"Missing closing ')' after expression in '{word}' statement.", "MissingEndParenthesisAfterStatement"
        )
        self.skip_newlines()
        return condition

    def _if(self, start: int, word: str, label: str | None) -> syntax.Node:
        clauses = [(self._condition(word), self.block(_NO_BLOCK.format(word)))]
        otherwise: list[syntax.Node] | None = None
        while True:
            mark = self.position
            self.skip_newlines()
            following = self.keyword("elseif", "else")
            if not following:
                self.position = mark
                break
            self.skip_newlines()
            if following == "else":
                message = "Missing statement block after 'else' keyword."
                otherwise = self.block(message, "MissingStatementBlockAfterElse")
                break
            clauses.append((self._condition(following), self.block(_NO_BLOCK.format(following))))
        return syntax.If(self.extent(start), clauses, otherwise)

    def _while(self, start: int, word: str, label: str | None) -> syntax.Node:
        condition = self._condition(word)
        body = self.block(_NO_BODY.format(word), "MissingLoopStatement")
        return syntax.While(self.extent(start), label, condition, body)

    def _do(self, start: int, word: str, label: str | None) -> syntax.Node:
        self.skip_newlines()
        body = self.block(_NO_BODY.format(word), "MissingLoopStatement")
        self.skip_newlines()
        following = self.keyword("while", "until")
        if not following:
            raise self.error("Missing while or until keyword in do loop.", "MissingWhileOrUntilInDoWhile")
        self.skip_space()
        condition = self._condition(following)
        self.position = self.text.rindex(")", 0, self.position) + 1
        return syntax.While(self.extent(start), label, condition, body, test_last=True, until=following == "until")

    def _for(self, start: int, word: str, label: str | None) -> syntax.Node:
        self.expect("(", "Missing opening '(' after keyword 'for'.", "MissingOpenParenthesisAfterKeyword")
        parts: list[syntax.Node | None] = []
        for terminator in (";", ";", ")"):
            self.skip_newlines()
            missing = self.at(terminator, ")") or self.position >= self.end
            parts.append(None if missing else self.pipeline_statement())
            self.skip_newlines()
            if not self.accept(terminator) and terminator == ")":
                message = "Missing closing ')' after expression in 'for' statement."
                raise self.error(message, "MissingEndParenthesisAfterStatement")
        self.skip_newlines()
        initializer, condition, iterator = parts
        body = self.block(_NO_BODY.format(word), "MissingLoopStatement")
        return syntax.While(self.extent(start), label, condition, body, initializer=initializer, iterator=iterator)

    def _foreach(self, start: int, word: str, label: str | None) -> syntax.Node:
        self.expect("(", "Missing opening '(' after keyword 'foreach'.", "MissingOpenParenthesisAfterKeyword")
        self.skip_newlines()
        variable = self.variable()
        self.skip_newlines()
        if variable is None or not self.keyword("in"):
            raise self.error("Missing 'in' after variable in foreach loop.", "MissingInInForeach")
        self.skip_newlines()
        items = self.pipeline_statement()
        self.expect(")", "Missing closing ')' after expression in 'foreach' loop.", "MissingEndParenthesisAfterForeach")
        self.skip_newlines()
        body = self.block(_NO_BODY.format(word), "MissingForeachStatement")
        return syntax.ForEach(self.extent(start), label, variable, items, body)

    def _switch(self, start: int, word: str, label: str | None) -> syntax.Node:
        flags: set[str] = set()
        while flag := self.match(re.compile(r"-[A-Za-z]+")):
            flags.add(flag[1:].lower())
            self.skip_newlines()
        subject = self._condition(word) if self.at("(") else self._argument()
        self.skip_newlines()
        self.expect("{", "Missing statement block in switch statement clause.", "MissingSwitchStatementClause")
        clauses: list[tuple[syntax.Node, list[syntax.Node]]] = []
        default: list[syntax.Node] | None = None
        self.skip_newlines("\r\n;")
        while not self.accept("}"):
            if self.position >= self.end:
                raise self.error("Missing closing '}' in switch statement.", "MissingEndCurlyBrace", start)
            is_default = bool(self.keyword("default"))
            condition = None if is_default else self._argument()
            self.skip_newlines()
            body = self.block()
            if condition is None:
                default = body
            else:
                clauses.append((condition, body))
            self.skip_newlines("\r\n;")
        return syntax.Switch(self.extent(start), label, flags, subject, clauses, default)

    def _try(self, start: int, word: str, label: str | None) -> syntax.Node:
        self.skip_newlines()
        body = self.block("The Try statement is missing its statement block.", "MissingTryStatementBlock")
        catches: list[tuple[list[str], list[syntax.Node]]] = []
        final: list[syntax.Node] | None = None
        while final is None:
            mark = self.position
            self.skip_newlines()
            following = self.keyword("catch", "finally")
            self.skip_newlines()
            if following == "finally":
                message = "The Finally block is missing its statement block."
                final = self.block(message, "MissingFinallyStatementBlock")
            elif following:
                message = "The Catch block is missing its statement block."
                catches.append((self._catch_types(), self.block(message, "MissingCatchHandlerBlock")))
            else:
                self.position = mark
                break
        if final is None and not catches:
            message = "The Try statement is missing its Catch or Finally block."
            raise self.error(message, "MissingCatchOrFinally")
        return syntax.Try(self.extent(start), body, catches, final or [])

    def _catch_types(self) -> list[str]:
        names: list[str] = []
        while self.at("["):
            names.append(self.type_name())
            self.skip_newlines()
            if self.accept(","):
                self.skip_newlines()
        return names

    def _trap(self, start: int, word: str, label: str | None) -> syntax.Node:
        self.skip_newlines()
        type_name = self.type_name() if self.at("[") else None
        self.skip_newlines()
        return syntax.Trap(self.extent(start), type_name, self.block())

    def _flow(self, start: int, word: str, label: str | None) -> syntax.Node:
        end = start + len(word)
        if self.position >= self.end or self.at("\r", "\n", ";", "}", ")"):
            self.position = end
            return syntax.Flow(self.extent(start), word, None)
        if word in ("break", "continue"):
            name = self.match(re.compile(r":?\w+"))
            return syntax.Flow(self.extent(start), word, None, name.lstrip(":"))
        value = self.pipeline_statement()
        return syntax.Flow(self.extent(start, value.extent.end), word, value)

    def _function(self, start: int, word: str, label: str | None) -> syntax.Node:
        self.skip_newlines()
        name = self.match(_FUNCTION_NAME)
        if not name:
            raise self.error(f"Missing name after {word} keyword.", "MissingNameAfterKeyword")
        self.skip_newlines()
        parameters = self._parameters() if self.at("(") else None
        self.skip_newlines()
        begin = self.position
        if not self.accept("{"):
            raise self.error("Missing function body in function declaration.", "MissingFunctionBody")
        block = self.script_block(begin, "}")
        if parameters is not None:
            block.parameters = parameters
        if word == "filter" and "end" in block.blocks and "process" not in block.blocks:
            block.blocks = {"process": block.blocks["end"]}
        return syntax.FunctionDefinition(self.extent(start), name, block)

    def _data(self, start: int, word: str, label: str | None) -> syntax.Node:
        name = self.match(re.compile(r"[^{]*")).strip().partition("-")[0].strip()
        body = self.block()
        extent = self.extent(start)
        always = syntax.Pipeline(extent, [syntax.CommandExpression(extent, syntax.Constant(extent, True), [])])
        run = syntax.If(extent, [(always, body)], None)
        return syntax.Assignment(extent, syntax.Variable(extent, name), "=", run) if name else run

    def _class(self, start: int, word: str, label: str | None) -> syntax.Node:
        name = self.match(re.compile(r"\w+"))
        if not name:
            raise self.error("Missing name after class keyword.", "MissingNameAfterKeyword", start + len(word))
        self.skip_newlines()
        bases: list[str] = []
        if self.accept(":"):
            bases = [base.strip() for base in self.match(re.compile(r"[^{]*")).split(",")]
        self.expect("{", "Missing type body in class declaration.", "MissingTypeBody")
        members: list[syntax.ClassMember] = []
        self.skip_newlines("\r\n;")
        while not self.accept("}"):
            members.append(self._class_member(name))
            self.skip_newlines("\r\n;")
        return syntax.ClassDefinition(self.extent(start), name, bases, members)

    def _class_member(self, class_name: str) -> syntax.ClassMember:
        start = self.position
        words: set[str] = set()
        attributes: list[syntax.Attribute] = []
        type_name = None
        while True:
            if word := self.keyword("static", "hidden"):
                words.add(word)
            elif self.at("[") and re.compile(r"\[\s*[\w.]+\s*\(").match(self.text, self.position, self.end):
                attributes.append(self.attribute())
            elif self.at("["):
                type_name = self.type_name()
            else:
                break
            self.skip_newlines()
        static = "static" in words
        if variable := self.variable():
            self.skip_space()
            value = None
            if self.accept("="):
                self.skip_newlines()
                value = self.pipeline_statement()
            member = syntax.ClassMember(self.extent(start), variable.name, static, type_name, value)
            member.hidden, member.attributes = "hidden" in words, attributes
            return member
        name = self.match(re.compile(r"\w+"))
        if not name:
            raise self.error("Invalid member in class definition.", "UnexpectedToken", incomplete=False)
        return self._class_method(start, name, static, type_name)

    def _class_method(self, start: int, name: str, static: bool, type_name: str | None) -> syntax.ClassMember:
        parameters = self._parameters()
        self.skip_newlines()
        base_arguments: list[syntax.Node] | None = None
        if self.accept(":"):
            self.skip_space()
            self.keyword("base")
            self.skip_space()
            base_arguments = self.arguments()
            self.skip_newlines()
        begin = self.position
        self.expect("{", "Missing method body.", "MissingMethodBody")
        block = self.script_block(begin, "}")
        block.parameters = parameters
        return syntax.ClassMember(self.extent(start), name, static, type_name, None, block, base_arguments)

    def _enum(self, start: int, word: str, label: str | None) -> syntax.Node:
        name = self.match(re.compile(r"\w+"))
        self.match(re.compile(r"\s*:\s*\w+"))
        self.expect("{", "Missing type body in enum declaration.", "MissingTypeBody")
        members: list[tuple[str, syntax.Node | None]] = []
        self.skip_newlines("\r\n;")
        while not self.accept("}"):
            member = self.match(re.compile(r"\w+"))
            if not member:
                raise self.error("Missing closing '}' in enum definition.", "MissingEndCurlyBrace", start)
            self.skip_space()
            value = None
            if self.accept("="):
                self.skip_space()
                value = self.expression()
            members.append((member, value))
            self.skip_newlines("\r\n;")
        return syntax.EnumDefinition(self.extent(start), name, members)


#: The keyword that begins a statement -> the method that reads the rest of it.
_STATEMENTS = {
    "if": "if", "while": "while", "do": "do", "for": "for", "foreach": "foreach", "switch": "switch", "try": "try",
    "trap": "trap", "break": "flow", "continue": "flow", "return": "flow", "exit": "flow", "throw": "flow",
    "function": "function", "filter": "function", "data": "data", "class": "class", "enum": "enum",
}  # fmt: skip
