# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tables for the terminal and for Markdown (benchmark process)."""

from __future__ import annotations

import collections.abc
import dataclasses
import pathlib
import textwrap

#: In a Markdown file that has these lines, the results are what stands between them.
BEGIN = "<!-- results begin -->"
END = "<!-- results end -->"

_WIDTH = 118


@dataclasses.dataclass(frozen=True)
class Table:
    """A titled table; the first column names the row, the others are numbers with their units."""

    title: str
    columns: tuple[str, ...]
    rows: collections.abc.Sequence[tuple[str, ...]]
    #: What one must know to read it.
    notes: tuple[str, ...] = ()

    def text(self) -> str:
        """For a terminal."""
        widths = [max(len(row[index]) for row in (self.columns, *self.rows)) for index in range(len(self.columns))]

        def line(row: tuple[str, ...]) -> str:
            cells = (f"{cell:>{width}}" for cell, width in zip(row[1:], widths[1:], strict=True))
            return "  ".join((f"{row[0]:<{widths[0]}}", *cells)).rstrip()

        lines = [self.title, "", line(self.columns), line(tuple("-" * width for width in widths))]
        lines += [line(row) for row in self.rows]
        notes = [textwrap.fill(note, _WIDTH) for note in self.notes]
        return "\n".join([*lines, "", *notes, ""] if notes else [*lines, ""])

    def markdown(self) -> str:
        """For Markdown."""
        rule = ("---", *("---:" for _column in self.columns[1:]))
        rows = ["| " + " | ".join(row) + " |" for row in (self.columns, rule, *self.rows)]
        notes = [textwrap.fill(note, _WIDTH, break_on_hyphens=False) for note in self.notes]
        return "\n\n".join([f"### {self.title}", "\n".join(rows), *notes]) + "\n"


class Page:
    """A Markdown file that holds the results: between the two marks where it is there already, or as its whole.

    Raises ValueError for an existing file without marks.
    """

    def __init__(self, path: pathlib.Path) -> None:
        self._path = path
        self._before, self._after = "", "\n"
        if path.exists():
            self._before, begin, rest = path.read_text(encoding="utf-8").partition(BEGIN)
            _old, end, self._after = rest.partition(END)
            if not (begin and end):
                raise ValueError(f"{path} is there and has not the lines {BEGIN} and {END}")

    def write(self, introduction: str, tables: collections.abc.Sequence[Table]) -> None:
        """Write the results, and around them what was there before."""
        introduction = textwrap.fill(introduction, _WIDTH, break_on_hyphens=False, break_long_words=False)
        results = "\n".join([BEGIN, "", introduction, "", *(table.markdown() for table in tables), END])
        self._path.write_text(self._before + results + self._after, encoding="utf-8")
