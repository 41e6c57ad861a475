# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What PowerShell 6 and 7 have and Windows PowerShell 5.1 has not (a developer's tool; data for check_powershell).

Names are in lower case.  Source: Microsoft's "What's New in PowerShell" pages 6.0 to 7.5 and the cmdlets' references.
"""

from __future__ import annotations

#: Node type of the grammar -> what it is called.
NODES = {
    "null_coalesce_expression": "the ?? operator",
    "ternary_expression": "the ternary operator",
}

#: Token of the grammar -> what it is called.
TOKENS = {
    "??=": "the ??= operator",
    "&&": "a pipeline chain (&&)",
    "||": "a pipeline chain (||)",
    "clean": "a clean block",
}

#: Variables that 5.1 does not set.  $IsWindows is null there, so that a test of it is false on every Windows with 5.1.
VARIABLES = {
    "$iswindows": "$IsWindows is null in 5.1; test $IsLinux or $IsMacOS, or $PSVersionTable.PSEdition",
    "$psstyle": "$PSStyle is 7.2's",
}

#: Commands that came with 6 or 7.
COMMANDS = frozenset(
    (
        "convertfrom-clixml convertfrom-markdown convertto-clixml enable-experimentalfeature get-error "
        "get-experimentalfeature get-markdownoption get-psreadlinekeyhandler get-securerandom get-uptime join-string "
        "remove-alias remove-service set-markdownoption show-markdown start-threadjob switch-process test-json"
    ).split()
)

_WEB = (
    "allowunencryptedauthentication authentication custommethod followrellink form httpversion maximumfollowrellink "
    "maximumretrycount noproxy preserveauthorizationonredirect responseheadersvariable resume retryintervalsec "
    "skipcertificatecheck skipheadervalidation skiphttperrorcheck sslprotocol statuscodevariable token "
    "allowinsecureredirect connectiontimeoutseconds operationtimeoutseconds preservehttpmethodonredirect unixsocket"
)
_SSH = "hostname keyfilepath sshconnection sshtransport subsystem username options connectingtimeout"

_PARAMETERS = {
    "add-content get-content set-content": "asbytestream",
    "convertfrom-json": "ashashtable datekind depth noenumerate",
    "convertfrom-securestring": "asplaintext",
    "convertto-json": "asarray enumsasstrings escapehandling",
    "enter-pssession invoke-command new-pssession": _SSH,
    "export-csv convertto-csv": "includetypeinformation noheader quotefields usequotes",
    "foreach-object": "asjob parallel throttlelimit timeoutseconds usenewrunspace",
    "get-childitem": "followsymlink",
    "get-date": "asutc unixtimeseconds",
    "get-random": "shuffle",
    "import-module": "skipeditioncheck usewindowspowershell",
    "invoke-restmethod invoke-webrequest": _WEB,
    "join-path": "additionalchildpath extension",
    "measure-object": "allstats",
    "new-guid": "empty inputobject",
    "read-host": "maskinput",
    "select-object": "caseinsensitive skipindex",
    "select-string": "culture noemphasis raw",
    "sort-object": "bottom stable top",
    "split-path": "extension leafbase",
    "start-process": "environment",
    "start-sleep": "duration",
    "wait-process": "any passthru",
    "where-object": "not",
}

#: Command -> the parameters of it that 5.1 does not know.
PARAMETERS = {command: frozenset(new.split()) for names, new in _PARAMETERS.items() for command in names.split()}

#: The short names under which those commands are met.
ALIASES = {
    "%": "foreach-object",
    "?": "where-object",
    "cat": "get-content",
    "dir": "get-childitem",
    "etsn": "enter-pssession",
    "foreach": "foreach-object",
    "gc": "get-content",
    "gci": "get-childitem",
    "icm": "invoke-command",
    "ipmo": "import-module",
    "irm": "invoke-restmethod",
    "iwr": "invoke-webrequest",
    "ls": "get-childitem",
    "measure": "measure-object",
    "nsn": "new-pssession",
    "saps": "start-process",
    "select": "select-object",
    "sleep": "start-sleep",
    "sls": "select-string",
    "sort": "sort-object",
    "where": "where-object",
}
