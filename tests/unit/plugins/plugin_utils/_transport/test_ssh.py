# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The OpenSSH client's command line, and what its end means."""

from __future__ import annotations

import dataclasses
import shlex
import string
import typing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.remoting.powershell.plugins.plugin_utils._broker.wiring import shared
from ansible_collections.remoting.powershell.plugins.plugin_utils._transport._program import Ended
from ansible_collections.remoting.powershell.plugins.plugin_utils._transport._ssh_faults import explain
from ansible_collections.remoting.powershell.plugins.plugin_utils._transport.faults import FaultKind, TransportError
from ansible_collections.remoting.powershell.plugins.plugin_utils._transport.ssh import (
    SSHOptions,
    SSHProgram,
    arguments,
)
from ansible_collections.remoting.powershell.plugins.plugin_utils._wire.target import Target

ALONE = "-T -o ControlMaster=no -o ControlPath=none"
ALIVE = "-o ServerAliveInterval=15 -o ServerAliveCountMax=4"


def options_of(**changes: typing.Any) -> SSHOptions:
    """A target's options as the broker hands them on, but for these."""
    return SSHOptions(**{**shared(SSHOptions, Target("web1", 0, False)), **changes})


def command_line(**changes: typing.Any) -> str:
    """The client's arguments, as a shell would have them."""
    return shlex.join(arguments(options_of(**changes)))


def test_the_least_that_is_said() -> None:
    assert command_line() == f"{ALONE} -o ConnectTimeout=30 -o BatchMode=yes {ALIVE} -s -- web1 powershell"


def test_every_option_has_its_place() -> None:
    given_args = {"ssh_args": "-C", "ssh_common_args": "-o 'ProxyJump=a@jump'", "ssh_extra_args": "-v"}
    said = command_line(
        port=2222,
        user="CORP\\joe",
        private_key_file="/keys/a b",
        host_key_checking=False,
        subsystem="pwsh7",
        connection_timeout=5,
        **given_args,
    )
    assert said == (
        f"{ALONE} -C -o StrictHostKeyChecking=no -p 2222 -i '/keys/a b' -l 'CORP\\joe' -o ConnectTimeout=5 "
        f"-o BatchMode=yes -o ProxyJump=a@jump -v {ALIVE} -s -- web1 pwsh7"
    )


@pytest.mark.parametrize(
    ("secrets", "said"),
    [
        ({"password": "hunter2"}, "-o NumberOfPasswordPrompts=1"),
        ({"private_key_passphrase": "hunter2"}, "-o PasswordAuthentication=no -o KbdInteractiveAuthentication=no"),
        ({"password": "hunter2", "private_key_passphrase": "hunter2"}, "-o NumberOfPasswordPrompts=1"),
    ],
)
def test_a_secret_is_no_argument(secrets: dict[str, typing.Any], said: str) -> None:
    assert said in command_line(**secrets)
    assert "BatchMode" not in command_line(**secrets)
    assert "hunter2" not in command_line(**secrets) + repr(options_of(**secrets))


@given(st.lists(st.text(string.printable, min_size=1), max_size=5))
def test_a_users_arguments_arrive_as_they_are(words: list[str]) -> None:
    given_args = shlex.join(words)
    for name in ("ssh_args", "ssh_common_args", "ssh_extra_args"):
        changed: dict[str, typing.Any] = {name: given_args}
        options = dataclasses.replace(options_of(), **changed)
        plain = arguments(options_of())
        extended = arguments(options)
        assert len(extended) == len(plain) + len(words)
        start = next(place for place in range(len(extended)) if extended[place : place + len(words)] == words)
        assert extended[:start] + extended[start + len(words) :] == plain
        # What is last is the host and what is asked of it, whatever the user says.
        assert extended[-4:] == ["-s", "--", "web1", "powershell"]


