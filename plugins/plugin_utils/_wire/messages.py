# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every message between the ansible worker (client) and the session broker (both processes).

The client says `Hello` and gets `Welcome`; then it sends one request after the other. A `Run` or `Receive` is answered
by any number of `Records` and one `Finished` or `Failure`; every other request by its own answer or a `Failure`. `Note`
may come before any answer. While an interactive `Run` goes on, the broker asks with `HostCall` and the client answers
with `HostAnswer`, and may say `Stop` at any time.
"""

from __future__ import annotations

import typing

from .codec import Codec
from .record import record
from .target import Target

Json = typing.Any


@record(frozen=True)
class Hello:
    """The client's first message: who it is and which playbook it works for."""

    protocol: int
    version: str
    #: The ansible process whose life keeps the sessions, and when it started (kernel's own unit, 0 unknown).
    playbook_pid: int
    playbook_started: int


@record(frozen=True)
class Welcome:
    """The broker's answer to `Hello`."""

    protocol: int
    version: str
    pid: int


@record(frozen=True)
class Command:
    """One command of a pipeline, as PSRP's AddScript or AddCommand."""

    text: str
    is_script: bool = True
    use_local_scope: bool | None = None
    #: Pairs of a parameter's name and value; no name makes it positional.
    parameters: list[Json] = []


@record(frozen=True)
class Selector:
    """Sessions of a target's host, each named by one of the three; none at all is the implicit session.

    Names are compared without regard to case and may hold the wildcards of PowerShell (about_Wildcards).
    """

    names: list[str] = []
    ids: list[int] = []
    instance_ids: list[str] = []

    @property
    def implicit(self) -> bool:
        """Whether it names none."""
        return not (self.names or self.ids or self.instance_ids)


@record(frozen=True)
class Epilogue:
    """A script that runs next in the session, after a pipeline that wrote no information record with the tag.

    What it writes with that tag is delivered as the pipeline's; all else of it is dropped.
    """

    script: str
    tag: str


@record(frozen=True)
class Run:
    """Run one pipeline in a session of the target's host.

    The session is the one that `selector` names, or one of the target's own. With `temporary` it is a new one that is
    removed afterwards; with `leave` a new one that is disconnected once the pipeline has started, whose state is then
    `running` (Invoke-Command -InDisconnectedSession). With `interactive` its host calls are the client's to answer.

    `input` says what the pipeline reads: nothing; the frame's body as one string; its lines; `values`, a JSON list,
    and with `more` also the values of the `Input` messages that follow; or `chunks`: the bodies of the `Input` messages
    that follow, each sent on as one base64 string.
    `output` says how output objects come back: as JSON values, as the strings that ansible.builtin.psrp makes, or as
    the bytes of base64 strings (in the body of `Records`).
    """

    target: Target
    commands: list[Command]
    input: typing.Literal["none", "text", "lines", "values", "chunks"] = "none"
    values: list[Json] = []
    more: bool = False
    output: typing.Literal["objects", "strings", "bytes"] = "objects"
    #: True: the host's one shared session, whose state scripts see. False: any session, module tasks share nothing.
    shared: bool = False
    #: Stop the pipeline after so many seconds.
    timeout: float | None = None
    #: Stop it once `Records` of so many bytes were sent and more comes.
    max_output: int | None = None
    selector: Selector = Selector()
    temporary: bool = False
    leave: bool = False
    interactive: bool = False
    #: Get-History of the session lists it.
    history: bool = False
    #: With `leave` it is for the `Receive` to ask for.
    epilogue: Epilogue | None = None
    #: Columns and lines of the user's screen; PowerShell formats the tables of an interactive pipeline for it.
    screen: list[int] = [120, 50]

    @property
    def goes_on(self) -> bool:
        """Whether `Input` messages follow."""
        return self.input == "chunks" or self.more


@record(frozen=True)
class HostCall:
    """An interactive pipeline asks its user, or writes: a method of MS-PSRP 2.2.3.17 and its arguments."""

    method: str
    arguments: list[Json]
    #: False: nothing is answered.
    expects_answer: bool


@record(frozen=True)
class HostAnswer:
    """The user's answer to a `HostCall`; `error` says why there is none. Values are those of parameters."""

    value: Json = None
    error: str | None = None


@record(frozen=True)
class Stop:
    """Stop the interactive pipeline that runs; the session stays."""


@record(frozen=True)
class Receive:
    """Fetch what a pipeline that runs, or ran, in a disconnected session wrote (Receive-PSSession).

    Answered as a `Run`; the state in `Finished` is running, completed, stopped, failed, or none where the session runs
    nothing. Each record is delivered once. It ends up connected, or disconnected where its pipeline still runs.
    """

    target: Target
    selector: Selector
    #: False: where the pipeline still runs, nothing is taken.
    wait: bool = True
    #: Take what came in so many seconds and let the pipeline run on.
    timeout: float | None = None
    #: Remove the session when its pipeline has ended.
    remove: bool = False
    #: For a pipeline whose end this brings.
    epilogue: Epilogue | None = None
    output: typing.Literal["objects", "strings", "bytes"] = "objects"
    #: Once `Records` of so many bytes were sent and more comes, leave the rest to the next one.
    max_output: int | None = None


