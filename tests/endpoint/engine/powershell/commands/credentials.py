# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Questions to the user, secure strings and credentials (test endpoint process)."""

from __future__ import annotations

import typing

from .. import typesystem, values
from ..cmdlets import Call, cmdlet
from ..convert import to_string
from ..errors import Category
from ..net_credentials import PSCredential, secret_of
from ..net_host import FieldDescription, ask, prompt


@cmdlet("Read-Host", "Prompt:object@0 AsSecureString:switch MaskInput:switch")
def read_host(call: Call) -> typing.Iterator[object]:
    """A prompt is a field that the host asks for; without one a line is read."""
    secret = call.flag("AsSecureString")
    if not call.has("Prompt"):
        yield ask(call.session, "ReadLineAsSecureString" if secret else "ReadLine")
        return
    field = FieldDescription(to_string(call.get("Prompt")))
    if secret:
        field.set_parameter_type(typesystem.find("System.Security.SecureString"))
    yield from prompt(call.session, "", "", [field]).values()


@cmdlet("Get-Credential", "Credential@0(Credential) UserName:string(Message) Message:string(Message) Title:string")
def get_credential(call: Call) -> typing.Iterator[object]:
    given = values.unwrap(call.get("Credential"))
    if isinstance(given, PSCredential):
        yield given
        return
    title = call.text("Title", "PowerShell credential request")
    message = call.text("Message", "Enter your credentials.")
    user = to_string(given) or call.text("UserName")
    yield ask(call.session, "PromptForCredential1", title, message, user, "")


@cmdlet(
    "ConvertTo-SecureString",
    "String:string@0!< AsPlainText:switch Force:switch Key:byte[] SecureKey",
    module="Security",
)
def convert_to_secure_string(call: Call) -> typing.Iterator[object]:
    """What ConvertFrom-SecureString wrote, or with -AsPlainText the text itself."""
    text = call.text("String")
    if call.flag("AsPlainText"):
        yield values.SecureString(text)
        return
    try:
        yield values.SecureString(bytes.fromhex(text).decode("utf-16-le"))
    except ValueError:
        message = 'Cannot convert the value of type "System.String" to type "System.Security.SecureString".'
        kind = "System.ArgumentException"
        call.report(message, "ImportSecureString_InvalidArgument", Category.InvalidArgument, None, kind)


@cmdlet("ConvertFrom-SecureString", "SecureString@0!< AsPlainText:switch Key:byte[] SecureKey", module="Security")
def convert_from_secure_string(call: Call) -> typing.Iterator[object]:
    """As on Linux, where there is nothing to encrypt it with: its UTF-16 in hexadecimal."""
    text = secret_of(call.get("SecureString"))
    yield text if call.flag("AsPlainText") else text.encode("utf-16-le").hex()
