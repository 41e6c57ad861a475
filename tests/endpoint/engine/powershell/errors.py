# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Exceptions of .NET as values, error records, and how both travel through the interpreter (test endpoint process)."""

from __future__ import annotations

import dataclasses
import enum
import typing

from .syntax import Extent

if typing.TYPE_CHECKING:
    from .records import InvocationInfo

_AUTOMATION = "System.Management.Automation."
#: Exception -> (base, HResult or None for the base's).
_EXCEPTIONS: dict[str, tuple[str, int | None]] = {
    "System.Exception": ("", -2146233088),
    "System.SystemException": ("System.Exception", -2146233087),
    "System.AccessViolationException": ("System.SystemException", -2147467261),
    "System.ArgumentException": ("System.SystemException", -2147024809),
    "System.ArgumentNullException": ("System.ArgumentException", -2147467261),
    "System.ArgumentOutOfRangeException": ("System.ArgumentException", -2146233086),
    "System.ArithmeticException": ("System.SystemException", -2147024362),
    "System.DivideByZeroException": ("System.ArithmeticException", -2147352558),
    "System.FormatException": ("System.SystemException", -2146233033),
    "System.IndexOutOfRangeException": ("System.SystemException", -2146233080),
    "System.InvalidCastException": ("System.SystemException", -2147467262),
    "System.InvalidOperationException": ("System.SystemException", -2146233079),
    "System.ObjectDisposedException": ("System.InvalidOperationException", -2146232798),
    "System.NotImplementedException": ("System.SystemException", -2147467263),
    "System.NotSupportedException": ("System.SystemException", -2146233067),
    "System.NullReferenceException": ("System.SystemException", -2147467261),
    "System.OperationCanceledException": ("System.SystemException", -2146233029),
    "System.OverflowException": ("System.ArithmeticException", -2146233066),
    "System.TimeoutException": ("System.SystemException", -2146233083),
    "System.UnauthorizedAccessException": ("System.SystemException", -2147024891),
    "System.Collections.Generic.KeyNotFoundException": ("System.SystemException", -2146232969),
    "System.IO.IOException": ("System.SystemException", -2146232800),
    "System.IO.DirectoryNotFoundException": ("System.IO.IOException", -2147024893),
    "System.IO.EndOfStreamException": ("System.IO.IOException", -2147024858),
    "System.IO.FileNotFoundException": ("System.IO.IOException", -2147024894),
    "System.IO.PathTooLongException": ("System.IO.IOException", -2147024690),
    "System.Security.SecurityException": ("System.SystemException", -2146233078),
    "Microsoft.PowerShell.Commands.WriteErrorException": ("System.SystemException", None),
    "Microsoft.PowerShell.Commands.ProcessCommandException": ("System.SystemException", None),
    f"{_AUTOMATION}RuntimeException": ("System.SystemException", None),
    f"{_AUTOMATION}ActionPreferenceStopException": (f"{_AUTOMATION}RuntimeException", None),
    f"{_AUTOMATION}CommandNotFoundException": (f"{_AUTOMATION}RuntimeException", None),
    f"{_AUTOMATION}MetadataException": (f"{_AUTOMATION}RuntimeException", None),
    f"{_AUTOMATION}ValidationMetadataException": (f"{_AUTOMATION}MetadataException", None),
    f"{_AUTOMATION}MethodException": ("System.Management.Automation.ExtendedTypeSystemException", None),
    f"{_AUTOMATION}MethodInvocationException": (f"{_AUTOMATION}MethodException", None),
    f"{_AUTOMATION}ExtendedTypeSystemException": (f"{_AUTOMATION}RuntimeException", None),
    f"{_AUTOMATION}SetValueException": (f"{_AUTOMATION}ExtendedTypeSystemException", None),
    f"{_AUTOMATION}SetValueInvocationException": (f"{_AUTOMATION}SetValueException", None),
    f"{_AUTOMATION}GetValueInvocationException": (f"{_AUTOMATION}GetValueException", None),
    f"{_AUTOMATION}GetValueException": (f"{_AUTOMATION}ExtendedTypeSystemException", None),
    f"{_AUTOMATION}PSInvalidCastException": ("System.InvalidCastException", None),
    f"{_AUTOMATION}PSInvalidOperationException": ("System.InvalidOperationException", None),
    f"{_AUTOMATION}PSNotSupportedException": ("System.NotSupportedException", None),
    f"{_AUTOMATION}PSArgumentException": ("System.ArgumentException", None),
    f"{_AUTOMATION}ParameterBindingException": (f"{_AUTOMATION}RuntimeException", None),
    f"{_AUTOMATION}ParameterBindingArgumentTransformationException": (
        f"{_AUTOMATION}ParameterBindingException",
        None,
    ),
    f"{_AUTOMATION}ArgumentTransformationMetadataException": (f"{_AUTOMATION}MetadataException", None),
    f"{_AUTOMATION}PropertyNotFoundException": (f"{_AUTOMATION}ExtendedTypeSystemException", None),
    "System.Text.RegularExpressions.RegexParseException": ("System.ArgumentException", None),
    "System.Xml.XPath.XPathException": ("System.SystemException", -2146231997),
    "System.Xml.XmlException": ("System.SystemException", -2146232000),
    "System.Text.Json.JsonException": ("System.Exception", None),
    "System.RankException": ("System.SystemException", -2146233065),
    "System.PlatformNotSupportedException": ("System.NotSupportedException", -2146233031),
    "System.Threading.Tasks.TaskCanceledException": ("System.OperationCanceledException", None),
    "System.ArrayTypeMismatchException": ("System.SystemException", -2146233085),
    "System.OutOfMemoryException": ("System.SystemException", -2147024882),
    "System.ApplicationException": ("System.Exception", -2146232832),
    "System.AggregateException": ("System.Exception", None),
    "System.Net.WebException": ("System.InvalidOperationException", None),
    "System.ComponentModel.Win32Exception": ("System.SystemException", -2147467259),
    "System.Threading.ThreadAbortException": ("System.SystemException", None),
    "System.IO.InvalidDataException": ("System.SystemException", -2146233085),
    f"{_AUTOMATION}ParameterBindingValidationException": (f"{_AUTOMATION}ParameterBindingException", None),
    f"{_AUTOMATION}ParseException": (f"{_AUTOMATION}RuntimeException", None),
    f"{_AUTOMATION}IncompleteParseException": (f"{_AUTOMATION}ParseException", None),
    f"{_AUTOMATION}PipelineStoppedException": (f"{_AUTOMATION}RuntimeException", None),
    f"{_AUTOMATION}NativeCommandExitException": (f"{_AUTOMATION}RuntimeException", None),
    f"{_AUTOMATION}RemoteException": (f"{_AUTOMATION}RuntimeException", None),
    f"{_AUTOMATION}ScriptCallDepthException": ("System.SystemException", None),
    f"{_AUTOMATION}SessionStateException": (f"{_AUTOMATION}RuntimeException", None),
    f"{_AUTOMATION}SessionStateUnauthorizedAccessException": (f"{_AUTOMATION}SessionStateException", None),
    f"{_AUTOMATION}ItemNotFoundException": (f"{_AUTOMATION}SessionStateException", None),
    f"{_AUTOMATION}Host.HostException": (f"{_AUTOMATION}RuntimeException", None),
    f"{_AUTOMATION}DriveNotFoundException": (f"{_AUTOMATION}SessionStateException", None),
}
#: What an exception says that was made without a message; "Exception of type ..." where none stands here.
_MESSAGES = {
    "System.SystemException": "System error.",
    "System.ApplicationException": "Error in the application.",
    "System.AggregateException": "One or more errors occurred.",
    "System.ArgumentException": "Value does not fall within the expected range.",
    "System.ArgumentNullException": "Value cannot be null.",
    "System.ArgumentOutOfRangeException": "Specified argument was out of the range of valid values.",
    "System.ArithmeticException": "Overflow or underflow in the arithmetic operation.",
    "System.ArrayTypeMismatchException": "Attempted to access an element as a type incompatible with the array.",
    "System.DivideByZeroException": "Attempted to divide by zero.",
    "System.FormatException": "One of the identified items was in an invalid format.",
    "System.IndexOutOfRangeException": "Index was outside the bounds of the array.",
    "System.InvalidCastException": "Specified cast is not valid.",
    "System.InvalidOperationException": "Operation is not valid due to the current state of the object.",
    "System.NotImplementedException": "The method or operation is not implemented.",
    "System.NotSupportedException": "Specified method is not supported.",
    "System.PlatformNotSupportedException": "Operation is not supported on this platform.",
    "System.NullReferenceException": "Object reference not set to an instance of an object.",
    "System.OperationCanceledException": "The operation was canceled.",
    "System.Threading.Tasks.TaskCanceledException": "A task was canceled.",
    "System.OutOfMemoryException": "Insufficient memory to continue the execution of the program.",
    "System.OverflowException": "Arithmetic operation resulted in an overflow.",
    "System.RankException": "Attempted to operate on an array with the incorrect number of dimensions.",
    "System.TimeoutException": "The operation has timed out.",
    "System.UnauthorizedAccessException": "Attempted to perform an unauthorized operation.",
    "System.Collections.Generic.KeyNotFoundException": "The given key was not present in the dictionary.",
    "System.IO.IOException": "I/O error occurred.",
    "System.IO.DirectoryNotFoundException": "Attempted to access a path that is not on the disk.",
    "System.IO.EndOfStreamException": "Attempted to read past the end of the stream.",
    "System.IO.FileNotFoundException": "Unable to find the specified file.",
    "System.IO.PathTooLongException": "The specified file name or path is too long, or a component of the specified "
    "path is too long.",
    "System.Security.SecurityException": "Security error.",
}
RUNTIME = f"{_AUTOMATION}RuntimeException"


