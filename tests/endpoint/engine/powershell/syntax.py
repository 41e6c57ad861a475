# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The syntax tree of PowerShell scripts (test endpoint process)."""

from __future__ import annotations

import dataclasses


@dataclasses.dataclass(frozen=True)
class Source:
    """A script's text, and the file that it came from."""

    text: str
    file: str | None = None
    #: What ``using namespace`` names, in order; types are looked up in them too.
    namespaces: list[str] = dataclasses.field(default_factory=list, compare=False)


@dataclasses.dataclass(frozen=True)
class Extent:
    """A part of a source, by character offsets."""

    source: Source
    start: int
    end: int

    @property
    def text(self) -> str:
        return self.source.text[self.start : self.end]

    @property
    def line_number(self) -> int:
        """Counted from 1."""
        return self.source.text.count("\n", 0, self.start) + 1

    @property
    def column(self) -> int:
        """Counted from 1."""
        return self.start - (self.source.text.rfind("\n", 0, self.start) + 1) + 1

    @property
    def line(self) -> str:
        begin = self.source.text.rfind("\n", 0, self.start) + 1
        end = self.source.text.find("\n", self.start)
        return self.source.text[begin : end if end >= 0 else None].rstrip("\r")


@dataclasses.dataclass
class Node:
    extent: Extent


# Expressions


@dataclasses.dataclass
class Constant(Node):
    value: object


@dataclasses.dataclass
class Number(Constant):
    """Keeps its text, which a native command gets as it was written."""


@dataclasses.dataclass
class Bareword(Constant):
    """An unquoted argument."""


@dataclasses.dataclass
class Expandable(Node):
    parts: list[str | Node]
    #: False for an unquoted argument, such as ``$dir/x``.
    quoted: bool = True


@dataclasses.dataclass
class Variable(Node):
    #: With its scope or drive: ``global:x``, ``env:PATH``.
    name: str
    splatted: bool = False


@dataclasses.dataclass
class ArrayLiteral(Node):
    items: list[Node]


@dataclasses.dataclass
class ArrayExpression(Node):
    statements: list[Node]


@dataclasses.dataclass
class SubExpression(Node):
    statements: list[Node]


@dataclasses.dataclass
class Paren(Node):
    statement: Node


@dataclasses.dataclass
class HashLiteral(Node):
    pairs: list[tuple[Node, Node]]
    ordered: bool = False


@dataclasses.dataclass
class ScriptBlockExpression(Node):
    block: ScriptBlock


@dataclasses.dataclass
class TypeLiteral(Node):
    name: str


@dataclasses.dataclass
class Cast(Node):
    type_name: str
    operand: Node
    #: Set where what stands in brackets is an attribute, such as ``[ValidateSet('a')]$x``.
    attribute: Attribute | None = None


@dataclasses.dataclass
class Unary(Node):
    operator: str
    operand: Node


@dataclasses.dataclass
class IncDec(Node):
    operator: str
    operand: Node
    prefix: bool


@dataclasses.dataclass
class Binary(Node):
    #: Without the dash, in lower case: ``+``, ``ceq``, ``and``.
    operator: str
    left: Node
    right: Node


@dataclasses.dataclass
class Ternary(Node):
    condition: Node
    if_true: Node
    if_false: Node


@dataclasses.dataclass
class Member(Node):
    target: Node
    name: Node
    static: bool = False
    null_conditional: bool = False


@dataclasses.dataclass
class Invocation(Member):
    arguments: list[Node] = dataclasses.field(default_factory=list)


@dataclasses.dataclass
class Index(Node):
    target: Node
    index: Node


@dataclasses.dataclass
class Assignment(Node):
    target: Node
    operator: str
    value: Node


# Pipelines


@dataclasses.dataclass
class Redirection(Node):
    #: "1" to "6", or "*".
    stream: str
    #: The stream merged into ("1"), or None for a file.
    merge: str | None
    file: Node | None
    append: bool


@dataclasses.dataclass
class CommandParameter(Node):
    name: str
    #: After a colon, as in ``-Force:$false``.
    argument: Node | None


@dataclasses.dataclass
class Command(Node):
    #: "&", "." or "".
    operator: str
    name: Node
    elements: list[Node]
    redirections: list[Redirection]


@dataclasses.dataclass
class CommandExpression(Node):
    expression: Node
    redirections: list[Redirection]


@dataclasses.dataclass
class Pipeline(Node):
    elements: list[Command | CommandExpression]


@dataclasses.dataclass
class Chain(Node):
    """``left && right`` or ``left || right``."""

    left: Node
    operator: str
    right: Node


# Statements


@dataclasses.dataclass
class If(Node):
    clauses: list[tuple[Node, list[Node]]]
    otherwise: list[Node] | None


@dataclasses.dataclass
class While(Node):
    label: str | None
    condition: Node | None
    body: list[Node]
    #: do-while and do-until test after the body.
    test_last: bool = False
    until: bool = False
    initializer: Node | None = None
    iterator: Node | None = None


@dataclasses.dataclass
class ForEach(Node):
    label: str | None
    variable: Variable
    items: Node
    body: list[Node]


@dataclasses.dataclass
class Switch(Node):
    label: str | None
    flags: set[str]
    subject: Node
    clauses: list[tuple[Node, list[Node]]]
    default: list[Node] | None


@dataclasses.dataclass
class Try(Node):
    body: list[Node]
    catches: list[tuple[list[str], list[Node]]]
    final: list[Node]


@dataclasses.dataclass
class Trap(Node):
    type_name: str | None
    body: list[Node]


@dataclasses.dataclass
class Flow(Node):
    """break, continue, return, exit, throw."""

    kind: str
    value: Node | None
    label: str | None = None


@dataclasses.dataclass
class FunctionDefinition(Node):
    name: str
    block: ScriptBlock


@dataclasses.dataclass
class ClassMember(Node):
    name: str
    static: bool
    type_name: str | None
    #: A property's initial value.
    value: Node | None = None
    #: A method's body with its parameters.
    block: ScriptBlock | None = None
    base_arguments: list[Node] | None = None
    hidden: bool = False
    attributes: list[Attribute] = dataclasses.field(default_factory=list)


@dataclasses.dataclass
class ClassDefinition(Node):
    name: str
    bases: list[str]
    members: list[ClassMember]


@dataclasses.dataclass
class EnumDefinition(Node):
    name: str
    members: list[tuple[str, Node | None]]
    flags: bool = False


# Script blocks


@dataclasses.dataclass
class Attribute(Node):
    name: str
    positional: list[Node]
    named: dict[str, Node | None]


@dataclasses.dataclass
class ParameterDefinition(Node):
    name: str
    type_name: str | None
    default: Node | None
    attributes: list[Attribute]


@dataclasses.dataclass
class ScriptBlock(Node):
    """What stands between braces, or a whole script."""

    parameters: list[ParameterDefinition]
    attributes: list[Attribute]
    #: begin, process, end, dynamicparam; a body without named blocks is its end block, a filter's its process block.
    blocks: dict[str, list[Node]]
