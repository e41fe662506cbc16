import os
from pathlib import Path

import pytest

from infrastructure.sandbox.launcher_process import LauncherFailed
from infrastructure.sandbox.slot_users import SlotUser

pytestmark = pytest.mark.skipif(
    os.geteuid() != 0, reason="needs root: an ordinary user's slots have no user of their own"
)


def test_no_two_slots_share_an_id_and_a_closed_one_is_free_again(tmp_path: Path) -> None:
    places = (tmp_path / "users",)
    first, second = SlotUser(5000, places), SlotUser(5000, places)
    assert (first.uid, second.uid) == (5000, 5001)
    first.close()
    third = SlotUser(5000, places)
    assert third.uid == 5000
    second.close()
    third.close()


def test_without_a_free_id_it_is_a_failure_and_not_a_shared_one(tmp_path: Path) -> None:
    places = (tmp_path / "users",)
    held = [SlotUser(5000, places) for _ in range(1000)]
    try:
        with pytest.raises(LauncherFailed, match="busy"):
            SlotUser(5000, places)
    finally:
        for user in held:
            user.close()


def test_where_others_could_take_locks_none_is_taken(tmp_path: Path) -> None:
    open_to_all, own = tmp_path / "open", tmp_path / "own"
    open_to_all.mkdir()
    open_to_all.chmod(0o777)
    with pytest.raises(LauncherFailed, match="not root's alone"):
        SlotUser(5000, (open_to_all,))
    (tmp_path / "link").symlink_to(open_to_all)
    with pytest.raises(LauncherFailed):
        SlotUser(5000, (tmp_path / "link",))
    user = SlotUser(5000, (open_to_all, own))
    assert [entry.name for entry in own.iterdir()] == ["5000"]
    user.close()
