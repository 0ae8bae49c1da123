"""The main cases once more on the other engine: a real Cyrus."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from sieve_manager.adapters.script_store import ManageSieveStore
from sieve_manager.application.access import Access, Actor, Channel
from sieve_manager.demo.smtp_sink import SmtpSink
from sieve_manager.domain.mailboxes import Login
from sieve_manager.domain.scripts import ScriptName
from tests.contracts.mail_servers import managesieve_endpoint, master_of
from tests.end_to_end.prediction import found, own_trace, possible
from tests.end_to_end.site import Site, running_site, set_forward
from tests.end_to_end.test_delivery import ONE, SEVERAL, copy_of
from tests.servers.cyrus import CyrusServer
from tests.servers.mailboxes import PASSWORD, deliver, imap_folders, make_mailbox

BY_HAND = (
    b'# by hand\r\nrequire ["fileinto", "regex"]; # both\r\n'
    b'if header :regex "subject" "^invoice" { fileinto "Archive"; }'
)


@pytest.fixture(scope="module")
def cyrus_site(cyrus: CyrusServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The pages in front of a real Cyrus."""
    with running_site(cyrus, tmp_path_factory.mktemp("cyrus-site")) as running:
        yield running


@pytest.fixture
def owner(cyrus: CyrusServer) -> Iterator[Access]:
    """The owner of a mailbox that no other test knows."""
    login = make_mailbox(cyrus)
    actor = Actor(name=login, channel=Channel.WEB)
    yield Access(login=Login(login), actor=actor, password=PASSWORD)
    cyrus.set_clock(None)


@pytest.mark.parametrize("script", [None, BY_HAND], ids=["none", "by-hand"])
@pytest.mark.parametrize(
    ("choice", "to"),
    [("inbox", ONE), ("read", ONE), ("folder", SEVERAL), ("trash", ONE), ("none", SEVERAL)],
)
def test_mail_follows_the_forward_on_cyrus(
    cyrus_site: Site,
    cyrus: CyrusServer,
    sink: SmtpSink,
    owner: Access,
    choice: str,
    to: list[str],
    script: bytes | None,
) -> None:
    store = ManageSieveStore(
        managesieve_endpoint(cyrus.endpoints), master=master_of(cyrus.endpoints)
    )
    theirs = ScriptName("theirs")
    if script is not None:
        with store.session(owner) as session:
            session.put_script(theirs, script)
            session.set_active(theirs)
    login, today = owner.login.text, datetime.now(UTC)
    with cyrus_site.signed_in(login) as client:
        saved = set_forward(
            client,
            to=to,
            copy=choice,
            folder="Kept copies",
            first_day=(today + timedelta(days=10)).date().isoformat(),
            last_day=(today + timedelta(days=20)).date().isoformat(),
        )
    assert "Saved" in saved.words

    expected: dict[str, list[tuple[str, bool]]] = {}
    predicted = own_trace(cyrus_site, login)
    for when, offset in (("before", 0), ("within", 15), ("after", 25)):
        cyrus.set_clock(day := today + timedelta(days=offset))
        subject = f"{when} {login}"
        assert deliver(cyrus, login, subject).code == 250
        got = [one for one in sink.messages if one.subject == subject]
        sent_to = [recipient for one in got for recipient in one.recipients]
        assert sorted(sent_to) == (sorted(to) if when == "within" else [])
        for folder, messages in copy_of(choice if when == "within" else "inbox", subject).items():
            expected.setdefault(folder, []).extend(messages)
        assert found(cyrus, sink, subject, [login]) in possible(predicted, subject, at=day, here=())
    assert imap_folders(cyrus, login) == expected

    with cyrus_site.signed_in(login) as client:
        client.submit(client.get("/change/clear").form("/change/clear"))
    with store.session(owner) as session:
        listing = session.list_scripts()
        assert listing.active == (theirs if script else None)
        assert listing.names == ((theirs,) if script else ())
        if script:
            assert session.get_scripts([theirs])[0].octets == script


def test_the_master_acts_for_the_mailbox_it_names(
    cyrus_site: Site, cyrus: CyrusServer, owner: Access
) -> None:
    master = Access(login=owner.login, actor=Actor(name="root", channel=Channel.CLI))
    with cyrus_site.wired.store.session(master) as session:
        session.put_script(ScriptName("by-master"), b"keep;\r\n")
        assert session.capabilities.owner == owner.login.text
    with cyrus_site.wired.store.session(owner) as session:
        assert session.list_scripts().names == (ScriptName("by-master"),)
