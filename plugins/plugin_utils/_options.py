# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The connection plugin's options to a `Target`, checked before anything is sent (ansible worker)."""

from __future__ import annotations

import os
import typing

from ._wire import target as targets
from ._wire.errors import ErrorKind, PSSessionError
from ._wire.record import fields
from ._wire.target import Target

#: Gets an option's value by its name.
GetOption = typing.Callable[[str], typing.Any]

_HTTP_PORT, _HTTPS_PORT = 5985, 5986
#: Seconds, the least that WSMan takes.
_LEAST_IDLE_TIMEOUT = 60
_ANY = 2**31 - 1

#: The lowest and the highest value of each number.
_RANGES = {
    "port": (1, 65535),
    "connection_timeout": (1, _ANY),
    "operation_timeout": (1, _ANY),
    "read_timeout": (1, _ANY),
    "idle_timeout": (_LEAST_IDLE_TIMEOUT, _ANY),
    "max_envelope_size": (32768, 16 * 1024 * 1024),
    "credssp_minimum_version": (2, 6),
    "persist": (0, _ANY),
    "max_sessions": (0, _ANY),
    "busy_timeout": (0, _ANY),
    "max_age": (0, _ANY),
}

#: Fields of the target that are made of an option, or of several; every other one is an option's value unchanged.
_MADE = frozenset(
    ("cert_validation", "host", "idle_timeout", "inventory_hostname", "password", "path", "port", "ssl", "user")
)
#: Fields that the module pssession fills; the connection has no option for them.
_OF_THE_MODULE = frozenset(("application_arguments", "culture", "output_buffering_mode", "ui_culture"))


def target(get: GetOption, inventory_hostname: str) -> Target:
    """Who connects where and how.

    Args:
        get: Gets an option of the connection plugin.
        inventory_hostname: What the user calls the host.

    Raises PSSessionError (usage) that names the option, its value and the remedy.
    """
    _check(get)
    ssl, port = _protocol(get)
    idle_timeout = targets.idle_timeout(get("idle_timeout"), get("session_name"))
    if idle_timeout is not None and get("persist") >= idle_timeout:
        raise _bad(
            get, "persist", f"it must be less than idle_timeout ({idle_timeout}), after which the server removes it"
        )
    return Target(
        host=get("remote_addr"),
        port=port,
        ssl=ssl,
        user=get("remote_user"),
        password=get("remote_password"),
        path=get("path").strip("/"),
        cert_validation=_cert_validation(get),
        inventory_hostname=inventory_hostname,
        idle_timeout=idle_timeout,
        **{name: get(name) for name in fields(Target) if name not in _MADE | _OF_THE_MODULE},
    )


def unknown_variables(variables: typing.Iterable[str], known: typing.Iterable[str]) -> list[str]:
    """A warning for each variable that looks like one of ours and is none."""
    import difflib  # only who made a mistake waits for it

    known = sorted(name for name in known if name.startswith("ansible_pssession_"))
    warnings = []
    for name in sorted(set(variables).difference(known)):
        nearest = difflib.get_close_matches(name, known, n=1, cutoff=0)
        hint = f"; did you mean {nearest[0]}?" if nearest else "."
        warnings.append(f"{name} is no variable of the remoting.powershell.pssession connection{hint}")
    return warnings


def translated(variables: typing.Mapping[str, typing.Any]) -> dict[str, typing.Any]:
    """Variables in our words where winrm's words differ; variables that are not winrm's stay as they are."""
    result = dict(variables)
    for name in ("ansible_winrm_ca_trust_path", "ansible_winrm_proxy"):
        # pywinrm's name for what requests finds in the environment, which is our default.
        if result.get(name) == "legacy_requests":
            del result[name]
    if "ansible_winrm_transport" in result:
        auth = _auth_of_winrm(result)
        del result["ansible_winrm_transport"]
        if auth == "plaintext":
            result.setdefault("ansible_winrm_message_encryption", "never")
            auth = "basic"
        if auth:
            result["ansible_winrm_transport"] = auth
    return result