class Category(enum.IntEnum):
    """System.Management.Automation.ErrorCategory"""

    NotSpecified = 0
    OpenError = 1
    CloseError = 2
    DeviceError = 3
    DeadlockDetected = 4
    InvalidArgument = 5
    InvalidData = 6
    InvalidOperation = 7
    InvalidResult = 8
    InvalidType = 9
    MetadataError = 10
    NotImplemented = 11
    NotInstalled = 12
    ObjectNotFound = 13
    OperationStopped = 14
    OperationTimeout = 15
    SyntaxError = 16
    ParserError = 17
    PermissionDenied = 18
    ResourceBusy = 19
    ResourceExists = 20
    ResourceUnavailable = 21
    ReadError = 22
    WriteError = 23
    FromStdErr = 24
    SecurityError = 25
    ProtocolError = 26
    ConnectionError = 27
    AuthenticationError = 28
    LimitsExceeded = 29
    QuotaExceeded = 30
    NotEnabled = 31


def exception_types() -> typing.Iterable[str]:
    return _EXCEPTIONS


def exception_bases(name: str) -> list[str]:
    """The type and its bases, down to System.Object."""
    chain = []
    while name:
        chain.append(name)
        name = _EXCEPTIONS[name][0]
    return [*chain, "System.Object"]


