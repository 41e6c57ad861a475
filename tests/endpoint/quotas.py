# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks of WinRM's limits, each with the fault that Windows gives (test endpoint process)."""

from __future__ import annotations

from .config import Quotas
from .wsmanfault import WSManFault, invalid_parameter, quota


def max_shells_per_user(limit: int) -> WSManFault:
    return quota(
        2150859173,
        f"This user is allowed a maximum number of {limit} concurrent shells, which has been exceeded. Close existing "
        "shells or raise the quota for this user. ",
    )


def max_plugin_shells_per_user() -> WSManFault:
    return quota(
        2150859236,
        "This user has exceeded the maximum number of concurrent shells allowed for this plugin. Close at least one "
        "open shell or raise the plugin quota for this user. ",
    )


def max_plugin_shells() -> WSManFault:
    return quota(
        2150859238,
        "The maximum number of concurrent shells allowed for this plugin has been exceeded. Retry the request later "
        "or raise the Maximum Shells per Plugin quota. ",
    )


def max_operations_per_user(limit: int) -> WSManFault:
    return quota(
        2150859174,
        f"This user is allowed a maximum number of {limit} concurrent operations, which has been exceeded. Close "
        "existing operations for this user, or raise the quota for this user. ",
    )


def max_commands_per_shell() -> WSManFault:
    return quota(
        2150859241,
        "The maximum number of concurrent commands per shell has been exceeded. Retry the request later or raise the "
        "Maximum Commands per Shell quota. ",
    )


def max_processes_per_shell(limit: int) -> WSManFault:
    """The winrs quota of the same name; its code is the general one, no text of Windows was at hand."""
    return quota(2150858815, f"The shell has reached the limit of {limit} processes that MaxProcessesPerShell sets. ")


#: By the name that a fault request gives them.
BY_NAME = {
    "max_shells_per_user": lambda quotas: max_shells_per_user(quotas.max_shells_per_user),
    "max_plugin_shells_per_user": lambda quotas: max_plugin_shells_per_user(),
    "max_plugin_shells": lambda quotas: max_plugin_shells(),
    "max_concurrent_operations_per_user": lambda quotas: max_operations_per_user(
        quotas.max_concurrent_operations_per_user
    ),
    "max_concurrent_commands_per_shell": lambda quotas: max_commands_per_shell(),
    "max_processes_per_shell": lambda quotas: max_processes_per_shell(quotas.max_processes_per_shell),
}


def check_new_shell(quotas: Quotas, owned: int, owned_of_plugin: int, of_plugin: int) -> None:
    """Raises the fault of the first limit that one more shell would break."""
    if owned >= quotas.max_shells_per_user:
        raise max_shells_per_user(quotas.max_shells_per_user)
    if owned_of_plugin >= quotas.max_plugin_shells_per_user:
        raise max_plugin_shells_per_user()
    if of_plugin >= quotas.max_plugin_shells:
        raise max_plugin_shells()


def check_idle_timeout(quotas: Quotas, seconds: float | None) -> float:
    """The idle timeout to use, in seconds; a fault when the client asks for one outside the allowed range."""
    if seconds is None:
        return quotas.idle_timeout_ms / 1000
    milliseconds = seconds * 1000
    if not quotas.min_idle_timeout_ms <= milliseconds <= quotas.max_idle_timeout_ms:
        raise invalid_parameter(
            f"The requested IdleTimeout of {milliseconds:.0f} milliseconds is outside the allowed range: the minimum "
            f"is {quotas.min_idle_timeout_ms}, the maximum {quotas.max_idle_timeout_ms}. "
        )
    return seconds
