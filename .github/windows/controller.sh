#!/usr/bin/env bash
# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# The controller in WSL: installs ansible-core and the collection from this checkout, and runs one set of checks against the
# Windows that WSL shares the network with.
#
#   controller.sh parity    unmodified modules over psrp and over ours, compared field by field
#   controller.sh sessions  named sessions, a disconnected one, the roles
set -euo pipefail

checks=$1
source=$(pwd)
place=$HOME/controller
inventory=$place/inventory.json

if [ ! -d "$place" ]; then
    # Not on the mounted drive: it is writable for everybody, and Ansible reads no configuration from such a place.
    mkdir -p "$place/ansible_collections/remoting"
    cp -r "$source" "$place/ansible_collections/remoting/powershell"
    python3 -m venv "$place/venv"
    "$place/venv/bin/pip" install --quiet ansible-core pywinrm -r "$source/meta/ee-requirements.txt"
    "$place/venv/bin/ansible-galaxy" collection install --collections-path "$place" ansible.windows
    CONFIGURATION=$CONFIGURATION python3 - "$inventory" <<'PYTHON'
import json, os, sys

shared = {
    "ansible_host": "127.0.0.1",
    "ansible_port": 5986,
    "ansible_user": "pssession",
    "ansible_password": os.environ["HOST_PASSWORD"],
    "ansible_psrp_auth": "ntlm",
    "ansible_psrp_cert_validation": "ignore",
    "ansible_psrp_configuration_name": os.environ["CONFIGURATION"],
}
hosts = {
    "ours": {**shared, "ansible_connection": "remoting.powershell.pssession"},
    "theirs": {**shared, "ansible_connection": "ansible.builtin.psrp"},
}
with open(sys.argv[1], "w", opener=lambda path, flags: os.open(path, flags, 0o600)) as file:
    json.dump({"all": {"hosts": hosts}}, file)
PYTHON
fi

export ANSIBLE_COLLECTIONS_PATH=$place LC_ALL=C.UTF-8
cd "$place/ansible_collections/remoting/powershell"
playbook() { "$place/venv/bin/ansible-playbook" -v -i "$inventory" "$@"; }

case $checks in
parity)
    playbook tests/integration/parity/parity.yml -e parity_ours=ours -e parity_theirs=theirs -e parity_windows=true \
        -e 'scratch=C:\Windows\Temp'
    ;;
sessions)
    playbook tests/integration/parity/sessions.yml -e on=ours
    ;;
*)
    echo "controller.sh: parity or sessions, not $checks" >&2
    exit 2
    ;;
esac