def default_message(type_name: str) -> str:
    return _MESSAGES.get(type_name, f"Exception of type '{type_name}' was thrown.")


class ExceptionObject:
    """An exception of .NET; its type is a name, known or of a class that a script defined."""

    def __init__(
        self,
        type_name: str,
        message: str | None = None,
        inner: ExceptionObject | None = None,
        **properties: object,
    ) -> None:
        self.type_names = exception_bases(type_name)
        self.message = message if message is not None else default_message(type_name)
        self.inner = inner
        #: What the type has besides the members of System.Exception, in .NET's order.
        self.properties = properties
        self.error_record: ErrorRecord | None = None
        self.thrown_by_script = False
        self.data: dict[str, object] = {}
        #: Its HResult where that is not its type's.
        self.code: int | None = None

    @property
    def hresult(self) -> int:
        if self.code is not None:
            return self.code
        results = (_EXCEPTIONS[name][1] for name in self.type_names if name in _EXCEPTIONS)
        return next((result for result in results if result is not None), -2146233088)

    def is_a(self, type_name: str) -> bool:
        return any(name.lower() == type_name.lower() for name in self.type_names)

    def __str__(self) -> str:
        text = f"{self.type_names[0]}: {self.message}"
        if self.inner:
            text += f"\n ---> {self.inner}\n   --- End of inner exception stack trace ---"
        return text


@dataclasses.dataclass
class ErrorRecord:
    """System.Management.Automation.ErrorRecord"""

    exception: ExceptionObject
    error_id: str
    category: Category = Category.NotSpecified
    target: object = None
    activity: str = ""
    #: Set by Write-Error -Category*; else they follow from exception and target.
    reason: str | None = None
    target_name: str | None = None
    target_type: str | None = None
    details: str | None = None
    recommended_action: str | None = None
    invocation: InvocationInfo | None = None
    script_stack_trace: str | None = None
    #: How many objects each command of the pipeline had taken.
    pipeline_iteration: tuple[int, ...] = (0, 0)
    #: Ends the pipeline: the message then lacks what PowerShell's type data adds.
    final: bool = False
    #: Written to the error stream: the message then tells about the invocation at length.
    extended: bool = False

    def __str__(self) -> str:
        return self.details if self.details is not None else self.exception.message

    @property
    def category_reason(self) -> str:
        return self.reason if self.reason is not None else self.exception.type_names[0].rpartition(".")[2]


