# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Stands in for a module that is slow to import: each import adds a line to a file beside it, so that imports can be counted.
Add-Content -Path (Join-Path -Path $PSScriptRoot -ChildPath 'imports.txt') -Value 'imported'

function Connect-ExchangeOnline {
    param([string]$Organization, [string]$AppId, [string]$CertificateThumbprint, [bool]$ShowBanner)

    $global:exchangeLogin = $Organization
}

function Get-Mailbox {
    param([string]$Identity)

    if (-not $global:exchangeLogin) {
        throw 'You must call Connect-ExchangeOnline first.'
    }
    [PSCustomObject]@{ Identity = $Identity; ProhibitSendQuota = $global:exchangeQuotas[$Identity] }
}

function Set-Mailbox {
    param([string]$Identity, [string]$ProhibitSendQuota)

    $global:exchangeQuotas[$Identity] = $ProhibitSendQuota
}

function Disconnect-ExchangeOnline {
    param([switch]$Confirm)

    $global:exchangeLogin = $null
}

if (-not $global:exchangeQuotas) {
    $global:exchangeQuotas = @{}
}
