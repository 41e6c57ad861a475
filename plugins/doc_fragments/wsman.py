# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The connection's options for WSMan: those of ansible.builtin.psrp under psrp's names (ansible worker and linters)."""

from __future__ import annotations


class ModuleDocFragment:
    """Used as ``remoting.powershell.wsman``."""

    # Where several variables are listed the last one that is set wins: winrm's, then psrp's, then our own.
    DOCUMENTATION = r"""
options:
  remote_addr:
    description:
      - The name or the IP address of the host.
    type: str
    default: inventory_hostname
    vars:
      - name: inventory_hostname
      - name: ansible_host
      - name: ansible_winrm_host
      - name: ansible_psrp_host
      - name: ansible_ssh_host
      - name: ansible_pssession_host
  remote_user:
    description:
      - The user to log in as.
      - Not needed with Kerberos and a ticket, nor with a certificate. With O(transport=ssh) the SSH client's
        configuration counts where it is not set.
    type: str
    env:
      - name: PSSESSION_USER
    keyword:
      - name: remote_user
    vars:
      - name: ansible_user
      - name: ansible_winrm_user
      - name: ansible_psrp_user
      - name: ansible_ssh_user
      - name: ansible_pssession_user
  remote_password:
    description:
      - The password of O(remote_user).
      - A session that was opened with another password is never used; the next task opens a new one.
    type: str
    aliases:
      - password # what --ask-pass calls it
    env:
      - name: PSSESSION_PASSWORD
    vars:
      - name: ansible_password
      - name: ansible_winrm_pass
      - name: ansible_winrm_password
      - name: ansible_psrp_password
      - name: ansible_ssh_pass
      - name: ansible_ssh_password
      - name: ansible_pssession_password
  port:
    description:
      - The port of the WinRM service, or with O(transport=ssh) of the SSH server.
      - V(5986) if O(protocol) is V(https) or neither is set, else V(5985). With O(transport=ssh) what the SSH client's
        configuration says, V(22) if nothing.
    type: int
    keyword:
      - name: port
    vars:
      - name: ansible_port
      - name: ansible_winrm_port
      - name: ansible_psrp_port
      - name: ansible_ssh_port
      - name: ansible_pssession_port
  protocol:
    description:
      - HTTP or HTTPS.
      - V(http) if O(port) is V(5985), else V(https).
    type: str
    choices:
      - http
      - https
    vars:
      - name: ansible_winrm_scheme
      - name: ansible_psrp_protocol
      - name: ansible_pssession_protocol
  path:
    description:
      - The path of the WinRM service's URL.
    type: str
    default: wsman
    vars:
      - name: ansible_winrm_path
      - name: ansible_psrp_path
      - name: ansible_pssession_path
  auth:
    description:
      - How to authenticate.
      - V(negotiate) takes Kerberos where there is a ticket or a KDC, else NTLM.
      - Of C(ansible_winrm_transport) the first word that fits is taken; C(ssl) means V(certificate) where a
        certificate is set and V(basic) where not,
        C(plaintext) means V(basic) with O(message_encryption=never).
    type: str
    choices:
      - basic
      - certificate
      - negotiate
      - kerberos
      - ntlm
      - credssp
    default: negotiate
    vars:
      - name: ansible_winrm_transport
      - name: ansible_psrp_auth
      - name: ansible_pssession_auth
  cert_validation:
    description:
      - Whether the server's certificate is checked.
    type: str
    choices:
      - validate
      - ignore
    default: validate
    vars:
      - name: ansible_winrm_server_cert_validation
      - name: ansible_psrp_cert_validation
      - name: ansible_pssession_cert_validation
  ca_cert:
    description:
      - A file on the controller with the certificates, in PEM, that may sign the server's.
      - Not used with O(cert_validation=ignore).
    type: path
    aliases:
      - cert_trust_path
    vars:
      - name: ansible_winrm_ca_trust_path
      - name: ansible_psrp_cert_trust_path
      - name: ansible_psrp_ca_cert
      - name: ansible_pssession_ca_cert
  connection_timeout:
    description:
      - How long a TCP connection may take to be made, in seconds.
      - Over a stream (O(transport=ssh), O(transport=local)) PowerShell's first word may take O(read_timeout) more.
    type: int
    default: 30
    vars:
      - name: ansible_psrp_connection_timeout
      - name: ansible_ssh_timeout
      - name: ansible_pssession_connection_timeout
  read_timeout:
    description:
      - How long the server may be silent within a request, in seconds. Must be greater than O(operation_timeout).
      - Over a stream it is how long PowerShell may take to acknowledge what it was sent.
    type: int
    default: 30
    vars:
      - name: ansible_winrm_read_timeout_sec
      - name: ansible_psrp_read_timeout
      - name: ansible_pssession_read_timeout
  operation_timeout:
    description:
      - How long the server may hold a request before it answers that there is nothing yet, in seconds.
    type: int
    default: 20
    vars:
      - name: ansible_winrm_operation_timeout_sec
      - name: ansible_psrp_operation_timeout
      - name: ansible_pssession_operation_timeout
  message_encryption:
    description:
      - Whether messages are encrypted by the authentication protocol.
      - V(auto) encrypts over HTTP and leaves it to TLS over HTTPS, V(always) does both, V(never) sends over
        HTTP in clear text.
      - V(basic) and V(certificate) cannot encrypt.
    type: str
    choices:
      - auto
      - always
      - never
    default: auto
    vars:
      - name: ansible_winrm_message_encryption
      - name: ansible_psrp_message_encryption
      - name: ansible_pssession_message_encryption
  proxy:
    description:
      - The URL of the proxy to go through.
    type: str
    vars:
      - name: ansible_winrm_proxy
      - name: ansible_psrp_proxy
      - name: ansible_pssession_proxy
  ignore_proxy:
    description:
      - Whether to connect directly though the environment names a proxy. Not used where O(proxy) is set.
    type: bool
    default: false
    vars:
      - name: ansible_psrp_ignore_proxy
      - name: ansible_pssession_ignore_proxy
  certificate_pem:
    description:
      - A file on the controller with the user's certificate, in PEM, for O(auth=certificate).
    type: path
    vars:
      - name: ansible_winrm_cert_pem
      - name: ansible_psrp_certificate_pem
      - name: ansible_pssession_certificate_pem
  certificate_key_pem:
    description:
      - A file on the controller with the private key of O(certificate_pem), in PEM.
    type: path
    vars:
      - name: ansible_winrm_cert_key_pem
      - name: ansible_psrp_certificate_key_pem
      - name: ansible_pssession_certificate_key_pem
  certificate_key_password:
    description:
      - The password of O(certificate_key_pem), where that is encrypted.
    type: str
    env:
      - name: PSSESSION_CERTIFICATE_KEY_PASSWORD
    vars:
      - name: ansible_psrp_certificate_key_password
      - name: ansible_pssession_certificate_key_password
  credssp_auth_mechanism:
    description:
      - The authentication within CredSSP.
    type: str
    choices:
      - auto
      - kerberos
      - ntlm
    default: auto
    vars:
      - name: ansible_psrp_credssp_auth_mechanism
      - name: ansible_pssession_credssp_auth_mechanism
  credssp_disable_tlsv1_2:
    description:
      - Whether CredSSP goes without TLS 1.2, for hosts that do not have it.
    type: bool
    default: false
    vars:
      - name: ansible_winrm_credssp_disable_tlsv1_2
      - name: ansible_psrp_credssp_disable_tlsv1_2
      - name: ansible_pssession_credssp_disable_tlsv1_2
  credssp_minimum_version:
    description:
      - The lowest version of CredSSP to accept of the server; V(5) is the first one without CVE-2018-0886.
    type: int
    default: 2
    vars:
      - name: ansible_psrp_credssp_minimum_version
      - name: ansible_pssession_credssp_minimum_version
  negotiate_delegate:
    description:
      - Whether the host may use the user's Kerberos credentials on other hosts.
    type: bool
    vars:
      - name: ansible_winrm_kerberos_delegation
      - name: ansible_psrp_negotiate_delegate
      - name: ansible_pssession_negotiate_delegate
  negotiate_hostname_override:
    description:
      - The name of the host in Kerberos, where it is not O(remote_addr).
    type: str
    vars:
      - name: ansible_winrm_kerberos_hostname_override
      - name: ansible_psrp_negotiate_hostname_override
      - name: ansible_pssession_negotiate_hostname_override
  negotiate_send_cbt:
    description:
      - Whether to send the channel binding token over HTTPS.
    type: bool
    default: true
    vars:
      - name: ansible_winrm_send_cbt
      - name: ansible_psrp_negotiate_send_cbt
      - name: ansible_pssession_negotiate_send_cbt
  negotiate_service:
    description:
      - The service of the host's name in Kerberos.
    type: str
    default: host
    vars:
      - name: ansible_winrm_service
      - name: ansible_psrp_negotiate_service
      - name: ansible_pssession_negotiate_service
  max_envelope_size:
    description:
      - The largest message to send, in bytes. V(512000) is the limit of Windows Server 2012 and later;
        where a server
        refuses that size, V(153600) is used.
    type: int
    default: 512000
    vars:
      - name: ansible_psrp_max_envelope_size
      - name: ansible_pssession_max_envelope_size
  configuration_name:
    description:
      - The session configuration to connect to, such as C(PowerShell.7) or the name of a JEA endpoint.
    type: str
    default: Microsoft.PowerShell
    vars:
      - name: ansible_psrp_configuration_name
      - name: ansible_pssession_configuration_name
  no_profile:
    description:
      - Whether the user's Windows profile is left unloaded.
    type: bool
    default: false
    vars:
      - name: ansible_psrp_no_profile
      - name: ansible_pssession_no_profile
"""
