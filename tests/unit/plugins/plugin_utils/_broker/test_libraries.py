# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A library that is too old is told of when the broker starts, not where something in it is missed."""

from __future__ import annotations

import importlib.metadata
import pathlib
import re
import sys

import pytest

from ansible_collections.remoting.powershell.plugins.plugin_utils._broker import libraries
from ansible_collections.remoting.powershell.plugins.plugin_utils._transport import FaultKind, TransportError

ROOT = pathlib.Path(__file__).parents[5]


def pretend(monkeypatch: pytest.MonkeyPatch, name: str, version: str | None) -> None:
    """Lets a library have a version, or no metadata at all."""
    original = importlib.metadata.version

    def asked(wanted: str) -> str:
        if wanted != name:
            return original(wanted)
        if version is None:
            raise importlib.metadata.PackageNotFoundError(name)
        return version

    monkeypatch.setattr(importlib.metadata, "version", asked)


@pytest.mark.parametrize(
    ("name", "version"), [("pypsrp", "0.8.1"), ("pypsrp", "0.9"), ("psrpcore", "0.3.0rc2"), ("psrpcore", "0.2.2")]
)
def test_too_old(monkeypatch: pytest.MonkeyPatch, name: str, version: str) -> None:
    pretend(monkeypatch, name, version)
    with pytest.raises(TransportError) as caught:
        libraries.check_libraries()
    assert caught.value.kind is FaultKind.MISSING_LIBRARY
    assert f"{name} {version} is too old" in caught.value.message
    assert f"{sys.executable} -m pip install '{name}>={libraries.OLDEST[name]}'" in caught.value.message


@pytest.mark.parametrize(
    ("name", "version"), [("pypsrp", "0.9.1"), ("pypsrp", "0.10"), ("psrpcore", "1.0.0.dev1"), ("psrpcore", None)]
)
def test_new_enough(monkeypatch: pytest.MonkeyPatch, name: str, version: str | None) -> None:
    pretend(monkeypatch, name, version)
    libraries.check_libraries()


def test_the_versions_are_those_that_are_installed_for_it() -> None:
    text = (ROOT / "meta/ee-requirements.txt").read_text(encoding="utf-8")
    assert dict(re.findall(r"^(\w+)>=([\d.]+)$", text, re.MULTILINE)) == libraries.OLDEST
