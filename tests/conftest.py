# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Make the collection importable for pytest; ansible-test, which shares these tests, does that by itself."""

from __future__ import annotations

import os
import pathlib
import signal
import sys

import pytest

_COLLECTION = pathlib.Path("ansible_collections", "remoting", "powershell")
_CHECKOUT = pathlib.Path(__file__).resolve().parents[1]


def _collections_root() -> str:
    """The folder on the import path whose ``ansible_collections`` leads to this very checkout."""
    for entry in sys.path:
        place = pathlib.Path(entry) / _COLLECTION
        if place.is_dir() and place.samefile(_CHECKOUT):
            return entry
    if _CHECKOUT.parts[-3:] == _COLLECTION.parts:
        return str(_CHECKOUT.parents[2])
    raise pytest.UsageError("run the tests with 'make test': ansible_collections is not on the import path")


if "ANSIBLE_CONTROLLER_MIN_PYTHON_VERSION" not in os.environ:  # ansible-test sets it
    from ansible.plugins.loader import init_plugin_loader

    init_plugin_loader([_collections_root()])

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # What a script runs in its background ignores Ctrl-C, and so would every process that a test starts to interrupt.
    signal.signal(signal.SIGINT, signal.default_int_handler)
