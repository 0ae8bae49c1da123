"""[register]: who is told, and over which ways."""

from pathlib import Path

import pytest

from sieve_manager.errors import SettingsError
from sieve_manager.settings import Settings, load_settings

MINIMAL = '[managesieve]\nhost = "mail.example.com"\n'
SMTP = '[smtp]\nhost = "127.0.0.1"\ntls = "none"\nsender = "sieve@example.com"\n'


def load(tmp_path: Path, text: str) -> Settings:
    path = tmp_path / "sieve-manager.toml"
    (tmp_path / "secret").write_text("0123456789abcdef\n")
    path.write_text(MINIMAL + SMTP + "[register]\n" + text.replace("FILE", f"{tmp_path}/secret"))
    return load_settings(path)


def test_a_sweep_a_day_and_nobody_told_is_the_default(tmp_path: Path) -> None:
    section = load(tmp_path, "").register
    assert (section.sweep_hours, section.recipients, section.webhook_url) == (24, (), None)


@pytest.mark.parametrize("url", ["https://alerts.example.com/x?y=1", "http://127.0.0.1:9/x"])
def test_a_webhook_with_its_secret(tmp_path: Path, url: str) -> None:
    section = load(tmp_path, f'webhook_url = "{url}"\nwebhook_secret_file = "FILE"').register
    assert (section.webhook_url, section.webhook_secret) == (url, "0123456789abcdef")
    assert "0123456789abcdef" not in repr(section)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ('webhook_url = "http://alerts.example.com/"', "register.webhook_url"),
        ('webhook_url = "ftp://127.0.0.1/"', "register.webhook_url"),
        ('webhook_url = "https://me:secret@alerts.example.com/"', "register.webhook_url"),
        ('webhook_url = "https://alerts.example.com/a b"', "register.webhook_url"),
        ('webhook_url = "https://alerts.example.com/"', "register.webhook_secret_file"),
        ('digest_to = ["nobody"]', "register.digest_to"),
        ("sweep_hours = -1", "register.sweep_hours"),
    ],
)
def test_what_cannot_be_used_is_refused_by_its_key(tmp_path: Path, text: str, key: str) -> None:
    with pytest.raises(SettingsError) as caught:
        load(tmp_path, text)
    assert caught.value.key.startswith(key)


def test_a_short_secret_is_refused(tmp_path: Path) -> None:
    (tmp_path / "short").write_text("too short")
    url = 'webhook_url = "https://alerts.example.com/"\n'
    with pytest.raises(SettingsError) as caught:
        load(tmp_path, f'{url}webhook_secret_file = "{tmp_path}/short"')
    assert caught.value.key == "register.webhook_secret_file"
    assert "too short" not in str(caught.value)


def test_a_digest_needs_somebody_who_sends_it(tmp_path: Path) -> None:
    path = tmp_path / "sieve-manager.toml"
    path.write_text(MINIMAL + '[register]\ndigest_to = ["ada@example.com"]\n')
    with pytest.raises(SettingsError) as caught:
        load_settings(path)
    assert caught.value.key == "register.digest_to"


def test_all_may_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    variables = {
        "MANAGESIEVE__HOST": "mail.example.com",
        "SMTP__HOST": "127.0.0.1",
        "SMTP__SENDER": "sieve@example.com",
        "REGISTER__SWEEP_HOURS": "6",
        "REGISTER__DIGEST_TO": "ada@example.com, bob@example.com",
    }
    for name, value in variables.items():
        monkeypatch.setenv(f"SIEVE_MANAGER_{name}", value)
    monkeypatch.delenv("SIEVE_MANAGER_CONFIG", raising=False)
    settings = load_settings()
    assert settings.register.sweep_hours == 6
    assert [str(one) for one in settings.register.recipients] == [
        "ada@example.com",
        "bob@example.com",
    ]
    assert settings.smtp
    assert str(settings.smtp.sender) == "sieve@example.com"
