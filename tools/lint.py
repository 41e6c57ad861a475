# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run every linter, two at a time, and show the output of those that complain (a developer's tool).

    lint.py              all checks
    lint.py mypy reuse   only these

Started by ``make lint`` inside the environment that has the linters.
"""

from __future__ import annotations

import concurrent.futures
import dataclasses
import os
import pathlib
import subprocess
import sys
import time

import trees
import venvs

#: What the tests and the broker are made of, as packages: strictly typed, all of it.
_TYPED = ("plugins", "tests/endpoint", "tests/integration", "tests/unit", "tests/bench", "tests/chaos", "playbooks")


@dataclasses.dataclass(frozen=True)
class Check:
    """A linter's command line, and whether it insists on a folder that is really called like the collection."""

    name: str
    command: tuple[str, ...]
    in_copy: bool = False


def _mypy() -> tuple[str, ...]:
    linked = trees.LINKED / "ansible_collections" / "remoting" / "powershell"
    folders = [str(linked / name) for name in _TYPED if any((venvs.ROOT / name).rglob("*.py"))]
    return ("mypy", *folders, *(str(path) for path in sorted((venvs.ROOT / "tools").glob("*.py"))))


def _builder_example() -> tuple[str, ...]:
    """The build context of the documented execution environment; the image itself takes a container engine."""
    example = venvs.ROOT / "docs" / "awx" / "execution-environment.yml"
    context = venvs.BUILD / "execution-environment"
    return ("ansible-builder", "create", "-v3", "-f", str(example), "-c", str(context))


def checks() -> list[Check]:
    """The long ones first, so that the short ones run beside them."""
    dist = str(venvs.BUILD / "dist")
    lint_docs = ("antsibull-docs", "lint-collection-docs", "--plugin-docs", "--check-extra-docs-refs")
    return [
        Check("mypy", _mypy()),
        Check("ansible-lint", ("ansible-lint", "--offline", "-q")),
        Check("antsibull-docs", (*lint_docs, "--validate-collection-refs=all", "."), in_copy=True),
        Check("ruff-check", ("ruff", "check", ".")),
        Check("ruff-format", ("ruff", "format", "--check", ".")),
        Check("powershell", (sys.executable, "tools/check_powershell.py")),
        Check("reuse", ("reuse", "lint", "--lines")),
        Check("antsibull-changelog", ("antsibull-changelog", "lint"), in_copy=True),
        Check(
            "galaxy-build", ("ansible-galaxy", "collection", "build", "--force", "--output-path", dist), in_copy=True
        ),
        Check("ansible-builder", ("ansible-builder", "introspect", str(trees.LINKED))),
        Check("ansible-builder-example", _builder_example()),
    ]


@dataclasses.dataclass(frozen=True)
class Outcome:
    """How one linter ended."""

    check: Check
    code: int
    seconds: float
    log: pathlib.Path


def _run(check: Check, copy: pathlib.Path) -> Outcome:
    started = time.monotonic()
    log = venvs.LOGS / f"lint-{check.name}.log"
    with open(log, "w", encoding="utf-8") as output:
        code = subprocess.run(
            check.command,
            cwd=copy if check.in_copy else venvs.ROOT,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env={**os.environ, "NO_COLOR": "1"},
            check=False,
        ).returncode
    return Outcome(check, code, time.monotonic() - started, log)


def main(names: list[str]) -> int:
    known = checks()
    unknown = set(names) - {check.name for check in known}
    if unknown:
        sys.exit(f"unknown: {', '.join(sorted(unknown))}; known: {', '.join(check.name for check in known)}")
    chosen = [check for check in known if not names or check.name in names]
    copy = trees.copy("lint")
    failed = []
    with concurrent.futures.ThreadPoolExecutor(max_workers=2) as pool:
        for done in concurrent.futures.as_completed([pool.submit(_run, check, copy) for check in chosen]):
            outcome = done.result()
            print(
                f"{'FAILED' if outcome.code else 'ok    '} {outcome.check.name} ({outcome.seconds:.1f} s)", flush=True
            )
            if outcome.code:
                failed.append(outcome.check.name)
                print(outcome.log.read_text(encoding="utf-8", errors="replace"), flush=True)
    if failed:
        print(
            f"{len(failed)} of {len(chosen)} checks failed: {' '.join(sorted(failed))} (logs: .build/logs/lint-*.log)"
        )
    else:
        print(f"{len(chosen)} checks passed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
