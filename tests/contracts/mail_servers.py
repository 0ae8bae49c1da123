"""The mail servers that the contracts of scripts and folders run on, alike for the tests."""

import itertools
from dataclasses import dataclass

from sieve_manager.adapters.imap_folders import ImapFolders
from sieve_manager.adapters.memory import MemoryScriptStore, MemoryServer
from sieve_manager.adapters.script_store import ManageSieveStore
from sieve_manager.application.access import Access, Actor, Channel
from sieve_manager.application.ports import ScriptStore
from sieve_manager.demo.mail_server import Endpoints, MailServer
from sieve_manager.domain.mailboxes import Login
from sieve_manager.managesieve import Credentials, Endpoint, TlsMode
from tests.servers.mailboxes import PASSWORD, make_mailbox

ACTOR = Actor(name="tests", channel=Channel.CLI)
_numbers = itertools.count(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """A server under the contract, a store on it, and how many scripts of what size it takes."""

    store: ScriptStore
    server: MailServer | dict[str, str]
    max_scripts: int
    max_size_octets: int

    def owner(self) -> Access:
        """A new mailbox, for its owner."""
        if isinstance(self.server, dict):
            login = f"memory{next(_numbers)}@example.com"
            self.server[login] = PASSWORD
        else:
            login = make_mailbox(self.server)
        return Access(login=Login.parse(login), actor=ACTOR, password=PASSWORD)


def memory_subject() -> Subject:
    """The server in memory."""
    passwords: dict[str, str] = {}
    server = MemoryServer(passwords=passwords, max_scripts=100, max_size_octets=1024 * 1024)
    return Subject(
        store=MemoryScriptStore(server=server),
        server=passwords,
        max_scripts=100,
        max_size_octets=1024 * 1024,
    )


def real_subject(server: MailServer, *, max_scripts: int, max_size_octets: int) -> Subject:
    """A running server, reached through our client with STARTTLS."""
    return Subject(
        store=ManageSieveStore(
            managesieve_endpoint(server.endpoints), master=master_of(server.endpoints)
        ),
        server=server,
        max_scripts=max_scripts,
        max_size_octets=max_size_octets,
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
