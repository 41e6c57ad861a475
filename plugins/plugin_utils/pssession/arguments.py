# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command's own command line (command's own process)."""

from __future__ import annotations

import argparse
import typing
import uuid

from .._wire import VERSION

_EPILOG = "exit codes: 0 done, 1 failed (also where one of several hosts did), 2 wrong usage, 130 interrupted"


def parse(arguments: typing.Sequence[str] | None = None) -> argparse.Namespace:
    """What is asked for; SystemExit with 2 for what is no command.

    Args:
        arguments: Without the program's name; those of this process if not given.
    """
    parser = argparse.ArgumentParser(
        prog="pssession",
        description="PowerShell sessions by hand: the ones that playbooks keep, and those on the hosts.",
        epilog=_EPILOG,
    )
    parser.add_argument("--version", action="version", version=f"pssession (remoting.powershell {VERSION})")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    _sessions(commands)
    _enter(commands)
    _remove(commands)
    _status(commands)
    _stop(commands)
    options = parser.parse_args(arguments)
    if options.command == "sessions" and options.computer and options.pattern is None:
        parser.error("--computer asks hosts, and none is named; add a HOST-PATTERN, such as 'all'")
    if options.command == "enter" and options.configuration_name and selected(options):
        parser.error(
            f"--configuration-name {options.configuration_name} is for a new session, and another option selects one "
            "that has its configuration; leave out either"
        )
    return options


def selected(options: argparse.Namespace) -> bool:
    """Whether an option names sessions."""
    return bool(options.name or options.id or options.instance_id)


def _sessions(commands: typing.Any) -> None:
    parser = _command(commands, "sessions", "list sessions, as Get-PSSession", _common(), _output())
    parser.add_argument(
        "pattern",
        nargs="?",
        metavar="HOST-PATTERN",
        help="hosts of the inventory; without it all sessions of all brokers are listed",
    )
    parser.add_argument(
        "--computer",
        action="store_true",
        help="ask the hosts themselves, and list what others have opened there, too (needs HOST-PATTERN)",
    )


def _enter(commands: typing.Any) -> None:
    parser = _command(commands, "enter", "work in a session on one host, as Enter-PSSession", _common())
    parser.add_argument("host", metavar="HOST", help="a host of the inventory")
    _selectors(parser, "enter this session and leave it as it was; without it a new one, removed at the end", once=True)
    parser.add_argument("--configuration-name", metavar="NAME", help="the session configuration of the new session")
    _plain(parser)


def _remove(commands: typing.Any) -> None:
    parser = _command(commands, "remove", "remove sessions from their hosts, as Remove-PSSession", _common())
    parser.add_argument("pattern", metavar="HOST-PATTERN", help="hosts of the inventory")
    _selectors(parser, "the session to remove, may be repeated; without it those that the connection plugin made")
    parser.add_argument("--computer", action="store_true", help="wildcards mean all sessions of the user on the host")
    parser.add_argument("--force", action="store_true", help="remove also sessions that somebody uses")


def _status(commands: typing.Any) -> None:
    _command(commands, "status", "show the session brokers of this user", _common(), _output())


def _stop(commands: typing.Any) -> None:
    _command(
        commands,
        "stop",
        "ask the session brokers to end: named sessions are disconnected, others removed",
        _common(),
    )


def _command(commands: typing.Any, name: str, text: str, *parents: argparse.ArgumentParser) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(
        name, help=text, description=f"{text[0].upper()}{text[1:]}.", parents=parents, epilog=_EPILOG
    )
    return parser


def _common() -> argparse.ArgumentParser:
    """What ansible's own programs call by the same names."""
    parser = argparse.ArgumentParser(add_help=False)
    add = parser.add_argument
    add("-i", "--inventory", action="append", metavar="INVENTORY", help="an inventory, or hosts separated by commas")
    add("-e", "--extra-vars", action="append", default=[], metavar="VARS", help="key=value, YAML, JSON or @file")
    add("-u", "--user", dest="remote_user", metavar="USER", help="connect as this user, unless variables say who")
    add("-k", "--ask-pass", action="store_true", help="ask for the password")
    add("-J", "--ask-vault-pass", action="store_true", help="ask for the vault's password")
    add("--vault-id", dest="vault_ids", action="append", default=[], metavar="ID", help="a vault identity")
    add("--vault-password-file", dest="vault_password_files", action="append", default=[], metavar="FILE")
    add("-v", "--verbose", dest="verbosity", action="count", default=0, help="say more; up to -vvvvv")
    return parser


def _output() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument("--json", action="store_true", help="print JSON")
    _plain(parser)
    return parser


def _plain(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--plain", action="store_true", help="no more than plain text, even on a terminal that could show colors"
    )


def _selectors(parser: argparse.ArgumentParser, text: str, once: bool = False) -> None:
    group = parser.add_argument_group("which session", text).add_mutually_exclusive_group()
    action: typing.Any = _Once if once else "append"
    group.add_argument("--name", action=action, default=[], metavar="NAME", help="by name; wildcards as PowerShell's")
    group.add_argument("--id", action=action, type=int, default=[], metavar="ID", help="by the number of the table")
    group.add_argument("--instance-id", action=action, type=_guid, default=[], metavar="GUID", help="by instance id")


class _Once(argparse.Action):
    """A list of one, so that both kinds of selectors are lists."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: typing.Any,
        option_string: str | None = None,
    ) -> None:
        if getattr(namespace, self.dest):
            parser.error(f"{option_string} {values}: one session only can be entered")
        setattr(namespace, self.dest, [values])


def _guid(text: str) -> str:
    try:
        return str(uuid.UUID(text))
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"{text!r} is no GUID; pssession sessions --json shows the instance_id of each session"
        ) from None
