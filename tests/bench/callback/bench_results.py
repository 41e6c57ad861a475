# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Notes when each task's result came, by a monotonic clock (ansible-playbook process)."""

from __future__ import annotations

import json
import pathlib
import time
import typing

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = r"""
name: bench_results
type: aggregate
short_description: Notes when each result came
version_added: 0.1.0
author: the remoting.powershell contributors (@remoting-powershell)
description:
  - Writes a JSON list of the seconds from the start of the play to each result, in the order in which they came.
options:
  path:
    description:
      - The file to write.
    type: path
    required: true
    env:
      - name: BENCH_RESULTS
"""


class CallbackModule(CallbackBase):  # type: ignore[misc]
    """Its file is complete when the playbook has ended."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "bench_results"
    CALLBACK_NEEDS_ENABLED = True

    def __init__(self) -> None:
        super().__init__()
        self._started = 0.0
        self._results: list[float] = []

    def v2_playbook_on_play_start(self, play: typing.Any) -> None:
        self._started = time.monotonic()

    def v2_runner_on_ok(self, result: typing.Any) -> None:
        self._results.append(time.monotonic() - self._started)

    def v2_playbook_on_stats(self, stats: typing.Any) -> None:
        pathlib.Path(self.get_option("path")).write_text(json.dumps(self._results), encoding="utf-8")
