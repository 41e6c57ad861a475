# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Moves objects, text and files in one way that Python has to a PowerShell session (a process of the benchmark's).

A line of standard input says how to connect and what to move; a process is forked for it, as Ansible forks one for each
task, and answers. Each further line has it moved once, until one with an empty object.
"""

from __future__ import annotations

import abc
import base64
import importlib
import json
import os
import sys
import time
import typing
import warnings

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.playbook.play_context import PlayContext
from ansible.plugins.loader import connection_loader, init_plugin_loader
from pypsrp.client import Client
from pypsrp.powershell import PowerShell, RunspacePool

_MEGABYTE = 1000 * 1000
#: How core's shell plugin begins the command line of a script, which the connection plugins take out of it again.
_COMMAND = "PowerShell -NoProfile -NonInteractive -ExecutionPolicy Unrestricted"

#: The line that ends what is moved.
_ENOUGH = "{}\n"

Json = dict[str, typing.Any]


class Way(abc.ABC):
    """One way to a session, which is open when `move` is called for the first time."""

    @abc.abstractmethod
    def output(self, script: str) -> list[typing.Any]:
        """What a script writes."""

    def text(self, script: str) -> list[typing.Any]:
        """What a script writes, as text."""
        return self.output(script)

    @abc.abstractmethod
    def input(self, script: str, values: list[typing.Any]) -> list[typing.Any]:
        """What a script writes that gets the values from the pipeline."""

    @abc.abstractmethod
    def put(self, source: str, destination: str) -> None:
        """Sends a file."""

    @abc.abstractmethod
    def fetch(self, source: str, destination: str) -> None:
        """Fetches a file."""


class Plugin(Way):
    """A connection plugin, as Ansible's actions call it."""

    def __init__(self, request: Json) -> None:
        self._connection = connection_loader.get(
            request["plugin"], PlayContext(), os.devnull, ansible_playbook_pid=os.getpid()
        )
        self._connection.set_options(var_options=request["variables"])

    def output(self, script: str) -> list[typing.Any]:
        return self._run(script, None)

    def input(self, script: str, values: list[typing.Any]) -> list[typing.Any]:
        return self._run(script, "\n".join(map(str, values)).encode())

    def put(self, source: str, destination: str) -> None:
        self._connection.put_file(source, destination)

    def fetch(self, source: str, destination: str) -> None:
        self._connection.fetch_file(source, destination)

    def _run(self, script: str, data: bytes | None) -> list[typing.Any]:
        encoded = base64.b64encode(script.encode("utf-16-le")).decode()
        code, stdout, stderr = self._connection.exec_command(f"{_COMMAND} -EncodedCommand {encoded}", in_data=data)
        if code:
            raise RuntimeError(stderr.decode(errors="replace"))
        return [line.decode() for line in stdout.splitlines()]


class Invoke(Plugin):
    """pssession_invoke from its checked arguments to its result; it moves no files."""

    def output(self, script: str) -> list[typing.Any]:
        return self._invoke({"script": script})

    def text(self, script: str) -> list[typing.Any]:
        return self._invoke({"script": script, "output_format": "text"})

    def input(self, script: str, values: list[typing.Any]) -> list[typing.Any]:
        return self._invoke({"script": script, "input": values})

    def _invoke(self, arguments: Json) -> list[typing.Any]:
        # The same modules as the connection plugin's; Ansible's importer for collections is there by now.
        cached = importlib.import_module("ansible_collections.remoting.powershell.plugins.plugin_utils._cached")
        _invoke, _pipeline = cached.load("_invoke", "_pipeline")
        validated = ArgumentSpecValidator(_invoke.ARGUMENT_SPEC).validate(arguments)
        request = _invoke.request(self._connection.target(), validated.validated_parameters, False, 0)
        with self._connection.broker() as client:
            result = _pipeline.run(client, request, lambda warning: None)
        if result["failed"]:
            raise RuntimeError(result["msg"])
        return list(result["output"])


