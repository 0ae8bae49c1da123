"""A mailbox's folders, its inbox, and the sign-in, over IMAP (RFC 3501, RFC 6154)."""

import logging
import re
import ssl
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from imapclient import IMAPClient, SocketTimeout
from imapclient.exceptions import IMAPClientAbortError, IMAPClientError

from sieve_manager.adapters.imap.failures import translated, without_code, words_of
from sieve_manager.application.access import Access
from sieve_manager.application.ports import FolderListing
from sieve_manager.application.proof_report import Found
from sieve_manager.domain.mailboxes import Login
from sieve_manager.errors import FolderError, NotPermittedError, TlsError
from sieve_manager.managesieve import (
    Credentials,
    Endpoint,
    Mechanism,
    Observe,
    TlsMode,
    observing,
    unobserved,
)

# At level DEBUG the library would write every line, the sign-in among them, to the log.
logging.getLogger("imapclient.imaplib").setLevel(logging.WARNING)

# Dovecot delays its NO to a wrong password by up to 15 s.
_TIMEOUT = SocketTimeout(connect=5, read=25)
_CONTROL = re.compile("[\x00-\x1f\x7f]")
_NO_MAIL = {b"\\noselect", b"\\nonexistent"}
_INBOX = "INBOX"
_MOST_FETCHED = 20
_A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Folder:
    name: str
    flags: frozenset[bytes]
    delimiter: str

    @property
    def holds_mail(self) -> bool:
        return not self.flags & _NO_MAIL

    @property
    def is_named_trash(self) -> bool:
        name = self.name.casefold()
        path = name.split(self.delimiter) if self.delimiter else [name]
        return path in (["trash"], ["inbox", "trash"])


class ImapFolders:
    """The Folders port, and that of test messages; *master* acts where no password is given."""

    def __init__(
        self,
        endpoint: Endpoint,
        *,
        master: Credentials | None = None,
        observe: Observe = unobserved,
    ) -> None:
        self._endpoint = endpoint
        self._master = master
        self._observe = observe

    def sign_in(self, login: Login, password: str) -> None:
        """Return if the server accepts the owner's password.

        Raises:
            SignInRefusedError: it does not.
            AccountDisabledError: the account is closed.
            ServerError: there was no answer to tell.
        """
        with self._client(lambda _: Credentials(login=login.text, password=password)):
            return

    def reach(self) -> None:
        """Connect and secure the connection, and leave; ServerError."""
        with translated():
            self._connect().logout()

    def listing(self, access: Access) -> FolderListing:
        """All folders that can hold mail, sorted, INBOX first; ServerError."""
        with self._signed_in(access) as client:
            folders = _list(client)
        return FolderListing(names=_usable(folders), trash=_trash(folders))

    def ensure(self, access: Access, folder: str) -> None:
        """Create and subscribe the folder where it is missing.

        Raises:
            FolderError: the server refused the name or the creation.
            ServerError: there was no answer.
        """
        if not folder or _CONTROL.search(folder):
            raise FolderError("This cannot be a folder's name", folder=folder)
        if folder.upper() == _INBOX:
            return
        with self._signed_in(access) as client:
            if any(found.name == folder and found.holds_mail for found in _list(client)):
                return
            try:
                client.create_folder(folder)
                client.subscribe_folder(folder)
            except IMAPClientAbortError:
                raise
            except (IMAPClientError, UnicodeError) as error:
                words = without_code(words_of(error))
                message = f"The folder “{folder}” could not be created: {words}"
                raise FolderError(message, folder=folder) from error

    def leave(self, access: Access, message: bytes) -> None:
        """Put a message (RFC 5322, lines end in CRLF) into INBOX, unread; ServerError."""
        with self._signed_in(access) as client:
            client.append(_INBOX, message)

    def find(self, access: Access, mark: str, since: datetime) -> tuple[Found, ...]:
        """All messages since that day that hold *mark*; ServerError."""
        with self._signed_in(access) as client:
            return tuple(
                Found(folder=folder, octets=one[b"BODY[]"])
                for folder, numbers in _marked(client, mark, since, readonly=True)
                for one in client.fetch(numbers[:_MOST_FETCHED], ["BODY.PEEK[]"]).values()
            )

    def take_away(self, access: Access, mark: str, since: datetime) -> int:
        """Delete them for good, and nothing else; ServerError."""
        count = 0
        with self._signed_in(access) as client:
            for _folder, numbers in _marked(client, mark, since, readonly=False):
                client.delete_messages(numbers, silent=True)
                client.uid_expunge(numbers)  # RFC 4315: what others deleted stays
                count += len(numbers)
        return count

    def _signed_in(self, access: Access) -> AbstractContextManager[IMAPClient]:
        return self._client(partial(self._credentials, access))

    def _credentials(self, access: Access, client: IMAPClient) -> Credentials:
        login, bearer = access.login.text, Mechanism.OAUTHBEARER
        if access.password is not None:
            return Credentials(login=login, password=access.password)
        if access.token is not None and (
            self._master is None or client.has_capability(f"AUTH={bearer}")
        ):
            return Credentials(login=login, password=access.token, mechanism=bearer)
        if self._master is None:
            raise NotPermittedError("Acting for a mailbox needs a master user in [master]")
        return Credentials(
            login=self._master.login,
            password=self._master.password,
            authorisation_identity=login,
        )

    @contextmanager
    def _client(self, choose: Callable[[IMAPClient], Credentials]) -> Iterator[IMAPClient]:
        """A client that is signed in as *choose* says, once the server said what it takes."""
        with observing(self._observe, "SESSION"), translated():
            client = self._connect()
            try:
                _sign_in(client, choose(client))
                yield client
            finally:
                # An answer that cannot be read any more ends in the same close.
                with suppress(IMAPClientError, OSError, ValueError):
                    client.logout()
                with suppress(OSError):
                    client.shutdown()

    def _connect(self) -> IMAPClient:
        mode = self._endpoint.tls
        context = None if mode is TlsMode.NONE else _context(self._endpoint)
        client = IMAPClient(
            self._endpoint.host,
            self._endpoint.port,
            ssl=mode is TlsMode.IMPLICIT,
            ssl_context=context,
            timeout=_TIMEOUT,
        )
        if mode is TlsMode.STARTTLS:
            try:
                client.starttls(context)
            except IMAPClientError as error:
                client.shutdown()
                message = "The IMAP server does not offer TLS"
                raise TlsError(message, server_text=words_of(error)) from error
        return client


