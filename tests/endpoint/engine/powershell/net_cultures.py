# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Cultures: what they are called (test endpoint process).

Numbers and dates are written in the invariant culture whatever a client asks for.
"""

from __future__ import annotations

from .calling import static_property
from .session import current
from .typesystem import NetObject, net_class

#: Name: LCID, display name, ISO 639-2 name, Windows' three letters.
_CULTURES = {
    "": (127, "Invariant Language (Invariant Country)", "ivl", "IVL"),
    "cs-CZ": (1029, "Czech (Czechia)", "ces", "CSY"),
    "da-DK": (1030, "Danish (Denmark)", "dan", "DAN"),
    "de": (7, "German", "deu", "DEU"),
    "de-AT": (3079, "German (Austria)", "deu", "DEA"),
    "de-CH": (2055, "German (Switzerland)", "deu", "DES"),
    "de-DE": (1031, "German (Germany)", "deu", "DEU"),
    "en": (9, "English", "eng", "ENU"),
    "en-GB": (2057, "English (United Kingdom)", "eng", "ENG"),
    "en-US": (1033, "English (United States)", "eng", "ENU"),
    "es-ES": (3082, "Spanish (Spain)", "spa", "ESN"),
    "fr-FR": (1036, "French (France)", "fra", "FRA"),
    "it-IT": (1040, "Italian (Italy)", "ita", "ITA"),
    "ja-JP": (1041, "Japanese (Japan)", "jpn", "JPN"),
    "nb-NO": (1044, "Norwegian Bokmål (Norway)", "nob", "NOR"),
    "nl-NL": (1043, "Dutch (Netherlands)", "nld", "NLD"),
    "pl-PL": (1045, "Polish (Poland)", "pol", "PLK"),
    "pt-BR": (1046, "Portuguese (Brazil)", "por", "PTB"),
    "ru-RU": (1049, "Russian (Russia)", "rus", "RUS"),
    "sv-SE": (1053, "Swedish (Sweden)", "swe", "SVE"),
    "tr-TR": (1055, "Turkish (Türkiye)", "tur", "TRK"),
    "zh-CN": (2052, "Chinese (China)", "zho", "CHS"),
}
_BY_NAME = {name.lower(): name for name in _CULTURES}
#: LOCALE_CUSTOM_UNSPECIFIED, as .NET gives for a name that no list has.
_CUSTOM = 4096


@net_class
class CultureInfo(NetObject):
    """One culture; a name that is not listed is still one, as with ICU."""

    net_name = "System.Globalization.CultureInfo"
    net_depth = 1
    net_properties = (
        "LCID", "Name", "DisplayName", "IetfLanguageTag", "ThreeLetterISOLanguageName",
        "ThreeLetterWindowsLanguageName", "TwoLetterISOLanguageName",
    )  # fmt: skip

    def __init__(self, name: str) -> None:
        self._name = _BY_NAME.get(name.lower(), name)
        language = self._name.partition("-")[0]
        self._facts = _CULTURES.get(self._name, (_CUSTOM, f"Unknown Language ({self._name})", language, "ZZZ"))

    def __str__(self) -> str:
        return self._name

    @staticmethod
    def get_culture_info(name: str) -> object:
        return CultureInfo(name)

    name = property(lambda self: self._name)
    lcid = property(lambda self: self._facts[0])
    display_name = property(lambda self: self._facts[1])
    english_name = property(lambda self: self._facts[1])
    ietf_language_tag = property(lambda self: self._name)
    three_letter_iso_language_name = property(lambda self: self._facts[2])
    three_letter_windows_language_name = property(lambda self: self._facts[3])
    two_letter_iso_language_name = property(lambda self: self._name.partition("-")[0] or "iv")
    is_neutral_culture = property(lambda self: bool(self._name) and "-" not in self._name)
    parent = property(lambda self: CultureInfo(self._name.rpartition("-")[0]))
    invariant_culture = static_property(lambda: CultureInfo(""))
    current_culture = static_property(lambda: CultureInfo(current().origin.culture))
    current_ui_culture = static_property(lambda: CultureInfo(current().origin.ui_culture))
