# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""ConvertTo-Xml, Join-String, Test-Json, and Add-Type as far as it can be (test endpoint process)."""

from __future__ import annotations

import json
import typing
from xml.etree import ElementTree

from .. import members, typesystem, values
from ..cmdlets import Call, cmdlet
from ..convert import to_string
from ..errors import Category
from ..sequences import enumerate_value
from ..session import Frame
from .objects import Collecting, selected

_DECLARATION = '<?xml version="1.0" encoding="utf-8"?>'


@cmdlet("ConvertTo-Xml", "InputObject:object@0!<0 Depth:int NoTypeInformation:switch As:string")
class ConvertToXml(Collecting):
    def end(self) -> None:
        root = ElementTree.Element("Objects")
        given = self.items if self.call.stage.expects_input else [self.call.get("InputObject")]
        for item in given:
            self._fill(ElementTree.SubElement(root, "Object"), item, self.call.get("Depth", 1))
        form = self.call.text("As", "Document").lower()
        if form == "document":
            text = ElementTree.tostring(root, encoding="unicode", short_empty_elements=True)
            self.call.write(values.XmlDocument(f"{_DECLARATION}{text}"))
            return
        ElementTree.indent(root)
        text = ElementTree.tostring(root, encoding="unicode")
        for part in [f"{_DECLARATION}\n{text}"] if form == "string" else [_DECLARATION, text]:
            self.call.write(part)

    def _fill(self, node: ElementTree.Element, value: object, depth: int) -> None:
        """An object's text, or its properties, or what a list or a table holds."""
        plain = values.unwrap(value)
        if plain is None:
            return
        if not self.call.flag("NoTypeInformation"):
            node.set("Type", typesystem.type_names(value)[0])
        if depth > 0 and isinstance(plain, values.Hashtable):
            for key, item in plain.items():
                self._fill(ElementTree.SubElement(node, "Property", Name="Key"), key, depth - 1)
                self._fill(ElementTree.SubElement(node, "Property", Name="Value"), item, depth - 1)
            return
        if depth > 0 and isinstance(plain, list):
            for item in enumerate_value(plain):
                self._fill(ElementTree.SubElement(node, "Property"), item, depth - 1)
            return
        simple = isinstance(plain, (str, bool, int, float, values.DateTime, values.EnumValue))
        names = [] if simple else [name for name, _ in members.property_names(value)]
        if depth <= 0 or not names:
            node.text = to_string(value)
            return
        for name in names:
            self._fill(ElementTree.SubElement(node, "Property", Name=name), members.get_member(value, name), depth - 1)


@cmdlet(
    "Join-String",
    "Property@0 Separator:string@1 OutputPrefix|op:string OutputSuffix|os:string SingleQuote:switch DoubleQuote:switch "
    "FormatString:string InputObject<0",
)
class JoinString(Collecting):
    def end(self) -> None:
        call = self.call
        separator = call.text("Separator") if call.has("Separator") else to_string(call.frame.scope.value("OFS", ""))
        quote = "'" if call.flag("SingleQuote") else '"' if call.flag("DoubleQuote") else ""
        texts = [f"{quote}{self._text(item, call.frame)}{quote}" for item in self.items]
        call.write(f"{call.text('OutputPrefix')}{separator.join(texts)}{call.text('OutputSuffix')}")

    def _text(self, item: object, frame: Frame) -> str:
        from ..formats import format_text

        value = selected(item, self.call.get("Property"), frame) if self.call.has("Property") else item
        return format_text(self.call.text("FormatString"), value) if self.call.has("FormatString") else to_string(value)


@cmdlet("Test-Json", "Json:string@0!<")
def test_json(call: Call) -> typing.Iterator[object]:
    try:
        json.loads(call.text("Json"))
    except ValueError:
        text = call.text("Json")
        call.report("Cannot parse the JSON.", "CannotParseJson", Category.InvalidData, text, "System.Exception")
        yield False
        return
    yield True


@cmdlet(
    "Add-Type",
    "TypeDefinition:string@0(Source) MemberDefinition:string(Member) Name:string(Member) Namespace:string(Member) "
    "AssemblyName|AN:string[](Assembly) Path:string[](Path) LiteralPath:string[](Path) "
    "ReferencedAssemblies:string[] Language:string UsingNamespace:string[] PassThru:switch IgnoreWarnings:switch",
    default_set="Source",
)
def add_type(call: Call) -> None:
    """The types of .NET's own assemblies are there or not, whether loaded or not; nothing is compiled."""
    missing = [name for name in call.texts("AssemblyName") if not name.startswith(("System", "Microsoft", "mscorlib"))]
    if missing:
        message = f"Cannot find the assembly '{missing[0]}'."
        kind = "System.IO.FileNotFoundException"
        raise call.fail(message, "System.IO.FileNotFoundException", Category.ObjectNotFound, missing[0], kind)
    if not call.has("AssemblyName"):
        message = "Cannot add type. The embedded evaluator of the test endpoint compiles no source code."
        kind = "System.InvalidOperationException"
        raise call.fail(message, "COMPILER_ERRORS", Category.InvalidData, None, kind)
