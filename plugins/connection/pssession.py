# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The connection plugin: a thin client of the broker, which keeps a PSSession per inventory host (ansible worker)."""

from __future__ import annotations

DOCUMENTATION = r"""
name: pssession
short_description: Run tasks in PowerShell sessions that are kept
version_added: 0.1.0
author: the remoting.powershell contributors (@remoting-powershell)
description:
  - Runs tasks over PowerShell Remoting, as P(ansible.builtin.psrp#connection) does, in a session (PSSession) that is
    kept for the next task and the next playbook instead of being opened and closed for every task.
  - The session belongs to a broker, a process of the same user on the controller, which is started when it is needed
    and ends by itself.
  - Takes the options of P(ansible.builtin.psrp#connection) under their names. Variables of psrp (C(ansible_psrp_*)) and
    of P(ansible.builtin.winrm#connection) (C(ansible_winrm_*)) count where they mean the same, so that
    C(ansible_connection) is all that must change.
  - Of several variables of an option, C(ansible_pssession_*) wins over C(ansible_psrp_*), and that over
    C(ansible_winrm_*).
  - The same sessions are to be had over SSH, with the options of P(ansible.builtin.ssh#connection), and on the
    controller itself; see O(transport).
requirements:
  - pypsrp >= 0.9.0
  - psrpcore >= 0.3.1
notes:
  - What a task changes in its process, such as environment variables or the current directory, may be seen by the next
    task of the host. M(ansible.builtin.meta) with C(reset_connection) gives it a fresh session.
  - A command that may have started is never run again. Where a connection broke and the outcome cannot be
    known, the task fails and says so.
seealso:
  - module: remoting.powershell.pssession
  - module: remoting.powershell.pssession_info
  - module: remoting.powershell.pssession_invoke
extends_documentation_fragment:
  - connection_pipelining
  - remoting.powershell.wsman
  - remoting.powershell.ssh
  - remoting.powershell.local
  - remoting.powershell.sessions
options:
  transport:
    description:
      - How the host is reached. V(wsman) is WinRM; V(ssh) the subsystem C(powershell) of an SSH server, by the OpenSSH
        client; V(local) a PowerShell on the controller itself, whatever the host's address is.
      - A session over V(ssh) or V(local) lives in its connection. It cannot be disconnected, and it ends when the
        connection breaks or the session broker lets go of it, also if it has a name.
      - An option that the transport does not have is refused where one of the C(ansible_pssession_*) variables sets
        it. Variables of psrp and winrm count for V(wsman) only, those of P(ansible.builtin.ssh#connection) for V(ssh).
    type: str
    choices:
      - wsman
      - ssh
      - local
    default: wsman
    vars:
      - name: ansible_pssession_transport
  module_mode:
    description:
      - How modules run in the session. V(plain) sends what ansible-core makes, unchanged.
    type: str
    choices:
      - plain
    default: plain
    vars:
      - name: ansible_pssession_module_mode
"""

import contextlib
import os
import typing

from ansible import constants
from ansible.errors import AnsibleConnectionFailure, AnsibleError, AnsibleFileNotFound
from ansible.plugins.connection import ConnectionBase
from ansible.release import __version__ as core_version
from ansible.utils.display import Display

if typing.TYPE_CHECKING:
    from ..plugin_utils import _client, _command_line, _file_transfer, _levels, _options, _results
    from ..plugin_utils._wire import errors, messages
    from ..plugin_utils._wire.messages import Finished
    from ..plugin_utils._wire.target import Target
else:
    from ..plugin_utils._cached import load

    _client, _command_line, _file_transfer, _levels, _options, _results = load(
        "_client", "_command_line", "_file_transfer", "_levels", "_options", "_results"
    )
    errors, messages = load("_wire.errors", "_wire.messages")

display = Display()

#: Where the outcome of a command is unknown, core and its plugins (win_reboot) expect a connection failure.
_CONNECTION_FAILURES = (errors.ErrorKind.UNREACHABLE, errors.ErrorKind.UNKNOWN)


