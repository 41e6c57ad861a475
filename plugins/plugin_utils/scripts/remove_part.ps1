# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Removes what a transfer has left that did not come to its end; put_file.ps1 names it.
param(
    [string]$Part
)

[System.IO.File]::Delete($Part)
