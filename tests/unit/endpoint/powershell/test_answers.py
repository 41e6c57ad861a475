# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What PowerShell 7.6 answers to many small scripts, errors above all (test process).

The folder `answers` holds scripts, each with a line (``= ``) for each message that follows.  They are written down from
what PowerShell's documentation and sources say, where the recordings have no such case; where both have one, the
recordings decide (tests/unit/endpoint/engine/test_recordings.py).  The scripts of a file run in order in one session.
"""

from __future__ import annotations

import collections.abc
import pathlib

import pytest

from ansible_collections.remoting.powershell.tests.endpoint.engine.embedded import EmbeddedEngine
from ansible_collections.remoting.powershell.tests.unit.endpoint.engine.client import EngineClient, script
from ansible_collections.remoting.powershell.tests.unit.endpoint.powershell.rendering import line_of

_ANSWERS = pathlib.Path(__file__).parent / "answers"
_RESET = "$ErrorActionPreference = 'Continue'; Set-StrictMode -Off"


def _cases(path: pathlib.Path) -> collections.abc.Iterator[tuple[str, list[str]]]:
    for block in path.read_text(encoding="utf-8").split("\n\n"):
        lines = [line for line in block.split("\n") if line and not line.startswith("# ")]
        text = "\n".join(line for line in lines if not line.startswith("= "))
        if text:
            answers = [line[2:].replace("\\n", "\n").replace("\\e", "\x1b") for line in lines if line.startswith("= ")]
            yield text, answers


@pytest.mark.parametrize("name", sorted(path.stem for path in _ANSWERS.glob("*.txt")))
def test_answers(name: str) -> None:
    client = EngineClient(EmbeddedEngine())
    given, expected = [], []
    for text, answers in _cases(_ANSWERS / f"{name}.txt"):
        given.append((text, [line for message in client.run(script(text)) if (line := line_of(message)) is not None]))
        expected.append((text, answers))
        client.run(script(_RESET))
    client.close()
    assert given == expected
