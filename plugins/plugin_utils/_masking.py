# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a task was given as sensitive, out of what it returns and shows (ansible worker)."""

from __future__ import annotations

import typing

from ansible.module_utils.common.parameters import remove_values, sanitize_keys

#: The least characters of one line of several that is a secret by itself: "}" is none.
_SHORTEST_LINE = 4
#: The fields of a row, and of the records in its lists, whose dictionaries have keys that a script chose.
_OF_SCRIPTS = ("output", "result", "diff")
_OF_RECORDS = {"information": "message_data", "error": "target_object"}
#: What `diff` is shown by.
_OF_CALLBACKS = frozenset(("before", "before_header", "after", "after_header", "prepared"))


def secrets(texts: typing.Iterable[str]) -> frozenset[str]:
    """All that must not be shown of some texts: each as a whole, and its lines, since output comes by lines."""
    found: set[str] = set()
    for text in texts:
        lines = [line for line in text.splitlines() if line.strip()]
        if len(lines) > 1:
            lines = [line.strip() for line in lines if len(line.strip()) >= _SHORTEST_LINE]
        found.update([text, *lines])
    return frozenset(found - {""})


def masked(result: dict[str, typing.Any], hidden: frozenset[str]) -> dict[str, typing.Any]:
    """A module's result without the texts of `secrets`, be they values or keys of a script's dictionaries."""
    if not hidden:
        return result
    result = remove_values(result, hidden)
    for row in result.get("results", [result]):
        for name in _OF_SCRIPTS:
            if name in row:
                row[name] = sanitize_keys(row[name], hidden, ignore_keys=_OF_CALLBACKS)
        for stream, name in _OF_RECORDS.items():
            for record in row.get(stream, ()):
                record[name] = sanitize_keys(record[name], hidden)
    return result


def masked_text(text: str, hidden: frozenset[str]) -> str:
    """A text without the texts of `secrets`."""
    return typing.cast("str", remove_values(text, hidden))
