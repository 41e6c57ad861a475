# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Starts the broker by path: ``python .../plugin_utils/_broker`` (broker process).

An installed collection cannot be imported without ansible's loader, which the broker does without: the folder above is
made a package of a private name instead.
"""

from __future__ import annotations

import importlib
import pathlib
import sys
import types


def _main() -> int:
    package = types.ModuleType("remoting_powershell")
    package.__path__ = [str(pathlib.Path(__file__).resolve().parents[1])]
    sys.modules[package.__name__] = package
    # The folder of this file is no place to import from: its names are not meant to be seen from the top.
    sys.path.pop(0)
    return int(importlib.import_module("remoting_powershell._broker.process").main())


if __name__ == "__main__":
    sys.exit(_main())
