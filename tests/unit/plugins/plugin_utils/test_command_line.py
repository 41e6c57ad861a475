# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The commands that each version of ansible-core sends, taken apart."""

from __future__ import annotations

import base64

import pytest

from ansible_collections.remoting.powershell.plugins.plugin_utils import scripts
from ansible_collections.remoting.powershell.plugins.plugin_utils._command_line import dialect, parse, unquoted

OLD, MIDDLE, NEW = dialect("2.16.14"), dialect("2.19.0rc1"), dialect("2.21.5")
OPTIONS = "-NoProfile -NonInteractive -ExecutionPolicy Unrestricted"


def base64_of(text: str) -> str:
    """Text as -EncodedCommand takes it."""
    return base64.b64encode(text.encode("utf-16-le")).decode()


@pytest.mark.parametrize("spoken", [OLD, MIDDLE, NEW])
def test_an_encoded_command_is_its_script(spoken: object) -> None:
    script = "Write-Output 'äöü €'\nexit 3"
    parsed = parse(f"PowerShell {OPTIONS} -EncodedCommand {base64_of(script)}", spoken)  # type: ignore[arg-type]
    assert (parsed.script, parsed.arguments, parsed.encoded) == (script, [], True)


@pytest.mark.parametrize("interpreter", ["powershell", "pwsh", "& 'C:\\Program Files\\PowerShell\\7\\pwsh.exe'"])
def test_core_2_21_quotes_the_script_and_may_name_another_interpreter(interpreter: str) -> None:
    parsed = parse(f"{interpreter} {OPTIONS} -EncodedCommand '{base64_of('whoami')}'", NEW)
    assert (parsed.script, parsed.encoded) == ("whoami", True)


def test_core_2_21_gives_arguments_when_remote_files_are_kept() -> None:
    clixml = (
        '<Objs Version="1.1.0.1" xmlns="http://schemas.microsoft.com/powershell/2004/04"><Obj RefId="0"><LST>'
        "<S>C:\\a b</S><S>line_x000A_end</S><S>_xD83D__xDE00_</S><S></S></LST></Obj></Objs>"
    )
    command = (
        f"powershell {OPTIONS} -InputFormat None -EncodedCommand '{base64_of('x')}' "
        f"-EncodedArguments '{base64_of(clixml)}'"
    )
    assert parse(command, NEW).arguments == ["C:\\a b", "line\nend", "😀", ""]


@pytest.mark.parametrize(
    "command",
    [
        "whoami",
        "echo 'it''s",
        f"type C:\\x.ps1 | PowerShell {OPTIONS} -EncodedCommand {base64_of('x')}",
        f"PowerShell {OPTIONS} -EncodedCommand {base64_of('x')} ; exit",
        f"PowerShell {OPTIONS} -EncodedCommand ===",
        f"PowerShell {OPTIONS} -Command -",
        f"PowerShell -EncodedCommand {base64_of('x')}",
    ],
)
@pytest.mark.parametrize("spoken", [OLD, MIDDLE, NEW])
def test_everything_else_is_run_as_it_is_and_keeps_its_exit_code(command: str, spoken: object) -> None:
    parsed = parse(command, spoken)  # type: ignore[arg-type]
    assert (parsed.script, parsed.encoded) == (f"{command}\nexit $LASTEXITCODE", False)


def test_before_2_21_another_interpreter_is_a_program_to_run() -> None:
    command = f"pwsh {OPTIONS} -EncodedCommand {base64_of('x')}"
    assert not parse(command, MIDDLE).encoded


def test_a_script_file_is_run_in_the_session_by_the_versions_that_do_so() -> None:
    command = f"PowerShell {OPTIONS} -File \"C:\\temp\\my script.ps1\" 'it''s' plain"
    parsed = parse(command, MIDDLE)
    assert parsed.script == scripts.read("run_file")
    assert parsed.arguments == ["C:\\temp\\my script.ps1", "it's", "plain"]
    for spoken in (OLD, NEW):
        assert parse(command, spoken).script == f"{command}\nexit $LASTEXITCODE"


@pytest.mark.parametrize(
    ("path", "meant"),
    [("'C:\\a b'", "C:\\a b"), ('"C:\\a"', "C:\\a"), ("C:\\a'", "C:\\a'"), ("'C:\\a\"", "'C:\\a\"")],
)
def test_paths_are_unquoted_where_core_quotes_them(path: str, meant: str) -> None:
    assert unquoted(path, MIDDLE) == meant
    assert unquoted(path, NEW) == path


def test_input_is_lines_since_2_19() -> None:
    assert [spoken.lines for spoken in (OLD, dialect("2.18.1"), MIDDLE, NEW, dialect("3.0"))] == [
        False,
        False,
        True,
        True,
        True,
    ]
