# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Corrections to the XML that psrpcore serializes (broker process).

They work on bytes, after the serializer: what they look for cannot stand for anything else there, since ``<`` and
``&`` in a value are always escaped.
"""

from __future__ import annotations

import re

#: psrpcore leaves U+D900 to U+DBFF to ElementTree, which writes them as character references that XML forbids.
_REFERENCE = re.compile(rb"&#(5[56]\d{3});")
#: strftime does not pad years before 1000.
_SHORT_YEAR = re.compile(rb"(<DT(?: [^>]*)?>)(\d{1,3})-")


def repair(xml: bytes) -> bytes:
    """Make serialized CLIXML what .NET reads: escape what XML 1.0 forbids, write NaN and short years its way."""
    if b"&#5" in xml:
        xml = _REFERENCE.sub(_surrogate, xml)
    if b"\xef\xbf" in xml:  # U+FFFE and U+FFFF
        xml = xml.replace(b"\xef\xbf\xbe", b"_xFFFE_").replace(b"\xef\xbf\xbf", b"_xFFFF_")
    if b">NAN<" in xml:
        xml = xml.replace(b">NAN</Db>", b">NaN</Db>")
    if b"<DT" in xml:
        xml = _SHORT_YEAR.sub(lambda match: match[1] + match[2].zfill(4) + b"-", xml)
    return xml


def _surrogate(match: re.Match[bytes]) -> bytes:
    code = int(match[1])
    return b"_x%04X_" % code if 0xD800 <= code <= 0xDFFF else match[0]
