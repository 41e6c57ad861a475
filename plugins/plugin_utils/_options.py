# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The connection plugin's options to a `Target`, checked before anything is sent (ansible worker)."""

from __future__ import annotations

import os
import pwd
import shlex
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

_WSMAN, _SSH, _LOCAL = frozenset({"wsman"}), frozenset({"ssh"}), frozenset({"local"})
#: The transports that have an option; one that is not named here belongs to all.
TRANSPORTS_OF = {
    **dict.fromkeys(("remote_addr", "remote_user", "remote_password", "port"), _WSMAN | _SSH),
    **dict.fromkeys(("path", "protocol", "auth", "cert_validation", "ca_cert", "message_encryption"), _WSMAN),
    **dict.fromkeys(("proxy", "ignore_proxy", "max_envelope_size", "configuration_name", "no_profile"), _WSMAN),
    **dict.fromkeys(("certificate_pem", "certificate_key_pem", "certificate_key_password", "idle_timeout"), _WSMAN),
    **dict.fromkeys((f"credssp_{name}" for name in ("auth_mechanism", "disable_tlsv1_2", "minimum_version")), _WSMAN),
    **dict.fromkeys((f"negotiate_{name}" for name in ("delegate", "hostname_override", "send_cbt", "service")), _WSMAN),
    **dict.fromkeys(("private_key_file", "private_key_passphrase", "host_key_checking", "subsystem"), _SSH),
    **dict.fromkeys(("ssh_executable", "ssh_args", "ssh_common_args", "ssh_extra_args", "sshpass_prompt"), _SSH),
    "pwsh_path": _LOCAL,
}
#: Our variables whose names are not their options'.
_OPTION_OF = {"host": "remote_addr", "user": "remote_user", "password": "remote_password"}
_VARIABLE = "ansible_pssession_"
#: Variables of core's connections count for the transport that they are about.
_CORES = {"ansible_winrm_": _WSMAN, "ansible_psrp_": _WSMAN, "ansible_ssh_": _SSH, "ansible_sshpass_": _SSH}

#: Fields of the target that are made of an option, or of several; every other one is an option's value unchanged.
_MADE = frozenset(
    (
        *("cert_validation", "configuration_name", "host", "idle_timeout", "inventory_hostname", "password", "path"),
        *("port", "ssh_auth_sock", "ssl", "user"),
    )
)
#: Fields that the module pssession fills; the connection has no option for them.
_OF_THE_MODULE = frozenset(("application_arguments", "culture", "output_buffering_mode", "ui_culture"))


def target(get: GetOption, inventory_hostname: str, variables: typing.Iterable[str] = ()) -> Target:
    """Who connects where and how.

    Args:
        get: Gets an option of the connection plugin.
        inventory_hostname: What the user calls the host.
        variables: The names of the host's variables that gave the options their values.

    Raises PSSessionError (usage) that names the option, its value and the remedy.
    """
    transport = get("transport")
    _check_foreign(transport, variables)
    _check(get)
    made = {"wsman": _wsman, "ssh": _ssh, "local": _local}[transport](get)
    for name in fields(Target):
        if name not in _MADE | _OF_THE_MODULE and transport in TRANSPORTS_OF.get(name, (transport,)):
            made[name] = get(name)
    return Target(inventory_hostname=inventory_hostname, **made)


def _wsman(get: GetOption) -> dict[str, typing.Any]:
    ssl, port = _protocol(get)
    idle_timeout = targets.idle_timeout(get("idle_timeout"), get("session_name"))
    if idle_timeout is not None and get("persist") >= idle_timeout:
        raise _bad(
            get, "persist", f"it must be less than idle_timeout ({idle_timeout}), after which the server removes it"
        )
    return {
        "host": get("remote_addr"),
        "port": port,
        "ssl": ssl,
        "user": get("remote_user"),
        "password": get("remote_password"),
        "path": get("path").strip("/"),
        "cert_validation": _cert_validation(get),
        "configuration_name": get("configuration_name"),
        "idle_timeout": idle_timeout,
    }


