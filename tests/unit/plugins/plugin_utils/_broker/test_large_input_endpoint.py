# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Input that comes in several messages, and what is said where it is more than the server takes."""

from __future__ import annotations

import pathlib
import typing

import pytest

from ansible_collections.remoting.powershell.plugins.plugin_utils import _file_transfer, _input
from ansible_collections.remoting.powershell.plugins.plugin_utils._wire import messages
from ansible_collections.remoting.powershell.plugins.plugin_utils._wire.errors import ErrorKind, PSSessionError
from ansible_collections.remoting.powershell.tests.endpoint.config import Quotas
from ansible_collections.remoting.powershell.tests.endpoint.endpoint import Endpoint
from ansible_collections.remoting.powershell.tests.unit.plugins.plugin_utils._broker.endpoint_broker import (
    Broker,
    wait_for,
)
from ansible_collections.remoting.powershell.tests.unit.plugins.plugin_utils._broker.left_work import receive

COUNT = 'begin { $n = 0; $c = 0 } process { $n++; $c += "$_".Length } end { $n; $c }'
#: A quota in megabytes and bytes: more than what the Command carries, so that the script has started.
SMALL, BYTES = 0.75, 786432


def quotas(endpoint: Endpoint) -> Quotas:
    """The limits of the endpoint's one computer, which hold for the next request."""
    (computer,) = endpoint.computers.values()
    return computer.quotas


def send(broker: Broker, values: list[typing.Any], script: str = COUNT, **settings: typing.Any) -> list[typing.Any]:
    """Runs a script in the shared session with that input as the modules send it; returns its output."""
    output: list[typing.Any] = []
    target = broker.target(**settings.pop("target", {}))
    command = messages.Command(script, parameters=settings.pop("parameters", []))
    request = messages.Run(target, [command], input="values", values=values, shared=True, **settings)
    request, rest = _input.divided(request)
    assert request.more or len(values) < 100, "this is no test of large input"
    broker.client.run(
        request,
        values=rest,
        on_records=lambda entries, _body: output.extend(v for kind, v in entries if kind == "output"),
    )
    return output


def test_input_of_many_messages_arrives_whole_and_in_order(broker: Broker) -> None:
    values = [f"{number:05}" + "ä\0\ud800_x0041_<&😀" * 40 for number in range(1500)]
    script = "begin { $last = -1 } process { if ([int]$_.Substring(0, 5) -ne ++$last) { throw $last }; $_ }"
    assert send(broker, values, script) == values
    mixed = [1, "x" * 300_000, None, [1, {"a": True}], 2**40, "y" * 300_000, 1.5, False]
    assert send(broker, [*mixed] * 20, "process { , $_ }") == mixed * 20


def test_input_that_nobody_wants_is_taken_all_the_same(broker: Broker) -> None:
    assert send(broker, ["x" * 10_000] * 400, "'done'") == ["done"]
    assert send(broker, ["x" * 10_000] * 400) == [400, 4_000_000]


def test_all_of_it_is_sent_before_a_session_is_left(broker: Broker) -> None:
    target = broker.target(session_name="left", output_buffering_mode="Drop")
    request, rest = _input.divided(
        messages.Run(target, [messages.Command(COUNT)], input="values", values=["x" * 1000] * 2000, leave=True)
    )
    broker.client.run(request, values=rest)
    assert receive(broker).output == [2000, 2_000_000]


def test_a_client_that_goes_away_while_a_script_works_on_its_input_stops_it(
    broker: Broker, endpoint: Endpoint, tmp_path: pathlib.Path
) -> None:
    worker = broker.another_client()
    script = f"begin {{ New-Item -Path '{tmp_path}/begun' | Out-Null }} end {{ while ($true) {{ Start-Sleep 1 }} }}"
    request = messages.Run(broker.target(), [messages.Command(script)], input="values", values=["a"], more=True)
    worker._send(request)
    worker._send(messages.Input(values=["b"]))
    worker._send(messages.Input(end=True))
    wait_for((tmp_path / "begun").exists)
    worker.close()
    wait_for(lambda: not any(command for shell in endpoint.shells for command in shell.commands))


