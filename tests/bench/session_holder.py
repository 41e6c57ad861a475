# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Opens sessions through a broker and lives on, as a playbook that uses them does (a process of the benchmark's).

One line of standard input names the socket directory and the targets; the answer is the broker's pid. It ends when
standard input does.
"""

from __future__ import annotations

import concurrent.futures
import json
import os
import sys
import typing

from ansible_collections.remoting.powershell.plugins.plugin_utils import _client
from ansible_collections.remoting.powershell.plugins.plugin_utils._wire.messages import (
    Command,
    ListSessions,
    Run,
)
from ansible_collections.remoting.powershell.plugins.plugin_utils._wire.target import Target

#: Connections of workers that open sessions at once.
_WORKERS = 10


def _ignore(level: str, text: str) -> None:
    """Nobody reads notes here."""


def _open(directory: str, fields: dict[str, typing.Any]) -> None:
    client = _client.connect(directory, os.getpid(), _ignore)
    try:
        client.run(Run(Target(**fields), [Command("1")]))
    finally:
        client.close()


def main() -> None:
    """Opens all sessions, tells the broker's pid, and waits."""
    request = json.loads(sys.stdin.readline())
    directory = request["directory"]
    with concurrent.futures.ThreadPoolExecutor(_WORKERS) as pool:
        for done in [pool.submit(_open, directory, fields) for fields in request["targets"]]:
            done.result()
    client = _client.connect(directory, os.getpid(), _ignore)
    answer = client.request(ListSessions())
    client.close()
    print(json.dumps({"pid": answer.broker["pid"], "sessions": len(answer.sessions)}), flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main()
