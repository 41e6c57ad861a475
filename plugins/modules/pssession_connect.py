#!/usr/bin/python
# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The documentation of plugins/action/pssession_connect.py; nothing of this file runs."""

from __future__ import annotations

DOCUMENTATION = r"""
module: pssession_connect
short_description: Connect to disconnected sessions
version_added: 0.1.0
description:
  - Connects to disconnected sessions, as Connect-PSSession does, whichever controller or computer of the same user made
    them. Variables, functions and modules are there as they were left.
extends_documentation_fragment:
  - remoting.powershell.session_module
  - remoting.powershell.session_selector
attributes:
  check_mode:
    description: Whether the module works in check mode.
    details: Says what would change.
    support: full
  diff_mode:
    description: Whether the module shows differences.
    details: The sessions' states before and after, which takes one more request.
    support: full
options: {}
notes:
  - An exact name or an instance id is looked for on the host where this controller does not know it. Ids and wildcards
    mean the sessions that this controller holds.
  - A session that is connected already stays as it is. One that another client holds cannot be connected.
seealso:
  - module: remoting.powershell.pssession_disconnect
  - module: remoting.powershell.pssession_receive
"""

EXAMPLES = r"""
- name: Go on where another job left off (Connect-PSSession -ComputerName web1 -Name nightly)
  remoting.powershell.pssession_connect:
    name: nightly

- name: Connect again what this controller has disconnected
  remoting.powershell.pssession_connect:
    id: [3, 4]

- name: See what is there
  remoting.powershell.pssession_info:
    scope: computer
    state: Disconnected
  register: left

- name: Connect one of them by its instance id
  remoting.powershell.pssession_connect:
    instance_id: "{{ left.sessions[0].instance_id }}"
"""

RETURN = r"""
session:
  description: The session, as a row of RV(remoting.powershell.pssession_info#module:sessions).
  returned: for a single session
  type: dict
  contains:
    availability:
      description: >-
        V(Available), V(Busy) while something runs in it or another client holds it, or V(None) where it is not
        connected.
      type: str
      returned: always
      sample: Available
    computer_name:
      description: The name or the address that was connected to.
      type: str
      returned: always
      sample: web1.example.com
    configuration_name:
      description: The session configuration.
      type: str
      returned: always
      sample: Microsoft.PowerShell
    id:
      description: The session's number, given by the broker; null where the broker does not hold it.
      type: int
      returned: always
      sample: 1
    idle_timeout:
      description: After how many seconds without a client the server removes the session; null where the server
        decides.
      type: int
      returned: always
      sample: 300
    instance_id:
      description: The session's GUID.
      type: str
      returned: always
      sample: 5ac2b9f2-07b4-4b1b-8a0c-1c5a3bd9b8a4
    inventory_hostname:
      description: What the inventory calls the host.
      type: str
      returned: always
      sample: web1
    name:
      description: The session's name, given or made.
      type: str
      returned: always
      sample: nightly
    owner:
      description: The user who connected; null where a ticket says who.
      type: str
      returned: always
      sample: ansible@EXAMPLE.COM
    reconnected:
      description: Whether the session was found disconnected and connected again; its state was kept.
      type: bool
      returned: always
      sample: false
    recreated:
      description: Whether the session was found gone and a new one opened; its state was lost.
      type: bool
      returned: always
      sample: false
    state:
      description: V(Opened), V(Disconnected), V(Broken) or V(Closed).
      type: str
      returned: always
      sample: Opened
    transport:
      description: How the host is reached.
      type: str
      returned: always
      sample: wsman
results:
  description: One row for each session, in the order of the list; those of a wildcard by their Ids.
  returned: if a list or a wildcard was given, or several sessions fit
  type: list
  elements: dict
  contains:
    changed:
      description: Whether the session was connected.
      type: bool
      returned: always
      sample: true
    failed:
      description: Whether it failed.
      type: bool
      returned: if it failed
      sample: true
    msg:
      description: Why it failed.
      type: str
      returned: if it failed
      sample: "The session nightly (Id 3) on web1.example.com is Broken."
    session:
      description: The session, as RV(session); what the task called it where it was not found.
      type: dict
      returned: always
      sample: {id: 3, name: nightly, state: Disconnected}
"""
