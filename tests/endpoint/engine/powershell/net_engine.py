# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Members of types, enumerations, exceptions, error records and script blocks (test endpoint process)."""

from __future__ import annotations

import typing

from . import convert, members, typesystem, values
from .api import Language
from .calling import method_error
from .convert import to_string
from .errors import ErrorRecord, ExceptionObject, PSTerminating, runtime_error
from .session import current
from .typesystem import NetType, members_of
from .values import EnumType, Hashtable


@members_of("System.Enum")
class EnumMembers:
    net_properties = ("value__",)
    value__ = property(lambda value: value.__dict__["value"])

    def has_flag(self: values.EnumValue, flag: object) -> bool:  # type: ignore[misc]
        other = typing.cast(values.EnumValue, convert.cast(flag, typesystem.type_of(self)))
        return self.value & other.value == other.value

    @staticmethod
    def get_names(enum_type: object) -> object:
        return values.TypedArray("System.String", typing.cast(EnumType, typing.cast(NetType, enum_type).enum).members)

    @staticmethod
    def get_values(enum_type: object) -> object:
        kind = typing.cast(EnumType, typing.cast(NetType, enum_type).enum)
        return [kind(value) for value in kind.members.values()]

    @staticmethod
    def parse(enum_type: object, text: str, *ignore_case: object) -> object:
        return convert.cast(text, typing.cast(NetType, enum_type))

    @staticmethod
    def is_defined(enum_type: object, value: object) -> bool:
        kind = typing.cast(EnumType, typing.cast(NetType, enum_type).enum)
        return to_string(value) in kind.members or value in kind.members.values()


@members_of("System.Type")
class TypeMembers:
    """What a type tells of itself; its methods and attributes are reflection, which is not played."""

    net_properties = (
        "FullName", "AssemblyQualifiedName", "Namespace", "IsEnum", "IsGenericType", "Name", "DeclaringType",
        "BaseType", "MemberType", "UnderlyingSystemType", "IsArray", "HasElementType", "IsClass",
        "IsValueType",
    )  # fmt: skip
    full_name = property(lambda value: value.__dict__["full_name"])
    name = property(lambda value: value.full_name.partition("[[")[0].rpartition(".")[2])
    namespace = property(lambda value: value.full_name.partition("[[")[0].rpartition(".")[0])
    base_type = property(lambda value: typesystem.lookup(value.bases[0]) if value.bases else None)
    is_enum = property(lambda value: value.enum is not None)
    is_array = property(lambda value: value.element is not None)
    is_value_type = property(lambda value: "System.ValueType" in value.bases)
    assembly_qualified_name = property(lambda value: value.qualified_name)
    is_generic_type = property(lambda value: "`" in value.full_name)
    has_element_type = is_array
    is_class = property(lambda value: "System.ValueType" not in value.bases)
    member_type = property(lambda value: "TypeInfo")
    underlying_system_type = property(lambda value: value)
    declaring_type = property(lambda value: None)

    def is_assignable_from(self: NetType, other: object) -> bool:  # type: ignore[misc]
        return self.full_name in typing.cast(NetType, other).type_names

    def is_subclass_of(self: NetType, other: object) -> bool:  # type: ignore[misc]
        return typing.cast(NetType, other).full_name in self.bases

    def is_instance_of_type(self: NetType, item: object) -> bool:  # type: ignore[misc]
        return typesystem.is_a(item, self)

    def get_enum_names(self: NetType) -> object:  # type: ignore[misc]
        return EnumMembers.get_names(self)

    def get_enum_values(self: NetType) -> object:  # type: ignore[misc]
        return EnumMembers.get_values(self)

    @staticmethod
    def get_type(name: str, *options: object) -> object:
        return typesystem.lookup(name)


@members_of("System.Exception")
class ExceptionMembers:
    message = property(lambda value: value.__dict__["message"])
    inner_exception = property(lambda value: value.inner)
    h_result = property(lambda value: value.hresult)
    stack_trace = property(lambda value: None)
    source = property(lambda value: None)
    help_link = property(lambda value: None)
    target_site = property(lambda value: None)
    data = property(lambda value: Hashtable(value.__dict__["data"].items(), "System.Collections.Hashtable"))
    error_record = property(lambda value: value.__dict__["error_record"])
    was_thrown_from_throw_statement = property(lambda value: value.thrown_by_script)

    def get_base_exception(self: ExceptionObject) -> object:  # type: ignore[misc]
        while self.inner:
            self = self.inner
        return self


