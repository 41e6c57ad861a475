# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From an exception or an HTTP status to a kind of failure and a text for the user (broker process)."""

from __future__ import annotations

import collections.abc
import dataclasses
import errno
import re
import socket
import ssl
import urllib.parse

from . import _pypsrp
from ._pypsrp import ConnectionGoneError
from ._wsman_types import WSManOptions
from ._wsman_xml import MalformedError
from .faults import FaultKind, TransportError

_MAX_TEXT = 300
_HTTPS_PORT = "is it the https port (usually 5986)?"
_NO_ROUTE = frozenset({errno.EHOSTUNREACH, errno.ENETUNREACH, errno.EHOSTDOWN, errno.ENETDOWN})


@dataclasses.dataclass(frozen=True)
class Progress:
    """How far the connection and the request had come when it failed."""

    #: There was a TCP connection, with TLS where that is asked for.
    connected: bool
    #: The message, or a part of it, was given to the connection.
    carried: bool
    #: A WSMan service has answered on this connection before.
    answered: bool
    #: The security context stands, so that what fails now is no longer the authentication.
    secured: bool


def to_error(error: Exception, options: WSManOptions, progress: Progress) -> TransportError:
    """The failure that an exception of pypsrp or what it stands on means.

    ``may_have_arrived`` is what the hooks on the connection saw; only where an exception itself proves that the server
    did not process the message it is False all the same.
    """
    if isinstance(error, TransportError):
        return error
    if isinstance(error, ImportError):
        return _pypsrp.missing_library(error, _pypsrp.package_for(options.auth))
    if isinstance(error, ConnectionGoneError):
        return TransportError(FaultKind.LOST, f"The connection to {where(options)} was closed while it was idle")
    package = type(error).__module__.partition(".")[0]
    if isinstance(error, _pypsrp.pypsrp_errors.AuthenticationError):
        return _unauthenticated(error, options, progress)
    if isinstance(error, (_pypsrp.pypsrp_errors.WinRMError, MalformedError)):
        return _unusable(error, options, progress)
    if package in _pypsrp.SECURITY_PACKAGES and not progress.secured:
        text = f"{_authentication(options)} failed: {clean(error, options)}{_kerberos_hint(options)}"
        return TransportError(FaultKind.AUTHENTICATION, text, may_have_arrived=progress.carried)
    if isinstance(error, _pypsrp.requests_errors.RequestException):
        return _http_error(error, options, progress)
    if isinstance(error, OSError):
        return _os_error(error, options, progress)
    if not progress.connected:
        text = f"{where(options)} is no valid address: {clean(error, options)}"
        return TransportError(FaultKind.UNREACHABLE, text)
    if isinstance(error, ValueError) and "auth_provider" in str(error):
        text = f"{_authentication(options)} failed: {clean(error, options)}"
        return TransportError(FaultKind.AUTHENTICATION, text)
    return _unusable(error, options, progress)


def status_error(status: int, text: str, options: WSManOptions, progress: Progress) -> TransportError:
    """The failure that an HTTP status means that came without a SOAP fault."""
    url = f"{'https' if options.ssl else 'http'}://{options.host}:{options.port}/{options.path}"
    said = f"HTTP {status} from {url}"
    established = progress.answered or progress.secured
    if status == 407:
        return TransportError(FaultKind.UNREACHABLE, f"The proxy wants credentials: {said}", code=status)
    if status == 403:
        return TransportError(FaultKind.ACCESS_DENIED, f"Access denied: {said}", code=status)
    if status == 413:
        message = f"A message is too large (max_envelope_size is {options.max_envelope_size}): {said}"
        return TransportError(FaultKind.ENVELOPE_TOO_LARGE, message, code=status)
    if status in (400, 401, 429, 503) and established:
        message = f"The server did not take the request; the connection's authentication may have ended: {said}"
        return TransportError(FaultKind.REFUSED, message, code=status, may_have_arrived=progress.carried)
    if status in (429, 503):
        message = f"The server takes no requests now: {said}"
        return TransportError(FaultKind.REFUSED, message, code=status, may_have_arrived=progress.carried)
    if established:
        message = f"The answer cannot be used: {said}"
        return TransportError(FaultKind.LOST, message, code=status, may_have_arrived=progress.carried)
    message = (
        f"No WSMan service answers there: {said}{_title(text, options)} (is the path right, usually wsman, and the"
        " port, usually 5985 for http and 5986 for https?)"
    )
    return TransportError(FaultKind.NOT_WSMAN, message, code=status, may_have_arrived=progress.carried)


