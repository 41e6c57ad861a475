# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a pool gives back: records of a pipeline's streams, and the form that its output takes (broker process)."""

from __future__ import annotations

import dataclasses
import enum
import typing
import uuid


class OutputFormat(enum.Enum):
    """How the objects of the output stream are converted."""

    #: JSON values, see values.to_json.
    OBJECTS = "objects"
    #: One text an object, exactly the text that ansible.builtin.psrp makes of it; errors carry ready texts too.
    STRINGS = "strings"
    #: The output is base64 strings or byte[]; the value of each output record is bytes.
    BYTES = "bytes"


class PipelineState(enum.Enum):
    """A pipeline's life as its client sees it."""

    NOT_STARTED = "not_started"
    RUNNING = "running"
    COMPLETED = "completed"
    STOPPED = "stopped"
    FAILED = "failed"
    #: The pool broke while the pipeline ran: what became of it is unknown.
    LOST = "lost"

    @property
    def ended(self) -> bool:
        """Whether nothing more comes of the pipeline."""
        return self not in (PipelineState.NOT_STARTED, PipelineState.RUNNING)


class Record(typing.NamedTuple):
    """One thing that came back.

    Attributes:
        pipeline_id: The pipeline that it belongs to, None for the pool itself.
        stream: output, error, warning, verbose, debug, information, progress, host_out, host_err, host_call_refused
            (value: the method's name), exit (value: the code given to ``exit``) or state (value: a dictionary of
            ``state``, as "completed", and ``error``, None or as in the error stream); with an interactive host also
            host_call (value: a HostCall, whose answer, if it expects one, goes to PoolClient.answer).
        value: JSON-safe; bytes for the output of OutputFormat.BYTES.
    """

    pipeline_id: uuid.UUID | None
    stream: str
    value: object


@dataclasses.dataclass(frozen=True)
class ServerInfo:
    """What the server said of itself; None where it did not say (before PowerShell 5.1 it says little).

    Attributes:
        protocol_version: Of PSRP, as in ``2.3``.
        ps_version: PowerShell's version, as in ``5.1.17763.1007``.
        edition: ``Desktop`` or ``Core``.
        os: The operating system's own text.
    """

    protocol_version: str | None = None
    ps_version: str | None = None
    edition: str | None = None
    os: str | None = None

    def updated(self, message: object) -> ServerInfo:
        """With what SESSION_CAPABILITY or APPLICATION_PRIVATE_DATA, as JSON, says more."""
        fields = message if isinstance(message, dict) else {}
        private = fields.get("ApplicationPrivateData")
        table = private.get("PSVersionTable") if isinstance(private, dict) else None
        told = {
            "protocol_version": fields.get("protocolversion"),
            **(
                {"ps_version": table.get("PSVersion"), "edition": table.get("PSEdition"), "os": table.get("OS")}
                if isinstance(table, dict)
                else {}
            ),
        }
        return dataclasses.replace(self, **{name: value for name, value in told.items() if isinstance(value, str)})
