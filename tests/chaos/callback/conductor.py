# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A callback that plays havoc at the start of tasks and records each result (ansible-playbook process).

It needs two variables of the environment, of which ``tests.chaos.plays`` knows more: CHAOS_CONTROL with the URL and the
token of the endpoint's control resource, and CHAOS_RECORD, the file that gets one line of JSON for each result.
"""

from __future__ import annotations

import json
import os
import typing
import urllib.request

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = """
name: conductor
type: aggregate
short_description: Orders failures from the test endpoint, and records results
description:
  - At the start of a task with the variable C(orders) it sends each of them to the endpoint's control resource.
"""


class CallbackModule(CallbackBase):  # type: ignore[misc]
    """Runs in the process of the playbook, so that an order is carried out before any worker starts with the task."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "conductor"
    CALLBACK_NEEDS_ENABLED = True

    def __init__(self, *arguments: typing.Any, **more: typing.Any) -> None:
        super().__init__(*arguments, **more)
        self._url, self._token = json.loads(os.environ["CHAOS_CONTROL"])
        self._record = os.environ["CHAOS_RECORD"]

    def v2_playbook_on_task_start(self, task: typing.Any, is_conditional: bool) -> None:
        """Carries out the orders of the task."""
        for resource, body in task.vars.get("orders", ()):
            self._call(str(resource), body)

    def v2_runner_on_ok(self, result: typing.Any) -> None:
        """A task has succeeded on a host."""
        self._write("ok", result)

    def v2_runner_on_failed(self, result: typing.Any, ignore_errors: bool = False) -> None:
        """A task has failed on a host."""
        self._write("failed", result)

    def v2_runner_on_unreachable(self, result: typing.Any) -> None:
        """A host could not be reached for a task."""
        self._write("unreachable", result)

    def _call(self, resource: str, body: dict[str, typing.Any]) -> None:
        request = urllib.request.Request(  # noqa: S310  (a loopback URL of our own)
            self._url + resource,
            data=json.dumps(body).encode(),
            headers={"Authorization": f"Bearer {self._token}"},
        )
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(request, timeout=30) as answer:
            answer.read()

    def _write(self, status: str, result: typing.Any) -> None:
        # ansible-core 2.19 gave these attributes public names.
        host, task, outcome = (
            getattr(result, name, None) or getattr(result, f"_{name}") for name in ("host", "task", "result")
        )
        row = {"host": host.get_name(), "task": task.get_name(), "status": status, "result": outcome}
        with open(self._record, "a", encoding="utf-8") as file:
            file.write(json.dumps(row, default=str) + "\n")
