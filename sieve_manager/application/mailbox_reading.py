"""Read one mailbox for the register: its active script with what it includes, and who it is."""

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import SystemRandom

from sieve_manager.application.access import ITSELF, Access
from sieve_manager.application.ports import (
    Addresses,
    Directory,
    History,
    ScriptSession,
    ScriptStore,
)
from sieve_manager.application.register import entries_of
from sieve_manager.application.register_store import KnownMailbox, Reading
from sieve_manager.domain.mailboxes import Login, Mailbox
from sieve_manager.domain.people import Person
from sieve_manager.domain.roles import Role
from sieve_manager.domain.scripts import Fingerprint, Script, ScriptName, ScriptSet
from sieve_manager.errors import DirectoryError, SieveManagerError, StorageError
from sieve_manager.policy.policy import Policy
from sieve_manager.policy.rights import StaffRules, may_act
from sieve_manager.sieve.grammar import parse
from sieve_manager.sieve.includes import includes_of
from sieve_manager.sieve.staying import stays

READER = "4"
"""Another one reads all scripts again, changed or not: for when more is understood of them."""

_NOBODY = Login("")
_MOST_SCRIPTS = 100
_PAUSES = (0.5, 1.0, 2.0)
_random = SystemRandom()
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """What came of a mailbox; *error* is why it could not be read."""

    reading: Reading
    error: SieveManagerError | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Who:
    """Whose mailbox it is; see :class:`Reading`."""

    mailbox: Mailbox
    words: str
    for_operators: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class MailboxReader:
    """Reads mailboxes, through the master; *rest* waits so many seconds between attempts."""

    store: ScriptStore
    directory: Directory
    addresses: Addresses
    history: History
    policy: Policy
    staff: StaffRules
    rest: Callable[[float], object] = time.sleep

    def read(self, login: Login, known: KnownMailbox | None, usual: Sequence[ScriptName]) -> Read:
        """Read *login*; *usual* are names that its scripts probably have, where none are known.

        What is only temporary is tried again, at growing intervals.

        Raises:
            StorageError, DirectoryError: of ours, not of this mailbox.
        """
        who = self._who(login)
        kept = known or KnownMailbox(fingerprint="", scripts=tuple(usual))
        try:
            scripts = self._patiently(login, kept, who)
            return Read(reading=self._reading(login, scripts, kept, who))
        except (StorageError, DirectoryError):
            raise
        except SieveManagerError as error:
            return Read(reading=_failed(login, who, str(error)), error=error)
        except Exception as error:  # noqa: BLE001 - one mailbox must not end the sweep of all
            _log.exception("the register could not read %s by a mistake of ours", login)
            problem = f"internal error ({type(error).__name__})"
            return Read(reading=_failed(login, who, problem))

    def _who(self, login: Login) -> _Who:
        found = self.directory.person(login)
        mailbox = found.mailbox if found else self.addresses.mailbox(login)
        person = found or Person(login=login, address=mailbox.address, aliases=mailbox.aliases)
        refusal = may_act(Role.OPERATOR, _NOBODY, person, self.staff, known=found is not None)
        words = " ".join(dict.fromkeys((person.name, *map(str, person.addresses)))).strip()
        return _Who(mailbox=mailbox, words=words, for_operators=refusal is None)

    def _reading(self, login: Login, scripts: ScriptSet, known: KnownMailbox, who: _Who) -> Reading:
        fingerprint = self._fingerprint(scripts, who)
        entries = None
        if known.fingerprint != fingerprint:
            entries = entries_of(
                scripts, who.mailbox, self.policy, lambda: self.history.versions(login)
            )
        return Reading(
            login=login,
            fingerprint=fingerprint,
            scripts=tuple(script.name for script in scripts.scripts),
            entries=entries,
            stays=entries is None or stays(scripts),
            words=who.words,
            for_operators=who.for_operators,
        )

    def _patiently(self, login: Login, known: KnownMailbox, who: _Who) -> ScriptSet:
        for pause in _PAUSES:
            try:
                return self._once(login, known, who)
            except SieveManagerError as error:
                if not error.retryable:
                    raise
            self.rest(pause * (0.5 + 0.5 * _random.random()))
        return self._once(login, known, who)

    def _once(self, login: Login, known: KnownMailbox, who: _Who) -> ScriptSet:
        with self.store.session(Access(login=login, actor=ITSELF)) as session:
            listing, found = session.read(known.scripts)
            scripts = ScriptSet(listing=listing, scripts=found)
            if known.fingerprint and self._fingerprint(scripts, who) == known.fingerprint:
                return scripts  # the same scripts include the same ones: nothing is parsed
            return _followed(session, scripts)

    def _fingerprint(self, scripts: ScriptSet, who: _Who) -> str:
        """Covers all that the entries are made from, so that a change of any makes them anew."""
        inside = sorted(self.policy.internal_domains)
        spam = self.policy.spam_headers
        own = (who.mailbox.address, who.mailbox.aliases)
        context = repr((READER, who.words, own, who.for_operators, inside, spam))
        return Fingerprint.of((scripts.fingerprint.text, context)).text


def _failed(login: Login, who: _Who, problem: str) -> Reading:
    return Reading(login=login, problem=problem, words=who.words, for_operators=who.for_operators)


def _followed(session: ScriptSession, found: ScriptSet) -> ScriptSet:
    """The active script and all that it includes; asks for what was not *found* yet."""
    there = {script.name: script for script in found.scripts}
    listing = found.listing
    wanted = [listing.active] if listing.active else []
    running: list[Script] = []
    while wanted and len(running) < _MOST_SCRIPTS:
        missing = [name for name in wanted if name not in there]
        if missing:
            there |= {script.name: script for script in session.get_scripts(missing)}
        newest = [there[name] for name in wanted]
        running += newest
        seen = {script.name for script in running}
        names = [name for script in newest for name in _included(script)]
        wanted = [name for name in dict.fromkeys(names) if name in listing.names]
        wanted = [name for name in wanted if name not in seen]
    return ScriptSet(listing=listing, scripts=tuple(running))


def _included(script: Script) -> list[ScriptName]:
    tree = parse(script.octets)
    found = includes_of(tree) if tree else ()
    return [ScriptName(one.name) for one in found if one.personal]
