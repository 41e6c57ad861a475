# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The page of all options says what the plugins' documentation says."""

from __future__ import annotations

import contract
import pytest


def test_the_page_is_what_the_documentation_says() -> None:
    assert contract.PAGE.read_text(encoding="utf-8") == contract.page(), "run: python tools/contract.py"


def test_a_change_of_an_option_changes_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    before = contract.page()
    found = contract.options(contract.plugins()["pssession"])
    changed = {**found, "state": {**found["state"], "default": "absent"}}
    monkeypatch.setattr(contract, "options", lambda path: changed)
    assert contract.page() != before


@pytest.mark.parametrize("name", list(contract.plugins()))
def test_every_option_is_on_the_page(name: str) -> None:
    sections = dict(part.split("\n", 1) for part in contract.page().split("\n## ")[1:])
    shown = sections[contract.title(name)]
    assert [option for option in contract.options(contract.plugins()[name]) if f"| `{option}` |" not in shown] == []


@pytest.mark.parametrize("cmdlet", ["New-PSSession", "New-PSSessionOption"])
def test_every_parameter_has_an_option_that_exists_or_a_reason(cmdlet: str) -> None:
    for name, parameter in contract.cmdlets()[cmdlet].items():
        assert parameter.get("options") or parameter.get("note"), name
        for reference in parameter.get("options", []):
            plugin, option = contract.option_of(reference)
            assert option in contract.options(contract.plugins()[plugin]), f"{name}: {reference}"


def test_the_check_finds_a_page_that_is_old(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert contract.main(["--check"]) == 0
    monkeypatch.setattr(contract, "page", lambda: "another page")
    assert contract.main(["--check"]) == 1
    assert "tools/contract.py" in capsys.readouterr().err
