# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The benchmark at its smallest: every part works and counts what it should; no time is looked at (pytest process)."""

from __future__ import annotations

import collections.abc
import json
import pathlib
import subprocess
import sys
import xml.etree.ElementTree as ET

import pytest

from ansible_collections.remoting.powershell.tests.bench import (
    files,
    fleet,
    imports,
    memory,
    rates,
    run,
    tasks,
    throughput,
    transports,
)
from ansible_collections.remoting.powershell.tests.bench.loads import LOADS, OURS, Load
from ansible_collections.remoting.powershell.tests.bench.plans import QUICK
from ansible_collections.remoting.powershell.tests.bench.plot import Chart
from ansible_collections.remoting.powershell.tests.bench.scene import PLUGINS, Scene
from ansible_collections.remoting.powershell.tests.bench.tables import BEGIN, END, Page, Table


@pytest.fixture(scope="module")
def scene() -> collections.abc.Iterator[Scene]:
    with Scene(QUICK.hosts) as made:
        yield made


def test_module_tasks(scene: Scene) -> None:
    measured = tasks.measure(scene, tasks.MODULE, QUICK.tasks, QUICK.rounds)
    assert [one.round_trip for one in measured] == list(QUICK.rounds)
    for one in measured:
        (ours,), (psrp,) = one.plays["pssession"], one.plays["psrp"]
        assert len(ours.results) == len(psrp.results) == QUICK.tasks
        assert ours.counts["action.Create"] == ours.counts["action.Delete"] == 1
        assert ours.counts["connections"] <= 2
        assert psrp.counts["action.Create"] == psrp.counts["connections"] == QUICK.tasks
        assert tasks.on_path("psrp", psrp) == psrp.counts["requests"]
        assert tasks.on_path("pssession", ours) < tasks.on_path("psrp", psrp)
        assert ours.traffic > ours.counts["bytes_in"]
    assert len(tasks.times("Module tasks", measured, 0.0)) == 2
    assert len(tasks.counts("Module tasks", measured).rows) == len(measured) * len(PLUGINS)


@pytest.mark.parametrize("kind", [tasks.RAW, tasks.SCRIPT], ids=["raw", "script"])
def test_script_tasks(scene: Scene, kind: dict[str, tasks.Task]) -> None:
    (measured,) = tasks.measure(scene, kind, QUICK.script_tasks, QUICK.script_rounds)
    assert measured.plays["pssession"][0].counts["action.Create"] == 1
    assert measured.plays["psrp"][0].counts["action.Create"] == QUICK.script_tasks


def test_files(scene: Scene) -> None:
    moved = files.measure(scene, QUICK.files)
    ours = [one for one in moved if one.plugin == "pssession"]
    assert [one.direction for one in ours] == list(files.DIRECTIONS)
    assert [one.error for one in ours] == [None, None]
    assert all(one.counts["action.Command"] == 1 for one in ours)
    assert len(files.table(moved).rows) == len(moved)


@pytest.mark.skipif(sys.platform != "linux", reason="what a process takes is read from /proc")
def test_throughput(scene: Scene) -> None:
    moved = throughput.measure(scene, QUICK.throughput)
    assert [row.error for row in moved] == [None] * len(moved)
    for row in moved:
        assert row.requests >= 2
        assert set(row.peaks) == ({"worker", "broker"} if row.way.startswith("pssession") else {"worker"})
    speeds, costs = rates.tables("Throughput", moved, "none")
    assert (
        len(speeds.rows) == len(costs.rows) == len(moved) == sum(len(LOADS[load[0]].ways) for load in QUICK.throughput)
    )
    compared = {row[0]: row[-2:] for row in speeds.rows}
    assert all(all(ratios) == (": pssession" in title) for title, ratios in compared.items())


@pytest.mark.skipif(sys.platform != "linux", reason="what a process takes is read from /proc")
def test_large(scene: Scene) -> None:
    moved = throughput.measure(scene, QUICK.large, ways=OURS)
    assert [(row.way, row.error) for row in moved] == [(way, None) for way in OURS]
    speeds, costs = rates.tables("Throughput", moved, "none")
    assert {len(row) for row in speeds.rows} == {len(speeds.columns)} == {4}, "compared with nobody"
    assert {len(row) for row in costs.rows} == {len(costs.columns)} == {7}