def _ssh(get: GetOption) -> dict[str, typing.Any]:
    return {
        "host": get("remote_addr"),
        "port": get("port") or 0,
        "ssl": False,
        "user": get("remote_user"),
        "password": get("remote_password"),
        "configuration_name": targets.DEFAULT_SHELL,
        # The agent is the playbook's, not that of whoever started the broker.
        "ssh_auth_sock": os.environ.get("SSH_AUTH_SOCK"),
    }


def _local(get: GetOption) -> dict[str, typing.Any]:
    """As with core's connection local it does not matter which host this is, nor which user is set."""
    values = {"host": "localhost", "port": 0, "ssl": False, "configuration_name": targets.DEFAULT_SHELL}
    return {**values, "user": _own_name()}


def _own_name() -> str:
    try:
        return pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:
        # A container's arbitrary uid has no entry in the password file.
        return str(os.geteuid())


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
    """Variables in our words where winrm's words differ, without those of connections that do not count here."""
    transport = variables.get("ansible_pssession_transport") or "wsman"
    ignored = tuple(prefix for prefix, transports in _CORES.items() if transport not in transports)
    result = {name: value for name, value in variables.items() if not name.startswith(ignored)}
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


def _check_foreign(transport: str, variables: typing.Iterable[str]) -> None:
    """Refuses what was set for a transport that is not used: it would be of no effect."""
    for variable in sorted(variables):
        name = variable.removeprefix(_VARIABLE)
        name = _OPTION_OF.get(name, name)
        transports = TRANSPORTS_OF.get(name, (transport,))
        if variable.startswith(_VARIABLE) and transport not in transports:
            belongs = " and ".join(sorted(transports))
            raise PSSessionError(
                ErrorKind.USAGE,
                f"{variable} is set, but transport is {transport!r}, which has no option {name}: it is one of "
                f"{belongs}. Remove {variable} from the host's variables, or set ansible_pssession_transport to "
                f"{sorted(transports)[-1]}.",
            )


def _check(get: GetOption) -> None:
    for name, (lowest, highest) in _RANGES.items():
        value = get(name)
        if value is not None and not lowest <= value <= highest:
            limits = f"from {lowest} to {highest}" if highest != _ANY else f"{lowest} or more"
            raise _bad(get, name, f"it must be {limits}")
    if get("session_name") and (why := targets.unfit_name(get("session_name"))) is not None:
        raise _bad(get, "session_name", why)
    if get("read_timeout") <= get("operation_timeout"):
        raise _bad(get, "read_timeout", f"it must be greater than operation_timeout ({get('operation_timeout')})")
    if get("transport") == "local":
        return
    if not get("remote_addr") or get("remote_addr").startswith("-"):
        raise _bad(get, "remote_addr", "set it to the name or the address of the host")
    if get("transport") == "ssh":
        _check_ssh(get)
        return
    _check_proxy(get)
    _check_files(get, "certificate_pem", "certificate_key_pem")
    if get("cert_validation") == "validate":
        _check_files(get, "ca_cert")
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


def _check_files(get: GetOption, *names: str) -> None:
    for name in names:
        path = get(name)
        if path and not os.access(path, os.R_OK):
            why = "this user may not read it" if os.path.exists(path) else "there is no such file on the controller"
            raise _bad(get, name, why)


def _check_ssh(get: GetOption) -> None:
    _check_files(get, "private_key_file")
    for name in ("ssh_args", "ssh_common_args", "ssh_extra_args"):
        try:
            shlex.split(get(name))
        except ValueError as error:
            raise _bad(get, name, f"it is no list of arguments as a shell reads it ({error})") from None
    for name in ("ssh_executable", "subsystem"):
        if not get(name):
            raise _bad(get, name, "it must not be empty")


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
