# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``python -m ansible_collections.remoting.powershell.tests.endpoint``: the endpoint as a process of its own.

It ends on SIGTERM, on SIGINT, and when the process named by --parent-pid has gone.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import os
import pathlib
import signal
import sys
import threading
import types

from .config import DEFAULT_CONFIGURATIONS, EndpointConfig, Manners
from .endpoint import Endpoint
from .engine.choose import NoEngineError, choose_engine

#: Real seconds between two looks at the parent.
_LOOK = 0.5


def parse_arguments(arguments: list[str] | None = None) -> argparse.Namespace:
    """The command line; SystemExit(2) for what it does not know."""
    parser = argparse.ArgumentParser(prog="endpoint", description="A WS-Management endpoint for tests and the demo.")
    add = parser.add_argument
    add("--http", type=int, metavar="PORT", help="listen for HTTP; 0 takes any free port")
    add("--https", type=int, metavar="PORT", help="listen for HTTPS; 0 takes any free port")
    add("--address", default="127.0.0.1", help="the address to listen on (default: %(default)s)")
    add("--computer-name", help="the one computer that is played (default: TESTHOST)")
    add("--computers", metavar="NAMES", help="several computers, separated by commas")
    add("--layout", choices=("ports", "addresses"), default="ports", help="how several computers are told apart")
    add("--user", action="append", default=[], metavar="NAME[:PASSWORD]", help="may come in; may be repeated")
    add("--password-env", metavar="VARIABLE", help="holds the password of users that are named without one")
    add("--engine", choices=("auto", "embedded", "pwsh"), default="auto", help="what runs PowerShell")
    add("--keytab", type=pathlib.Path, help="accept Kerberos with the keys of this file")
    add("--allow-unencrypted", action="store_true", help="accept Basic, and plain messages, over HTTP")
    add("--remoting-disabled", action="store_true", help="let nobody in before Enable-PSRemoting has run; WinRS works")
    add("--kind", action="store_true", help="a vanished client's shell turns Disconnected at once")
    add("--idle-disconnect", type=float, metavar="SECONDS", help="idle shells turn Disconnected by themselves")
    add("--idle-close", type=float, default=120.0, metavar="SECONDS", help="idle connections are closed")
    add("--time-scale", type=float, default=1.0, metavar="FACTOR", help="how fast the endpoint's clock runs")
    add("--ready-file", type=pathlib.Path, metavar="PATH", help="written as JSON (0600) when the ports are open")
    add("--parent-pid", type=int, metavar="PID", help="end when this process ends")
    add("--stdio", action="store_true", help="speak PSRP over standard input and output instead, as pwsh -s")
    return parser.parse_args(arguments)


def configuration(options: argparse.Namespace) -> EndpointConfig:
    """The endpoint that the command line asks for; ValueError or NoEngineError for what can not be."""
    http = options.http
    if http is None and options.https is None:
        http = 0
    names = options.computers.split(",") if options.computers else [options.computer_name or "TESTHOST"]
    methods = ["basic", "negotiate", "certificate", "credssp"]
    if options.keytab is not None:
        methods.append("kerberos")
    return EndpointConfig(
        engine=choose_engine(options.engine),
        users=users(options.user, options.password_env),
        computers=tuple(names),
        http_port=http,
        https_port=options.https,
        layout=options.layout,
        address=options.address,
        auth_methods=tuple(methods),
        keytab=options.keytab,
        configurations=tuple(
            dataclasses.replace(each, enabled=not options.remoting_disabled) for each in DEFAULT_CONFIGURATIONS
        ),
        manners=Manners(
            allow_unencrypted=options.allow_unencrypted,
            vanished_client_disconnects=options.kind,
            idle_disconnect=options.idle_disconnect,
        ),
        idle_close=options.idle_close,
        time_scale=options.time_scale,
        control_port=0,
    )


def users(names: list[str], variable: str | None) -> dict[str, str]:
    """Users and their passwords: ``NAME:PASSWORD``, or ``NAME`` with the password in an environment variable."""
    found = {}
    for entry in names:
        name, colon, password = entry.partition(":")
        if not colon:
            if variable is None or variable not in os.environ:
                raise ValueError(f"user {name} has no password: name it, or give --password-env")
            password = os.environ[variable]
        found[name] = password
    return found


def write_ready_file(endpoint: Endpoint, path: pathlib.Path) -> None:
    """Tells where everything is; written aside and moved, so that a reader never sees half of it."""
    ready = {
        "pid": os.getpid(),
        "engine": endpoint.config.engine.name,
        "addresses": endpoint.addresses,
        "http_ports": endpoint.http_ports,
        "https_ports": endpoint.https_ports,
        "ca_file": str(endpoint.ca_file) if endpoint.https_ports else None,
        "control_port": endpoint.control.port,
        "control_token": endpoint.control.token,
    }
    aside = path.with_name(path.name + ".part")
    with open(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        json.dump(ready, file)
    aside.replace(path)


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def main(arguments: list[str] | None = None) -> int:
    """Runs until told to stop; 0, or 2 for a configuration that can not be."""
    options = parse_arguments(arguments)
    if options.stdio:
        from .engine.stdio import serve_stdio

        return serve_stdio(choose_engine(options.engine), sys.stdin.buffer, sys.stdout.buffer)
    stopping = threading.Event()

    def stop(number: int, frame: types.FrameType | None) -> None:
        stopping.set()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    try:
        endpoint = Endpoint(configuration(options))
        endpoint.start()
    except (ValueError, NoEngineError, OSError) as error:
        print(f"endpoint: {error}", file=sys.stderr)
        return 2
    try:
        if options.ready_file is not None:
            write_ready_file(endpoint, options.ready_file)
        while not stopping.wait(_LOOK):
            if options.parent_pid is not None and not _alive(options.parent_pid):
                break
    finally:
        endpoint.stop()
    if options.ready_file is not None:
        options.ready_file.unlink(missing_ok=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
