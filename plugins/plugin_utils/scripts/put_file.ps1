# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Writes what comes through the pipeline, one base64 string a chunk, to a file beside the one that is meant.
# With Last the last string is the SHA-1 of the whole content: the file gets its name where it has it on the disk.
[CmdletBinding()]
param(
    [Parameter(Mandatory)]
    [string]$Path,

    # The file's name until it is complete.
    [Parameter(Mandatory)]
    [string]$Part,

    # 0 makes the file; else it must have this many bytes.
    [Parameter(Mandatory)]
    [long]$Offset,

    [Parameter(Mandatory)]
    [bool]$Last,

    [Parameter(ValueFromPipeline)]
    [string]$Chunk
)

begin {
    $ErrorActionPreference = 'Stop'
    $held = ''
    if ($Offset -eq 0) {
        if ([System.IO.Directory]::Exists($Path)) {
            throw "$Path is a directory"
        }
        # Whoever clears up may delete it while a pipeline that was stopped still has it open.
        $file = [System.IO.File]::Open($Part, 'CreateNew', 'Write', 'Delete')
    }
    else {
        $file = [System.IO.File]::Open($Part, 'Open', 'Write', 'Delete')
        if ($file.Length -ne $Offset) {
            $length = $file.Length
            $file.Dispose()
            throw "$Part has $length bytes instead of $Offset, something else writes to it"
        }
        $null = $file.Seek(0, [System.IO.SeekOrigin]::End)
    }
}

process {
    if ($held) {
        try {
            $bytes = [System.Convert]::FromBase64String($held)
            $file.Write($bytes, 0, $bytes.Length)
        }
        catch {
            $file.Dispose()
            throw
        }
    }
    $held = $Chunk
}

end {
    try {
        if ($held -and -not $Last) {
            $bytes = [System.Convert]::FromBase64String($held)
            $file.Write($bytes, 0, $bytes.Length)
        }
    }
    finally {
        $file.Dispose()
    }
    if (-not $Last) {
        return
    }
    $algorithm = [System.Security.Cryptography.SHA1]::Create()
    $file = [System.IO.File]::OpenRead($Part)
    try {
        $hash = [System.Convert]::ToBase64String($algorithm.ComputeHash($file))
    }
    finally {
        $file.Dispose()
        $algorithm.Dispose()
    }
    if ($hash -cne $held) {
        throw "its SHA-1 on the disk is $hash instead of $held (base64)"
    }
    # A virus scanner or an indexer may hold a new file for a moment: violations of sharing, and what ReplaceFile makes of
    # them (winerror.h).
    $passing = 32, 33, 1175, 1176
    for ($tries = 1; $true; $tries++) {
        try {
            if ([System.IO.File]::Exists($Path)) {
                # On Windows one that is replaced keeps its permissions.
                [System.IO.File]::Replace($Part, $Path, [NullString]::Value, $true)
            }
            else {
                [System.IO.File]::Move($Part, $Path)
            }
            return
        }
        catch {
            $code = $_.Exception.GetBaseException().HResult -band 0xFFFF
            if ($code -notin $passing -or $tries -ge 20) {
                throw
            }
        }
        [System.Threading.Thread]::Sleep(100)
    }
}
