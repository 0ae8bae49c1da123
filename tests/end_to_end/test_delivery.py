"""What the page promised is what a real message does: at the sink and in every folder."""

from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner

from sieve_manager.cli import main
from sieve_manager.demo.dovecot import DovecotServer
from sieve_manager.demo.smtp_sink import SmtpSink
from sieve_manager.domain.scripts import ScriptName
from tests.end_to_end.prediction import found, own_fates, own_trace, possible
from tests.end_to_end.scripts import BY_HAND, ROUNDCUBE
from tests.end_to_end.site import Site, set_forward, set_forward_review
from tests.servers.mailboxes import deliver, imap_folders
from tests.servers.script_files import active_script, give_script, script_files

ONE = ["a@example.net"]
SEVERAL = ["a@example.net", "b@example.org", "c@example.com"]
FOLDER = "Kept copies"
SCRIPTS = {"none": None, "roundcube": ROUNDCUBE, "by-hand": BY_HAND}


def copy_of(choice: str, subject: str) -> dict[str, list[tuple[str, bool]]]:
    """Where the copy of a forwarded message lies, and whether it counts as read."""
    return {
        "inbox": {"INBOX": [(subject, False)]},
        "read": {"INBOX": [(subject, True)]},
        "folder": {FOLDER: [(subject, False)]},
        "trash": {"Trash": [(subject, False)]},
        "none": {},
    }[choice]


def set_on_the_page(
    site: Site, login: str, to: list[str], choice: str, first: str, last: str
) -> None:
    with site.signed_in(login) as client:
        saved = set_forward(
            client, to=to, copy=choice, folder=FOLDER, first_day=first, last_day=last
        )
    assert saved.status == 200
    assert "Saved" in saved.words


def clear_on_the_page(site: Site, login: str) -> None:
    with site.signed_in(login) as client:
        client.submit(client.get("/change/clear").form("/change/clear"))


def set_by_command(
    site: Site, login: str, to: list[str], choice: str, first: str, last: str
) -> None:
    copy = f"folder:{FOLDER}" if choice == "folder" else choice
    addresses = [part for address in to for part in ("--to", address)]
    days = ["--from", first, "--until", last]
    command(site, "set", login, *addresses, "--copy", copy, *days, "--yes")


def clear_by_command(site: Site, login: str) -> None:
    command(site, "clear", login, "--yes")


def command(site: Site, *arguments: str) -> None:
    result = CliRunner().invoke(main, ["--config", str(site.config), "forward", *arguments])
    assert result.exit_code == 0, result.output


set_by = {"page": set_on_the_page, "command": set_by_command}
clear_by = {"page": clear_on_the_page, "command": clear_by_command}


@pytest.mark.parametrize("door", ["page", "command"])
@pytest.mark.parametrize("script", SCRIPTS)
@pytest.mark.parametrize("to", [ONE, SEVERAL], ids=["one", "several"])
@pytest.mark.parametrize("choice", ["inbox", "read", "folder", "trash", "none"])
def test_mail_follows_the_forward_that_was_set(
    site: Site,
    dovecot: DovecotServer,
    sink: SmtpSink,
    login: str,
    choice: str,
    to: list[str],
    script: str,
    door: str,
) -> None:
    before = SCRIPTS[script]
    if before is not None:
        give_script(dovecot, login, "theirs", before)
    today = datetime.now(UTC)
    days = {"first_day": today + timedelta(days=10), "last_day": today + timedelta(days=20)}
    first, last = (day.date().isoformat() for day in days.values())
    set_by[door](site, login, to, choice, first, last)

    expected: dict[str, list[tuple[str, bool]]] = {}
    predicted = own_trace(site, login)
    for when, offset in (("before", 0), ("within", 15), ("after", 25)):
        dovecot.set_clock(day := today + timedelta(days=offset))
        subject = f"{when} {login}"
        assert deliver(dovecot, login, subject).code == 250
        got = [one for one in sink.messages if one.subject == subject]
        sent_to = [recipient for one in got for recipient in one.recipients]
        assert sorted(sent_to) == (sorted(to) if when == "within" else [])
        place = copy_of(choice if when == "within" else "inbox", subject)
        for folder, messages in place.items():
            expected.setdefault(folder, []).extend(messages)
        assert found(dovecot, sink, subject, [login]) in possible(
            predicted, subject, at=day, here=()
        )
    assert imap_folders(dovecot, login) == expected

    clear_by[door](site, login)
    assert script_files(dovecot, login) == ({} if before is None else {"theirs": before})
    assert active_script(dovecot, login) == (None if before is None else ScriptName("theirs"))


