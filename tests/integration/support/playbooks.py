# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the playbooks are that people copy (pytest process)."""

from __future__ import annotations

import pathlib

PLAYBOOKS = pathlib.Path(__file__).resolve().parents[3] / "playbooks"
