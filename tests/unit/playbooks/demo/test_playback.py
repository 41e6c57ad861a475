# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the demo reads out of ansible-playbook's output."""

from __future__ import annotations

from ansible_collections.remoting.powershell.playbooks.demo.playback import read

OUTPUT = """\
No config file found; using defaults

PLAY [Look after a website] ****************************************************

TASK [Ping] ********************************************************************
ok: [web01] => {"changed": false, "ping": "pong"}
changed: [web02] => {"changed": true, "ping": "TASK [no] ***"}

TASK [Check [both]] ************************************************************
ok: [web01] => {
    "changed": false,
    "msg": "All assertions passed"
}
fatal: [web02]: UNREACHABLE! => {"changed": false, "msg": "no route", "unreachable": true}

PLAY RECAP *********************************************************************
web01                      : ok=2    changed=0    unreachable=0    failed=0
"""


def test_tasks_with_their_results() -> None:
    ping, check = read(OUTPUT.splitlines(keepends=True))
    assert (ping.name, ping.status, ping.failed) == ("Ping", {"web01": "ok", "web02": "changed"}, False)
    assert ping.results["web01"]["ping"] == "pong"
    assert (check.name, check.status, check.failed) == ("Check [both]", {"web01": "ok", "web02": "fatal"}, True)
    assert check.results["web01"]["msg"] == "All assertions passed"
    assert check.results["web02"]["msg"] == "no route"


def test_a_task_is_given_before_the_next_one_ends() -> None:
    lines = iter(OUTPUT.splitlines())
    first = next(read(lines))
    assert first.name == "Ping"
    assert next(lines).startswith("ok: [web01] => {")


def test_output_without_tasks() -> None:
    assert list(read(["ERROR! the playbook: x.yml could not be found\n"])) == []


def test_output_that_was_cut() -> None:
    (task,) = read(OUTPUT.splitlines()[:6])
    assert task.status == {"web01": "ok"}
