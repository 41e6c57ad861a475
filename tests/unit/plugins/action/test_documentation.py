# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each module's documentation says what its action takes, option by option."""

from __future__ import annotations

import json
import pathlib
import typing

import pytest
import yaml
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.plugins.loader import action_loader, fragment_loader
from ansible.utils.plugin_docs import get_docstring

from ansible_collections.remoting.powershell.plugins.plugin_utils._broker.rows import TOLD
from ansible_collections.remoting.powershell.plugins.plugin_utils._results import (
    OUTCOME_TAG,
    Collected,
    module_result,
    received,
)
from ansible_collections.remoting.powershell.plugins.plugin_utils._wire.messages import Finished

_PLUGINS = pathlib.Path(__file__).resolve().parents[4] / "plugins"
_NAMES = sorted(path.stem for path in (_PLUGINS / "action").glob("[a-z]*.py"))
#: What documentation and argument spec both say.
_COMMON = ("type", "elements", "choices", "default", "required")
#: What Ansible itself says of the results of every module.
_COMMON_RESULTS = {"changed", "failed", "msg", "skipped"}
#: Options whose use needs no showing beside that of their like.
_WITHOUT_EXAMPLE = {"error_action", "id", "instance_id", "no_profile", "removes", "ui_culture"}


def _facts(options: dict[str, typing.Any], nested: str) -> dict[str, typing.Any]:
    facts = {}
    for name, option in options.items():
        facts[name] = {key: option[key] for key in _COMMON if option.get(key) is not None}
        if option.get(nested):
            facts[name]["options"] = _facts(option[nested], nested)
    return facts


def _documentation(name: str) -> dict[str, typing.Any]:
    documentation, _examples, _returned, _metadata = get_docstring(
        str(_PLUGINS / "modules" / f"{name}.py"), fragment_loader, is_module=True
    )
    return dict(documentation)


def test_each_action_is_documented() -> None:
    assert sorted(path.stem for path in (_PLUGINS / "modules").glob("[a-z]*.py")) == _NAMES


@pytest.mark.parametrize("name", _NAMES)
def test_options_are_those_of_the_argument_spec(name: str) -> None:
    action = action_loader.get(f"remoting.powershell.{name}", class_only=True)
    assert _facts(_documentation(name)["options"], "suboptions") == _facts(action.ARGUMENT_SPEC, "options")


def _returned(name: str) -> dict[str, typing.Any]:
    return dict(get_docstring(str(_PLUGINS / "modules" / f"{name}.py"), fragment_loader, is_module=True)[2])


def _examples(name: str) -> list[dict[str, typing.Any]]:
    """The tasks of a module's examples, those of plays included."""
    entries = yaml.safe_load(
        get_docstring(str(_PLUGINS / "modules" / f"{name}.py"), fragment_loader, is_module=True)[1]
    )
    return [task for entry in entries for task in entry.get("tasks", [entry])]


@pytest.mark.parametrize("name", _NAMES)
def test_examples_are_accepted_by_the_argument_spec(name: str) -> None:
    shown: set[str] = set()
    for task in _examples(name):
        for key in [key for key in task if key.startswith("remoting.powershell.")]:
            module = key.rpartition(".")[2]
            action = action_loader.get(key, class_only=True)
            result = ArgumentSpecValidator(action.ARGUMENT_SPEC, **action.CONSTRAINTS).validate(task[key] or {})
            assert result.error_messages == [], task
            if module == name:
                shown.update(task[key] or ())
    spec = action_loader.get(f"remoting.powershell.{name}", class_only=True).ARGUMENT_SPEC
    assert [option for option in spec if option not in shown | _WITHOUT_EXAMPLE] == []


def test_a_session_is_described_in_the_same_words_everywhere() -> None:
    rows = _returned("pssession_info")["sessions"]["contains"]
    common = {name: row for name, row in rows.items() if row["returned"] == "always"}
    assert set(rows) - set(common) == set(TOLD)
    for name in _NAMES:
        if name != "pssession_info":
            assert _returned(name)["session"]["contains"] == common


def test_a_scripts_results_are_described_in_the_same_words_everywhere() -> None:
    invoke, receive = _returned("pssession_invoke"), _returned("pssession_receive")
    assert {"output", "error", "information", "host_out", "result"} < set(receive)
    for name in set(invoke).intersection(receive) - {"rc", "session", "state"}:
        assert invoke[name] == receive[name]


@pytest.mark.parametrize(("name", "make"), [("pssession_invoke", module_result), ("pssession_receive", received)])
def test_every_result_is_described(
    name: str, make: typing.Callable[[Collected, Finished], dict[str, typing.Any]]
) -> None:
    outcome = {"changed": False, "skipped": "yes", "diff": {"before": ""}, "result": 1}
    records = Collected()
    records.add([["information", {"tags": [OUTCOME_TAG], "message_data": json.dumps(outcome)}]])
    assert set(make(records, Finished("completed", {}))) - _COMMON_RESULTS <= set(_returned(name))
