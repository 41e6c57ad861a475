# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Certificates and the computer's store of them (test endpoint process)."""

from __future__ import annotations

import datetime
import typing

from . import dates, values
from .convert import to_string
from .errors import NetError
from .session import current
from .typesystem import NetObject, net_class, register_enum

if typing.TYPE_CHECKING:
    from cryptography import x509

    from ..machine import StoredCertificate

_SPACE = "System.Security.Cryptography.X509Certificates."


def self_signed(names: typing.Sequence[str], days: int, friendly_name: str) -> StoredCertificate:
    """A new certificate with its key, for a TLS server."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import rsa
    from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

    from ..machine import StoredCertificate

    key = rsa.generate_private_key(65537, 2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0])])
    now = datetime.datetime.now(datetime.timezone.utc)
    alternatives = x509.SubjectAlternativeName([x509.DNSName(each) for each in names])
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(minutes=10))
        .not_valid_after(now + datetime.timedelta(days=days))
        .add_extension(alternatives, critical=False)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .sign(key, hashes.SHA256())
    )
    return StoredCertificate(certificate, key, friendly_name)


def thumbprint_of(certificate: x509.Certificate) -> str:
    """What Windows names a certificate by; nothing is proven with it."""
    from cryptography.hazmat.primitives import hashes

    return certificate.fingerprint(hashes.SHA1()).hex().upper()  # noqa: S303


def _load(data: bytes, password: str) -> StoredCertificate:
    """A PFX; a key that belongs to another certificate is taken for this one's, as Windows takes it."""
    from cryptography.hazmat.primitives.serialization import pkcs12

    from ..machine import StoredCertificate

    try:
        bundle = pkcs12.load_pkcs12(data, password.encode() or None)
    except ValueError as error:
        raise NetError("System.InvalidOperationException", f"The certificate cannot be read: {error}") from None
    first = bundle.cert or next(iter(bundle.additional_certs), None)
    if first is None:
        message = "The certificate cannot be read: there is none."
        raise NetError("System.InvalidOperationException", message)
    return StoredCertificate(first.certificate, bundle.key)


#: As .NET Framework 4.7.2 and .NET have them.
_KEY_STORAGE = register_enum(
    values.EnumType(
        f"{_SPACE}X509KeyStorageFlags",
        {
            "DefaultKeySet": 0,
            "UserKeySet": 1,
            "MachineKeySet": 2,
            "Exportable": 4,
            "UserProtected": 8,
            "PersistKeySet": 16,
            "EphemeralKeySet": 32,
        },
    )
)


@net_class
class Certificate2(NetObject):
    net_name = f"{_SPACE}X509Certificate2"
    net_properties = ("FriendlyName", "HasPrivateKey", "NotAfter", "NotBefore", "Subject", "Thumbprint")

    def __init__(self, source: object, password: object = "", flags: object = None) -> None:
        if isinstance(source, (bytearray, list)):
            text = password.secret if isinstance(password, values.SecureString) else to_string(password)
            source = _load(bytes(typing.cast(bytearray, source)), text)
            machine = current().machine
            if machine is not None and "PersistKeySet" in to_string(flags):
                machine.keys_kept += 1
        self.stored = typing.cast("StoredCertificate", source)

    has_private_key = property(lambda self: self.stored.key is not None)
    not_after = property(lambda self: dates.from_timestamp(self.stored.certificate.not_valid_after_utc.timestamp()))
    not_before = property(lambda self: dates.from_timestamp(self.stored.certificate.not_valid_before_utc.timestamp()))
    subject = property(lambda self: self.stored.certificate.subject.rfc4514_string())
    thumbprint = property(lambda self: thumbprint_of(self.stored.certificate))
    friendly_name = property(lambda self: self.stored.friendly_name)

    @property
    def dns_name_list(self) -> list[object]:
        from cryptography import x509

        try:
            found = self.stored.certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName)
        except x509.ExtensionNotFound:
            return []
        kind = ["Microsoft.PowerShell.Commands.DnsNameRepresentation", "System.Object"]
        return [
            values.ObjectValue(kind, {"Punycode": name, "Unicode": name}, name)
            for name in found.value.get_values_for_type(x509.DNSName)
        ]


@net_class
class Store(NetObject):
    net_name = f"{_SPACE}X509Store"

    def __init__(self, name: object = "My", location: object = "CurrentUser") -> None:
        self._place = (to_string(location).lower(), to_string(name).lower())

    def open(self, flags: object) -> None:
        if self._place != ("localmachine", "my"):
            message = "The store that this computer has is LocalMachine\\My."
            raise NetError("System.InvalidOperationException", message)

    def add(self, certificate: Certificate2) -> None:
        machine = current().machine
        assert machine is not None
        machine.certificates[thumbprint_of(certificate.stored.certificate)] = certificate.stored

    def close(self) -> None:
        """Nothing is held open."""


class _Key(NetObject):
    """Half of an RSA key."""

    net_name = "System.Security.Cryptography.RSACng"

    def __init__(self, modulus: int) -> None:
        self._modulus = modulus

    def export_parameters(self, private: bool) -> object:
        data = self._modulus.to_bytes((self._modulus.bit_length() + 7) // 8, "big")
        kind = ["System.Security.Cryptography.RSAParameters", "System.ValueType", "System.Object"]
        return values.ObjectValue(kind, {"Modulus": bytearray(data)})


net_class(_Key)


@net_class
class RSACertificateExtensions(NetObject):
    net_name = f"{_SPACE}RSACertificateExtensions"

    @staticmethod
    def get_rsa_private_key(certificate: Certificate2) -> object:
        from cryptography.hazmat.primitives.asymmetric import rsa

        key = certificate.stored.key
        return _Key(key.public_key().public_numbers().n) if isinstance(key, rsa.RSAPrivateKey) else None

    @staticmethod
    def get_rsa_public_key(certificate: Certificate2) -> object:
        from cryptography.hazmat.primitives.asymmetric import rsa

        key = certificate.stored.certificate.public_key()
        return _Key(key.public_numbers().n) if isinstance(key, rsa.RSAPublicKey) else None
