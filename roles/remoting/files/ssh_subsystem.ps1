# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# The subsystem of OpenSSH for Windows by which PowerShell remoting comes in.
[CmdletBinding(SupportsShouldProcess)]
param(
    # What sshd starts; no blanks in its path, which sshd cannot quote.
    [Parameter(Mandatory)]
    [string]$RemotingCommand
)

& {
    $differences = @()
    $file = Join-Path -Path $env:ProgramData -ChildPath 'ssh\sshd_config'
    if (-not (Test-Path -LiteralPath $file)) {
        throw "$file does not exist. Install OpenSSH first: " +
        "Add-WindowsCapability -Online -Name OpenSSH.Server~~~~0.0.1.0"
    }
    $wanted = "Subsystem powershell $RemotingCommand"
    $lines = @(Get-Content -LiteralPath $file -ErrorAction Stop)
    $present = @($lines | Where-Object -FilterScript { $_ -match '^\s*Subsystem\s+powershell\s' })

    if (($present -join "`n") -ne $wanted) {
        $differences += @{
            setting = "$file, Subsystem powershell"
            present = if ($present) { $present -join '; ' } else { 'absent' }
            wanted  = $wanted
        }
        if ($PSCmdlet.ShouldProcess($file, $wanted)) {
            # Before the first Match block, since what follows one belongs to it.
            $written = $false
            $changed = @(foreach ($line in $lines -notmatch '^\s*Subsystem\s+powershell\s') {
                    if (-not $written -and $line -match '^\s*Match\s') {
                        $wanted
                        $written = $true
                    }
                    $line
                })
            if (-not $written) {
                $changed += $wanted
            }
            Set-Content -LiteralPath $file -Value $changed -ErrorAction Stop
            Restart-Service -Name sshd -ErrorAction Stop
        }
    }

    $Ansible.Changed = $differences.Count -gt 0
    $Ansible.Result = @{ differences = $differences; restart = $false }
}
