#!/bin/sh
# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Answers the OpenSSH client, which starts it with a question (SSH_ASKPASS). A secret waits in a named pipe of a private
# directory and can be read once; it is never in a file, an argument or a variable of the environment.

# An SSH client on its way to a jump host asks, too, and must not get what is meant for the host.
[ "$PPID" = "$PSSESSION_SSH_PID" ] || exit 1

case $1 in
*assphrase*) secret=private_key_passphrase ;;
*"$PSSESSION_SSH_PROMPT"*) secret=password ;;
*) exit 1 ;; # whether to trust a host key, say
esac

pipe=$PSSESSION_SSH_SECRETS/$secret
if mv "$pipe" "$pipe.used" 2>/dev/null; then
    IFS= read -r answer <"$pipe.used" && printf '%s\n' "$answer"
elif [ "$secret" = password ] && [ -e "$pipe.used" ]; then
    # Asked again, since it was wrong; each further try may count against a lockout.
    echo "the password was not accepted" >&2
    kill "$PPID"
else
    exit 1
fi
