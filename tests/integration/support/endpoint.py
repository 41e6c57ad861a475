# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The test endpoint as a process beside the tests, and what an inventory has to say about it (pytest process)."""

from __future__ import annotations

import collections
import collections.abc
import contextlib
import json
import os
import pathlib
import secrets
import subprocess
import sys
import tempfile
import time
import types
import typing

from ...endpoint.config import Manners, Quotas
from ...endpoint.control import ControlClient

_MODULE = "ansible_collections.remoting.powershell.tests.endpoint"
_START_SECONDS = 60
_STOP_SECONDS = 30
_PASSWORD_VARIABLE = "ENDPOINT_PASSWORD"


class EndpointProcess:
    """A running endpoint; use it with ``with``.

    Args:
        computers: Their names; each has ports of its own.
        options: Further arguments of the endpoint's command line.
        log: A file for what the endpoint prints; without one it goes where the caller's own output goes.
    """

    def __init__(
        self,
        computers: collections.abc.Sequence[str],
        options: collections.abc.Sequence[str] = (),
        log: pathlib.Path | None = None,
    ) -> None:
        self.computers = tuple(computers)
        self.user = "tester"
        self.password = secrets.token_urlsafe(12)
        self._options = tuple(options)
        self._log = log
        self._stack = contextlib.ExitStack()
        self._changed: set[tuple[str, str]] = set()
        self.ready: dict[str, typing.Any] = {}

    def __enter__(self) -> EndpointProcess:
        with contextlib.ExitStack() as stack:
            folder = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="pss-endpoint-")))
            process = self._start(folder)
            stack.callback(self._stop, process)
            self.ready = self._wait(process, folder / "ready.json")
            self._stack = stack.pop_all()
        self._control = ControlClient(self.ready["control_port"], self.ready["control_token"])
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: types.TracebackType | None
    ) -> None:
        self._stack.close()

    def _start(self, folder: pathlib.Path) -> subprocess.Popen[bytes]:
        arguments = ["--http", "0", "--https", "0", "--computers", ",".join(self.computers)]
        arguments += ["--user", self.user, "--password-env", _PASSWORD_VARIABLE]
        arguments += ["--ready-file", str(folder / "ready.json"), "--parent-pid", str(os.getpid())]
        with open(self._log, "wb") if self._log else contextlib.nullcontext() as output:
            return subprocess.Popen(
                [sys.executable, "-m", _MODULE, *arguments, *self._options],
                env={**os.environ, _PASSWORD_VARIABLE: self.password, "TMPDIR": str(folder)},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )

    @staticmethod
    def _wait(process: subprocess.Popen[bytes], ready: pathlib.Path) -> dict[str, typing.Any]:
        deadline = time.monotonic() + _START_SECONDS
        while not ready.exists():
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"the test endpoint did not start (exit code {process.poll()})")
            time.sleep(0.02)
        facts = json.loads(ready.read_text(encoding="utf-8"))
        assert isinstance(facts, dict)
        return facts

    @staticmethod
    def _stop(process: subprocess.Popen[bytes]) -> None:
        process.terminate()
        try:
            process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise RuntimeError("the test endpoint did not end when asked to") from None

    @property
    def engine(self) -> str:
        """What runs PowerShell there."""
        return str(self.ready["engine"])

    def call(self, resource: str, **body: typing.Any) -> typing.Any:
        """Ask the control resource (status, fault, clear, advance, restart)."""
        return self._control.call(resource, **body)

    def quota(self, name: str, value: float) -> None:
        """Change one of ``endpoint.config.Quotas`` until the next reset."""
        self.call("quota", name=name, value=value)
        self._changed.add(("quota", name))

    def manner(self, name: str, value: object) -> None:
        """Change one of ``endpoint.config.Manners`` until the next reset."""
        self.call("manner", name=name, value=value)
        self._changed.add(("manner", name))

    def reset(self) -> None:
        """Remove all shells, pending faults and changed settings; what was counted stays."""
        self.call("clear")
        self.call("restart")
        for resource, name in self._changed:
            default = getattr(Quotas() if resource == "quota" else Manners(), name)
            self.call(resource, name=name, value=default)
        self._changed.clear()

    def shells(self, computer: str | None = None) -> list[dict[str, typing.Any]]:
        """The shells of one computer or of all."""
        described = self.call("status")["computers"]
        return [shell for each in described if computer in (None, each["name"]) for shell in each["shells"]]

    def counted(self, computer: str | None = None) -> collections.Counter[str]:
        """Counts since the start, flat: ``requests``, ``connections``, ..., and each action as ``action.Create``."""
        described = self.call("status")["computers"]
        flat: collections.Counter[str] = collections.Counter()
        for each in described:
            if computer in (None, each["name"]):
                for name, value in each["counters"].items():
                    if isinstance(value, dict):  # actions, mechanisms, scripts: counted by their keys
                        flat.update({f"{name[:-1]}.{key}": count for key, count in value.items()})
                    else:
                        flat[name] += value
        return flat

    @contextlib.contextmanager
    def counting(self, computer: str | None = None) -> collections.abc.Iterator[collections.Counter[str]]:
        """A counter that holds, after the block, what the block added."""
        before = self.counted(computer)
        difference: collections.Counter[str] = collections.Counter()
        yield difference
        difference.update(self.counted(computer) - before)


def inventory_groups(endpoint: EndpointProcess, socket_dir: str) -> dict[str, dict[str, typing.Any]]:
    """The groups ``windows`` (win1, ...: our connection), ``tls`` (tls1, ...: with HTTPS) and ``psrp`` (psrp1, ...).

    The hosts of ``far`` (far1, ...) are those of ``windows``, for a broker of their own: to it, and to the computers,
    the sessions of ``windows`` are another controller's.
    """
    common = {"ansible_user": endpoint.user, "ansible_password": endpoint.password}
    plain = {"protocol": "http", "auth": "ntlm"}
    secure = {"protocol": "https", "auth": "ntlm", "ca_cert": endpoint.ready["ca_file"]}
    ours = {**common, "ansible_connection": "remoting.powershell.pssession", "ansible_pssession_socket_dir": socket_dir}
    core = {**common, "ansible_connection": "ansible.builtin.psrp"}

    def group(prefix: str, ports: str, settings: dict[str, typing.Any]) -> dict[str, typing.Any]:
        hosts = {
            f"{prefix}{number}": {
                "ansible_host": endpoint.ready["addresses"][name],
                "ansible_port": endpoint.ready[ports][name],
                "computer": name,
            }
            for number, name in enumerate(endpoint.computers, start=1)
        }
        return {"hosts": hosts, "vars": settings}

    def named(prefix: str, options: dict[str, typing.Any]) -> dict[str, typing.Any]:
        return {f"{prefix}{name}": value for name, value in options.items()}

    return {
        "windows": group("win", "http_ports", {**ours, **named("ansible_pssession_", plain)}),
        "tls": group("tls", "https_ports", {**ours, **named("ansible_pssession_", secure)}),
        "psrp": group("psrp", "http_ports", {**core, **named("ansible_psrp_", plain)}),
        "far": group(
            "far",
            "http_ports",
            {**ours, **named("ansible_pssession_", plain), "ansible_pssession_socket_dir": f"{socket_dir}2"},
        ),
    }
