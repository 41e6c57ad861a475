# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Runs a script in the session's global scope, so that its variables, functions and aliases are there for the next one,
# and says in an information record what the script made of $Ansible, whatever way it ended.
#
# This runs in the global scope itself: each variable of its own is a global one, begins with __pssession and is removed
# in the end. Nothing here may rely on a variable or a key that may be missing: the session may be in strict mode.
param(
    # Script, Parameters, Arguments, HasInput, ErrorAction ('' leaves the session's own), CheckMode, Verbosity
    [hashtable]$__pssession
)

$__pssessionAnsible = [PSCustomObject]@{
    Changed   = $true
    CheckMode = $__pssession['CheckMode']
    Diff      = @{}
    Failed    = $false
    Result    = @{}
    Verbosity = $__pssession['Verbosity']
}
$__pssessionBefore = @{ Ansible = @(); ErrorAction = $ErrorActionPreference }
$__pssessionSkipped = ''
if (Test-Path -LiteralPath Variable:Ansible) {
    $__pssessionBefore['Ansible'] = @(, $Ansible)
}
try {
    $__pssessionBlock = [ScriptBlock]::Create($__pssession['Script'])
    $__pssessionNamed = $__pssession['Parameters']
    $__pssessionPositional = $__pssession['Arguments']
    if ($__pssession['CheckMode']) {
        if ($__pssessionBlock.Attributes | Where-Object -FilterScript {
                $_ -is [System.Management.Automation.CmdletBindingAttribute] -and $_.SupportsShouldProcess
            }) {
            $__pssessionNamed['WhatIf'] = $true
        }
        else {
            $__pssessionSkipped = 'skipped, running in check mode'
        }
    }

    if (-not $__pssessionSkipped) {
        $Ansible = $__pssessionAnsible
        if ($__pssession['ErrorAction']) {
            $ErrorActionPreference = $__pssession['ErrorAction']
        }
        if ($__pssession['HasInput']) {
            $input | . $__pssessionBlock @__pssessionPositional @__pssessionNamed
        }
        else {
            . $__pssessionBlock @__pssessionPositional @__pssessionNamed
        }
    }
}
finally {
    # Assignments first: they work even where the pipeline was stopped and no command runs any more.
    $Ansible = $null
    $__pssessionNamed = $__pssessionPositional = $__pssessionBlock = $null
    if ($__pssession['ErrorAction']) {
        $ErrorActionPreference = $__pssessionBefore['ErrorAction']
    }
    $__pssession = $null
    try {
        $__pssessionOutcome = @{
            changed = [bool]$__pssessionAnsible.Changed -and -not $__pssessionSkipped
            diff    = $__pssessionAnsible.Diff
            failed  = [bool]$__pssessionAnsible.Failed
            result  = $__pssessionAnsible.Result
            skipped = $__pssessionSkipped
        }
        Write-Information -InformationAction SilentlyContinue -Tags 'remoting.powershell.outcome' -MessageData (
            ConvertTo-Json -InputObject $__pssessionOutcome -Depth 10 -Compress
        )
    }
    finally {
        if ($__pssessionBefore['Ansible'].Count) {
            $Ansible = $__pssessionBefore['Ansible'][0]
        }
        else {
            Remove-Variable -Name Ansible -ErrorAction Ignore
        }
        Remove-Variable -Name __pssession* -ErrorAction Ignore
    }
}
