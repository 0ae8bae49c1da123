"""How the tests ask their LDAP server."""

from dataclasses import replace

from sieve_manager.adapters.ldap.directory import LdapDirectory, LdapNames
from sieve_manager.adapters.ldap.server import LdapServer
from sieve_manager.managesieve import Endpoint, TlsMode
from tests.servers.slapd import PASSWORD, PEOPLE, READER, Slapd

NAMES = LdapNames(
    base=PEOPLE,
    filter="(objectClass=inetOrgPerson)",
    login="uid",
    name="cn",
    address="mail",
    alias="proxyAddresses",
    manager="manager",
    groups="memberOf",
    language="preferredLanguage",
)


def ldap_server(slapd: Slapd, tls: TlsMode = TlsMode.IMPLICIT) -> LdapServer:
    """The server as its reader asks it."""
    port = slapd.tls_port if tls is TlsMode.IMPLICIT else slapd.port
    endpoint = Endpoint(host="127.0.0.1", port=port, tls=tls, ca_file=slapd.ca_file)
    return LdapServer(endpoint=endpoint, bind_dn=READER, password=PASSWORD)


def ldap_directory(slapd: Slapd, **names: str) -> LdapDirectory:
    """The directory over it; *names* replace some of NAMES."""
    return LdapDirectory(server=ldap_server(slapd), names=replace(NAMES, **names))
