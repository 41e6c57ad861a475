# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A client that others wrote: pypsrp, in the place of PowerShell on a Windows computer (pytest process)."""

from __future__ import annotations

import contextlib
import types

import pypsrp.powershell
import pypsrp.wsman

from .endpoint import EndpointProcess


class NativeClient:
    """One runspace pool that knows nothing of the collection; use it with ``with``, which ends it."""

    def __init__(self, endpoint: EndpointProcess, computer: str = "win1") -> None:
        self._wsman = pypsrp.wsman.WSMan(
            endpoint.ready["addresses"][computer],
            port=endpoint.ready["http_ports"][computer],
            username=endpoint.user,
            password=endpoint.password,
            ssl=False,
            auth="ntlm",
            no_proxy=True,
        )
        self._pool = pypsrp.powershell.RunspacePool(self._wsman)

    def __enter__(self) -> NativeClient:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: types.TracebackType | None
    ) -> None:
        # Somebody may have removed or taken over its shell: that is what the tests are about.
        with contextlib.suppress(pypsrp.exceptions.WSManFaultError):
            self._pool.close()
        self._wsman.close()

    @property
    def instance_id(self) -> str:
        """The pool's GUID, as modules show it."""
        return str(self._pool.id).lower()

    def open(self) -> None:
        """Make the session."""
        self._pool.open()

    def run(self, script: str) -> list[object]:
        """The output of a script."""
        shell = pypsrp.powershell.PowerShell(self._pool)
        shell.add_script(script)
        return list(shell.invoke())

    def begin(self, script: str) -> None:
        """Start a script that goes on after `disconnect`."""
        shell = pypsrp.powershell.PowerShell(self._pool)
        shell.add_script(script)
        shell.begin_invoke()

    def disconnect(self) -> None:
        """Leave the session on the server."""
        self._pool.disconnect()
