# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the modules say of themselves in the same words (ansible-doc and linters)."""

from __future__ import annotations


class ModuleDocFragment:
    """Used as ``remoting.powershell.session_module``."""

    DOCUMENTATION = r"""
options: {}
attributes:
  async:
    description: Whether the task may run in the background.
    support: none
  delegation:
    description: Whether the task may run on another host.
    support: full
  platform:
    description: Which hosts the module works with.
    platforms: Windows PowerShell 5.1, PowerShell 7
    support: full
requirements:
  - pypsrp >= 0.9.0 (on the controller)
  - psrpcore >= 0.3.1 (on the controller)
notes:
  - The host's connection must be P(remoting.powershell.pssession#connection). The module works too with
    P(ansible.builtin.psrp#connection) and P(ansible.builtin.winrm#connection), with the options that their variables
    give ours.
seealso:
  - plugin: remoting.powershell.pssession
    plugin_type: connection
author:
  - The remoting.powershell contributors (@remoting-powershell)
"""
