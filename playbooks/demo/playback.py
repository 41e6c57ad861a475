# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads what ansible-playbook -v prints, task by task, while it is running (demo process)."""

from __future__ import annotations

import collections.abc
import dataclasses
import json
import re
import typing

_TASK = re.compile(r"TASK \[(?P<name>.*)\] \*+")
_RESULT = re.compile(r"(?P<status>ok|changed|fatal|skipping): \[(?P<host>[^\]]+)\](?:: [A-Z]+!)? => (?P<value>\{.*)")


@dataclasses.dataclass
class Task:
    """A task with what became of it on each host: ok, changed, skipping or fatal, and the module's result."""

    name: str
    status: dict[str, str] = dataclasses.field(default_factory=dict)
    results: dict[str, dict[str, typing.Any]] = dataclasses.field(default_factory=dict)

    @property
    def failed(self) -> bool:
        """Whether it failed on, or did not reach, any host."""
        return "fatal" in self.status.values()


def read(lines: collections.abc.Iterable[str]) -> collections.abc.Iterator[Task]:
    """Gives each task as soon as the next one, or the recap, begins."""
    stream = (line.rstrip("\n") for line in lines)
    task: Task | None = None
    for line in stream:
        header, result = _TASK.fullmatch(line), _RESULT.fullmatch(line)
        if result and task:
            task.status[result["host"]] = result["status"]
            task.results[result["host"]] = json.loads(_whole(result["value"], stream))
        elif task and (header or line.startswith("PLAY ")):
            yield task
            task = None
        if header:
            task = Task(header["name"])
    if task:
        yield task


def _whole(value: str, stream: collections.abc.Iterator[str]) -> str:
    """A result that ansible spreads over several lines ends with a line of its closing bracket."""
    if value != "{":
        return value
    parts = [value]
    for line in stream:
        parts.append(line)
        if line == "}":
            break
    return "\n".join(parts)
