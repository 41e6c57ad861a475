# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command line ``pssession``: sessions seen, entered and removed by hand (command's own process).

To the broker the command is a playbook of its own: what it uses is kept while it runs.
"""
