# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# The WinRM service: how it starts, and that it runs.
[CmdletBinding(SupportsShouldProcess)]
param(
    [Parameter(Mandatory)]
    [string]$RemotingStartType
)

& {
    Set-StrictMode -Off
    $differences = @()
    $service = Get-Service -Name WinRM -ErrorAction Stop

    if ("$($service.StartType)" -ne $RemotingStartType) {
        $differences += @{
            setting = 'WinRM start type'
            present = "$($service.StartType)"
            wanted  = $RemotingStartType
        }
        if ($PSCmdlet.ShouldProcess('WinRM', "Set the start type to $RemotingStartType")) {
            Set-Service -Name WinRM -StartupType $RemotingStartType -ErrorAction Stop
        }
    }
    if ("$($service.Status)" -ne 'Running') {
        $differences += @{ setting = 'WinRM status'; present = "$($service.Status)"; wanted = 'Running' }
        if ($PSCmdlet.ShouldProcess('WinRM', 'Start')) {
            Start-Service -Name WinRM -ErrorAction Stop
        }
    }

    $Ansible.Changed = $differences.Count -gt 0
    $Ansible.Result = @{ differences = $differences; restart = $false }
}
