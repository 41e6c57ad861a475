# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the end of an OpenSSH client means, from what it said (broker process).

The client has one exit status for whatever went wrong (255), and says in English what it was.
"""

from __future__ import annotations

import re

from ._program import Ended, how, said
from .faults import FaultKind, TransportError

_CLIENT_FAILED = 255
_INSTALL = (
    "Install PowerShell 7 there and enter it in sshd_config, as in `Subsystem powershell /usr/bin/pwsh -sshs -NoLogo "
    "-NoProfile` (Windows: `Subsystem powershell c:/progra~1/powershell/7/pwsh.exe -sshs -nologo`), then restart sshd"
)

#: What the client says, the kind of failure, and what that means; the first that fits counts, for a client that goes
#: through a jump host says what happened there, and then that it has no connection.
_CAUSES: tuple[tuple[str, FaultKind, str], ...] = (
    (
        r"stdio forwarding failed|channel \d+: open failed",
        FaultKind.UNREACHABLE,
        "The jump host was reached, but it cannot reach {place}",
    ),
    (
        r"UNKNOWN port 65535|UNKNOWN port -1",
        FaultKind.UNREACHABLE,
        "The jump host or proxy command on the way to {place} gave no connection",
    ),
    (
        r"REMOTE HOST IDENTIFICATION HAS CHANGED",
        FaultKind.TLS,
        "The host key of {place} has changed: it is another computer, was installed anew, or somebody is in between. "
        "Where the change is expected, remove the old key with `ssh-keygen -R` and enter the new one",
    ),
    (
        r"Host key verification failed",
        FaultKind.TLS,
        "The host key of {place} is not known. Enter it in known_hosts after comparing it, or set host_key_checking to "
        "false where any key is good enough",
    ),
    (
        r"the password was not accepted",
        FaultKind.AUTHENTICATION,
        "Authentication of {user} at {place} was refused: check the user name and the password",
    ),
    (
        r"Permission denied \(|Permission denied, please try again|Too many authentication failures",
        FaultKind.AUTHENTICATION,
        "Authentication of {user} at {place} was refused: check the user name, the key (private_key_file, or an agent) "
        "or the password, and what the server allows",
    ),
    (
        r"subsystem request failed",
        FaultKind.NOT_WSMAN,
        "The SSH server of {place} has no subsystem {subsystem!r}. " + _INSTALL,
    ),
    (
        r"Could not resolve hostname",
        FaultKind.UNREACHABLE,
        "The name of {place} cannot be resolved",
    ),
    (
        r"Bad configuration option|[Bb]ad (?:port|number|permissions|owner)|unknown option|illegal option|usage: ssh"
        r"|keyword .* extra arguments|missing argument|invalid option|garbage at end of line",
        FaultKind.OTHER,
        "The SSH client does not take its arguments or its configuration (ssh_args, ssh_common_args, ssh_extra_args, "
        "~/.ssh/config) for {place}",
    ),
    (
        r"onnection refused|timed out|No route to host|etwork is unreachable|Connection (?:closed|reset)",
        FaultKind.UNREACHABLE,
        "{place} cannot be reached",
    ),
)


def explain(ended: Ended, place: str, user: str | None, subsystem: str) -> TransportError:
    """The failure that a client's end means.

    Args:
        ended: What it said and how it ended.
        place: What messages call the computer.
        user: Who was to log in; None for the client's choice.
        subsystem: What was asked for.
    """
    words = said(ended)
    if ended.reason is not None:
        return TransportError(FaultKind.UNREACHABLE, f"PowerShell on {place} was given up: {ended.reason}{words}")
    if ended.answered:
        return TransportError(FaultKind.UNREACHABLE, f"The connection to {place} broke ({how(ended.status)}){words}")
    who = repr(user) if user is not None else "the user"
    for pattern, kind, meaning in _CAUSES:
        if re.search(pattern, ended.errors):
            text = meaning.format(place=place, user=who, subsystem=subsystem)
            return TransportError(kind, f"{text}{words}")
    if ended.status == _CLIENT_FAILED:
        return TransportError(FaultKind.UNREACHABLE, f"The SSH client got no connection to {place}{words}")
    return TransportError(
        FaultKind.NOT_WSMAN,
        f"The subsystem {subsystem!r} of {place} ended {how(ended.status)} and is no PowerShell. {_INSTALL}{words}",
    )
