# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which kind of failure a SOAP fault is."""

from __future__ import annotations

import dataclasses
import uuid

import pytest

from ansible_collections.remoting.powershell.plugins.plugin_utils._transport import FaultKind, TransportError
from ansible_collections.remoting.powershell.plugins.plugin_utils._transport._wsman_faults import (
    Asked,
    read_fault,
    to_error,
)
from ansible_collections.remoting.powershell.plugins.plugin_utils._transport._wsman_xml import parse_document
from ansible_collections.remoting.powershell.tests.unit.plugins.plugin_utils._transport.small_server import (
    NAMESPACES,
    fault,
)

SHELL = uuid.UUID("11111111-2222-3333-4444-55555555abcd")
COMMAND = uuid.UUID("99999999-8888-7777-6666-55555555abcd")
RECEIVE = Asked("host.example", 5986, "alice", "JEA.Role", 512000, "Receive", SHELL, COMMAND)
SELECTORS = "The service cannot process the request because it contained invalid selectors for the resource."


def error(body: str, asked: Asked = RECEIVE) -> TransportError:
    found = read_fault(parse_document(f"<s:Envelope{NAMESPACES}><s:Body>{body}</s:Body></s:Envelope>".encode()))
    assert found is not None
    return to_error(found, asked)


@pytest.mark.parametrize(
    ("code", "kind", "may_have_arrived"),
    [
        (5, FaultKind.ACCESS_DENIED, False),
        (995, FaultKind.ABORTED, True),
        (1223, FaultKind.ABORTED, True),
        (2150858811, FaultKind.CONFIGURATION_NOT_FOUND, False),  # InvalidResourceUri
        (2150858793, FaultKind.OTHER, True),  # the operation timed out
        (2150858790, FaultKind.ENVELOPE_TOO_LARGE, False),
        (2150858824, FaultKind.ENVELOPE_TOO_LARGE, False),
        (2150859173, FaultKind.QUOTA, False),  # shells of one user
        (2150859174, FaultKind.QUOTA, False),  # operations of one user
        (2150859236, FaultKind.QUOTA, False),  # shells of one user, of one configuration
        (2150859241, FaultKind.QUOTA, False),  # commands of a shell
        (2150859204, FaultKind.WRONG_STATE, False),  # the shell is disconnected
        (2150859230, FaultKind.WRONG_STATE, False),  # the stream is disconnected
        (2150859216, FaultKind.WRONG_STATE, False),  # the shell is connected already
        (2150859206, FaultKind.BUSY, False),
        (2150859213, FaultKind.BUSY, False),
        (2150859222, FaultKind.ALREADY_EXISTS, False),  # the command
        (2150859223, FaultKind.ALREADY_EXISTS, False),  # the shell
        (4294967295, FaultKind.OTHER, True),
        (0, FaultKind.OTHER, True),
    ],
)
def test_codes(code: int, kind: FaultKind, may_have_arrived: bool) -> None:
    found = error(fault(code, "Some text."))
    assert (found.kind, found.code, found.may_have_arrived) == (kind, code, may_have_arrived)
    assert "Some text." in found.message
    assert str(code) in found.message
    assert "host.example" in found.message


@pytest.mark.parametrize(
    ("asked", "text", "kind"),
    [
        (RECEIVE, "received a request to perform an operation on a command identifier that does not exist.", "command"),
        (RECEIVE, "Der Befehl mit dieser Kennung ist nicht vorhanden.", "command"),
        (RECEIVE, f"The request for the Windows Remote Shell with ShellId {str(SHELL).upper()} failed", "shell"),
        (RECEIVE, f"Fehler bei der Anforderung mit ShellId {SHELL}", "shell"),
        (RECEIVE, SELECTORS, "shell"),
        (dataclasses.replace(RECEIVE, command_id=None), "whatever", "shell"),
        (dataclasses.replace(RECEIVE, operation="Command"), "whatever", "shell"),
        (dataclasses.replace(RECEIVE, shell_id=None, command_id=None, operation="Create"), "whatever", "configuration"),
    ],
)
def test_missing_shell_or_missing_command(asked: Asked, text: str, kind: str) -> None:
    found = error(fault(2150858843, text, "w:InvalidSelectors"), asked)
    assert found.kind is FaultKind(f"{kind}_not_found")
    assert not found.may_have_arrived


def test_text_of_a_provider_is_found_where_it_is() -> None:
    found = error(
        fault(2150858843, f"<f:WSManFault><f:Message>{SELECTORS}</f:Message></f:WSManFault>", provider="Shell")
    )
    assert SELECTORS in found.message


@pytest.mark.parametrize(
    ("subcode", "kind"),
    [
        ("w:QuotaLimit", FaultKind.QUOTA),
        ("w:AccessDenied", FaultKind.ACCESS_DENIED),
        ("AccessDenied", FaultKind.ACCESS_DENIED),
        ("w:InvalidSelectors", FaultKind.COMMAND_NOT_FOUND),
        ("w:Anything", FaultKind.OTHER),
        ("", FaultKind.OTHER),
    ],
)
@pytest.mark.parametrize("code", [None, "", "x", "-5", "99999999999"])
def test_fault_without_a_code_that_can_be_read(code: str | None, subcode: str, kind: FaultKind) -> None:
    found = error(fault(code, "Some text.", subcode))
    assert (found.kind, found.code) == (kind, None)
    assert "Some text." in found.message


@pytest.mark.parametrize(
    ("code", "hint"),
    [
        (5, "alice"),
        (5, "Remote Management Users"),
        (2150858811, "JEA.Role"),
        (2150858811, "Enable-PSRemoting"),
        (2150859173, "quota"),
        (2150858790, "512000"),
    ],
)
def test_remedies(code: int, hint: str) -> None:
    assert hint in error(fault(code)).message


def test_endless_text_is_cut() -> None:
    assert len(error(fault(1, "x" * 100000)).message) < 1500
