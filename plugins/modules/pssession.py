#!/usr/bin/python
# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The documentation of plugins/action/pssession.py; nothing of this file runs."""

from __future__ import annotations

DOCUMENTATION = r"""
module: pssession
short_description: Make, connect or remove sessions
version_added: 0.1.0
description:
  - Makes sure that a host has a session (PSSession), as New-PSSession does, or that it has none, as Remove-PSSession
    does.
  - A session with a name stays on its host until it is removed or its idle timeout is over. It survives the playbook,
    the job and the controller, and the next one that asks for the name finds it again with its variables and functions.
  - Sessions on many hosts are opened in parallel, as Ansible runs a task on many hosts.
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
options:
  state:
    description:
      - V(present) makes a session of the given name unless there is one, and connects one of ours that is disconnected.
        With O(id) or O(instance_id), which name a session that exists, it is connected. Without a selector
        it is the host's implicit session that is opened.
      - V(absent) removes sessions. One that does not exist is no error.
      - An exact name or an instance id is looked for on the host, too, so that it removes what another controller left.
        A wildcard means the sessions that the broker of this controller holds unless O(scope=computer) is set.
        Without a selector the host's implicit sessions are removed.
    type: str
    choices:
      - present
      - absent
    default: present
  scope:
    description:
      - Which sessions a wildcard means with O(state=absent). V(current) is those that the broker of this controller
        holds; V(computer) is all of the user's on the host, whoever made them.
    type: str
    choices:
      - current
      - computer
    default: current
  force:
    description:
      - Whether O(state=absent) removes sessions that are in use, by a command or by another client. Without it such a
        session is left alone and reported as an error.
    type: bool
    default: false
  adopt:
    description:
      - Whether O(state=present) takes a disconnected session of the name that another controller or another job made.
        Without it that one is left alone and a new one is made, so that two runs of one template do not share a
        session.
    type: bool
    default: false
  configuration_name:
    description:
      - The session configuration of a new session, such as C(PowerShell.7) or the name of a JEA endpoint; needs
        O(name).
      - The connection's if not set.
    type: str
  idle_timeout:
    description:
      - After how many seconds without a client the server removes a new session; V(60) or more. The server has a
        maximum of its own.
      - Without it a session with a name has the server's default, which is two hours.
    type: int
  output_buffering_mode:
    description:
      - What a new session does with output when its buffer is full and nobody is connected. V(Block) suspends the
        command, V(Drop) drops the oldest output.
      - The session configuration's if not set.
    type: str
    choices:
      - Block
      - Drop
  culture:
    description:
      - The culture of a new session, such as C(de-DE), which decides how it writes dates and numbers.
      - V(en-US) if not set.
    type: str
  ui_culture:
    description:
      - The culture of a new session's messages.
      - V(en-US) if not set.
    type: str
  application_arguments:
    description:
      - What scripts of a new session find in C($PSSenderInfo.ApplicationArguments).
      - The key C(remoting.powershell) is ours. It says which controller, job and user made the session.
    type: dict
  no_profile:
    description:
      - Whether a new session leaves the user's Windows profile unloaded; needs O(name).
      - The connection's if not set.
    type: bool
notes:
  - What is decided when a session is made (everything from O(configuration_name) to O(no_profile)) is not compared with
    a session that exists, save the configuration, and has no effect with O(state=absent).
seealso:
  - module: remoting.powershell.pssession_info
  - module: remoting.powershell.pssession_invoke
"""

EXAMPLES = r"""
- name: Make a session that stays (New-PSSession -Name nightly)
  remoting.powershell.pssession:
    name: nightly

- name: Make one that lasts for a day without a client and writes German dates (New-PSSessionOption)
  remoting.powershell.pssession:
    name: report
    idle_timeout: 86400
    output_buffering_mode: Drop
    culture: de-DE
    application_arguments:
      ticket: CHG0012345

- name: Make one of another configuration
  remoting.powershell.pssession:
    name: seven
    configuration_name: PowerShell.7

- name: Make several, side by side
  remoting.powershell.pssession:
    name: [build, test]

- name: Take over what another controller left
  remoting.powershell.pssession:
    name: nightly
    adopt: true

- name: Connect one by its instance id
  remoting.powershell.pssession:
    instance_id: 5ac2b9f2-07b4-4b1b-8a0c-1c5a3bd9b8a4

- name: Remove one (Remove-PSSession -Name nightly)
  remoting.powershell.pssession:
    name: nightly
    state: absent

- name: Remove one, whatever runs in it
  remoting.powershell.pssession:
    name: nightly
    state: absent
    force: true

- name: Remove one by its Id
  remoting.powershell.pssession:
    id: 3
    state: absent

- name: Remove all that this controller holds to the host
  remoting.powershell.pssession:
    name: "*"
    state: absent

- name: Clean up after controllers that are gone, but leave alone what is in use
  remoting.powershell.pssession:
    name: "*"
    scope: computer
    state: absent
  ignore_errors: true
"""

RETURN = r"""
session:
  description: The session, as a row of RV(remoting.powershell.pssession_info#module:sessions); null where there was
    none to remove.
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
      description: Whether the session was made, connected or removed.
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
