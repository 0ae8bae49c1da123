"""The client against the real Dovecot, with sievelib's client as a second reader."""

import re
import runpy
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sievelib.managesieve import Client

from sieve_manager.demo.dovecot import DovecotServer, running_dovecot
from sieve_manager.demo.dovecot_configuration import DovecotOptions
from sieve_manager.domain.scripts import Script, ScriptListing, ScriptName
from sieve_manager.errors import (
    AccountDisabledError,
    InvalidInputError,
    OutcomeUnknownError,
    Quota,
    QuotaError,
    ScriptExistsError,
    ScriptIsActiveError,
    ScriptNotFoundError,
    ScriptRefusedError,
    ServerError,
    SignInRefusedError,
    TemporaryError,
    UnreachableError,
)
from sieve_manager.managesieve import Connection, Credentials, Endpoint, Pool, TlsMode
from tests.servers.cutting_proxy import CuttingProxy, Direction
from tests.servers.mailboxes import PASSWORD

REFERENCE = Path(__file__).parents[2] / "docs" / "reference" / "managesieve.md"
MAIN = ScriptName("main")
OTHER = ScriptName("other")
OLD, NEW = b"# old\r\nkeep;\r\n", b"# new\r\nstop;\r\n"


def endpoint(dovecot: DovecotServer, tls: TlsMode = TlsMode.STARTTLS) -> Endpoint:
    there = dovecot.endpoints
    port = there.managesieve_port
    if tls is TlsMode.IMPLICIT:
        assert there.managesieve_tls_port
        port = there.managesieve_tls_port
    return Endpoint(host="localhost", port=port, tls=tls, ca_file=there.ca_file)


def sign_in(dovecot: DovecotServer, login: str, tls: TlsMode = TlsMode.STARTTLS) -> Connection:
    return Connection.open(endpoint(dovecot, tls), Credentials(login=login, password=PASSWORD))


def act_for(dovecot: DovecotServer, identity: str, **wrong: str) -> Connection:
    there = dovecot.endpoints
    credentials = {"login": there.master_user, "password": there.master_password} | wrong
    return Connection.open(
        endpoint(dovecot), Credentials(**credentials, authorisation_identity=identity)
    )


@pytest.fixture
def closed(dovecot: DovecotServer, login: str) -> str:
    """A mailbox that the administrator closed for sign-in."""
    dovecot.add_user(f"closed-{login}", PASSWORD, closed=True)
    return f"closed-{login}"


@pytest.mark.parametrize("tls", TlsMode)
def test_sign_in_works_in_every_mode(dovecot: DovecotServer, login: str, tls: TlsMode) -> None:
    with sign_in(dovecot, login, tls) as connection:
        assert connection.capabilities.has("fileinto", "copy", "vacation", "include")
        assert connection.capabilities.max_redirects == 4  # announced only after sign-in
        assert connection.capabilities.can_check
        assert not connection.capabilities.starttls
        assert connection.list_scripts() == ScriptListing()


def test_the_master_acts_for_a_mailbox(dovecot: DovecotServer, login: str) -> None:
    with act_for(dovecot, login) as connection:
        connection.put_script(MAIN, NEW)
    with sign_in(dovecot, login) as connection:
        assert connection.get_script(MAIN).octets == NEW


def test_each_refused_sign_in_is_its_own_error(
    dovecot: DovecotServer, login: str, closed: str
) -> None:
    wrong = Credentials(login=login, password="wrong")
    nobody = Credentials(login="nobody@example.com", password=PASSWORD)
    as_other = Credentials(login=login, password=PASSWORD, authorisation_identity=closed)
    cases: list[tuple[type[ServerError], Callable[[], object]]] = [
        (SignInRefusedError, lambda: Connection.open(endpoint(dovecot), wrong)),
        (SignInRefusedError, lambda: Connection.open(endpoint(dovecot), nobody)),
        (SignInRefusedError, lambda: Connection.open(endpoint(dovecot), as_other)),
        (SignInRefusedError, lambda: act_for(dovecot, login, password="wrong")),
        (AccountDisabledError, lambda: sign_in(dovecot, closed)),
        (AccountDisabledError, lambda: act_for(dovecot, closed)),
        (AccountDisabledError, lambda: act_for(dovecot, "missing@example.com")),
    ]
    for number, (error, attempt) in enumerate(cases):
        with pytest.raises(ServerError) as caught:
            attempt()
        assert type(caught.value) is error, number


