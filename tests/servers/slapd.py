"""A private OpenLDAP: from a package that is unpacked and not installed, on loopback."""

import shutil
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sieve_manager.demo.certificates import Authority, Certificate
from sieve_manager.demo.processes import (
    LOOPBACK,
    free_ports,
    running,
    temporary_directory,
    unprivileged,
)
from sieve_manager.domain.people import Person

with warnings.catch_warnings():
    # As in sieve_manager/adapters/ldap/session.py.
    warnings.simplefilter("ignore", DeprecationWarning)
    from ldap3 import NONE, Connection, Server
    from ldap3.utils.dn import escape_rdn

UNPACKED = Path(__file__).parents[2] / ".cache" / "slapd"
SUFFIX = "dc=example,dc=com"
PEOPLE = f"ou=people,{SUFFIX}"
GROUPS = f"ou=groups,{SUFFIX}"
READER = f"cn=reader,{SUFFIX}"
PASSWORD = "reader's (secret)*"
_ROOT, _ROOT_PASSWORD = f"cn=admin,{SUFFIX}", "admin-secret"
_SCHEMAS = ("core", "cosine", "inetorgperson")
MOST_WITHOUT_PAGES = 100
"""How many entries anybody but the reader may list."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Slapd:
    """A running server: in clear text and StartTLS on *port*, with TLS on *tls_port*."""

    port: int
    tls_port: int
    ca_file: Path

    def add(self, people: Iterable[Person]) -> None:
        """Add these and their groups; managers must be among them or be there."""
        people = list(people)
        connection = self._connection()
        for person in people:
            self._do(connection, connection.add(_dn(person), *_attributes(person)))
        for group in sorted({group for person in people for group in person.groups}):
            members = [_dn(person) for person in people if group in person.groups]
            dn = f"cn={escape_rdn(group)},{GROUPS}"
            self._do(connection, connection.add(dn, "groupOfNames", {"member": members}))
        connection.unbind()

    def _make_tree(self) -> None:
        connection = self._connection()
        self._do(connection, connection.add(SUFFIX, ["dcObject", "organization"], {"o": "Example"}))
        for dn in (PEOPLE, GROUPS):
            self._do(connection, connection.add(dn, "organizationalUnit"))
        reader = {"userPassword": PASSWORD}
        kinds = ["organizationalRole", "simpleSecurityObject"]
        self._do(connection, connection.add(READER, kinds, reader))
        connection.unbind()

    def _connection(self) -> Connection:
        server = Server(LOOPBACK, port=self.port, get_info=NONE)
        return Connection(server, _ROOT, _ROOT_PASSWORD, auto_bind=True, check_names=False)

    @staticmethod
    def _do(connection: Connection, done: bool) -> None:
        if not done:
            raise RuntimeError(str(connection.result))


def _dn(person: Person) -> str:
    return f"uid={escape_rdn(person.login.text)},{PEOPLE}"


def _attributes(person: Person) -> tuple[list[str], dict[str, list[str]]]:
    values = {
        "cn": [person.name],
        "sn": ["-"],
        "mail": [str(person.address)] if person.address else [],
        "proxyAddresses": _as_in_active_directory(person),
        "manager": [f"uid={person.manager},{PEOPLE}"] if person.manager else [],
        "preferredLanguage": [person.language] if person.language else [],
    }
    kinds = ["inetOrgPerson", "withAliases"]
    return kinds, {name: texts for name, texts in values.items() if texts}


def _as_in_active_directory(person: Person) -> list[str]:
    primary = [f"SMTP:{person.address}"] if person.address else []
    others = [f"smtp:{one}" for one in person.aliases]
    return [*primary, *others, "x500:/o=Example/cn=recipients"]


@contextmanager
def running_slapd() -> Iterator[Slapd]:
    """Yield an empty server that is ready, in a fresh directory; end it afterwards.

    Raises:
        FileNotFoundError: the package is not unpacked.
        UnreachableError: it did not start.
    """
    if not UNPACKED.exists():
        raise FileNotFoundError("run scripts/unpack-debian-packages .cache/slapd slapd")
    identity = unprivileged()
    port, tls_port = free_ports(2)
    with temporary_directory(identity) as directory:
        _copy_program(directory)
        authority = Authority(directory)
        issued = authority.issue()
        identity.give(issued.key_file)
        (directory / "data").mkdir()
        identity.give(directory / "data")
        (directory / "slapd.conf").write_text(
            _configuration(directory, authority.ca_file, issued), encoding="utf-8"
        )
        urls = f"ldap://{LOOPBACK}:{port} ldaps://{LOOPBACK}:{tls_port}"
        command = [str(directory / "slapd"), "-f", str(directory / "slapd.conf"), "-h", urls]
        log = directory / "slapd.log"
        ports = (port, tls_port)
        environment = {"LD_LIBRARY_PATH": str(directory)}
        with running(
            [*command, "-d", "0"], ports=ports, log=log, identity=identity, environment=environment
        ):
            server = Slapd(port=port, tls_port=tls_port, ca_file=authority.ca_file)
            server._make_tree()
            yield server


def _copy_program(directory: Path) -> None:
    """Another account need not be able to walk to where this checkout is."""
    shutil.copy(UNPACKED / "usr/sbin/slapd", directory)
    for library in (UNPACKED / "usr/lib").glob("*/libslapi-*.so.0"):
        shutil.copy(library, directory)
    for schema in _SCHEMAS:
        shutil.copy(UNPACKED / f"etc/ldap/schema/{schema}.schema", directory)
    for module in ("back_mdb.so", "memberof.so"):
        shutil.copy(UNPACKED / "usr/lib/ldap" / module, directory)


def _configuration(directory: Path, ca_file: Path, issued: Certificate) -> str:
    schemas = "\n".join(f"include {directory}/{schema}.schema" for schema in _SCHEMAS)
    return f"""
{schemas}
attributetype ( 1.2.840.113556.1.2.210 NAME 'proxyAddresses' EQUALITY caseIgnoreMatch
  SUBSTR caseIgnoreSubstringsMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 )
objectclass ( 1.3.6.1.4.1.4203.666.1.1 NAME 'withAliases' AUXILIARY MAY proxyAddresses )
pidfile {directory}/data/slapd.pid
modulepath {directory}
moduleload back_mdb.so
moduleload memberof.so
TLSCACertificateFile {ca_file}
TLSCertificateFile {issued.certificate_file}
TLSCertificateKeyFile {issued.key_file}
database mdb
suffix "{SUFFIX}"
rootdn "{_ROOT}"
rootpw {_ROOT_PASSWORD}
directory {directory}/data
dbnosync
maxsize 268435456
index objectClass eq
index cn,uid,mail,proxyAddresses eq,sub
overlay memberof
limits dn.exact="{READER}" size=unlimited
limits * size={MOST_WITHOUT_PAGES}
access to attrs=userPassword by anonymous auth by * none
access to * by * read
"""
