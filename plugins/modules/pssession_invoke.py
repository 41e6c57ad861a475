#!/usr/bin/python
# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The documentation of plugins/action/pssession_invoke.py; nothing of this file runs."""

from __future__ import annotations

DOCUMENTATION = r"""
module: pssession_invoke
short_description: Run a script or a command in sessions
version_added: 0.1.0
description:
  - Runs PowerShell in the session that all tasks of this module share on a host, as C(Invoke-Command -Session) does.
    Variables, functions, aliases and imported modules stay for the next task and the next playbook.
  - It can also run in sessions of a given name, in several at once, in a temporary one, or in one that is left
    disconnected on the host while the command goes on.
  - Options and results are called as those of M(ansible.windows.win_powershell), so that a task moves over by its
    module's name.
extends_documentation_fragment:
  - remoting.powershell.session_module
  - remoting.powershell.session_selector
attributes:
  check_mode:
    description: Whether the module works in check mode.
    details: >-
      A script that has C([CmdletBinding(SupportsShouldProcess)]) runs with C(-WhatIf); all else is skipped. Such a
      script always runs with C(-Confirm:$false), unless O(parameters) say otherwise.
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
      - Exactly one of O(script), O(path) and O(command) is needed.
    type: str
  path:
    description:
      - A file of the controller with the script to run, as C(Invoke-Command -FilePath) takes it. It is found as
        M(ansible.builtin.copy) finds its source (in C(files) of the role and beside the playbook), and may be encrypted
        with Ansible Vault.
      - It is read as UTF-8 unless it has a byte order mark.
    type: path
  command:
    description:
      - The name of a command to run with O(parameters) and O(arguments).
      - It is sent as a command without any script, so that it works in sessions that allow no language (JEA). O(chdir),
        O(creates), O(removes) and O(depth) need a script.
    type: str
  parameters:
    description:
      - Parameters by name.
    type: dict
  sensitive_parameters:
    description:
      - Parameters that are passed as a SecureString or a PSCredential. Their values are replaced in what the task
        returns.
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
  creates:
    description:
      - A path on the host, which may hold wildcards. Where it exists the script is skipped.
    type: str
  removes:
    description:
      - A path on the host, which may hold wildcards. Where it does not exist the script is skipped.
    type: str
  chdir:
    description:
      - The location in which the script runs. Afterwards the session is where it was before.
    type: str
  error_action:
    description:
      - What an error does that is not terminating, or that ends no more than its statement; V(stop) makes it a
        terminating one, which fails the task.
      - Where this is not set the session's own C($ErrorActionPreference) counts, which is V(continue) in a new session.
    type: str
    choices:
      - continue
      - silently_continue
      - stop
  depth:
    description:
      - How many levels of objects below an object come back in RV(output), RV(result) and RV(ignore:diff), as C(-Depth)
        of C(ConvertTo-Json) counts them; deeper ones come as text, or in RV(output) as PowerShell Remoting sends them.
      - From V(1) to V(99). Where this is not set RV(output) has what PowerShell Remoting sends (the properties of an
        object with what they hold as text, dictionaries and lists as deep as they are), and the others have V(9).
      - An object that would come to more than 100000 values fails the task and says so. What holds itself is marked
        C(<circular reference>).
    type: int
  output_format:
    description:
      - How RV(output) comes back. V(objects) gives values, V(text) the lines that a console shows, made on the host by
        C(Out-String). With O(command) a session without a language (JEA) has to show that cmdlet, too.
    type: str
    choices:
      - objects
      - text
    default: objects
  timeout:
    description:
      - Stops the pipeline after so many seconds and fails the task. The session stays, with its state.
    type: float
  temporary:
    description:
      - Whether to run in a session that is made for it and removed afterwards, as C(Invoke-Command -ComputerName) does.
        Not together with a selector.
    type: bool
    default: false
  in_disconnected_session:
    description:
      - Whether to start it in a new session and leave that at once, disconnected, as
        C(Invoke-Command -InDisconnectedSession) does. The task ends while the command goes on.
        M(remoting.powershell.pssession_receive) fetches what it wrote, in the same job or another.
      - Not together with a selector, O(temporary) or O(timeout).
    type: bool
    default: false
  session_name:
    description:
      - The name of the session that O(in_disconnected_session) makes. It is made though there may be one of the name
        already.
    type: str
  idle_timeout:
    description:
      - After how many seconds without a client the server removes the session that O(in_disconnected_session) makes,
        even if its command still runs then; V(60) or more.
      - Without it V(86400), or the server's maximum where that is less.
    type: int
  output_buffering_mode:
    description:
      - What the session that O(in_disconnected_session) makes does with output when its buffer is full. V(Block)
        suspends the command until somebody receives it, V(Drop) drops the oldest output.
      - V(Drop) if not set.
    type: str
    choices:
      - Block
      - Drop
notes:
  - The task has C(changed) unless the script sets C($Ansible.Changed) to false, and fails on a terminating error.
  - C(exit) ends the script and sets RV(rc); with another code than 0 the task fails. The exit code of a native command
    sets RV(rc) too, and is no failure by itself.
  - A parameter that the script does not declare is an error, also where PowerShell alone would say nothing.
  - An object of the output may have 16 MB, and all of it 256 MB. A script that writes more is stopped, and the task
    fails. Choose on the host what is needed, or write to a file there and fetch it with M(ansible.builtin.fetch).
  - With several sessions it runs in all of them at once. Where one fails the others go on, and the task fails in the
    end.
seealso:
  - module: remoting.powershell.pssession
  - module: remoting.powershell.pssession_receive
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

- name: Use a session of its own name (Invoke-Command -Session)
  remoting.powershell.pssession_invoke:
    name: nightly
    script: $total += 1; $total

- name: Run in several sessions at once
  remoting.powershell.pssession_invoke:
    name: [build, test*]
    script: Get-Location | Select-Object -ExpandProperty Path
  register: places

- name: Show where each is
  ansible.builtin.debug:
    msg: "{{ item.session.name }}: {{ item.output[0] }}"
  loop: "{{ places.results }}"
  loop_control:
    label: "{{ item.session.name }}"

- name: Run in a session that is gone afterwards (Invoke-Command -ComputerName)
  remoting.powershell.pssession_invoke:
    temporary: true
    script: Get-Process -Name powershell | Measure-Object | Select-Object -ExpandProperty Count

- name: Run a script file of the controller, once
  remoting.powershell.pssession_invoke:
    path: install.ps1
    arguments: [full]
    parameters:
      Source: \\files\share\product
    chdir: C:\install
    creates: C:\Program Files\Product\product.exe
    timeout: 600

- name: Read a deep structure
  remoting.powershell.pssession_invoke:
    script: Get-Content -LiteralPath C:\app\settings.json -Raw | ConvertFrom-Json
    depth: 5
  register: settings

- name: Show a table as a console does
  remoting.powershell.pssession_invoke:
    script: Get-Service | Format-Table -Property Name, Status
    output_format: text

- name: Start something that runs on (Invoke-Command -InDisconnectedSession)
  remoting.powershell.pssession_invoke:
    script: Start-Backup
    in_disconnected_session: true
    session_name: backup
    idle_timeout: 172800
    output_buffering_mode: Block

- name: Fetch what it wrote, in this job or another
  remoting.powershell.pssession_receive:
    name: backup
    remove: true

# Ad-hoc commands share the session, too:
#   ansible web1 -m remoting.powershell.pssession_invoke -a 'script="$x = 42"'
#   ansible web1 -m remoting.powershell.pssession_invoke -a 'script="$x"'

- name: Give all modules of the collection the same defaults
  hosts: web
  module_defaults:
    group/remoting.powershell.pssession:
      name: nightly
  tasks:
    - name: Run in the session nightly
      remoting.powershell.pssession_invoke:
        script: Get-Date
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
      command that a script ran, else 0.
  returned: success or failure of the script
  type: int
  sample: 0
had_errors:
  description: Whether RV(error) holds anything.
  returned: success or failure of the script
  type: bool
  sample: false
state:
  description: V(running), since the command goes on.
  returned: with O(in_disconnected_session)
  type: str
  sample: running
session:
  description:
    - The session that it ran in, as a row of RV(remoting.powershell.pssession_info#module:sessions); null where the
      time of O(timeout) was up in a temporary one.
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
  description:
    - One row for each session, with the fields that a single one returns, in the order of the list; those of a wildcard
      by their Ids.
  returned: if a list or a wildcard was given, or several sessions fit
  type: list
  elements: dict
  contains:
    changed:
      description: Whether it has changed something.
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
