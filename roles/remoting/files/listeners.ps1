# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# The listeners of WinRM, and the certificate of the one for HTTPS. Everything is checked before anything is changed.
[CmdletBinding(SupportsShouldProcess)]
param(
    # Port by transport; 0 where there is to be no listener; a transport that is not named is left alone.
    [Parameter(Mandatory)]
    [hashtable]$RemotingPorts,

    # The port that this session came in by.
    [Parameter(Mandatory)]
    [int]$RemotingInUse,

    # Thumbprint of a certificate in LocalMachine\My, or Names and Days of a self-signed one.
    [Parameter(Mandatory)]
    [hashtable]$RemotingCertificate,

    # A certificate with its key in PKCS 12, as base64.
    [string]$RemotingPfx = '',

    [securestring]$RemotingPfxPassword
)

& {
    Set-StrictMode -Off
    $store = 'Cert:\LocalMachine\My'
    $friendlyName = 'remoting.powershell'
    $new = '(a new one)'
    $differences = @()

    function Test-KeyOfCertificate {
        param([System.Security.Cryptography.X509Certificates.X509Certificate2]$Certificate)

        $title = "The certificate $($Certificate.Thumbprint) ($($Certificate.Subject))"
        $extensions = [System.Security.Cryptography.X509Certificates.RSACertificateExtensions]
        if (-not $Certificate.HasPrivateKey) {
            throw "$title has no private key. A listener for HTTPS needs one: give a PFX that holds both."
        }
        if ($Certificate.NotAfter -lt (Get-Date)) {
            throw "$title expired on $($Certificate.NotAfter)."
        }
        $private = $extensions::GetRSAPrivateKey($Certificate)
        $public = $extensions::GetRSAPublicKey($Certificate)
        # Elliptic curves have neither.
        if ($private -and $public) {
            $mine = [Convert]::ToBase64String($private.ExportParameters($false).Modulus)
            if ($mine -ne [Convert]::ToBase64String($public.ExportParameters($false).Modulus)) {
                throw "$title does not belong to its private key. Nothing was changed."
            }
        }
    }

    # A key that is read with PersistKeySet stays on the disk each time: this is for the one that a listener gets. It is the
    # computer's (MachineKeySet). Without both a key goes with its object, and could take along that of a listener, which
    # may be in a container of the same name.
    $kept = 'MachineKeySet, PersistKeySet'
    # .NET Framework has it from 4.7.2 on.
    $looked = 'EphemeralKeySet' -as [System.Security.Cryptography.X509Certificates.X509KeyStorageFlags]

    function Read-Pfx {
        param([string]$Flags)

        $password = $RemotingPfxPassword
        if (-not $password) {
            $password = New-Object -TypeName System.Security.SecureString
        }
        New-Object -TypeName System.Security.Cryptography.X509Certificates.X509Certificate2 -ArgumentList (
            [Convert]::FromBase64String($RemotingPfx), $password, $Flags
        )
    }

    function Get-WantedCertificate {
        if ($RemotingCertificate['Thumbprint']) {
            $named = $RemotingCertificate['Thumbprint']
            $found = Get-ChildItem -Path $store | Where-Object -Property Thumbprint -EQ -Value $named
            if (-not $found) {
                throw "There is no certificate $named in $store."
            }
            return $found
        }
        if ($RemotingPfx) {
            return Read-Pfx -Flags $(if ($null -ne $looked) { $looked } else { $kept })
        }
        $soon = (Get-Date).AddDays(30)
        Get-ChildItem -Path $store | Where-Object -FilterScript {
            $names = @($_.DnsNameList | ForEach-Object -Process { "$($_.Unicode)" })
            $_.FriendlyName -eq $friendlyName -and $_.NotAfter -gt $soon -and
            -not @($RemotingCertificate['Names'] | Where-Object -FilterScript { $_ -notin $names })
        } | Select-Object -First 1
    }

    $present = @{}
    Get-WSManInstance -ResourceURI winrm/config/Listener -Enumerate -ErrorAction Stop | Where-Object -FilterScript {
        # Those of one address only, and the one on port 80 for old clients, are not this role's.
        "$($_.Address)" -eq '*' -and "$($_.Source)" -ne 'Compatibility'
    } | ForEach-Object -Process {
        $present["$($_.Transport)"] = @{
            Port = [int]"$($_.Port)"; Thumbprint = "$($_.CertificateThumbprint)"; Source = "$($_.Source)"
        }
    }

    $certificate = $null
    $thumbprint = ''
    if ([int]$RemotingPorts['HTTPS']) {
        $certificate = Get-WantedCertificate
        $thumbprint = $new
        if ($certificate) {
            Test-KeyOfCertificate -Certificate $certificate
            $thumbprint = "$($certificate.Thumbprint)"
        }
    }

    $steps = @()
    foreach ($transport in $RemotingPorts.Keys | Sort-Object) {
        $wantedPort = [int]$RemotingPorts[$transport]
        $wanted = 'absent'
        if ($wantedPort) {
            $wanted = "port $wantedPort $(if ($transport -eq 'HTTPS') { $thumbprint })".Trim()
        }
        $is = 'absent'
        if ($present[$transport]) {
            $is = "port $($present[$transport]['Port']) $($present[$transport]['Thumbprint'])".Trim()
            if ($present[$transport]['Port'] -eq $RemotingInUse -and $RemotingInUse -ne $wantedPort) {
                throw "The $transport listener on port $RemotingInUse is the one that this connection uses: " +
                "connect by another one to change or remove it."
            }
        }
        if ($is -ne $wanted) {
            if ($present[$transport] -and $present[$transport]['Source'] -eq 'GPO') {
                throw "The $transport listener ($is) is there by group policy, which wins over what is set here: " +
                "change the policy, or leave the listener unchanged."
            }
            $differences += @{ setting = "$transport listener"; present = $is; wanted = $wanted }
            $steps += @{ Transport = $transport; Port = $wantedPort; Exists = $is -ne 'absent' }
        }
    }

    foreach ($step in $steps) {
        $selectors = @{ Address = '*'; Transport = $step['Transport'] }
        if (-not $PSCmdlet.ShouldProcess("$($step['Transport']) listener", "Set to port $($step['Port'])")) {
            continue
        }
        if (-not $step['Port']) {
            Remove-WSManInstance -ResourceURI winrm/config/Listener -SelectorSet $selectors -ErrorAction Stop
            continue
        }
        $values = @{ Port = $step['Port'] }
        if ($step['Transport'] -eq 'HTTPS') {
            if (-not $certificate) {
                $made = @{
                    DnsName           = $RemotingCertificate['Names']
                    CertStoreLocation = $store
                    FriendlyName      = $friendlyName
                    NotAfter          = (Get-Date).AddDays($RemotingCertificate['Days'])
                    ErrorAction       = 'Stop'
                }
                $certificate = New-SelfSignedCertificate @made
            }
            elseif ($RemotingPfx) {
                $kind = 'System.Security.Cryptography.X509Certificates.X509Store'
                $machine = New-Object -TypeName $kind -ArgumentList 'My', 'LocalMachine'
                $machine.Open('ReadWrite')
                $machine.Add((Read-Pfx -Flags $kept))
                $machine.Close()
            }
            $values['CertificateThumbprint'] = "$($certificate.Thumbprint)"
        }
        $instance = @{
            ResourceURI = 'winrm/config/Listener'
            SelectorSet = $selectors
            ValueSet    = $values
            ErrorAction = 'Stop'
        }
        if ($step['Exists']) {
            Set-WSManInstance @instance | Out-Null
        }
        else {
            New-WSManInstance @instance | Out-Null
        }
    }

    $Ansible.Changed = $differences.Count -gt 0
    $Ansible.Result = @{ differences = $differences; restart = $false }
}
