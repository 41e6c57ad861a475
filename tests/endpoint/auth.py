# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who a request comes from: Basic, NTLM, Kerberos, CredSSP, client certificates (test endpoint process).

The security contexts are pyspnego's; a context belongs to a TCP connection, as on Windows.
"""

from __future__ import annotations

import base64
import contextlib
import dataclasses
import hmac
import os
import pathlib
import ssl
import threading
import typing

import spnego
import spnego.exceptions

from . import encryption
from .http import HttpRequest, HttpResponse

CERTIFICATE_HEADER = "http://schemas.dmtf.org/wbem/wsman/1/wsman/secprofile/https/mutual"
_PROTOCOLS = {
    "negotiate": encryption.NEGOTIATE,
    "ntlm": encryption.NEGOTIATE,
    "kerberos": encryption.KERBEROS,
    "credssp": encryption.CREDSSP,
}
#: pyspnego finds NTLM's users and Kerberos' keys through the environment, of which a process has one.
_environment = threading.Lock()


@dataclasses.dataclass
class Users:
    """Those who may come in, by name; names are compared as Windows does, without case and domain."""

    passwords: dict[str, str]
    computers: tuple[str, ...] = ()
    keytab: pathlib.Path | None = None
    ntlm_file: pathlib.Path | None = None
    certificate_users: dict[str, str] = dataclasses.field(default_factory=dict)

    def write_ntlm_file(self, path: pathlib.Path) -> None:
        """Writes the store that pyspnego's acceptor reads: NT hashes under every domain that a client may name."""
        from spnego._ntlm_raw.crypto import ntowfv1  # its public half has no way to make a hash

        lines = []
        for name, password in self.passwords.items():
            user = short_name(name)
            nt_hash = base64.b16encode(ntowfv1(password)).decode()
            names = {name, user, f".\\{user}", *(f"{computer}\\{user}" for computer in self.computers)}
            lines += [f"{known}:1000:{'0' * 32}:{nt_hash}:[U]:LCT-00000000\n" for known in sorted(names)]
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with open(descriptor, "w", encoding="utf-8") as file:
            file.writelines(lines)
        self.ntlm_file = path

    def check(self, name: str, password: str) -> str | None:
        """The user's name if the password is right."""
        for known, right in self.passwords.items():
            if short_name(known).lower() == short_name(name).lower():
                return short_name(known) if hmac.compare_digest(right.encode(), password.encode()) else None
        return None

    def find(self, name: str) -> str:
        """The name under which a user whose identity is proven owns shells."""
        for known in self.passwords:
            if short_name(known).lower() == short_name(name).lower():
                return short_name(known)
        return short_name(name)

    @contextlib.contextmanager
    def environment(self) -> typing.Iterator[None]:
        """Lets pyspnego see these users, and nobody else's."""
        wanted = {"NTLM_USER_FILE": self.ntlm_file, "KRB5_KTNAME": self.keytab}
        with _environment:
            before = {name: os.environ.get(name) for name in wanted}
            try:
                for name, value in wanted.items():
                    if value is not None:
                        os.environ[name] = str(value)
                yield
            finally:
                for name, old in before.items():
                    if old is None:
                        os.environ.pop(name, None)
                    else:
                        os.environ[name] = old


def short_name(name: str) -> str:
    """A user without a domain: of ``DOMAIN\\user`` and ``user@REALM``."""
    return name.rsplit("\\", 1)[-1].split("@", 1)[0]


