# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Installs the updates that Windows Update offers, and says which. An update session over the network is refused, so the
# work is done by a scheduled task of the system's account, which this waits for.
[CmdletBinding()]
param(
    [string]$TaskName = 'remoting.powershell install updates'
)

$ErrorActionPreference = 'Stop'
$log = Join-Path -Path $env:ProgramData -ChildPath "$TaskName.json"
$work = {
    param([string]$Log)

    $session = New-Object -ComObject Microsoft.Update.Session
    $found = $session.CreateUpdateSearcher().Search('IsInstalled=0 and IsHidden=0').Updates
    $result = @{ Updates = @($found | ForEach-Object -Process { $_.Title }); Code = 2; RebootRequired = $false }
    # What has terms that nobody has accepted yet is neither downloaded nor installed.
    $found | Where-Object -FilterScript { -not $_.EulaAccepted } | ForEach-Object -Process { $_.AcceptEula() }
    if ($found.Count) {
        $downloader = $session.CreateUpdateDownloader()
        $downloader.Updates = $found
        $downloader.Download() | Out-Null
        $installer = $session.CreateUpdateInstaller()
        $installer.Updates = $found
        $installed = $installer.Install()
        $result['Code'] = $installed.ResultCode
        $result['RebootRequired'] = $installed.RebootRequired
    }
    ConvertTo-Json -InputObject $result | Set-Content -LiteralPath $Log -Encoding UTF8
}
$text = "& {$work} -Log '$($log.Replace("'", "''"))'"
$encoded = [Convert]::ToBase64String([System.Text.Encoding]::Unicode.GetBytes($text))
$action = New-ScheduledTaskAction -Execute powershell.exe -Argument "-NoProfile -EncodedCommand $encoded"

Remove-Item -LiteralPath $log -ErrorAction SilentlyContinue
Register-ScheduledTask -TaskName $TaskName -Action $action -User SYSTEM -RunLevel Highest -Force | Out-Null
try {
    Start-ScheduledTask -TaskName $TaskName
    do {
        Start-Sleep -Seconds 5
    } while ((Get-ScheduledTask -TaskName $TaskName).State -eq 'Running')
}
finally {
    Unregister-ScheduledTask -TaskName $TaskName -Confirm:$false
}

if (-not (Test-Path -LiteralPath $log)) {
    throw 'The task that installs updates has ended without saying what it did.'
}
$result = Get-Content -LiteralPath $log -Raw -Encoding UTF8 | ConvertFrom-Json
Remove-Item -LiteralPath $log
$Ansible.Changed = $result.Updates.Count -gt 0
# 2: all were installed; 3: with errors.
$Ansible.Failed = $result.Code -ne 2
$Ansible.Result = @{ reboot_required = $result.RebootRequired }
$result.Updates
