import pytest

from domain.exceptions import Invalid
from infrastructure.http.api.pagination import decode_cursor, encode_cursor, slice_page


@pytest.mark.parametrize("key", ["", "a", "hello-world_1", "0198f2a0-0000-7000-8000-000000000000"])
def test_a_cursor_comes_back(key: str) -> None:
    cursor = encode_cursor(key)
    assert cursor.isascii()
    assert "=" not in cursor
    assert decode_cursor(cursor) == key


@pytest.mark.parametrize("cursor", ["!", "A", "a b", "4pyT", "\0", "é"])
def test_what_we_have_not_made_is_refused(cursor: str) -> None:
    with pytest.raises(Invalid):
        decode_cursor(cursor)


def test_pages_cover_a_list_once() -> None:
    items, seen, cursor = list(range(7)), [], None
    for _ in range(10):
        page, cursor = slice_page(items, 3, cursor)
        seen.append(list(page))
        if cursor is None:
            break
    assert seen == [[0, 1, 2], [3, 4, 5], [6]]
    assert slice_page(items, 7, None)[1] is None


@pytest.mark.parametrize("key", ["x", "-1", "1.5", "9" * 10, "²"])
def test_a_cursor_of_a_list_is_a_number(key: str) -> None:
    with pytest.raises(Invalid):
        slice_page([1], 1, encode_cursor(key))
