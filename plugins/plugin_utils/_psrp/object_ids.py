# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which of a server's objects came: a hint to the ones that did not (broker process)."""

from __future__ import annotations

#: More ranges than these are not kept apart; the lowest ones count as one.
_MAX_RANGES = 256


class Numbers:
    """A set of whole numbers that come nearly in order, kept as ranges."""

    def __init__(self) -> None:
        self._ranges: list[list[int]] = []

    def add(self, number: int) -> None:
        """Take a number up; a second time changes nothing."""
        ranges = self._ranges
        place = len(ranges)
        while place and ranges[place - 1][0] > number:
            place -= 1
        # The range before it, if any, begins at the number or lower.
        if place and number <= ranges[place - 1][1] + 1:
            ranges[place - 1][1] = max(ranges[place - 1][1], number)
        else:
            ranges.insert(place, [number, number])
            place += 1
        if place < len(ranges) and ranges[place][0] == ranges[place - 1][1] + 1:
            ranges[place - 1][1] = ranges.pop(place)[1]
        if len(ranges) > _MAX_RANGES:
            ranges[0][1] = ranges.pop(1)[1]

    def missing(self, first: int, last: int) -> int:
        """How many numbers up to the last are not in it, from the highest one below the first that is (or 0) on."""
        count, end = 0, 0
        for start, range_end in self._ranges:
            if start > last:
                break
            if range_end >= first:
                count += start - end - 1 if start >= first or end >= first else 0
            end = range_end
        return count
