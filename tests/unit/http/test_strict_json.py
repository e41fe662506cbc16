import pytest

from infrastructure.http.api.strict_json import MalformedJson, parse


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"{} {}",
        b"NaN",
        b"[Infinity]",
        b'{"a": -Infinity}',
        b'"\xff"',
        b'"\xed\xa0\x80"',
        b'"a\x00b"',
        b"\xef\xbb\xbf{}",
        "{}".encode("utf-16"),
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b"[" * 100_000 + b'"\\ud800"',
        b"1" * 10_000,
        b'["\\ud800", NaN]',
        b'["\\ud800", \xff]',
    ],
    ids=lambda body: repr(body[:12]),
)
def test_what_is_no_json_is_refused(body: bytes) -> None:
    with pytest.raises(MalformedJson):
        parse(body)


def test_json_is_read() -> None:
    assert parse('{"ключ": [1, 2.5, "\\u0000", null, true]}'.encode()) == {"ключ": [1, 2.5, "\0", None, True]}


def test_a_lone_surrogate_is_left_for_the_model_to_name() -> None:
    assert parse(b'{"name": "\\uD800"}') == {"name": "\ud800"}


def test_the_place_of_bad_utf8_is_told() -> None:
    with pytest.raises(MalformedJson, match="UTF-8 at byte 2"):
        parse(b'["\xff"]')
