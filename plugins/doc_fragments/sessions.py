# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The connection's options about sessions and their broker (ansible worker and linters)."""

from __future__ import annotations


class ModuleDocFragment:
    """Used as ``remoting.powershell.sessions``."""

    DOCUMENTATION = r"""
options:
  persist:
    description:
      - How long the host's session is kept after the last playbook that used it has ended, in seconds.
      - V(0) removes it at once, for controllers whose life ends with the job.
      - Must be less than O(idle_timeout).
    type: int
    default: 60
    env:
      - name: PSSESSION_PERSIST
    ini:
      - section: pssession
        key: persist
    vars:
      - name: ansible_pssession_persist
  idle_timeout:
    description:
      - After how many seconds without a word of this controller the server removes the session; V(60) or
        more. The server has a maximum of its own.
      - V(300) unless O(session_name) is set; then the server's default.
    type: int
    vars:
      - name: ansible_pssession_idle_timeout
  session_name:
    description:
      - A name for the session. Hosts and tasks with different names use different sessions.
    type: str
    vars:
      - name: ansible_pssession_session_name
  max_sessions:
    description:
      - How many sessions the tasks that reach the host at the same time may open; V(0) is as many as there
        are tasks.
      - Further tasks wait up to O(busy_timeout).
    type: int
    default: 0
    vars:
      - name: ansible_pssession_max_sessions
  busy_timeout:
    description:
      - How long a task waits for a session that runs something else, in seconds. Then it fails and names
        what runs.
      - As long waits a task that makes a session of its own, or a further one, for a place where the server's quota is
        used up.
    type: int
    default: 240
    vars:
      - name: ansible_pssession_busy_timeout
  max_age:
    description:
      - After how many seconds a session without a given name is replaced by a fresh one, between two tasks; V(0) is
        never.
    type: int
    default: 28800
    vars:
      - name: ansible_pssession_max_age
  socket_dir:
    description:
      - The directory of the session broker's socket and log, with mode 0700 and short enough for a Unix socket.
      - C(pssession) in Ansible's home (E(ANSIBLE_HOME), V(~/.ansible)) if not set.
    type: path
    env:
      - name: PSSESSION_SOCKET_DIR
    ini:
      - section: pssession
        key: socket_dir
    vars:
      - name: ansible_pssession_socket_dir
  log_level:
    description:
      - What a session broker that this task starts writes to its log.
    type: str
    choices:
      - error
      - warning
      - info
      - debug
    default: info
    env:
      - name: PSSESSION_LOG_LEVEL
    ini:
      - section: pssession
        key: log_level
    vars:
      - name: ansible_pssession_log_level
"""
