# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
param([string]$Marker)

# The session that started this is to have its answer first.
Start-Sleep -Seconds 2
try {
    Restart-Service -Name WinRM -Force -ErrorAction Stop
    Set-Content -LiteralPath $Marker -Value 'done'
}
catch {
    Start-Service -Name WinRM
    Set-Content -LiteralPath $Marker -Value "failed: $_"
}
