# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Whether what restart.ps1 or bootstrap.ps1 started is done: done, failed with the reason, or waiting.
[CmdletBinding(SupportsShouldProcess)]
param(
    [Parameter(Mandatory)]
    [string]$RemotingToken
)

& {
    $marker = Join-Path -Path $env:ProgramData -ChildPath "remoting.powershell-$RemotingToken.txt"
    $state = 'waiting'
    if (Test-Path -LiteralPath $marker) {
        $state = "$(Get-Content -LiteralPath $marker -Raw)".Trim()
    }
    # A file that is being written may be empty for a moment.
    if ($state -and $state -ne 'waiting') {
        Remove-Item -LiteralPath $marker
    }
    $Ansible.Changed = $false
    $Ansible.Result = @{ state = $state }
}
