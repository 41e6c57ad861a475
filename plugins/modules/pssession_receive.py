#!/usr/bin/python
# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The documentation of plugins/action/pssession_receive.py; nothing of this file runs."""

from __future__ import annotations

DOCUMENTATION = r"""
module: pssession_receive
short_description: Receive the output of a disconnected session
version_added: 0.1.0
description:
  - Fetches what a command wrote that was started with
    O(remoting.powershell.pssession_invoke#module:in_disconnected_session), or by Invoke-Command -InDisconnectedSession
    on a Windows computer, as Receive-PSSession does. Any controller of the same user can do it.
  - Output is delivered once. What one receive has brought the next one does not bring again.
extends_documentation_fragment:
  - remoting.powershell.session_module
attributes:
  check_mode:
    description: Whether the module works in check mode.
    details: With O(wait=false) the output is received, and the session is not removed; else the task is skipped.
    support: partial
  diff_mode:
    description: Whether the module shows differences.
    details: What the script set as C($Ansible.Diff).
    support: partial
options:
  name:
    description:
      - The session's name, without wildcards, since this is about one session. At most one of O(name), O(id) and
        O(instance_id) can be set; none means the host's implicit session.
    type: str
  id:
    description:
      - The session's number, as M(remoting.powershell.pssession_info) shows it.
    type: int
  instance_id:
    description:
      - The session's GUID.
    type: str
  wait:
    description:
      - Whether to wait for the command's end. With V(false) nothing is taken of a command that still runs;
        RV(state) says so.
    type: bool
    default: true
  timeout:
    description:
      - Takes what the command has written within so many seconds and lets it run on, if it still does.
    type: float
  remove:
    description:
      - Whether to remove the session once its command has ended.
    type: bool
    default: false
notes:
  - RV(ignore:changed) is the script's own, once it has ended; before that it is false. The task fails if the script
    failed.
  - Afterwards the session is connected, or disconnected where its command still runs.
  - An object of the output may have 16 MB. Of an output of more than 256 MB one task returns the first part, with a
    warning and the RV(state) V(running); the next one returns more.
seealso:
  - module: remoting.powershell.pssession_invoke
  - module: remoting.powershell.pssession_connect
"""

EXAMPLES = r"""
- name: Start something long and go home
  remoting.powershell.pssession_invoke:
    path: nightly.ps1
    in_disconnected_session: true
    session_name: nightly

- name: Wait for it in another job, and clean up (Receive-PSSession -Name nightly)
  remoting.powershell.pssession_receive:
    name: nightly
    remove: true
  register: night

- name: Receive what a colleague started with Invoke-Command -InDisconnectedSession
  remoting.powershell.pssession_receive:
    instance_id: 5ac2b9f2-07b4-4b1b-8a0c-1c5a3bd9b8a4

- name: Look now and then, without waiting for its end
  remoting.powershell.pssession_receive:
    name: nightly
    wait: false
  register: look
  until: look.state != 'running'
  retries: 60
  delay: 60

- name: Take what there is after ten seconds and let it run on
  remoting.powershell.pssession_receive:
    name: nightly
    timeout: 10
"""

