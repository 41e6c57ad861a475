# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""New-, Disconnect- and Connect-PSSession (broker process)."""

from __future__ import annotations

import contextlib
import dataclasses
import typing

from .._wire.errors import ErrorKind, PSSessionError
from .._wire.messages import ConnectSessions, DisconnectSessions, OpenSession, Result, Selector
from .._wire.record import replaced
from .._wire.target import Target
from . import rows, upkeep
from .asking import Asker, Item
from .selecting import other_configuration
from .session import Session, SessionState
from .wanted import Wanted, fitting, named

#: Seconds; WinRM takes no shorter idle timeout.
_MIN_IDLE_TIMEOUT = 60
_OPEN = "pssession: state=present"


def open_sessions(asker: Asker, message: OpenSession) -> list[Result]:
    """Makes sure that there are sessions, several at once; raises PSSessionError where one is asked for."""
    if not message.names:
        return [_open(asker, message)]
    if message.new:
        raise PSSessionError(ErrorKind.USAGE, "new makes one session, so that it takes no names.")
    targets = {name: replaced(message.target, session_name=name) for name in message.names}
    if not message.check:
        asker.shared.registry.reserve(targets.values(), asker.caller.playbook)

    def act(item: Item) -> Result:
        target = targets[str(item.name)]
        return _open(dataclasses.replace(asker, target=target), replaced(message, target=target, names=[]))

    return asker.results([Wanted(name) for name in targets], act)


def _open(asker: Asker, message: OpenSession) -> Result:
    shared, target = asker.shared, message.target
    _check_idle_timeout(target.idle_timeout, None, target)
    if message.new:
        return _open_new(asker, message)
    _check_configurations(asker)
    if message.check:
        return _predict_open(asker, message)
    if (used := _in_use(asker)) is not None:
        return used
    with shared.registry.lease(target, asker.caller, shared=True, task=_OPEN) as session:
        upkeep.verify(session)
        if session.state is SessionState.OPENED:
            return Result(rows.of_session(session))
        if session.state is not SessionState.DISCONNECTED:
            session.retarget(target, made=False)
        if not (session.kept and not session.opened and _take_back(asker, session, message.adopt)):
            session.ready()
        _tell(asker, session)
        return Result(rows.of_session(session), changed=True)


def disconnect_sessions(asker: Asker, message: DisconnectSessions) -> list[Result]:
    """Leaves sessions on their server; raises PSSessionError for what is wrong with the request itself."""
    _check_idle_timeout(message.idle_timeout, None, message.target)

    def act(item: Item) -> Result:
        if isinstance(item, Wanted):
            # What no client holds is disconnected already.
            return Result(rows.of_shell(message.target, asker.found(item)))
        with _leased(asker, item, "pssession_disconnect") as session:
            if session.state is SessionState.DISCONNECTED:
                return Result(rows.of_session(session))
            if session.state is not SessionState.OPENED:
                raise session.lost()
            _check_idle_timeout(message.idle_timeout, session, message.target)
            if message.check:
                changes: rows.Row = {"state": "Disconnected", "availability": "None"}
                if message.idle_timeout is not None:
                    changes["idle_timeout"] = message.idle_timeout
                return Result({**rows.of_session(session), **changes}, changed=True)
            session.disconnect(message.idle_timeout, message.output_buffering_mode)
            session.keep()
            return Result(rows.of_session(session), changed=True)

    return asker.results(asker.items(message.selector), act)


def connect_sessions(asker: Asker, message: ConnectSessions) -> list[Result]:
    """Connects to sessions, whoever made them; raises PSSessionError for what is wrong with the request itself."""

    def act(item: Item) -> Result:
        if isinstance(item, Wanted):
            return _connect_found(asker, item, message.check)
        with _leased(asker, item, "pssession_connect") as session:
            upkeep.verify(session)
            if session.state is SessionState.OPENED:
                return Result(rows.of_session(session))
            if session.state is not SessionState.DISCONNECTED:
                raise session.lost()
            if message.check:
                return Result(
                    {**rows.of_session(session), "state": "Opened", "availability": "Available"}, changed=True
                )
            session.ready()
            asker.shared.count(session)
            return Result(rows.of_session(session), changed=True)

    return asker.results(asker.items(message.selector), act)