CHANGED = """@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@
@    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @
Host key for web1 has changed and you have requested strict checking.
Host key verification failed."""
JUMP = """ssh: connect to host jump port 22: Connection refused
kex_exchange_identification: Connection closed by remote host
Connection closed by UNKNOWN port 65535"""
BEHIND = """channel 0: open failed: connect failed: Connection refused
stdio forwarding failed
Connection closed by UNKNOWN port 65535"""


@pytest.mark.parametrize(
    ("errors", "kind", "meaning"),
    [
        (CHANGED, FaultKind.TLS, "The host key of 'web1' (ssh) has changed"),
        ("Host key verification failed.", FaultKind.TLS, "The host key of 'web1' (ssh) is not known"),
        (JUMP, FaultKind.UNREACHABLE, "The jump host or proxy command on the way to 'web1' (ssh) gave no connection"),
        (BEHIND, FaultKind.UNREACHABLE, "The jump host was reached, but it cannot reach 'web1' (ssh)"),
        (
            "joe@web1: Permission denied (publickey,password).",
            FaultKind.AUTHENTICATION,
            "Authentication of 'joe' at 'web1' (ssh) was refused: check the user name, the key",
        ),
        (
            "the password was not accepted",
            FaultKind.AUTHENTICATION,
            "was refused: check the user name and the password",
        ),
        (
            "Received disconnect from 192.0.2.1 port 22:2: Too many authentication failures",
            FaultKind.AUTHENTICATION,
            "Authentication of 'joe'",
        ),
        (
            "subsystem request failed on channel 0",
            FaultKind.NOT_WSMAN,
            "The SSH server of 'web1' (ssh) has no subsystem 'powershell'. Install PowerShell 7 there and enter it",
        ),
        (
            "ssh: Could not resolve hostname web1: Name or service not known",
            FaultKind.UNREACHABLE,
            "cannot be resolved",
        ),
        ("ssh: connect to host web1 port 22: Connection refused", FaultKind.UNREACHABLE, "cannot be reached"),
        ("ssh: connect to host web1 port 22: Operation timed out", FaultKind.UNREACHABLE, "cannot be reached"),
        ("command-line: line 0: Bad configuration option: nonsense", FaultKind.OTHER, "does not take its arguments"),
        ("something new", FaultKind.UNREACHABLE, "The SSH client got no connection to 'web1' (ssh): something new"),
    ],
)
def test_what_the_client_says_is_told_in_our_words(errors: str, kind: FaultKind, meaning: str) -> None:
    failure = explain(Ended(255, errors, "", False, None), "'web1' (ssh)", "joe", "powershell")
    assert (failure.kind, failure.may_have_arrived) == (kind, False)
    assert meaning in failure.message
    assert errors.splitlines()[-1] in failure.message
    assert "\n" not in failure.message


@pytest.mark.parametrize(
    ("ended", "kind", "message"),
    [
        (
            Ended(127, "", "", False, None),
            FaultKind.NOT_WSMAN,
            "The subsystem 'powershell' of 'web1' (ssh) ended with exit status 127 and is no PowerShell",
        ),
        (
            Ended(255, "Timeout, server web1 not responding.", "", True, None),
            FaultKind.UNREACHABLE,
            "The connection to 'web1' (ssh) broke (with exit status 255): Timeout, server web1 not responding.",
        ),
        (
            Ended(-9, "", "Welcome!", False, "it gave no answer for 60 s"),
            FaultKind.UNREACHABLE,
            "PowerShell on 'web1' (ssh) was given up: it gave no answer for 60 s: Welcome!",
        ),
    ],
)
def test_other_ends(ended: Ended, kind: FaultKind, message: str) -> None:
    failure = explain(ended, "'web1' (ssh)", None, "powershell")
    assert failure.kind is kind
    assert message in failure.message


def test_a_client_that_is_not_there() -> None:
    with pytest.raises(TransportError, match="ssh_executable is 'unheard-of', which is no program") as caught:
        SSHProgram(options_of(ssh_executable="unheard-of")).start()
    assert caught.value.kind is FaultKind.MISSING_LIBRARY
