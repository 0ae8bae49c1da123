"""The Relay port: the SQLite map file, and the views on PostgreSQL, asked as Postfix asks them."""

import os
import sqlite3
import stat
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from itertools import count
from pathlib import Path

import psycopg
import pytest

from sieve_manager.adapters.database.engine import Database
from sieve_manager.adapters.database.postfix_views import PostfixViews
from sieve_manager.adapters.database.redirect_addresses import DatabaseAddresses
from sieve_manager.adapters.memory_addresses import MemoryAddresses
from sieve_manager.adapters.postfix_map import PostfixMap
from sieve_manager.application.access import Actor, Channel
from sieve_manager.application.address_history import (
    AddressChange,
    AddressVersion,
    NewAddressVersion,
    fingerprint_of,
)
from sieve_manager.application.address_ports import Answer, ChangedAddresses, Relay
from sieve_manager.application.postfix_files import ROLE, role_statements
from sieve_manager.application.postfix_views import PROBE
from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.domain.forward import Forward
from sieve_manager.domain.redirect_address import NOTHING_STAYS, AddressKind, RedirectAddress
from sieve_manager.domain.roles import Role
from sieve_manager.domain.schedule import Period
from sieve_manager.errors import RelayError, StorageError

ACTOR = Actor(name="ada@example.com", channel=Channel.CLI, role=Role.ADMINISTRATOR)
DAY = timedelta(days=1)
NEW = EmailAddress("New", "example.org")
NOT_IN_USE = "550 5.1.1 This address is not in use"
PAUSED = "550 5.2.1 This address is not in use at present"
MOVED = "550 5.1.6 This address has moved to New@example.org"
_domains = count(1)
_roles = count(1)


@dataclass(frozen=True)
class Place:
    """A store, its relay, and how Postfix asks the one or the other."""

    store: MemoryAddresses | DatabaseAddresses
    relay: Relay
    ask: Callable[[str, str], list[str]]

    def keep(self, after: RedirectAddress | None, before: RedirectAddress | None = None) -> None:
        version = write(self.store, before, after)
        assert version
        self.relay.publish()

    def targets(self, key: str) -> list[str]:
        return sorted(self.ask("SELECT target FROM postfix_targets", key))

    def refusals(self, key: str) -> list[str]:
        return self.ask("SELECT reply FROM postfix_refusals", key)


def write(
    store: MemoryAddresses | DatabaseAddresses,
    before: RedirectAddress | None,
    after: RedirectAddress | None,
) -> AddressVersion | None:
    one = after or before
    assert one
    new = NewAddressVersion(
        address=one.address,
        at=datetime.now(UTC),
        actor=ACTOR,
        change=AddressChange.SET,
        before=before,
        after=after,
    )
    return store.write(new, fingerprint_of(before))


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest) -> Iterator[Place]:
    url: str = request.getfixturevalue(f"{request.param}_url")
    database = Database(url)
    store = DatabaseAddresses(database)
    if request.param == "sqlite":
        path: Path = request.getfixturevalue("tmp_path_factory").mktemp("postfix") / "map.db"
        relay: Relay = PostfixMap(path, store)
        yield Place(store, relay, partial(ask_file, path))
    else:
        relay = PostfixViews(database)
        with psycopg.connect(read_only(url), autocommit=True) as connection:
            yield Place(store, relay, lambda *asked: first(connection.execute(_as_postfix(*asked))))
    database.close()


def _as_postfix(query: str, key: str) -> str:
    quoted = key.replace("'", "''")
    return f"{query} WHERE address = '{quoted}'"


def ask_file(path: Path, query: str, key: str) -> list[str]:
    """As a process of Postfix that has opened the file that is there now."""
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as reader:
        return first(reader.execute(_as_postfix(query, key)))


def first(rows: Iterable[Sequence[str]]) -> list[str]:
    """The first column."""
    return [row[0] for row in rows]


def read_only(url: str) -> str:
    """Make a role with the printed statements; the address of a connection as it."""
    plain, role = url.replace("+psycopg", ""), f"lookup{next(_roles)}"
    with psycopg.connect(plain, autocommit=True) as connection:
        for statement in role_statements(connection.info.dbname):
            connection.execute(statement.replace(ROLE, role))
    return plain.replace("tests@", f"{role}@")


