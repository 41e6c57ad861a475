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
    # Creates, Removes and Chdir ('' is none), Depth (levels of objects; 0 leaves it to remoting), AsText;
    # MaxParts (how many values one object may be made of where it is converted here)
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
$__pssessionParts = @{ Count = 0; Most = $__pssession['MaxParts'] }
# What JSON has no form for, as remoting's values are shown: ConvertTo-Json makes numbers of enums and objects of times.
$__pssessionPlain = {
    param($Value)

    $base = $Value.PSObject.BaseObject
    $invariant = [System.Globalization.CultureInfo]::InvariantCulture
    if ($base -is [datetime] -or $base -is [System.DateTimeOffset]) { $base.ToString('o', $invariant) }
    elseif ($base -is [double] -or $base -is [single]) {
        if ([double]::IsNaN($base) -or [double]::IsInfinity($base)) { ([double]$base).ToString($invariant) } else { $base }
    }
    elseif ($base -is [decimal]) { if ([decimal][double]$base -eq $base) { $base } else { $base.ToString($invariant) } }
    elseif ($base -is [byte[]]) { [System.Convert]::ToBase64String($base) }
    elseif ($base.GetType().Name -match '^(Boolean|String|S?Byte|U?Int(16|32|64))$') { $base }
    else { "$base" }
}
# Remoting sends an object's properties, and what these hold as text. Dictionaries it sends whole, however deep.
$__pssessionDeepen = {
    param($Value, [int]$Depth, [bool]$ForJson, $Within)

    $__pssessionParts['Count'] += 1
    if ($__pssessionParts['Count'] -gt $__pssessionParts['Most']) {
        throw "An object is made of more than $($__pssessionParts['Most']) values at the task's depth. Make depth " +
            'less, or choose properties with Select-Object.'
    }
    $base = $null
    if ($null -ne $Value) {
        $base = $Value.PSObject.BaseObject
    }
    $leaves = 'String', 'ScriptBlock', 'SecureString', 'PSCredential', 'Uri', 'Version', 'RuntimeType', 'XmlDocument'
    $leaves += 'Byte[]', 'SwitchParameter'
    if ($null -eq $base) {
        , $null
    }
    elseif ($base -is [ValueType] -or $base.GetType().Name -in $leaves) {
        if ($ForJson) { & $__pssessionPlain $Value } else { , $Value }
    }
    elseif ($(foreach ($outer in $Within) { if ([object]::ReferenceEquals($outer, $Value)) { $true } })) {
        '<circular reference>'
    }
    elseif ($base -is [System.Collections.IEnumerable] -and $base -isnot [System.Collections.IDictionary]) {
        if ($Depth -le 1 -and -not $ForJson) {
            , $Value
        }
        else {
            $inner = @($Within) + , $Value
            , @(foreach ($item in $base) { , (& $__pssessionDeepen $item $Depth $ForJson $inner) })
        }
    }
    elseif ($Depth -le 1) {
        if ($ForJson) { "$Value" } else { , $Value }
    }
    else {
        $inner = @($Within) + , $Value
        $table = [ordered]@{}
        if ($base -is [System.Collections.IDictionary]) {
            foreach ($key in @($base.Keys)) {
                $table["$key"] = & $__pssessionDeepen $base[$key] ($Depth - 1) $ForJson $inner
            }
        }
        else {
            foreach ($property in $Value.PSObject.Properties) {
                # What reading a property throws is no error of the script.
                $held = try { , $property.Value } catch { $null }
                $table[$property.Name] = & $__pssessionDeepen $held ($Depth - 1) $ForJson $inner
            }
        }
        $table
    }
}
# A script without [CmdletBinding()] takes parameters that it does not declare, and PowerShell says nothing.
$__pssessionDeclared = {
    $names = @($__pssessionNamed.Keys)
    $isAdvanced = $__pssessionBlock.Attributes | Where-Object -FilterScript {
        $_ -is [System.Management.Automation.CmdletBindingAttribute]
    }
    if ($names.Count -and -not $isAdvanced) {
        Set-Item -LiteralPath Function:__pssessionScript -Value $__pssessionBlock
        $known = (Get-Command -Name __pssessionScript -CommandType Function).Parameters
        Remove-Item -LiteralPath Function:__pssessionScript
        $declared = @($known.Keys) + @($known.Values | ForEach-Object -Process { $_.Aliases })
        foreach ($name in $names) {
            # A name may be shortened.
            if (-not ($declared | Where-Object -FilterScript { "$_".StartsWith($name, 'OrdinalIgnoreCase') })) {
                $names = if ($known.Count) { @($known.Keys) -join ', ' } else { 'none' }
                throw "The script does not declare the parameter '$name'. Those that it declares: $names."
            }
        }
    }
}
if (Test-Path -LiteralPath Variable:Ansible) {
    $__pssessionBefore['Ansible'] = @(, $Ansible)
}
try {
    try {
        $__pssessionBlock = [ScriptBlock]::Create($__pssession['Script'])
    }
    catch {
        # The parser's own error, out of the method call's; outside of try nothing would end here.
        throw $_.Exception.GetBaseException()
    }
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
        & $__pssessionDeclared
        $Ansible = $__pssessionAnsible
        # A native command sets its exit code anew, without the mark.
        $__pssessionCode = Get-Variable -Name LASTEXITCODE -Scope Global -ValueOnly -ErrorAction Ignore
        if ($null -ne $__pssessionCode) {
            $__pssessionMark = @{ NotePropertyName = '__pssession'; NotePropertyValue = $true; Force = $true }
            $global:LASTEXITCODE = Add-Member -InputObject $__pssessionCode -PassThru @__pssessionMark
        }
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
                process {
                    $__pssessionParts['Count'] = 0
                    , (& $__pssessionDeepen $_ $__pssessionDepth)
                }
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
            rc      = $null
            result  = $__pssessionAnsible.Result
            skipped = $__pssessionSkipped
        }
        $__pssessionCode = Get-Variable -Name LASTEXITCODE -Scope Global -ValueOnly -ErrorAction Ignore
        if ($null -ne $__pssessionCode) {
            if ($__pssessionCode.PSObject.Properties['__pssession']) {
                $global:LASTEXITCODE = $__pssessionCode.PSObject.BaseObject
            }
            elseif (-not $__pssessionSkipped) {
                $__pssessionOutcome['rc'] = $__pssessionCode -as [int]
            }
        }
        if (-not $__pssessionDepth) {
            $__pssessionDepth = 10
        }
        foreach ($__pssessionName in 'diff', 'result') {
            $__pssessionParts['Count'] = 0
            $__pssessionOutcome[$__pssessionName] = (
                & $__pssessionDeepen $__pssessionOutcome[$__pssessionName] ($__pssessionDepth + 1) $true
            )
        }
        Write-Information -InformationAction SilentlyContinue -Tags 'remoting.powershell.outcome' -MessageData (
            ConvertTo-Json -InputObject $__pssessionOutcome -Compress -WarningAction SilentlyContinue -Depth 100
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
