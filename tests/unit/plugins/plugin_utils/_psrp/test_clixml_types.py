# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every element of MS-PSRP 2.2.5 as PowerShell's serializer writes it, by itself and within others."""

from __future__ import annotations

import base64
import itertools
import json
import math
import typing
from xml.sax.saxutils import escape, quoteattr

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.remoting.powershell.plugins.plugin_utils._psrp import clixml
from ansible_collections.remoting.powershell.plugins.plugin_utils._psrp.error_records import error_to_dict
from ansible_collections.remoting.powershell.plugins.plugin_utils._psrp.errors import ProtocolError
from ansible_collections.remoting.powershell.plugins.plugin_utils._psrp.messages import MessageType
from ansible_collections.remoting.powershell.plugins.plugin_utils._psrp.records import OutputFormat
from ansible_collections.remoting.powershell.plugins.plugin_utils._psrp.scalars import SECRET
from ansible_collections.remoting.powershell.plugins.plugin_utils._psrp.streams import Streams
from ansible_collections.remoting.powershell.plugins.plugin_utils._psrp.text import core_text
from ansible_collections.remoting.powershell.plugins.plugin_utils._psrp.values import to_json

#: An element with a name (or none) as XML, and the JSON value that it stands for.
Sample = tuple[typing.Callable[[str | None], str], object]


def encode_string(text: str) -> str:
    """A string as PowerShell writes it: controls, surrogates and what looks like an escape as _xHHHH_."""
    units = text.encode("utf-16-le", "surrogatepass")
    codes = [low | high << 8 for low, high in zip(units[::2], units[1::2], strict=True)]
    result = ""
    for code, following in itertools.zip_longest(codes, codes[1:]):
        is_escape = code == ord("_") and following in (ord("x"), ord("X"))
        is_control = code <= 0x1F or 0x7F <= code <= 0x9F or 0xD800 <= code <= 0xDFFF or code in (0xFFFE, 0xFFFF)
        result += f"_x{code:04X}_" if is_escape or is_control else chr(code)
    return result


