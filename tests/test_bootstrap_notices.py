"""The notices as they are wired: from the database, over SMTP, once, by the worker's duty."""

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from sieve_manager.application.access import Actor, Channel
from sieve_manager.application.address_plan import wish_set
from sieve_manager.application.auditing import AuditEntry, Result
from sieve_manager.application.case import CaseState, NewCase
from sieve_manager.bootstrap import Wired, build, build_worker
from sieve_manager.bootstrap_notices import notice_duty, unwanted_links
from sieve_manager.demo.smtp_sink import SmtpSink, running_sink
from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.domain.case import CaseTerms
from sieve_manager.domain.forward import Forward
from sieve_manager.domain.mailboxes import Login
from sieve_manager.domain.redirect_address import NOTHING_STAYS, RedirectAddress
from sieve_manager.domain.roles import Role
from sieve_manager.domain.schedule import Period
from sieve_manager.settings import Settings
from sieve_manager.settings_addresses import AddressesSection
from sieve_manager.settings_notices import NoticesSection
from sieve_manager.settings_sections import MailboxesSection

NOW = datetime(2027, 2, 10, 12, tzinfo=UTC)
LEAVER, SUCCESSOR = "notices-leaver@example.com", "notices-successor@example.com"
OTTO = Actor(name="otto@example.com", channel=Channel.WEB, role=Role.OPERATOR)


def settings(tmp_path: Path, sink: SmtpSink, **web: str) -> Settings:
    return Settings(
        managesieve={"host": "127.0.0.1"},
        smtp={
            "host": sink.host,
            "port": sink.port,
            "tls": "none",
            "sender": "sieve@example.com",
        },
        database={"url": f"sqlite:///{tmp_path}/notices.db"},
        register={"sweep_hours": 0},
        web=web,
    )


@pytest.fixture
def sink() -> Iterator[SmtpSink]:
    """One of the test's own, where nothing else arrives."""
    with running_sink() as found:
        yield found


@pytest.fixture
def wired(tmp_path: Path, sink: SmtpSink) -> Iterator[Wired]:
    found = build(settings(tmp_path, sink, secret_key="k" * 32), clock=lambda: NOW)
    yield found
    found.close()


def begin(wired: Wired, *to: str) -> None:
    """A case by somebody else, with its entry in the audit log."""
    destinations = tuple(map(EmailAddress.parse, to or (SUCCESSOR,)))
    terms = CaseTerms(forward=Forward(destinations=destinations))
    leaver = Login(LEAVER)
    new = NewCase(login=leaver, at=NOW, actor=OTTO, terms=terms, state=CaseState.ACTIVE)
    wired.cases.store.begin(new)
    entry = AuditEntry(at=NOW, actor=OTTO, action="case.begin", result=Result.DONE, mailbox=leaver)
    wired.audit.append([entry])


def test_each_arrives_once_also_after_a_restart(
    wired: Wired, tmp_path: Path, sink: SmtpSink
) -> None:
    begin(wired)
    duty = notice_duty(wired.case_notices)
    duty.run()
    duty.run()
    again = build(settings(tmp_path, sink, secret_key="k" * 32), clock=lambda: NOW)
    notice_duty(again.case_notices).run()
    again.close()
    (owner,), (destination,) = sink.to(LEAVER), sink.to(SUCCESSOR)
    assert "the mailbox was handed over" in owner.content.get_content()
    assert "http://127.0.0.1:8080/not-wanted/1." in destination.content.get_content()
    assert destination.content["Auto-Submitted"] == "auto-generated"
    assert destination.content["List-Id"] == "<notices.example.com>"


def test_the_worker_sends_what_is_due(wired: Wired, sink: SmtpSink) -> None:
    begin(wired)
    worker = build_worker(wired)
    worker.start()
    try:
        sink.wait_for(lambda message: LEAVER in message.recipients)
    finally:
        assert worker.stop()


def test_an_owner_hears_of_a_redirect_address_and_of_its_end(
    tmp_path: Path, sink: SmtpSink
) -> None:
    owner, people = "notices-anna@example.com", tmp_path / "people.csv"
    people.write_text(f"{owner},{owner},\n")
    sections = {
        "addresses": AddressesSection(domains=("example.com",)),
        "mailboxes": MailboxesSection(file=people),
    }
    found = settings(tmp_path, sink).model_copy(update=sections)
    times = [NOW]
    wired = build(found, clock=lambda: times[-1])
    forward = Forward(
        destinations=(EmailAddress.parse("away@example.net"),),
        copy=NOTHING_STAYS,
        period=Period(last_day=date(2027, 3, 31)),
        hold_spam=False,
    )
    contact = EmailAddress.parse("contact@example.com")
    kept = RedirectAddress(address=contact, forward=forward, owner=Login(owner))
    ada = replace(OTTO, role=Role.ADMINISTRATOR)
    wired.redirect_addresses.save(ada, wish_set(kept, ticket="T-1"), None)
    for day in (10, 28, 55, 60):
        times.append(datetime(2027, 1, 31, 12, tzinfo=UTC) + timedelta(days=day))
        notice_duty(wired.case_notices).run()
        notice_duty(wired.case_notices).run()
    wired.close()
    given, reminder, ended = sink.to(owner)
    assert "it was given to you" in given.content.get_content()
    assert given.content["Auto-Submitted"] == "auto-generated"
    assert "To extend it: http://127.0.0.1:8080/addresses" in reminder.content.get_content()
    assert ended.content["Subject"] == "The redirect address contact@example.com has ended"


def test_a_worker_without_the_secret_of_the_pages_makes_no_links(
    tmp_path: Path, sink: SmtpSink
) -> None:
    assert unwanted_links(settings(tmp_path, sink)) is None


@pytest.mark.parametrize("told", [True, False])
def test_more_time_can_be_asked_for_where_operators_are_told(
    tmp_path: Path, sink: SmtpSink, told: bool
) -> None:
    site = settings(tmp_path, sink, secret_key="k" * 32)
    found = build(site.model_copy(update={"notices": NoticesSection(operator=told)}))
    assert bool(found.case_notices.facts.ending_links) is told
    found.close()


def test_administrators_are_told_of_new_forwards_in_the_first_language_of_the_site(
    tmp_path: Path, sink: SmtpSink
) -> None:
    found = build(settings(tmp_path, sink, languages="pt,en"))
    assert found.register.news.language == "pt"
    found.close()


CHILD = """
import sys
from pathlib import Path
from types import SimpleNamespace
from sieve_manager.bootstrap import build
from tests.test_bootstrap_notices import NOW, settings
sink = SimpleNamespace(host=sys.argv[2], port=int(sys.argv[3]))
found = settings(Path(sys.argv[1]), sink, secret_key="k" * 32)
build(found, clock=lambda: NOW).case_notices.run()
"""


def test_a_round_that_is_killed_forgets_nobody_and_doubles_no_message(
    wired: Wired, tmp_path: Path, sink: SmtpSink
) -> None:
    everybody = [f"n{number}@example.com" for number in range(40)]
    begin(wired, *everybody)
    command = [sys.executable, "-c", CHILD, str(tmp_path), sink.host, str(sink.port)]
    child = subprocess.Popen(command)
    try:
        sink.wait_for(lambda message: everybody[3] in message.recipients)
    finally:
        child.kill()
        child.wait()
    assert not sink.to(everybody[-1])
    wired.case_notices.run()
    found = [sink.to(one) for one in everybody]
    assert all(found)
    assert sum(map(len, found)) <= len(everybody) + 1
    for messages in found:
        assert len({one.content["Message-ID"] for one in messages}) == 1
