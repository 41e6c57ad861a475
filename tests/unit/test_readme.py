# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The README leads to what there is: its links, and a target for each row of its table."""

from __future__ import annotations

import pathlib
import re

_ROOT = pathlib.Path(__file__).resolve().parents[2]
_README = (_ROOT / "README.md").read_text(encoding="utf-8")
_LINK = re.compile(
    r"\(https://github\.com/remoting-powershell/remoting\.powershell/(?:blob|tree)/main/([^)#]+)(#[^)]*)?\)"
)
_DEFINED = set(re.findall(r"^\[([^\]]+)\]: ", _README, re.MULTILINE))
#: Rows that are cmdlets and what is said of sessions; what follows is tested by targets of other names, too.
_ROWS = 16


def _titles(path: pathlib.Path) -> set[str]:
    """The anchors that the titles of a page in reStructuredText get."""
    found = re.findall(r"^(\S.*)\n[=*~-]{3,}$", path.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-") for title in found}


def test_links_lead_somewhere() -> None:
    links = _LINK.findall(_README)
    assert links
    for path, anchor in links:
        assert (_ROOT / path).exists(), path
        if anchor:
            assert anchor[1:] in _titles(_ROOT / path), f"{path}{anchor}"


def test_each_row_has_a_target_and_leads_on() -> None:
    rows = {int(row): rest for row, rest in re.findall(r"^\| (\d+) \|(.*)\|$", _README, re.MULTILINE)}
    assert sorted(rows) == list(range(1, len(rows) + 1))
    targets = _ROOT / "tests" / "integration" / "targets"
    for row, rest in rows.items():
        named = set(re.findall(r"\[([^\]`]+)\](?!\()", rest))
        assert named, f"row {row} leads nowhere"
        assert named <= _DEFINED
        if row <= _ROWS:
            assert list(targets.glob(f"row{row:02}_*/test*")), f"row {row} has no target"
