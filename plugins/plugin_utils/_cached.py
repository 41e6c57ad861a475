# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Imports what the worker needs of this folder by way of Python's cache of compiled code (ansible worker).

Ansible's own loader compiles a collection's modules anew in every worker, so for every task: some 15 ms for ours. They
are imported as a package of a private name instead, as the broker does, which has a second use: whoever gets a module
here gets the same one, whatever its importer is called.
"""

from __future__ import annotations

import importlib
import os
import sys
import types

_PACKAGE = "remoting_powershell"


def load(*names: str) -> list[types.ModuleType]:
    """The modules of these names, such as ``_client`` or ``_wire.errors``."""
    if _PACKAGE not in sys.modules:
        package = types.ModuleType(_PACKAGE)
        package.__path__ = [os.path.dirname(os.path.abspath(__file__))]
        sys.modules[_PACKAGE] = package
    return [importlib.import_module(f"{_PACKAGE}.{name}") for name in names]
