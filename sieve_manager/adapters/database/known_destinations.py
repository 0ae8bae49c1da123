"""Which outside destinations each owner was told of, in the database."""

from collections.abc import Sequence

from sqlalchemy import bindparam, select

from sieve_manager.adapters.database.engine import Database
from sieve_manager.adapters.database.tables import known_destinations
from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.domain.mailboxes import Login

_SELECT = select(known_destinations.c.addresses).where(
    known_destinations.c.login == bindparam("login")
)


class DatabaseKnownDestinations:
    """The KnownDestinations port."""

    def __init__(self, database: Database) -> None:
        self._database = database
        inserting = database.insert(known_destinations).values(
            login=bindparam("login"), addresses=bindparam("addresses")
        )
        self._remember = inserting.on_conflict_do_update(
            index_elements=[known_destinations.c.login],
            set_={"addresses": inserting.excluded.addresses},
        )

    def told(self, login: Login) -> frozenset[EmailAddress]:
        """Those that the owner was told of."""
        with self._database.connection() as connection:
            found = connection.execute(_SELECT, {"login": login.text}).scalar()
        return frozenset(map(EmailAddress.restore, (found or "").splitlines()))

    def remember(self, login: Login, addresses: Sequence[EmailAddress]) -> None:
        """Exactly these from now on."""
        lines = "\n".join(sorted(str(address) for address in addresses))
        self._database.execute(self._remember, {"login": login.text, "addresses": lines})
