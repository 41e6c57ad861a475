# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One exchange of SOAP messages over one TCP connection, every failure classified (broker process)."""

from __future__ import annotations

import typing
import uuid
import xml.etree.ElementTree as ET

from . import _http_faults, _pypsrp
from ._wsman_faults import SoapFault, read_fault
from ._wsman_types import WSManOptions
from ._wsman_xml import MalformedError, check_document, parse_document
from .faults import TransportError

#: An operation timeout is the server's to keep; this is the time its answer has to travel, in seconds.
_TRAVEL = 5
#: These authenticate the single request, so that any connection will do; the others authenticate the connection.
_STATELESS = frozenset({"basic", "certificate"})


class FaultReceivedError(Exception):
    """The server answered with a SOAP fault."""

    def __init__(self, fault: SoapFault) -> None:
        super().__init__(fault.text)
        self.fault = fault


class Exchange:
    """``pypsrp.wsman.WSMan.invoke`` over a transport that lets through only what is safe to parse.

    Raises:
        TransportError: MISSING_LIBRARY, or AUTHENTICATION when options exclude each other.
    """

    def __init__(self, options: WSManOptions, session_id: uuid.UUID) -> None:
        self._options = options
        self._wsman = _pypsrp.new_wsman(options, session_id)
        self._inner = self._wsman.transport
        self._wire = _pypsrp.Wire(is_sealed=self._is_sealed)
        self._read_timeout = float(options.read_timeout)
        #: A WSMan service has answered on this connection.
        self.answered = False
        #: pypsrp's own estimate of the bytes of data that fit into a Send's envelope.
        self.max_payload: int = self._wsman.max_payload_size
        # WSMan asks its transport for this and for send() below.
        self.endpoint: str = self._inner.endpoint
        self._wsman.transport = self

    def invoke(
        self,
        action: str,
        resource_uri: str,
        body: ET.Element | None,
        options: typing.Iterable[tuple[str, str, bool]],
        shell_id: str | None,
        operation_timeout: int,
    ) -> ET.Element:
        """Send one request and give back the answer's envelope.

        Raises:
            FaultReceivedError: The server answered with a fault.
            TransportError: There is no answer, or none that can be used.
        """
        self._read_timeout = max(float(self._options.read_timeout), operation_timeout + _TRAVEL)
        self._wire.written = False
        failure: Exception
        try:
            envelope: ET.Element = self._wsman.invoke(
                action,
                resource_uri,
                body,
                _pypsrp.option_set(options),
                _pypsrp.shell_selector(shell_id) if shell_id is not None else None,
                operation_timeout,
            )
            fault = read_fault(envelope)
            if fault is None:
                return envelope
            failure = FaultReceivedError(fault)
        except FaultReceivedError as error:
            failure = FaultReceivedError(error.fault)
        except Exception as error:
            failure = _http_faults.to_error(error, self._options, self._progress())
        # Raised here, outside of the handlers: an exception chained to it would carry the request into logs.
        raise failure

    def send(
        self,
        message: bytes,
        *,
        retries_on_read_timeout: int = 0,
        timeout: object = None,
    ) -> bytes:
        """What WSMan calls to have a message sent; its own idea of timeouts and retries does not apply here."""
        if self._inner.session is None:
            _pypsrp.open_session(self._inner, self._wire)
        try:
            answer: bytes = self._inner.send(message, timeout=(self._options.connection_timeout, self._read_timeout))
        except _pypsrp.pypsrp_errors.WinRMTransportError as error:
            status, text = error.code, error.response_text
        else:
            check_document(answer)
            return answer
        raise self._refusal(status, text)

    def unusable(self, error: MalformedError) -> TransportError:
        """The failure that an answer means which came but does not hold what was asked for."""
        return _http_faults.to_error(error, self._options, self._progress())

    def close(self) -> None:
        """Close the connection; the shell stays."""
        self._inner.close()

    def _refusal(self, status: int, text: str) -> Exception:
        try:
            fault = read_fault(parse_document(text.encode("utf-8", errors="replace")))
        except MalformedError:
            fault = None
        if fault is not None:
            return FaultReceivedError(fault)
        return _http_faults.status_error(status, text, self._options, self._progress())

    def _progress(self) -> _http_faults.Progress:
        secured = self._inner.encryption is not None
        # With message encryption the connection is authenticated by an empty request before the message is sent.
        carried = self._wire.written and (secured or not self._inner.wrap_required)
        connected = self._wire.connections > 0
        return _http_faults.Progress(connected=connected, carried=carried, answered=self.answered, secured=secured)

    def _is_sealed(self) -> bool:
        return self._inner.encryption is not None or (self.answered and self._options.auth not in _STATELESS)
