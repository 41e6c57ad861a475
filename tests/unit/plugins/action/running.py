# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Actions run as ansible-core runs them."""

from __future__ import annotations

import os
import typing

import ansible.template
from ansible.parsing.dataloader import DataLoader
from ansible.playbook.play_context import PlayContext
from ansible.playbook.task import Task
from ansible.plugins.loader import action_loader
from ansible.template import Templar


def trusted(template: str) -> str:
    """A template as one of a playbook, which ansible-core 2.19 and later renders; earlier ones render any."""
    trust = getattr(ansible.template, "trust_as_template", str)
    return typing.cast(str, trust(template))


def run_action(
    name: str,
    connection: typing.Any,
    arguments: dict[str, typing.Any],
    variables: dict[str, typing.Any] | None = None,
    check_mode: bool = False,
    delegate_to: str | None = None,
    diff: bool = False,
    basedir: str = os.curdir,
    vault_secrets: typing.Any = None,
    become_user: str | None = None,
    no_log: bool = False,
) -> dict[str, typing.Any]:
    """Runs an action as ansible-core does, of a playbook in the directory `basedir`."""
    loader = DataLoader()
    loader.set_basedir(basedir)
    if vault_secrets:
        loader.set_vault_secrets(vault_secrets)
    task = Task.load(
        {
            "action": f"remoting.powershell.{name}",
            "args": arguments,
            "check_mode": check_mode,
            "delegate_to": delegate_to,
            "diff": diff,
            "no_log": no_log,
        }
    )
    play_context = PlayContext()
    play_context.become, play_context.become_user = become_user is not None, become_user
    action = action_loader.get(
        f"remoting.powershell.{name}",
        task=task,
        connection=connection,
        play_context=play_context,
        loader=loader,
        templar=Templar(loader=loader, variables=variables or {}),
        shared_loader_obj=None,
    )
    return dict(action.run(task_vars=variables or {}))
