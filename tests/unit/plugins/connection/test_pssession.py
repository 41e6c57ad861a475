# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The connection plugin against a broker that answers as told; options are loaded by ansible-core."""

from __future__ import annotations

import base64
import os
import pathlib
import signal
import subprocess
import sys
import threading
import typing

import pytest
from ansible import constants
from ansible.errors import AnsibleConnectionFailure, AnsibleError
from ansible.playbook.play_context import PlayContext
from ansible.plugins.loader import connection_loader
from ansible.release import __version__ as core_version
from ansible.utils.display import Display

from ansible_collections.remoting.powershell.plugins.plugin_utils._wire.messages import (
    Failure,
    Reset,
)
from ansible_collections.remoting.powershell.tests.unit.plugins.conftest import MakeConnection
from ansible_collections.remoting.powershell.tests.unit.plugins.fake_broker import FakeBroker

_NAME = "remoting.powershell.pssession"
_VERSION = tuple(int(part) for part in core_version.split(".")[:2])


def encoded(script: str) -> str:
    """A command as this version of core makes it for a module."""
    text = base64.b64encode(script.encode("utf-16-le")).decode()
    if _VERSION >= (2, 21):
        return f"powershell -NoProfile -NonInteractive -ExecutionPolicy Unrestricted -EncodedCommand '{text}'"
    return f"PowerShell -NoProfile -NonInteractive -ExecutionPolicy Unrestricted -EncodedCommand {text}"


def options_of(name: str) -> dict[str, typing.Any]:
    """A connection plugin's options as ansible-core reads them."""
    connection = connection_loader.get(name, PlayContext(), os.devnull)
    definitions = dict(constants.config.get_configuration_definitions("connection", connection._load_name))
    assert len(definitions) > 25
    return definitions