def _connect_found(asker: Asker, entry: Wanted, check: bool) -> Result:
    if check:
        row = rows.of_shell(asker.target, asker.found(entry))
        return Result({**row, "state": "Opened", "availability": "Available"}, changed=True)
    if not entry.exact:
        raise asker.unknown(entry)
    selector = Selector([entry.name] if entry.name else [], [], [str(entry.shell_id)] if entry.shell_id else [])
    with asker.shared.selecting.lease(asker.target, selector, asker.caller, True, "pssession_connect") as session:
        session.ready()
        asker.shared.count(session)
        # Another task may have been faster, and then this one has nothing to connect.
        return Result(rows.of_session(session), changed=session.reconnected)


def _open_new(asker: Asker, message: OpenSession) -> Result:
    if message.check:
        return Result(rows.predicted(message.target), changed=True)
    with asker.shared.selecting.lease_new(message.target, asker.caller, _OPEN) as session:
        session.ready()
        return Result(rows.of_session(session), changed=True)


def _in_use(asker: Asker) -> Result | None:
    """The target's session where it is in use: it is there, evidently, and need not be waited for."""
    for session in asker.shared.registry.own(asker.target)[:1]:
        running = asker.shared.registry.busy_with(session, asker.caller.playbook)
        if running is not None and session.state is SessionState.OPENED and session.opened:
            return Result(rows.of_session(session, in_use=True))
    return None


def _predict_open(asker: Asker, message: OpenSession) -> Result:
    target = message.target
    for session in asker.shared.registry.own(target)[:1]:
        if session.state is SessionState.OPENED:
            return Result(rows.of_session(session))
        connected = session.state is SessionState.DISCONNECTED
        changes = {"reconnected": connected, "recreated": not connected}
        return Result(
            {**rows.of_session(session), "state": "Opened", "availability": "Available", **changes}, changed=True
        )
    if target.session_name is not None:
        with asker.shared.scout(target) as scout:
            found = asker.shared.selecting.left_behind(scout, message.adopt, strict=True)
        if found is not None:
            row = {**rows.of_shell(target, found), "state": "Opened", "availability": "Available"}
            return Result({**row, "reconnected": True}, changed=True)
    return Result(rows.predicted(target), changed=True)


def _take_back(asker: Asker, session: Session, adopt: bool) -> bool:
    return asker.shared.selecting.take_back(session, asker.caller, adopt, strict=True)


def _tell(asker: Asker, session: Session) -> None:
    asker.shared.count(session)
    if session.recreated:
        asker.caller.notify(
            "warning", f"{session} was lost since it was last used and was opened anew: its state is gone."
        )


def _check_configurations(asker: Asker) -> None:
    """A name means one session, so one that is held under another configuration is neither taken nor doubled."""
    target = asker.target
    if target.session_name is None:
        return
    held = fitting([named(target.session_name)], asker.shared.registry.held(target))
    theirs = [session.target.configuration_name for session in held if session.opened]
    if theirs and target.configuration_name.casefold() not in (name.casefold() for name in theirs):
        raise other_configuration(target.session_name, target, theirs[0])


def _check_idle_timeout(seconds: int | None, session: Session | None, target: Target) -> None:
    """Refuses what the server would refuse: less than a minute, or more than its own maximum where that is known."""
    if seconds is None:
        return
    if seconds < _MIN_IDLE_TIMEOUT:
        raise PSSessionError(
            ErrorKind.USAGE,
            f"idle_timeout {seconds} is too short: a server keeps a session without its client for at least "
            f"{_MIN_IDLE_TIMEOUT} s. Set idle_timeout to {_MIN_IDLE_TIMEOUT} or more.",
        )
    longest = session.told.max_idle_timeout if session is not None and session.told is not None else None
    if longest is not None and seconds > longest:
        raise PSSessionError(
            ErrorKind.USAGE,
            f"idle_timeout {seconds} is longer than {target.host} allows: the session's maximum is {longest:.0f} s "
            "(MaxIdleTimeoutms of its session configuration). Set idle_timeout to that or less.",
        )


@contextlib.contextmanager
def _leased(asker: Asker, session: Session, task: str) -> typing.Iterator[Session]:
    """A held session for exclusive use, as one that was asked for by itself."""
    registry = asker.shared.registry
    leased = registry.acquire_one(
        asker.target, asker.caller, lambda held: [other for other in held if other is session], task
    )
    if leased is None:
        raise session.lost()
    leased.selected = True
    try:
        yield leased
    finally:
        registry.release(leased)
