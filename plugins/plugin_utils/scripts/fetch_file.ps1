# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Returns a file as base64 strings: one of the letter F and the file's length (8 bytes, the lowest first), one a chunk of
# the content, and one of the content's SHA-1. For a directory it returns the letter D alone.
param(
    [string]$Path
)

$ErrorActionPreference = 'Stop'
if ([System.IO.Directory]::Exists($Path)) {
    return [System.Convert]::ToBase64String([byte[]]@(0x44))
}
if (-not [System.IO.File]::Exists($Path)) {
    throw "$Path does not exist"
}
$file = [System.IO.File]::Open($Path, 'Open', 'Read', 'ReadWrite')
try {
    [System.Convert]::ToBase64String([byte[]]@(0x46) + [System.BitConverter]::GetBytes([long]$file.Length))
    $algorithm = [System.Security.Cryptography.SHA1]::Create()
    $buffer = New-Object -TypeName 'byte[]' -ArgumentList 262144
    while ($read = $file.Read($buffer, 0, $buffer.Length)) {
        $null = $algorithm.TransformBlock($buffer, 0, $read, $null, 0)
        [System.Convert]::ToBase64String($buffer, 0, $read)
    }
    $null = $algorithm.TransformFinalBlock($buffer, 0, 0)
    [System.Convert]::ToBase64String($algorithm.Hash)
    $algorithm.Dispose()
}
finally {
    $file.Dispose()
}
