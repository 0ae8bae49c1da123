"""Whether Postfix sees the redirect addresses, proven by its own queries."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from sieve_manager.application.address_ports import AddressStore, Answer, Relay
from sieve_manager.application.checking import Observation, Part, failed, says
from sieve_manager.application.ports import Clock, Directory
from sieve_manager.application.postfix_files import REFUSALS_FILE, TARGETS_FILE, PostfixTables
from sieve_manager.application.postfix_views import PROBE, key_of
from sieve_manager.application.register import EntryState, Place
from sieve_manager.application.register_store import Question, RegisterStore
from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.domain.forward import Phase
from sieve_manager.domain.redirect_address import RedirectAddress
from sieve_manager.errors import ServerError, SieveManagerError
from sieve_manager.policy.findings import Finding, inform, refuse, warn

_SETTINGS = ("virtual_alias_maps", "smtpd_recipient_restrictions", "sender_canonical_maps")
_AT_A_TIME = 1000
# Daemons that rewrite senders (SRS) are asked over a socket.
_DAEMON = re.compile(r"\b(?:tcp|socketmap|unix):|srs", re.IGNORECASE)
_NO_POSTFIX = inform(
    "no-postfix",
    "There is no postconf here: whether it sees the redirect addresses was not looked at. Run "
    "this on Postfix's own host.",
    where=Part.POSTFIX,
)
_NO_MARKER = refuse(
    "postfix-marker",
    "virtual_alias_maps does not name the marker, so changes are not seen at once. See "
    "sieve-manager postfix config.",
    where=Part.POSTFIX,
)
_NO_REFUSALS = warn(
    "postfix-refusals",
    "smtpd_recipient_restrictions does not name {file}: senders are not told why an address is "
    "paused, or where it has moved. See sieve-manager postfix config.",
    where=Part.POSTFIX,
    file=REFUSALS_FILE,
)
_NO_REWRITING = warn(
    "no-srs",
    "Redirect addresses or forwards lead to the outside, and no program that rewrites senders is "
    "seen in sender_canonical_maps: many receivers refuse such mail (SPF). Install postsrsd.",
    where=Part.POSTFIX,
)


class MailTransferAgent(Protocol):
    """The Postfix of this host. Each method may raise UnreachableError."""

    def settings(self, names: Sequence[str]) -> Mapping[str, str] | None:
        """Their values; None: there is none here."""
        ...

    def look_up(self, table: str, key: str) -> str:
        """What its table gives for exactly this key, or ""."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class PostfixExamination:
    """What there is to ask; *inside* are the domains of the organisation."""

    agent: MailTransferAgent
    tables: PostfixTables
    store: AddressStore
    relay: Relay
    directory: Directory
    register: RegisterStore
    clock: Clock
    inside: Collection[str]

    def run(self) -> Iterator[Observation]:
        """Report as it goes; nothing where no address is made here."""
        if not self.tables.domains:
            return
        try:
            found = self.agent.settings(_SETTINGS)
            yield from map(says, [_NO_POSTFIX] if found is None else self._judged(found))
        except SieveManagerError as error:
            yield failed(Part.POSTFIX, error)

    def _judged(self, settings: Mapping[str, str]) -> Iterator[Finding]:
        aliases = _names(settings.get("virtual_alias_maps", ""))
        restrictions = _names(settings.get("smtpd_recipient_restrictions", ""))
        table, refusals = _of(aliases, TARGETS_FILE), _of(restrictions, REFUSALS_FILE)
        kept = list(self._addresses())
        if self.tables.marker and not _of(aliases, f"/{self.tables.marker.name}"):
            yield _NO_MARKER
        if table is None:
            yield refuse(
                "postfix-unlisted",
                "virtual_alias_maps does not name {file}: mail for redirect addresses is refused. "
                "See sieve-manager postfix config.",
                where=Part.POSTFIX,
                file=TARGETS_FILE,
            )
        else:
            yield from self._proven(table, refusals, kept)
        if refusals is None:
            yield _NO_REFUSALS
        yield from self._swallowed(aliases, kept)
        yield from self._taken(kept)
        rewrites = _DAEMON.search(settings.get("sender_canonical_maps", ""))
        if not rewrites and self._leads_outside(kept):
            yield _NO_REWRITING

    def _proven(
        self, table: str, refusals: str | None, kept: Sequence[RedirectAddress]
    ) -> Iterator[Finding]:
        """Ask for the number of the last change, and in each domain for an address in force."""
        now = self.clock()
        probes = {EmailAddress.restore(PROBE): PROBE}
        for one in kept:
            if one.phase(now) is Phase.ACTIVE and not any(
                one.address.domain == known.domain for known in probes
            ):
                probes[one.address] = key_of(one.address)
        wrong: list[Finding] = []
        for address, key in probes.items():
            expected = self.relay.answer(address, now)
            wrong += self._differs(table, key, _targets(expected))
        if refusals:
            expected = self.relay.answer(EmailAddress.restore(PROBE), now)
            wrong += self._differs(refusals, PROBE, {expected.refusal})
        yield from wrong
        if not wrong:
            yield inform(
                "postfix-sees",
                "It sees the redirect addresses as they are now ({count}).",
                where=Part.POSTFIX,
                count=str(len(kept)),
            )

    def _differs(self, table: str, key: str, expected: set[str]) -> Iterator[Finding]:
        found = self.agent.look_up(table, key)
        if set(found.split(",")) != expected:
            yield refuse(
                "postfix-differs",
                "{table} gives for {key}: {found}; it should be: {expected}. Compare its file "
                "with sieve-manager postfix config.",
                where=Part.POSTFIX,
                table=table,
                key=key,
                found=found or "nothing",
                expected=",".join(sorted(expected)),
            )

    def _swallowed(
        self, tables: Sequence[str], kept: Sequence[RedirectAddress]
    ) -> Iterator[Finding]:
        """With an address for all others, a mailbox that no table knows gets no mail."""
        for one in kept:
            mailbox = self._mailbox(one.address.domain) if one.is_catch_all else None
            if mailbox and not any(self._knows(table, mailbox) for table in tables):
                yield refuse(
                    "postfix-swallows",
                    "{address} gets the mail of every mailbox there, such as {mailbox}: no table "
                    "in virtual_alias_maps answers that with itself. See sieve-manager postfix "
                    "config.",
                    where=Part.POSTFIX,
                    address=one.address.readable,
                    mailbox=mailbox.readable,
                )

    def _taken(self, kept: Sequence[RedirectAddress]) -> Iterator[Finding]:
        """A mailbox that was made later gets nothing, also where the address has ended."""
        for one in kept:
            person = None if one.is_catch_all else self.directory.by_address(one.address)
            if person and set(person.addresses).isdisjoint(one.forward.destinations):
                yield refuse(
                    "postfix-taken",
                    "{address} is now the address of a mailbox, and a redirect address here: the "
                    "mailbox does not get that mail. Delete the redirect address.",
                    where=Part.POSTFIX,
                    address=one.address.readable,
                )

    def _leads_outside(self, kept: Sequence[RedirectAddress]) -> bool:
        """Whether an address does, or a forward as of the last sweep."""
        if any(target.domain not in self.inside for one in kept for target in one.leads_to):
            return True
        now = self.clock()
        return any(
            one.place is Place.OUTSIDE and one.state(now) is EntryState.ACTIVE
            for one in self.register.every(Question(outside=True))
        )

    def _knows(self, table: str, mailbox: EmailAddress) -> bool:
        try:
            return self.agent.look_up(table, mailbox.key).lower() == mailbox.key
        except ServerError:
            return False  # not ours; whether it works is not the question here

    def _mailbox(self, domain: str) -> EmailAddress | None:
        for login in self.directory.logins():
            person = self.directory.person(login)
            if person and person.address and person.address.domain == domain:
                return person.address
        return None

    def _addresses(self) -> Iterator[RedirectAddress]:
        offset = 0
        while page := self.store.found(offset=offset, limit=_AT_A_TIME):
            yield from page
            offset += len(page)


def _targets(answer: Answer) -> set[str]:
    return {str(one) for one in answer.destinations}


def _names(value: str) -> list[str]:
    return [one for one in re.split(r"[,\s]+", value) if one]


def _of(names: Sequence[str], file: str) -> str | None:
    """The table that reads this file."""
    return next((one for one in names if one.endswith(file)), None)