class PSTerminating(Exception):
    """A terminating error on its way to a catch block or to the end of the pipeline."""

    def __init__(self, error_record: ErrorRecord, unwinds: bool = False) -> None:
        super().__init__(str(error_record))
        self.error_record = error_record
        #: No statement follows the one that failed, whatever the client asked for: the preference Stop.
        self.unwinds = unwinds
        #: It unwinds as far as out of this function's call alone (ThrowTerminatingError).
        self.until: object = None
        #: A throw statement raised it, whatever it is that was thrown.
        self.thrown = False


class PipelineStopped(PSTerminating):
    """The client stopped the pipeline; no catch block sees it, finally blocks run."""

    def __init__(self) -> None:
        exception = ExceptionObject(f"{_AUTOMATION}PipelineStoppedException", "The pipeline has been stopped.")
        super().__init__(ErrorRecord(exception, "PipelineStopped", Category.OperationStopped, final=True))


class ParseError(Exception):
    """What the parser refuses."""

    def __init__(self, message: str, error_id: str, extent: Extent, incomplete: bool = False) -> None:
        super().__init__(message)
        self.message, self.error_id, self.extent, self.incomplete = message, error_id, extent, incomplete

    def terminating(self) -> PSTerminating:
        """What PowerShell makes of it: what goes on after the input's end has no place that could be shown."""
        from .records import InvocationInfo
        from .values import TypedArray

        if self.incomplete:
            exception = ExceptionObject(f"{_AUTOMATION}IncompleteParseException", self.message, Errors=None)
            return PSTerminating(ErrorRecord(exception, self.error_id, Category.ParserError))
        invocation = InvocationInfo(None, self.extent)
        text = f"{invocation.position_message}\n{self.message}"
        errors = TypedArray("System.Object", [text])
        exception = ExceptionObject(f"{_AUTOMATION}ParseException", text, Errors=errors)
        return PSTerminating(ErrorRecord(exception, self.error_id, Category.ParserError, invocation=invocation))


class NetError(Exception):
    """An exception that .NET code throws, before PowerShell wraps it."""

    def __init__(self, type_name: str, message: str | None = None, **properties: object) -> None:
        self.exception = ExceptionObject(type_name, message, None, **properties)
        super().__init__(self.exception.message)


def net_failure(exception: ExceptionObject) -> PSTerminating:
    """An exception of .NET that nothing wrapped, as the error of a statement."""
    return PSTerminating(ErrorRecord(exception, exception.type_names[0], Category.OperationStopped))


class ConversionError(Exception):
    """A language conversion that failed."""

    def __init__(self, message: str, error_id: str, inner: ExceptionObject | None = None) -> None:
        super().__init__(message)
        self.exception = ExceptionObject(f"{_AUTOMATION}PSInvalidCastException", message, inner)
        self.error_id = error_id


def runtime_error(
    message: str,
    error_id: str = "RuntimeException",
    category: Category = Category.InvalidOperation,
    target: object = None,
    inner: ExceptionObject | None = None,
    type_name: str = RUNTIME,
    **properties: object,
) -> PSTerminating:
    """The error of a statement, to be raised; the interpreter adds where it happened."""
    exception = ExceptionObject(type_name, message, inner, **properties)
    return PSTerminating(ErrorRecord(exception, error_id, category, target))


# How break, continue, return and exit leave what they leave.


class BreakSignal(Exception):
    def __init__(self, label: str | None) -> None:
        super().__init__(label)
        self.label = label


class ContinueSignal(Exception):
    def __init__(self, label: str | None) -> None:
        super().__init__(label)
        self.label = label


class ReturnSignal(Exception):
    """What is returned has been written already."""


class ExitSignal(Exception):
    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


class UpstreamDone(Exception):
    """A command needs no more input (Select-Object -First)."""

    def __init__(self, command: object) -> None:
        super().__init__()
        self.command = command