class TestOptions:
    #: What differs from psrp on purpose, and what ansible-core 2.21 brought for all.
    DIFFERENT_DEFAULTS = {"max_envelope_size": 512000, "negotiate_service": "host"}
    NOT_OURS = {"reconnection_retries", "reconnection_backoff"}

    def test_every_option_of_psrp_is_there_with_its_default(self) -> None:
        ours, psrp = options_of(_NAME), options_of("psrp")
        assert set(psrp) - set(ours) == self.NOT_OURS
        for name in set(psrp) - self.NOT_OURS:
            expected = self.DIFFERENT_DEFAULTS.get(name, psrp[name].get("default"))
            assert (name, ours[name].get("default")) == (name, expected)

    def test_every_variable_of_psrp_is_read_and_ours_win(self) -> None:
        ours, psrp = options_of(_NAME), options_of("psrp")
        for name, definition in ours.items():
            if name == "pipelining":
                continue
            variables = [entry["name"] for entry in definition["vars"]]
            assert variables[-1].startswith("ansible_pssession_")
            prefixes = [variable.split("_")[1] for variable in variables if variable.count("_") > 1]
            order = [prefix for prefix in prefixes if prefix in ("winrm", "psrp", "pssession")]
            assert order == sorted(order, key=["winrm", "psrp", "pssession"].index)
            psrps = [entry["name"] for entry in psrp.get(name, {}).get("vars", [])]
            assert set(psrps) <= set(variables)

    @pytest.mark.parametrize("kind", ["winrm", "psrp", "pssession"])
    def test_the_nearest_variable_wins(self, make_connection: MakeConnection, kind: str) -> None:
        kinds = ["winrm", "psrp", "pssession"]
        given = {f"ansible_{name}_user": name for name in kinds[: kinds.index(kind) + 1]}
        assert make_connection(**given).target().user == kind

    def test_a_password_may_come_from_the_environment(
        self, make_connection: MakeConnection, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("PSSESSION_PASSWORD", "from the environment")
        assert make_connection().target().password == "from the environment"

    def test_ask_pass_reaches_the_target(self, make_connection: MakeConnection) -> None:
        assert make_connection(task_keys={"password": "asked"}).target().password == "asked"

    def test_winrm_variables_are_translated(self, make_connection: MakeConnection) -> None:
        target = make_connection(
            ansible_winrm_transport=["plaintext"],
            ansible_winrm_scheme="http",
            ansible_winrm_path="/wsman",
            ansible_winrm_ca_trust_path="legacy_requests",
        ).target()
        found = (target.auth, target.message_encryption, target.ssl, target.port, target.path, target.cert_validation)
        assert found == ("basic", "never", False, 5985, "wsman", True)

    def test_an_unknown_variable_of_ours_is_named_with_the_nearest_one(
        self, make_connection: MakeConnection, warnings: list[str]
    ) -> None:
        make_connection(_extras={"ansible_pssession_persits": 5})
        assert len(warnings) == 1
        assert "ansible_pssession_persits is no variable" in warnings[0]
        assert "did you mean ansible_pssession_persist?" in warnings[0]

    def test_a_bad_value_fails_before_anything_is_sent(
        self, make_connection: MakeConnection, broker: FakeBroker
    ) -> None:
        with pytest.raises(AnsibleError, match=r"persist is 400: it must be less than idle_timeout \(300\)"):
            make_connection(ansible_pssession_persist=400).exec_command("whoami")
        assert not broker.seen

    def test_under_delegation_the_delegate_names_the_session(self, make_connection: MakeConnection) -> None:
        variables = {"inventory_hostname": "web2", "ansible_host": "dc1.example.com"}
        assert make_connection(**variables).target().inventory_hostname == "web2"
        assert make_connection(task_keys={"delegate_to": "dc1"}, **variables).target().inventory_hostname == "dc1"


class TestExecCommand:
    def test_a_module_goes_as_core_made_it(self, make_connection: MakeConnection, broker: FakeBroker) -> None:
        broker.answer_run([["output", "{}"]])
        result = make_connection().exec_command(encoded("& $wrapper"), in_data=b'{"a":1}\n\0\0\0\0\n{}')
        assert result == (0, b"{}", b"")
        run = broker.runs[0]
        assert [(command.text, command.use_local_scope) for command in run.commands] == [("& $wrapper", True)]
        assert (run.input, run.output, run.shared) == ("lines" if _VERSION >= (2, 19) else "text", "strings", False)
        assert broker.seen[0].body == b'{"a":1}\n\0\0\0\0\n{}'

    def test_a_raw_command_keeps_its_exit_code(self, make_connection: MakeConnection, broker: FakeBroker) -> None:
        broker.answer_run([["output", "alice"], ["host_out", "hi\r\n"], ["host_err", "oh"], ["exit", 3]])
        assert make_connection().exec_command("whoami", sudoable=False) == (3, b"alice\r\nhi\r\n", b"oh")
        assert broker.runs[0].commands[0].text.endswith("; whoami\nexit $LASTEXITCODE")
        assert broker.runs[0].input == "none"

    @pytest.mark.parametrize(("verbosity", "expected"), [(0, b"first last "), (3, b"first+stack last+stack ")])
    def test_a_terminating_error_is_the_last_of_stderr(
        self,
        make_connection: MakeConnection,
        broker: FakeBroker,
        monkeypatch: pytest.MonkeyPatch,
        verbosity: int,
        expected: bytes,
    ) -> None:
        monkeypatch.setattr(Display(), "verbosity", verbosity)
        first, last = ({"text": f"{name} ", "text_with_stack": f"{name}+stack "} for name in ("first", "last"))
        broker.answer_run([["error", first]], state="failed", error=last)
        if _VERSION < (2, 19):
            expected = expected.replace(b" l", b" \r\nl")
        assert make_connection().exec_command("throw 'last'") == (1, b"", expected)

    def test_errors_alone_are_no_failure(self, make_connection: MakeConnection, broker: FakeBroker) -> None:
        broker.answer_run([["error", {"text": "oh", "text_with_stack": "oh"}]])
        assert make_connection().exec_command("Write-Error oh") == (0, b"", b"oh")

    def test_a_python_module_is_refused(self, make_connection: MakeConnection, broker: FakeBroker) -> None:
        with pytest.raises(AnsibleError, match="cannot run the interpreter '/usr/bin/python'"):
            make_connection().exec_command(encoded("x"), in_data=b"#!/usr/bin/python\nprint()")
        assert not broker.seen

    @pytest.mark.parametrize(
        ("kind", "unreachable"),
        [("unreachable", True), ("unknown", True), ("failed", False), ("busy", False), ("usage", False)],
    )
    def test_a_failure_has_its_kind(
        self, make_connection: MakeConnection, broker: FakeBroker, kind: str, unreachable: bool
    ) -> None:
        broker.answers.append([Failure(kind, "what happened")])
        connection = make_connection()
        with pytest.raises(AnsibleError, match="what happened") as caught:
            connection.exec_command("whoami")
        assert isinstance(caught.value, AnsibleConnectionFailure) == unreachable
        assert connection.exec_command("whoami")[0] == 0

    def test_a_broker_that_dies_leaves_the_outcome_unknown(
        self, make_connection: MakeConnection, broker: FakeBroker
    ) -> None:
        broker.never_answer()
        threading.Thread(target=lambda: (broker.waiting.wait(), broker.close()), daemon=True).start()
        with pytest.raises(AnsibleConnectionFailure, match="may or may not have finished"):
            make_connection().exec_command("whoami")

    def test_a_tasks_timeout_hangs_up(self, make_connection: MakeConnection, broker: FakeBroker) -> None:
        class TaskTimeout(BaseException):
            pass

        broker.never_answer()
        connection = make_connection()
        main, over = threading.get_ident(), threading.Event()

        def insist() -> None:
            # A signal that comes just before the system call that blocks is only noticed after it.
            broker.waiting.wait(30)
            while not over.wait(0.05):
                signal.pthread_kill(main, signal.SIGUSR1)

        def raise_timeout(number: int, frame: object) -> None:
            if not over.is_set():
                over.set()
                raise TaskTimeout

        before = signal.signal(signal.SIGUSR1, raise_timeout)
        insisting = threading.Thread(target=insist)
        insisting.start()
        try:
            with pytest.raises(TaskTimeout):
                connection.exec_command("Start-Sleep -Seconds 600")
        finally:
            over.set()
            insisting.join()
            signal.signal(signal.SIGUSR1, before)
        assert broker.hung_up.wait(30)
        assert not connection.connected

    def test_warnings_are_shown(self, make_connection: MakeConnection, broker: FakeBroker, warnings: list[str]) -> None:
        broker.answer_run(warnings=["a part of the output may be missing"])
        make_connection().exec_command("whoami")
        assert warnings == ["a part of the output may be missing"]

    def test_no_log_hides_script_and_output(
        self, make_connection: MakeConnection, broker: FakeBroker, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        shown: list[str] = []
        for level in ("vvv", "vvvvv"):
            monkeypatch.setattr(Display, level, lambda self, msg, host=None: shown.append(msg))
        broker.answer_run([["output", "hunter2"], ["host_err", "hunter2"]])
        connection = make_connection()
        connection._play_context.no_log = True
        connection.exec_command("echo hunter2")
        assert len(shown) == 4
        assert "hunter2" not in "".join(shown)


class TestLifeCycle:
    def test_one_call_after_the_other_uses_one_connection(
        self, make_connection: MakeConnection, broker: FakeBroker
    ) -> None:
        connection = make_connection()
        assert not connection.connected
        connection.exec_command("1")
        assert connection.connected
        connection.exec_command("2")
        connection.close()
        connection.exec_command("3")
        assert [hello.playbook_pid for hello in broker.hellos] == [4711, 4711]

    def test_reset_drops_the_sessions_also_when_not_connected(
        self, make_connection: MakeConnection, broker: FakeBroker
    ) -> None:
        connection = make_connection()
        connection.reset()
        assert [type(seen.message) for seen in broker.seen] == [Reset]
        assert not connection.connected
        connection.exec_command("whoami")
        connection.reset()
        assert connection.connected
        assert vars(broker.seen[-1].message.target) == vars(connection.target())

    def test_without_a_pid_it_is_the_playbook_itself(self, broker: FakeBroker, socket_dir: str) -> None:
        connection = connection_loader.get(_NAME, PlayContext(), os.devnull)
        connection.set_options(var_options={"ansible_host": "web1", "ansible_pssession_socket_dir": socket_dir})
        connection.reset()
        assert broker.hellos[0].playbook_pid == os.getpid()

    def test_an_option_that_is_changed_reaches_the_broker(
        self, make_connection: MakeConnection, broker: FakeBroker
    ) -> None:
        connection = make_connection()
        connection.exec_command("1")
        connection.set_option("connection_timeout", 5)
        connection.exec_command("2")
        assert [run.target.connection_timeout for run in broker.runs] == [30, 5]
        assert broker.runs[0].target.key() == broker.runs[1].target.key()

    def test_core_sees_what_it_sees_of_psrp(self, make_connection: MakeConnection) -> None:
        connection = make_connection()
        assert connection.transport == _NAME
        assert connection.socket_path is None
        assert connection.is_pipelining_enabled()
        assert connection.is_pipelining_enabled(wrap_async=True)
        assert connection.module_implementation_preferences == (".ps1", ".exe", "")
        assert not connection.allow_executable
        assert connection._shell.SHELL_FAMILY == "powershell"

    def test_loading_it_imports_nothing_heavy(self) -> None:
        program = (
            "import sys; from ansible.plugins.loader import connection_loader, init_plugin_loader; "
            "init_plugin_loader(sys.argv[1:]); before = set(sys.modules); "
            f"assert connection_loader.get({_NAME!r}, class_only=True); "
            "print(*sorted(set(sys.modules) - before))"
        )
        root = str(pathlib.Path(sys.modules["ansible_collections.remoting.powershell"].__path__[0]).parents[2])
        output = subprocess.run(
            [sys.executable, "-c", program, root], capture_output=True, text=True, check=True, timeout=120
        ).stdout
        heavy = {"pypsrp", "psrpcore", "requests", "asyncio", "cryptography", "difflib"}
        assert not heavy.intersection(name.split(".")[0] for name in output.split())