@pytest.fixture
def domain() -> str:
    return f"r{next(_domains)}.example.com"


def leading(address: str, *to: str, **more: object) -> RedirectAddress:
    """Days are relative to now: *begins* and *ends* so many days from today."""
    today = datetime.now(UTC).date()
    begins, ends = more.pop("begins", None), more.pop("ends", None)
    period = Period(
        first_day=None if begins is None else today + begins * DAY,
        last_day=None if ends is None else today + ends * DAY,
    )
    forward = Forward(
        destinations=tuple(EmailAddress(*one.split("@")) for one in to or ("b@example.net",)),
        copy=NOTHING_STAYS,
        period=period,
        hold_spam=False,
        paused=bool(more.pop("paused", False)),
    )
    one = RedirectAddress(address=EmailAddress(*address.split("@")), forward=forward)
    return replace(one, **more)


def test_an_address_leads_to_all_its_destinations_as_they_were_written(
    place: Place, domain: str
) -> None:
    place.keep(
        leading(f"Sales@{domain}", "b@example.net", "Erika@xn--bcher-kva.example", "C@x.org")
    )
    assert place.targets(f"sales@{domain}") == [
        "C@x.org",
        "Erika@xn--bcher-kva.example",
        "b@example.net",
    ]
    assert place.refusals(f"sales@{domain}") == []
    assert place.targets(f"sales+x@{domain}") == place.targets(f"@{domain}") == []


def test_many_destinations_are_all_found(place: Place, domain: str) -> None:
    many = [f"n{number:03}@example.net" for number in range(200)]
    place.keep(leading(f"all@{domain}", *many))
    assert place.targets(f"all@{domain}") == many


def test_an_alias_leads_to_its_mailbox(place: Place, domain: str) -> None:
    place.keep(leading(f"alias@{domain}", "otto@example.com", kind=AddressKind.ALIAS))
    assert place.targets(f"alias@{domain}") == ["otto@example.com"]


@pytest.mark.parametrize(
    ("state", "moved", "reply"),
    [
        ({"begins": 2}, None, NOT_IN_USE),
        ({"begins": 2}, NEW, NOT_IN_USE),
        ({"begins": 2, "paused": True}, None, PAUSED),
        ({"ends": -2}, None, NOT_IN_USE),
        ({"ends": -2, "paused": True}, None, NOT_IN_USE),
        ({"ends": -2}, NEW, MOVED),
        ({"paused": True}, None, PAUSED),
        ({"paused": True}, NEW, MOVED),
        ({"paused": True, "begins": -2, "ends": 2}, None, PAUSED),
    ],
)
def test_what_is_not_in_force_is_refused_with_its_reason(
    place: Place,
    domain: str,
    state: dict[str, object],
    moved: EmailAddress | None,
    reply: str,
) -> None:
    one = leading(f"a@{domain}", moved_to=moved, **state)
    place.keep(one)
    assert place.targets(f"a@{domain}") == []
    assert place.refusals(f"a@{domain}") == [reply]
    assert place.relay.answer(one.address, datetime.now(UTC)) == Answer(refusal=reply)


@pytest.mark.parametrize("state", [{}, {"begins": -2}, {"ends": 2}, {"begins": 0, "ends": 0}])
def test_what_is_in_force_is_not_refused(
    place: Place, domain: str, state: dict[str, object]
) -> None:
    place.keep(leading(f"a@{domain}", moved_to=NEW, **state))
    assert place.targets(f"a@{domain}") == ["b@example.net"]
    assert place.refusals(f"a@{domain}") == []


def test_who_has_not_agreed_is_not_seen(place: Place, domain: str) -> None:
    b, c = EmailAddress("b", "example.net"), EmailAddress("c", "example.net")
    one = leading(f"a@{domain}", str(b), str(c), waiting=frozenset({c}))
    place.keep(one)
    assert place.targets(f"a@{domain}") == [str(b)]
    assert place.refusals(f"a@{domain}") == []
    place.keep(replace(one, waiting=frozenset({b, c})), before=one)
    assert place.targets(f"a@{domain}") == []
    assert place.refusals(f"a@{domain}") == [PAUSED]


