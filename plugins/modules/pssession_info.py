#!/usr/bin/python
# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The documentation of plugins/action/pssession_info.py; nothing of this file runs."""

from __future__ import annotations

DOCUMENTATION = r"""
module: pssession_info
short_description: List the sessions of a host
version_added: 0.1.0
description:
  - Lists the sessions that the session broker of this user holds to the host, as Get-PSSession does for its own ones,
    or all of the user's sessions on the host, as C(Get-PSSession -ComputerName) does, and tells what the broker has
    done so far.
  - Changes nothing. With O(scope=current) nothing is sent to the host.
extends_documentation_fragment:
  - remoting.powershell.session_module
  - remoting.powershell.session_selector
attributes:
  check_mode:
    description: Whether the module works in check mode.
    support: full
  diff_mode:
    description: Whether the module shows differences.
    support: none
options:
  scope:
    description:
      - V(current) lists the sessions that the broker on this controller holds to the host as its user.
      - V(computer) asks the host, and lists also the sessions that other controllers and native PowerShell clients
        made. Sessions that another client holds are V(Disconnected) and V(Busy), those that can be connected
        V(Disconnected) and V(None).
    type: str
    choices:
      - current
      - computer
    default: current
  state:
    description:
      - Lists only sessions of this state.
    type: str
    choices:
      - Opened
      - Disconnected
      - Broken
      - Closed
  configuration_name:
    description:
      - Lists only sessions of this session configuration, in upper or lower case.
    type: str
notes:
  - A selector that nothing fits gives an empty list. Without one all sessions are listed.
seealso:
  - module: remoting.powershell.pssession
"""

EXAMPLES = r"""
- name: Which sessions are kept (Get-PSSession)
  remoting.powershell.pssession_info:
  register: kept

- name: Show them
  ansible.builtin.debug:
    msg: "{{ kept.sessions | map(attribute='name') | join(', ') }}"

- name: Which sessions of mine are on the host, whoever made them (Get-PSSession -ComputerName web1)
  remoting.powershell.pssession_info:
    scope: computer
  register: there

- name: Which of them can be connected
  ansible.builtin.debug:
    msg: "{{ item.name }} ({{ item.instance_id }}), opened {{ item.run_time }} s ago from {{ item.client_address }}"
  loop: "{{ there.sessions | selectattr('state', 'eq', 'Disconnected') | selectattr('availability', 'eq', 'None') }}"
  loop_control:
    label: "{{ item.name }}"

- name: Some by name
  remoting.powershell.pssession_info:
    name: [nightly, web*]
    state: Opened
    configuration_name: Microsoft.PowerShell

- name: One by its instance id
  remoting.powershell.pssession_info:
    instance_id: 5ac2b9f2-07b4-4b1b-8a0c-1c5a3bd9b8a4
    scope: computer
"""

RETURN = r"""
sessions:
  description:
    - One row for each session, in the order of the list; without one, and for a wildcard, by their Ids. Those that only
      the server knows come last.
  returned: success
  type: list
  elements: dict
  contains:
    availability:
      description: >-
        V(Available), V(Busy) while something runs in it or another client holds it, or V(None) where it is not
        connected.
      type: str
      returned: always
      sample: Available
    client_address:
      description: The address of the client that opened it.
      type: str
      returned: with O(scope=computer)
      sample: 192.0.2.10
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
    inactivity:
      description: Seconds since a client last said a word to it.
      type: float
      returned: with O(scope=computer)
      sample: 12.0
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
    max_idle_timeout:
      description: The most seconds that the server takes as an idle timeout.
      type: float
      returned: with O(scope=computer)
      sample: 2147483.647
    memory:
      description: The memory of its process, in bytes.
      type: int
      returned: with O(scope=computer)
      sample: 94371840
    name:
      description: The session's name, given or made.
      type: str
      returned: always
      sample: nightly
    output_buffering_mode:
      description: V(Block) or V(Drop), which is what a full buffer does while nobody is connected.
      type: str
      returned: with O(scope=computer)
      sample: Block
    owner:
      description: The user who connected; null where a ticket says who.
      type: str
      returned: always
      sample: ansible@EXAMPLE.COM
    process_id:
      description: Its process on the host.
      type: int
      returned: with O(scope=computer)
      sample: 4711
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
    run_time:
      description: Seconds since it was opened.
      type: float
      returned: with O(scope=computer)
      sample: 3600.0
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
broker:
  description: The session broker.
  returned: success
  type: dict
  contains:
    counters:
      description: What it has done since it started.
      type: dict
      returned: always
      contains:
        connections:
          description: TCP connections that were made.
          type: int
          returned: always
          sample: 2
        pipelines:
          description: Commands and scripts that were run.
          type: int
          returned: always
          sample: 20
        reconnected:
          description: How often a session was connected again.
          type: int
          returned: always
          sample: 0
        recreated:
          description: How often a session was replaced by a new one.
          type: int
          returned: always
          sample: 0
        requests:
          description: Requests to all hosts.
          type: int
          returned: always
          sample: 64
        sessions_opened:
          description: Sessions that were opened.
          type: int
          returned: always
          sample: 1
    pid:
      description: Its process.
      type: int
      returned: always
      sample: 4711
    playbooks:
      description: How many playbooks use it.
      type: int
      returned: always
      sample: 1
    threads:
      description: Its threads.
      type: int
      returned: always
      sample: 4
    uptime:
      description: Seconds since it started.
      type: float
      returned: always
      sample: 12.5
    version:
      description: The collection's version that it belongs to.
      type: str
      returned: always
      sample: 0.1.0
"""
