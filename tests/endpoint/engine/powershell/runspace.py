# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One runspace: the state that lives between pipelines, and the invocation of pipelines (test endpoint process)."""

from __future__ import annotations

import threading
import typing

from .api import CommandCall, HostCalls, Language, Streams


class Runspace:
    """A PowerShell runspace.

    :param computer_name: what ``$env:COMPUTERNAME`` and ``hostname`` tell.
    :param user: the client's user name, in ``$env:USERNAME`` and ``$PSSenderInfo``.
    :param host: the client's host; None when it has none.
    :param language: NO_LANGUAGE refuses scripts and runs visible commands only.
    :param visible_commands: for NO_LANGUAGE, besides those that every such session has.
    """

    def __init__(
        self,
        computer_name: str,
        user: str,
        host: HostCalls | None = None,
        language: Language = Language.FULL,
        visible_commands: typing.Collection[str] = (),
    ) -> None: ...

    def invoke(
        self,
        statements: typing.Sequence[typing.Sequence[CommandCall]],
        input: typing.Iterable[object],
        streams: Streams,
        stop: threading.Event,
    ) -> None:
        """Runs the pipelines of one CREATE_PIPELINE message, one after the other.

        :param input: the pipeline's input, from_psrp'ed here; may block until the client sends more.
        :raises PSTerminating: the pipeline failed; its ``error_record`` belongs in PIPELINE_STATE.
        :raises PipelineStopped: `stop` was set; its ``error_record`` belongs in PIPELINE_STATE.
        """