def test_days_begin_and_end_where_the_owner_is(place: Place, domain: str) -> None:
    one = leading(f"a@{domain}")
    period = Period(
        first_day=date(2027, 3, 1), last_day=date(2027, 3, 28), timezone="Europe/Zurich"
    )
    place.keep(replace(one, forward=replace(one.forward, period=period)))
    leads, closed = Answer(destinations=one.forward.destinations), Answer(refusal=NOT_IN_USE)
    begins, ends = datetime(2027, 2, 28, 23, tzinfo=UTC), datetime(2027, 3, 28, 22, tzinfo=UTC)
    second = timedelta(seconds=1)
    answers = [
        place.relay.answer(one.address, at) for at in (begins - second, begins, ends - second, ends)
    ]
    assert answers == [closed, leads, leads, closed]


def test_a_catch_all_stands_for_its_domain_and_is_never_refused(place: Place, domain: str) -> None:
    one = leading(f"*@{domain}")
    place.keep(one)
    assert place.targets(f"@{domain}") == ["b@example.net"]
    assert place.targets(f"*@{domain}") == []
    paused = leading(f"*@{domain}", paused=True, moved_to=NEW)
    place.keep(paused, one)
    assert place.targets(f"@{domain}") == place.refusals(f"@{domain}") == []
    assert place.relay.answer(one.address, datetime.now(UTC)) == Answer()


def test_a_sub_address_in_force_is_not_refused_with_the_plain_one(
    place: Place, domain: str
) -> None:
    one = leading(f"a+b@{domain}")
    place.keep(one)
    assert place.refusals(f"a+b@{domain}") == ["DUNNO"]
    assert place.relay.answer(one.address, datetime.now(UTC)).refusal == ""
    place.keep(leading(f"a+b@{domain}", ends=-2), one)
    assert place.refusals(f"a+b@{domain}") == [NOT_IN_USE]


def test_each_change_is_seen_at_once(place: Place, domain: str) -> None:
    one, two = leading(f"a@{domain}"), leading(f"a@{domain}", "c@example.net")
    key = f"a@{domain}"
    place.keep(one)
    assert place.targets(key) == ["b@example.net"]
    place.keep(two, one)
    assert place.targets(key) == ["c@example.net"]
    place.keep(leading(key, "c@example.net", paused=True), two)
    assert (place.targets(key), place.refusals(key)) == ([], [PAUSED])


def test_nothing_is_known_of_what_was_deleted_until_it_is_made_anew(
    place: Place, domain: str
) -> None:
    one = leading(f"a@{domain}", ends=-2)
    place.keep(one)
    place.keep(None, one)
    assert place.targets(f"a@{domain}") == place.refusals(f"a@{domain}") == []
    assert place.relay.answer(one.address, datetime.now(UTC)) == Answer()
    place.keep(leading(f"a@{domain}"))
    assert place.targets(f"a@{domain}") == ["b@example.net"]


def test_a_question_is_text(place: Place, domain: str) -> None:
    odd = EmailAddress("o'brien%_", domain)
    place.keep(replace(leading(f"a@{domain}"), address=odd))
    assert place.relay.answer(odd, datetime.now(UTC)).destinations
    assert place.targets(f"o'brien%_@{domain}") == ["b@example.net"]
    assert place.targets(f"%@{domain}") == []


def test_the_last_change_can_be_asked_for(place: Place, domain: str) -> None:
    place.keep(leading(f"a@{domain}"))
    revision = place.store.changes(0).revision
    assert place.targets(PROBE) == [f"revision-{revision}@sieve-manager.invalid"]
    # Anything but a refusal would let strangers through.
    assert place.refusals(PROBE) == [f"{NOT_IN_USE} ({revision})"]


def test_the_role_of_postfix_reads_the_views_and_nothing_else(postgresql_url: str) -> None:
    whole = "SELECT relname FROM pg_class WHERE relkind IN ('r', 'v', 'S') AND relnamespace = "
    with psycopg.connect(read_only(postgresql_url), autocommit=True) as connection:
        names = first(connection.execute(f"{whole}'public'::regnamespace"))
        allowed = set()
        for name in names:
            for right in ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE"):
                asked = "SELECT has_table_privilege(%s, %s)"
                if connection.execute(asked, (name, right)).fetchone() == (True,):
                    allowed.add((name, right))
    assert len(names) > 20
    assert allowed == {("postfix_targets", "SELECT"), ("postfix_refusals", "SELECT")}


