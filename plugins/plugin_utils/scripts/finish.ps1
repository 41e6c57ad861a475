# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Does what invoke.ps1 could not do after a script that was ended, and leaves nothing of it in the session.
if ($ExecutionContext.SessionState.PSVariable.Get('__pssessionFinish')) {
    try {
        . $__pssessionFinish
    }
    finally {
        $__pssessionQuiet = @{ Confirm = $false; ErrorAction = 'Ignore'; Verbose = $false; WhatIf = $false }
        Microsoft.PowerShell.Utility\Remove-Variable -Name __pssession* @__pssessionQuiet
    }
}
