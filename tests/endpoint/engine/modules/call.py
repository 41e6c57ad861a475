# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a module may use of the computer that it runs on (test endpoint process)."""

from __future__ import annotations

import collections.abc
import dataclasses
import re
import typing

from ..powershell import CommandCall, HostCalls, Runspace, Streams
from .arguments import ArgumentCheck, Arguments, Spec
from .results import ModuleFailedError, Result, censor

_VARIABLE = re.compile(r"%([^%]+)%")
_META = "_ansible_"


@dataclasses.dataclass
class ModuleCall:
    """One call of a module: its arguments, and where it runs."""

    name: str
    #: As core sent them, with those that begin with ``_ansible_``.
    given: Arguments
    environment: collections.abc.Mapping[str, str]
    computer_name: str
    #: Who runs it: the session's user, or the one that the task becomes.
    user: str
    #: Opens a runspace of the same process for a host.
    open_runspace: collections.abc.Callable[[HostCalls], Runspace]
    #: Runs one pipeline in a runspace; raises PipelineStopped when the task is stopped meanwhile.
    invoke: collections.abc.Callable[[Runspace, collections.abc.Sequence[CommandCall], Streams], None]
    #: The arguments once they were checked.
    arguments: Arguments = dataclasses.field(default_factory=dict)

    @property
    def task_arguments(self) -> Arguments:
        """What the task gave."""
        return {name: value for name, value in self.given.items() if not name.startswith(_META)}

    def meta(self, name: str, default: typing.Any = None) -> typing.Any:
        """What core gave, by its name without ``_ansible_``."""
        value = self.given.get(_META + name)
        return default if value is None else value

    @property
    def check_mode(self) -> bool:
        """Whether nothing may be changed."""
        return bool(self.meta("check_mode", False))

    def expand(self, text: str) -> str:
        """ExpandEnvironmentVariables: unknown names stay as they are."""
        upper = {name.upper(): value for name, value in self.environment.items()}
        return _VARIABLE.sub(lambda found: upper.get(found[1].upper(), found[0]), text)

    def path(self, text: str) -> str:
        """A path of the played computer as one of this machine: expanded, with its separators."""
        return self.expand(text).replace("\\", "/")


@dataclasses.dataclass(frozen=True)
class Module:
    """A module that the engine can do."""

    #: Returns what the module adds to its result; raises ModuleFailedError or ModuleCrashedError.
    run: collections.abc.Callable[[ModuleCall], Result]
    #: The specification of a module on Ansible.Basic; None for one on Ansible.ModuleUtils.Legacy, which does without.
    spec: Spec | None = None

    def call(self, call: ModuleCall) -> tuple[Result, int | None]:
        """Checks the arguments and runs; returns the result and what the module sets $LASTEXITCODE to."""
        result: Result = {"changed": False}
        call.arguments = call.task_arguments
        check = ArgumentCheck(call.name, call.expand)
        # The modules on the legacy utility say `exit 1`, which leaves $LASTEXITCODE as it is.
        ok, failed = (None, None) if self.spec is None else (0, 1)
        status = ok
        try:
            if self.spec is not None:
                call.arguments = check.check(self.spec, call.task_arguments)
            result.update(self.run(call))
        except ModuleFailedError as error:
            result.update(error.result, failed=True, msg=str(error))
            status = failed
        # Core 2.21 asks for it only where the user does; older ones always have it.
        if self.spec is not None and call.meta("inject_invocation", True):
            result["invocation"] = {"module_args": call.arguments}
        return censor(result, check.secrets), status
