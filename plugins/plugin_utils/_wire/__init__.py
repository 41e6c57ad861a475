# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the ansible worker and the session broker say to each other; pure, imports nothing of ours (both processes).

``frames`` cuts a byte stream into frames, ``messages`` is the allowlist of what a frame may hold, ``codec`` turns one
into the other, ``errors`` are the failures that cross the socket.
"""

from __future__ import annotations

#: The collection's version; a broker serves clients of its own version only, so an upgrade starts a fresh one.
VERSION = "0.1.0"

#: Raised whenever a message changes its meaning.
PROTOCOL = 4
