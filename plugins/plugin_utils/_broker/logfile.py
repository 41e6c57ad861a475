# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The broker's log file: private, rotated, free of secrets and of script texts (broker process).

Only our own logger writes to it. pypsrp and psrpcore log whole messages, so nothing is ever attached to theirs.
"""

from __future__ import annotations

import logging
import logging.handlers
import os
import pathlib

#: Bytes, and how many older files are kept.
_SIZE = 1024 * 1024
_KEPT = 2


def open_log(path: pathlib.Path, level: str) -> None:
    """Starts to log; `level` is error, warning, info or debug. Raises OSError where the file cannot be written."""
    os.umask(0o077)
    handler = logging.handlers.RotatingFileHandler(path, maxBytes=_SIZE, backupCount=_KEPT, encoding="utf-8")
    handler.setFormatter(logging.Formatter("%(asctime)s %(process)d %(levelname)s %(threadName)s: %(message)s"))
    logger = logging.getLogger("pssession.broker")
    logger.addHandler(handler)
    logger.setLevel(level.upper())
    logger.propagate = False
