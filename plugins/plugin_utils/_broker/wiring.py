# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Puts sessions and transports together (broker process)."""

from __future__ import annotations

import dataclasses
import uuid

from .. import _transport
from .._psrp import _psrpcore
from .._transport import WSManConnection, WSManOptions
from .._wire.errors import ErrorKind, PSSessionError
from .._wire.record import fields
from .._wire.target import Target
from .link import Connection
from .session import Session

#: Of texts and of numbers and dates, whatever the computer's own are: what scripts print is the same everywhere.
_CULTURE = "en-US"


def check_libraries() -> None:
    """Makes sure of the libraries that every session needs; raises MissingLibraryError or TransportError."""
    _psrpcore.require()
    _transport.require("basic")


def make_session(number: int, target: Target) -> Session:
    """A session, not yet opened."""
    return Session(number, target, connect)


def connect(target: Target, session_id: uuid.UUID, envelope: int) -> Connection:
    """A connection by the target's transport; raises PSSessionError (usage) where there is none of that name."""
    if target.transport != "wsman":
        raise PSSessionError(
            ErrorKind.USAGE, f"transport {target.transport!r} is not available in this version: set transport to wsman."
        )
    return WSManConnection(wsman_options(target, envelope), session_id)


def wsman_options(target: Target, envelope: int) -> WSManOptions:
    """The part of a target that the WSMan transport needs; both use the option's names."""
    shared = {field.name for field in dataclasses.fields(WSManOptions)}.intersection(fields(target))
    values = {name: getattr(target, name) for name in shared}
    cultures = {"locale": target.ui_culture or _CULTURE, "data_locale": target.culture or _CULTURE}
    return WSManOptions(**{**values, **cultures, "max_envelope_size": envelope})
