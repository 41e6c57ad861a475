# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The one module that imports pypsrp and what it stands on (broker process).

pypsrp is used for HTTP, TLS, authentication, message encryption and the SOAP header.  Its retries are off: recovering
is its caller's business, who knows what may be sent twice.
"""

from __future__ import annotations

import dataclasses
import functools
import importlib.util
import logging
import sys
import typing
import urllib.parse
import uuid
import warnings

from ._wsman_types import WSManOptions
from .faults import FaultKind, TransportError

__all__ = [
    "SECURITY_PACKAGES",
    "ConnectionGoneError",
    "Wire",
    "missing_library",
    "new_wsman",
    "open_session",
    "option_set",
    "package_for",
    "pypsrp_errors",
    "requests_errors",
    "shell_selector",
]

IMPORT_ERROR: ImportError | None = None
try:
    import pypsrp.exceptions as pypsrp_errors
    import pypsrp.wsman
    import requests.exceptions as requests_errors
    import urllib3.exceptions
except ImportError as error:
    IMPORT_ERROR = error

#: Exceptions of these packages are about authentication, or about the encryption that it set up.
SECURITY_PACKAGES = frozenset({"gssapi", "krb5", "requests_credssp", "spnego"})

_CHATTY = ("pypsrp", "requests", "requests_credssp", "spnego", "urllib3")
#: What an authentication needs besides pypsrp, and what to install for it.
_EXTRAS = {
    "credssp": (("requests_credssp",), "pypsrp[credssp]"),
    "kerberos": (("gssapi", "krb5"), "pypsrp[kerberos]"),
}


@dataclasses.dataclass
class Wire:
    """What became of the TCP connection; written by hooks in urllib3's connections, since its errors do not tell."""

    #: How many connections were made.
    connections: int = 0
    #: Whether bytes of the request under way were given to the connection.
    written: bool = False
    #: True once the security context belongs to the connection, so that another one must not take its place.
    is_sealed: typing.Callable[[], bool] = lambda: False


class ConnectionGoneError(Exception):
    """The connection was found closed before anything was written, and must not be opened again."""


def require(auth: str) -> None:
    """Make sure that the libraries are there.

    Raises:
        TransportError: MISSING_LIBRARY, naming what to install.
    """
    if IMPORT_ERROR is not None:
        raise missing_library(IMPORT_ERROR, "pypsrp")
    modules, package = _EXTRAS.get(auth, ((), ""))
    for module in modules:
        if importlib.util.find_spec(module) is None:
            raise missing_library(f"No module named {module!r}, which auth={auth} needs", package)


def missing_library(reason: object, package: str) -> TransportError:
    """The failure that tells what to install, and into which Python."""
    return TransportError(
        FaultKind.MISSING_LIBRARY,
        f"A Python library is missing: {reason}. Install it with: {sys.executable} -m pip install '{package}'",
    )


def package_for(auth: str) -> str:
    """What to install for an authentication."""
    return _EXTRAS.get(auth, ((), "pypsrp"))[1]


def new_wsman(options: WSManOptions, session_id: uuid.UUID) -> typing.Any:
    """A ``pypsrp.wsman.WSMan`` that has not connected yet.

    Raises:
        TransportError: MISSING_LIBRARY, AUTHENTICATION when options exclude each other, or UNREACHABLE when the host
            makes no URL.
    """
    require(options.auth)
    _silence()
    try:
        wsman = pypsrp.wsman.WSMan(
            options.host,
            port=options.port,
            username=options.user,
            password=options.password,
            ssl=options.ssl,
            path=options.path,
            auth=options.auth,
            cert_validation=options.cert_validation,
            connection_timeout=options.connection_timeout,
            read_timeout=options.read_timeout,
            operation_timeout=options.operation_timeout,
            encryption=options.message_encryption,
            proxy=options.proxy,
            no_proxy=options.ignore_proxy,
            max_envelope_size=options.max_envelope_size,
            locale=options.locale,
            data_locale=options.data_locale,
            reconnection_retries=0,
            **_auth_options(options),
        )
    except ValueError as error:
        raise TransportError(FaultKind.AUTHENTICATION, f"Options of {options.host!r}: {error}") from None
    try:
        urllib.parse.urlsplit(wsman.transport.endpoint)
    except ValueError as error:
        raise TransportError(FaultKind.UNREACHABLE, f"{options.host!r} is no valid address: {error}") from None
    wsman.session_id = str(session_id)
    return wsman


