# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A callback that orders things of the endpoint at the start of tasks and records results (ansible-playbook process).

It needs two variables of the environment, which ``support.stage`` sets: TEST_CONTROL with the URL and the token
of the endpoint's control resource, and TEST_RECORD, the file that gets one line of JSON for each result.
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
short_description: Orders failures from the test endpoint, records results and counts requests
description:
  - At the start of a task with the variable C(orders) it sends each of them to the endpoint's control resource.
  - The record of a task with the variable C(counted) says how many requests of each action came while it ran.
"""


class CallbackModule(CallbackBase):  # type: ignore[misc]
    """Runs in the process of the playbook, so that an order is carried out before any worker starts with the task."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "conductor"
    CALLBACK_NEEDS_ENABLED = True

    def __init__(self, *arguments: typing.Any, **more: typing.Any) -> None:
        super().__init__(*arguments, **more)
        self._url, self._token = json.loads(os.environ["TEST_CONTROL"])
        self._record = os.environ["TEST_RECORD"]
        self._before: dict[str, int] | None = None

    def v2_playbook_on_task_start(self, task: typing.Any, is_conditional: bool) -> None:
        """Carries out the orders of the task."""
        for resource, body in task.vars.get("orders", ()):
            self._call(str(resource), body)
        self._before = self._actions() if task.vars.get("counted") else None

    def v2_runner_on_ok(self, result: typing.Any) -> None:
        """A task has succeeded on a host."""
        self._write("ok", result)

    def v2_runner_on_failed(self, result: typing.Any, ignore_errors: bool = False) -> None:
        """A task has failed on a host."""
        self._write("failed", result)

    def v2_runner_on_skipped(self, result: typing.Any) -> None:
        """A task was skipped on a host."""
        self._write("skipped", result)

    def v2_runner_on_unreachable(self, result: typing.Any) -> None:
        """A host could not be reached for a task."""
        self._write("unreachable", result)

    def _actions(self) -> dict[str, int]:
        """Requests that the endpoint has answered so far, by action."""
        return dict(self._call("status", {})["counters"]["actions"])

    def _call(self, resource: str, body: dict[str, typing.Any]) -> typing.Any:
        request = urllib.request.Request(  # noqa: S310  (a loopback URL of our own)
            self._url + resource,
            data=json.dumps(body).encode(),
            headers={"Authorization": f"Bearer {self._token}"},
        )
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(request, timeout=30) as answer:
            return json.loads(answer.read())

    def _write(self, status: str, result: typing.Any) -> None:
        # ansible-core 2.19 gave these attributes public names.
        host, task, outcome = (
            getattr(result, name, None) or getattr(result, f"_{name}") for name in ("host", "task", "result")
        )
        row = {"host": host.get_name(), "task": task.get_name(), "status": status, "result": outcome, "requests": {}}
        if self._before is not None:
            row["requests"] = {
                action: count - self._before.get(action, 0)
                for action, count in self._actions().items()
                if count > self._before.get(action, 0)
            }
        with open(self._record, "a", encoding="utf-8") as file:
            file.write(json.dumps(row, default=str) + "\n")
