# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One runspace pool's client half, sans-IO and safe to use from several threads (broker process)."""

from __future__ import annotations

import dataclasses
import typing
import uuid

from .pipeline import Pipeline, PipelineSpec
from .records import OutputFormat, Record


@dataclasses.dataclass(frozen=True)
class Outgoing:
    """Bytes to send: whole fragments of one target.

    Attributes:
        pipeline_id: The pipeline that they are for, None for the pool.
        data: The fragments; at most the limit that was asked for.
        stream: WSMan's stream for them, ``stdin``, or ``pr`` for answers to host calls.
    """

    pipeline_id: uuid.UUID | None
    data: bytes
    stream: str


@dataclasses.dataclass(frozen=True)
class ServerInfo:
    """What the server said of itself; None where it did not say (before PowerShell 5.1 it says little).

    Attributes:
        protocol_version: Of PSRP, as in ``2.3``.
        ps_version: PowerShell's version, as in ``5.1.17763.1007``.
        edition: ``Desktop`` or ``Core``.
        os: The operating system's own text.
    """

    protocol_version: str | None
    ps_version: str | None
    edition: str | None
    os: str | None


class PoolClient:
    """One runspace pool's client half: min = max = 1 runspace.

    Args:
        pool_id: The pool's id, which is the WSMan shell's id too.
        application_arguments: What ``$PSSenderInfo.ApplicationArguments`` shows; JSON values.
        output: The format for pipelines that name none.
    """

    opened: bool
    broken: str | None
    server: ServerInfo | None
    key_exchanged: bool

    def __init__(
        self,
        pool_id: uuid.UUID,
        application_arguments: typing.Mapping[str, object] | None = None,
        output: OutputFormat = OutputFormat.OBJECTS,
    ) -> None:
        raise NotImplementedError

    def creation(self) -> bytes:
        """The fragments for creationXml: SESSION_CAPABILITY and INIT_RUNSPACEPOOL."""
        raise NotImplementedError

    def connection(self) -> bytes:
        """The fragments for connectXml: SESSION_CAPABILITY and CONNECT_RUNSPACEPOOL."""
        raise NotImplementedError

    def start(self, spec: PipelineSpec, output_format: OutputFormat | None = None) -> Pipeline:
        """Queue a new pipeline.

        Raises:
            SessionKeyRequired: The spec holds a SecureString (see needs_key) and there is no session key yet.
            StateError: The pool is not open.
            ValueNotSupported: A parameter has no PowerShell form.
        """
        raise NotImplementedError

    def adopt(self, pipeline_id: uuid.UUID, output_format: OutputFormat | None = None) -> Pipeline:
        """Register a pipeline that another client started, as running, before its data is fed."""
        raise NotImplementedError

    def needs_key(self, spec: PipelineSpec) -> bool:
        """Whether start() would raise SessionKeyRequired: a SecureString is in the spec and no key was exchanged."""
        raise NotImplementedError

    def request_key(self) -> None:
        """Queue PUBLIC_KEY; key_exchanged turns true when the answer was fed. Asking again is no error."""
        raise NotImplementedError

    def take(self, limit: int, pipeline_id: uuid.UUID | None = None) -> Outgoing | None:
        """The next bytes to send, or None.

        Args:
            limit: The largest size in bytes, at least 22 (a fragment's header and one byte).
            pipeline_id: Only what is for that pipeline; None takes whatever is next.
        """
        raise NotImplementedError

    def feed(self, data: bytes) -> list[Record]:
        """Take what a Receive brought.

        Raises:
            ProtocolError: It cannot be parsed, or a fragment is missing; ``broken`` then has the reason.
        """
        raise NotImplementedError

    def close_pipeline(self, pipeline_id: uuid.UUID) -> None:
        """Forget a pipeline: what is queued for it is dropped, what still comes of it is ignored."""
        raise NotImplementedError

    def disconnected(self) -> None:
        """The transport disconnected the shell."""
        raise NotImplementedError

    def reconnected(self) -> None:
        """The transport reconnected the shell; pipelines go on."""
        raise NotImplementedError
