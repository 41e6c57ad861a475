# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Makes a runner of GitHub a host: a local administrator with a password of its own, an HTTPS listener with a self-signed
# certificate, NTLM; and writes the password where later steps find it, masked in the log.
[CmdletBinding()]
param(
    [Parameter(Mandatory)]
    [string]$Configuration
)

$ErrorActionPreference = 'Stop'

# Modules of the image that slow each shell's start down.
Get-ChildItem -Path 'C:\Modules' -ErrorAction SilentlyContinue | Remove-Item -Recurse -Force -ErrorAction SilentlyContinue

$password = "P1!$([guid]::NewGuid())"
Write-Output "::add-mask::$password"
Add-Content -LiteralPath $env:GITHUB_ENV -Value "HOST_PASSWORD=$password"
$secure = ConvertTo-SecureString -String $password -AsPlainText -Force
New-LocalUser -Name pssession -Password $secure -AccountNeverExpires | Out-Null
Add-LocalGroupMember -Group Administrators -Member pssession

Enable-PSRemoting -Force -SkipNetworkProfileCheck
if ($Configuration -ne 'Microsoft.PowerShell') {
    & pwsh -NoLogo -NoProfile -Command 'Enable-PSRemoting -Force -SkipNetworkProfileCheck'
}
# The image may have one already.
Get-ChildItem -LiteralPath WSMan:\localhost\Listener | Where-Object -FilterScript { $_.Keys -contains 'Transport=HTTPS' } |
    Remove-Item -Recurse -Force
$certificate = New-SelfSignedCertificate -DnsName localhost -CertStoreLocation Cert:\LocalMachine\My
New-WSManInstance -ResourceURI winrm/config/Listener -SelectorSet @{ Address = '*'; Transport = 'HTTPS' } -ValueSet @{
    CertificateThumbprint = $certificate.Thumbprint
} | Out-Null
New-ItemProperty -Path HKLM:\SOFTWARE\Microsoft\Windows\CurrentVersion\Policies\System -Name LocalAccountTokenFilterPolicy `
    -PropertyType DWord -Value 1 -Force | Out-Null
Restart-Service -Name WinRM -Force
