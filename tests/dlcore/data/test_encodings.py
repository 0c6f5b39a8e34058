"""Files whose encoding nobody told: what people have on their disks arrives as the letters that they see."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlcore.data.encodings import NAMES, decoded
from dlcore.errors import InvalidValue

RUSSIAN = "Мороз и солнце; день чудесный! Ещё ты дремлешь, друг прелестный.\nПора, красавица, проснись.\n"
CHINESE = "床前明月光，疑是地上霜。举头望明月，低头思故乡。白日依山尽，黄河入海流。\n"
JAPANESE = "吾輩は猫である。名前はまだ無い。どこで生れたかとんと見当がつかぬ。\n"
KOREAN = "동해물과 백두산이 마르고 닳도록 하느님이 보우하사 우리나라 만세\n"
GERMAN = "Füße grüßen über schöne Straßen. Wer reitet so spät durch Nacht und Wind?\n"
POLISH = "Litwo! Ojczyzno moja! ty jesteś jak zdrowie. Ile cię trzeba cenić, ten tylko się dowie.\n"
GREEK = "Τη γλώσσα μου έδωσαν ελληνική· το σπίτι φτωχικό στις αμμουδιές του Ομήρου.\n"

FILES = [
    *((RUSSIAN, each) for each in ("cp1251", "koi8-r", "iso8859-5", "cp866", "utf-16-le", "utf-16-be")),
    *((CHINESE, each) for each in ("gbk", "gb18030", "utf-16-le", "utf-16-be")),
    *((JAPANESE, each) for each in ("shift-jis", "euc-jp", "utf-16-le")),
    (KOREAN, "cp949"),
    *((GERMAN, each) for each in ("latin-1", "cp1252", "utf-16-le", "utf-16-be")),
    (POLISH, "cp1250"),
    (GREEK, "cp1253"),
]


@pytest.mark.parametrize(("text", "encoding"), FILES)
def test_a_file_arrives_as_its_letters_and_the_encoding_is_said_to_be_a_guess(text, encoding):
    text *= 3
    found = decoded(text.replace("\n", "\r\n").encode(encoding))
    assert found.text == text
    assert not found.certain
    assert found.name in NAMES.values()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_a_file_with_a_mark_or_in_utf_8_is_certain(encoding):
    found = decoded(RUSSIAN.encode(encoding))
    assert (found.text, found.certain) == (RUSSIAN, True)


def test_another_encoding_can_be_chosen():
    hebrew = "בראשית ברא אלהים את השמים ואת הארץ"
    assert decoded(hebrew.encode("cp1255"), "cp1255").text == hebrew


@pytest.mark.parametrize("encoding", NAMES)
def test_every_choice_reads_every_file(encoding):
    assert decoded(bytes(range(256)), encoding).encoding == encoding


@pytest.mark.parametrize("data", [b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(range(256)) * 3, bytes(range(1, 255)) * 9])
def test_what_is_no_text_is_a_sentence(data):
    with pytest.raises(InvalidValue, match="not a text file: choose a plain text"):
        decoded(data)


@given(st.binary(max_size=300))
def test_no_bytes_do_anything_but_become_a_text_or_a_sentence(data):
    with contextlib.suppress(InvalidValue):
        assert "\r" not in decoded(data).text