@pytest.mark.parametrize("script", SCRIPTS)
def test_other_filters_still_sort_the_copy_in_the_inbox(
    site: Site, dovecot: DovecotServer, sink: SmtpSink, login: str, script: str
) -> None:
    before = SCRIPTS[script]
    if before is not None:
        give_script(dovecot, login, "theirs", before)
    with site.signed_in(login) as client:
        set_forward(client, to=ONE, copy="inbox")
    subject = f"invoice {login}"
    predicted = own_fates(site, login, subject)
    deliver(dovecot, login, subject)
    assert found(dovecot, sink, subject, [login]) in predicted
    assert [one.recipients for one in sink.messages if one.subject == subject] == [tuple(ONE)]
    folder = "INBOX" if before is None else "Archive"
    assert imap_folders(dovecot, login) == {folder: [(subject, False)]}


def test_marked_spam_is_not_forwarded_and_stays(
    site: Site, dovecot: DovecotServer, sink: SmtpSink, login: str
) -> None:
    with site.signed_in(login) as client:
        set_forward(client, to=ONE, copy="none")
    subject = f"spam {login}"
    predicted = own_fates(site, login, subject, spam=True)
    deliver(dovecot, login, subject, X_Spam_Flag="YES")
    assert [found(dovecot, sink, subject, [login])] == predicted
    assert [one for one in sink.messages if one.subject == subject] == []
    assert imap_folders(dovecot, login) == {"INBOX": [(subject, False)]}


def test_marked_spam_is_forwarded_where_the_owner_chose_so(
    site: Site, dovecot: DovecotServer, sink: SmtpSink, login: str
) -> None:
    with site.signed_in(login) as client:
        set_forward(client, to=ONE, copy="none", hold_spam="")
    subject = f"spam {login}"
    predicted = own_fates(site, login, subject, spam=True)
    deliver(dovecot, login, subject, X_Spam_Flag="YES")
    assert [found(dovecot, sink, subject, [login])] == predicted
    assert [one.recipients for one in sink.messages if one.subject == subject] == [tuple(ONE)]


REJECTING = (
    b'require ["reject"];\r\n# rule:[No]\r\nif header :contains "subject" "bad"\r\n{\r\n\t'
    b'reject "go away";\r\n}\r\n'
)


def test_a_filter_that_rejects_is_not_silently_switched_off(
    site: Site, dovecot: DovecotServer, sink: SmtpSink, login: str
) -> None:
    give_script(dovecot, login, "theirs", REJECTING)
    with site.signed_in(login) as client:
        refused = set_forward_review(client, to=ONE, copy="inbox")
        assert "rejects some messages" in refused.words
        assert script_files(dovecot, login) == {"theirs": REJECTING}
        set_forward(client, to=ONE, copy="folder", folder=FOLDER)
    subject = f"bad {login}"
    predicted = own_fates(site, login, subject)
    assert deliver(dovecot, login, subject).code == 250
    assert [found(dovecot, sink, subject, [login])] == predicted
    assert [one.recipients for one in sink.messages if one.subject == subject] == [tuple(ONE)]
    assert imap_folders(dovecot, login) == {FOLDER: [(subject, False)]}
