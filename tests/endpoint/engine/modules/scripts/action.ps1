# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Prepares a runspace for a script of ansible-core's own, which stops at its first error and shows no progress.
$Global:ErrorActionPreference = 'Stop'
$Global:ProgressPreference = 'SilentlyContinue'
$Global:DebugPreference = 'SilentlyContinue'