def where(options: WSManOptions) -> str:
    """The place as texts name it."""
    return f"{options.host!r} port {options.port}"


def clean(text: object, options: WSManOptions) -> str:
    """One line of limited length, without the secrets among the options."""
    line = " ".join(str(text).split())
    proxy = urllib.parse.urlsplit(options.proxy).password if options.proxy and _splits(options.proxy) else None
    for secret in (options.password, options.certificate_key_password, proxy):
        if secret:
            line = line.replace(secret, "********")
    return line[:_MAX_TEXT]


def _splits(url: str) -> bool:
    try:
        return bool(urllib.parse.urlsplit(url))
    except ValueError:
        return False


def _authentication(options: WSManOptions) -> str:
    user = repr(options.user) if options.user is not None else "the default credentials"
    return f"Authentication of {user} with auth={options.auth} at {where(options)}"


def _kerberos_hint(options: WSManOptions) -> str:
    if options.auth not in ("kerberos", "negotiate"):
        return ""
    return " (for Kerberos the realm must be configured, and a ticket got with kinit or a password given)"


def _unauthenticated(error: Exception, options: WSManOptions, progress: Progress) -> TransportError:
    """HTTP 401, at the beginning or in the middle; a request that was not authenticated was not processed."""
    if progress.answered or progress.secured:
        message = f"{where(options)} does not accept the connection's authentication any more"
        return TransportError(FaultKind.REFUSED, message, code=401)
    reason = f" ({clean(error, options)})" if "did not response" in str(error) else ""
    message = (
        f"{_authentication(options)} was refused{reason}: check the user name and the password, and that the computer"
        " allows this authentication (winrm get winrm/config/service/auth)"
    )
    return TransportError(FaultKind.AUTHENTICATION, message, code=401)


def _unusable(error: Exception, options: WSManOptions, progress: Progress) -> TransportError:
    """An answer that came but cannot be used."""
    kind = FaultKind.LOST if progress.answered or progress.secured else FaultKind.NOT_WSMAN
    # The text of anything but our own error may quote the answer, which is nobody's business.
    reason = clean(error, options) if isinstance(error, MalformedError) else type(error).__name__
    message = f"The answer of {where(options)} cannot be used: {reason}"
    if kind is FaultKind.NOT_WSMAN:
        message = f"{message}; is it a WSMan service, and is path={options.path} right?"
    return TransportError(kind, message, may_have_arrived=progress.carried)


def _http_error(error: Exception, options: WSManOptions, progress: Progress) -> TransportError:
    exceptions = _pypsrp.requests_errors
    if isinstance(error, exceptions.ProxyError) and not progress.carried:
        message = f"The proxy does not let through to {where(options)}: {clean(_innermost(error), options)}"
        return TransportError(FaultKind.UNREACHABLE, message)
    if isinstance(error, ValueError):  # requests' errors about addresses
        return TransportError(FaultKind.UNREACHABLE, f"{where(options)} is no valid address: {clean(error, options)}")
    if isinstance(error, exceptions.SSLError):
        return _tls_error(error, options, progress)
    if isinstance(error, exceptions.TooManyRedirects):
        message = f"{where(options)} redirects to another address, which is not followed; give the right host and path"
        return TransportError(FaultKind.NOT_WSMAN, message, may_have_arrived=progress.carried)
    if isinstance(error, exceptions.Timeout) and progress.carried:
        message = f"{where(options)} did not answer within the read timeout"
        return TransportError(FaultKind.LOST, message, may_have_arrived=True)
    if progress.carried:
        message = f"The connection to {where(options)} broke: {clean(_innermost(error), options)}"
        return TransportError(FaultKind.LOST, message, may_have_arrived=True)
    return _unreachable(error, options, progress)


