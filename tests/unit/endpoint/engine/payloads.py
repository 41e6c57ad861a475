# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Input in the shapes that ansible-core gives it, without core's own scripts (test process)."""

from __future__ import annotations

import base64
import json
import typing

SEPARATOR = "\0\0\0\0"

#: Stands where core's wrappers stand; nothing may run it.
WRAPPER = "throw 'a wrapper was interpreted'"

_META = {
    "_ansible_check_mode": False,
    "_ansible_diff": False,
    "_ansible_no_log": False,
    "_ansible_remote_tmp": "%TEMP%",
    "_ansible_verbosity": 0,
}


def encode(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def one_string(
    module: str | None = None,
    arguments: dict[str, typing.Any] | None = None,
    *,
    script: str = "",
    environment: dict[str, str] | None = None,
    become_user: str | None = None,
    async_job: tuple[str, str, float] | None = None,
    min_powershell: str | None = None,
) -> list[str]:
    """As ansible-core up to 2.18 sends it."""
    last = "module_powershell_wrapper" if module else "module_script_wrapper"
    payload: dict[str, typing.Any] = {
        "module_entry": encode(script or "throw 'a module was interpreted'"),
        "module_args": {**_META, "_ansible_module_name": module, **(arguments or {})} if module else {},
        "actions": [last],
        "environment": dict(environment or {}),
        "min_ps_version": min_powershell,
        last: encode(WRAPPER),
    }
    if become_user:
        payload["actions"].insert(0, "become_wrapper")
        payload.update(become_user=become_user, become_password="not used", become_wrapper=encode(WRAPPER))
    if async_job:
        directory, job_id, timeout = async_job
        payload["actions"][-1:-1] = ["async_wrapper", "async_watchdog"]
        payload["environment"]["ANSIBLE_ASYNC_DIR"] = directory
        payload.update(async_jid=job_id, async_timeout_sec=timeout, async_startup_timeout=5)
    return [f"{WRAPPER}\n\n{SEPARATOR}{json.dumps(payload)}"]


def lines(
    module: str | None = None,
    arguments: dict[str, typing.Any] | None = None,
    *,
    script: str = "",
    environment: dict[str, str] | None = None,
    become_user: str | None = None,
    async_job: tuple[str, str, float] | None = None,
    min_powershell: str | None = None,
) -> list[str]:
    """As ansible-core sends it from 2.19 on."""
    name = f"{module}.ps1" if module else "ansible.builtin.script.user.ps1"
    params: dict[str, typing.Any] = {"Script": name, "Environment": environment or {}}
    if module:
        value = {**_META, "_ansible_module_name": module, **(arguments or {})}
        params["Variables"] = [{"Name": "complex_args", "Value": value, "Scope": "Global"}]
        params["ForModule"] = True
    actions = [{"name": "module_wrapper.ps1", "params": params, "secure_params": {}}]
    if async_job:
        directory, job_id, timeout = async_job
        job = {"AsyncDir": directory, "AsyncJid": job_id, "StartupTimeout": 5}
        actions.insert(0, {"name": "async_watchdog.ps1", "params": {"Timeout": timeout}, "secure_params": {}})
        actions.insert(0, {"name": "async_wrapper.ps1", "params": job, "secure_params": {}})
    if become_user:
        become = {"params": {"BecomeUser": become_user}, "secure_params": {"BecomePassword": "not used"}}
        actions.insert(0, {"name": "become_wrapper.ps1", **become})
    scripts = {name: script or "throw 'a module was interpreted'", "module_wrapper.ps1": WRAPPER}
    return manifest_lines(actions, scripts, min_powershell)


def action(name: str, script: str, params: dict[str, typing.Any], *, has_input: bool = False) -> list[str]:
    """A script of core's own, from 2.19 on."""
    framed = manifest_lines([{"name": name, "params": params, "secure_params": {}}], {name: script}, None)
    return [*framed, SEPARATOR] if has_input else framed


def manifest_lines(
    actions: list[dict[str, typing.Any]], scripts: dict[str, str], min_powershell: str | None
) -> list[str]:
    bootstrap = {
        "name": "exec_wrapper",
        "script": WRAPPER,
        "params": {"MinOSVersion": None, "MinPSVersion": min_powershell, "TempPath": None},
    }
    manifest = {
        "scripts": {name: {"path": name, "script": encode(text)} for name, text in scripts.items()},
        "actions": actions,
        "signed_hashlist": [],
    }
    return [json.dumps(bootstrap), SEPARATOR, json.dumps(manifest)]
