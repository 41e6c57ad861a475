# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads what ansible-core sends as the input of its bootstrap wrapper (test endpoint process).

Core's framing comes in two shapes.  Up to 2.18 it is one string: the wrapper's text, four NUL characters, the
manifest as JSON.  From 2.19 it is one string a line: a JSON object with the wrapper, a line of four NULs, the manifest,
and, where the action takes input, one more line of four NULs before that input.
"""

from __future__ import annotations

import base64
import binascii
import collections.abc
import dataclasses
import json
import typing

SEPARATOR = "\0\0\0\0"

#: Arguments of a module whose name starts so come from core, not from the task.
_MODULE_NAME = "_ansible_module_name"


class BadManifestError(ValueError):
    """The framing is core's, but what it frames cannot be carried out."""


@dataclasses.dataclass(frozen=True)
class AsyncJob:
    """The task is to run on after its pipeline has ended."""

    directory: str
    #: Core's part of the job id; the process id is added to it.
    job_id: str
    #: Seconds until the job is given up.
    timeout: float


@dataclasses.dataclass(frozen=True)
class Manifest:
    """What is to be run, and how."""

    #: The module's name as the task gave it, or None when `script` is to be run.
    module: str | None = None
    arguments: dict[str, typing.Any] = dataclasses.field(default_factory=dict)
    script: str = ""
    #: Given to the script by name.
    parameters: dict[str, typing.Any] = dataclasses.field(default_factory=dict)
    #: The script is a user's: it runs in a runspace of its own, and its output becomes one text.
    wrapped: bool = False
    environment: dict[str, str] = dataclasses.field(default_factory=dict)
    become_user: str | None = None
    async_job: AsyncJob | None = None
    min_powershell: str | None = None
    #: Core up to 2.18 writes started and finished of an async job as numbers, later as booleans.
    numeric_flags: bool = False


def read_manifest(input: PutBackInput) -> Manifest | None:
    """Takes a manifest off the input, or leaves the input as it was and returns None.

    Waits for the first object, which delays no script: the end block, where the text of a script without named blocks
    stands, runs when all input has come.

    :raises BadManifestError: see there.
    """
    taken: list[typing.Any] = []

    def take() -> typing.Any:
        for value in input:
            taken.append(value)
            return value
        return None

    first = take()
    if isinstance(first, str):
        manifest = _one_string(first)
        if manifest is None and _object(first, "name", "script", "params") and take() == SEPARATOR:
            manifest = _lines(_object(first, "name", "script", "params") or {}, take())
            if manifest is not None and (following := next(input, None)) not in (None, SEPARATOR):
                input.put_back([following])
        if manifest is not None:
            return manifest
    input.put_back(taken)
    return None


class PutBackInput(collections.abc.Iterator[typing.Any], typing.Protocol):
    """An input that can be looked at."""

    def put_back(self, values: collections.abc.Sequence[typing.Any]) -> None:
        """Puts objects in front again."""


def _object(text: typing.Any, *keys: str) -> dict[str, typing.Any] | None:
    if not isinstance(text, str) or not text.lstrip().startswith("{"):
        return None
    try:
        value = json.loads(text)
    except ValueError:
        return None
    return value if isinstance(value, dict) and all(key in value for key in keys) else None


def _one_string(text: str) -> Manifest | None:
    """Up to 2.18."""
    parts = text.split(SEPARATOR, 1)
    payload = _object(parts[-1], "actions", "module_entry") if len(parts) == 2 else None
    if payload is None:
        return None
    *before, last = payload["actions"]
    _only_known(before, {"become_wrapper", "async_wrapper", "async_watchdog"})
    common: dict[str, typing.Any] = {
        "environment": payload.get("environment") or {},
        "become_user": payload.get("become_user") if "become_wrapper" in before else None,
        "min_powershell": payload.get("min_ps_version"),
        "numeric_flags": True,
    }
    if "async_wrapper" in before:
        directory = common["environment"].get("ANSIBLE_ASYNC_DIR", "")
        common["async_job"] = AsyncJob(directory, payload["async_jid"], payload["async_timeout_sec"])
    if last == "module_powershell_wrapper":
        arguments = payload["module_args"]
        return Manifest(module=arguments[_MODULE_NAME], arguments=arguments, **common)
    if last == "module_script_wrapper":
        return Manifest(script=_decode(payload["module_entry"]), wrapped=True, **common)
    raise BadManifestError(f"cannot run the action {last}")


def _lines(bootstrap: dict[str, typing.Any], text: typing.Any) -> Manifest | None:
    """From 2.19."""
    payload = _object(text, "actions", "scripts")
    if payload is None:
        return None
    *before, last = payload["actions"]
    params = {action["name"]: action["params"] for action in before}
    _only_known(params, {"become_wrapper.ps1", "async_wrapper.ps1", "async_watchdog.ps1"})
    common: dict[str, typing.Any] = {"min_powershell": bootstrap["params"].get("MinPSVersion")}
    if become := params.get("become_wrapper.ps1"):
        common["become_user"] = become["BecomeUser"]
    if job := params.get("async_wrapper.ps1"):
        timeout = params["async_watchdog.ps1"]["Timeout"]
        common["async_job"] = AsyncJob(job["AsyncDir"], job["AsyncJid"], timeout)
    last_params = last["params"]
    if last["name"] != "module_wrapper.ps1":
        return Manifest(script=_script(payload, last["name"]), parameters=last_params, **common)
    common["environment"] = last_params.get("Environment") or {}
    if not last_params.get("ForModule"):
        return Manifest(script=_script(payload, last_params["Script"]), wrapped=True, **common)
    arguments = next(item["Value"] for item in last_params["Variables"] if item["Name"] == "complex_args")
    return Manifest(module=arguments[_MODULE_NAME], arguments=arguments, **common)


def _only_known(names: collections.abc.Iterable[str], known: set[str]) -> None:
    # Core's coverage action only watches the module that follows it.
    unknown = [name for name in names if name not in known and not name.startswith("coverage_wrapper")]
    if unknown:
        raise BadManifestError(f"cannot run the actions {', '.join(unknown)}")


def _script(payload: dict[str, typing.Any], name: str) -> str:
    return _decode(payload["scripts"][name]["script"])


def _decode(text: str) -> str:
    try:
        return base64.b64decode(text, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError) as error:
        raise BadManifestError("a script is not base64 of UTF-8") from error
