"""From [directory] and [mailboxes] to whom the use cases ask about people and addresses."""

from dataclasses import dataclass

from sieve_manager.adapters.addresses import ConfiguredAddresses
from sieve_manager.adapters.configured_directory import ConfiguredDirectory
from sieve_manager.adapters.database.directory import DatabaseDirectory
from sieve_manager.adapters.database.engine import Database
from sieve_manager.application.directory import DirectoryAddresses
from sieve_manager.application.ports import Addresses, Clock, Directory
from sieve_manager.errors import SettingsError
from sieve_manager.managesieve import Endpoint, TlsMode
from sieve_manager.settings import Settings
from sieve_manager.settings_directory import DirectoryKind, DirectorySection


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """The directory, the addresses that it supplies, and the table, where that is what it is."""

    directory: Directory
    addresses: Addresses
    table: DatabaseDirectory | None = None


def wire_people(settings: Settings, database: Database, clock: Clock) -> People:
    """Wire the directory that is configured; asks it nothing yet.

    Raises:
        SettingsError: what it needs is not installed, or its URL cannot be read.
    """
    listed = settings.mailboxes
    configured = ConfiguredAddresses(default_domain=listed.default_domain, file=listed.file)
    section = settings.directory
    if section.kind is DirectoryKind.NONE:
        listing = configured.listed if listed.file else None
        directory: Directory = ConfiguredDirectory(configured, listing)
        return People(directory=directory, addresses=configured)
    table = DatabaseDirectory(database) if section.kind is DirectoryKind.TABLE else None
    directory = table or _elsewhere(section, settings.master_separator)
    addresses = DirectoryAddresses(directory, otherwise=configured, clock=clock)
    return People(directory=directory, addresses=addresses, table=table)


def _elsewhere(section: DirectorySection, master_separator: str) -> Directory:
    # Each is imported only where it is used: the one need not be installed.
    if section.kind is DirectoryKind.LDAP:
        return _ldap(section, master_separator)
    from sieve_manager.adapters.sql_directory import SqlDirectory

    return SqlDirectory(
        section.url,
        section.query,
        password=section.secret,
        master_separator=master_separator,
    )


def _ldap(section: DirectorySection, master_separator: str) -> Directory:
    try:
        from sieve_manager.adapters.ldap.directory import LdapDirectory, LdapNames
        from sieve_manager.adapters.ldap.server import LdapServer
    except ImportError as error:
        raise SettingsError(
            "directory.kind", "“ldap” needs one more package: pip install 'sieve-manager[ldap]'"
        ) from error
    endpoint = Endpoint(
        host=section.host,
        port=section.ldap_port,
        tls=TlsMode(section.tls.value),
        ca_file=section.ca_file,
    )
    names = LdapNames(
        base=section.base,
        filter=section.filter,
        login=section.login_attribute,
        name=section.name_attribute,
        address=section.address_attribute,
        alias=section.alias_attribute,
        manager=section.manager_attribute,
        groups=section.group_attribute,
        language=section.language_attribute,
    )
    return LdapDirectory(
        server=LdapServer(endpoint=endpoint, bind_dn=section.bind_dn, password=section.secret),
        names=names,
        master_separator=master_separator,
    )