RETURN = r"""
output:
  description: The objects of the output stream, in order.
  returned: success or failure of the script
  type: list
  sample: ['text', 2, {'Name': 'spooler'}]
error:
  description: The records of the error stream, in order, and last the one that ended the script, if one did.
  returned: success or failure of the script
  type: list
  elements: dict
  contains:
    output:
      description: The record as a console shows it.
      type: str
      returned: always
      sample: "Get-Item : Cannot find path 'C:\\none' because it does not exist."
    exception:
      description: The exception behind it.
      type: dict
      returned: always
      contains:
        message:
          description: What it says.
          type: str
          returned: always
          sample: Cannot find path 'C:\none' because it does not exist.
        type:
          description: Its .NET type.
          type: str
          returned: always
          sample: System.Management.Automation.ItemNotFoundException
        help_link:
          description: Where help is found.
          type: str
          returned: always
          sample: null
        source:
          description: What raised it.
          type: str
          returned: always
          sample: System.Management.Automation
        hresult:
          description: Its HRESULT.
          type: int
          returned: always
          sample: -2146233087
        inner_exception:
          description: The exception behind this one, with the same fields.
          type: dict
          returned: always
    category_info:
      description: What kind of error it is.
      type: dict
      returned: always
      contains:
        category:
          description: The category's name.
          type: str
          returned: always
          sample: ObjectNotFound
        category_id:
          description: The category's number.
          type: int
          returned: always
          sample: 13
        activity:
          description: What was being done.
          type: str
          returned: always
          sample: Get-Item
        reason:
          description: Why it failed.
          type: str
          returned: always
          sample: ItemNotFoundException
        target_name:
          description: What it was done to.
          type: str
          returned: always
          sample: C:\none
        target_type:
          description: The type of that.
          type: str
          returned: always
          sample: String
        message:
          description: All of this in one line.
          type: str
          returned: always
          sample: "ObjectNotFound: (C:\\none:String) [Get-Item], ItemNotFoundException"
    error_details:
      description: More about the error, or null.
      type: dict
      returned: always
      contains:
        message:
          description: A message in place of the exception's.
          type: str
          returned: always
          sample: Specific error message
        recommended_action:
          description: What to do.
          type: str
          returned: always
          sample: Delete the file
    fully_qualified_error_id:
      description: The error's own name.
      type: str
      returned: always
      sample: PathNotFound,Microsoft.PowerShell.Commands.GetItemCommand
    target_object:
      description: The object that it was done to.
      type: raw
      returned: always
      sample: C:\none
    script_stack_trace:
      description: Where in the script it happened.
      type: str
      returned: always
      sample: "at <ScriptBlock>, <No file>: line 1"
    pipeline_iteration_info:
      description: Which object of which command of a pipeline it was.
      type: list
      elements: int
      returned: always
      sample: [0, 1]
warning:
  description: The messages of the warning stream.
  returned: success or failure of the script
  type: list
  elements: str
  sample: []
verbose:
  description: The messages of the verbose stream.
  returned: success or failure of the script
  type: list
  elements: str
  sample: []
debug:
  description: The messages of the debug stream.
  returned: success or failure of the script
  type: list
  elements: str
  sample: []
information:
  description: The records of the information stream.
  returned: success or failure of the script
  type: list
  elements: dict
  contains:
    message_data:
      description: What was written.
      type: raw
      returned: always
      sample: information
    source:
      description: What wrote it.
      type: str
      returned: always
      sample: Write-Information
    time_generated:
      description: When, in UTC and ISO 8601.
      type: str
      returned: always
      sample: '2026-02-11T04:46:00.4694240Z'
    tags:
      description: Its tags.
      type: list
      elements: str
      returned: always
      sample: []
diff:
  description: C($Ansible.Diff).
  returned: if the script sets it
  type: dict
  sample: {before: "a\n", after: "b\n"}
host_out:
  description: What was written to the host, as by Write-Host.
  returned: success or failure of the script
  type: str
  sample: "Line 1\r\nLine 2\r\n"
host_err:
  description: What was written to the host as errors.
  returned: success or failure of the script
  type: str
  sample: ''
result:
  description:
    - C($Ansible.Result) with its values as in RV(output); an empty dictionary if the script did not set it.
  returned: success or failure of the script
  type: raw
  sample: {removed: [old.log]}
rc:
  description:
    - What the script gave to C(exit); without that 1 after a terminating error, else the exit code of the last native
      command that a script ran, else 0. Null before its end.
  returned: success or failure of the script
  type: int
  sample: 0
had_errors:
  description: Whether RV(error) holds anything.
  returned: success or failure of the script
  type: bool
  sample: false
state:
  description:
    - What became of the command. V(running), V(completed), V(stopped), V(failed), or V(none) where the session runs
      nothing and nothing was left to receive.
    - A later receive of a command that has ended brings no output, and the same state.
  returned: success or failure of the script
  type: str
  sample: completed
output_truncated:
  description: Whether output was lost, since the session's buffer was full while nobody was connected.
  returned: success or failure of the script
  type: bool
  sample: false
session:
  description: The session, as a row of RV(remoting.powershell.pssession_info#module:sessions).
  returned: success or failure of the script
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
"""
