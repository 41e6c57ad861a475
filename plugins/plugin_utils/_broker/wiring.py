# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Puts sessions and transports together (broker process)."""

from __future__ import annotations

import dataclasses
import typing
import uuid

from .._transport import Line, LocalOptions, LocalProgram, SSHOptions, SSHProgram, WSManConnection, WSManOptions
from .._wire.errors import ErrorKind, PSSessionError
from .._wire.record import fields
from .._wire.target import Target
from .courier import Connect
from .link import Connection
from .session import Session

#: Of texts and of numbers and dates, whatever the computer's own are: what scripts print is the same everywhere.
_CULTURE = "en-US"


def make_session(private_directory: str, number: int, target: Target) -> Session:
    """A session, not yet opened; raises PSSessionError (usage) for a transport that there is not.

    Args:
        private_directory: A directory that nobody else may enter.
        number: Its Id.
        target: Who connects where and how.
    """
    return Session(number, target, _connect_by(target.transport, private_directory))


def _connect_by(transport: str, private_directory: str) -> Connect:
    """What makes one session's connections."""
    if transport == "wsman":
        return connect_wsman
    if transport not in ("local", "ssh"):
        raise PSSessionError(ErrorKind.USAGE, f"There is no transport {transport!r}: set it to wsman, ssh or local.")
    line = Line()

    def connect(target: Target, _client_id: uuid.UUID, _envelope: int) -> Connection:
        program: LocalProgram | SSHProgram
        if transport == "local":
            program = LocalProgram(LocalOptions(**shared(LocalOptions, target)))
        else:
            options = {**shared(SSHOptions, target), "private_directory": private_directory}
            program = SSHProgram(SSHOptions(**options))
        return line.connect(program, target.operation_timeout)

    return connect


def connect_wsman(target: Target, client_id: uuid.UUID, envelope: int) -> Connection:
    """A connection to a WSMan service."""
    return WSManConnection(wsman_options(target, envelope), client_id)


def wsman_options(target: Target, envelope: int) -> WSManOptions:
    """The part of a target that the WSMan transport needs; both use the option's names."""
    cultures = {"locale": target.ui_culture or _CULTURE, "data_locale": target.culture or _CULTURE}
    return WSManOptions(**{**shared(WSManOptions, target), **cultures, "max_envelope_size": envelope})


def shared(options: typing.Any, target: Target) -> dict[str, typing.Any]:
    """A target's fields that a transport has as options."""
    names = {field.name for field in dataclasses.fields(options)}.intersection(fields(target))
    return {name: getattr(target, name) for name in names}
