# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Base64 in answers: white space is allowed, nothing else is taken for data."""

from __future__ import annotations

import base64
import binascii

from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.remoting.powershell.plugins.plugin_utils._transport._wsman_xml import (
    MalformedError,
    decode,
    encode,
)


def strictly(text: str) -> bytes | None:
    """What a text is without its white space; None for no base64."""
    try:
        return base64.b64decode("".join(text.split()).encode("ascii"), validate=True)
    except (binascii.Error, ValueError):
        return None


@given(st.binary())
def test_what_was_encoded_comes_back(data: bytes) -> None:
    assert decode(encode(data)) == data
    assert decode("\r\n ".join(encode(data))) == data


@given(st.text("AQgw09+/= \n-_.!ä", max_size=12))
def test_everything_else_is_damage(text: str) -> None:
    try:
        decoded: bytes | None = decode(text)
    except MalformedError:
        decoded = None
    assert decoded == strictly(text)
