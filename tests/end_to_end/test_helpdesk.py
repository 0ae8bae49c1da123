"""An operator settles somebody else's mailbox through the pages, on both real servers."""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from sieve_manager.demo.mail_server import MailServer
from sieve_manager.demo.smtp_sink import SmtpSink
from sieve_manager.domain.mailboxes import Login
from sieve_manager.domain.roles import Role
from sieve_manager.domain.scripts import ScriptName
from sieve_manager.managesieve import Connection, Credentials
from tests.contracts.mail_servers import managesieve_endpoint
from tests.end_to_end.prediction import Fate, own_trace, possible
from tests.end_to_end.site import Site, running_site, set_forward, sign_in
from tests.servers.mailboxes import deliver, make_mailbox
from tests.servers.page_client import PageClient

THEIRS = b'# mine alone\r\nrequire "fileinto";\r\nif header :is "subject" "private" { keep; }\r\n'


@dataclass(frozen=True, slots=True, kw_only=True)
class Helpdesk:
    """A site with an operator, and a leaver whose password only the leaver knows."""

    site: Site
    server: MailServer
    operator: str
    leaver: str
    secret: str


@pytest.fixture(scope="module", params=["dovecot", "cyrus"])
def staffed(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Site, str]]:
    """A site in front of each server, and its operator."""
    server: MailServer = request.getfixturevalue(request.param)
    operator, protected = make_mailbox(server), make_mailbox(server)
    staff = f'[staff]\noperators = ["{operator}"]\nprotected = ["{protected}"]\n'
    with running_site(server, tmp_path_factory.mktemp("helpdesk"), staff) as site:
        yield site, operator


@pytest.fixture
def helpdesk(staffed: tuple[Site, str]) -> Helpdesk:
    site, operator = staffed
    leaver, secret = f"leaver-{secrets.token_hex(4)}@example.com", secrets.token_hex(12)
    site.server.add_user(leaver, secret)
    return Helpdesk(site=site, server=site.server, operator=operator, leaver=leaver, secret=secret)


@pytest.fixture
def used(monkeypatch: pytest.MonkeyPatch) -> list[Credentials]:
    """Every identity with which a mail server's scripts were opened."""
    seen: list[Credentials] = []
    real = Connection.sign_in

    def signed_in(connection: Connection, credentials: Credentials, **how: bool) -> None:
        seen.append(credentials)
        real(connection, credentials, **how)

    monkeypatch.setattr(Connection, "sign_in", signed_in)
    return seen


def test_an_operator_sets_a_forward_for_somebody_else(
    helpdesk: Helpdesk, used: list[Credentials], sink: SmtpSink
) -> None:
    leaver, server = helpdesk.leaver, helpdesk.server
    with helpdesk.site.signed_in(helpdesk.operator) as client:
        found = client.get(f"/staff?q={leaver}")
        used.clear()
        page = client.submit(found.form("/staff/act"))
        assert f"You act for {leaver} ." in page.words
        saved = set_forward(client, to=["successor@example.com"], copy="none", note="INC-42, left")
        assert "Saved" in saved.words
        assert "(read back at" in saved.words

    assert {(one.login, one.authorisation_identity) for one in used} == {
        (server.endpoints.master_user, leaver)
    }
    assert {one.password for one in used} == {server.endpoints.master_password}

    subject = f"for {leaver}"
    trace = own_trace(helpdesk.site, leaver, helpdesk.secret)
    assert possible(trace, subject, here=()) == [Fate(to=("successor@example.com",))]
    assert deliver(server, leaver, subject).code == 250
    assert [one.recipients for one in sink.messages if one.subject == subject] == [
        ("successor@example.com",)
    ]
    last = helpdesk.site.wired.history.last(Login(leaver))
    assert last is not None
    assert (last.new.actor.name, last.new.actor.role) == (helpdesk.operator, Role.OPERATOR)
    assert last.new.note == "INC-42, left"


