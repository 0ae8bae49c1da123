"""[addresses]: domains in one spelling, and only where mailboxes are known."""

from pathlib import Path

import pytest

from sieve_manager.errors import SettingsError
from sieve_manager.settings import Settings, load_settings

MINIMAL = '[managesieve]\nhost = "mail.example.com"\n[addresses]\n'


def load(tmp_path: Path, text: str) -> Settings:
    path = tmp_path / "sieve-manager.toml"
    (tmp_path / "mailboxes.csv").write_text("anna@example.com\n", encoding="utf-8")
    path.write_text(MINIMAL + text.replace("FILE", f"{tmp_path}/mailboxes.csv"), encoding="utf-8")
    return load_settings(path)


def test_no_address_is_made_by_default(tmp_path: Path) -> None:
    rules = load(tmp_path, "").addresses.rules()
    assert (rules.domains, rules.operators) == (frozenset(), False)


@pytest.mark.parametrize("listed", ['[directory]\nkind = "table"', '[mailboxes]\nfile = "FILE"'])
def test_domains_are_canonical(tmp_path: Path, listed: str) -> None:
    rules = load(tmp_path, f'domains = ["Bücher.Example"]\noperators = true\n{listed}').addresses
    assert rules.rules().domains == frozenset({"xn--bcher-kva.example"})
    assert rules.rules().operators


@pytest.mark.parametrize("domains", ['["example.com"]', '["no domain"]', '["com"]'])
def test_what_cannot_be_is_refused_by_its_key(tmp_path: Path, domains: str) -> None:
    with pytest.raises(SettingsError) as caught:
        load(tmp_path, f"domains = {domains}")
    assert caught.value.key == "addresses.domains"
