"""policy.consent needs who asks, and who sets the forward when somebody has agreed."""

from pathlib import Path

import pytest

from sieve_manager.bootstrap import build, build_worker
from sieve_manager.bootstrap_consent import consent_duty
from sieve_manager.errors import SettingsError
from sieve_manager.settings import load_settings

MANAGESIEVE = '[managesieve]\nhost = "127.0.0.1"\n[policy]\nconsent = "outside"\n'
SMTP = '[smtp]\nhost = "127.0.0.1"\nsender = "noreply@example.com"\n'
MASTER = '[master]\nuser = "master"\npassword = "secret of the master"\n'
WEB = f'[web]\nsecret_key = "{"k" * 32}"\n'


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "sieve-manager.toml"
    path.write_text(f'{text}[database]\nurl = "sqlite:///{tmp_path}/x.db"\n')
    return path


@pytest.mark.parametrize("beside", ["", SMTP, MASTER])
def test_who_asks_needs_both(tmp_path: Path, beside: str) -> None:
    with pytest.raises(SettingsError) as caught:
        load_settings(written(tmp_path, MANAGESIEVE + beside))
    assert caught.value.key == "policy.consent"


def test_a_worker_without_a_secret_says_so(tmp_path: Path) -> None:
    wired = build(load_settings(written(tmp_path, MANAGESIEVE + SMTP + MASTER)))
    with pytest.raises(SettingsError) as caught:
        build_worker(wired)
    assert caught.value.key == "web.secret_key_file"
    wired.close()


def test_a_worker_with_all_of_it_follows(tmp_path: Path) -> None:
    wired = build(load_settings(written(tmp_path, MANAGESIEVE + SMTP + MASTER + WEB)))
    (duty,) = consent_duty(wired.settings, wired.consent)
    assert duty.run() == 0
    build_worker(wired)
    wired.close()


def test_who_asks_nobody_any_more_still_lets_receivers_stop_it(tmp_path: Path) -> None:
    text = MANAGESIEVE.replace("outside", "none") + SMTP + MASTER + WEB
    wired = build(load_settings(written(tmp_path, text)))
    assert wired.consent
    assert not wired.consent.answering.asks
    # A save ends what an earlier one waited for.
    assert wired.forwards.agreements
    assert wired.redirect_addresses.agreements
    (duty,) = consent_duty(wired.settings, wired.consent)
    assert duty.run() == 0
    wired.close()


def test_who_never_asked_anybody_needs_none_of_it(tmp_path: Path) -> None:
    text = MANAGESIEVE.replace("outside", "none")
    wired = build(load_settings(written(tmp_path, text)))
    assert consent_duty(wired.settings, wired.consent) == ()
    wired.close()
