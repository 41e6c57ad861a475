# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Jobs as AWX runs them: ansible-runner in a private data directory, and then the end of everything around it.

Job A starts work and is gone with its container; job B, which shares nothing with it, receives what became of it.
"""

from __future__ import annotations

import json
import pathlib
import signal
import subprocess
import sys
import typing

import jinja2
import pytest
import yaml

from ansible_collections.remoting.powershell.tests.integration.support import processes
from ansible_collections.remoting.powershell.tests.integration.support.endpoint import EndpointProcess, inventory_groups
from ansible_collections.remoting.powershell.tests.integration.support.playbooks import PLAYBOOKS
from ansible_collections.remoting.powershell.tests.integration.support.waiting import wait_for
from ansible_collections.remoting.powershell.tests.integration.support.workspace import PATIENCE, Workspace

HERE = pathlib.Path(__file__).resolve().parent
CREDENTIAL_TYPE = PLAYBOOKS.parent / "docs" / "awx" / "credential_type.yml"


class Job(typing.NamedTuple):
    """How a job ended: its exit code, what it printed, and what set_stats leaves for the next job of a workflow."""

    code: int
    output: str
    artifacts: dict[str, typing.Any]


def injected(endpoint: EndpointProcess) -> dict[str, str]:
    """What AWX puts into a job's environment for a credential of our type."""
    injectors = yaml.safe_load(CREDENTIAL_TYPE.read_text(encoding="utf-8"))["injectors"]
    assert set(injectors) == {"env"}
    assert not [name for name in injectors["env"] if name.startswith("ANSIBLE_")]
    # Variables of the environment are no HTML.
    template = jinja2.Environment(undefined=jinja2.StrictUndefined).from_string  # noqa: S701
    fields = {"username": endpoint.user, "password": endpoint.password}
    return {name: template(text).render(fields) for name, text in injectors["env"].items()}


def run_job(
    controller: Workspace, endpoint: EndpointProcess, number: int, playbook: str, variables: dict[str, typing.Any]
) -> Job:
    """Run one playbook of the collection by ansible-runner, then kill all that is left, as a container's end does."""
    private = controller.root / f"job{number}"
    groups = inventory_groups(endpoint, "")
    settings = groups["windows"]["vars"]
    for name in ("ansible_user", "ansible_password", "ansible_pssession_socket_dir"):
        del settings[name]  # the credential says who, and the broker's place is that of a fresh HOME
    files: dict[str, typing.Any] = {
        "inventory/hosts.json": {"all": {"children": {"windows": groups["windows"]}}},
        "env/envvars": {**injected(endpoint), "JOB_ID": str(number)},
        "env/extravars": variables,
        "env/settings": {"job_timeout": PATIENCE},
        "project/job.yml": [{"name": "Run it", "ansible.builtin.import_playbook": f"remoting.powershell.{playbook}"}],
    }
    for name, content in files.items():
        path = private / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(content), encoding="utf-8")
    runner = pathlib.Path(sys.executable).parent / "ansible-runner"
    process = subprocess.run(
        [str(runner), "run", str(private), "-p", "job.yml", "-i", str(number)],
        env=controller.environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    print(process.stdout)
    left = controller.processes()
    for each in left:
        each.kill(signal.SIGKILL)
    assert processes.wait_until_gone(left, controller.home) == []
    return Job(process.returncode, process.stdout, _artifacts(private / "artifacts" / str(number)))


def _artifacts(folder: pathlib.Path) -> dict[str, typing.Any]:
    """AWX reads them of the event that ends a playbook."""
    found: dict[str, typing.Any] = {}
    for path in (folder / "job_events").glob("*.json"):
        found.update(json.loads(path.read_text(encoding="utf-8"))["event_data"].get("artifact_data", {}))
    return found


@pytest.mark.parametrize("by", ["instance id", "name"])
def test_work_outlives_its_job(
    workspace: Workspace, elsewhere: Workspace, endpoint: EndpointProcess, tmp_path: pathlib.Path, by: str
) -> None:
    gate = tmp_path / "gate"
    start = {
        "patch_hosts": "win1",
        "patch_script": str(HERE / "work.ps1"),
        "patch_parameters": {"Gate": str(gate)},
    }
    first = run_job(workspace, endpoint, 41, "patch_start", start)
    assert first.code == 0
    assert endpoint.password not in first.output
    (shell,) = endpoint.shells("win1")
    assert shell["state"] == "Disconnected"
    assert list(shell["commands"].values()) == ["Running"]
    assert first.artifacts == {"patch_sessions": {"win1": shell["shell_id"].lower()}}

    gate.touch()
    wait_for("the work to end", lambda: "Running" not in endpoint.shells("win1")[0]["commands"].values())
    receive = {"patch_hosts": "win1", "patch_looks": 30, "patch_seconds_between": 1}
    handed = first.artifacts if by == "instance id" else {}
    second = run_job(elsewhere, endpoint, 42, "patch_receive", {**receive, **handed})
    assert second.code == 0
    assert '"job 41"' in second.output
    assert endpoint.shells() == []


def test_end_of_a_job_leaves_no_session_for_long(workspace: Workspace, endpoint: EndpointProcess) -> None:
    done = run_job(workspace, endpoint, 43, "migrate_from_psrp", {"migrate_hosts": "win1"})
    assert done.code == 0
    # Where the container ends before the broker has removed it, the server does after idle_timeout.
    assert all(shell["idle_timeout"] == 300 for shell in endpoint.shells())
    endpoint.call("advance", seconds=301)
    assert endpoint.shells() == []


def test_check_mode_starts_nothing(workspace: Workspace, endpoint: EndpointProcess) -> None:
    predicted = workspace.playbook(PLAYBOOKS / "patch_start.yml", "--check", "-e", "patch_hosts=win1")
    print(predicted.output)
    assert (predicted.code, predicted.output.count("skipping: [win1]")) == (0, 2)
    assert endpoint.shells() == []
