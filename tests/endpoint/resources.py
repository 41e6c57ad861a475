# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Get: a shell, and the service's configuration (test endpoint process)."""

from __future__ import annotations

from xml.sax.saxutils import quoteattr

from . import soap
from .computer import Computer, Peer
from .shells import POWERSHELL_PREFIX
from .views import shell_xml
from .wsmanfault import WSManFault, invalid_resource_uri, resource_not_found

_CONFIG = "http://schemas.microsoft.com/wbem/wsman/1/config"
_PLUGIN = _CONFIG + "/plugin"
_PLUGIN_NAMESPACE = "http://schemas.microsoft.com/wbem/wsman/1/config/PluginConfiguration"


class Resources:
    """Answers Get for one computer."""

    def __init__(self, computer: Computer) -> None:
        self._computer = computer

    def get(self, envelope: soap.Envelope, peer: Peer) -> str:
        uri = envelope.resource_uri
        if uri == soap.RSP or uri.startswith((soap.RSP + "/", POWERSHELL_PREFIX)):
            try:
                return shell_xml(self._computer.find(envelope.selectors.get("ShellId"), peer))
            except WSManFault as error:
                raise (resource_not_found() if error.sender and error.detail else error) from None
        parts = {_CONFIG: "Config", _CONFIG + "/service": "Service", _CONFIG + "/winrs": "Winrs"}
        for known, name in parts.items():
            if uri.lower() == known:
                return self._element(name, self._config() if name == "Config" else getattr(self, "_" + name.lower())())
        if uri.lower() == _PLUGIN:
            return self._plugin(envelope.selectors.get("Name", ""))
        raise invalid_resource_uri(uri)

    def _element(self, name: str, inner: str) -> str:
        return f'<cfg:{name} xmlns:cfg="{_CONFIG}">{inner}</cfg:{name}>'

    def _config(self) -> str:
        quotas = self._computer.quotas
        return (
            _values(
                MaxEnvelopeSizekb=quotas.max_envelope_size_kb,
                MaxTimeoutms=quotas.max_timeout_ms,
                MaxBatchItems=quotas.max_batch_items,
                MaxProviderRequests=4294967295,
            )
            + f"<cfg:Service>{self._service()}</cfg:Service><cfg:Winrs>{self._winrs()}</cfg:Winrs>"
        )

    def _service(self) -> str:
        quotas = self._computer.quotas
        methods = self._computer.auth_methods
        allow = _boolean(self._computer.allow_unencrypted)
        auth = _values(
            Basic=_boolean("basic" in methods),
            Kerberos=_boolean("kerberos" in methods),
            Negotiate=_boolean("negotiate" in methods),
            Certificate=_boolean("certificate" in methods),
            CredSSP=_boolean("credssp" in methods),
            CbtHardeningLevel="Relaxed",
        )
        return (
            _values(
                MaxConcurrentOperations=4294967295,
                MaxConcurrentOperationsPerUser=quotas.max_concurrent_operations_per_user,
                EnumerationTimeoutms=240000,
                MaxConnections=quotas.max_connections,
                MaxPacketRetrievalTimeSeconds=120,
                AllowUnencrypted=allow,
            )
            + f"<cfg:Auth>{auth}</cfg:Auth>"
        )

    def _winrs(self) -> str:
        quotas = self._computer.quotas
        return _values(
            AllowRemoteShellAccess="true",
            IdleTimeout=quotas.idle_timeout_ms,
            MaxConcurrentUsers=2147483647,
            MaxShellRunTime=2147483647,
            MaxProcessesPerShell=quotas.max_processes_per_shell,
            MaxMemoryPerShellMB=quotas.max_memory_per_shell_mb,
            MaxShellsPerUser=quotas.max_shells_per_user,
        )

    def _plugin(self, name: str) -> str:
        """A session configuration and its quotas, in the form of winrm/config/plugin."""
        quotas = self._computer.quotas
        for configuration in self._computer.configurations:
            if configuration.name.lower() == name.lower():
                limits = {
                    "MaxIdleTimeoutms": quotas.max_idle_timeout_ms,
                    "MaxProcessesPerShell": quotas.max_processes_per_shell,
                    "MaxMemoryPerShellMB": quotas.max_memory_per_shell_mb,
                    "MaxShellsPerUser": quotas.max_plugin_shells_per_user,
                    "MaxConcurrentCommandsPerShell": quotas.max_concurrent_commands_per_shell,
                    "MaxShells": quotas.max_plugin_shells,
                    "IdleTimeoutms": quotas.idle_timeout_ms,
                }
                attributes = " ".join(f'{key}="{value}"' for key, value in limits.items())
                resource = quoteattr(POWERSHELL_PREFIX + configuration.name)
                return (
                    f'<PlugInConfiguration xmlns="{_PLUGIN_NAMESPACE}" Name={quoteattr(configuration.name)} '
                    f'Enabled="true"><Resources><Resource ResourceUri={resource}/></Resources>'
                    f"<Quotas {attributes}/></PlugInConfiguration>"
                )
        raise resource_not_found()


def _boolean(value: bool) -> str:
    return "true" if value else "false"


def _values(**values: object) -> str:
    return "".join(f"<cfg:{name}>{value}</cfg:{name}>" for name, value in values.items())
