"""A test message through a real Postfix and Dovecot: hop by hop, and away again."""

import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from sieve_manager.adapters.mailer import SmtpMailer
from sieve_manager.application.access import Actor, Channel
from sieve_manager.application.proof_report import Fate, Report
from sieve_manager.application.proving import Proving
from sieve_manager.bootstrap_proving import wire_proving
from sieve_manager.cli import main
from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.domain.proof import FOLLOWED
from sieve_manager.domain.roles import Role
from sieve_manager.errors import InvalidInputError, NotAllowedError, NoticeError
from sieve_manager.managesieve import Endpoint, TlsMode
from sieve_manager.settings_sections import SmtpSection
from tests.end_to_end.relaying import ADA, Place, leading
from tests.end_to_end.site import running_site
from tests.servers.mailboxes import deliver, imap_folders
from tests.servers.script_files import give_script

LATER = datetime(2100, 1, 1, tzinfo=UTC)


@pytest.fixture
def proving(place: Place) -> Proving:
    """That of the place, which sends through its Postfix."""
    wired = place.wired
    smtp = {"host": "127.0.0.1", "sender": "noreply@example.com"}
    settings = wired.settings.model_copy(update={"smtp": SmtpSection.model_validate(smtp)})
    there = Endpoint(host="127.0.0.1", port=place.server.smtp_port, tls=TlsMode.NONE)
    mailer = SmtpMailer(there, sender=EmailAddress("noreply", "example.com"), clock=wired.clock)
    made = wire_proving(
        settings,
        wired.database,
        wired.clock,
        wired.tracing,
        wired.trail,
        mailer,
        wired.folders,
    )
    assert made
    return made


def staff(login: str) -> Actor:
    return Actor(name=login, channel=Channel.WEB, role=Role.ADMINISTRATOR)


def followed(proving: Proving, actor: Actor, to: str, wanted: Fate = Fate.ARRIVED) -> Report:
    """Send it, and look until all of the inside and all reports are known."""
    words = ("Test message", "This shows where mail goes.")
    proof = proving.send(actor, EmailAddress.parse(to), lambda _address: words)
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        report = proving.look(actor, proof.mark)
        assert report
        known = {one.fate for one in report.steps}
        if report.over or (wanted in known and Fate.AWAITED not in known):
            break
        time.sleep(0.1)
    return report


def fates(report: Report) -> dict[str, Fate]:
    return {str(one.hop.address): one.fate for one in report.steps}


def test_a_chain_is_followed_from_hop_to_hop_and_nothing_is_left(
    place: Place, proving: Proving, address: EmailAddress
) -> None:
    ada, login, inside = (place.make_mailbox() for _ in range(3))
    goal = f"{address.local.lower()}@example.net"
    place.forward(login, inside, str(address), copy="none")
    place.save(leading(address, goal))
    place.wired.register.sweep()
    report = followed(proving, staff(ada), login)
    assert fates(report) == {
        login: Fate.PASSED,
        inside: Fate.ARRIVED,
        str(address): Fate.PASSED,
        goal: Fate.UNSEEN,
    }
    assert proving.take_away(report.proof)
    assert stored(place, ada, login, inside) == 0


def test_the_report_of_the_outside_is_read(
    place: Place, proving: Proving, address: EmailAddress
) -> None:
    ada, goal = place.make_mailbox(), f"{address.local.lower()}@example.net"
    report = followed(proving, staff(ada), goal)
    assert fates(report) == {goal: Fate.HANDED_ON}
    assert report.over
    assert proving.take_away(report.proof)
    assert stored(place, ada) == 0


def test_what_the_outside_refuses_is_said_with_its_words(
    place: Place, proving: Proving, address: EmailAddress
) -> None:
    ada, inside = place.make_mailbox(), place.make_mailbox()
    goal = f"{address.local.lower()}@example.net"
    place.sink.answer(goal, "550 5.1.1 nobody of that name")
    place.save(leading(address, goal, inside))
    report = followed(proving, staff(ada), str(address), wanted=Fate.REFUSED)
    assert fates(report)[goal] is Fate.REFUSED
    assert fates(report)[inside] is Fate.ARRIVED
    (refused,) = (one.text for one in report.steps if one.fate is Fate.REFUSED)
    assert "nobody of that name" in refused
    assert proving.take_away(report.proof)
    assert stored(place, ada, inside) == 0


