# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Starts a script in a process that no session's end takes along, since it is going to end this very session.
param(
    # It writes to the file that $Marker names when it is done.
    [Parameter(Mandatory)]
    [string]$RemotingScript,

    [Parameter(Mandatory)]
    [string]$RemotingToken
)

& {
    $marker = Join-Path -Path $env:ProgramData -ChildPath "remoting.powershell-$RemotingToken.txt"
    # One that an earlier run left.
    Remove-Item -LiteralPath $marker -ErrorAction SilentlyContinue
    $text = "& {`n$RemotingScript`n} -Marker '$($marker.Replace("'", "''"))'"
    $encoded = [Convert]::ToBase64String([System.Text.Encoding]::Unicode.GetBytes($text))
    $started = Invoke-CimMethod -ClassName Win32_Process -MethodName Create -ErrorAction Stop -Arguments @{
        CommandLine = "powershell.exe -NoProfile -NonInteractive -EncodedCommand $encoded"
    }
    if ($started.ReturnValue -ne 0) {
        throw "WinRM cannot be restarted: Win32_Process.Create returned $($started.ReturnValue)."
    }
}
