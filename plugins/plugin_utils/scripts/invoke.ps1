# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Runs a script in the session's global scope, so that its variables, functions and aliases are there for the next one,
# and says in an information record what the script made of $Ansible.
#
# The script itself stands in no try block: PowerShell would end it at the first error that ends a statement, whatever
# the preferences say. So after a script that was ended (throw, exit, stop) finish.ps1 does what is left to do here.
#
# This runs in the global scope itself: each variable of its own is a global one, begins with __pssession and is removed
# in the end. Nothing here may rely on a variable or a key that may be missing: the session may be in strict mode. Keys
# of dictionaries are never read as properties: where there is a key of that name PowerShell gives its value. Cmdlets are
# called with their modules' names, since the session may have a function or an alias of any name, and with whatever its
# preferences or its $PSDefaultParameterValues could set otherwise.
param(
    # Script, Parameters, Arguments, HasInput, ErrorAction ('' leaves the session's own), CheckMode, Verbosity;
    # Creates, Removes and Chdir ('' is none), Depth (levels of objects; 0 leaves it to remoting), AsText;
    # MaxParts (how many values one object may be made of where it is converted here)
    [hashtable]$__pssession
)

$__pssessionQuiet = @{ Confirm = $false; Verbose = $false; WhatIf = $false }
try {
    # What constrained language refuses; where a policy only audits, the mode has that name and refuses nothing.
    $null = [ScriptBlock]::Create('')
}
catch {
    Microsoft.PowerShell.Utility\Remove-Variable -Name __pssession, __pssessionQuiet @__pssessionQuiet
    throw "The session is in $($ExecutionContext.SessionState.LanguageMode) mode, and what runs a script here calls " +
        'methods. Use command with parameters and arguments in the place of script or path.'
}
# An earlier script that was ended, and with it whoever would have run finish.ps1.
if ($ExecutionContext.SessionState.PSVariable.Get('__pssessionRestore')) {
    . $__pssessionRestore
}
$__pssessionBefore = @{ Ansible = @(); ErrorAction = $ErrorActionPreference; Moved = $false }
# Here every error ends all of it.
$ErrorActionPreference = 'Stop'
$__pssessionAnsible = [PSCustomObject]@{
    Changed   = $true
    CheckMode = $__pssession['CheckMode']
    Diff      = @{}
    Failed    = $false
    Result    = @{}
    Verbosity = $__pssession['Verbosity']
}
$__pssessionSkipped = ''
$__pssessionStarted = $false
$__pssessionCut = $false
$__pssessionFed = $__pssession['HasInput']
$__pssessionDepth = $__pssession['Depth']
$__pssessionParts = @{ Count = 0; Most = $__pssession['MaxParts'] }
# What JSON has no form for, as remoting's values are shown: ConvertTo-Json makes numbers of enums and objects of times.
$__pssessionPlain = {
    param($Value)

    $base = $Value.PSObject.BaseObject
    $invariant = [System.Globalization.CultureInfo]::InvariantCulture
    if ($base.GetType().Name -in 'DateTime', 'DateTimeOffset', 'DateOnly', 'TimeOnly') { $base.ToString('o', $invariant) }
    elseif ($base -is [double] -or $base -is [single]) {
        if ([double]::IsNaN($base) -or [double]::IsInfinity($base)) { ([double]$base).ToString($invariant) } else { $base }
    }
    elseif ($base -is [decimal]) {
        # What is greater may be none any more once it was a double.
        $isSmall = [System.Math]::Abs($base) -lt 1e15
        if ($isSmall -and [System.Math]::Truncate($base) -eq $base) { [long]$base }
        elseif ($isSmall -and [decimal][double]$base -eq $base) { $base }
        else { $base.ToString($invariant) }
    }
    elseif ($base -is [switch]) { [bool]$base }
    elseif ($base -is [byte[]]) { [System.Convert]::ToBase64String($base) }
    elseif ($base.GetType().Name -match '^(Boolean|String|S?Byte|U?Int(16|32|64))$') { $base }
    else { "$base" }
}
# Remoting sends an object's properties, and what these hold as text. Dictionaries it sends whole, however deep.
$__pssessionDeepen = {
    param($Value, [int]$Depth, [bool]$ForJson, $Within)

    $__pssessionParts['Count'] += 1
    if ($__pssessionParts['Count'] -gt $__pssessionParts['Most']) {
        # Else the script's own preference might go on here.
        $ErrorActionPreference = 'Stop'
        throw "An object is made of more than $($__pssessionParts['Most']) values at the task's depth. Make depth " +
            'less, or choose properties with Select-Object.'
    }
    $base = $Value
    if ($null -ne $Value -and $Value -isnot [System.Collections.IDictionary]) {
        $base = $Value.PSObject.BaseObject
    }
    $kind = ''
    if ($null -ne $base) {
        # Some objects of COM have no such method.
        $kind = try { $base.GetType().Name } catch { '' }
    }
    $leaves = 'String', 'ScriptBlock', 'SecureString', 'PSCredential', 'Uri', 'Version', 'SemanticVersion', 'Regex'
    $leaves += 'RuntimeType', 'XmlDocument', 'Byte[]'
    if ($null -eq $base -or $base -is [System.DBNull]) {
        , $null
    }
    elseif (
        $kind -in $leaves -or
        # Values, except those that are pairs of others.
        ($base -is [ValueType] -and $kind -notin 'DictionaryEntry', 'KeyValuePair`2')
    ) {
        if ($ForJson) { & $__pssessionPlain $Value } else { , $Value }
    }
    elseif ($(foreach ($outer in $Within) { if ([object]::ReferenceEquals($outer, $Value)) { $true } })) {
        '<circular reference>'
    }
    elseif ($base -is [System.Collections.IDictionary]) {
        if ($Depth -le 1) {
            if ($ForJson) { "$Value" } else { , $Value }
        }
        else {
            $inner = @($Within) + , $Value
            # Unlike [ordered]@{} it tells "a" from "A".
            $table = [System.Collections.Specialized.OrderedDictionary]::new()
            foreach ($entry in $base.GetEnumerator()) {
                $table["$($entry.Key)"] = & $__pssessionDeepen $entry.Value ($Depth - 1) $ForJson $inner
            }
            $table
        }
    }
    # An XML element is an object, though its children can be enumerated.
    elseif ($base -is [System.Collections.IEnumerable] -and $base -isnot [System.Xml.XmlNode]) {
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
        $isText = $true
        foreach ($property in $Value.PSObject.Properties) {
            $isText = $false
            # What reading a property throws is no error of the script.
            $held = try { , $property.Value } catch { $null }
            $table[$property.Name] = & $__pssessionDeepen $held ($Depth - 1) $ForJson $inner
        }
        if ($isText) { "$Value" } else { $table }
    }
}
# A script without [CmdletBinding()] takes parameters that it does not declare, and PowerShell says nothing.
$__pssessionDeclared = {
    $isAdvanced = foreach ($attribute in $__pssessionBlock.Attributes) {
        $attribute -is [System.Management.Automation.CmdletBindingAttribute]
    }
    if ($isAdvanced -contains $true -or -not @($__pssessionNamed.GetEnumerator()).Count) {
        return
    }
    $function = @{ LiteralPath = 'Function:__pssessionScript' }
    Microsoft.PowerShell.Management\Set-Item @function -Value $__pssessionBlock @__pssessionQuiet
    $known = (Microsoft.PowerShell.Core\Get-Command -Name __pssessionScript -CommandType Function).Parameters
    Microsoft.PowerShell.Management\Remove-Item @function @__pssessionQuiet
    $declared = @(foreach ($entry in $known.GetEnumerator()) { $entry.Key; $entry.Value.Aliases })
    foreach ($given in $__pssessionNamed.GetEnumerator()) {
        # A name may be shortened.
        $fits = foreach ($name in $declared) { "$name".StartsWith($given.Key, 'OrdinalIgnoreCase') }
        if ($fits -notcontains $true) {
            $names = @(foreach ($entry in $known.GetEnumerator()) { $entry.Key })
            $names = if ($names.Count) { $names -join ', ' } else { 'none' }
            throw "The script does not declare the parameter '$($given.Key)'. Those that it declares: $names."
        }
    }
}
# Gives the session back what it had; a second time changes nothing.
$__pssessionRestore = {
    if ($null -ne $__pssessionBefore['ErrorAction']) {
        $ErrorActionPreference = $__pssessionBefore['ErrorAction']
        $__pssessionBefore['ErrorAction'] = $null
    }
    if ($__pssessionBefore['Moved']) {
        $__pssessionBefore['Moved'] = $false
        # Where the place before is gone the session stays here.
        try {
            $null = $ExecutionContext.SessionState.Path.PopLocation('__pssession')
        }
        catch {
            Microsoft.PowerShell.Utility\Write-Debug -Message "The session's location before chdir is gone: $_"
        }
    }
    if ($null -ne $__pssessionBefore['Ansible']) {
        if ($__pssessionBefore['Ansible'].Count) {
            $Ansible = $__pssessionBefore['Ansible'][0]
        }
        else {
            Microsoft.PowerShell.Utility\Remove-Variable -Name Ansible -ErrorAction Ignore @__pssessionQuiet
        }
        $__pssessionBefore['Ansible'] = $null
    }
}
# What follows the script; to be dot-sourced.
$__pssessionFinish = {
    . $__pssessionRestore
    $__pssessionOutcome = @{
        # What was skipped, could not be parsed or has no such parameter has changed nothing.
        changed = $__pssessionStarted -and [bool]$__pssessionAnsible.Changed
        cut     = $__pssessionCut
        diff    = $__pssessionAnsible.Diff
        failed  = [bool]$__pssessionAnsible.Failed
        input   = $__pssessionFed
        rc      = $null
        result  = $__pssessionAnsible.Result
        skipped = $__pssessionSkipped
    }
    $__pssessionCode = $ExecutionContext.SessionState.PSVariable.GetValue('LASTEXITCODE')
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
    $__pssessionJson = @{ Compress = $true; Depth = 100; WarningAction = 'SilentlyContinue' }
    $__pssessionRecord = @{ InformationAction = 'SilentlyContinue'; Tags = 'remoting.powershell.outcome' }
    Microsoft.PowerShell.Utility\Write-Information @__pssessionRecord -MessageData (
        Microsoft.PowerShell.Utility\ConvertTo-Json -InputObject $__pssessionOutcome @__pssessionJson
    )
    Microsoft.PowerShell.Utility\Remove-Variable -Name __pssession* -ErrorAction Ignore @__pssessionQuiet
}
if ($ExecutionContext.SessionState.PSVariable.Get('Ansible')) {
    $__pssessionBefore['Ansible'] = @(, $Ansible)
}
try {
    $__pssessionBlock = [ScriptBlock]::Create($__pssession['Script'])
}
catch {
    # The parser's own error, out of the method call's.
    throw $_.Exception.GetBaseException()
}
$__pssessionNamed = $__pssession['Parameters']
$__pssessionPositional = $__pssession['Arguments']
if ($__pssession['Creates'] -and (Microsoft.PowerShell.Management\Test-Path -Path $__pssession['Creates'])) {
    $__pssessionSkipped = "skipped, since $($__pssession['Creates']) exists"
}
elseif ($__pssession['Removes'] -and -not (Microsoft.PowerShell.Management\Test-Path -Path $__pssession['Removes'])) {
    $__pssessionSkipped = "skipped, since $($__pssession['Removes']) does not exist"
}
elseif ($(foreach ($__pssessionAttribute in $__pssessionBlock.Attributes) {
            $__pssessionAttribute -is [System.Management.Automation.CmdletBindingAttribute] -and
            $__pssessionAttribute.SupportsShouldProcess
        }) -contains $true) {
    if ($__pssession['CheckMode']) {
        $__pssessionNamed['WhatIf'] = $true
    }
    if (-not $__pssessionNamed.ContainsKey('Confirm')) {
        # Nobody is there to confirm anything.
        $__pssessionNamed['Confirm'] = $false
    }
}
elseif ($__pssession['CheckMode']) {
    $__pssessionSkipped = 'skipped, running in check mode'
}
if (-not $__pssessionSkipped) {
    & $__pssessionDeclared
    # A native command sets its exit code anew, without the mark.
    $__pssessionCode = $ExecutionContext.SessionState.PSVariable.GetValue('LASTEXITCODE')
    if ($null -ne $__pssessionCode) {
        $__pssessionMark = @{ NotePropertyName = '__pssession'; NotePropertyValue = $true; Force = $true }
        $global:LASTEXITCODE = $__pssessionCode | Microsoft.PowerShell.Utility\Add-Member -PassThru @__pssessionMark
    }
    if ($__pssession['Chdir']) {
        $ExecutionContext.SessionState.Path.PushCurrentLocation('__pssession')
        $__pssessionBefore['Moved'] = $true
        Microsoft.PowerShell.Management\Set-Location -LiteralPath $__pssession['Chdir'] -ErrorAction Stop
    }
    # What comes next in the pipeline has no end where the script was ended by an error of its own call.
    $__pssessionReached = @{ End = $false }
    $__pssessionNext = $null
    if ($__pssession['Depth'] -gt 1 -and -not $__pssession['AsText']) {
        $__pssessionNext = {
            process {
                $__pssessionParts['Count'] = 0
                , (& $__pssessionDeepen $_ $__pssessionDepth)
            }
            end { $__pssessionReached['End'] = $true }
        }
    }
    elseif ($__pssession['AsText'] -or $__pssession['Script'] -match 'ThrowTerminatingError') {
        $__pssessionNext = {
            process { , $_ }
            end { $__pssessionReached['End'] = $true }
        }
    }
    $__pssessionStarted = $true
    $Ansible = $__pssessionAnsible
    $ErrorActionPreference = $__pssessionBefore['ErrorAction']
    if ($__pssession['ErrorAction']) {
        $ErrorActionPreference = $__pssession['ErrorAction']
    }
    else {
        # What the script makes of it stays.
        $__pssessionBefore['ErrorAction'] = $null
    }
    if ($__pssession['AsText'] -and $__pssession['HasInput']) {
        $input | . $__pssessionBlock @__pssessionPositional @__pssessionNamed | & $__pssessionNext |
            Microsoft.PowerShell.Utility\Out-String -Stream
    }
    elseif ($__pssession['AsText']) {
        . $__pssessionBlock @__pssessionPositional @__pssessionNamed | & $__pssessionNext |
            Microsoft.PowerShell.Utility\Out-String -Stream
    }
    elseif ($__pssessionNext -and $__pssession['HasInput']) {
        $input | . $__pssessionBlock @__pssessionPositional @__pssessionNamed | & $__pssessionNext
    }
    elseif ($__pssessionNext) {
        . $__pssessionBlock @__pssessionPositional @__pssessionNamed | & $__pssessionNext
    }
    elseif ($__pssession['HasInput']) {
        $input | . $__pssessionBlock @__pssessionPositional @__pssessionNamed
    }
    else {
        . $__pssessionBlock @__pssessionPositional @__pssessionNamed
    }
    # $PSCmdlet.ThrowTerminatingError() ends the script, but not what called it.
    $__pssessionCut = $null -ne $__pssessionNext -and -not $__pssessionReached['End']
}
. $__pssessionFinish
