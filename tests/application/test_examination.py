"""The examination goes on to the next part whatever the last one said."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest

from sieve_manager.adapters.memory import (
    CAPABILITIES,
    MemoryFolders,
    MemoryScriptStore,
    MemoryServer,
)
from sieve_manager.adapters.memory_directory import MemoryDirectory
from sieve_manager.application.access import Access, Actor, Channel
from sieve_manager.application.checking import Part
from sieve_manager.application.checking_host import HostFacts
from sieve_manager.application.examination import Examination
from sieve_manager.application.ports import FolderListing
from sieve_manager.domain.capabilities import ServerCapabilities
from sieve_manager.domain.mailboxes import Login
from sieve_manager.domain.people import Person
from sieve_manager.errors import (
    DirectoryError,
    NoticeError,
    SieveManagerError,
    TemporaryError,
    UnreachableError,
)
from sieve_manager.policy.policy import Policy

LOGINS = (Login("one@example.com"), Login("two@example.com"))
PASSWORDS = {login.text: "" for login in LOGINS}


@dataclass(frozen=True, slots=True, kw_only=True)
class Store(MemoryScriptStore):
    """A store whose greeting can fail."""

    down: SieveManagerError | None = None

    def announced(self) -> ServerCapabilities:
        if self.down:
            raise self.down
        return replace(CAPABILITIES, sasl=("PLAIN",), max_redirects=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class ImapServer(MemoryFolders):
    """Folders of a server that can be down, or refuse."""

    down: SieveManagerError | None = None
    refuses: SieveManagerError | None = None

    def reach(self) -> None:
        if self.down:
            raise self.down

    def listing(self, access: Access) -> FolderListing:
        if self.refuses:
            raise self.refuses
        return super(ImapServer, self).listing(access)


@dataclass(frozen=True, slots=True)
class Smtp:
    """A mailer that can be down."""

    down: SieveManagerError | None = None

    def reach(self) -> None:
        if self.down:
            raise self.down


class Host:
    """The mail server's host, without Dovecot."""

    def facts(self) -> HostFacts:
        return HostFacts(settings=None)


WORKING = Examination(
    store=Store(server=MemoryServer(passwords=PASSWORDS)),
    master=True,
    folders=ImapServer(),
    mailer=Smtp(),
    host=None,
    policy=Policy(max_destinations=4),
    actor=Actor(name="root", channel=Channel.CLI),
    token="abc",
)


def codes(examination: Examination, *, with_mailboxes: bool = True) -> list[str]:
    observations = examination.run(LOGINS if with_mailboxes else None)
    return [f"{one.finding.where}: {one.finding.code}" for one in observations]


def failures(examination: Examination) -> list[str]:
    return [one.finding.where for one in examination.run(LOGINS) if one.fails]


def test_everything_works() -> None:
    assert failures(WORKING) == []
    found = codes(WORKING)
    assert "Master user: acting-proven" in found
    assert "IMAP: reached" in found
    assert "SMTP: reached" in found
    assert found[-1] == "This host: not-local"


def test_limits_that_are_told_only_after_sign_in_are_asked_for_there() -> None:
    assert "Features: redirect-limit" in codes(WORKING)
    assert "Features: redirect-limit-unknown" in codes(WORKING, with_mailboxes=False)


def test_each_part_that_fails_is_named_and_the_rest_is_looked_at() -> None:
    down = UnreachableError("no connection")
    broken = replace(
        WORKING,
        store=Store(server=MemoryServer(), down=down),
        folders=ImapServer(down=down, refuses=TemporaryError("later")),
        mailer=Smtp(NoticeError("no")),
    )
    assert failures(broken) == [Part.MANAGESIEVE, Part.IMAP, Part.IMAP]


@pytest.mark.parametrize("part", ["mailer", "provider"])
def test_what_forwards_do_without_is_told_and_fails_nothing(part: str) -> None:
    working = replace(WORKING, provider=Smtp())
    assert "Single sign-on: reached" in codes(working)
    broken = replace(working, **{part: Smtp(NoticeError("nobody there"))})
    assert failures(broken) == []
    (said,) = [one.finding for one in broken.run(LOGINS) if one.finding.code == "impaired"]
    assert said.message.startswith("Does not work: nobody there. Nobody ")


def test_test_mailboxes_that_cannot_be_signed_in_to_leave_the_rest_to_be_told() -> None:
    locked = replace(WORKING, store=Store(server=MemoryServer(passwords={})))
    assert failures(locked) == [Part.MASTER]
    assert "Features: redirect-limit-unknown" in codes(locked)


def test_what_is_not_configured_is_said() -> None:
    bare = replace(WORKING, master=False, folders=None, mailer=None)
    found = codes(bare)
    assert {"Master user: no-master", "IMAP: no-imap", "SMTP: no-smtp"} <= set(found)
    assert failures(bare) == []


def test_a_mailbox_without_trash_is_warned_of() -> None:
    without = replace(WORKING, folders=ImapServer(trash=None))
    assert "IMAP: no-trash" in codes(without)
    assert "IMAP: no-trash" not in codes(without, with_mailboxes=False)


def test_the_host_is_looked_at_only_where_asked() -> None:
    found = codes(replace(WORKING, host=Host()))
    assert "This host: no-dovecot" in found
    assert "This host: not-local" not in found


class Broken(MemoryDirectory):
    """A directory that fails in the middle of its list."""

    def logins(self) -> Iterator[Login]:
        yield LOGINS[0]
        raise DirectoryError("the size limit")


def test_a_directory_is_read_to_its_end() -> None:
    everybody = MemoryDirectory(tuple(Person(login=login) for login in LOGINS))
    (first, *_) = replace(WORKING, directory=everybody).run(LOGINS)
    assert first.finding.message == "It answers and lists 2 mailboxes."
    assert "Directory: directory-empty" in codes(replace(WORKING, directory=MemoryDirectory()))
    assert "Directory: no-directory" in codes(WORKING)
    assert failures(replace(WORKING, directory=Broken())) == ["Directory"]
