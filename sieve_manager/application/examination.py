"""Connect to everything that is configured and report, part by part, what works."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from sieve_manager.application import acting
from sieve_manager.application.access import Access, Actor
from sieve_manager.application.checking import (
    Observation,
    Part,
    failed,
    impaired,
    judge_announcement,
    judge_features,
    says,
)
from sieve_manager.application.checking_host import HostFacts, judge_host
from sieve_manager.application.checking_postfix import PostfixExamination
from sieve_manager.application.ports import Directory, Folders, ScriptStore
from sieve_manager.domain.capabilities import ServerCapabilities
from sieve_manager.domain.mailboxes import Login
from sieve_manager.errors import ServerError, SieveManagerError
from sieve_manager.policy.findings import inform, warn
from sieve_manager.policy.policy import Policy

_NO_MASTER = inform(
    "no-master",
    "Not configured: the pages keep owners' passwords, encrypted, while they are signed in, and "
    "the command line needs --password-prompt. A section [master] ends both.",
    where=Part.MASTER,
)
_NO_IMAP = warn(
    "no-imap",
    "Not configured: folders are not listed, and a copy cannot go to Trash. Add a section [imap].",
    where=Part.IMAP,
)
_NO_TRASH = warn(
    "no-trash",
    "The test mailbox has no folder for Trash. Mark one (Dovecot: special_use = \\Trash).",
    where=Part.IMAP,
)
_NO_SMTP = inform(
    "no-smtp",
    "Not configured: owners are not told by mail of forwards to the outside.",
    where=Part.SMTP,
)
_NO_DIRECTORY = inform(
    "no-directory",
    "Not configured: people are found by their addresses only, and mailboxes are those of "
    "[mailboxes]. A section [directory] tells names, addresses and managers.",
    where=Part.DIRECTORY,
)
_EMPTY_DIRECTORY = warn(
    "directory-empty",
    "It answers, but lists no mailbox. Fill it (sieve-manager directory import), or look at the "
    "filter or the query in [directory].",
    where=Part.DIRECTORY,
)
_ELSEWHERE = inform(
    "not-local",
    "What only the mail server's own host shows was not looked at: who takes the redirects and "
    "whether that one queues, sieve_default, security updates. Run sieve-manager check --local "
    "there.",
    where=Part.LOCAL,
)


class Reachable(Protocol):
    """A server that may be tried without a mailbox."""

    def reach(self) -> None:
        """Connect, secure the connection, leave; raises one of our errors."""
        ...


class AnnouncingStore(ScriptStore, Protocol):
    """A ScriptStore that also shows what its server says before sign-in."""

    def announced(self) -> ServerCapabilities:
        """The capabilities in the greeting, after TLS; ServerError."""
        ...


class ReachableFolders(Folders, Reachable, Protocol):
    """The Folders port of a server that may be tried."""


class LocalHost(Protocol):
    """The host that we run on, which may be the mail server's."""

    def facts(self) -> HostFacts:
        """What can be read there; raises nothing."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Examination:
    """What there is to look at; None: not configured, or (*host*) not asked for.

    *master*: *store* may act for any mailbox. *token* makes the names of test scripts unique.
    """

    store: AnnouncingStore
    master: bool
    folders: ReachableFolders | None
    mailer: Reachable | None
    host: LocalHost | None
    policy: Policy
    actor: Actor
    token: str
    directory: Directory | None = None
    provider: Reachable | None = None
    postfix: PostfixExamination | None = None

    def run(self, test_mailboxes: tuple[Login, Login] | None) -> Iterator[Observation]:
        """Report as it goes; with *test_mailboxes*, sign in to them and prove the acting.

        Two inactive scripts are in these for a moment; nothing else is written anywhere.
        """
        logins = test_mailboxes if self.master else None
        yield from self._directory()
        yield from self._scripts(logins)
        yield from self._imap(logins)
        if self.mailer:
            yield _tried(Part.SMTP, self.mailer, "Nobody is told anything by mail.")
        else:
            yield says(_NO_SMTP)
        if self.provider:
            yield _tried(Part.OIDC, self.provider, "Nobody can sign in by it.")
        if self.postfix:
            yield from self.postfix.run()
        if self.host:
            yield from map(says, judge_host(self.host.facts(), self.policy))
        else:
            yield says(_ELSEWHERE)

    def _directory(self) -> Iterator[Observation]:
        """Whether it lists the mailboxes to the last one, as a job over all of them needs."""
        if self.directory is None:
            yield says(_NO_DIRECTORY)
            return
        try:
            count = sum(1 for _ in self.directory.logins())
        except SieveManagerError as error:
            yield failed(Part.DIRECTORY, error)
            return
        known = inform(
            "directory-answers",
            "It answers and lists {count} mailboxes.",
            where=Part.DIRECTORY,
            count=str(count),
        )
        yield says(known if count else _EMPTY_DIRECTORY)

    def _scripts(self, logins: tuple[Login, Login] | None) -> Iterator[Observation]:
        try:
            capabilities = self.store.announced()
        except ServerError as error:
            yield failed(Part.MANAGESIEVE, error)
            return
        yield from map(says, judge_announcement(capabilities))
        if logins:
            yield from acting.prove(self.store, self.actor, logins, self.token)
        else:
            yield from acting.probe(self.store, self.actor) if self.master else [says(_NO_MASTER)]
        after = self._signed_in(logins[0]) if logins else None
        features = judge_features(after or capabilities, self.policy, signed_in=after is not None)
        yield from map(says, features)

    def _signed_in(self, login: Login) -> ServerCapabilities | None:
        """What the server announces to somebody; None where that failed, which was said."""
        try:
            with self.store.session(Access(login=login, actor=self.actor)) as session:
                return session.capabilities
        except ServerError:
            return None

    def _imap(self, logins: tuple[Login, Login] | None) -> Iterator[Observation]:
        if self.folders is None:
            yield says(_NO_IMAP)
            return
        yield _reach(Part.IMAP, self.folders)
        if logins is None:
            return
        try:
            listing = self.folders.listing(Access(login=logins[0], actor=self.actor))
        except SieveManagerError as error:
            yield failed(Part.IMAP, error)
            return
        if listing.trash is None:
            yield says(_NO_TRASH)


def _reach(part: Part, server: Reachable) -> Observation:
    """Whether a server that forwards need answers."""
    try:
        server.reach()
    except SieveManagerError as error:
        return failed(part, error)
    return says(inform("reached", "The server answers.", where=part))


def _tried(part: Part, server: Reachable, without: str) -> Observation:
    """Whether a server answers that forwards do *without*."""
    try:
        server.reach()
    except SieveManagerError as error:
        return impaired(part, error, without)
    return says(inform("reached", "The server answers.", where=part))
