# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How large input is cut into messages."""

from __future__ import annotations

import itertools
import json
import typing

from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.remoting.powershell.plugins.plugin_utils import _input
from ansible_collections.remoting.powershell.plugins.plugin_utils._wire.messages import Run
from ansible_collections.remoting.powershell.plugins.plugin_utils._wire.target import Target

TARGET = Target("web01", 5985, False)
LENGTHS = st.integers(0, 300) | st.integers(_input.MESSAGE // 3, _input.MESSAGE * 2)
VALUES = st.one_of(st.integers(), LENGTHS.map(lambda length: "x" * length), st.lists(st.booleans(), max_size=3))


@given(st.lists(VALUES, max_size=30))
def test_nothing_is_lost_and_no_message_is_larger_than_need_be(values: list[typing.Any]) -> None:
    request, rest = _input.divided(Run(TARGET, [], input="values", values=values))
    parts = [request.values, *rest]
    assert list(itertools.chain(*parts)) == values
    assert request.more is (len(parts) > 1)
    for part in parts:
        assert len(part) < 2 or len(json.dumps(part)) <= _input.MESSAGE + 2
    for part, following in itertools.pairwise(parts):
        assert len(json.dumps(part)) + len(json.dumps(following[0])) > _input.MESSAGE - 2


def test_small_input_goes_with_its_request() -> None:
    request = Run(TARGET, [], input="values", values=["a"] * 1000)
    assert _input.divided(request)[0] is request
