# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The libraries that every session needs: that they are there, and new enough (broker process)."""

from __future__ import annotations

import importlib.metadata
import re
import sys

from .. import _transport
from .._psrp import _psrpcore
from .._transport import FaultKind, TransportError

#: The oldest versions that will do; why is said in meta/ee-requirements.txt.
OLDEST = {"pypsrp": "0.9.1", "psrpcore": "0.3.1"}


def check_libraries() -> None:
    """Makes sure of them; raises MissingLibraryError or TransportError, which say what to install."""
    _psrpcore.require()
    _transport.require("basic")
    for name, oldest in OLDEST.items():
        try:
            present = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            # It can be imported, so it is there; somebody has put it there without its metadata.
            continue
        if numbers(present) < numbers(oldest):
            raise TransportError(
                FaultKind.MISSING_LIBRARY,
                f"{name} {present} is too old, {oldest} or newer is needed. Install it with: "
                f"{sys.executable} -m pip install '{name}>={oldest}'",
            )


def numbers(version: str) -> tuple[int, ...]:
    """The release of a version without what follows it: (0, 9, 1) of 0.9.1rc1."""
    release = re.match(r"\d+(?:\.\d+)*", version)
    return tuple(int(number) for number in release.group().split(".")) if release else ()
