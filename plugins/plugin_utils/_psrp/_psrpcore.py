# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The one place that imports psrpcore (broker process).

The collection must be importable without it, so nothing here is used at import time; whoever needs it calls
``require()`` first, which says what is missing.
"""

from __future__ import annotations

import logging

from .errors import MissingLibraryError

_IMPORT_ERROR: ImportError | None = None
try:
    import psrpcore
    from psrpcore import types as ps
except ImportError as error:
    psrpcore = ps = None  # type: ignore[assignment]
    _IMPORT_ERROR = error
else:
    # At DEBUG the library logs whole messages, secrets and scripts included, whatever level the root logger has.
    logging.getLogger("psrpcore").setLevel(logging.WARNING)

__all__ = ["ps", "psrpcore", "require"]


def require() -> None:
    """Check that psrpcore is there.

    Raises:
        MissingLibraryError: It is not, or something that it needs is not.
    """
    if _IMPORT_ERROR is not None:
        raise MissingLibraryError(
            f"psrpcore cannot be imported ({_IMPORT_ERROR}): install it for the Python that runs Ansible, "
            "'python -m pip install psrpcore'"
        ) from _IMPORT_ERROR
