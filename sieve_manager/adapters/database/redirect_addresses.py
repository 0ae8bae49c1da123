"""Redirect addresses and their history in the database: a change and its place in it together."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Connection,
    Select,
    bindparam,
    delete,
    false,
    insert,
    or_,
    select,
    update,
)

from sieve_manager.adapters.database.address_rows import (
    loaded_or_none,
    row_of,
    target_rows,
    version_of,
    version_row,
)
from sieve_manager.adapters.database.engine import Database
from sieve_manager.adapters.database.tables_addresses import (
    addresses,
    revisions,
    versions,
    ways,
)
from sieve_manager.application.address_history import (
    AddressVersion,
    NewAddressVersion,
    fingerprint_of,
)
from sieve_manager.application.address_ports import AddressChanges
from sieve_manager.application.history import KEPT_VERSIONS
from sieve_manager.application.postfix_views import key_of
from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.domain.mailboxes import Login
from sieve_manager.domain.redirect_address import AddressKind, RedirectAddress
from sieve_manager.domain.scripts import Fingerprint

_AT_A_TIME = 500
_REVISION = select(revisions.c.revision)
# PostgreSQL lets one writer after the other through here; SQLite has only one anyway.
_LOCK = _REVISION.with_for_update()
_COUNT = update(revisions).values(revision=revisions.c.revision + 1).returning(revisions.c.revision)
_RECORD = select(addresses.c.record).where(addresses.c.address == bindparam("of"))
_PRESENT = (
    select(addresses.c.record).where(addresses.c.gone.is_(False)).order_by(addresses.c.address)
)
_LEADING = _PRESENT.where(
    addresses.c.address.in_(
        select(ways.c.address).where(ways.c.target_key.in_(bindparam("some", expanding=True)))
    )
)
_ENDING = _PRESENT.where(
    addresses.c.ends >= bindparam("since"), addresses.c.ends < bindparam("before")
)
_FORGET_TARGETS = delete(ways).where(ways.c.address == bindparam("of"))
_VERSIONS = (
    select(versions).where(versions.c.address == bindparam("of")).order_by(versions.c.number.desc())
)
_NEWEST = _VERSIONS.limit(1)
_RECENT = (
    select(versions)
    .where(versions.c.at >= bindparam("since"))
    .order_by(versions.c.at, versions.c.address, versions.c.number)
)
_FORGET_NEWEST = delete(versions).where(
    versions.c.address == bindparam("of"), versions.c.number == bindparam("newest")
)
_PRUNE = delete(versions).where(
    versions.c.address == bindparam("of"), versions.c.number <= bindparam("newest") - KEPT_VERSIONS
)


class DatabaseAddresses:
    """The ports AddressStore and ChangedAddresses."""

    def __init__(self, database: Database) -> None:
        self._database = database
        put = database.insert(addresses)
        self._put = put.on_conflict_do_update(
            index_elements=[addresses.c.address],
            set_={one.name: one for one in put.excluded if one.name != "address"},
        )

    def get(self, address: EmailAddress) -> RedirectAddress | None:
        """The one of exactly this address."""
        with self._database.connection() as connection:
            return _kept(connection, key_of(address))

    def write(self, new: NewAddressVersion, loaded: Fingerprint) -> AddressVersion | None:
        """Keep the change, unless somebody else was quicker."""
        key = key_of(new.address)
        with self._database.transaction() as connection:
            connection.execute(_LOCK)
            if fingerprint_of(_kept(connection, key)) != loaded:
                return None
            newest = connection.execute(_NEWEST, {"of": key}).first()
            version = AddressVersion(number=newest.number + 1 if newest else 1, new=new)
            connection.execute(insert(versions), version_row(key, version))
            connection.execute(_PRUNE, {"of": key, "newest": version.number})
            self._become(connection, key, new.after)
        return version

    def take_back(self, version: AddressVersion) -> bool:
        """Forget the newest change."""
        key = key_of(version.new.address)
        with self._database.transaction() as connection:
            connection.execute(_LOCK)
            newest = connection.execute(_NEWEST, {"of": key}).mappings().first()
            # The number alone may by now be that of another change.
            if dict(newest or {}) != version_row(key, version):
                return False
            connection.execute(_FORGET_NEWEST, {"of": key, "newest": version.number})
            self._become(connection, key, version.new.before)
        return True

    def versions(self, address: EmailAddress) -> tuple[AddressVersion, ...]:
        """Newest first."""
        with self._database.connection() as connection:
            return tuple(map(version_of, connection.execute(_VERSIONS, {"of": key_of(address)})))

    def recent(self, since: datetime) -> tuple[AddressVersion, ...]:
        """Oldest first."""
        with self._database.connection() as connection:
            rows = connection.execute(_RECENT, {"since": since.timestamp()})
            return tuple(map(version_of, rows))

    def found(
        self,
        text: str = "",
        *,
        kind: AddressKind | None = None,
        owner: Login | None = None,
        domains: frozenset[str] = frozenset(),
        or_owner: Login | None = None,
        offset: int = 0,
        limit: int = 100,
    ) -> tuple[RedirectAddress, ...]:
        """Those that match, by address."""
        asked = _PRESENT
        if text:
            asked = asked.where(addresses.c.words.contains(text.lower(), autoescape=True))
        if kind:
            asked = asked.where(addresses.c.kind == kind.value)
        if owner:
            asked = asked.where(addresses.c.owner == owner.text)
        if domains:
            own = addresses.c.owner == or_owner.text if or_owner else false()
            asked = asked.where(or_(addresses.c.domain.in_(sorted(domains)), own))
        # No text here holds NUL, which PostgreSQL would not even take as a question.
        return () if "\x00" in text else self._load(asked.offset(offset).limit(limit))

    def ending(self, since: datetime, before: datetime) -> tuple[RedirectAddress, ...]:
        """By address."""
        return self._load(_ENDING, {"since": since.timestamp(), "before": before.timestamp()})

    def leading_to(self, targets: Sequence[EmailAddress]) -> tuple[RedirectAddress, ...]:
        """By address."""
        keys = sorted({one.key for one in targets})
        found: dict[str, RedirectAddress] = {}
        for start in range(0, len(keys), _AT_A_TIME):
            some = keys[start : start + _AT_A_TIME]
            loaded = self._load(_LEADING, {"some": some})
            found |= {key_of(one.address): one for one in loaded}
        return tuple(found[key] for key in sorted(found))

    def changes(self, after: int) -> AddressChanges:
        """All that changed after that revision."""
        asked = select(addresses.c.address, addresses.c.record).where(addresses.c.revision > after)
        with self._database.connection() as connection:
            # In this order: what changes in between is given, and given again next time.
            revision = connection.execute(_REVISION).scalar_one()
            rows = connection.execute(asked).all()
        return AddressChanges(
            revision=revision,
            addresses={row.address: loaded_or_none(row.record) for row in rows},
        )

    def _become(self, connection: Connection, key: str, kept: RedirectAddress | None) -> None:
        revision: int = connection.execute(_COUNT).scalar_one()
        connection.execute(self._put, row_of(key, kept) | {"revision": revision})
        connection.execute(_FORGET_TARGETS, {"of": key})
        if kept and kept.leads_to:
            connection.execute(insert(ways), target_rows(key, kept))

    def _load(
        self, asked: Select[Any], values: Mapping[str, Any] | None = None
    ) -> tuple[RedirectAddress, ...]:
        with self._database.connection() as connection:
            records = connection.execute(asked, values).scalars()
            return tuple(one for one in map(loaded_or_none, records) if one)


def _kept(connection: Connection, key: str) -> RedirectAddress | None:
    return loaded_or_none(connection.execute(_RECORD, {"of": key}).scalar())
