# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The session broker: keeps PSSessions, runs pipelines in them and lets them go (broker process).

process    starts, reports, ends                      reactor    sockets, timers, signals
server     accepts clients, keeps house               client     one client's requests
registry   which sessions, whose, until when          session    one session: open, reconnect, close
running    one pipeline's run                         recovery   what a fault means (pure)
"""