def test_a_message_that_does_not_arrive_is_missed(place: Place, proving: Proving) -> None:
    ada, login = place.make_mailbox(), place.make_mailbox()
    place.wired.register.sweep()
    elsewhere = f"elsewhere-{login.split('@')[0]}@example.net"
    give_script(place.server.dovecot, login, "by-hand", f'redirect "{elsewhere}";\r\n'.encode())
    later = replace(proving, clock=lambda: proving.clock() + FOLLOWED)
    proof = proving.send(staff(ada), EmailAddress.parse(login), lambda _address: ("T", "t"))
    place.server.wait_until_empty()
    report = later.look(staff(ada), proof.mark)
    assert report
    assert fates(report) == {login: Fate.MISSED}
    assert report.over


def test_what_nobody_looks_at_any_more_is_taken_away(place: Place, proving: Proving) -> None:
    ada, login, other = (place.make_mailbox() for _ in range(3))
    assert deliver(place.server, login, "stays").code == 250
    proof = proving.send(staff(ada), EmailAddress.parse(login), lambda _address: ("T", "t"))
    place.server.wait_until_empty()
    assert proving.look(staff(other), proof.mark) is None
    assert proving.clean_up() == 0
    later = replace(proving, clock=lambda: proving.clock() + 3 * FOLLOWED)
    assert later.clean_up() >= 1
    assert imap_folders(place.server, login) == {"INBOX": [("stays", False)]}
    assert proving.look(staff(ada), proof.mark) is None


def test_nobody_but_staff_sends_one_and_nobody_very_many(place: Place, proving: Proving) -> None:
    ada, login = place.make_mailbox(), place.make_mailbox()
    address = EmailAddress.parse(login)
    owner = Actor(name=login, channel=Channel.WEB)
    with pytest.raises(NotAllowedError):
        proving.send(owner, address, lambda _address: ("T", "t"))
    nowhere = replace(proving, post=Nowhere())
    for _ in range(20):
        nowhere.send(staff(ada), address, lambda _address: ("T", "t"))
    with pytest.raises(InvalidInputError, match="many test messages"):
        nowhere.send(staff(ada), address, lambda _address: ("T", "t"))


def test_what_the_mail_server_does_not_take_is_not_under_way(
    place: Place, proving: Proving
) -> None:
    ada = staff(place.make_mailbox())
    with pytest.raises(NoticeError, match="550"):
        proving.send(ada, EmailAddress.parse("nobody@example.com"), lambda _address: ("T", "t"))
    assert not [one for one in proving.proofs.before(LATER) if one.actor == ada.name]


def test_the_helpdesk_sends_one_from_the_page_and_sees_it_arrive(
    place: Place, tmp_path: Path
) -> None:
    ada, login, inside = ADA.name, place.make_mailbox(), place.make_mailbox()
    place.forward(login, inside, copy="none")
    more = f"""
[staff]
administrators = ["{ada}"]
[mailboxes]
file = "{place.directory}/mailboxes.csv"
[smtp]
host = "127.0.0.1"
port = {place.server.smtp_port}
tls = "none"
sender = "noreply@example.com"
"""
    with running_site(place.server, tmp_path, more) as site:
        site.wired.register.sweep()
        with site.signed_in(ada) as client:
            page = client.get(f"/trace?address={login}")
            followed = client.submit(page.form("/trace/test"))
            assert "A test message was sent to" in followed.words
            place.server.wait_until_empty()
            words = client.get(followed.path).words.replace(" :", ":")
            assert f"{login}: passed on" in words
            assert f"{inside}: arrived in INBOX" in words
            assert client.get("/trace/test/" + "0" * 32).status == 404
        with site.signed_in(login) as client:
            assert client.get(followed.path).status == 403
            assert "Send a test message" not in client.get("/trace").words
        run = CliRunner().invoke(main, ["--config", str(site.config), "trace", login, "--send"])
        assert run.exit_code == 0, run.output
        assert f"→ {inside}: arrived in INBOX" in run.output
        (proof,) = site.wired.proving.proofs.before(LATER)
        assert site.wired.proving.take_away(proof)
    assert stored(place, login, inside) == 0


class Nowhere:
    """A way into a mail server that loses everything."""

    def post(self, *_message: object, **_more: object) -> None:
        return


def stored(place: Place, *logins: str) -> int:
    """How many messages lie in these mailboxes."""
    return sum(len(found) for one in logins for found in imap_folders(place.server, one).values())
