# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the command that the command line names, and says why where it cannot (command's own process)."""

from __future__ import annotations

import importlib
import os
import pathlib
import sys
import typing

from .._wire.errors import ErrorKind, PSSessionError
from . import arguments
from .failure import CommandFailed

_INTERRUPTED = 130


def main(given: typing.Sequence[str] | None = None) -> int:
    """The exit code; 2 for wrong usage, 1 for what failed."""
    options = arguments.parse(given)
    try:
        return _finished(_command(options.command)(options))
    except KeyboardInterrupt:
        return _complained("interrupted", _INTERRUPTED)
    except BrokenPipeError:
        # Whoever read the output has had enough; Python would complain of the rest when it ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except CommandFailed as error:
        return _complained(error.message, error.code)
    except PSSessionError as error:
        return _complained(error.message, 2 if error.kind is ErrorKind.USAGE else 1)
    except Exception as error:
        if not _is_ansible_error(error):
            raise
        return _complained(str(error), 1)


def _command(name: str) -> typing.Callable[[typing.Any], int]:
    """The function of a command; raises CommandFailed where this Python has no ansible."""
    try:
        loader = importlib.import_module("ansible.plugins.loader")
    except ModuleNotFoundError as error:
        raise CommandFailed(
            f"{sys.executable} has no ansible-core ({error}). Start pssession with the Python that "
            "'ansible --version' names.",
            code=1,
        ) from None
    loader.init_plugin_loader(_own_collections())
    module = importlib.import_module(f"{__package__}.{'enter' if name == 'enter' else 'brokers'}")
    function: typing.Callable[[typing.Any], int] = getattr(module, name)
    return function


def _own_collections() -> list[str]:
    """The folder of the ansible_collections that this file is in, so that its own connection plugin is found first."""
    for parent in pathlib.Path(__file__).absolute().parents:
        if parent.name == "ansible_collections":
            return [str(parent.parent)]
    return []


def _finished(code: int) -> int:
    sys.stdout.flush()
    return code


def _complained(text: str, code: int) -> int:
    print(f"pssession: {text}", file=sys.stderr)
    return code


def _is_ansible_error(error: Exception) -> bool:
    errors: typing.Any = sys.modules.get("ansible.errors")
    return errors is not None and isinstance(error, errors.AnsibleError)
