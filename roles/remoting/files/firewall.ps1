# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Rules of Windows Defender Firewall, one for each transport, that let clients come to the listeners.
[CmdletBinding(SupportsShouldProcess)]
param(
    # Port by transport; 0 where there is to be no rule; a transport that is not named is left alone.
    [Parameter(Mandatory)]
    [hashtable]$RemotingPorts,

    [Parameter(Mandatory)]
    [string[]]$RemotingAddresses,

    [Parameter(Mandatory)]
    [string[]]$RemotingProfiles
)

& {
    Set-StrictMode -Off
    $differences = @()

    # As Windows tells it: a network of IPv4 with its mask.
    function ConvertTo-ToldAddress {
        param([string]$Address)

        if ($Address -match '^([0-9.]+)/([0-9]{1,2})$') {
            $network = $Matches[1]
            $bits = [int]$Matches[2]
            $mask = foreach ($before in 0, 8, 16, 24) {
                256 - [System.Math]::Pow(2, 8 - [System.Math]::Min(8, [System.Math]::Max(0, $bits - $before)))
            }
            $Address = "$network/$($mask -join '.')"
        }
        return $Address -replace '/255\.255\.255\.255$', ''
    }

    # All of them are Any, in whatever order they are told.
    function ConvertTo-ToldProfile {
        param([string]$Profiles)

        $sorted = ($Profiles -split ',\s*' | Sort-Object -Unique) -join ', '
        return $sorted -replace '^Domain, Private, Public$', 'Any'
    }

    $profiles = ConvertTo-ToldProfile -Profiles ($RemotingProfiles -join ',')
    $told = @($RemotingAddresses | ForEach-Object -Process { ConvertTo-ToldAddress -Address $_ })

    foreach ($transport in $RemotingPorts.Keys | Sort-Object) {
        $name = "remoting.powershell-$transport"
        $wanted = 'absent'
        if ([int]$RemotingPorts[$transport]) {
            $from = ($told | Sort-Object) -join ','
            $wanted = "enabled, port $($RemotingPorts[$transport]), from $from, profile $profiles"
        }
        $is = 'absent'
        $rule = Get-NetFirewallRule -Name $name -ErrorAction SilentlyContinue
        if ($rule) {
            $port = ($rule | Get-NetFirewallPortFilter).LocalPort
            $addresses = ($rule | Get-NetFirewallAddressFilter).RemoteAddress | ForEach-Object -Process {
                ConvertTo-ToldAddress -Address $_
            }
            $from = ($addresses | Sort-Object) -join ','
            $state = if ("$($rule.Enabled) $($rule.Action)" -eq 'True Allow') { 'enabled' } else { 'disabled' }
            $is = "$state, port $port, from $from, profile $(ConvertTo-ToldProfile -Profiles "$($rule.Profile)")"
        }
        if ($is -eq $wanted) {
            continue
        }
        $differences += @{ setting = "firewall rule $name"; present = $is; wanted = $wanted }
        if (-not $PSCmdlet.ShouldProcess("Firewall rule $name", "Set to: $wanted")) {
            continue
        }
        if ($wanted -eq 'absent') {
            Remove-NetFirewallRule -Name $name -ErrorAction Stop
        }
        else {
            $values = @{
                Name          = $name
                Direction     = 'Inbound'
                Action        = 'Allow'
                Protocol      = 'TCP'
                LocalPort     = "$($RemotingPorts[$transport])"
                RemoteAddress = $RemotingAddresses
                Profile       = $profiles
                Enabled       = 'True'
                ErrorAction   = 'Stop'
            }
            if ($rule) {
                Set-NetFirewallRule @values
            }
            else {
                New-NetFirewallRule @values -DisplayName "PowerShell remoting ($transport)" | Out-Null
            }
        }
    }

    $Ansible.Changed = $differences.Count -gt 0
    $Ansible.Result = @{ differences = $differences; restart = $false }
}
