"""The mail servers that the contracts of scripts and folders run on, alike for the tests."""

import itertools
from dataclasses import dataclass

import pytest

from sieve_manager.adapters.imap.folders import ImapFolders
from sieve_manager.adapters.memory import MemoryScriptStore, MemoryServer
from sieve_manager.adapters.script_store import ManageSieveStore
from sieve_manager.application.access import Access, Actor, Channel
from sieve_manager.application.ports import ScriptStore
from sieve_manager.demo.mail_server import Endpoints, MailServer
from sieve_manager.domain.mailboxes import Login
from sieve_manager.managesieve import Credentials, Endpoint, TlsMode
from tests.servers.mailboxes import PASSWORD, make_mailbox, signed_in_imap

ACTOR = Actor(name="tests", channel=Channel.CLI)
ASCII_NAMES = ("with space", "{5+}", "ACTIVE", "a.b", "NIL")
OTHER_NAMES = ('quo"te', "back\\slash", '" ACTIVE', "Grüße", "日本 \U0001f600")
_numbers = itertools.count(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """A server under the contract, a store on it, and what that server takes.

    *strange_names* are script names that it keeps as they are. One that *tells_limits* says
    QUOTA/MAXSIZE to a script that is too large, and replaces one also when there is no room
    for another.
    """

    store: ScriptStore
    server: MailServer | dict[str, str]
    max_scripts: int = 100
    max_size_octets: int = 1024 * 1024
    strange_names: tuple[str, ...] = ASCII_NAMES + OTHER_NAMES
    tells_limits: bool = True

    def owner(self) -> Access:
        """A new mailbox, for its owner."""
        if isinstance(self.server, dict):
            login = f"memory{next(_numbers)}@example.com"
            self.server[login] = PASSWORD
        else:
            login = make_mailbox(self.server)
            with signed_in_imap(self.server, login):
                pass  # Cyrus makes a mailbox at the first sign-in over IMAP
        return Access(login=Login.parse(login), actor=ACTOR, password=PASSWORD)


def subject_on(name: str, request: pytest.FixtureRequest) -> Subject:
    """The server of that name: memory, dovecot or cyrus, the real ones through our client."""
    if name == "memory":
        passwords: dict[str, str] = {}
        memory = MemoryServer(passwords=passwords, max_scripts=100, max_size_octets=1024 * 1024)
        return Subject(store=MemoryScriptStore(server=memory), server=passwords)
    server: MailServer = request.getfixturevalue(name)
    store = ManageSieveStore(
        managesieve_endpoint(server.endpoints), master=master_of(server.endpoints)
    )
    if name == "dovecot":
        return Subject(store=store, server=server)
    # Cyrus 3.6.1 lists a quote or a backslash in a name without escaping it, and takes no
    # quoted string beyond ASCII; its limits are the ones that it has out of the box.
    return Subject(
        store=store,
        server=server,
        max_scripts=5,
        max_size_octets=32 * 1024,
        strange_names=ASCII_NAMES,
        tells_limits=False,
    )


def managesieve_endpoint(endpoints: Endpoints) -> Endpoint:
    """Where its scripts are."""
    return Endpoint(host=endpoints.host, port=endpoints.managesieve_port, ca_file=endpoints.ca_file)


def imap_endpoint(endpoints: Endpoints, tls: TlsMode = TlsMode.STARTTLS) -> Endpoint:
    """Where its folders are."""
    port = endpoints.imap_tls_port if tls is TlsMode.IMPLICIT else endpoints.imap_port
    assert port is not None
    return Endpoint(host=endpoints.host, port=port, tls=tls, ca_file=endpoints.ca_file)


def master_of(endpoints: Endpoints) -> Credentials:
    """Who may act for any mailbox there."""
    return Credentials(login=endpoints.master_user, password=endpoints.master_password)


def folders_on(server: MailServer, tls: TlsMode = TlsMode.STARTTLS) -> ImapFolders:
    """The Folders port on a running server."""
    return ImapFolders(imap_endpoint(server.endpoints, tls), master=master_of(server.endpoints))
