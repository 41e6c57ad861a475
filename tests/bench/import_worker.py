# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Imports a connection plugin in a fresh interpreter in which ansible is imported already (a benchmark's process).

It is run by its path, so that Ansible's own importer finds the collection, as it does in ansible-playbook.
"""

from __future__ import annotations

import importlib
import json
import sys
import time

from ansible.plugins.loader import init_plugin_loader


def main(name: str) -> None:
    """Writes the seconds of processor time, which other processes disturb little, and how many modules it took."""
    init_plugin_loader()
    importlib.import_module("ansible.plugins.connection.local")  # and with it what every connection plugin needs
    before = len(sys.modules)
    started = time.process_time()
    importlib.import_module(name)
    seconds = time.process_time() - started
    print(json.dumps({"seconds": seconds, "modules": len(sys.modules) - before}))


if __name__ == "__main__":
    main(sys.argv[1])
