# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Let ansible-test make its virtual environments where only a package index is reachable (a developer's tool).

ansible-test makes them without pip and fetches an installer script from its own web server, unless its cache has one.
This one takes pip from the interpreter's ``ensurepip`` and lets pip install the versions that ansible-test asked for.
"""

from __future__ import annotations

import pathlib
import re

_SCRIPT = """\
import subprocess
import sys

subprocess.check_call([sys.executable, "-m", "ensurepip"], stdout=subprocess.DEVNULL)
wanted = [argument for argument in sys.argv[1:] if argument not in ("--no-setuptools", "--no-wheel")]
subprocess.check_call([sys.executable, "-m", "pip", "install", "-q", *wanted])
"""


def provide(venv: pathlib.Path, home: pathlib.Path) -> None:
    """Write the script into ansible-test's cache under each name that this version of ansible-test looks for."""
    for source in venv.glob("lib/python3*/site-packages/ansible_test/_internal/python_requirements.py"):
        versions = set(re.findall(r"\bpip='([0-9.]+)'", source.read_text(encoding="utf-8")))
        cache = home / ".ansible" / "test" / "cache"
        cache.mkdir(parents=True, exist_ok=True)
        for version in versions:
            (cache / f"get_pip_{version.replace('.', '_')}.py").write_text(_SCRIPT, encoding="utf-8")
