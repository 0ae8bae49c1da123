"""Administrators' own automatic replies: from their file to the reply, or refused at the start."""

import re
from pathlib import Path

import pytest

from sieve_manager.adapters.day_words import day_words
from sieve_manager.application.case_entry import CaseEntry, EntryReader
from sieve_manager.application.reply_templates import TEMPLATES
from sieve_manager.bootstrap import build
from sieve_manager.bootstrap_replies import wire_templates
from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.domain.handover import Reply
from sieve_manager.domain.mailboxes import Login
from sieve_manager.domain.people import Person
from sieve_manager.errors import SettingsError
from sieve_manager.settings import Settings, load_settings
from tests.docs.pages import DOCS

LEAVER = Person(login=Login("lea@example.com"), name="Lea Muster")
ANNA = Person(login=Login("anna@example.com"), name="Anna Nova")
OWN = '[de]\nsubject = "{name} weg"\ntext = "Neu: {addresses}\\nBis {last_day}."\n'


def settings(tmp_path: Path, replies: str) -> Settings:
    file = tmp_path / "replies.toml"
    file.write_text(replies, encoding="utf-8")
    return Settings(
        managesieve={"host": "127.0.0.1"},
        database={"url": f"sqlite:///{tmp_path}/replies.db"},
        cases={"reply_file": str(file)},
    )


def reply(found: Settings, language: str, last_day: str = "") -> Reply:
    reader = EntryReader(day_words=day_words, find=lambda _: ANNA, templates=wire_templates(found))
    entry = CaseEntry(to=("anna@example.com",), reply=language, last_day=last_day)
    terms = reader.read(entry, LEAVER).terms
    assert terms is not None
    assert terms.reply is not None
    return terms.reply


def test_own_words_take_the_place_of_ours_in_their_language_alone(tmp_path: Path) -> None:
    found = settings(tmp_path, OWN)
    own = reply(found, "de", "2027-01-31")
    assert (own.subject, own.text) == (
        "Lea Muster weg",
        "Neu: anna@example.com\nBis 31. Januar 2027.",
    )
    assert reply(found, "de").text == "Neu: anna@example.com"
    assert reply(found, "fr").subject == "Lea Muster a quitté notre organisation"


def test_without_a_file_all_are_ours() -> None:
    assert wire_templates(Settings(managesieve={"host": "127.0.0.1"})) == TEMPLATES


def test_the_file_of_the_guide_can_be_used(tmp_path: Path) -> None:
    guide = (DOCS / "how-to/automatic-replies.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```text\n(\[en\].*?)```", guide, re.DOTALL)
    found = settings(tmp_path, example)
    assert "Your message went to Anna Nova." in reply(found, "en").text
    assert "Beispiel-Universität" in reply(found, "de").subject
    assert "Until" not in reply(found, "en").text


@pytest.mark.parametrize(
    ("replies", "says"),
    [
        (OWN.replace("{name}", "{nmae}"), "[de] subject: “nmae” cannot be filled in. There are"),
        (OWN.replace("{addresses}", "{who!r}"), "[de] text: “who” cannot be filled in."),
        (OWN.replace("{addresses}", "{"), "[de] text: “{” cannot be filled in."),
        (OWN.replace("[de]", "[tlh]"), "[tlh] is not one of the languages; there are: en, de"),
        ('[de]\ntext = "x"\n', "[de] needs a “subject” and a “text”"),
        (OWN + 'greeting = "x"\n', "[de] needs a “subject” and a “text”"),
        ('de = "x"\n', "[de] needs a “subject” and a “text”"),
        ("[de]\nsubject = 1\ntext = 2\n", "[de] “subject” and “text” are texts"),
        ('[de]\nsubject = "x"\ntext = "{last_day}"\n', "[de] text: Write what senders are told."),
        ('[de]\nsubject = "x"\ntext = "\\u0007"\n', "[de] text: The automatic reply has"),
        (f'[de]\nsubject = "{"x" * 201}"\ntext = "x"\n', "[de] subject: The subject is one line"),
        ("[de", "is not TOML"),
    ],
)
def test_what_cannot_be_used_is_named_with_file_language_and_blank(
    tmp_path: Path, replies: str, says: str
) -> None:
    with pytest.raises(SettingsError) as caught:
        wire_templates(settings(tmp_path, replies))
    assert str(caught.value).startswith(f"cases.reply_file: {tmp_path}/replies.toml")
    assert says in str(caught.value)


def test_nothing_starts_with_a_template_that_cannot_be_filled_in(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"\[de\] subject: “nmae”"):
        build(settings(tmp_path, OWN.replace("{name}", "{nmae}")))


def test_what_is_built_fills_in_the_own_words(tmp_path: Path) -> None:
    wired = build(settings(tmp_path, OWN))
    assert wired.case_entries.templates["de"].subject == "{name} weg"
    wired.close()


def test_a_file_that_is_not_there_or_cannot_be_read_is_refused(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    gone = f'[managesieve]\nhost = "localhost"\n[cases]\nreply_file = "{tmp_path}/gone.toml"\n'
    config.write_text(gone, encoding="utf-8")
    with pytest.raises(SettingsError, match=r"cases.reply_file: there is no file .*gone.toml"):
        load_settings(config)
    found = settings(tmp_path, OWN)
    (tmp_path / "replies.toml").unlink()
    with pytest.raises(SettingsError, match="cannot be read"):
        wire_templates(found)


def test_the_address_of_a_template_is_data(tmp_path: Path) -> None:
    """What fills a blank is not looked through for blanks itself."""
    found = settings(tmp_path, OWN)
    reader = EntryReader(day_words=day_words, find=lambda _: None, templates=wire_templates(found))
    leaver = Person(login=LEAVER.login, name="{addresses}", address=EmailAddress("l", "a.example"))
    terms = reader.read(CaseEntry(to=("x@a.example",), reply="de"), leaver).terms
    assert terms is not None
    assert terms.reply is not None
    assert terms.reply.subject == "{addresses} weg"
