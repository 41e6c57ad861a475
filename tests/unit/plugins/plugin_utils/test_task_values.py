# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Values as ansible-core hands them to a task, whatever containers and strings of its own it makes of them."""

from __future__ import annotations

import json
import textwrap

import ansible.parsing.vault
import pytest
from ansible.parsing.dataloader import DataLoader
from ansible.parsing.vault import VaultLib, VaultSecret
from ansible.template import Templar

from ansible_collections.remoting.powershell.plugins.plugin_utils import _values
from ansible_collections.remoting.powershell.plugins.plugin_utils._wire.errors import PSSessionError

_SECRET = VaultSecret(b"password")


@pytest.fixture
def loader(monkeypatch: pytest.MonkeyPatch) -> DataLoader:
    """What reads YAML as ansible-core does, and can open what is sealed in it."""
    made = DataLoader()
    made.set_vault_secrets([("default", _SECRET)])
    context = getattr(ansible.parsing.vault, "VaultSecretsContext", None)
    if context is not None:
        # From ansible-core 2.19 on it is the process that has the secrets.
        monkeypatch.setattr(context, "_current", context(secrets=[("default", _SECRET)]))
    return made


def templated(loader: DataLoader, yaml: str) -> object:
    """The value of `task` in a YAML text, templated with the whole text's variables."""
    variables = loader.load(yaml)
    return Templar(loader=loader, variables=variables).template(variables["task"])


def vaulted(text: str) -> str:
    """A text as it is in a YAML file with its tag."""
    sealed = VaultLib([("default", _SECRET)]).encrypt(text, _SECRET).decode()
    return "!vault |\n" + textwrap.indent(sealed, "    ")


def test_ansibles_own_types_are_what_they_stand_for(loader: DataLoader) -> None:
    yaml = """
task:
  - text
  - 9007199254740993
  - 1.5
  - true
  - null
  - !unsafe "{{ no template }}"
  - inner: [{a: 2026-01-02}, !!binary AQID]
"""
    sent = _values.to_wire(templated(loader, yaml))
    assert json.loads(json.dumps(sent)) == [
        "text", 9007199254740993, 1.5, True, None, "{{ no template }}",
        {"inner": [
            {"a": {"__pssession__": "datetime", "value": "2026-01-02"}},
            {"__pssession__": "bytes", "value": "AQID"},
        ]},
    ]  # fmt: skip


def test_what_is_in_a_vault_is_opened(loader: DataLoader) -> None:
    assert _values.to_wire(templated(loader, f"task: {vaulted('opened')}")) == "opened"


def test_what_nests_without_end_is_refused_by_name() -> None:
    endless: list[object] = []
    endless.append(endless)
    with pytest.raises(PSSessionError, match=r"parameters\['A'\](\[0\])+ is nested more than 40 levels deep"):
        _values.to_wire({"A": endless}, "parameters")


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ({1: "a", "1": "b"}, r"parameters\['A'\] has the key '1' twice"),
        ({"B": {None: 1}}, r"parameters\['A'\]\['B'\] has a key that is null"),
        ([10**4300], r"parameters\['A'\]\[0\] is an integer of more than 4300 digits"),
    ],
)
def test_what_would_be_lost_is_refused_by_name(value: object, message: str) -> None:
    with pytest.raises(PSSessionError, match=message):
        _values.to_wire({"A": value}, "parameters")


def test_keys_are_texts_and_numbers_may_be_long() -> None:
    assert _values.to_wire({1: 2, 2.5: None, False: {}}) == {"1": 2, "2.5": None, "False": {}}
    assert _values.to_wire(1 - 10**4300) == 1 - 10**4300
