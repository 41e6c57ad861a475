# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Engines for the tests of this folder: the embedded one, and the same one behind standard input and output."""

from __future__ import annotations

import collections.abc
import sys

import pytest

from ansible_collections.remoting.powershell.tests.endpoint.engine.api import Engine
from ansible_collections.remoting.powershell.tests.endpoint.engine.embedded import EmbeddedEngine
from ansible_collections.remoting.powershell.tests.endpoint.engine.pwsh import PwshEngine
from ansible_collections.remoting.powershell.tests.unit.endpoint.engine.client import EngineClient

#: Speaks as ``pwsh -s`` does.
STAND_IN = [
    sys.executable,
    "-m",
    "ansible_collections.remoting.powershell.tests.endpoint",
    "--stdio",
    "--engine",
    "embedded",
]


@pytest.fixture(params=["embedded", "stdio"])
def engine(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Engine:
    if request.param == "embedded":
        return EmbeddedEngine()
    monkeypatch.setenv("PYTHONPATH", ":".join(entry for entry in sys.path if entry))
    return PwshEngine(STAND_IN, "stand-in")


@pytest.fixture
def client(engine: Engine) -> collections.abc.Iterator[EngineClient]:
    opened = EngineClient(engine)
    yield opened
    opened.close()
