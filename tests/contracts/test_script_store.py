"""The ScriptStore port: the server in memory does what real ones do."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from sieve_manager.application.access import Access
from sieve_manager.application.ports import ScriptSession
from sieve_manager.domain.mailboxes import Login
from sieve_manager.domain.scripts import (
    Activation,
    Deletion,
    Script,
    ScriptListing,
    ScriptName,
)
from sieve_manager.errors import (
    Quota,
    QuotaError,
    ScriptIsActiveError,
    ScriptNotFoundError,
    ScriptRefusedError,
    SignInRefusedError,
)
from tests.contracts.mail_servers import Subject, subject_on

KEEP = b"keep;\r\n"
NOT_SIEVE = b"this is not sieve\r\n"
A, B = ScriptName("a"), ScriptName("b")


@pytest.fixture(scope="session", params=["memory", "dovecot", "cyrus"])
def subject(request: pytest.FixtureRequest) -> Subject:
    """Each server in turn."""
    return subject_on(request.param, request)


@pytest.fixture
def owner(subject: Subject) -> Access:
    """The owner of a new mailbox."""
    return subject.owner()


@pytest.fixture
def session(subject: Subject, owner: Access) -> Iterator[ScriptSession]:
    """A session of a new mailbox."""
    with subject.store.session(owner) as session:
        yield session


def octets_of(session: ScriptSession, name: ScriptName) -> bytes:
    (script,) = session.get_scripts([name])
    return script.octets


def test_new_mailbox_has_no_scripts(session: ScriptSession) -> None:
    assert session.list_scripts() == ScriptListing()


def test_server_announces_what_forwards_need(session: ScriptSession) -> None:
    assert session.capabilities.has("fileinto", "copy", "include", "imap4flags", "date")
    assert session.capabilities.can_check


def test_script_that_was_put_is_listed_and_not_active(session: ScriptSession) -> None:
    assert session.put_script(A, KEEP) == ""
    assert session.list_scripts() == ScriptListing(names=(A,), active=None)


@pytest.mark.parametrize(
    "octets",
    [
        b"",
        b"keep;",
        b"keep;\n\n\n",
        b"# a\r\n# b\n# c\rkeep;\r\n",
        "# Grüße, 日本, \U0001f600\r\nkeep;".encode(),
        b'fileinto "a";'.join([b'require "fileinto";\r\n', b"\r\n" * 2000]),
    ],
    ids=["empty", "no-line-end", "line-feeds", "mixed", "utf-8", "long"],
)
def test_octets_come_back_exactly(session: ScriptSession, octets: bytes) -> None:
    session.rehearse(A, octets, [])
    session.put_script(A, octets)
    assert octets_of(session, A) == octets


def test_any_name_is_listed_and_readable(session: ScriptSession, subject: Subject) -> None:
    session.put_script(A, KEEP)
    for name in map(ScriptName.parse, subject.strange_names):
        session.put_script(name, b"discard;")
        session.set_active(A)
        assert session.list_scripts().active == A
        assert set(session.list_scripts().names) == {name, A}
        session.set_active(name)
        assert session.list_scripts().active == name
        assert octets_of(session, name) == b"discard;"
        session.set_active(None)
        session.delete_script(name)
        assert session.list_scripts().names == (A,)


def test_several_scripts_come_in_the_order_asked_for(session: ScriptSession) -> None:
    session.put_script(A, KEEP)
    session.put_script(B, b"discard;")
    assert session.get_scripts([B, A, B]) == (
        Script(name=B, octets=b"discard;"),
        Script(name=A, octets=KEEP),
        Script(name=B, octets=b"discard;"),
    )
    assert session.get_scripts([]) == ()


def test_put_replaces_and_keeps_it_active(session: ScriptSession) -> None:
    session.put_script(A, KEEP)
    session.set_active(A)
    session.put_script(A, b"discard;")
    assert octets_of(session, A) == b"discard;"
    assert session.list_scripts() == ScriptListing(names=(A,), active=A)


def test_refused_script_leaves_the_old_one(session: ScriptSession) -> None:
    session.put_script(A, KEEP)
    session.set_active(A)
    with pytest.raises(ScriptRefusedError) as caught:
        session.put_script(A, NOT_SIEVE)
    assert "error" in caught.value.server_text
    assert octets_of(session, A) == KEEP
    assert session.list_scripts().active == A


def test_refused_new_script_is_not_there(session: ScriptSession) -> None:
    with pytest.raises(ScriptRefusedError):
        session.put_script(A, NOT_SIEVE)
    assert session.list_scripts() == ScriptListing()


def test_last_change_comes_with_what_is_there_then(session: ScriptSession) -> None:
    kept = Script(name=A, octets=KEEP)
    assert session.finish(kept, [A, B]) == ("", ScriptListing(names=(A,)), (kept,))
    assert session.finish(Activation(A), [A]) == (
        "",
        ScriptListing(names=(A,), active=A),
        (kept,),
    )
    assert session.finish(Activation(None), []) == ("", ScriptListing(names=(A,)), ())
    assert session.finish(Deletion(A), [A]) == ("", ScriptListing(), ())


def test_refused_last_change_raises_and_leaves_the_session_in_step(session: ScriptSession) -> None:
    session.put_script(A, KEEP)
    with pytest.raises(ScriptRefusedError):
        session.finish(Script(name=A, octets=NOT_SIEVE), [A])
    with pytest.raises(ScriptNotFoundError):
        session.finish(Activation(B), [A])
    assert octets_of(session, A) == KEEP


def test_check_compiles_and_stores_nothing(session: ScriptSession) -> None:
    assert session.check_script(KEEP) == ""
    with pytest.raises(ScriptRefusedError):
        session.check_script(NOT_SIEVE)
    assert session.list_scripts() == ScriptListing()


def test_only_one_script_is_active(session: ScriptSession) -> None:
    session.put_script(A, KEEP)
    session.put_script(B, KEEP)
    session.set_active(A)
    session.set_active(B)
    assert session.list_scripts().active == B
    session.set_active(None)
    assert session.list_scripts().active is None
    session.set_active(None)


def test_active_script_is_not_deleted(session: ScriptSession) -> None:
    session.put_script(A, KEEP)
    session.set_active(A)
    with pytest.raises(ScriptIsActiveError):
        session.delete_script(A)
    assert session.list_scripts() == ScriptListing(names=(A,), active=A)
    session.set_active(None)
    session.delete_script(A)
    assert session.list_scripts() == ScriptListing()


def test_script_that_is_not_there_is_an_error(session: ScriptSession) -> None:
    session.put_script(A, KEEP)
    session.set_active(A)
    with pytest.raises(ScriptNotFoundError):
        session.get_scripts([A, B])
    with pytest.raises(ScriptNotFoundError):
        session.set_active(B)
    with pytest.raises(ScriptNotFoundError):
        session.delete_script(B)
    assert session.list_scripts() == ScriptListing(names=(A,), active=A)


def test_the_listing_and_what_is_there_are_read_together(session: ScriptSession) -> None:
    session.put_script(A, KEEP)
    listing, scripts = session.read([B, A])
    assert listing == ScriptListing(names=(A,), active=None)
    assert scripts == (Script(name=A, octets=KEEP),)


def test_a_script_is_checked_together_with_the_room_for_it(session: ScriptSession) -> None:
    session.put_script(A, KEEP)
    scripts = (Script(name=A, octets=KEEP),)
    assert session.rehearse(B, KEEP, [A, B]) == (ScriptListing(names=(A,)), scripts)
    with pytest.raises(ScriptRefusedError):
        session.rehearse(B, NOT_SIEVE, [A, B])
    assert session.list_scripts() == ScriptListing(names=(A,))


def test_too_large_a_script_is_refused(session: ScriptSession, subject: Subject) -> None:
    octets = b"#" * subject.max_size_octets + b"\n"
    with pytest.raises((QuotaError, ScriptRefusedError)) as asked:
        session.rehearse(A, octets, [])
    with pytest.raises((QuotaError, ScriptRefusedError)) as put:
        session.put_script(A, octets)
    if subject.tells_limits:
        for caught in (asked, put):
            assert isinstance(caught.value, QuotaError)
            assert caught.value.quota is Quota.MAXSIZE
    assert session.rehearse(A, KEEP, []) == (ScriptListing(), ())
    assert session.list_scripts() == ScriptListing()


def test_too_many_scripts_are_refused(session: ScriptSession, subject: Subject) -> None:
    for number in range(subject.max_scripts):
        session.put_script(ScriptName(f"script{number}"), KEEP)
    with pytest.raises(QuotaError) as asked:
        session.rehearse(A, KEEP, [])
    with pytest.raises(QuotaError) as put:
        session.put_script(A, KEEP)
    assert asked.value.quota is put.value.quota is Quota.MAXSCRIPTS
    assert len(session.list_scripts().names) == subject.max_scripts


def test_full_mailbox_takes_a_new_text_of_an_old_script(
    session: ScriptSession, subject: Subject
) -> None:
    for number in range(subject.max_scripts - (not subject.tells_limits)):
        session.put_script(ScriptName(f"script{number}"), KEEP)
    name = ScriptName("script0")
    session.rehearse(name, b"discard;", [])
    session.put_script(name, b"discard;")
    assert octets_of(session, name) == b"discard;"


def test_mailboxes_have_scripts_of_their_own(subject: Subject, owner: Access) -> None:
    with subject.store.session(owner) as session:
        session.put_script(A, KEEP)
    with subject.store.session(subject.owner()) as session:
        assert session.list_scripts() == ScriptListing()


def test_what_one_session_wrote_the_next_one_reads(subject: Subject, owner: Access) -> None:
    with subject.store.session(owner) as session:
        session.put_script(A, KEEP)
        session.set_active(A)
    with subject.store.session(owner) as session:
        assert session.list_scripts() == ScriptListing(names=(A,), active=A)
        assert octets_of(session, A) == KEEP


def test_wrong_password_is_refused(subject: Subject, owner: Access) -> None:
    with (
        pytest.raises(SignInRefusedError),
        subject.store.session(replace(owner, password="wrong")),
    ):
        pytest.fail("signed in")


def test_master_acts_for_the_mailbox(subject: Subject, owner: Access) -> None:
    with subject.store.session(owner) as session:
        session.put_script(A, KEEP)
    with subject.store.session(replace(owner, password=None)) as session:
        assert session.list_scripts().names == (A,)
        session.put_script(B, KEEP)
    with subject.store.session(owner) as session:
        assert set(session.list_scripts().names) == {A, B}


def test_master_is_refused_a_mailbox_that_is_not_there(subject: Subject, owner: Access) -> None:
    nobody = replace(owner, login=Login.parse("nobody@example.com"), password=None)
    with pytest.raises(SignInRefusedError), subject.store.session(nobody):
        pytest.fail("signed in")
