# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Settings of WSMan:\localhost: quotas, authentication, encryption. All are looked at before the first is set.
[CmdletBinding(SupportsShouldProcess)]
param(
    # Values by their path below WSMan:\localhost, such as Shell\MaxShellsPerUser.
    [Parameter(Mandatory)]
    [hashtable]$RemotingSettings
)

& {
    Set-StrictMode -Off
    $differences = @()
    foreach ($name in $RemotingSettings.Keys | Sort-Object) {
        $path = "WSMan:\localhost\$name"
        if (-not (Test-Path -Path $path)) {
            throw "$path does not exist. A quota of a session configuration is there once that is registered."
        }
        $item = Get-Item -Path $path -ErrorAction Stop
        $wanted = "$($RemotingSettings[$name])"
        if ("$($item.Value)" -ne $wanted) {
            if ("$($item.SourceOfValue)" -eq 'GPO') {
                throw "$path is $($item.Value) by group policy, which wins over what is set here: " +
                "change the policy to $wanted."
            }
            $differences += @{ setting = $path; present = "$($item.Value)"; wanted = $wanted }
        }
    }

    # An idle timeout may not be longer than the longest one, neither before nor after a step.
    $raised = @($differences | Where-Object -FilterScript {
            $_['setting'] -like '*\MaxIdleTimeoutms' -and [long]$_['wanted'] -gt [long]$_['present']
        })
    $others = @($differences | Where-Object -FilterScript { $raised -notcontains $_ })

    foreach ($difference in $raised + $others) {
        if ($PSCmdlet.ShouldProcess($difference['setting'], "Set to $($difference['wanted'])")) {
            $setting = @{ Path = $difference['setting']; Value = $difference['wanted']; Force = $true }
            # That it needs a restart is said in a warning, and is known here.
            Set-Item @setting -ErrorAction Stop -WarningAction SilentlyContinue
        }
    }

    $Ansible.Changed = $differences.Count -gt 0
    $Ansible.Result = @{
        differences = $differences
        # The quotas of a plugin count from the next start of the service on, all else at once.
        restart     = @($differences | Where-Object -FilterScript { $_['setting'] -like '*\Plugin\*' }).Count -gt 0
    }
}