def _marked(
    client: IMAPClient, mark: str, since: datetime, *, readonly: bool
) -> Iterator[tuple[str, list[int]]]:
    """In each folder that has some, the UIDs of messages with it; selected meanwhile."""
    day = (since - _A_DAY).date()  # the server's time zone is not known
    for folder in _usable(_list(client)):
        client.select_folder(folder, readonly=readonly)
        if numbers := client.search(["SINCE", day, "TEXT", mark]):
            yield folder, numbers


def _usable(folders: list[_Folder]) -> tuple[str, ...]:
    names = sorted(folder.name for folder in folders if folder.holds_mail)
    return tuple(sorted(names, key=lambda name: name != _INBOX))


def _context(endpoint: Endpoint) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=endpoint.ca_file)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def _sign_in(client: IMAPClient, who: Credentials) -> None:
    match who.mechanism:
        case Mechanism.PLAIN:
            client.plain_login(who.login, who.password, who.authorisation_identity)
        case Mechanism.OAUTHBEARER:
            client.oauthbearer_login(who.login, who.password)


def _list(client: IMAPClient) -> list[_Folder]:
    return [
        _Folder(
            name=_INBOX if name.upper() == _INBOX else name,
            flags=frozenset(flag.lower() for flag in flags),
            delimiter=(delimiter or b"").decode("ascii", "replace"),
        )
        for flags, delimiter, name in client.list_folders()
    ]


def _trash(folders: list[_Folder]) -> str | None:
    """The folder with the special use (RFC 6154 §2), else one of that name, else none."""
    usable = [folder for folder in folders if folder.holds_mail]
    for folder in usable:
        if b"\\trash" in folder.flags:
            return folder.name
    return next((folder.name for folder in usable if folder.is_named_trash), None)
