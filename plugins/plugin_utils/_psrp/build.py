# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a pool sends, as psrpcore's objects and as bytes (broker process)."""

from __future__ import annotations

import struct
import typing
import uuid

from ._psrpcore import ps, psrpcore
from .errors import ProtocolError, ValueNotSupported
from .fragments import HEADER_SIZE, Outbox
from .host import Answer, HostCall
from .pipeline import PipelineSpec
from .repair import repair
from .values import from_json

_MESSAGE_HEADER = 40


class _Null:
    """A null input: psrpcore takes None itself for an empty message of output."""

    @classmethod
    def ToPSObjectForRemoting(cls, instance: _Null, **kwargs: object) -> None:  # noqa: N802  (psrpcore's name)
        """What psrpcore serializes instead: $null."""
        return


def input_object(value: object) -> typing.Any:
    """An input object for psrpcore's ClientPowerShell.send."""
    converted = from_json(value)
    return _Null() if converted is None else converted


def commands(spec: PipelineSpec) -> list[typing.Any]:
    """A pipeline's commands.

    Raises:
        ValueNotSupported: There is none, or a parameter has no PowerShell form.
    """
    if not spec.commands:
        raise ValueNotSupported("a pipeline needs a command")
    result = []
    for each in spec.commands:
        command = psrpcore.Command(each.text, is_script=each.is_script, use_local_scope=each.use_local_scope)
        for name, value in each.parameters:
            command.add_parameter(name, from_json(value))
        command.end_of_statement = each.end_of_statement
        result.append(command)
    # psrpcore would add an empty statement after it.
    result[-1].end_of_statement = False
    return result


def application_arguments(arguments: typing.Mapping[str, object]) -> typing.Any:
    """The type of dictionary that a server accepts as application arguments (MS-PSRP 2.2.3.18)."""
    return ps.PSPrimitiveDictionary(
        {
            name: application_arguments(value) if isinstance(value, dict) else from_json(value)
            for name, value in arguments.items()
        }
    )


def host_response(pipeline_id: uuid.UUID | None, call: HostCall, answer: Answer) -> typing.Any:
    """The message that answers a host call.

    Raises:
        ProtocolError: No host has such a method.
    """
    identifier = getattr(ps.HostMethodIdentifier, call.method, None)
    if not isinstance(identifier, ps.HostMethodIdentifier):
        raise ProtocolError("a host call names no method of a host")
    kind = ps.PipelineHostResponse if pipeline_id else ps.RunspacePoolHostResponse
    response = kind(ci=call.call_id, mi=identifier)
    if answer.error is not None:
        response.me = _host_error(answer.error)
    elif answer.value is not None:
        response.mr = answer.value
    return response


def queue_host_response(
    pool: typing.Any, outbox: Outbox, pipeline_id: uuid.UUID | None, call: HostCall, answer: Answer
) -> None:
    """Queue the answer to a host call; see host_response."""
    response = host_response(pipeline_id, call, answer)
    pool.prepare_message(response, pipeline_id=pipeline_id, stream_type=psrpcore.StreamType.prompt_response)
    drain(pool, outbox)


def _host_error(text: str) -> typing.Any:
    """The exception that a host call raises on the server."""
    return ps.ErrorRecord(
        Exception=ps.NETException(Message=text, HResult=-2146233079),
        CategoryInfo=ps.ErrorCategoryInfo(
            Category=ps.ErrorCategory.NotImplemented, Reason="PSInvalidOperationException"
        ),
        FullyQualifiedErrorId="HostFunctionNotImplemented",
    )


def drain(pool: typing.Any, outbox: Outbox) -> None:
    """Move what psrpcore queued to the outbox; asked without a limit it gives each message as one fragment."""
    payload = pool.data_to_send()
    while payload is not None:
        stream = "pr" if payload.stream_type == psrpcore.StreamType.prompt_response else "stdin"
        data, end = payload.data, 0
        while end < len(data):
            start = end + HEADER_SIZE
            (length,) = struct.unpack_from(">I", data, start - 4)
            xml, end = start + _MESSAGE_HEADER, start + length
            outbox.put(data[start:xml] + repair(data[xml:end]), payload.pipeline_id, stream)
        payload = pool.data_to_send()


def act_on(pool: typing.Any, raw: bytes) -> None:
    """Let psrpcore act on one whole message that came.

    Raises:
        ProtocolError: It makes no sense.
    """
    fragment = struct.pack(">QQBI", 1, 0, 3, len(raw)) + raw
    try:
        pool.receive_data(psrpcore.PSRPPayload(fragment, psrpcore.StreamType.default, None))
        pool.next_event()
    except Exception as error:
        # Whatever a malformed message makes the library raise; its text may quote the message.
        raise ProtocolError(f"a message about the pool cannot be understood ({type(error).__name__})") from None