@members_of("System.Management.Automation.ErrorRecord")
class ErrorRecordMembers:
    exception = property(lambda record: record.__dict__["exception"])
    target_object = property(lambda record: record.target)
    fully_qualified_error_id = property(lambda record: record.error_id)
    script_stack_trace = property(lambda record: record.__dict__["script_stack_trace"])
    net_properties = (
        "Exception",
        "TargetObject",
        "CategoryInfo",
        "FullyQualifiedErrorId",
        "ErrorDetails",
        "InvocationInfo",
        "ScriptStackTrace",
    )

    @staticmethod
    def new(exception: object, error_id: str, category: object, target: object) -> object:
        from .errors import Category

        number = typing.cast(
            values.EnumValue, convert.cast(category, typesystem.find("System.Management.Automation.ErrorCategory"))
        )
        return ErrorRecord(typing.cast(ExceptionObject, exception), error_id, Category(number.value), target)


def _category_info(record: ErrorRecord) -> values.ObjectValue:
    from .wire import category_message, category_target

    target_name, target_type = category_target(record)
    return values.ObjectValue(["System.Management.Automation.ErrorCategoryInfo", "System.Object"], {
        "Category": convert.cast(int(record.category), typesystem.find("System.Management.Automation.ErrorCategory")),
        "Activity": record.activity, "Reason": record.category_reason, "TargetName": target_name,
        "TargetType": target_type,
    }, category_message(record))  # fmt: skip


def _invocation(record: ErrorRecord) -> object:
    from .objects import invocation_object

    return invocation_object(record.invocation) if record.invocation else None


def _details(record: ErrorRecord) -> object:
    if record.details is None:
        return None
    return _error_details(record.details, record.recommended_action or "")


def _error_details(message: str, action: str) -> object:
    properties: dict[str, object] = {"Message": message, "RecommendedAction": action}
    return values.ObjectValue(["System.Management.Automation.ErrorDetails", "System.Object"], properties, message)


def _set_details(record: ErrorRecord, value: object) -> None:
    plain = values.unwrap(value)
    record.details = plain if isinstance(plain, str) else to_string(members.get_member(value, "Message"))
    if not isinstance(plain, str) and (action := members.get_member(value, "RecommendedAction")):
        record.recommended_action = to_string(action)


class ErrorDetailsMembers:
    @staticmethod
    def new(message: str) -> object:
        return _error_details(message, "")


typesystem.register(NetType("System.Management.Automation.ErrorDetails", members=ErrorDetailsMembers))


ErrorRecordMembers.category_info = property(_category_info)  # type: ignore[attr-defined]
ErrorRecordMembers.invocation_info = property(_invocation)  # type: ignore[attr-defined]
ErrorRecordMembers.error_details = property(_details, _set_details)  # type: ignore[attr-defined]


@members_of("System.Management.Automation.ScriptBlock")
class ScriptBlockMembers:
    ast = property(
        lambda block: values.ObjectValue(
            ["System.Management.Automation.Language.ScriptBlockAst", "System.Object"],
            {"Extent": block.text},
            block.text,
        )
    )
    file = property(lambda block: block.tree.extent.source.file)
    is_filter = property(lambda block: False)

    @staticmethod
    def create(text: str) -> object:
        from .dispatch import parse_block

        if current().language is Language.CONSTRAINED:
            message = "Cannot invoke method. Method invocation is supported only on core types in this language mode."
            raise runtime_error(message, "MethodInvocationNotSupportedInConstrainedLanguage")
        try:
            return parse_block(text)
        except PSTerminating as error:
            raise method_error("Create", 1, error.error_record.exception) from None

    def invoke(self: values.ScriptBlock, *arguments: object) -> object:  # type: ignore[misc]
        from .functions import block_output
        from .session import current

        collected = block_output(self, current().frames[-1], arguments)
        return values.NetList("System.Collections.ObjectModel.Collection`1", collected)

    def invoke_return_as_is(self: values.ScriptBlock, *arguments: object) -> object:  # type: ignore[misc]
        from .session import current

        return current().call_block(self, arguments)

    def get_new_closure(self: values.ScriptBlock) -> object:  # type: ignore[misc]
        from .scopes import Scope, Variable
        from .session import current

        frame = current().frames[-1]
        scope = Scope(frame.scope.top)
        for outer in reversed(list(frame.scope.chain())[:-1] or [frame.scope]):
            scope.variables.update(
                {
                    name: Variable(found.name, found.get())
                    for name, found in outer.variables.items()
                    if outer.kind != "global" or outer is frame.scope
                }
            )
        return values.ScriptBlock(self.tree, scope)


def _block_attributes(block: values.ScriptBlock) -> object:
    from .expressions import evaluate
    from .objects import CmdletBindingAttribute
    from .session import current

    frame = current().frames[-1]
    return values.NetList("System.Collections.Generic.List`1", [
        CmdletBindingAttribute({name: True if node is None else evaluate(node, frame) for name,
        node in attribute.named.items()})
        for attribute in block.tree.attributes if attribute.name.lower().rpartition(".")[2] in ("cmdletbinding",
        "cmdletbindingattribute")
    ])  # fmt: skip


ScriptBlockMembers.attributes = property(_block_attributes)  # type: ignore[attr-defined]
