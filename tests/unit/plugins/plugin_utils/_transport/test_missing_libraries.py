# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is said when a library is missing: at the first use, never at the import."""

from __future__ import annotations

import importlib
import sys
import uuid

import pytest

from ansible_collections.remoting.powershell.plugins import plugin_utils
from ansible_collections.remoting.powershell.plugins.plugin_utils import _transport
from ansible_collections.remoting.powershell.plugins.plugin_utils._transport import (
    FaultKind,
    TransportError,
    WSManOptions,
)

PACKAGE = _transport.__name__


def test_without_pypsrp(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.partition(".")[0] == "pypsrp" or name.startswith(PACKAGE)]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "pypsrp", None)
    monkeypatch.setattr(plugin_utils, "_transport", _transport)  # the import below sets it; put back by monkeypatch
    fresh = importlib.import_module(PACKAGE)
    assert fresh is not _transport
    with pytest.raises(fresh.TransportError) as caught:
        fresh.WSManConnection(fresh.WSManOptions(host="h", port=5986), uuid.uuid4())
    assert caught.value.kind is fresh.FaultKind.MISSING_LIBRARY
    assert "pypsrp" in caught.value.message
    assert f"{sys.executable} -m pip install" in caught.value.message
    assert not caught.value.may_have_arrived


@pytest.mark.parametrize(
    ("auth", "module", "package"),
    [
        ("credssp", "requests_credssp", "pypsrp[credssp]"),
        ("kerberos", "gssapi", "pypsrp[kerberos]"),
        ("kerberos", "krb5", "pypsrp[kerberos]"),
    ],
)
def test_without_what_an_authentication_needs(
    auth: str, module: str, package: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name, *rest: None if name == module else original(name, *rest) or True
    )
    with pytest.raises(TransportError) as caught:
        _transport.WSManConnection(WSManOptions(host="h", port=5986, user="u", password="p", auth=auth), uuid.uuid4())
    assert caught.value.kind is FaultKind.MISSING_LIBRARY
    assert module in caught.value.message
    assert package in caught.value.message