def _auth_of_winrm(variables: typing.Mapping[str, typing.Any]) -> str | None:
    words = variables["ansible_winrm_transport"]
    for word in words.split(",") if isinstance(words, str) else words or ():
        word = str(word).strip()
        if word == "ssl":
            return "certificate" if variables.get("ansible_winrm_cert_pem") else "basic"
        if word in ("basic", "certificate", "credssp", "kerberos", "ntlm", "plaintext"):
            return word
    return None


def _protocol(get: GetOption) -> tuple[bool, int]:
    """Whether TLS is used, and the port; as ansible.builtin.psrp concludes one from the other."""
    protocol, port = get("protocol"), get("port")
    if protocol is None:
        protocol = "http" if port == _HTTP_PORT else "https"
    if port is None:
        port = _HTTPS_PORT if protocol == "https" else _HTTP_PORT
    return protocol == "https", port


def _cert_validation(get: GetOption) -> bool | str:
    if get("cert_validation") == "ignore":
        return False
    return get("ca_cert") or True


def _check(get: GetOption) -> None:
    if get("transport") != "wsman":
        raise _bad(get, "transport", "it comes with a later version of remoting.powershell; use wsman")
    for name, (lowest, highest) in _RANGES.items():
        value = get(name)
        if value is not None and not lowest <= value <= highest:
            limits = f"from {lowest} to {highest}" if highest != _ANY else f"{lowest} or more"
            raise _bad(get, name, f"it must be {limits}")
    if get("read_timeout") <= get("operation_timeout"):
        raise _bad(get, "read_timeout", f"it must be greater than operation_timeout ({get('operation_timeout')})")
    if not get("remote_addr"):
        raise _bad(get, "remote_addr", "set it to the name or the address of the host")
    _check_proxy(get)
    _check_files(get)
    _check_auth(get)


def _check_proxy(get: GetOption) -> None:
    proxy = get("proxy")
    if not proxy:
        return
    scheme, separator, rest = proxy.partition("://")
    if scheme not in ("http", "https", "socks5", "socks5h") or not separator or not rest.strip("/"):
        # The value may hold a password.
        raise PSSessionError(
            ErrorKind.USAGE,
            "proxy is no URL of a proxy: write it as http://proxy.example.com:3128 (its value is not shown).",
        )


def _check_files(get: GetOption) -> None:
    names = ["certificate_pem", "certificate_key_pem"]
    if get("cert_validation") == "validate":
        names.append("ca_cert")
    for name in names:
        path = get(name)
        if path and not os.access(path, os.R_OK):
            why = "this user may not read it" if os.path.exists(path) else "there is no such file on the controller"
            raise _bad(get, name, why)


def _check_auth(get: GetOption) -> None:
    ssl, _port = _protocol(get)
    auth = get("auth")
    if auth == "certificate":
        if not ssl:
            raise _bad(get, "auth", "certificates need TLS; set protocol to https")
        for name in ("certificate_pem", "certificate_key_pem"):
            if not get(name):
                raise _bad(get, name, "auth certificate needs certificate_pem and certificate_key_pem")
    elif auth == "basic":
        if not ssl and get("message_encryption") != "never":
            raise _bad(
                get,
                "auth",
                "it would send the password in clear text over http. Set protocol to https, or another auth, "
                "or message_encryption to never where that is what you want",
            )
        if get("message_encryption") == "always":
            raise _bad(get, "message_encryption", "auth basic cannot encrypt; set it to auto, or auth to negotiate")
    if bool(get("certificate_pem")) != bool(get("certificate_key_pem")):
        name = "certificate_key_pem" if get("certificate_pem") else "certificate_pem"
        raise _bad(get, name, "certificate_pem and certificate_key_pem go together")


def _bad(get: GetOption, name: str, why: str) -> PSSessionError:
    value = get(name)
    shown = "not set" if value is None else repr(value)
    variable = "host" if name == "remote_addr" else name
    return PSSessionError(ErrorKind.USAGE, f"{name} is {shown}: {why}. Its variable is ansible_pssession_{variable}.")