def test_each_refusal_is_its_own_error(dovecot: DovecotServer, login: str) -> None:
    with sign_in(dovecot, login) as connection:
        connection.put_script(MAIN, NEW)
        connection.put_script(OTHER, NEW)
        connection.set_active(MAIN)
        cases: list[tuple[type[ServerError], Callable[[], object]]] = [
            (ScriptNotFoundError, lambda: connection.get_script(ScriptName("none"))),
            (ScriptNotFoundError, lambda: connection.set_active(ScriptName("none"))),
            (ScriptNotFoundError, lambda: connection.delete_script(ScriptName("none"))),
            (ScriptNotFoundError, lambda: connection.rename_script(ScriptName("none"), MAIN)),
            (ScriptExistsError, lambda: connection.rename_script(MAIN, OTHER)),
            (ScriptIsActiveError, lambda: connection.delete_script(MAIN)),
            (ScriptRefusedError, lambda: connection.check_script(b"nonsense")),
            (ScriptRefusedError, lambda: connection.put_script(MAIN, b'require "none";')),
            (QuotaError, lambda: connection.have_space(MAIN, 2_000_000)),
            (QuotaError, lambda: connection.put_script(MAIN, b"#" * 2_000_000)),
        ]
        for number, (error, attempt) in enumerate(cases):
            with pytest.raises(ServerError) as caught:
                attempt()
            assert type(caught.value) is error, number
            assert caught.value.server_text
        assert connection.read([MAIN])[0].active == MAIN
        assert connection.get_script(MAIN).octets == NEW


def test_every_quota_is_told_from_the_others(login: str) -> None:
    options = DovecotOptions(
        sink_port=9, max_scripts=2, max_script_octets=1_000, max_storage_octets=1_500
    )
    with running_dovecot(options) as small:
        small.add_user(login, PASSWORD)
        with sign_in(small, login) as connection:
            connection.put_script(MAIN, b"#" + b"a" * 800 + b"\n")
            for name, octets, quota in [
                (OTHER, b"#" * 1_001, Quota.MAXSIZE),
                (OTHER, b"#" * 900, Quota.STORAGE),
            ]:
                with pytest.raises(QuotaError) as caught:
                    connection.put_script(name, octets)
                assert caught.value.quota is quota
            connection.put_script(OTHER, b"keep;")
            with pytest.raises(QuotaError) as caught:
                connection.rehearse(ScriptName("third"), b"keep;", [])
            assert caught.value.quota is Quota.MAXSCRIPTS


def test_warnings_leave_nothing_in_the_stream(dovecot: DovecotServer, login: str) -> None:
    doubtful = b'require "date";\r\nif currentdate :zone "Z" :is "hour" "10" { keep; }\r\n'
    with sign_in(dovecot, login) as connection:
        assert "line 2: warning" in connection.check_script(doubtful)
        assert connection.rehearse(MAIN, doubtful, [MAIN]) == (ScriptListing(), ())
        assert "line 2: warning" in connection.put_script(MAIN, doubtful)
        assert connection.get_script(MAIN).octets == doubtful
        assert connection.check_script(b"keep;") == ""


def test_a_script_that_no_longer_compiles_is_not_activated(
    dovecot: DovecotServer, login: str
) -> None:
    with sign_in(dovecot, login) as connection:
        connection.put_script(MAIN, NEW)
        connection.put_script(OTHER, NEW)
        connection.set_active(OTHER)
        (dovecot.home(login) / "sieve" / "main.sieve").write_bytes(b"nonsense")
        with pytest.raises(ScriptRefusedError):
            connection.set_active(MAIN)
        assert connection.list_scripts().active == OTHER


# Pigeonhole 0.5.19 refuses U+00FF in a name.
NAMES = st.text(
    st.characters(codec="utf-8", exclude_categories=["C", "Z"], exclude_characters="/\xff"),
    min_size=1,
    max_size=30,
)
COMMENTS = st.binary(max_size=60).filter(lambda octets: not set(octets) & set(b"\0\r\n"))
STRANGE_NAMES = st.sampled_from(['" ACTIVE', '\\"', "{3+}", "a b", ".x"])


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    name=st.one_of(NAMES, STRANGE_NAMES), comment=COMMENTS, end=st.sampled_from([b"\n", b"\r\n"])
)
def test_names_and_octets_come_back_exactly(
    dovecot: DovecotServer, login: str, name: str, comment: bytes, end: bytes
) -> None:
    script = Script(name=ScriptName(name), octets=b"#" + comment + end + b"keep;")
    with sign_in(dovecot, login, TlsMode.NONE) as connection:
        connection.put_script(script.name, script.octets)
        connection.set_active(script.name)
        listing, scripts = connection.read([script.name])
        assert listing == ScriptListing(names=(script.name,), active=script.name)
        assert scripts == (script,)
        connection.set_active(None)
        connection.delete_script(script.name)
        assert connection.list_scripts() == ScriptListing()


