# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What runs after a pipeline that was ended before it had finished by itself (broker process)."""

from __future__ import annotations

import contextlib
import typing

from .._psrp.pipeline import Command, PipelineSpec
from .._psrp.records import OutputFormat, Record
from .._wire import messages
from .jobs import Deliver, Job


class Epilogue:
    """Watches a pipeline's records for the one that says that it has finished by itself.

    Args:
        wanted: What runs where that record does not come; None: nothing does.
        deliver: Takes the records.
    """

    def __init__(self, wanted: messages.Epilogue | None, deliver: Deliver) -> None:
        self._wanted = wanted
        self._deliver = deliver
        self._finished = wanted is None

    def deliver(self, records: list[Record]) -> None:
        """Passes records on; raises what the one who takes them raises."""
        self._finished = self._finished or any(map(self._is_told, records))
        self._deliver(records)

    def job(self) -> Job | None:
        """What is to run once the pipeline is over; None where it has finished by itself."""
        if self._finished or self._wanted is None:
            return None
        script = Command(text=self._wanted.script, is_script=True, use_local_scope=False)
        return Job(PipelineSpec([script], expects_input=False), OutputFormat.OBJECTS, self._deliver_told)

    def _deliver_told(self, records: list[Record]) -> None:
        """All else that it writes is nobody's; it goes to its end though its client be gone."""
        if told := [record for record in records if self._is_told(record)]:
            # Whatever keeps its client from hearing of it.
            with contextlib.suppress(Exception):
                self._deliver(told)

    def _is_told(self, record: Record) -> bool:
        if self._wanted is None or record.stream != "information":
            return False
        return self._wanted.tag in typing.cast("dict[str, typing.Any]", record.value)["tags"]