def joined(text: str) -> str:
    """The two halves of a surrogate pair are one character."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")


def element(tag: str, text: str, value: object) -> Sample:
    def xml(name: str | None) -> str:
        return f"<{tag}{attribute(name)}>{text}</{tag}>"

    return xml, value


def attribute(name: str | None) -> str:
    return "" if name is None else f" N={quoteattr(encode_string(name))}"


def whole(tag: str, bits: int, signed: bool) -> st.SearchStrategy[Sample]:
    low, high = (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1) if signed else (0, 2**bits - 1)
    return st.integers(low, high).map(lambda number: element(tag, str(number), number))


def dot_net_float(number: float) -> str:
    if math.isnan(number):
        return "NaN"
    if math.isinf(number):
        return "INF" if number > 0 else "-INF"
    return repr(number).replace("e", "E").removesuffix(".0")


def json_float(number: float) -> object:
    return dot_net_float(number).replace("INF", "Infinity") if math.isnan(number) or math.isinf(number) else number


def ticks(count: int) -> Sample:
    """A TimeSpan as XmlConvert writes it, and its "c" form."""
    sign, count = ("-", -count) if count < 0 else ("", count)
    seconds, fraction = divmod(count, 10_000_000)
    minutes, second = divmod(seconds, 60)
    hours, minute = divmod(minutes, 60)
    day, hour = divmod(hours, 24)
    digits = f".{fraction:07}".rstrip("0") if fraction else ""
    time = "".join(f"{number}{letter}" for number, letter in ((hour, "H"), (minute, "M")) if number)
    if second or fraction or not (day or time):
        time += f"{second}{digits}S"
    xml = f"{sign}P{f'{day}D' if day else ''}{'T' if time else ''}{time}"
    shown = f"{sign}{f'{day}.' if day else ''}{hour:02}:{minute:02}:{second:02}{f'.{fraction:07}' if fraction else ''}"
    return element("TS", xml, shown)


TEXT = st.text(max_size=12) | st.text("_xX05FD8é\ud83d\ude00\0\n", max_size=12)
NAMES = TEXT.filter(bool)
SCALARS: st.SearchStrategy[Sample] = st.one_of(
    TEXT.map(lambda text: element("S", escape(encode_string(text)), joined(text))),
    TEXT.map(lambda text: element("SBK", escape(encode_string(text)), joined(text))),
    st.integers(0, 0xFFFF).map(lambda unit: element("C", str(unit), chr(unit))),
    st.booleans().map(lambda value: element("B", str(value).lower(), value)),
    whole("By", 8, False), whole("SB", 8, True), whole("U16", 16, False), whole("I16", 16, True),
    whole("U32", 32, False), whole("I32", 32, True), whole("U64", 64, False), whole("I64", 64, True),
    st.floats().map(lambda number: element("Db", dot_net_float(number), json_float(number))),
    st.floats(width=32).map(lambda number: element("Sg", dot_net_float(number), json_float(number))),
    st.integers(-(2**96) + 1, 2**96 - 1).map(lambda number: element("D", str(number), number)),
    st.binary(max_size=9).map(lambda data: element("BA", *[base64.b64encode(data).decode()] * 2)),
    st.uuids().map(lambda value: element("G", *[str(value)] * 2)),
    st.sampled_from([
        "0001-01-01T00:00:00", "9999-12-31T23:59:59.9999999Z", "2026-07-01T00:00:00.0000001+14:00",
        "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59.9999999-12:00",
    ]).map(lambda text: element("DT", text, text)),
    st.integers(-(2**63), 2**63 - 1).map(ticks),
    st.sampled_from(["1.2", "10.0.17763.1", "2147483647.0"]).map(lambda text: element("Version", text, text)),
    st.sampled_from(["http://h/a b?c=d", "relative"]).map(lambda text: element("URI", escape(text), text)),
    st.just(element("XD", "&lt;a b=_x0022_1_x0022_ /&gt;", '<a b="1" />')),
    st.just(element("SS", "c2VjcmV0c2VjcmV0", SECRET)),
    st.just((lambda name: f"<Nil{attribute(name)} />", None)),
)  # fmt: skip

_NUMBERS = itertools.count()


def obj(types: typing.Sequence[str], inside: str) -> typing.Callable[[str | None], str]:
    number = next(_NUMBERS)
    names = f'<TN RefId="t{number}">{"".join(f"<T>{escape(name)}</T>" for name in types)}</TN>' if types else ""
    return lambda name: f'<Obj{attribute(name)} RefId="{number}">{names}{inside}</Obj>'


def bag(tag: str, properties: typing.Mapping[str, Sample]) -> str:
    return f"<{tag}>{''.join(xml(name) for name, (xml, _value) in properties.items())}</{tag}>"


def values_of(properties: typing.Mapping[str, Sample]) -> dict[str, object]:
    return {joined(name): value for name, (_xml, value) in properties.items()}


def sequence(tag: str, items: list[Sample]) -> Sample:
    inside = "".join(xml(None) for xml, _value in items)
    notes = '<Props><I32 N="Count">1</I32></Props>' if tag == "IE" else ""
    return obj([f"Deserialized.System.Of{tag}", "System.Object"], f"<{tag}>{inside}</{tag}>{notes}"), [
        value for _xml, value in items
    ]


def dictionary(properties: dict[str, Sample]) -> Sample:
    pairs = "".join(
        f'<En><S N="Key">{escape(encode_string(name))}</S>{xml("Value")}</En>'
        for name, (xml, _value) in properties.items()
    )
    return obj(["System.Collections.Hashtable", "System.Object"], f"<DCT>{pairs}</DCT>"), values_of(properties)


def custom(properties: dict[str, Sample]) -> Sample:
    types = ["System.Management.Automation.PSCustomObject", "System.Object"]
    return obj(types, bag("MS", properties)), values_of(properties)


def thing(pair: tuple[dict[str, Sample], dict[str, Sample]]) -> Sample:
    adapted, extended = pair
    inside = f"<ToString>a thing</ToString>{bag('Props', adapted)}{bag('MS', extended)}"
    value = {**values_of(adapted), **values_of(extended)}
    return obj(["Deserialized.System.Thing", "Deserialized.System.Object"], inside), value or "a thing"


def noted(pair: tuple[Sample, dict[str, Sample]]) -> Sample:
    """A primitive with added properties, as each line of Get-Content."""
    (xml, value), notes = pair
    return obj([], xml(None) + bag("MS", notes)), value


def enumeration(number: int) -> Sample:
    tag = "I64" if number > 2**31 else "By" if number < 200 else "I32"
    types = ["System.Some", "System.Enum", "System.ValueType", "System.Object"]
    return obj(types, f"<ToString>One, Two</ToString><{tag}>{number}</{tag}>"), "One, Two"


SAMPLES: st.SearchStrategy[Sample] = st.recursive(
    SCALARS | st.integers(0, 2**40).map(enumeration),
    lambda inner: st.one_of(
        st.tuples(st.sampled_from(["LST", "IE", "STK", "QUE"]), st.lists(inner, max_size=3)).map(
            lambda pair: sequence(*pair)
        ),
        st.dictionaries(NAMES, inner, max_size=3).map(dictionary),
        st.dictionaries(NAMES, inner, max_size=3).map(custom),
        st.tuples(st.dictionaries(NAMES, inner, max_size=2), st.dictionaries(NAMES, inner, max_size=2)).map(thing),
        st.tuples(SCALARS, st.dictionaries(NAMES, inner, max_size=2)).map(noted),
    ),
    max_leaves=12,
)


@settings(max_examples=400)
@given(SAMPLES)
def test_what_powershell_serializes_becomes_its_value(sample: Sample) -> None:
    xml, value = sample
    data = xml(None).encode()
    result = to_json(clixml.loads(data))
    assert json.dumps(result) == json.dumps(value)
    assert "c2VjcmV0" not in json.dumps(result)
    assert "c2VjcmV0" not in core_text(*clixml.parse(data))


@settings(max_examples=200)
@given(st.sampled_from([type_ for type_ in MessageType if type_ >= MessageType.PIPELINE_OUTPUT]), SAMPLES)
def test_any_value_may_stand_where_a_record_is_expected(message_type: MessageType, sample: Sample) -> None:
    for output_format in OutputFormat:
        streams = Streams(output_format)
        try:
            if message_type is MessageType.PIPELINE_STATE:
                entries: object = streams.end_state(sample[0](None).encode())
            else:
                entries = streams.convert(message_type, sample[0](None).encode())
        except ProtocolError:
            continue
        json.dumps(entries, default=lambda value: value.hex() if isinstance(value, bytes) else value.name)


@pytest.mark.parametrize("text", ["1E999999999", "NaN", "Infinity", "1" * 40, "", "1.", ".5", "1_0", "٣"])
def test_what_no_decimal_writes_is_refused_at_once(text: str) -> None:
    with pytest.raises(ProtocolError):
        to_json(clixml.loads(f"<D>{text}</D>".encode()))


@pytest.mark.parametrize("digits", [1, 40, 4300, 5000])
def test_a_big_integer_of_any_size_can_be_shown(digits: int) -> None:
    number = "-" + "9" * digits if digits < 100 else "9" * digits
    xml = (
        '<Obj RefId="0"><TN RefId="0"><T>Deserialized.System.Numerics.BigInteger</T></TN>'
        f'<ToString>{number}</ToString><Props><B N="IsZero">false</B></Props></Obj>'
    )
    value = to_json(clixml.loads(xml.encode()))
    assert value == (int(number) if digits <= 4300 else number)
    assert json.loads(json.dumps(value)) == value


def test_an_instance_of_cim_comes_without_its_class() -> None:
    xml = (
        '<Obj RefId="0"><TN RefId="0"><T>Microsoft.Management.Infrastructure.CimInstance#root/cimv2/Win32_Thing</T>'
        "<T>Microsoft.Management.Infrastructure.CimInstance</T><T>System.Object</T></TN><ToString>Win32_Thing</ToString>"
        '<Props><S N="Name">one</S><Nil N="PSComputerName" /></Props><MS><Obj N="__ClassMetadata" RefId="1">'
        '<TN RefId="1"><T>System.Collections.ArrayList</T></TN><LST><Obj RefId="2"><MS><S N="MiXml">&lt;CLASS&gt;</S>'
        '</MS></Obj></LST></Obj><Obj N="__InstanceMetadata" RefId="3"><MS><S N="Modified">Name</S></MS></Obj>'
        "</MS></Obj>"
    )
    assert to_json(clixml.loads(xml.encode())) == {"Name": "one", "PSComputerName": None}


def test_an_error_record_without_a_text_has_its_exceptions() -> None:
    xml = '<Obj RefId="0"><MS><Obj N="Exception" RefId="1"><Props><S N="Message">m</S></Props></Obj></MS></Obj>'
    assert error_to_dict(clixml.loads(xml.encode()))["message"] == "m"
    assert error_to_dict(clixml.loads(b'<Obj RefId="0"><MS /></Obj>'))["message"] == ""
