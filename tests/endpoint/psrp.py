# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A PowerShell shell: what the WSMan plugin does between the wire and the engine (test endpoint process).

It knows as much of PSRP as PowerShell's own plugin does: it counts what a client sends, keeps what the pool said when
it opened (a new client that connects is told again), and hashes the scripts that arrive, for the counters.
"""

from __future__ import annotations

import base64
import collections.abc
import hashlib
import html
import re
import struct
import uuid

from .config import Quotas
from .engine.api import EngineSession
from .shells import Command, Shell
from .wsmanfault import WSManFault, invalid_message, plugin_failed

_HEADER = struct.Struct(">QQBI")
_MESSAGE_HEADER = 40
_SESSION_CAPABILITY = 0x00010002
_INIT_RUNSPACEPOOL = 0x00010004
_CREATE_PIPELINE = 0x00021006
_APPLICATION_PRIVATE_DATA = 0x00021009
_RUNSPACEPOOL_INIT_DATA = 0x0002100B
_SCRIPT = re.compile(rb'<S N="Cmd">(.*?)</S>', re.DOTALL)
_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")
_RUNSPACES = re.compile(rb'<I32 N="(Min|Max)Runspaces">(\d{1,6})</I32>')
#: Object ids of messages that the endpoint itself writes; an engine's own never come near.
_OWN_OBJECTS = 1 << 62

MessageHandler = collections.abc.Callable[[int, bytes], None]


class FragmentReader:
    """Follows a stream of fragments: limits, and whole messages of the kinds that somebody wants."""

    def __init__(self, wanted: collections.abc.Collection[int], found: MessageHandler) -> None:
        self._wanted = wanted
        self._found = found
        self._rest = b""
        self._objects: dict[int, int] = {}
        self._kept: dict[int, bytearray] = {}
        self.received = 0

    def feed(self, data: bytes, object_limit: float = float("inf")) -> None:
        """Reads on; ValueError for what are no fragments, OverflowError for an object over the limit (bytes)."""
        self.received += len(data)
        data = self._rest + data
        position = 0
        while position + _HEADER.size <= len(data):
            object_id, _fragment_id, bits, length = _HEADER.unpack_from(data, position)
            if bits & ~0x3:
                raise ValueError("The data is no PSRP fragment.")
            if self._objects.get(object_id, 0) + length > object_limit:
                raise OverflowError(self._objects.get(object_id, 0) + length)
            end = position + _HEADER.size + length
            if end > len(data):
                break
            self._fragment(object_id, bits, data[position + _HEADER.size : end])
            position = end
        self._rest = data[position:]

    def _fragment(self, object_id: int, bits: int, blob: bytes) -> None:
        if bits & 0x1:
            self._objects[object_id] = 0
            kind = struct.unpack_from("<I", blob, 4)[0] if len(blob) >= _MESSAGE_HEADER else None
            if kind in self._wanted:
                self._kept[object_id] = bytearray()
        self._objects[object_id] = self._objects.get(object_id, 0) + len(blob)
        if object_id in self._kept:
            self._kept[object_id] += blob
        if bits & 0x2:
            self._objects.pop(object_id, None)
            message = self._kept.pop(object_id, None)
            if message is not None and len(message) >= _MESSAGE_HEADER:
                self._found(struct.unpack_from("<I", message, 4)[0], bytes(message))


def script_of(create_pipeline: bytes) -> str:
    """The text of the first command of a CREATE_PIPELINE message; empty when it has none."""
    match = _SCRIPT.search(create_pipeline)
    if match is None:
        return ""
    text = html.unescape(match.group(1).decode("utf-8", "replace"))
    # MS-PSRP 2.2.5.3.2: UTF-16 code units, so what is outside of the BMP comes as two of them.
    units = _ESCAPED.sub(lambda unit: chr(int(unit.group(1), 16)), text).encode("utf-16-le", "surrogatepass")
    return units.decode("utf-16-le", "replace")


class PowerShellRuntime:
    """Stands between a shell and the runspace pool that an engine opened for it."""

    can_disconnect = True

    def __init__(
        self,
        shell: Shell,
        creation: bytes,
        quotas: Quotas,
        started: collections.abc.Callable[[str], None],
        gone: collections.abc.Callable[[], None],
    ) -> None:
        self._shell = shell
        self._quotas = quotas
        self._started = started
        self._gone = gone
        self._session: EngineSession | None = None
        self._pool_id = uuid.UUID(shell.shell_id)
        self._runspaces = {"Min": 1, "Max": 1}
        self._opening: dict[int, bytes] = {}
        self._own_objects = _OWN_OBJECTS
        self._from_pool = FragmentReader((_SESSION_CAPABILITY, _APPLICATION_PRIVATE_DATA), self._opening_message)
        self._inputs: dict[str | None, FragmentReader] = {None: FragmentReader((_INIT_RUNSPACEPOOL,), self._pool_said)}
        try:
            self._inputs[None].feed(creation)
        except ValueError as error:
            raise invalid_message(f"creationXml: {error} ") from None

    def opened(self, session: EngineSession) -> None:
        """The engine's side; it comes after this object, which is the sink that the engine needs to open."""
        self._session = session

    # What the engine says (engine.api.Sink).

    def data(self, pipeline_id: uuid.UUID | None, data: bytes) -> None:
        if pipeline_id is None and len(self._opening) < 2:
            self._from_pool.feed(data)
        channel = self._shell.channel(pipeline_id)
        if channel is not None:
            channel.put("stdout", data)

    def pipeline_ended(self, pipeline_id: uuid.UUID) -> None:
        channel = self._shell.channel(pipeline_id)
        if channel is not None:
            with self._shell.changed:
                channel.finish()

    def exited(self, reason: str) -> None:
        self._gone()

    # What the client says (shells.Runtime).

    def command(self, command: Command, line: str, arguments: list[str], skip_cmd: bool) -> None:
        self._inputs[command.command_id] = FragmentReader((_CREATE_PIPELINE,), self._pipeline_arrived)
        data = b"".join(decode_base64(argument) for argument in arguments)
        self._count(command, data)
        self._engine.create_pipeline(uuid.UUID(command.command_id), data)

    def send(self, command: Command | None, stream: str, data: bytes, end: bool) -> None:
        self._count(command, data)
        self._engine.send(None if command is None else uuid.UUID(command.command_id), data)

    def signal(self, command: Command, code: str) -> None:
        self._engine.stop_pipeline(uuid.UUID(command.command_id))

    def terminate(self, command: Command) -> None:
        self._inputs.pop(command.command_id, None)
        self._engine.close_pipeline(uuid.UUID(command.command_id))

    def connect(self, data: bytes) -> bytes:
        """Answers CONNECT_RUNSPACEPOOL and queues APPLICATION_PRIVATE_DATA, as the recorded server does."""
        try:
            FragmentReader((), self._opening_message).feed(data)
        except ValueError as error:
            raise invalid_message(f"connectXml: {error} ") from None
        if len(self._opening) < 2:
            raise plugin_failed("The runspace pool has not finished to open. ")
        init_data = (
            f'<Obj RefId="0"><MS><I32 N="MinRunspaces">{self._runspaces["Min"]}</I32>'
            f'<I32 N="MaxRunspaces">{self._runspaces["Max"]}</I32></MS></Obj>'
        ).encode()
        header = struct.pack("<II", 1, _RUNSPACEPOOL_INIT_DATA) + self._pool_id.bytes_le + bytes(16)
        self._shell.pool.put("stdout", self._own_fragment(self._opening[_APPLICATION_PRIVATE_DATA]))
        return self._own_fragment(self._opening[_SESSION_CAPABILITY]) + self._own_fragment(header + init_data)

    def close(self) -> None:
        if self._session is not None:
            self._session.close()

    @property
    def _engine(self) -> EngineSession:
        if self._session is None:
            raise plugin_failed("The runspace pool is not open. ")
        return self._session

    def _count(self, command: Command | None, data: bytes) -> None:
        """PowerShell's receive quotas: breaks the pipeline (the caller closes it) with the text that PowerShell has."""
        reader = self._inputs.get(None if command is None else command.command_id)
        if reader is None:
            return
        mega = 1024 * 1024
        object_limit = self._quotas.max_received_object_mb * mega or float("inf")
        command_limit = self._quotas.max_received_data_per_command_mb * mega or float("inf")
        try:
            reader.feed(data, object_limit)
        except OverflowError as error:
            raise ReceiveQuota(
                "The current deserialized object size of the data received from the remote client computer exceeded "
                f"the allowed maximum object size. The current deserialized object size is {error.args[0]}. The "
                f"allowed maximum object size is {object_limit:.0f}. "
            ) from None
        except ValueError as error:
            raise plugin_failed(f"{error} ") from None
        if command is not None and reader.received > command_limit:
            raise ReceiveQuota(
                "The total data received from the remote client exceeded the allowed maximum. The allowed maximum is "
                f"{command_limit:.0f}. "
            )

    def _pool_said(self, kind: int, message: bytes) -> None:
        for name, value in _RUNSPACES.findall(message):
            self._runspaces[name.decode()] = int(value)

    def _pipeline_arrived(self, kind: int, message: bytes) -> None:
        self._started(hashlib.sha256(script_of(message).encode()).hexdigest())

    def _opening_message(self, kind: int, message: bytes) -> None:
        self._opening.setdefault(kind, message)

    def _own_fragment(self, message: bytes) -> bytes:
        self._own_objects += 1
        return _HEADER.pack(self._own_objects, 0, 0x3, len(message)) + message


class ReceiveQuota(WSManFault):
    """PowerShell broke the pipeline, or the whole session, because its client sent too much."""

    def __init__(self, text: str) -> None:
        # WSManPluginErrorCodes.ManagedException of PowerShell's plugin.
        provider = ("microsoft.powershell", r"C:\Windows\system32\pwrshplugin.dll")
        super().__init__(0x80540FA0, text, provider=provider)


def decode_base64(text: str | None) -> bytes:
    """The bytes of a stream or an argument; a fault when it is no base64."""
    try:
        return base64.b64decode("".join((text or "").split()), validate=True)
    except ValueError:
        raise invalid_message("A stream or an argument is no base64. ") from None
