# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Settings of WSMan:\localhost: quotas, authentication, encryption. All are looked at before the first is set.
[CmdletBinding(SupportsShouldProcess)]
param(
    # Values by their path below WSMan:\localhost, such as Shell\MaxShellsPerUser.
    [Parameter(Mandatory)]
    [hashtable]$RemotingSettings,

    # Session configurations that the step before registers.
    [string[]]$RemotingRegistered = @()
)

& {
    Set-StrictMode -Off
    $differences = @()
    foreach ($name in $RemotingSettings.Keys | Sort-Object) {
        $path = "WSMan:\localhost\$name"
        $wanted = "$($RemotingSettings[$name])"
        if (-not (Test-Path -Path $path)) {
            $comes = $RemotingRegistered -contains ($name -split '\\')[1]
            # Whoever only looks does that before it is registered.
            if ($comes -and -not $PSCmdlet.ShouldProcess($path, "Set to $wanted")) {
                $differences += @{ setting = $path; present = 'absent'; wanted = $wanted }
                continue
            }
            throw "$path does not exist. A quota of a session configuration is there once that is registered."
        }
        $item = Get-Item -Path $path -ErrorAction Stop
        if ("$($item.Value)" -ne $wanted) {
            if ("$($item.SourceOfValue)" -eq 'GPO') {
                throw "$path is $($item.Value) by group policy, which wins over what is set here: " +
                "change the policy to $wanted."
            }
            $differences += @{ setting = $path; present = "$($item.Value)"; wanted = $wanted }
        }
    }

    foreach ($name in $RemotingSettings.Keys | Where-Object -FilterScript { $_ -like '*\*IdleTimeoutms' }) {
        $quotas = $name -replace '\\[^\\]+$', ''
        $both = foreach ($quota in 'IdleTimeoutms', 'MaxIdleTimeoutms') {
            $path = "WSMan:\localhost\$quotas\$quota"
            if ($RemotingSettings["$quotas\$quota"]) {
                [long]$RemotingSettings["$quotas\$quota"]
            }
            elseif (Test-Path -Path $path) {
                [long](Get-Item -Path $path -ErrorAction Stop).Value
            }
        }
        if (@($both).Count -eq 2 -and $both[0] -gt $both[1]) {
            throw "WSMan:\localhost\$quotas would have an IdleTimeoutms of $($both[0]), which is more than its " +
            "MaxIdleTimeoutms of $($both[1]): set idle_timeout and max_idle_timeout so that they fit. Nothing was set."
        }
    }

    # An idle timeout may not be longer than the longest one, neither before nor after a step.
    $raised = @($differences | Where-Object -FilterScript {
            $_['setting'] -like '*\MaxIdleTimeoutms' -and $_['present'] -ne 'absent' -and
            [long]$_['wanted'] -gt [long]$_['present']
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
