# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Work that ends when the file that it is given appears; says who started it.
param([string]$Gate)

'started'
while (-not (Test-Path -LiteralPath $Gate)) {
    Start-Sleep -Milliseconds 100
}
$made = $PSSenderInfo.ApplicationArguments['remoting.powershell']
"job $($made['job'])"
$Ansible.Changed = $true
$Ansible.Result = @{ done = $true }
