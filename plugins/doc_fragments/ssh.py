# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The connection's options for SSH: those of ansible.builtin.ssh under its names (ansible worker and linters)."""

from __future__ import annotations


class ModuleDocFragment:
    """Used as ``remoting.powershell.ssh``."""

    # Where several variables are listed the last one that is set wins: core's, then our own.
    DOCUMENTATION = r"""
options:
  subsystem:
    description:
      - The name under which the SSH server's configuration has PowerShell, for O(transport=ssh).
    type: str
    default: powershell
    vars:
      - name: ansible_pssession_subsystem
  host_key_checking:
    description:
      - Whether the host's key must be known. V(false) takes an unknown one and notes it.
    type: bool
    default: true
    env:
      - name: ANSIBLE_HOST_KEY_CHECKING
      - name: ANSIBLE_SSH_HOST_KEY_CHECKING
    ini:
      - section: defaults
        key: host_key_checking
      - section: ssh_connection
        key: host_key_checking
    vars:
      - name: ansible_host_key_checking
      - name: ansible_ssh_host_key_checking
      - name: ansible_pssession_host_key_checking
  private_key_file:
    description:
      - The file with the user's private key, on the controller. Keys of an agent and of the SSH client's configuration
        are tried as well.
    type: path
    env:
      - name: ANSIBLE_PRIVATE_KEY_FILE
    ini:
      - section: defaults
        key: private_key_file
    cli:
      - name: private_key_file
        option: --private-key
    vars:
      - name: ansible_private_key_file
      - name: ansible_ssh_private_key_file
      - name: ansible_pssession_private_key_file
  private_key_passphrase:
    description:
      - The passphrase of O(private_key_file), where that is encrypted.
    type: str
    env:
      - name: PSSESSION_PRIVATE_KEY_PASSPHRASE
    vars:
      - name: ansible_private_key_passphrase
      - name: ansible_ssh_private_key_passphrase
      - name: ansible_pssession_private_key_passphrase
  ssh_executable:
    description:
      - The OpenSSH client, a name that is looked for on the path or a file.
    type: str
    default: ssh
    env:
      - name: ANSIBLE_SSH_EXECUTABLE
    ini:
      - section: ssh_connection
        key: ssh_executable
    vars:
      - name: ansible_ssh_executable
      - name: ansible_pssession_ssh_executable
  ssh_args:
    description:
      - Arguments for the SSH client, before those that are made of other options.
      - A session has an SSH connection of its own, so that C(ControlMaster) and C(ControlPath) are of no effect.
    type: str
    default: ''
    env:
      - name: ANSIBLE_SSH_ARGS
    ini:
      - section: ssh_connection
        key: ssh_args
    vars:
      - name: ansible_ssh_args
      - name: ansible_pssession_ssh_args
  ssh_common_args:
    description:
      - Further arguments for the SSH client, such as C(-o ProxyJump=admin@jump.example.com) for a jump host.
      - O(remote_password) is never given to a jump host; log in there with a key.
    type: str
    default: ''
    env:
      - name: ANSIBLE_SSH_COMMON_ARGS
    ini:
      - section: ssh_connection
        key: ssh_common_args
    cli:
      - name: ssh_common_args
    vars:
      - name: ansible_ssh_common_args
      - name: ansible_pssession_ssh_common_args
  ssh_extra_args:
    description:
      - Further arguments for the SSH client, after those of O(ssh_common_args).
    type: str
    default: ''
    env:
      - name: ANSIBLE_SSH_EXTRA_ARGS
    ini:
      - section: ssh_connection
        key: ssh_extra_args
    cli:
      - name: ssh_extra_args
    vars:
      - name: ansible_ssh_extra_args
      - name: ansible_pssession_ssh_extra_args
  sshpass_prompt:
    description:
      - What the question has in it that O(remote_password) is the answer to, where it is not C(assword).
      - C(sshpass) is not needed.
    type: str
    default: ''
    env:
      - name: ANSIBLE_SSHPASS_PROMPT
    ini:
      - section: ssh_connection
        key: sshpass_prompt
    vars:
      - name: ansible_sshpass_prompt
      - name: ansible_pssession_sshpass_prompt
"""
