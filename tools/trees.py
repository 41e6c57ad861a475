# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The folders that Ansible wants to find collections in (a developer's tool).

Running code goes through a symbolic link to the checkout, so that nothing is stale.  ansible-test, antsibull-docs and
``ansible-galaxy collection build`` refuse links (they resolve the working directory), so those get a copy.
"""

from __future__ import annotations

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import zipfile

import venvs

#: The folders that hold ``ansible_collections`` with this collection, and with ansible.windows.
LINKED = venvs.BUILD / "collections"
WINDOWS = venvs.BUILD / "windows"

#: ansible.windows is only to be had from the big package of all collections; this version's needs ansible-core 2.16.
_WINDOWS_PIN = "ansible==14.5.0"
_WINDOWS_PREFIX = "ansible_collections/ansible/windows/"
_COLLECTION = pathlib.Path("ansible_collections", "remoting", "powershell")


def link() -> pathlib.Path:
    """Make the folder whose ``ansible_collections/remoting/powershell`` is the checkout itself."""
    place = LINKED / _COLLECTION
    target = os.path.relpath(venvs.ROOT, place.parent)
    with venvs.locked("collections"):
        if not place.is_symlink() or place.readlink() != pathlib.Path(target):
            place.parent.mkdir(parents=True, exist_ok=True)
            place.unlink(missing_ok=True)
            place.symlink_to(target)
    return LINKED


def tracked_files() -> list[pathlib.Path]:
    """The checkout's files, relative to it: what git has or would add."""
    listing = subprocess.run(
        ["git", "-C", str(venvs.ROOT), "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        capture_output=True,
        check=True,
    )
    names = sorted({pathlib.Path(os.fsdecode(name)) for name in listing.stdout.split(b"\0") if name})
    return [name for name in names if (venvs.ROOT / name).is_file()]


def copy(purpose: str) -> pathlib.Path:
    """Copy the checkout to ``.build/tree-PURPOSE/ansible_collections/remoting/powershell``; returns that folder."""
    place = venvs.BUILD / f"tree-{purpose}" / _COLLECTION
    with venvs.locked(f"tree-{purpose}"):
        shutil.rmtree(place, ignore_errors=True)
        for name in tracked_files():
            (place / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(venvs.ROOT / name, place / name)
        # Or else ansible-test asks the checkout's repository, which ignores everything below .build.
        subprocess.run(["git", "init", "--quiet", str(place)], check=True)
    return place


def windows() -> pathlib.Path:
    """Take the collection ansible.windows, and nothing else, out of the wheel that carries it; returns its root."""
    stamp = WINDOWS / ".stamp"
    with venvs.locked("windows"):
        if not stamp.exists() or stamp.read_text(encoding="utf-8") != _WINDOWS_PIN:
            venvs.say("ansible.windows: out of a wheel of 50 MB (log: .build/logs/windows.log)")
            shutil.rmtree(WINDOWS, ignore_errors=True)
            with tempfile.TemporaryDirectory(dir=venvs.BUILD) as download:
                _download(pathlib.Path(download))
            stamp.write_text(_WINDOWS_PIN, encoding="utf-8")
    return WINDOWS


def _download(folder: pathlib.Path) -> None:
    # The wheel's own Python requirement is that of its ansible-core; what is taken of it runs with all of ours.
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "download", "--no-deps", "--dest", str(folder)]
    venvs.logged("windows", [*pip, "--only-binary=:all:", "--python-version", "3.12", _WINDOWS_PIN])
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(WINDOWS, [name for name in archive.namelist() if name.startswith(_WINDOWS_PREFIX)])