def _auth_options(options: WSManOptions) -> dict[str, typing.Any]:
    prefixes = ("certificate_", "credssp_", "negotiate_")
    names = [field.name for field in dataclasses.fields(options) if field.name.startswith(prefixes)]
    return {name: getattr(options, name) for name in names}


def open_session(transport: typing.Any, wire: Wire) -> None:
    """Make the HTTP session of a WSMan's transport, with the hooks that keep ``wire`` up to date.

    The session is made here and not with the first message, which is where pypsrp makes it, because hooks must be in
    place before there are connections.

    Raises:
        TransportError: AUTHENTICATION, when the authentication lacks an option.
    """
    try:
        session = transport.session = transport._build_session()
    except ValueError as error:
        raise TransportError(FaultKind.AUTHENTICATION, f"Options of {transport.server!r}: {error}") from None
    # pypsrp has read the proxies and authorities of the environment; requests would do it again for every request, and
    # would let a .netrc replace a client certificate.
    session.trust_env = False
    # A redirect would carry the message, and on the same computer the credentials too, to who knows where.
    session.max_redirects = 0
    for adapter in session.adapters.values():
        _hook_pools(adapter.poolmanager, wire)
        adapter.proxy_manager_for = functools.partial(_hooked_proxy_manager, adapter.proxy_manager_for, wire)


def option_set(options: typing.Iterable[tuple[str, str, bool]]) -> typing.Any:
    """An OptionSet header of (name, value, must comply), or None when there is none."""
    header = pypsrp.wsman.OptionSet()
    for name, value, must_comply in options:
        header.add_option(name, value, {"MustComply": "true"} if must_comply else None)
    return header if header.values else None


def shell_selector(shell_id: str) -> typing.Any:
    """A SelectorSet header that names a shell."""
    header = pypsrp.wsman.SelectorSet()
    header.add_option("ShellId", shell_id)
    return header


def _silence() -> None:
    """Keep the libraries from logging: at DEBUG they log whole messages, so not even a root logger may get them."""
    for name in _CHATTY:
        logger = logging.getLogger(name)
        logger.setLevel(logging.CRITICAL + 1)
        logger.propagate = False
    # PYPSRP_LOG_CFG may have given single modules a level and handlers of their own.
    for name in list(logging.root.manager.loggerDict):
        if name.partition(".")[0] in _CHATTY:
            logging.getLogger(name).disabled = True
    # Not checking a certificate is an option here, and warnings would go to the standard error of a daemon.
    warnings.filterwarnings("ignore", category=urllib3.exceptions.HTTPWarning)
    warnings.filterwarnings("ignore", module=r"pypsrp\.negotiate")


def _hook_pools(manager: typing.Any, wire: Wire) -> None:
    manager.pool_classes_by_scheme = {
        scheme: functools.partial(_hooked_pool, make, wire) for scheme, make in manager.pool_classes_by_scheme.items()
    }


def _hooked_proxy_manager(make: typing.Any, wire: Wire, *args: typing.Any, **kwargs: typing.Any) -> typing.Any:
    manager = make(*args, **kwargs)
    if not isinstance(next(iter(manager.pool_classes_by_scheme.values())), functools.partial):
        _hook_pools(manager, wire)
    return manager


def _hooked_pool(make: typing.Any, wire: Wire, *args: typing.Any, **kwargs: typing.Any) -> typing.Any:
    pool = make(*args, **kwargs)
    pool.ConnectionCls = functools.partial(_hooked_connection, pool.ConnectionCls, wire)
    return pool


def _hooked_connection(make: typing.Any, wire: Wire, *args: typing.Any, **kwargs: typing.Any) -> typing.Any:
    connection = make(*args, **kwargs)
    original_connect, original_send = connection.connect, connection.send

    def connect() -> None:
        if wire.is_sealed():
            raise ConnectionGoneError
        original_connect()
        wire.connections += 1
        # A proxy's CONNECT was written until here, nothing of the request.
        wire.written = False

    def send(data: typing.Any) -> None:
        if connection.sock is None:
            connect()
        wire.written = True
        original_send(data)

    connection.connect, connection.send = connect, send
    return connection