@record(frozen=True)
class Input:
    """A part of a `Run`'s input: one chunk (in the body), or some values; the last one has `end` and nothing else."""

    end: bool = False
    values: list[Json] = []


@record(frozen=True)
class Records:
    """What a pipeline wrote, in order: pairs of stream and value; with output `bytes`, the bytes are in the body."""

    entries: list[Json]


@record(frozen=True)
class Finished:
    """A pipeline's end: `state` is completed, failed or stopped; `error` the record that ended a failed one.

    After `Receive` and a `Run` that was left it may be running or none, too.
    """

    state: str
    session: dict[str, Json]
    error: Json = None
    warnings: list[str] = []
    #: Output was lost because the server's buffer was full.
    truncated: bool = False
    #: How many `Input` messages went on to the server.
    sent: int = 0


@record(frozen=True)
class Failure:
    """A request that was not done, or whose outcome is unknown; `kind` is a value of ErrorKind."""

    kind: str
    message: str
    #: How many `Input` messages went on to the server; the row of the session that a pipeline ran in and that stays.
    sent: int = 0
    session: dict[str, Json] | None = None


@record(frozen=True)
class ListSessions:
    """Which sessions there are.

    `current`: those that this broker holds, of one target's host and user, or all (Get-PSSession). `computer`: also
    those that only the server knows, with what it tells of each (Get-PSSession -ComputerName); needs a target.
    """

    target: Target | None = None
    selector: Selector = Selector()
    scope: typing.Literal["current", "computer"] = "current"


@record(frozen=True)
class Sessions:
    """Rows as the modules return them, and the broker's own facts and counters."""

    sessions: list[dict[str, Json]]
    broker: dict[str, Json]


@record(frozen=True)
class OpenSession:
    """Make sure that there is a session (New-PSSession): the target's named one, or its implicit one without a name.

    A disconnected one of ours is connected. One that another controller or job made is left alone and a new one made,
    unless `adopt` is set. With `new` a session is made whatever there is. With `names` several named ones are meant,
    opened side by side; those that are new get Ids in the order of the names.
    """

    target: Target
    names: list[str] = []
    adopt: bool = False
    new: bool = False
    check: bool = False


@record(frozen=True)
class RemoveSessions:
    """Remove sessions from their server (Remove-PSSession); those that do not exist are no error.

    A name with a wildcard means the sessions that this broker holds, or with the scope `computer` all of the user's.
    """

    target: Target
    selector: Selector
    scope: typing.Literal["current", "computer"] = "current"
    #: Remove also what is in use.
    force: bool = False
    check: bool = False


@record(frozen=True)
class DisconnectSessions:
    """Leave sessions on their server (Disconnect-PSSession); what is None stays as it was."""

    target: Target
    selector: Selector
    idle_timeout: int | None = None
    output_buffering_mode: str | None = None
    check: bool = False


@record(frozen=True)
class ConnectSessions:
    """Connect to disconnected sessions, whoever of the same user made them (Connect-PSSession)."""

    target: Target
    selector: Selector
    check: bool = False


@record(frozen=True)
class Result:
    """What became of one session; `error` says why nothing did."""

    session: dict[str, Json]
    changed: bool = False
    error: Failure | None = None


@record(frozen=True)
class Results:
    """The answer to OpenSession, RemoveSessions, DisconnectSessions and ConnectSessions: one row for each session.

    A session that was asked for by itself and does not exist has a row with an error, save in RemoveSessions.
    With `check` in the request the rows are a prediction, and nothing was done.
    """

    results: list[Result]


@record(frozen=True)
class Reset:
    """Remove the target's implicit sessions from the server (meta: reset_connection)."""

    target: Target


@record(frozen=True)
class Shutdown:
    """Let go of every session and end: implicit ones are removed, named ones disconnected."""


@record(frozen=True)
class Done:
    """A request without an answer of its own was done; `count` is how many sessions it concerned."""

    count: int = 0


@record(frozen=True)
class Note:
    """Something for the user to see while the request goes on; `level` is warning or v to vvvvv."""

    level: str
    text: str


#: What a broker accepts and what a client accepts.
REQUESTS = Codec(
    Hello,
    Run,
    Input,
    HostAnswer,
    Stop,
    Receive,
    ListSessions,
    OpenSession,
    RemoveSessions,
    DisconnectSessions,
    ConnectSessions,
    Reset,
    Shutdown,
)
ANSWERS = Codec(Welcome, Records, HostCall, Finished, Failure, Sessions, Results, Done, Note)
