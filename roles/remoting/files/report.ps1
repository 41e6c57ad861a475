# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Tells what there is of PowerShell remoting on this computer; changes nothing. Reading WSMan: takes an administrator.
[CmdletBinding(SupportsShouldProcess)]
param()

& {
    Set-StrictMode -Off
    $settings = @{}
    foreach ($folder in 'Shell', 'Service', 'Service\Auth') {
        foreach ($item in Get-ChildItem -Path "WSMan:\localhost\$folder" -ErrorAction Stop) {
            if ("$($item.Value)") {
                $settings["$folder\$($item.Name)"] = "$($item.Value)"
            }
        }
    }
    $instances = Get-WSManInstance -ResourceURI winrm/config/Listener -Enumerate -ErrorAction Stop
    $listeners = foreach ($item in $instances) {
        @{
            transport   = "$($item.Transport)"
            port        = [int]"$($item.Port)"
            certificate = "$($item.CertificateThumbprint)"
        }
    }
    $configurations = Get-PSSessionConfiguration -ErrorAction Stop | ForEach-Object -Process {
        @{ name = $_.Name; permission = "$($_.Permission)" }
    }
    $service = Get-Service -Name WinRM -ErrorAction Stop

    $Ansible.Changed = $false
    $Ansible.Result = @{
        powershell     = "$($PSVersionTable.PSVersion)"
        service        = @{ status = "$($service.Status)"; start_type = "$($service.StartType)" }
        settings       = $settings
        listeners      = @($listeners)
        configurations = @($configurations)
    }
}
