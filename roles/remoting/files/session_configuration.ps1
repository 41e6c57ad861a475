# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# One PSSession configuration: registered from a definition, with the role capability that it names, or removed.
[CmdletBinding(SupportsShouldProcess)]
param(
    [Parameter(Mandatory)]
    [string]$RemotingName,

    # The texts of the .pssc and the .psrc file; an empty definition removes the configuration.
    [string]$RemotingDefinition = '',

    [string]$RemotingCapability = '',

    # The configuration that this session came in by.
    [Parameter(Mandatory)]
    [string]$RemotingInUse,

    [pscredential]$RemotingRunAs
)

& {
    Set-StrictMode -Off
    $differences = @()
    $restart = $false
    $module = Join-Path -Path $env:ProgramFiles -ChildPath "WindowsPowerShell\Modules\$RemotingName"
    $capabilityPath = Join-Path -Path $module -ChildPath "RoleCapabilities\$RemotingName.psrc"
    $registered = Get-PSSessionConfiguration -Name $RemotingName -ErrorAction SilentlyContinue
    # The group's name is the system language's; roles are defined for names, not for identifiers.
    $group = New-Object -TypeName System.Security.Principal.SecurityIdentifier -ArgumentList 'S-1-5-32-544'
    $administrators = $group.Translate([System.Security.Principal.NTAccount]).Value.Replace("'", "''")
    $definition = $RemotingDefinition -replace "'BUILTIN\\Administrators'(?= = @)", "'$administrators'"

    function Get-Text {
        param([string]$Path)

        if ($Path -and (Test-Path -LiteralPath $Path)) {
            return (Get-Content -LiteralPath $Path -Raw -ErrorAction Stop) -replace "`r`n", "`n"
        }
        return ''
    }

    # The role capability is read when a session starts, so a change of it needs no restart.
    $capability = Get-Text -Path $capabilityPath
    if ($capability.TrimEnd() -cne $RemotingCapability.TrimEnd()) {
        $differences += @{
            setting = $capabilityPath
            present = if ($capability) { 'another text' } else { 'absent' }
            wanted  = if ($RemotingCapability) { 'as defined' } else { 'absent' }
        }
        if ($PSCmdlet.ShouldProcess($capabilityPath, 'Write')) {
            if ($RemotingCapability) {
                New-Item -Path (Split-Path -Path $capabilityPath -Parent) -ItemType Directory -Force | Out-Null
                # What makes a folder a module.
                $manifest = Join-Path -Path $module -ChildPath "$RemotingName.psm1"
                Set-Content -LiteralPath $manifest -Value '# Holds a role capability.' -ErrorAction Stop
                Set-Content -LiteralPath $capabilityPath -Value $RemotingCapability -Encoding UTF8 -ErrorAction Stop
            }
            else {
                Remove-Item -LiteralPath $capabilityPath -ErrorAction Stop
            }
        }
    }

    $is = 'absent'
    if ($registered) {
        $is = 'another definition'
        $sameAccount = -not $RemotingRunAs -or "$($registered.RunAsUser)" -eq $RemotingRunAs.UserName
        if ((Get-Text -Path $registered.ConfigFilePath).TrimEnd() -ceq $definition.TrimEnd() -and $sameAccount) {
            $is = 'as defined'
        }
    }
    $wanted = if ($RemotingDefinition) { 'as defined' } else { 'absent' }
    if ($is -ne $wanted) {
        if ($registered -and $RemotingName -eq $RemotingInUse) {
            throw "The session configuration $RemotingName is the one that this connection uses: " +
            "connect to another one to change or remove it."
        }
        $differences += @{ setting = "session configuration $RemotingName"; present = $is; wanted = $wanted }
        $restart = $true
        if ($PSCmdlet.ShouldProcess("session configuration $RemotingName", "Make it $wanted")) {
            if ($registered) {
                Unregister-PSSessionConfiguration -Name $RemotingName -Force -NoServiceRestart -ErrorAction Stop
            }
            if ($RemotingDefinition) {
                $file = Join-Path -Path ([System.IO.Path]::GetTempPath()) -ChildPath "$([guid]::NewGuid()).pssc"
                $values = @{
                    Name             = $RemotingName
                    Path             = $file
                    Force            = $true
                    NoServiceRestart = $true
                    ErrorAction      = 'Stop'
                }
                if ($RemotingRunAs) {
                    $values['RunAsCredential'] = $RemotingRunAs
                }
                try {
                    Set-Content -LiteralPath $file -Value $definition -Encoding UTF8 -ErrorAction Stop
                    Register-PSSessionConfiguration @values -WarningAction SilentlyContinue | Out-Null
                }
                finally {
                    Remove-Item -LiteralPath $file -ErrorAction SilentlyContinue
                }
            }
        }
    }

    $Ansible.Changed = $differences.Count -gt 0
    $Ansible.Result = @{ differences = $differences; restart = $restart }
}
