# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which kind of failure an exception of the libraries is, where no server can be made to cause it."""

from __future__ import annotations

import pytest

from ansible_collections.remoting.powershell.plugins.plugin_utils._transport import FaultKind, WSManOptions
from ansible_collections.remoting.powershell.plugins.plugin_utils._transport._http_faults import (
    Progress,
    clean,
    to_error,
)

OPTIONS = WSManOptions(
    host="host.example",
    port=5986,
    user="alice",
    password="Secret-1",
    auth="kerberos",
    certificate_key_password="Secret-2",
    proxy="http://u:Secret-3@proxy.example:3128",
)


def progress(
    *, connected: bool = True, carried: bool = False, answered: bool = False, secured: bool = False
) -> Progress:
    return Progress(connected, carried, answered, secured)


def library_error(module: str) -> Exception:
    """An exception of a library's own, whatever its name there."""
    error: Exception = type("SomeError", (Exception,), {"__module__": module})("the text of Secret-1")
    return error


@pytest.mark.parametrize(
    "module", ["krb5._exceptions", "spnego.exceptions", "gssapi.raw.misc", "requests_credssp.exceptions"]
)
@pytest.mark.parametrize(
    ("at", "kind"),
    [
        (progress(), FaultKind.AUTHENTICATION),
        (progress(carried=True), FaultKind.AUTHENTICATION),
        (progress(carried=True, secured=True), FaultKind.LOST),
        (progress(carried=True, secured=True, answered=True), FaultKind.LOST),
    ],
)
def test_security_libraries(module: str, at: Progress, kind: FaultKind) -> None:
    error = to_error(library_error(module), OPTIONS, at)
    assert (error.kind, error.may_have_arrived) == (kind, at.carried)
    assert "Secret-1" not in error.message
    if kind is FaultKind.AUTHENTICATION:
        assert "'alice'" in error.message
        assert "kinit" in error.message


@pytest.mark.parametrize(
    "error",
    [UnicodeDecodeError("utf-8", b"Secret output", 0, 1, "bad"), AttributeError("group"), IndexError(), KeyError("h")],
    ids=lambda error: type(error).__name__,
)
def test_answers_that_the_libraries_choke_on(error: Exception) -> None:
    found = to_error(error, OPTIONS, progress(carried=True, answered=True))
    assert (found.kind, found.may_have_arrived) == (FaultKind.LOST, True)
    assert "output" not in found.message
    assert to_error(error, OPTIONS, progress(carried=True)).kind is FaultKind.NOT_WSMAN
    assert to_error(error, OPTIONS, progress(connected=False)).kind is FaultKind.UNREACHABLE


def test_operating_system_errors_are_lost_only_when_something_was_written() -> None:
    reset = ConnectionResetError(104, "Connection reset by peer")
    assert to_error(reset, OPTIONS, progress(carried=True)).may_have_arrived
    before = to_error(reset, OPTIONS, progress(answered=True))
    assert (before.kind, before.may_have_arrived) == (FaultKind.LOST, False)


def test_library_that_is_found_missing_later() -> None:
    error = to_error(ImportError("No module named 'gssapi'"), OPTIONS, progress())
    assert error.kind is FaultKind.MISSING_LIBRARY
    assert "pypsrp[kerberos]" in error.message


def test_secrets_are_taken_out_of_texts() -> None:
    text = clean("Secret-1\n  Secret-2\tSecret-3 " + "x" * 1000, OPTIONS)
    assert text.startswith("******** ******** ******** x")
    assert len(text) == 300
