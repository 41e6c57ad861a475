# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which input goes on in the next line."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.remoting.powershell.plugins.plugin_utils.pssession.completeness import is_incomplete

INCOMPLETE = [
    "if ($a) {",
    "Get-Item (",
    "@{ a = 1",
    "@(1, 2",
    "'text",
    "'it''s",
    '"text',
    '"it is $(Get-Date',
    '"a `"',
    "@'",
    "@'\n'",
    "@'\n '@",
    '@"\n"',
    '@"\n$(Get-Date\n"@',
    "Get-Item |",
    "Get-Item | # and then",
    "Get-Item |\n\n",
    "Get-Item ||",
    "Get-Item &&",
    "1,",
    "Get-Item `",
    "<# a comment",
    "a#b {",
    "${a variable",
    "\u201ctext",
]
COMPLETE = [
    "",
    "Get-Item",
    "if ($a) {\n}",
    "'{'",
    "'it''s'",
    '"{ `" ""("',
    '"it is $(Get-Item ")")"',
    "@'\n' { (\n'@",
    '@"\na\n"@',
    '@"\n$(Get-Date)\n"@ | Out-Null',
    "Get-Item `\n  -Path a",
    "Get-Item # {",
    "<# { #>",
    "${a(b}",
    "cmd --% { (",
    "Start-Job &",
    ")",
    "({)",
    "\u201ctext\u201d",
]


@pytest.mark.parametrize("text", INCOMPLETE)
def test_goes_on(text: str) -> None:
    assert is_incomplete(text)


@pytest.mark.parametrize("text", COMPLETE)
def test_is_complete(text: str) -> None:
    assert not is_incomplete(text)


@given(st.text(alphabet="(){}'\"`@$#<>|&, \na-%", max_size=40))
def test_any_text_is_one_or_the_other(text: str) -> None:
    assert is_incomplete(text) in (False, True)


@given(st.text(alphabet="(){}'\"`@$#<>|&, a", max_size=40))
def test_quoted_text_is_complete(text: str) -> None:
    quoted = "'" + text.replace("'", "''") + "'"
    assert not is_incomplete(quoted)
    assert is_incomplete("{" + quoted)
    assert is_incomplete(quoted + " |")


@given(st.lists(st.sampled_from("({"), max_size=30))
def test_brackets_balance(opened: list[str]) -> None:
    closed = "".join(")" if bracket == "(" else "}" for bracket in reversed(opened))
    text = "".join(opened) + "1" + closed
    assert not is_incomplete(text)
    for length in range(len(opened)):
        assert is_incomplete(text[: len(text) - length - 1])