@pytest.mark.parametrize("ends_session", [True, False])
@pytest.mark.parametrize("told_by", ["send", "receive"])
@pytest.mark.parametrize(
    ("quota", "setting", "value"),
    [
        ("max_received_object_mb", "PSMaximumReceivedObjectSizeMB", "x" * 900_000),
        ("max_received_data_per_command_mb", "PSMaximumReceivedDataSizePerCommandMB", "x" * 100_000),
    ],
)
def test_the_quota_for_input_is_named(
    broker: Broker, endpoint: Endpoint, quota: str, setting: str, value: str, told_by: str, ends_session: bool
) -> None:
    send(broker, [], "$global:state = 'kept'")
    setattr(quotas(endpoint), quota, SMALL)
    endpoint.config.manners.receive_quota_ends_session = ends_session
    endpoint.config.manners.receive_quota_told_by = told_by
    with pytest.raises(PSSessionError) as caught:
        send(broker, ["x" * 1000] * 200 + [value] * 8)
    assert caught.value.kind is ErrorKind.STOPPED
    for text in (setting, "at most 0.75 MB", "Set-PSSessionConfiguration", str(BYTES), "What it had done by then"):
        assert text in caught.value.message
    # The client has its answer and is of use; whether the state was lost is told.
    assert send(broker, [], '"$global:state"') == ["" if ends_session else "kept"]
    assert len(endpoint.shells) == 1


def test_what_a_command_itself_may_not_carry_is_not_run(broker: Broker, endpoint: Endpoint) -> None:
    send(broker, [], "$global:state = 'kept'")
    quotas(endpoint).max_received_data_per_command_mb = 0.25
    with pytest.raises(PSSessionError, match=r"^Nothing was run: .*at most 0\.25 MB") as caught:
        send(broker, ["x" * 1000] * 400)
    assert caught.value.kind is ErrorKind.FAILED
    assert send(broker, [], '"$global:state"') == ["kept"]


@pytest.mark.parametrize("told_by", ["send", "receive"])
def test_a_script_that_did_not_arrive_whole_has_not_run(
    broker: Broker, endpoint: Endpoint, tmp_path: pathlib.Path, told_by: str
) -> None:
    quotas(endpoint).max_received_object_mb = 0.5
    endpoint.config.manners.receive_quota_told_by = told_by
    script = f"param($Text) New-Item -Path '{tmp_path}/run'"
    with pytest.raises(PSSessionError, match=r"^Nothing was run: .*PSMaximumReceivedObjectSizeMB") as caught:
        send(broker, [], script, parameters=[["Text", "x" * 1_500_000]])
    assert caught.value.kind is ErrorKind.FAILED
    assert not (tmp_path / "run").exists()


def test_large_parameters_arrive(broker: Broker) -> None:
    text = "ä" * 1_500_000
    assert send(broker, [1], "param($Text) $Text.Length; @($input).Count", parameters=[["Text", text]]) == [
        1_500_000,
        1,
    ]


def test_a_session_is_not_left_with_input_over_the_quota(broker: Broker, endpoint: Endpoint) -> None:
    quotas(endpoint).max_received_data_per_command_mb = SMALL
    target = broker.target(session_name="work", output_buffering_mode="Drop")
    request, rest = _input.divided(
        messages.Run(target, [messages.Command(COUNT)], input="values", values=["x" * 1000] * 2000, leave=True)
    )
    with pytest.raises(PSSessionError, match="PSMaximumReceivedDataSizePerCommandMB"):
        broker.client.run(request, values=rest)
    wait_for(lambda: endpoint.shells == [])


def test_a_file_over_the_quota_leaves_nothing(broker: Broker, endpoint: Endpoint, tmp_path: pathlib.Path) -> None:
    (tmp_path / "source").write_bytes(bytes(2_000_000))
    quotas(endpoint).max_received_data_per_command_mb = 1
    (tmp_path / "host").mkdir()
    with pytest.raises(PSSessionError, match=r"^failed to transfer file to '.*' after 0\.5 of 2\.0 MB: .*PSMaximum"):
        _file_transfer.put(
            broker.client, broker.target(), str(tmp_path / "source"), str(tmp_path / "host" / "file"), print
        )
    assert list((tmp_path / "host").iterdir()) == []


def test_a_value_that_no_message_holds_is_refused(broker: Broker, endpoint: Endpoint) -> None:
    with pytest.raises(PSSessionError, match=r"^input\[1\] is a value of \d+ bytes") as caught:
        _input.divided(messages.Run(broker.target(), [], input="values", values=["a", "x" * (70 << 20)]))
    assert caught.value.kind is ErrorKind.USAGE
    request = messages.Run(broker.target(), [messages.Command("1", parameters=[["P", "x" * (70 << 20)]])])
    with pytest.raises(PSSessionError, match="parameters most likely") as caught:
        broker.client.run(request)
    assert caught.value.kind is ErrorKind.USAGE
    assert send(broker, [], "'of use'") == ["of use"]