def test_names_that_somebody_put_there_by_hand_are_all_listed(
    dovecot: DovecotServer, login: str
) -> None:
    with sign_in(dovecot, login) as connection:
        connection.put_script(MAIN, NEW)
        strange = ["a\nb", "\x01", "\x85", '"', "\\", "{1+}", " ", "e\u0301\u202e"]
        for name in strange:
            (dovecot.home(login) / "sieve" / f"{name}.sieve").write_bytes(OLD)
        listing = connection.list_scripts()
        assert {name.text for name in listing.names} == {"main", *strange}
        for text in ['"', "\\", "{1+}", " ", "e\u0301\u202e"]:
            assert connection.get_script(ScriptName(text)).octets == OLD
        for text in ["a\nb", "\x01"]:  # Pigeonhole lists them, but does not let anybody read them
            with pytest.raises(ServerError):
                connection.get_script(ScriptName(text))
            with pytest.raises(InvalidInputError):
                connection.put_script(ScriptName(text), NEW)
        assert connection.usable


def test_a_second_reader_sees_what_was_written(
    dovecot: DovecotServer, login: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(dovecot.endpoints.ca_file))
    with sign_in(dovecot, login) as connection:
        connection.put_script(MAIN, NEW)
        connection.put_script(OTHER, OLD)
        connection.set_active(MAIN)
    reader = Client("127.0.0.1", dovecot.endpoints.managesieve_port)
    assert reader.connect(login, PASSWORD, starttls=True, authmech="PLAIN")
    assert reader.listscripts() == ("main", ["other"])
    assert reader.getscript("main").splitlines() == NEW.decode().splitlines()
    assert reader.putscript("main", "keep;\r\n")
    reader.logout()
    with sign_in(dovecot, login) as connection:
        assert connection.get_script(MAIN).octets == b"keep;\r\n"


def test_a_session_can_be_kept_and_checked(dovecot: DovecotServer, login: str) -> None:
    pool = Pool()
    with pool.lease(login, lambda: sign_in(dovecot, login)) as first:
        first.put_script(MAIN, NEW)
    with pool.lease(login, lambda: sign_in(dovecot, login)) as again:
        assert again is first
        assert again.get_script(MAIN).octets == NEW
    pool.close()


def test_a_session_that_dovecot_ended_is_noticed(login: str) -> None:
    with running_dovecot(DovecotOptions(sink_port=9)) as stopping:
        stopping.add_user(login, PASSWORD)
        connection = sign_in(stopping, login)
    with pytest.raises((UnreachableError, TemporaryError)):
        connection.put_script(MAIN, NEW)
    assert not connection.usable


@pytest.mark.parametrize("direction", Direction)
def test_a_put_and_activation_cut_anywhere_leave_the_old_or_the_new(
    dovecot: DovecotServer, login: str, direction: Direction
) -> None:
    there = dovecot.endpoints
    own = Credentials(login=login, password=PASSWORD)
    found = set()
    with (
        CuttingProxy(there.host, there.managesieve_port) as proxy,
        sign_in(dovecot, login, TlsMode.NONE) as direct,
    ):
        endpoint = Endpoint(host="127.0.0.1", port=proxy.port, tls=TlsMode.NONE)

        def save(offset: int) -> None:
            with Connection.open(endpoint, own) as connection:
                proxy.arm(direction, offset)
                connection.put_script(MAIN, NEW)
                connection.set_active(MAIN)

        for offset in range(200):
            direct.put_script(OTHER, OLD)
            direct.put_script(MAIN, OLD)
            direct.set_active(OTHER)
            try:
                save(offset)
            except (OutcomeUnknownError, UnreachableError):  # between the two: nothing was sent
                pass
            else:
                break
            listing, (script,) = direct.read([MAIN])
            found.add((script.octets, listing.active))
        assert proxy.cuts == offset + 1  # the last one cut LOGOUT
    assert 50 < offset < 150
    assert found <= {(OLD, OTHER), (NEW, OTHER), (NEW, MAIN)}
    assert len(found) >= 2


def test_the_examples_of_the_reference_run(
    dovecot: DovecotServer, login: str, tmp_path: Path
) -> None:
    there = endpoint(dovecot)
    here = f'host="{there.host}", port={there.port}, ca_file=Path("{there.ca_file}")'
    examples = re.findall(r"```python\n(.*?)```", REFERENCE.read_text(encoding="utf-8"), re.DOTALL)
    assert len(examples) == 3
    master = dovecot.endpoints
    for example in examples:
        mine = example.replace('host="mail.example.com"', here)
        mine = mine.replace(
            'login="sieve-manager", password="secret"',
            f'login="{master.master_user}", password="{master.master_password}"',
        )
        mine = mine.replace("anna@example.com", login).replace('"secret"', f'"{PASSWORD}"')
        script = tmp_path / "example.py"
        script.write_text(f"from pathlib import Path\n{mine}")
        runpy.run_path(str(script))
