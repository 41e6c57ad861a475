# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Moves files with a connection plugin as Ansible's actions do, without their tasks (a process of the benchmark's).

The first line of standard input names the plugin and its variables; each further one is a file to move.
"""

from __future__ import annotations

import functools
import json
import os
import sys
import time
import typing

from ansible.playbook.play_context import PlayContext
from ansible.plugins.loader import connection_loader, init_plugin_loader


def main() -> None:
    """Answers each line with the seconds that it took, or with an error."""
    init_plugin_loader()
    configuration = json.loads(sys.stdin.readline())
    connection = connection_loader.get(
        configuration["plugin"], PlayContext(), os.devnull, ansible_playbook_pid=os.getpid()
    )
    connection.set_options(var_options=configuration["variables"])
    _answer(functools.partial(connection.exec_command, "1"))
    for line in sys.stdin:
        request = json.loads(line)
        move = connection.put_file if request["direction"] == "put" else connection.fetch_file
        _answer(functools.partial(move, request["source"], request["destination"]))
    connection.close()


def _answer(action: typing.Callable[[], object]) -> None:
    started = time.monotonic()
    try:
        action()
    except Exception as error:  # psrp's scripts may not run on an engine, and psrp reads what comes instead
        answer: dict[str, typing.Any] = {"error": f"{type(error).__name__}: {error}".rstrip(".")}
    else:
        answer = {"seconds": time.monotonic() - started}
    print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