def test_an_operator_does_not_see_what_the_owner_wrote(helpdesk: Helpdesk) -> None:
    endpoint = managesieve_endpoint(helpdesk.server.endpoints)
    owner = Credentials(login=helpdesk.leaver, password=helpdesk.secret)
    with helpdesk.site.signed_in(helpdesk.operator) as client:
        page = client.get(f"/staff?q={helpdesk.leaver}")
        client.submit(page.form("/staff/act"))
        with Connection.open(endpoint, owner) as connection:
            name = make_name(connection)
        pages = [client.get("/"), set_forward(client, to=["a@example.net"], copy="inbox")]
        paths = ("/history", "/history/1", "/history/1/undo", "/scripts", "/change/clear")
        pages += [client.get(path) for path in paths]
        assert client.get(f"/script?name={name}").status == 403
    for one in pages:
        assert "private" not in one.text
        assert "mine alone" not in one.text
        assert name not in one.text
    with Connection.open(endpoint, owner) as connection:
        listing = connection.list_scripts()
        assert listing.active is not None
        octets = connection.get_scripts([listing.active])[0].octets
    assert b"a@example.net" in octets
    assert b'if header :is "subject" "private" { keep; }' in octets


def make_name(connection: Connection) -> str:
    """Give the mailbox a script of its owner's; return its name."""
    name = ScriptName("what-i-do-not-show")
    connection.put_script(name, THEIRS)
    connection.set_active(name)
    return name.text


def test_a_protected_mailbox_stays_closed(helpdesk: Helpdesk, used: list[Credentials]) -> None:
    (protected,) = helpdesk.site.wired.staff.rules.protected.names
    with helpdesk.site.signed_in(helpdesk.operator) as client:
        page = client.get(f"/staff?q={helpdesk.leaver}")
        used.clear()
        refused = client.submit(page.form("/staff/act"), login=protected)
    assert refused.status == 403
    assert f"{protected} is protected" in refused.words
    assert used == []


def test_the_owner_reads_who_it_was(helpdesk: Helpdesk) -> None:
    with helpdesk.site.signed_in(helpdesk.operator) as client:
        client.submit(client.get(f"/staff?q={helpdesk.leaver}").form("/staff/act"))
        set_forward(client, to=["successor@example.com"], note="INC-42")
    with PageClient(helpdesk.site.base_url) as client:
        words = sign_in(client, helpdesk.leaver, helpdesk.secret).words
    assert f"The helpdesk ( {helpdesk.operator} ) set this on" in words
    assert "The reason: INC-42" in words


def test_a_leaver_is_settled_with_nothing_but_the_pages(
    helpdesk: Helpdesk, used: list[Credentials], sink: SmtpSink
) -> None:
    leaver, server = helpdesk.leaver, helpdesk.server
    endpoint = managesieve_endpoint(server.endpoints)
    owner = Credentials(login=leaver, password=helpdesk.secret)
    with Connection.open(endpoint, owner) as connection:
        make_name(connection)
    last = (datetime.now(UTC) + timedelta(days=30)).date().isoformat()
    with helpdesk.site.signed_in(helpdesk.operator) as client:
        used.clear()
        form = client.get(f"/cases/new?leaver={leaver}").form("/cases/new")
        review = client.submit(
            form,
            press=("action", "review"),
            to="successor@example.com",
            last_day=last,
            ticket="INC-42",
            reason="has left",
        )
        assert "Your message has been passed on to successor@example.com" in review.words
        page = client.submit(review.form("/cases/new/save"))
        assert "Saved. The mail server has it" in page.words

        sender, subject = f"{secrets.token_hex(4)}@example.net", f"hello {leaver}"
        by_operator = len(used)
        trace = own_trace(helpdesk.site, leaver, helpdesk.secret)
        del used[by_operator:]  # that was the leaver's own look
        fate = Fate(to=("successor@example.com",))
        assert fate in possible(trace, subject, here=())
        assert deliver(server, leaver, subject, sender=sender).code == 250
        assert [one.recipients for one in sink.messages if one.subject == subject] == [
            ("successor@example.com",)
        ]
        (answer,) = [one for one in sink.to(sender) if "has left" in one.subject]
        assert "no longer works here" in answer.content.get_body().get_content()

        client.submit(client.get(f"{page.path}/end").form(f"{page.path}/end"))
        assert "Ended" in client.get(page.path).words
    assert {one.authorisation_identity for one in used} == {leaver}
    with Connection.open(endpoint, owner) as connection:
        listing = connection.list_scripts()
        assert listing.active is not None
        assert connection.get_scripts([listing.active])[0].octets == THEIRS
