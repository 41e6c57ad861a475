# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a client that waits is still there."""

from __future__ import annotations

import socket
import threading
import typing

import pytest

from ansible_collections.remoting.powershell.plugins.plugin_utils._broker.caller import Attendance
from ansible_collections.remoting.powershell.plugins.plugin_utils._broker.reactor import Reactor
from ansible_collections.remoting.powershell.plugins.plugin_utils._wire.errors import ErrorKind, PSSessionError


@pytest.fixture(name="reactor")
def _reactor() -> typing.Iterator[Reactor]:
    reactor = Reactor()
    thread = threading.Thread(target=reactor.run)
    thread.start()
    yield reactor
    reactor.stop()
    thread.join(10)


@pytest.fixture(name="ends")
def _ends() -> typing.Iterator[tuple[socket.socket, socket.socket]]:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield ours, theirs


Ends = tuple[socket.socket, socket.socket]


def test_a_time_that_never_comes_is_waited_for() -> None:
    reactor = Reactor()
    reactor.later(1e300, lambda: None)
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.sendall(b"x")
        reactor.watch(ours, reactor.stop)
        reactor.run()


@pytest.mark.parametrize("unread", [b"", b"x" * 1000])
def test_a_hang_up_is_seen_whatever_was_said_before(reactor: Reactor, ends: Ends, unread: bytes) -> None:
    ours, theirs = ends
    attendance = Attendance(reactor, ours)
    theirs.sendall(unread)
    attendance.check()
    theirs.close()
    with pytest.raises(PSSessionError, match="went away") as error:
        attendance.check()
    assert error.value.kind is ErrorKind.STOPPED


@pytest.mark.parametrize("unread", [b"", b"x"])
def test_who_waits_is_woken_by_a_hang_up(reactor: Reactor, ends: Ends, unread: bytes) -> None:
    ours, theirs = ends
    attendance = Attendance(reactor, ours)
    left = threading.Event()
    with attendance.watched(left.set):
        theirs.sendall(unread)
        assert not left.is_set()
        theirs.close()
        assert left.wait(30)
        # Who comes later hears of it, too.
        with pytest.raises(PSSessionError):
            attendance.waits(left.clear)
        late = threading.Event()
        with attendance.watched(late.set):
            assert late.wait(30)


def test_who_is_dismissed_waits_no_longer(reactor: Reactor, ends: Ends) -> None:
    attendance = Attendance(reactor, ends[0])
    woken, left = threading.Event(), threading.Event()
    attendance.waits(woken.set)
    with attendance.watched(left.set):
        attendance.dismiss("its playbook's process is gone")
        assert woken.is_set()
        # Whoever only watches for its end has heard of none.
        assert not left.is_set()
    with pytest.raises(PSSessionError, match="Nothing was started: its playbook's process is gone") as error:
        attendance.pause(600)
    assert error.value.kind is ErrorKind.STOPPED
    # It is there, all the same.
    attendance.check()
    attendance.end()


def test_a_pause_ends_with_the_client(reactor: Reactor, ends: Ends) -> None:
    ours, theirs = ends
    attendance = Attendance(reactor, ours)
    attendance.pause(0.01)
    theirs.close()
    with pytest.raises(PSSessionError):
        attendance.pause(600)
    attendance.end()


def test_after_its_end_the_socket_is_somebody_elses(reactor: Reactor, ends: Ends) -> None:
    ours, theirs = ends
    attendance = Attendance(reactor, ours)
    called: list[str] = []
    with attendance.watched(lambda: called.append("left")):
        theirs.sendall(b"next")
    attendance.end()
    assert ours.recv(4) == b"next"
    theirs.close()
    done = threading.Event()
    reactor.call(done.set)
    assert done.wait(30)
    assert called == []
