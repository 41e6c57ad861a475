# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The server against clients that others wrote: pypsrp and pywinrm, over every transport."""

from __future__ import annotations

import typing

import pypsrp.exceptions
import pypsrp.powershell
import pytest

from ansible_collections.remoting.powershell.tests.endpoint.endpoint import Endpoint

from .clients import begin, connect, opened, run
from .conftest import NEEDS_CREDSSP, PASSWORD, USER, MakeEndpoint
from .fake_engine import FakeEngine

_TRANSPORTS: dict[str, typing.Any] = {
    "basic-http": {"auth": "basic"},
    "ntlm-http-encrypted": {"auth": "ntlm"},
    "negotiate-http-encrypted": {"auth": "negotiate"},
    "negotiate-http-plain": {"auth": "negotiate", "encryption": "never"},
    "credssp-http-encrypted": pytest.param({"auth": "credssp"}, marks=NEEDS_CREDSSP),
    "basic-https": {"auth": "basic", "ssl": True},
    "ntlm-https": {"auth": "ntlm", "ssl": True},
    "negotiate-https-encrypted": {"auth": "negotiate", "ssl": True, "encryption": "always"},
}


@pytest.mark.parametrize("settings", _TRANSPORTS.values(), ids=list(_TRANSPORTS))
def test_pipelines_over_every_transport(make_endpoint: MakeEndpoint, settings: dict[str, typing.Any]) -> None:
    endpoint = make_endpoint(https_port=0)
    with opened(endpoint, **settings) as pool:
        assert run(pool, "echo a b\nset x=1") == ["a", "b"]
        assert run(pool, "get x") == ["1"]
        assert len(run(pool, "big 700000")[0]) == 700000
        assert run(pool, "input", "first", "x" * 300_000) == ["first", "x" * 300_000]
    assert endpoint.shells == []
    assert endpoint.counters.connections == 1
    assert endpoint.counters.actions["Create"] == 1
    assert endpoint.counters.authentications == 1


def test_errors_and_interrupted_pipelines(endpoint: Endpoint) -> None:
    with opened(endpoint) as pool:
        failing = begin(pool, "error it broke")
        failing.end_invoke()
        assert [str(record) for record in failing.streams.error] == ["it broke"]
        running = begin(pool, "hold\necho never")
        running.stop()
        assert running.state == 3
        assert run(pool, "echo still here") == ["still", "here"]


def test_wrong_password_and_unknown_user(endpoint: Endpoint) -> None:
    for auth in ("basic", "ntlm"):
        for settings in ({"password": "wrong"}, {"username": "nobody"}):
            with pytest.raises(pypsrp.exceptions.AuthenticationError), opened(endpoint, auth=auth, **settings):
                raise AssertionError("let in")
    assert endpoint.counters.authentication_failures >= 2
    assert endpoint.counters.shells_created == 0


def test_basic_over_http_is_refused_unless_allowed(make_endpoint: MakeEndpoint) -> None:
    endpoint = make_endpoint(allow_unencrypted=False, https_port=0)
    with pytest.raises(pypsrp.exceptions.AuthenticationError), opened(endpoint):
        raise AssertionError("let in")
    with pytest.raises(pypsrp.exceptions.AuthenticationError), opened(endpoint, auth="ntlm", encryption="never"):
        raise AssertionError("let in")
    with opened(endpoint, auth="ntlm") as pool:
        assert run(pool, "echo a") == ["a"]
    with opened(endpoint, ssl=True) as pool:
        assert run(pool, "echo a") == ["a"]


@pytest.mark.parametrize("name", [USER, f"TESTHOST\\{USER}", USER.upper()])
def test_names_with_and_without_a_domain(endpoint: Endpoint, name: str) -> None:
    with opened(endpoint, auth="ntlm", username=name):
        assert [shell.owner for shell in endpoint.shells] == [USER]


def test_client_certificate(make_endpoint: MakeEndpoint) -> None:
    endpoint = make_endpoint(https_port=0)
    for user, let_in in ((USER, True), ("mallory", False)):
        certificate, key = endpoint.authority.client_certificate(user)
        settings = {"certificate_pem": str(certificate), "certificate_key_pem": str(key)}
        if let_in:
            with opened(endpoint, ssl=True, auth="certificate", **settings) as pool:
                assert run(pool, "echo a") == ["a"]
        else:
            with (
                pytest.raises(pypsrp.exceptions.AuthenticationError),
                opened(endpoint, ssl=True, auth="certificate", **settings),
            ):
                raise AssertionError("let in")


def test_disconnect_and_reconnect_by_the_same_client(endpoint: Endpoint, engine: FakeEngine) -> None:
    with opened(endpoint) as pool:
        run(pool, "set x=kept")
        pool.disconnect()
        assert [shell.state.value for shell in endpoint.shells] == ["Disconnected"]
        with pytest.raises(pypsrp.exceptions.WSManFaultError) as caught:
            pool.shell.receive("stdout")
        assert caught.value.code == 2150859204
        pool.connect()
        assert run(pool, "get x") == ["kept"]
        assert not engine.sessions[0].closed
    assert engine.sessions[0].closed


def test_a_second_client_receives_a_pipeline_that_went_on(endpoint: Endpoint, engine: FakeEngine) -> None:
    with connect(endpoint) as first:
        pool = pypsrp.powershell.RunspacePool(first)
        pool.open()
        run(pool, "set x=kept")
        running = begin(pool, "echo before\nhold\necho after")
        pool.disconnect()
    engine.release.set()
    with connect(endpoint) as second:
        [found] = pypsrp.powershell.RunspacePool.get_runspace_pools(second)
        found.connect()
        pipelines = {pipeline.id: pipeline for pipeline in found.create_disconnected_power_shells()}
        pipeline = pipelines[running.id]
        assert list(pipeline.connect()) == ["before", "after"]
        assert run(found, "get x") == ["kept"]
        found.close()
    assert endpoint.shells == []


def test_pywinrm_runs_a_command(endpoint: Endpoint) -> None:
    winrm = pytest.importorskip("winrm", reason="pywinrm is not installed")
    session = winrm.Session(endpoint.http_url, auth=(USER, PASSWORD), transport="basic")
    result = session.run_cmd("echo out; echo err >&2; exit 3")
    assert (result.status_code, result.std_out, result.std_err) == (3, b"out\n", b"err\n")
    assert endpoint.shells == []


def test_config_of_the_service(make_endpoint: MakeEndpoint) -> None:
    with connect(make_endpoint(max_envelope_size_kb=300)) as wsman:
        wsman.update_max_payload_size()
        assert wsman.max_envelope_size == 300 * 1024
