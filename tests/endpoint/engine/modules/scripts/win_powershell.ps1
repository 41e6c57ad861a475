# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Prepares a runspace for the script of win_powershell: the object by which it tells its outcome.
param($CheckMode, $Verbosity, $ErrorAction, $Tmpdir)

$Global:Ansible = [PSCustomObject]@{
    PSTypeName = 'Ansible.Windows.WinPowerShell.Module'
    CheckMode = $CheckMode
    Verbosity = $Verbosity
    Result = @{}
    Diff = @{}
    Changed = $true
    Failed = $false
    Tmpdir = $Tmpdir
}
$Global:ErrorActionPreference = $ErrorAction