class Pypsrp(Way):
    """pypsrp by itself: its Client for text and files, a runspace pool that is kept for objects."""

    def __init__(self, request: Json) -> None:
        # Its copy lifts the server's limits by reflection, and warns at length of an engine that has none.
        warnings.simplefilter("ignore")
        self._client = Client(**request["wsman"])
        self._pool = RunspacePool(self._client.wsman)
        self._pool.open()

    def output(self, script: str) -> list[typing.Any]:
        return self._run(script, None)

    def text(self, script: str) -> list[typing.Any]:
        output, _streams, had_errors = self._client.execute_ps(script)
        if had_errors:
            raise RuntimeError("the script had errors")
        return list(output.splitlines())

    def input(self, script: str, values: list[typing.Any]) -> list[typing.Any]:
        return self._run(script, values)

    def put(self, source: str, destination: str) -> None:
        self._client.copy(source, destination)

    def fetch(self, source: str, destination: str) -> None:
        self._client.fetch(source, destination)

    def _run(self, script: str, values: list[typing.Any] | None) -> list[typing.Any]:
        powershell = PowerShell(self._pool)
        powershell.add_script(script)
        powershell.invoke(input=values)
        if powershell.had_errors:
            raise RuntimeError("; ".join(str(error) for error in powershell.streams.error))
        return list(powershell.output)


WAYS: dict[str, type[Plugin] | type[Pypsrp]] = {
    "psrp": Plugin,
    "pssession": Plugin,
    "pssession_invoke": Invoke,
    "pypsrp": Pypsrp,
}


def values_of(kind: str, size: int) -> list[typing.Any]:
    """What is sent: so many integers, or so many bytes as strings of a megabyte, the last one shorter."""
    if kind == "integers":
        return list(range(size))
    return ["x" * min(_MEGABYTE, size - start) for start in range(0, size, _MEGABYTE)]


def _action(way: Way, request: Json) -> typing.Callable[[], list[typing.Any]]:
    """What is measured."""
    operation = request["operation"]
    if operation in ("put", "fetch"):
        move = way.put if operation == "put" else way.fetch

        def moved() -> list[typing.Any]:
            move(request["source"], request["destination"])
            return []

        return moved
    script = request["script"]
    if operation == "input":
        values = values_of(request["kind"], request["size"])
        return lambda: way.input(script, values)
    return lambda: (way.text if operation == "text" else way.output)(script)


def _answer(action: typing.Callable[[], list[typing.Any]]) -> None:
    processor, started = time.process_time(), time.monotonic()
    try:
        output = action()
    except Exception as error:
        _say({"error": _described(error)})
        return
    seconds = time.monotonic() - started
    _say({
        "seconds": seconds,
        "processor": time.process_time() - processor,
        "objects": len(output),
        "characters": sum(len(value) for value in output if isinstance(value, str)),
        "last": str(output[-1])[:100] if output else "",
    })  # fmt: skip


def _described(error: Exception) -> str:
    """Why something could not be measured: a script may not run on an engine, or a limit be in the way."""
    return f"{type(error).__name__}: {error}".rstrip(".")


def _say(answer: Json) -> None:
    print(json.dumps(answer), flush=True)


def _serve(request: Json) -> None:
    """Opens the session and makes what will be sent; says who it is; then moves it whenever it is told to."""
    try:
        way = WAYS[request["way"]](request)
        action = _action(way, request)
        way.output("1")
    except Exception as error:
        _say({"error": _described(error)})
        return
    _say({"pid": os.getpid()})
    while sys.stdin.readline() not in (_ENOUGH, ""):
        _answer(action)


def main() -> None:
    """Forks a process for each thing to move."""
    init_plugin_loader()
    for line in iter(sys.stdin.readline, ""):
        if pid := os.fork():
            os.waitpid(pid, 0)
        else:
            _serve(json.loads(line))
            sys.stdout.flush()
            os._exit(0)


if __name__ == "__main__":
    main()
