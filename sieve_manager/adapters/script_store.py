"""Scripts on the real server, over our ManageSieve client: fresh sessions and kept ones."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from weakref import WeakKeyDictionary

from sieve_manager.application.access import Access
from sieve_manager.application.ports import ScriptSession
from sieve_manager.domain.capabilities import ServerCapabilities
from sieve_manager.domain.mailboxes import Login
from sieve_manager.errors import NotPermittedError, ServerError
from sieve_manager.managesieve import (
    Connection,
    Credentials,
    Deadlines,
    Endpoint,
    MasterConnections,
    Mechanism,
    Observe,
    Pool,
    unobserved,
)


class ManageSieveStore:
    """The ScriptStore port.

    *master* is who acts for an owner whose password is not given, over *max_connections* at
    once; None: nobody may. Sessions with a session_key use their connection again; whatever
    error leaves one ends it.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        *,
        master: Credentials | None = None,
        deadlines: Deadlines | None = None,
        pool: Pool | None = None,
        observe: Observe = unobserved,
        max_connections: int = 8,
    ) -> None:
        self._endpoint = endpoint
        self._master = master
        self._deadlines = deadlines or Deadlines()
        self._pool = pool or Pool()
        self._observe = observe
        self._owners: WeakKeyDictionary[Connection, Login] = WeakKeyDictionary()
        self._masters = master and MasterConnections(
            lambda: Connection.reach(self._endpoint, self._deadlines, self._observe),
            master,
            self._pool,
            most=max_connections,
        )

    def session(self, access: Access) -> AbstractContextManager[ScriptSession]:
        """A session for this mailbox.

        Raises:
            NotPermittedError: no password and no master user, or a session_key that belongs
                to another mailbox.
            ServerError: no session came about.
        """
        if access.session_key:
            return self._kept(access, access.session_key)
        if access.password is None and access.token is None and self._masters:
            return self._masters.acting_for(access.login.text)
        return self._fresh(access)

    def announced(self, deadlines: Deadlines | None = None) -> ServerCapabilities:
        """What the server says before sign-in; ServerError."""
        return Connection.announced(
            self._endpoint, deadlines or self._deadlines, observe=self._observe
        )

    def forget(self, session_key: str) -> None:
        """End what is kept open for a signed-in session; never fails."""
        self._pool.drop(session_key)

    def close(self) -> None:
        """End everything that is kept open; never fails."""
        self._pool.close()

    @contextmanager
    def _fresh(self, access: Access) -> Iterator[ScriptSession]:
        with self._open(access) as connection:
            yield connection

    @contextmanager
    def _kept(self, access: Access, session_key: str) -> Iterator[ScriptSession]:
        with self._pool.lease(session_key, lambda: self._open(access)) as connection:
            # Nobody should ever ask for this; if somebody does, it must not reach the wrong
            # mailbox. The error makes the pool let go of the connection, too.
            if self._owners.get(connection) != access.login:
                raise NotPermittedError("This session belongs to another mailbox")
            yield connection
            with suppress(ServerError):  # what was done counts, however this ends
                if _keeps_others_out(connection):
                    self._pool.drop(session_key)

    def _open(self, access: Access) -> Connection:
        connection = Connection.reach(self._endpoint, self._deadlines, self._observe)
        with ExitStack() as stack:
            stack.callback(connection.close)
            connection.sign_in(self._credentials(access, connection.capabilities))
            stack.pop_all()
        self._owners[connection] = access.login
        return connection

    def _credentials(self, access: Access, announced: ServerCapabilities) -> Credentials:
        login = access.login.text
        if access.password is not None:
            return Credentials(login=login, password=access.password)
        bearer = Mechanism.OAUTHBEARER
        if access.token is not None and (bearer in announced.sasl or self._master is None):
            return Credentials(login=login, password=access.token, mechanism=bearer)
        if self._master is None:
            raise NotPermittedError("Acting for a mailbox needs a master user in [master]")
        return Credentials(
            login=self._master.login,
            password=self._master.password,
            authorisation_identity=login,
        )


def _keeps_others_out(connection: Connection) -> bool:
    """Whether nobody else can sign in to the mailbox while this session is open.

    Cyrus 3.6.1 does that as long as the mailbox has never had a script.
    """
    is_cyrus = connection.capabilities.implementation.lower().startswith("cyrus")
    return is_cyrus and not connection.list_scripts().names
