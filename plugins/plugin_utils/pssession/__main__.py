# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Starts the command by path: ``python .../plugin_utils/pssession`` (command's own process).

An installed collection cannot be imported without ansible's loader, so the folder above is made a package of a private
name, the one by which the connection plugin imports it, too.
"""

from __future__ import annotations

import importlib
import pathlib
import sys
import types


def _main() -> int:
    # Not resolved: a link may be what places the collection below ansible_collections.
    utilities = pathlib.Path(__file__).absolute().parents[1]
    package = types.ModuleType("remoting_powershell")
    package.__path__ = [str(utilities)]
    sys.modules[package.__name__] = package
    # The folder of this file is no place to import from: its names are not meant to be seen from the top.
    sys.path.pop(0)
    return int(importlib.import_module("remoting_powershell.pssession.program").main())


if __name__ == "__main__":
    sys.exit(_main())
