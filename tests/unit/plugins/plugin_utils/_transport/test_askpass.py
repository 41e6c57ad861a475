# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The client gets its secrets, and nobody else does; a stand-in asks what the OpenSSH client asks."""

from __future__ import annotations

import collections.abc
import json
import os
import pathlib
import subprocess
import sys

import pytest

from ansible_collections.remoting.powershell.plugins.plugin_utils._transport._askpass import Askpass

_PASSWORD, _PASSPHRASE = 'pass\'word \\ with "all" ü', "phrase"
_ASKED = "joe@web1's password: "
_PATIENCE = 60

#: Asks each of its arguments, with the id of the asking process being its own, and tells what it was answered.
_CLIENT = """
import json, os, subprocess, sys
answers = []
for question in sys.argv[1:]:
    asked = subprocess.run([os.environ["SSH_ASKPASS"], question], stdout=subprocess.PIPE)
    answers.append(asked.stdout.decode() if asked.returncode == 0 else None)
    print(json.dumps(answers[-1]), flush=True)
"""
#: A client that starts another one, as for a jump host.
_OUTER = (
    "import subprocess, sys; sys.exit(subprocess.run([sys.executable, '-c', sys.argv[1], *sys.argv[2:]]).returncode)"
)


@pytest.fixture
def folder(tmp_path: pathlib.Path) -> collections.abc.Iterator[pathlib.Path]:
    yield tmp_path
    assert list(tmp_path.iterdir()) == [], "something was left"


@pytest.fixture
def askpass(folder: pathlib.Path) -> collections.abc.Iterator[Askpass]:
    made = Askpass(str(folder), {"password": _PASSWORD, "private_key_passphrase": _PASSPHRASE}, "assword")
    yield made
    made.remove()


def ask(askpass: Askpass, *questions: str, program: tuple[str, ...] = (_CLIENT,)) -> tuple[int, list[str | None], str]:
    """The client's exit status, what it was answered, and what was written to its standard error."""
    ran = subprocess.run(
        askpass.introduced([sys.executable, "-c", *program, *questions]),
        env={**os.environ, **askpass.environment},
        capture_output=True,
        timeout=_PATIENCE,
        check=False,
    )
    return ran.returncode, [json.loads(line) for line in ran.stdout.splitlines()], ran.stderr.decode()


def test_each_question_gets_its_secret(askpass: Askpass) -> None:
    _status, answers, _errors = ask(askpass, "Enter passphrase for key '/keys/a': ", _ASKED)
    assert answers == [f"{_PASSPHRASE}\n", f"{_PASSWORD}\n"]


@pytest.mark.parametrize("prompt", ["(joe@web1) Password: ", "Password for joe@web1:", _ASKED])
def test_every_way_to_ask_for_a_password(askpass: Askpass, prompt: str) -> None:
    assert ask(askpass, prompt)[1] == [f"{_PASSWORD}\n"]


def test_other_questions_are_not_answered(askpass: Askpass) -> None:
    host_key = "Are you sure you want to continue connecting (yes/no/[fingerprint])? "
    assert ask(askpass, host_key, "Verification code: ")[1] == [None, None]


def test_a_prompt_of_ones_own(folder: pathlib.Path) -> None:
    askpass = Askpass(str(folder), {"password": _PASSWORD}, "Kennwort")
    assert ask(askpass, "Password: ", "Kennwort: ")[1] == [None, f"{_PASSWORD}\n"]
    askpass.remove()


def test_a_secret_that_there_is_not(folder: pathlib.Path) -> None:
    askpass = Askpass(str(folder), {"password": _PASSWORD}, "assword")
    assert ask(askpass, "Enter passphrase for key '/keys/a': ")[1] == [None]
    askpass.remove()


def test_a_wrong_password_is_not_tried_again(askpass: Askpass) -> None:
    status, answers, errors = ask(askpass, _ASKED, _ASKED, "never asked")
    assert (status, answers) == (-15, [f"{_PASSWORD}\n"])
    assert errors == "the password was not accepted\n"


def test_another_key_does_not_get_the_passphrase_of_the_first(askpass: Askpass) -> None:
    answers = ask(askpass, "Enter passphrase for key 'a': ", "Enter passphrase for key 'b': ", _ASKED)[1]
    assert answers == [f"{_PASSPHRASE}\n", None, f"{_PASSWORD}\n"]


def test_the_client_of_a_jump_host_gets_nothing(askpass: Askpass) -> None:
    assert ask(askpass, "joe@jump's password: ", program=(_OUTER, _CLIENT))[1] == [None]
    assert ask(askpass, _ASKED)[1] == [f"{_PASSWORD}\n"]


def test_secrets_are_neither_files_nor_variables(askpass: Askpass, folder: pathlib.Path) -> None:
    (made,) = folder.iterdir()
    assert made.stat().st_mode & 0o777 == 0o700
    for path in made.iterdir():
        assert path.is_fifo() or _PASSWORD not in path.read_text(encoding="utf-8")
    assert not any(_PASSWORD in value or _PASSPHRASE in value for value in askpass.environment.values())


def test_a_folder_that_cannot_be_used(tmp_path: pathlib.Path) -> None:
    with pytest.raises(OSError, match="nowhere"):
        Askpass(str(tmp_path / "nowhere"), {"password": _PASSWORD}, "assword")
