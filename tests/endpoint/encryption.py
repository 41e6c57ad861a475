# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""WinRM's message encryption: SOAP inside multipart/encrypted, wrapped by the security context (endpoint process)."""

from __future__ import annotations

import re
import struct
import typing

_BOUNDARY = "Encrypted Boundary"
#: CredSSP is TLS inside, whose records hold 16 KiB.
_CREDSSP_CHUNK = 16 * 1024
_PART = re.compile(rb"--\s*Encrypted Boundary(?:--)?\r\n")
_LENGTH = re.compile(rb"Length=(\d{1,12})")
_OCTETS = b"\tContent-Type: application/octet-stream\r\n"

NEGOTIATE = "application/HTTP-SPNEGO-session-encrypted"
KERBEROS = "application/HTTP-Kerberos-session-encrypted"
CREDSSP = "application/HTTP-CredSSP-session-encrypted"


class DecryptionError(Exception):
    """The message was not made with this connection's security context."""


def is_encrypted(content_type: str) -> bool:
    return content_type.lower().startswith(("multipart/encrypted", "multipart/x-multi-encrypted"))


def unwrap(context: typing.Any, body: bytes) -> bytes:
    """The SOAP message inside `body`; DecryptionError for whatever is no such thing."""
    try:
        return _unwrap(context, body)
    except DecryptionError:
        raise
    except Exception as error:  # the security libraries raise many kinds for bytes that are not theirs
        raise DecryptionError(type(error).__name__) from error


def _unwrap(context: typing.Any, body: bytes) -> bytes:
    # The encrypted bytes may hold anything, a boundary too: each part is found by where the one before it ended.
    message = b""
    position = 0
    while (start := _PART.match(body, position)) is not None and not body[start.start() : start.end()].endswith(
        b"--\r\n"
    ):
        second = _PART.search(body, start.end())
        length = _LENGTH.search(body, start.end())
        if second is None or length is None or not body.startswith(_OCTETS, second.end()):
            raise DecryptionError("malformed part")
        data_start = second.end() + len(_OCTETS)
        end = _end_of_part(body, data_start)
        data = body[data_start:end]
        if len(data) < 4:
            raise DecryptionError("short part")
        size = struct.unpack("<i", data[:4])[0]
        if not 0 <= size <= len(data) - 4:
            raise DecryptionError("bad signature length")
        plain: bytes = context.unwrap_winrm(data[4 : 4 + size], data[4 + size :])
        message += plain
        position = end
    if not message:
        raise DecryptionError("no part")
    return message


def _end_of_part(body: bytes, start: int) -> int:
    """The last boundary of the body, or with several parts the next one that a part's header follows."""
    header = re.compile(rb"--\s*Encrypted Boundary(?:\r\n\tContent-Type: application/HTTP|--\r\n\Z)")
    found = header.search(body, start)
    if found is None:
        raise DecryptionError("no end boundary")
    return found.start()


def wrap(context: typing.Any, protocol: str, message: bytes) -> tuple[str, bytes]:
    """The content type and the body for an encrypted answer."""
    chunks = [message]
    kind = "multipart/encrypted"
    if protocol == CREDSSP and len(message) > _CREDSSP_CHUNK:
        kind = "multipart/x-multi-encrypted"
        chunks = [message[start : start + _CREDSSP_CHUNK] for start in range(0, len(message), _CREDSSP_CHUNK)]
    parts = []
    for chunk in chunks:
        result = context.wrap_winrm(chunk)
        length = len(chunk) + result.padding_length
        parts.append(
            f"--{_BOUNDARY}\r\n\tContent-Type: {protocol}\r\n"
            f"\tOriginalContent: type=application/soap+xml;charset=UTF-8;Length={length}\r\n--{_BOUNDARY}\r\n".encode()
            + _OCTETS
            + struct.pack("<i", len(result.header))
            + result.header
            + result.data
        )
    body = b"".join(parts) + f"--{_BOUNDARY}--\r\n".encode()
    return f'{kind};protocol="{protocol}";boundary="{_BOUNDARY}"', body
