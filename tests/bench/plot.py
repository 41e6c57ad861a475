# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A bar chart as SVG, without a library (benchmark process)."""

from __future__ import annotations

import collections.abc
import dataclasses
from xml.sax.saxutils import escape

_COLOURS = ("#8a8f98", "#1f6feb", "#d29922")
_BAR, _GAP, _GROUP_GAP = 56, 8, 56
_HEIGHT, _TOP, _BOTTOM, _LEFT = 260, 70, 50, 60


@dataclasses.dataclass(frozen=True)
class Chart:
    """Groups of bars.

    Args:
        title: Above all.
        unit: After each value.
        series: What the bars of each group stand for.
        groups: A label and its values, one for each of the series.
    """

    title: str
    unit: str
    series: tuple[str, ...]
    groups: collections.abc.Sequence[tuple[str, collections.abc.Sequence[float]]]

    def svg(self) -> str:
        """The whole file."""
        step = len(self.series) * (_BAR + _GAP) + _GROUP_GAP
        width = max(_LEFT + step * len(self.groups), 9 * len(self.title) + _LEFT)
        height = _TOP + _HEIGHT + _BOTTOM
        base = _TOP + _HEIGHT
        parts = [
            "<!-- (c) 2026, the remoting.powershell contributors; SPDX-" + "License-Identifier: GPL-3.0-or-later -->",
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" '
            f'height="{height}" font-family="sans-serif" font-size="13" role="img">',
            f"<title>{escape(self.title)}</title>",
            f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
            _text(_LEFT, 22, self.title, size=15, anchor="start"),
            *self._legend(),
            f'<line x1="{_LEFT - 20}" y1="{base}" x2="{width - 20}" y2="{base}" stroke="#57606a"/>',
            *self._bars(step, base),
            "</svg>",
        ]
        return "\n".join(parts) + "\n"

    def _legend(self) -> list[str]:
        parts = []
        for index, name in enumerate(self.series):
            x = _LEFT + 190 * index
            parts.append(f'<rect x="{x}" y="34" width="12" height="12" fill="{_COLOURS[index]}"/>')
            parts.append(_text(x + 18, 45, name, anchor="start"))
        return parts

    def _bars(self, step: int, base: int) -> list[str]:
        highest = max(value for _label, values in self.groups for value in values)
        parts = []
        for number, (label, values) in enumerate(self.groups):
            left = _LEFT + number * step
            for index, value in enumerate(values):
                x = left + index * (_BAR + _GAP)
                size = round(value / highest * (_HEIGHT - 20), 1)
                parts.append(
                    f'<rect x="{x}" y="{base - size}" width="{_BAR}" height="{size}" fill="{_COLOURS[index]}"/>'
                )
                parts.append(_text(x + _BAR / 2, base - size - 5, f"{value:.0f} {self.unit}"))
            parts.append(_text(left + (step - _GROUP_GAP - _GAP) / 2, base + 22, label))
        return parts


def _text(x: float, y: float, text: str, size: int = 13, anchor: str = "middle") -> str:
    return f'<text x="{x}" y="{y}" font-size="{size}" text-anchor="{anchor}" fill="#1f2328">{escape(text)}</text>'
