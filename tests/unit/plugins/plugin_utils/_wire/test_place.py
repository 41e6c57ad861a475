# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The broker's directory: private or refused."""

from __future__ import annotations

import os
import pathlib
import socket
import sys

import pytest

from ansible_collections.remoting.powershell.plugins.plugin_utils._wire import place
from ansible_collections.remoting.powershell.plugins.plugin_utils._wire.errors import PSSessionError


def test_the_directory_is_made_private(tmp_path: pathlib.Path) -> None:
    found = place.here(tmp_path / "a" / "b")
    assert found.directory.stat().st_mode & 0o777 == 0o700
    assert place.here(tmp_path / "a" / "b") == found


def test_another_setting_of_authentication_is_another_broker(tmp_path: pathlib.Path) -> None:
    names = {
        place.here(tmp_path / "s", environment).name
        for environment in (
            {},
            {"KRB5CCNAME": "a"},
            {"KRB5CCNAME": "b"},
            {"HTTPS_PROXY": "http://p"},
            {"PATH": "no matter"},
        )
    }
    assert len(names) == 4


def test_a_directory_that_others_may_enter_is_refused(tmp_path: pathlib.Path) -> None:
    (tmp_path / "open").mkdir(mode=0o755)
    os.chmod(tmp_path / "open", 0o755)
    with pytest.raises(PSSessionError, match=r"socket_dir .*0755.*0700"):
        place.here(tmp_path / "open")


def test_a_symbolic_link_is_refused(tmp_path: pathlib.Path) -> None:
    (tmp_path / "real").mkdir(mode=0o700)
    (tmp_path / "link").symlink_to(tmp_path / "real")
    with pytest.raises(PSSessionError, match="symbolic link"):
        place.here(tmp_path / "link")


def test_a_file_is_refused(tmp_path: pathlib.Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(PSSessionError, match="socket_dir"):
        place.here(tmp_path / "file")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a directory away")
def test_a_directory_of_another_user_is_refused(tmp_path: pathlib.Path) -> None:
    (tmp_path / "theirs").mkdir(mode=0o700)
    os.chown(tmp_path / "theirs", 65534, 65534)
    with pytest.raises(PSSessionError, match="uid 65534"):
        place.here(tmp_path / "theirs")


def test_a_path_too_long_for_a_socket_is_refused_before_it_is_made(tmp_path: pathlib.Path) -> None:
    long = tmp_path / ("x" * 120)
    with pytest.raises(PSSessionError, match="shorter"):
        place.here(long)
    assert not long.exists()


def test_the_peer_of_a_socket_pair_is_ourselves() -> None:
    ours, theirs = socket.socketpair(socket.AF_UNIX)
    with ours, theirs:
        assert place.peer_uid(ours) == os.geteuid()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells when a process started")
def test_a_process_has_one_start() -> None:
    assert place.process_started(os.getpid()) == place.process_started(os.getpid()) > 0
    assert place.process_started(2**22 + 1) == 0