@pytest.mark.skipif(sys.platform != "linux", reason="what a process takes is read from /proc")
def test_throughput_that_does_not_arrive_is_an_error(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = Load("numbers", "output", "objects", "1..7", ways=("pypsrp",))
    monkeypatch.setitem(LOADS, "wrong", wrong)
    (row,) = throughput.measure(scene, [("wrong", 8, 2)])
    assert row.turns == []
    assert "'objects': 7" in str(row.error)
    speeds, costs = rates.tables("Throughput", [row], "none")
    assert speeds.rows[0][1] == "not measured"
    assert "'objects': 7" in speeds.notes[-1]
    assert list(costs.rows) == []


def test_imports(scene: Scene) -> None:
    measured = imports.measure(scene, QUICK.imports)
    assert measured["pssession"][0]["modules"] < measured["psrp"][0]["modules"]
    assert [row[0] for row in imports.table(measured).rows] == list(PLUGINS)


@pytest.mark.skipif(sys.platform != "linux", reason="the footprint of a process is read from /proc")
def test_memory(scene: Scene) -> None:
    with memory.IdleBrokers(scene, QUICK.sessions) as idle:
        footprints = [broker.looks[0] for broker in idle.brokers]
    assert len({one.threads for one in footprints}) == 1, "idle sessions cost threads"
    for broker, one in zip(idle.brokers, footprints, strict=True):
        assert broker.sessions <= one.connections <= 2 * broker.sessions
        assert 0 < one.pss <= one.rss
    assert scene.endpoint.shells() == []


def test_fleet(scene: Scene) -> None:
    crowds = fleet.measure(scene, QUICK)
    hosts = QUICK.hosts
    assert crowds["psrp"].counts["action.Create"] == hosts * QUICK.host_tasks
    assert crowds["pssession, first playbook"].counts["action.Create"] == hosts
    assert crowds["pssession, second playbook"].counts["action.Create"] == 0
    assert len(fleet.table(crowds, QUICK).rows) == len(crowds)


def test_transports(scene: Scene) -> None:
    ways = transports.measure(scene, QUICK)
    for way in ways.values():
        assert [len(play) for play in (*way.modules, *way.raw)] == [QUICK.tasks] * 2
    # One login for all tasks of a play.
    assert {name: way.logins for name, way in ways.items() if way.logins} == {
        name: 1 for name in ways if name in ("ssh, ControlPersist", "pssession, ssh")
    }
    assert len(transports.table(ways, QUICK).rows) == len(ways)


def test_program_writes_its_tables(tmp_path: pathlib.Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n", encoding="utf-8")
    command = [sys.executable, run.__file__, "--quick", "--only", "imports", "--markdown", str(page)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    print(done.stdout, done.stderr)
    assert done.returncode == 0
    text = page.read_text(encoding="utf-8")
    assert text.startswith("before\n") and text.endswith("after\n")
    assert "old" not in text
    assert "| psrp |" in text and "| pssession |" in text


def test_page_without_marks_is_left_alone(tmp_path: pathlib.Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("mine\n", encoding="utf-8")
    with pytest.raises(ValueError, match="results begin"):
        Page(page)
    assert page.read_text(encoding="utf-8") == "mine\n"


def test_table_is_the_same_in_both_forms() -> None:
    table = Table("Title", ("", "time"), [("first", "1 ms"), ("the second", "20 ms")], ("Note.",))
    assert table.text().splitlines()[2:6] == [
        "             time",
        "----------  -----",
        "first        1 ms",
        "the second  20 ms",
    ]
    assert "| the second | 20 ms |" in table.markdown()


def test_chart_is_drawn_to_scale() -> None:
    chart = Chart("A & B", "ms", ("one", "two"), [("x", (10.0, 20.0)), ("y", (5.0, 40.0))])
    root = ET.fromstring(chart.svg())
    heights = [float(box.attrib["height"]) for box in root.iter("{http://www.w3.org/2000/svg}rect") if box.get("y")][2:]
    assert [height / max(heights) for height in heights] == pytest.approx([0.25, 0.5, 0.125, 1.0])
    assert json.dumps("A & B")[1:-1] in "".join(root.itertext())
