# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Prepares a runspace for a user's script, as ansible-core does: what it writes to the host is output.
Function Global:Write-Host($msg) { Write-Output -InputObject $msg }
