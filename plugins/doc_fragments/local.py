# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The connection's options for PowerShell on the controller itself (ansible worker and linters)."""

from __future__ import annotations


class ModuleDocFragment:
    """Used as ``remoting.powershell.local``."""

    DOCUMENTATION = r"""
options:
  pwsh_path:
    description:
      - The PowerShell to start on the controller, a name that is looked for on the path or a file, for
        O(transport=local).
      - C(pwsh), C(pwsh-preview), C(powershell) or C(powershell.exe), the first that is found, if not set.
    type: str
    env:
      - name: PSSESSION_PWSH_PATH
    ini:
      - section: pssession
        key: pwsh_path
    vars:
      - name: ansible_pssession_pwsh_path
"""
