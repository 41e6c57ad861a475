# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# What may follow a line: where the part to replace starts, its length, then two texts for each match, the one to insert
# and the one to show. That is all that is wanted of a CommandCompletion, which would come whole, too: its type and that of
# its matches say how deep they are serialized (types.ps1xml), so that PowerShell's own client can make one of it again.
# Its own variables are few and have unlikely names, since variables are completed, too.
param(
    [string]$__pssession_line,
    [int]$__pssession_cursor
)

TabExpansion2 -inputScript $__pssession_line -cursorColumn $__pssession_cursor | ForEach-Object {
    $_.ReplacementIndex
    $_.ReplacementLength
    $_.CompletionMatches | ForEach-Object {
        $_.CompletionText
        $_.ListItemText
    }
}
