# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# LocalAccountTokenFilterPolicy: whether a local account that is an administrator is one over the network, too.
[CmdletBinding(SupportsShouldProcess)]
param(
    [Parameter(Mandatory)]
    [int]$RemotingPolicy
)

& {
    Set-StrictMode -Off
    $path = 'HKLM:\SOFTWARE\Microsoft\Windows\CurrentVersion\Policies\System'
    $name = 'LocalAccountTokenFilterPolicy'
    $differences = @()
    # What is not there counts as 0.
    $present = [int](Get-ItemProperty -Path $path -ErrorAction Stop).$name

    if ($present -ne $RemotingPolicy) {
        $differences += @{ setting = "$path\$name"; present = "$present"; wanted = "$RemotingPolicy" }
        if ($PSCmdlet.ShouldProcess("$path\$name", "Set to $RemotingPolicy")) {
            $property = @{ Path = $path; Name = $name; PropertyType = 'DWord'; Value = $RemotingPolicy; Force = $true }
            New-ItemProperty @property -ErrorAction Stop | Out-Null
        }
    }

    $Ansible.Changed = $differences.Count -gt 0
    $Ansible.Result = @{ differences = $differences; restart = $false }
}
