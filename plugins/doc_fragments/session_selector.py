# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options that say which sessions a module is about (ansible-doc and linters)."""

from __future__ import annotations


class ModuleDocFragment:
    """Used as ``remoting.powershell.session_selector``."""

    DOCUMENTATION = r"""
options:
  name:
    description:
      - The session's name, in upper or lower case. The wildcards C(*), C(?) and C([a-z]) are allowed where there may be
        several; a backtick before one makes it an ordinary character.
      - A string with commas is a list of names; a name that holds a comma is given as the element of a list. A name has
        at most 255 characters.
      - With a list or a wildcard the module returns C(results), one row for each session.
      - At most one of O(name), O(id) and O(instance_id) can be set; none means the host's implicit session, or the one
        of O(remoting.powershell.pssession#connection:session_name).
    type: list
    elements: str
  id:
    description:
      - The session's number, as M(remoting.powershell.pssession_info) shows it, or a list of them.
      - The broker of this controller gives it, so it means sessions that this controller holds.
    type: list
    elements: int
  instance_id:
    description:
      - The session's GUID, or a list of them. It is the same for all controllers.
    type: list
    elements: str
"""