class ConnectionAuth:
    """The authentication of one connection."""

    def __init__(
        self,
        users: Users,
        methods: tuple[str, ...],
        allow_unencrypted: typing.Callable[[], bool],
        logged_on: typing.Callable[[str], None],
    ) -> None:
        self._users = users
        self._methods = methods
        self._allow_unencrypted = allow_unencrypted
        self._context: typing.Any = None
        self._scheme = ""
        #: Proven by a security context, for as long as the connection lasts.
        self._user: str | None = None
        self.is_tls = False
        self.certificate: dict[str, typing.Any] | None = None
        #: Told the mechanism of each completed logon; Basic and certificates, which come with each request, once.
        self._logged_on = logged_on
        self._counted = ""
        #: The last token of a security context, which goes out with the first answer.
        self._token: str | None = None

    def secure(self, sock: ssl.SSLSocket) -> None:
        """The connection is TLS; takes the client's certificate if it has shown one."""
        self.is_tls = True
        self.certificate = sock.getpeercert()

    def authenticate(self, request: HttpRequest) -> str | HttpResponse:
        """The user, or the answer that asks for (more) authentication or refuses it."""
        scheme, _space, value = request.headers.get("authorization", "").partition(" ")
        scheme = scheme.lower()
        if scheme == "basic" and "basic" in self._methods:
            return self._basic(value)
        if scheme == CERTIFICATE_HEADER and "certificate" in self._methods:
            return self._by_certificate()
        if scheme in _PROTOCOLS and self._offers(scheme):
            return self._negotiate(scheme, value)
        if self._user is not None:
            return self._user
        encrypted = encryption.is_encrypted(request.headers.get("content-type", ""))
        if encrypted:
            # No context on this connection can read it: what Windows answers after it closed an idle connection.
            return HttpResponse(400)
        return self.challenge()

    def read(self, request: HttpRequest) -> bytes | HttpResponse:
        """The SOAP message of an authenticated request."""
        if encryption.is_encrypted(request.headers.get("content-type", "")):
            if self._context is None or not self._context.complete:
                return HttpResponse(400)
            try:
                return encryption.unwrap(self._context, request.body)
            except encryption.DecryptionError:
                return HttpResponse(400)
        if request.body and not self.is_tls and not self._allow_unencrypted():
            return self.challenge()
        return request.body

    def write(self, request: HttpRequest, status: int, body: bytes, content_type: str) -> HttpResponse:
        """The answer, encrypted if the request was."""
        if body and self._context is not None and encryption.is_encrypted(request.headers.get("content-type", "")):
            content_type, body = encryption.wrap(self._context, _PROTOCOLS[self._scheme], body)
        headers = [] if self._token is None else [("WWW-Authenticate", self._token)]
        self._token = None
        return HttpResponse(status, body, content_type if body else None, headers)

    def challenge(self) -> HttpResponse:
        """401 with the methods that there are, in the order of Windows."""
        names = {"negotiate": "Negotiate", "kerberos": "Kerberos", "basic": 'Basic realm="WSMAN"', "credssp": "CredSSP"}
        unencrypted_basic = self.is_tls or self._allow_unencrypted()
        offered = [
            text
            for method, text in names.items()
            if method in self._methods and (method != "basic" or unencrypted_basic)
        ]
        return HttpResponse(401, headers=[("WWW-Authenticate", text) for text in offered])

    def _offers(self, scheme: str) -> bool:
        return (scheme if scheme != "ntlm" else "negotiate") in self._methods

    def _basic(self, value: str) -> str | HttpResponse:
        if not self.is_tls and not self._allow_unencrypted():
            return self.challenge()
        try:
            data = base64.b64decode(value, validate=True)
        except ValueError:
            return self.challenge()
        try:
            name, _colon, password = data.decode("utf-8").partition(":")
        except UnicodeDecodeError:  # requests writes Latin-1
            name, _colon, password = data.decode("latin-1").partition(":")
        user = self._users.check(name, password)
        if user is None:
            return self.challenge()
        self._log_on(user, "basic")
        return user

    def _by_certificate(self) -> str | HttpResponse:
        subject = dict(pair for part in (self.certificate or {}).get("subject", ()) for pair in part)
        name = subject.get("commonName")
        user = self._users.certificate_users.get(name or "", name)
        if user is None or self._users.find(user) not in {short_name(known) for known in self._users.passwords}:
            return self.challenge()
        self._log_on(self._users.find(user), "certificate")
        return self._users.find(user)

    def _log_on(self, user: str, mechanism: str) -> None:
        """Counts a logon that each request repeats once for its connection."""
        if user != self._counted:
            self._counted = user
            self._logged_on(mechanism)

    def _negotiate(self, scheme: str, value: str) -> str | HttpResponse:
        try:
            token = base64.b64decode(value, validate=True)
        except ValueError:
            return HttpResponse(400)
        if self._context is None or self._context.complete or scheme != self._scheme:
            self._reset()
        try:
            with self._users.environment():
                if self._context is None:
                    self._context = self._new_context(scheme)
                    self._scheme = scheme
                answer = self._context.step(token)
        except Exception:  # pyspnego raises many kinds for tokens of strangers; all mean "not let in"
            self._reset()
            return self.challenge()
        header = None if not answer else f"{scheme.capitalize()} {base64.b64encode(answer).decode()}"
        if scheme == "credssp" and header is not None:
            header = "CredSSP" + header[len(scheme) :]
        if not self._context.complete:
            return HttpResponse(401, headers=[("WWW-Authenticate", header or scheme.capitalize())])
        self._user = self._users.find(self._context.client_principal or "")
        self._token = header
        self._logged_on(self._context.negotiated_protocol or scheme)
        return self._user

    def _new_context(self, scheme: str) -> typing.Any:
        options = spnego.NegotiateOptions.none if self.is_tls else spnego.NegotiateOptions.wrapping_winrm
        return spnego.server(protocol=scheme, options=options)

    def _reset(self) -> None:
        self._context = None
        self._scheme = ""
        self._user = None
