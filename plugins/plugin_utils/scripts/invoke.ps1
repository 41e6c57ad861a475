# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Runs a script in the session's global scope, so that its variables, functions and aliases are there for the next one,
# and says in an information record what the script made of $Ansible, whatever way it ended.
#
# This runs in the global scope itself: each variable of its own is a global one, begins with __pssession and is removed
# in the end. Nothing here may rely on a variable or a key that may be missing: the session may be in strict mode.
param(
    # Script, Parameters, Arguments, HasInput, ErrorAction ('' leaves the session's own), CheckMode, Verbosity;
    # Creates, Removes and Chdir ('' is none), Depth (levels of objects; 0 leaves it to remoting), AsText
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
$__pssessionMoved = $false
$__pssessionDepth = $__pssession['Depth']
# Remoting sends an object's properties, and what these hold as text. Dictionaries it sends whole, however deep.
$__pssessionDeepen = {
    param($Value, [int]$Depth)

    $base = if ($null -ne $Value) { $Value.PSObject.BaseObject }
    $leaves = 'String', 'ScriptBlock', 'SecureString', 'PSCredential', 'Uri', 'Version', 'RuntimeType', 'XmlDocument'
    if ($Depth -le 1 -or $null -eq $base -or $base -is [ValueType] -or $base.GetType().Name -in $leaves) {
        , $Value
    }
    elseif ($base -is [System.Collections.IDictionary]) {
        $table = [ordered]@{}
        foreach ($key in @($base.Keys)) {
            $table["$key"] = & $__pssessionDeepen $base[$key] ($Depth - 1)
        }
        $table
    }
    elseif ($base -is [System.Collections.IEnumerable]) {
        , @(foreach ($item in $base) { , (& $__pssessionDeepen $item $Depth) })
    }
    else {
        $table = [ordered]@{}
        foreach ($property in $Value.PSObject.Properties) {
            # What reading a property throws is no error of the script.
            $held = try { , $property.Value } catch { $null }
            $table[$property.Name] = & $__pssessionDeepen $held ($Depth - 1)
        }
        $table
    }
}
if (Test-Path -LiteralPath Variable:Ansible) {
    $__pssessionBefore['Ansible'] = @(, $Ansible)
}
try {
    $__pssessionBlock = [ScriptBlock]::Create($__pssession['Script'])
    $__pssessionNamed = $__pssession['Parameters']
    $__pssessionPositional = $__pssession['Arguments']
    if ($__pssession['Creates'] -and (Test-Path -Path $__pssession['Creates'])) {
        $__pssessionSkipped = "skipped, since $($__pssession['Creates']) exists"
    }
    elseif ($__pssession['Removes'] -and -not (Test-Path -Path $__pssession['Removes'])) {
        $__pssessionSkipped = "skipped, since $($__pssession['Removes']) does not exist"
    }
    elseif ($__pssession['CheckMode']) {
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
        if ($__pssession['Chdir']) {
            $ExecutionContext.SessionState.Path.PushCurrentLocation('__pssession')
            $__pssessionMoved = $true
            Set-Location -LiteralPath $__pssession['Chdir'] -ErrorAction Stop
        }
        if ($__pssession['AsText']) {
            if ($__pssession['HasInput']) {
                $input | . $__pssessionBlock @__pssessionPositional @__pssessionNamed | Out-String -Stream
            }
            else {
                . $__pssessionBlock @__pssessionPositional @__pssessionNamed | Out-String -Stream
            }
        }
        elseif ($__pssession['Depth'] -gt 1) {
            $__pssessionConvert = {
                process { , (& $__pssessionDeepen $_ $__pssessionDepth) }
            }
            if ($__pssession['HasInput']) {
                $input | . $__pssessionBlock @__pssessionPositional @__pssessionNamed | & $__pssessionConvert
            }
            else {
                . $__pssessionBlock @__pssessionPositional @__pssessionNamed | & $__pssessionConvert
            }
        }
        elseif ($__pssession['HasInput']) {
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
    if ($__pssessionMoved) {
        # A method, since it works in a stopped pipeline, too; where the place before is gone, the session stays here.
        try {
            $null = $ExecutionContext.SessionState.Path.PopLocation('__pssession')
        }
        catch {
            Write-Debug -Message "The session's location before chdir is gone: $_"
        }
    }
    try {
        $__pssessionOutcome = @{
            changed = [bool]$__pssessionAnsible.Changed -and -not $__pssessionSkipped
            diff    = $__pssessionAnsible.Diff
            failed  = [bool]$__pssessionAnsible.Failed
            result  = $__pssessionAnsible.Result
            skipped = $__pssessionSkipped
        }
        Write-Information -InformationAction SilentlyContinue -Tags 'remoting.powershell.outcome' -MessageData (
            ConvertTo-Json -InputObject $__pssessionOutcome -Compress -WarningAction SilentlyContinue -Depth $(
                if ($__pssessionDepth) { $__pssessionDepth } else { 10 }
            )
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
