#!/usr/bin/python
# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The documentation of plugins/action/pssession_invoke.py; nothing of this file runs."""

from __future__ import annotations

DOCUMENTATION = r"""
module: pssession_invoke
short_description: Run a script or a command in the session of a host
version_added: 0.1.0
description:
  - Runs PowerShell in the session that all tasks of this module share on a host, as C(Invoke-Command -Session) does.
    Variables, functions, aliases and imported modules stay for the next task and the next playbook.
  - Options and results are called as those of M(ansible.windows.win_powershell), so that a task moves over by its
    module's name.
extends_documentation_fragment:
  - remoting.powershell.session_module
attributes:
  check_mode:
    description: Whether the module works in check mode.
    details: A script that has C([CmdletBinding(SupportsShouldProcess)]) runs with C(-WhatIf); all else is skipped.
    support: partial
  diff_mode:
    description: Whether the module shows differences.
    details: What the script sets as C($Ansible.Diff).
    support: partial
options:
  script:
    description:
      - The script to run, in the session's global scope.
      - It can set C($Ansible.Changed), C($Ansible.Failed), C($Ansible.Result) and C($Ansible.Diff), and read
        C($Ansible.CheckMode) and C($Ansible.Verbosity).
      - Exactly one of O(script) and O(command) is needed.
    type: str
  command:
    description:
      - The name of a command to run with O(parameters) and O(arguments).
      - It is sent as a command without any script, so that it works in sessions that allow no language (JEA).
    type: str
  parameters:
    description:
      - Parameters by name.
    type: dict
  sensitive_parameters:
    description:
      - Parameters that are passed as a SecureString or a PSCredential.
    type: list
    elements: dict
    suboptions:
      name:
        description: The parameter's name.
        type: str
        required: true
      value:
        description: The text of a SecureString. Not together with O(sensitive_parameters[].username).
        type: str
      username:
        description: The user of a PSCredential.
        type: str
      password:
        description: The password of a PSCredential.
        type: str
  arguments:
    description:
      - Arguments by position, which come before O(parameters).
    type: list
    elements: raw
  input:
    description:
      - Objects for the pipeline; a script finds them in C($input) or in its C(process) block.
    type: list
    elements: raw
  error_action:
    description:
      - What an error does that is not terminating; V(stop) makes it a terminating one, which fails the task.
      - Where this is not set the session's own C($ErrorActionPreference) counts, which is V(continue) in a new session.
    type: str
    choices:
      - continue
      - silently_continue
      - stop
  timeout:
    description:
      - Stops the pipeline after so many seconds and fails the task.
    type: float
notes:
  - The task has C(changed) unless the script sets C($Ansible.Changed) to false, and fails on a terminating error.
  - C(exit) ends the script and sets RV(rc); it is no failure by itself.
seealso:
  - module: ansible.windows.win_powershell
"""

EXAMPLES = r"""
- name: Leave something in the session
  remoting.powershell.pssession_invoke:
    script: |
      Import-Module -Name WebAdministration
      $sites = Get-Website
      function Get-SiteName { $sites.Name }

- name: Use it in a later task
  remoting.powershell.pssession_invoke:
    script: |
      Get-SiteName
      $Ansible.Changed = $false
  register: names

- name: Give parameters
  remoting.powershell.pssession_invoke:
    script: |
      [CmdletBinding(SupportsShouldProcess)]
      param([string]$Path, [int]$Days)

      $old = Get-ChildItem -LiteralPath $Path | Where-Object LastWriteTime -LT (Get-Date).AddDays(-$Days)
      $old | Remove-Item
      $Ansible.Changed = [bool]$old
      $Ansible.Result = @{ removed = @($old.Name) }
    parameters:
      Path: C:\logs
      Days: 30

- name: Give a credential
  remoting.powershell.pssession_invoke:
    script: |
      param([PSCredential]$Credential)
      $share = New-PSDrive -Name Share -PSProvider FileSystem -Root \\files\share -Credential $Credential
    sensitive_parameters:
      - name: Credential
        username: EXAMPLE\reader
        password: "{{ reader_password }}"

- name: Feed objects to a script
  remoting.powershell.pssession_invoke:
    script: |
      process { "Hello $_" }
    input:
      - Ada
      - Grace

- name: Call a command of a JEA endpoint
  remoting.powershell.pssession_invoke:
    command: Restart-Service
    parameters:
      Name: spooler
  vars:
    ansible_pssession_configuration_name: PrintOperators
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
  description: C($Ansible.Result) as C(ConvertTo-Json) makes it; an empty dictionary if the script did not set it.
  returned: success or failure of the script
  type: raw
  sample: {removed: [old.log]}
rc:
  description: What the script gave to C(exit); without that 1 after a terminating error, else 0.
  returned: success or failure of the script
  type: int
  sample: 0
had_errors:
  description: Whether RV(error) holds anything.
  returned: success or failure of the script
  type: bool
  sample: false
session:
  description: The session that it ran in, as a row of RV(remoting.powershell.pssession_info#module:sessions).
  returned: success or failure of the script
  type: dict
  contains:
    availability:
      description: V(Available) or V(Busy).
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
      description: The session's number, given by the broker.
      type: int
      returned: always
      sample: 1
    idle_timeout:
      description: After how many seconds without work the server removes the session; null where the server decides.
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
      sample: Ansible1
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
