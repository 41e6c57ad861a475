# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the endpoint counts (test endpoint process)."""

from __future__ import annotations

import collections
import dataclasses
import threading


@dataclasses.dataclass
class Counters:
    """Counts since the start, of one computer or of all; times are never counted."""

    connections: int = 0
    tls_failures: int = 0
    authentications: int = 0
    authentication_failures: int = 0
    requests: int = 0
    bytes_in: int = 0
    bytes_out: int = 0
    shells_created: int = 0
    commands: int = 0
    faults: int = 0
    winrm_restarts: int = 0
    #: Authentications by mechanism: basic, ntlm, kerberos, credssp, certificate.
    mechanisms: collections.Counter[str] = dataclasses.field(default_factory=collections.Counter)
    #: Requests by action: Create, Command, Receive, ...
    actions: collections.Counter[str] = dataclasses.field(default_factory=collections.Counter)
    #: How often each script was started, by the sha256 of its text.
    scripts: collections.Counter[str] = dataclasses.field(default_factory=collections.Counter)

    def __post_init__(self) -> None:
        self._lock = threading.Lock()

    def add(self, name: str, amount: int = 1) -> None:
        with self._lock:
            setattr(self, name, getattr(self, name) + amount)

    def count(self, request_bytes: int, answer_bytes: int, action: str) -> None:
        """One answered request."""
        with self._lock:
            self.requests += 1
            self.bytes_in += request_bytes
            self.bytes_out += answer_bytes
            self.actions[action] += 1

    def logon(self, mechanism: str) -> None:
        """Somebody has proven who they are."""
        with self._lock:
            self.authentications += 1
            self.mechanisms[mechanism] += 1

    def script(self, sha256: str) -> None:
        with self._lock:
            self.scripts[sha256] += 1

    def as_dict(self) -> dict[str, object]:
        with self._lock:
            return {
                field.name: dict(value) if isinstance(value := getattr(self, field.name), dict) else value
                for field in dataclasses.fields(self)
            }

    @classmethod
    def sum(cls, several: list[Counters]) -> Counters:
        """All of them together."""
        total = cls()
        for one in several:
            for field in dataclasses.fields(cls):
                setattr(total, field.name, getattr(total, field.name) + getattr(one, field.name))
        return total