def test_a_lookup_walks_an_index(postgresql_url: str) -> None:
    asked = "EXPLAIN SELECT target FROM postfix_targets WHERE address = 'a@example.com'"
    with psycopg.connect(read_only(postgresql_url), autocommit=True) as connection:
        connection.execute("SET enable_seqscan = off")
        plan = "\n".join(row[0] for row in connection.execute(asked))
    assert "redirect_targets_pkey" in plan
    assert "redirect_addresses_pkey" in plan


def test_the_last_second_of_the_last_day_counts_to_its_end(postgresql_url: str) -> None:
    database = Database(postgresql_url)
    write(DatabaseAddresses(database), None, leading("last@example.com"))
    database.close()
    asked = "SELECT target FROM postfix_targets WHERE address = 'last@example.com'"
    ends = (
        "UPDATE redirect_addresses SET ends = floor(extract(epoch from now())) - %s"
        " WHERE address = 'last@example.com'"
    )
    # It is the same time for all of a transaction.
    with psycopg.connect(postgresql_url.replace("+psycopg", "")) as connection:
        connection.execute(ends, (0,))
        assert first(connection.execute(asked)) == ["b@example.net"]
        connection.execute(ends, (1,))
        assert first(connection.execute(asked)) == []


# What only the map file knows.


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "sub" / "map.db"


def known(path: Path) -> list[str]:
    """The addresses in the file, but for the one that is always there."""
    with closing(sqlite3.connect(path)) as reader:
        found = reader.execute("SELECT address FROM postfix_targets ORDER BY address").fetchall()
    return [row[0] for row in found if row[0] != PROBE]


def test_the_file_is_readable_for_its_group_and_nobody_else(path: Path) -> None:
    before = os.umask(0)
    try:
        PostfixMap(path, MemoryAddresses()).publish()
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o750


def test_a_file_that_somebody_reads_is_never_written(path: Path) -> None:
    store = MemoryAddresses()
    relay = PostfixMap(path, store)
    write(store, None, leading("a@example.com"))
    relay.publish()
    before = path.read_bytes()
    with path.open("rb") as reader:
        write(store, None, leading("b@example.com"))
        relay.publish()
        assert reader.read() == before
    assert known(path) == ["a@example.com", "b@example.com"]
    assert [one.name for one in path.parent.iterdir()] == ["map.db"]


def test_the_marker_is_another_file_after_each_change_and_only_then(path: Path) -> None:
    store = MemoryAddresses()
    relay = PostfixMap(path, store)
    relay.publish()
    marker = path.with_name("changed.db")
    marker.write_bytes(b"a table of Postfix's")
    marker.chmod(0o644)
    seen = []
    for name in "ab":
        write(store, None, leading(f"{name}@example.com"))
        relay.publish()
        seen.append(marker.stat())
        relay.publish()
        assert marker.stat() == seen[-1], "nothing was new"
    assert seen[0].st_mtime_ns < seen[1].st_mtime_ns
    assert seen[0].st_ino != seen[1].st_ino
    assert (marker.read_bytes(), stat.S_IMODE(seen[1].st_mode)) == (b"a table of Postfix's", 0o644)


def test_postfix_is_told_also_while_the_clock_is_behind_the_last_change(path: Path) -> None:
    store = MemoryAddresses()
    relay = PostfixMap(path, store)
    relay.publish()
    marker = path.with_name("changed.db")
    marker.write_bytes(b"")
    ahead = datetime.now(UTC).timestamp() + 3600
    os.utime(marker, (ahead, ahead))
    told = [marker.stat().st_ino]
    for name in "ab":
        write(store, None, leading(f"{name}@example.com"))
        relay.publish()
        told.append(marker.stat().st_ino)
        relay.publish()
        assert marker.stat().st_ino == told[-1], "nothing was new"
    assert told[0] != told[1] != told[2]


