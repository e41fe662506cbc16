from pathlib import Path

import pytest
from dotenv import dotenv_values

from infrastructure.cli import settings
from infrastructure.cli.exceptions import ExitCode, WrongSettings
from infrastructure.cli.failures import exit_code_of
from infrastructure.config import Config

ROOT = Path(__file__).parents[3]


@pytest.fixture(autouse=True)
def _own_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(settings, "ROOT", tmp_path)


def test_the_example_names_every_setting_with_its_default(monkeypatch: pytest.MonkeyPatch) -> None:
    documented = dotenv_values(ROOT / ".env.example")
    assert set(documented) == {f"PROBA_{name.upper()}" for name in Config.model_fields}
    for name, value in documented.items():
        monkeypatch.setenv(name, value or "")
    assert Config(_env_file=None) == Config.model_construct()


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("PROBA_HTTP_PORT", "http", "valid integer"),
        ("PROBA_HTTP_PORT", "65536", "less than or equal to 65535"),
        ("PROBA_WORKER_LEASE", "0", "greater than 0"),
        ("PROBA_SANDBOX_CGROUP", "v3", "'auto', 'v2', 'v1' or 'none'"),
        ("PROBA_HTTP_RELOAD", "perhaps", "boolean"),
        ("PROBA_DATABASE_URL", "mysql://localhost/x", "should start with postgresql+asyncpg://"),
        ("PROBA_REDIS_URL", "http://localhost", "should start with redis:// or rediss:// or unix://"),
    ],
)
def test_a_wrong_value_names_itself(monkeypatch: pytest.MonkeyPatch, name: str, value: str, reason: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(WrongSettings) as caught:
        settings.load_config()
    (wrong,) = caught.value.settings
    assert (wrong.name, wrong.value) == (name, value)
    assert reason in wrong.reason
    code, words = exit_code_of(caught.value)
    assert code is ExitCode.USAGE
    assert f"{name}={value}" in words


def test_a_password_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PROBA_DATABASE_URL", "postgres://me:secret@host/x")
    with pytest.raises(WrongSettings, match="PROBA_DATABASE_URL=postgres://…@host/x: ") as caught:
        settings.load_config()
    assert "secret" not in str(caught.value)


def test_modes_without_servers_of_their_own_want_both_urls() -> None:
    with pytest.raises(WrongSettings) as caught:
        settings.require_urls(settings.load_config())
    assert [wrong.name for wrong in caught.value.settings] == ["PROBA_DATABASE_URL", "PROBA_REDIS_URL"]


def test_every_wrong_value_is_named_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PROBA_HTTP_PORT", "-1")
    monkeypatch.setenv("PROBA_LOG_LEVEL", "loud")
    with pytest.raises(WrongSettings) as caught:
        settings.load_config()
    assert {wrong.name for wrong in caught.value.settings} == {"PROBA_HTTP_PORT", "PROBA_LOG_LEVEL"}


def test_a_wrong_value_in_the_file_names_itself(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("PROBA_HTTP_PORT=http\n")
    with pytest.raises(WrongSettings, match="PROBA_HTTP_PORT=http"):
        settings.load_config()


def test_an_empty_value_is_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PROBA_HTTP_PORT", "")
    assert settings.load_config().http_port == 8000


def test_a_name_that_means_nothing_is_told(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    monkeypatch.setenv("PROBA_HTTP_PROT", "80")
    settings.load_config()
    assert "PROBA_HTTP_PROT is not a setting; did you mean PROBA_HTTP_PORT?" in caplog.text


def test_names_of_the_command_line_are_known() -> None:
    assert settings.unknown_names(["PROBA_DIR", "PROBA_URL", "PROBA_HTTP_PORT", "HOME"]) == []
    assert settings.unknown_names(["PROBA_DIRR"]) == ["PROBA_DIRR"]
