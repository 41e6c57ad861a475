# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Runs a script file of the host with string arguments, in the session's own process.
param(
    [string]$Path,

    [Parameter(ValueFromRemainingArguments)]
    [string[]]$ScriptArguments
)

if ($ScriptArguments) {
    & $Path @ScriptArguments
}
else {
    # $null splatted would be an argument.
    & $Path
}
