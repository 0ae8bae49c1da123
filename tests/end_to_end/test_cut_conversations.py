"""The conversation of a save is cut at every octet: the mailbox is as before or as saved."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from sieve_manager.adapters.memory_records import MemoryHistory, MemoryLocks
from sieve_manager.adapters.script_store import ManageSieveStore
from sieve_manager.application.access import Access, Actor, Channel
from sieve_manager.application.forwards import Forwards
from sieve_manager.application.history import Change
from sieve_manager.demo.dovecot import DovecotServer
from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.domain.forward import Forward
from sieve_manager.domain.mailboxes import Login, Mailbox
from sieve_manager.domain.schedule import Period
from sieve_manager.errors import Outcome, SaveFailedError, ServerError
from sieve_manager.managesieve import Endpoint, TlsMode
from sieve_manager.policy.policy import Policy
from tests.end_to_end.scripts import ROUNDCUBE
from tests.servers.cutting_proxy import CuttingProxy, Direction
from tests.servers.mailboxes import PASSWORD
from tests.servers.script_files import active_script, give_script, script_files, take_scripts

FORWARD = Forward(
    destinations=(EmailAddress.parse("a@example.net"),), period=Period(timezone="Europe/Zurich")
)


class NoAddresses:
    """Addresses port: nothing is known but the login."""

    def mailbox(self, login: Login) -> Mailbox:
        return Mailbox(login=login)


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """A mailbox behind the proxy; *change* is what is saved, *before* and *after* its states."""

    dovecot: DovecotServer
    proxy: CuttingProxy
    access: Access
    store: ManageSieveStore

    @property
    def forwards(self) -> Forwards:
        return Forwards.over(
            store=self.store,
            folders=None,
            history=MemoryHistory(),
            locks=MemoryLocks(),
            addresses=NoAddresses(),
            policy=Policy(),
            clock=lambda: datetime.now(UTC),
            patience=(),  # the proxy waits until the server has done all it was told
        )

    @property
    def state(self) -> tuple[dict[str, bytes], str | None]:
        """What the files say: no client of ours is asked."""
        login = self.access.login.text
        name = active_script(self.dovecot, login)
        return script_files(self.dovecot, login), name.text if name else None

    def set(self) -> None:
        self.forwards.set_forward(self.access, FORWARD, None)

    def clear(self) -> None:
        self.forwards.change(self.access, Change.CLEAR, None)

    def restore(self, state: tuple[dict[str, bytes], str | None]) -> None:
        """Put the files back, as if nothing had happened."""
        login = self.access.login.text
        if self.state != state:
            take_scripts(self.dovecot, login)
            for name, octets in state[0].items():
                give_script(self.dovecot, login, name, octets, active=name == state[1])


@pytest.fixture
def subject(dovecot: DovecotServer, login: str) -> Iterator[Subject]:
    """A fresh mailbox behind a proxy, in clear text so that octets are those of the protocol."""
    there = dovecot.endpoints
    with CuttingProxy(there.host, there.managesieve_port) as proxy:
        store = ManageSieveStore(Endpoint(host="127.0.0.1", port=proxy.port, tls=TlsMode.NONE))
        actor = Actor(name=login, channel=Channel.WEB)
        access = Access(login=Login(login), actor=actor, password=PASSWORD)
        yield Subject(dovecot=dovecot, proxy=proxy, access=access, store=store)
        store.close()


def said(save: Callable[[], None]) -> Outcome:
    """What the use case says has become of the save."""
    try:
        save()
    except SaveFailedError as error:
        return error.outcome
    except ServerError:
        return Outcome.UNCHANGED  # before anything was sent that could change something
    return Outcome.SAVED


def cut_everywhere(subject: Subject, save: Callable[[], None], direction: Direction) -> None:
    """Save over and over, each time cut one octet later, until a save passes uncut."""
    before = subject.state
    subject.proxy.arm()
    save()
    after, length = subject.state, subject.proxy.passed(direction)
    assert after != before
    outcomes = set()
    for octets in range(length):
        subject.restore(before)
        subject.proxy.arm(direction, octets)
        cuts = subject.proxy.cuts
        outcome = said(save)
        outcomes.add(outcome)
        # A cut behind the last answer, in the good-bye, is none for the save.
        assert subject.proxy.cuts == cuts + 1
        expected = {Outcome.UNCHANGED: before, Outcome.SAVED: after}[outcome]
        assert subject.state == expected, f"cut {direction} after {octets} octets: {outcome}"
    assert outcomes == {Outcome.UNCHANGED, Outcome.SAVED}


@pytest.mark.timeout(300)
@pytest.mark.parametrize("direction", Direction)
def test_a_first_forward_is_there_or_not(subject: Subject, direction: Direction) -> None:
    cut_everywhere(subject, subject.set, direction)


@pytest.mark.timeout(300)
@pytest.mark.parametrize("direction", Direction)
def test_a_forward_inside_another_script_is_there_or_not(
    subject: Subject, direction: Direction
) -> None:
    give_script(subject.dovecot, subject.access.login.text, "roundcube", ROUNDCUBE)
    cut_everywhere(subject, subject.set, direction)


@pytest.mark.timeout(300)
@pytest.mark.parametrize("direction", Direction)
def test_a_cleared_forward_is_there_or_not(subject: Subject, direction: Direction) -> None:
    subject.set()
    cut_everywhere(subject, subject.clear, direction)
