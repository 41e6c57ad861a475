# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Writes what comes through the pipeline, one base64 string a chunk, to a file from an offset on.
# With Last it returns the SHA-1 of the whole file, as it is on the disk, in hexadecimal.
[CmdletBinding()]
param(
    [Parameter(Mandatory)]
    [string]$Path,

    # 0 makes the file anew; else the file must have this many bytes.
    [Parameter(Mandatory)]
    [long]$Offset,

    [Parameter(Mandatory)]
    [bool]$Last,

    [Parameter(ValueFromPipeline)]
    [string]$Chunk
)

begin {
    $ErrorActionPreference = 'Stop'
    if ($Offset -eq 0) {
        $file = [System.IO.File]::Create($Path)
    }
    else {
        $file = [System.IO.File]::OpenWrite($Path)
        if ($file.Length -ne $Offset) {
            $length = $file.Length
            $file.Dispose()
            throw "$Path has $length bytes instead of $Offset, something else writes to it"
        }
        $null = $file.Seek(0, [System.IO.SeekOrigin]::End)
    }
}

process {
    if ($Chunk) {
        try {
            $bytes = [System.Convert]::FromBase64String($Chunk)
            $file.Write($bytes, 0, $bytes.Length)
        }
        catch {
            $file.Dispose()
            throw
        }
    }
}

end {
    $file.Dispose()
    if (-not $Last) {
        return
    }
    $algorithm = [System.Security.Cryptography.SHA1]::Create()
    $file = [System.IO.File]::OpenRead($Path)
    try {
        [System.BitConverter]::ToString($algorithm.ComputeHash($file)).Replace('-', '').ToLowerInvariant()
    }
    finally {
        $file.Dispose()
        $algorithm.Dispose()
    }
}
