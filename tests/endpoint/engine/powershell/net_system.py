# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hashes, the environment and the rest of the machine (test endpoint process)."""

from __future__ import annotations

import getpass
import hashlib
import os
import socket
import typing

from . import convert, dates, numbers, typesystem, values
from .calling import static_property
from .convert import to_string
from .net_cultures import CultureInfo
from .net_io import Stream
from .net_text import Encoding
from .session import current
from .typesystem import NetObject, net_class


class HashAlgorithm(NetObject):
    """The hashes of System.Security.Cryptography."""

    net_name = "System.Security.Cryptography.HashAlgorithm"
    _algorithm = "sha256"

    def __init__(self) -> None:
        self._state = hashlib.new(self._algorithm)
        self._digest: bytearray | None = None

    def compute_hash(self, data: object, *part: int) -> object:
        state = hashlib.new(self._algorithm)
        if isinstance(data, Stream):
            while chunk := data._opened().read(1 << 20):
                state.update(chunk)
        else:
            whole = bytes(typing.cast(bytearray, data))
            state.update(whole[part[0] : part[0] + part[1]] if len(part) == 2 else whole)
        self._digest = bytearray(state.digest())
        return self._digest

    def transform_block(self, data: bytearray, offset: int, count: int, output: object, output_offset: object) -> int:
        self._state.update(bytes(data[offset : offset + count]))
        return count

    def transform_final_block(self, data: bytearray, offset: int, count: int) -> object:
        self._state.update(bytes(data[offset : offset + count]))
        self._digest = bytearray(self._state.digest())
        return data[offset : offset + count]

    def initialize(self) -> None:
        self._state = hashlib.new(self._algorithm)

    def clear(self) -> None:
        self._digest = None

    hash = property(lambda self: self._digest)
    hash_size = property(lambda self: self._state.digest_size * 8)


typesystem.net_class(HashAlgorithm)
_BASES = ("System.Security.Cryptography.HashAlgorithm", "System.Object")


def _hash_type(name: str, algorithm: str, bases: tuple[str, ...], base: type[HashAlgorithm]) -> type[HashAlgorithm]:
    body = {"net_name": f"System.Security.Cryptography.{name}", "net_bases": bases, "_algorithm": algorithm}
    made: typing.Any = type(name, (base,), body)
    made.create = staticmethod(lambda *names: made())
    made.hash_data = staticmethod(lambda data: made().compute_hash(data))
    return typing.cast("type[HashAlgorithm]", net_class(made))


def _hash_types() -> None:
    for name in ("MD5", "SHA1", "SHA256", "SHA384", "SHA512"):
        base = _hash_type(name, name.lower(), _BASES, HashAlgorithm)
        for suffix in ("CryptoServiceProvider", "Managed"):
            _hash_type(name + suffix, name.lower(), (base.net_name, *_BASES), base)


_hash_types()


@net_class
class OperatingSystem(NetObject):
    net_name = "System.OperatingSystem"
    net_properties = ("Platform", "ServicePack", "Version", "VersionString")

    def __str__(self) -> str:
        return f"Unix {'.'.join(map(str, self.version.parts))}"

    platform = property(lambda self: "Unix")
    version = property(
        lambda self: values.Version((*(int(part) for part in os.uname().release.split("-")[0].split(".")), 0)[:4])
    )
    version_string = property(str)
    service_pack = property(lambda self: "")


def _environment_name(name: object) -> str:
    from .drives import environment_key

    return environment_key(current(), to_string(name))


@net_class
class Environment(NetObject):
    net_name = "System.Environment"
    new_line = static_property(lambda: "\n")
    machine_name = static_property(lambda: current().computer_name)
    user_name = static_property(lambda: getpass.getuser())
    user_domain_name = static_property(lambda: current().computer_name)
    process_id = static_property(lambda: os.getpid())
    processor_count = static_property(lambda: os.cpu_count() or 1)
    os_version = static_property(lambda: OperatingSystem())
    version = static_property(lambda: values.Version((10, 0, 0)))
    current_directory = static_property(lambda: current().location)
    is64_bit_operating_system = static_property(lambda: True)
    is64_bit_process = static_property(lambda: True)
    tick_count = static_property(lambda: numbers.smallest(int(dates.now(True).ticks // 10_000 % 2**31)))
    exit_code = static_property(lambda: 0)

    @staticmethod
    def get_environment_variable(name: str, *target: object) -> object:
        return current().environment.get(_environment_name(name))

    @staticmethod
    def set_environment_variable(name: str, value: object, *target: object) -> None:
        from .drives import set_environment

        set_environment(current(), name, value)

    @staticmethod
    def get_environment_variables(*target: object) -> object:
        return values.Hashtable(current().environment.items(), ignore_case=False)

    @staticmethod
    def expand_environment_variables(text: str) -> str:
        import re

        return re.sub(r"%(\w+)%", lambda found: current().environment.get(_environment_name(found[1]), found[0]), text)

    @staticmethod
    def get_folder_path(folder: object) -> str:
        return os.path.expanduser("~") if "profile" in to_string(folder).lower() else ""


@net_class
class Dns(NetObject):
    net_name = "System.Net.Dns"

    @staticmethod
    def get_host_name() -> str:
        return current().computer_name or socket.gethostname()


@net_class
class Console(NetObject):
    """``[Console]``: a server's process has none, so what is written is lost as it is there."""

    net_name = "System.Console"
    output_encoding = static_property(lambda: Encoding())
    input_encoding = static_property(lambda: Encoding())

    @staticmethod
    def write_line(*values_: object) -> None:
        return None

    @staticmethod
    def write(*values_: object) -> None:
        return None


@net_class
class Thread(NetObject):
    net_name = "System.Threading.Thread"
    current_thread = static_property(lambda: Thread())
    current_culture = property(lambda self: CultureInfo(current().origin.culture))
    current_ui_culture = property(lambda self: CultureInfo(current().origin.ui_culture))

    @staticmethod
    def sleep(milliseconds: object) -> None:
        span = (
            milliseconds.ticks / 1e7
            if isinstance(milliseconds, values.TimeSpan)
            else convert.to_number(milliseconds) / 1000
        )
        current().sleep(span)


@net_class
class GarbageCollector(NetObject):
    net_name = "System.GC"

    @staticmethod
    def collect(*options: object) -> None:
        return None

    @staticmethod
    def get_total_memory(force: bool) -> object:
        return numbers.Int64(0)
