"""The text of a file whose encoding nobody told: by its mark, as UTF-8, or as charset-normalizer finds it."""

import codecs
import unicodedata
from dataclasses import dataclass

from dlcore.errors import InvalidValue

NAMES = {
    "utf-8": "UTF-8",
    "utf-16-le": "UTF-16, little-endian",
    "utf-16-be": "UTF-16, big-endian",
    "cp1252": "Western European (Windows-1252)",
    "cp1250": "Central European (Windows-1250)",
    "cp1251": "Cyrillic (Windows-1251)",
    "koi8-r": "Cyrillic (KOI8-R)",
    "iso8859-5": "Cyrillic (ISO 8859-5)",
    "cp866": "Cyrillic (DOS 866)",
    "cp1253": "Greek (Windows-1253)",
    "cp1254": "Turkish (Windows-1254)",
    "cp1255": "Hebrew (Windows-1255)",
    "cp1256": "Arabic (Windows-1256)",
    "gb18030": "Chinese, simplified (GBK, GB 18030)",
    "big5": "Chinese, traditional (Big5)",
    "cp932": "Japanese (Shift-JIS)",
    "euc-jp": "Japanese (EUC-JP)",
    "cp949": "Korean (EUC-KR, CP949)",
}
"""Encodings that can be found or chosen, by the names that Python has for them."""

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_WIDE = ("utf-16-le", "utf-16-be")
_LOOKED_AT = 200_000
"""Bytes that decide. More would take seconds and change nothing."""


@dataclass(frozen=True)
class Decoded:
    """text: with lines ended by newlines; encoding: as Python names it; certain: whether the file itself says so"""

    text: str
    encoding: str
    certain: bool

    @property
    def name(self) -> str:
        """The encoding's name for a sentence."""
        return NAMES.get(self.encoding, self.encoding.upper())


def decoded(data: bytes, encoding: str = "") -> Decoded:
    """The text of a file.

    encoding: one of NAMES; empty: what its mark says, UTF-8 if it is that, or the most likely one
    Raises InvalidValue if the bytes are no text.
    """
    for mark, named in _MARKS:
        if data.startswith(mark) and encoding in ("", named):
            return Decoded(_text(data[len(mark) :], named), named, True)
    if encoding:
        return Decoded(_text(data, encoding), encoding, True)
    try:
        if 20 * data.count(0) <= len(data):
            return Decoded(_text(data, "utf-8", "strict"), "utf-8", True)
    except UnicodeDecodeError:
        pass
    found = _likely(data[:_LOOKED_AT])
    return Decoded(_text(data, found), found, False)


def _text(data: bytes, encoding: str, errors: str = "replace") -> str:
    return data.decode(encoding, errors).replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")


def _likely(data: bytes) -> str:
    """The encoding that makes most sense of bytes; InvalidValue if none makes a text of them."""
    from charset_normalizer import from_bytes

    if b"\0" in data:
        found = min(_WIDE, key=lambda each: _strangeness(data, each))
    else:
        names = [each for each in NAMES if each not in _WIDE]
        best = from_bytes(data, cp_isolation=[_known(each) for each in names]).best()
        found = next((each for each in names if best and _known(each) == _known(best.encoding)), "cp1252")
        if data.decode("cp1252", "ignore") == data.decode(found, "ignore"):
            found = "cp1252"
    if 50 * _strangeness(data, found)[0] > len(data):
        raise InvalidValue("this is not a text file: choose a plain text, such as .txt or .csv")
    return found


def _known(name: str) -> str:
    """The name that charset-normalizer has for an encoding."""
    return codecs.lookup(name).name.replace("-", "_")


def _strangeness(data: bytes, encoding: str) -> tuple[int, int]:
    """How many characters no text has, and in how many blocks of Unicode the characters lie."""
    text = data.decode(encoding, "ignore")
    wrong = sum(unicodedata.category(each) in ("Cc", "Cn", "Co", "Cs") and each not in "\t\n\r\f" for each in text)
    return wrong, len({ord(each) >> 8 for each in text})