class Connection(ConnectionBase):  # type: ignore[misc]
    """One worker's view of a host's kept session."""

    transport = "remoting.powershell.pssession"
    module_implementation_preferences = (".ps1", ".exe", "")
    allow_executable = False
    allow_extras = True
    has_pipelining = True
    has_native_async = True
    always_pipeline_modules = True

    def __init__(self, *args: typing.Any, **kwargs: typing.Any) -> None:
        self._shell_type = "powershell"
        super().__init__(*args, **kwargs)
        # meta: reset_connection makes its object in the playbook's process and gives no pid.
        self._playbook_pid = int(kwargs.get("ansible_playbook_pid") or os.getpid())
        self._dialect = _command_line.dialect(core_version)
        self._client: _client.BrokerClient | None = None
        self._inventory_hostname = ""
        self._variables: tuple[str, ...] = ()

    def set_options(
        self,
        task_keys: dict[str, typing.Any] | None = None,
        var_options: dict[str, typing.Any] | None = None,
        direct: dict[str, typing.Any] | None = None,
    ) -> None:
        """Takes the options; variables of winrm are translated and unknown ones of ours warned of."""
        known = constants.config.get_plugin_vars("connection", self._load_name)
        # Only what is ours: meta: reset_connection gives all variables of the host, and some may be undefined.
        ours = {name: var_options[name] for name in (*known, "_extras") if name in var_options} if var_options else {}
        variables = _options.translated(ours)
        self._variables = tuple(variables)
        super().set_options(task_keys=task_keys, var_options=variables, direct=direct)
        # Under delegation core's inventory_hostname is the delegating host's.
        self._inventory_hostname = (task_keys or {}).get("delegate_to") or variables.get("inventory_hostname") or ""
        if extras := variables.get("_extras"):
            for warning in _options.unknown_variables(extras, known):
                display.warning(warning)

    def target(self) -> Target:
        """Who connects where and how; raises AnsibleError for an option that cannot be."""
        try:
            return _options.target(self.get_option, self._inventory_hostname, self._variables)
        except errors.PSSessionError as error:
            raise _as_ansible_error(error) from None

    @contextlib.contextmanager
    def broker(self) -> typing.Iterator[_client.BrokerClient]:
        """A client of the broker. Where the block fails, and be it by a task's timeout, hanging up stops what runs."""
        try:
            yield self._connected_client()
        except errors.PSSessionError as error:
            self.close()
            raise _as_ansible_error(error) from None
        except BaseException:
            self.close()
            raise

    def _connect(self) -> Connection:
        super()._connect()
        try:
            self._connected_client()
        except errors.PSSessionError as error:
            raise _as_ansible_error(error) from None
        return self

    def _connected_client(self) -> _client.BrokerClient:
        """The broker's client, connected if it is not; raises PSSessionError."""
        if self._client is None:
            self._client = self.new_client(self.notify)
            self._connected = True
        return self._client

    def new_client(self, notify: _client.Notify) -> _client.BrokerClient:
        """A client of the broker besides this connection's own; whoever asks closes it. Raises PSSessionError."""
        directory = self.get_option("socket_dir") or os.path.join(constants.ANSIBLE_HOME, "pssession")
        return _client.connect(directory, self._playbook_pid, notify, self.get_option("log_level"))

    def exec_command(self, cmd: str, in_data: bytes | None = None, sudoable: bool = True) -> tuple[int, bytes, bytes]:
        """Runs a command of core in the session; exit code, stdout and stderr are those of ansible.builtin.psrp."""
        target = self.target()
        command = _command_line.parse(cmd, self._dialect)
        if in_data and in_data.startswith(b"#!"):
            raise AnsibleError(
                f"cannot run the interpreter {in_data.splitlines()[0][2:].decode()!r} in a PowerShell session"
            )
        pipelined = command.encoded and in_data
        self._log("vvv", "EXEC (via pipeline wrapper)" if pipelined else f"EXEC {self._censored(command.script)}")
        records = _results.Collected()
        with self.broker() as client:
            request, body = _levels.request(target, command, in_data, self._dialect)
            self._report(finished := client.run(request, body, on_records=records.add))
        rc, stdout, stderr = _results.command_result(
            records, finished, display.verbosity, self._dialect.errors_end_lines
        )
        self._log("vvvvv", f"RC: {rc}")
        self._log("vvvvv", f"STDOUT: {self._censored(stdout.decode(errors='replace'))}")
        self._log("vvvvv", f"STDERR: {self._censored(stderr.decode(errors='replace'))}")
        return rc, stdout, stderr

    def put_file(self, in_path: str, out_path: str) -> None:
        """Sends a file of the controller to the host."""
        target, out_path = self.target(), _command_line.unquoted(out_path, self._dialect)
        self._log("vvv", f"PUT {in_path} TO {out_path}")
        if not os.path.exists(in_path):
            raise AnsibleFileNotFound(f'file or module does not exist: "{in_path}"')

        def show(text: str) -> None:
            self._log("vvv", f"PUT {in_path} TO {out_path}: {text}")

        with self.broker() as client:
            self._report(_file_transfer.put(client, target, in_path, out_path, show))

    def fetch_file(self, in_path: str, out_path: str) -> None:
        """Brings a file of the host to the controller."""
        target, in_path = self.target(), _command_line.unquoted(in_path, self._dialect)
        self._log("vvv", f"FETCH {in_path} TO {out_path}")

        def show(text: str) -> None:
            self._log("vvv", f"FETCH {in_path} TO {out_path}: {text}")

        with self.broker() as client:
            self._report(_file_transfer.fetch(client, target, in_path, out_path.replace("\\", "/"), show))

    def reset(self) -> None:
        """Has the host's implicit sessions removed; the next task opens a new one."""
        was_connected = self._connected
        target = self.target()
        with self.broker() as client:
            dropped = client.request(messages.Reset(target)).count
        self._log("vvvvv", f"RESET CONNECTION ({dropped} sessions removed)")
        if not was_connected:
            self.close()

    def close(self) -> None:
        """Hangs up the broker, which keeps the session."""
        if self._client is not None:
            self._client.close()
            self._client = None
        self._connected = False

    def is_pipelining_enabled(self, wrap_async: bool = False) -> bool:
        """Always, unless the user wants to see the files."""
        return not constants.DEFAULT_KEEP_REMOTE_FILES

    def _report(self, finished: Finished) -> None:
        for warning in finished.warnings:
            display.warning(warning)

    def notify(self, level: str, text: str) -> None:
        """Shows what the broker has to say to the user."""
        if level == "warning":
            display.warning(text)
        else:
            self._log(level, text)

    def _log(self, level: str, text: str) -> None:
        getattr(display, level)(f"PSSESSION: {text}", host=self.get_option("remote_addr"))

    def _censored(self, text: str) -> str:
        return "<censored due to no log>" if self._play_context.no_log else text


def _as_ansible_error(error: errors.PSSessionError) -> AnsibleError:
    if error.kind in _CONNECTION_FAILURES:
        return AnsibleConnectionFailure(error.message)
    return AnsibleError(error.message)