def test_a_process_that_ends_before_it_tells_postfix_leaves_that_to_the_next(path: Path) -> None:
    store = MemoryAddresses()
    relay = PostfixMap(path, store)
    write(store, None, leading("a@example.com"))
    marker = path.with_name("changed.db")
    path.parent.mkdir()
    marker.write_bytes(b"")
    os.utime(marker, (0, 0))
    relay.publish()
    told = marker.stat().st_ino
    os.utime(marker, (0, 0))
    path.with_name("map.db.new").write_bytes(b"half a file")
    relay.publish()
    assert marker.stat().st_ino != told
    assert known(path) == ["a@example.com"]
    write(store, None, leading("b@example.com"))
    relay.publish()
    assert known(path) == ["a@example.com", "b@example.com"]


def test_processes_that_publish_at_once_leave_the_newest(path: Path) -> None:
    store = MemoryAddresses()

    def change(number: int) -> None:
        write(store, None, leading(f"n{number:02}@example.com"))
        PostfixMap(path, store).publish()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(change, range(24)))
    assert known(path) == [f"n{number:02}@example.com" for number in range(24)]


def test_what_a_crash_kept_from_the_file_is_in_it_after_the_next_change(path: Path) -> None:
    store = MemoryAddresses()
    relay = PostfixMap(path, store)
    write(store, None, leading("a@example.com"))
    relay.publish()
    write(store, leading("a@example.com"), None)
    write(store, None, leading("b@example.com"))
    assert known(path) == ["a@example.com"]
    write(store, None, leading("c@example.com"))
    relay.publish()
    assert known(path) == ["b@example.com", "c@example.com"]


class Cut:
    """Fails while it is asked, as our database may."""

    def changes(self, after: int) -> object:
        raise StorageError(f"cut off after {after}")


def test_a_change_that_fails_halfway_leaves_the_file_as_it_was(path: Path) -> None:
    store = MemoryAddresses()
    relay = PostfixMap(path, store)
    write(store, None, leading("a@example.com"))
    relay.publish()
    cut: ChangedAddresses = Cut()  # type: ignore[assignment]
    with pytest.raises(StorageError, match="cut off after 1"):
        PostfixMap(path, cut).publish()
    with closing(sqlite3.connect(path)) as writer:
        writer.execute("PRAGMA user_version = 0")
    with pytest.raises(StorageError, match="cut off after 0"):
        PostfixMap(path, cut).publish()
    assert known(path) == ["a@example.com"]


def test_a_file_ahead_of_our_database_is_written_anew(path: Path) -> None:
    store = MemoryAddresses()
    for name in "abc":
        write(store, None, leading(f"{name}@example.com"))
    PostfixMap(path, store).publish()
    restored = MemoryAddresses()
    write(restored, None, leading("old@example.com"))
    PostfixMap(path, restored).publish()
    assert known(path) == ["old@example.com"]


def test_a_file_that_is_gone_is_made_anew(path: Path) -> None:
    store = MemoryAddresses()
    write(store, None, leading("a@example.com"))
    relay = PostfixMap(path, store)
    relay.publish()
    path.unlink()
    relay.publish()
    assert known(path) == ["a@example.com"]


def test_a_map_file_that_cannot_be_used_is_named(path: Path) -> None:
    relay = PostfixMap(path, MemoryAddresses())
    with pytest.raises(RelayError, match=r"map\.db"):
        relay.answer(NEW, datetime.now(UTC))
    path.parent.mkdir()
    path.write_text("dear diary, " * 100, encoding="utf-8")
    with pytest.raises(RelayError, match="not a database"):
        relay.publish()
    assert path.read_text(encoding="utf-8").startswith("dear diary")


def test_another_database_is_never_replaced(sqlite_url: str) -> None:
    """A slip in the configuration: the map file is the very database that it follows."""
    store = DatabaseAddresses(Database(sqlite_url))
    write(store, None, leading("a@example.com"))
    path = Path(sqlite_url.removeprefix("sqlite:///"))
    with pytest.raises(RelayError, match="another database"):
        PostfixMap(path, store).publish()
    assert store.get(EmailAddress("a", "example.com")) is not None


def test_a_map_file_may_have_any_name(path: Path) -> None:
    store, named = MemoryAddresses(), path.with_name("map.new")
    for name in "ab":
        write(store, None, leading(f"{name}@example.com"))
        PostfixMap(named, store).publish()
    assert known(named) == ["a@example.com", "b@example.com"]
