"""The catalogues are complete, and the check would notice if they were not."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from sieve_manager.demo.accounts import ACCOUNTS
from sieve_manager.demo.addresses import ADDRESSES
from web.catalogues import catalogue_path, translations
from web.demo import ABOUT

ROOT = Path(__file__).parents[2]
LANGUAGES = ("en", "de", "fr", "it", "es", "pt")


def check(root: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, root / "scripts" / "check-translations"],
        capture_output=True,
        text=True,
        check=False,
    )


def test_every_catalogue_is_complete() -> None:
    done = check(ROOT)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ('msgstr "Abbrechen"', 'msgstr ""', "not translated: 'Cancel'"),
        ('msgid "Cancel"', 'msgid "Cancelled"', "missing: 'Cancel'"),
        ('msgid "Cancel"', '#, fuzzy\nmsgid "Cancel"', "fuzzy: 'Cancel'"),
        ('msgid "Cancel"', 'msgid "New"\nmsgstr "Neu"\n\nmsgid "Cancel"', "outdated: 'New'"),
        ('msgstr "von %(who)s"', 'msgstr "von %(wem)s"', "other facts"),
    ],
)
def test_the_check_notices(tmp_path: Path, old: str, new: str, complaint: str) -> None:
    for part in ("web", "scripts", "sieve_manager"):
        shutil.copytree(
            ROOT / part, tmp_path / part, ignore=shutil.ignore_patterns("__pycache__", "static")
        )
    german = tmp_path / "web" / "translations" / "de.po"
    text = german.read_text(encoding="utf-8")
    assert old in text
    german.write_text(text.replace(old, new, 1), encoding="utf-8")
    done = check(tmp_path)
    assert done.returncode == 1
    assert complaint in done.stdout


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_catalogue_speaks(language: str) -> None:
    assert catalogue_path(language).exists()
    said = translations(language).gettext("Sign in")
    assert (said == "Sign in") is (language == "en")
    assert "2" in translations(language).ngettext("%(num)d message", "%(num)d messages", 2) % {
        "num": 2
    }


def test_what_the_demo_says_of_its_people_and_addresses_is_in_the_catalogues() -> None:
    assert {one.about for one in (*ACCOUNTS, *ADDRESSES)} == set(ABOUT)
