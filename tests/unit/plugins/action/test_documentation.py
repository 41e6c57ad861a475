# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each module's documentation says what its action takes, option by option."""

from __future__ import annotations

import pathlib
import typing

import pytest
from ansible.plugins.loader import action_loader, fragment_loader
from ansible.utils.plugin_docs import get_docstring

_PLUGINS = pathlib.Path(__file__).resolve().parents[4] / "plugins"
_NAMES = sorted(path.stem for path in (_PLUGINS / "action").glob("[a-z]*.py"))
#: What documentation and argument spec both say.
_COMMON = ("type", "elements", "choices", "default", "required")


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
