# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Asynchronous tasks: the job that core's async wrapper starts, and module async_status (test endpoint process)."""

from __future__ import annotations

import collections.abc
import contextlib
import json
import logging
import os
import pathlib
import threading
import typing

from .call import Module, ModuleCall
from .manifest import AsyncJob
from .results import ModuleFailedError, Result, to_json

_log = logging.getLogger(__name__)

Flag = collections.abc.Callable[[bool], typing.Any]


class BackgroundTask:
    """Runs a module beyond the pipeline that started it, and keeps its result in a file as core's watchdog does.

    Its threads are of this process: what core gives to a process of its own ends here with the endpoint.

    :param run: runs the module, returns its result's JSON; is told to stop by the event.
    """

    def __init__(
        self,
        job: AsyncJob,
        directory: pathlib.Path,
        numeric_flags: bool,
        run: collections.abc.Callable[[threading.Event], str],
    ) -> None:
        self._job = job
        self._run = run
        self._flag: Flag = int if numeric_flags else bool
        self._stop = threading.Event()
        self._id = f"{job.job_id}.{os.getpid()}"
        self._file = directory / self._id
        self._output: str | None = None

    def start(self) -> Result:
        """Starts, and returns what the task is answered."""
        self._file.parent.mkdir(parents=True, exist_ok=True)
        result = self._result(finished=False)
        self._write(result)
        threading.Thread(target=self._watch, name=f"async-{self._id}", daemon=True).start()
        return result

    def _watch(self) -> None:
        worker = threading.Thread(target=self._work, name=f"async-work-{self._id}", daemon=True)
        worker.start()
        worker.join(self._job.timeout)
        result = self._result(finished=True)
        if worker.is_alive():
            self._stop.set()
            result.update(failed=True, msg="timed out waiting for module completion")
        else:
            result.update(self._module_result())
        self._write(result)

    def _work(self) -> None:
        try:
            self._output = self._run(self._stop)
        except Exception as error:  # nobody else hears of it
            _log.exception("job %s failed", self._id)
            self._output = to_json({"failed": True, "msg": f"failure during async watchdog: {error}"})

    def _module_result(self) -> Result:
        text = self._output or ""
        start, end = text.find("{"), text.rfind("}")
        try:
            return dict(json.loads(text[start : end + 1]))
        except ValueError as error:
            return {"failed": True, "msg": f"failure during async watchdog: {error}", "stdout": text}

    def _result(self, *, finished: bool) -> Result:
        return {
            "started": self._flag(True),
            "finished": self._flag(finished),
            "results_file": str(self._file),
            "ansible_job_id": self._id,
            "_ansible_suppress_tmpdir_delete": True,
            "ansible_async_watchdog_pid": os.getpid(),
        }

    def _write(self, result: Result) -> None:
        # Who reads it while it is written must see the old one or the new one.
        new = self._file.with_name(self._file.name + ".new")
        # The task may have cleaned up already, directory and all.
        with contextlib.suppress(FileNotFoundError):
            new.write_text(to_json(result), encoding="utf-8")
            new.replace(self._file)


def _async_status(call: ModuleCall) -> Result:
    for name in ("jid", "_async_dir"):
        if name not in call.arguments:
            raise ModuleFailedError(f"Get-AnsibleParam: Missing required argument: {name}")
    job_id, mode = call.arguments["jid"], call.arguments.get("mode", "status")
    if mode not in ("status", "cleanup"):
        raise ModuleFailedError(f"Get-AnsibleParam: Argument mode needs to be one of status,cleanup but was {mode}.")
    directory = call.expand(call.arguments["_async_dir"])
    file = pathlib.Path(call.path(call.arguments["_async_dir"])) / job_id
    if not file.exists():
        gone = {"ansible_job_id": job_id, "started": 1, "finished": 1}
        raise ModuleFailedError(f"could not find job at '{directory}'", gone)
    if mode == "cleanup":
        file.unlink()
        return {"ansible_job_id": job_id, "erased": str(file)}
    return _status(job_id, file)


def _status(job_id: str, file: pathlib.Path) -> Result:
    text = file.read_text(encoding="utf-8")
    about = {"results_file": str(file), "ansible_job_id": job_id, "started": 1}
    try:
        result: Result = json.loads(text)
    except ValueError as error:
        if not text:
            return {**about, "finished": 0}
        raise ModuleFailedError("Could not parse job output: ", {**about, "finished": 1}) from error
    if "started" not in result:
        result.update(finished=1, ansible_job_id=job_id)
    result.setdefault("finished", 0)
    return result


async_status = Module(_async_status)
