# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""With which connections the modules work (any of them stands for all)."""

from __future__ import annotations

import pytest
from ansible.errors import AnsibleError
from ansible.playbook.play_context import PlayContext
from ansible.plugins.loader import connection_loader

from ansible_collections.remoting.powershell.tests.unit.plugins.action.running import run_action, trusted
from ansible_collections.remoting.powershell.tests.unit.plugins.fake_broker import FakeBroker


class TestOtherConnections:
    def test_psrps_variables_make_our_connection(self, broker: FakeBroker, socket_dir: str) -> None:
        psrp = connection_loader.get("psrp", PlayContext(), "/dev/null")
        variables = {
            "ansible_host": trusted("{{ name }}.example.com"),
            "name": "web1",
            "ansible_psrp_user": "bob",
            "ansible_psrp_auth": "ntlm",
            "ansible_pssession_socket_dir": socket_dir,
        }
        run_action("pssession_invoke", psrp, {"script": "1"}, variables)
        target = broker.runs[0].target
        assert (target.host, target.user, target.auth) == ("web1.example.com", "bob", "ntlm")
        assert broker.hung_up.wait(30)

    def test_under_delegation_the_delegates_variables_count(self, broker: FakeBroker, socket_dir: str) -> None:
        psrp = connection_loader.get("psrp", PlayContext(), "/dev/null")
        delegate = {"ansible_host": "dc1.example.com", "ansible_pssession_socket_dir": socket_dir}
        variables = {"ansible_host": "web1", "ansible_delegated_vars": {"dc1": delegate}}
        run_action("pssession_invoke", psrp, {"script": "1"}, variables, delegate_to="dc1")
        target = broker.runs[0].target
        assert (target.host, target.inventory_hostname) == ("dc1.example.com", "dc1")

    def test_any_other_connection_is_told_what_to_set(self) -> None:
        local = connection_loader.get("local", PlayContext(), "/dev/null")
        with pytest.raises(AnsibleError, match=r"Set ansible_connection to remoting\.powershell\.pssession"):
            run_action("pssession_info", local, {})