def _unreachable(error: Exception, options: WSManOptions, progress: Progress) -> TransportError:
    """Nothing of the message was written; most often there is no connection at all."""
    causes = list(_causes(error))
    place = where(options)
    kind = FaultKind.LOST if progress.answered or progress.secured else FaultKind.UNREACHABLE
    if any(isinstance(cause, socket.gaierror) for cause in causes):
        message = f"The name {options.host!r} cannot be resolved: check the host's address and DNS"
    elif any(isinstance(cause, ConnectionRefusedError) for cause in causes):
        message = (
            f"The connection to {place} was refused: is remoting enabled on the computer (Enable-PSRemoting, or the"
            " role remoting.powershell.remoting), and is the port right (usually 5985 for http, 5986 for https)?"
        )
    elif any(isinstance(cause, OSError) and cause.errno in _NO_ROUTE for cause in causes):
        message = f"There is no route to {place}: check the address and the network"
    elif isinstance(error, _pypsrp.requests_errors.ReadTimeout) and not options.ssl:
        message = (
            f"{place} takes connections and does not answer: is it the WSMan service, is the port right (usually 5985),"
            " and does a firewall in between let the traffic through?"
        )
    elif isinstance(error, _pypsrp.requests_errors.ReadTimeout):
        kind = FaultKind.TLS
        message = f"The TLS handshake with {place} got no answer within {options.connection_timeout} s: {_HTTPS_PORT}"
    elif isinstance(error, _pypsrp.requests_errors.Timeout) or any(isinstance(c, TimeoutError) for c in causes):
        message = (
            f"No connection to {place} within {options.connection_timeout} s: is the computer up, and does a firewall"
            " let this port through?"
        )
    elif options.ssl and not (progress.answered or progress.secured):
        kind = FaultKind.TLS
        message = f"The TLS handshake with {place} broke: {clean(_innermost(error), options)}; {_HTTPS_PORT}"
    else:
        message = f"The connection to {place} failed: {clean(_innermost(error), options)}"
    return TransportError(kind, message)


def _tls_error(error: Exception, options: WSManOptions, progress: Progress) -> TransportError:
    place = where(options)
    for cause in _causes(error):
        if isinstance(cause, ssl.SSLCertVerificationError):
            message = (
                f"The certificate of {place} is not accepted: {clean(cause.verify_message, options)}. Give the file of"
                " the authority that issued it in ca_cert, or set cert_validation=ignore to trust any certificate"
            )
            return TransportError(FaultKind.TLS, message)
        # With TLS 1.3 the server checks the client's certificate after the first bytes of the request have come.
        refused = isinstance(cause, ssl.SSLError) and "ALERT" in (cause.reason or "")
        if refused and not (progress.answered or progress.secured):
            message = f"{place} broke off the TLS handshake: {clean(cause, options)}{_certificate_hint(options)}"
            return TransportError(FaultKind.TLS, message)
    reason = clean(_innermost(error), options)
    if progress.carried:
        return TransportError(FaultKind.LOST, f"The connection to {place} broke: {reason}", may_have_arrived=True)
    message = f"The TLS handshake with {place} failed: {reason}; {_HTTPS_PORT}{_certificate_hint(options)}"
    return TransportError(FaultKind.TLS, message)


def _certificate_hint(options: WSManOptions) -> str:
    if options.auth != "certificate":
        return ""
    return " (check certificate_pem, certificate_key_pem and the computer's certificate mapping)"


def _os_error(error: OSError, options: WSManOptions, progress: Progress) -> TransportError:
    """requests tells of missing files in a plain OSError."""
    text = clean(error, options)
    if "CA certificate" in text:
        return TransportError(FaultKind.TLS, f"ca_cert cannot be used: {text}")
    if "certificate file" in text or "key file" in text:
        return TransportError(FaultKind.TLS, f"certificate_pem or certificate_key_pem cannot be used: {text}")
    if progress.carried:
        message = f"The connection to {where(options)} broke: {text}"
        return TransportError(FaultKind.LOST, message, may_have_arrived=True)
    return _unreachable(error, options, progress)


def _causes(error: BaseException) -> collections.abc.Iterator[BaseException]:
    """An exception and what it wraps, in the several ways in which requests and urllib3 wrap."""
    pending: list[object] = [error]
    seen: set[int] = set()
    while pending:
        cause = pending.pop(0)
        if not isinstance(cause, BaseException) or id(cause) in seen:
            continue
        seen.add(id(cause))
        yield cause
        pending.extend((getattr(cause, "reason", None), cause.__cause__, cause.__context__, *cause.args))


def _innermost(error: BaseException) -> str:
    """The text of the operating system's or TLS' own error, where there is one."""
    for cause in _causes(error):
        if isinstance(cause, OSError) and cause.errno is not None:
            return cause.strerror or str(cause)
    last = list(_causes(error))[-1]
    return re.sub(r"<[^>]*object at 0x[0-9a-f]+>:? ?", "", str(last)) or type(last).__name__


def _title(text: str, options: WSManOptions) -> str:
    """The title of an HTML page, which says whose server it is."""
    match = re.search(r"<title>([^<]{1,200})</title>", text[:10000], re.IGNORECASE)
    return f", a page titled {clean(match[1], options)!r}" if match else ""
