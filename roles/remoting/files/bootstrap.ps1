# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Runs over WinRS, on one command line: it has to stay short. Enable-PSRemoting restarts WinRM and so ends this shell.
$work = {
    $marker = "$env:ProgramData\remoting.powershell-bootstrap.txt"
    Remove-Item -LiteralPath $marker -ErrorAction SilentlyContinue
    Start-Sleep -Seconds 2
    try {
        Enable-PSRemoting -Force -SkipNetworkProfileCheck -ErrorAction Stop
        Set-Content -LiteralPath $marker -Value 'done'
    }
    catch {
        Set-Content -LiteralPath $marker -Value "failed: $_"
    }
}
$encoded = [Convert]::ToBase64String([Text.Encoding]::Unicode.GetBytes("$work"))
$started = Invoke-CimMethod -ClassName Win32_Process -MethodName Create -ErrorAction Stop -Arguments @{
    # Shortened: ansible-core's winrm takes a script that has the whole word for a command line.
    CommandLine = "powershell.exe -NoProfile -NonInteractive -enc $encoded"
}
if ($started.ReturnValue -ne 0) { throw "Win32_Process.Create returned $($started.ReturnValue)" }
'started'
