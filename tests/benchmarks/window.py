"""How long another program's change could slip in: from the last reading until it is stored."""

from sieve_manager.adapters.script_store import ManageSieveStore
from sieve_manager.application.access import Access, Actor, Channel
from sieve_manager.demo.dovecot import DovecotServer
from sieve_manager.domain.mailboxes import Login
from sieve_manager.domain.scripts import ScriptName
from sieve_manager.managesieve import Endpoint
from tests.benchmarks.measuring import Times, timed
from tests.servers.mailboxes import PASSWORD, make_mailbox

_COUNT = 200
_NAME = ScriptName("sieve-manager")
_SCRIPT = b'require ["copy"];\r\nredirect :copy "a@example.net";\r\n'


def window(server: DovecotServer) -> Times:
    """The time from the answer to the last reading to the answer to PUTSCRIPT, with TLS."""
    there = server.endpoints
    store = ManageSieveStore(
        Endpoint(host=there.host, port=there.managesieve_port, ca_file=there.ca_file)
    )
    login = make_mailbox(server)
    actor = Actor(name=login, channel=Channel.CLI)
    access = Access(login=Login(login), actor=actor, password=PASSWORD)
    values = []
    with store.session(access) as session:
        for _ in range(_COUNT):
            session.rehearse(_NAME, _SCRIPT, [_NAME])
            values.append(timed(lambda: session.put_script(_NAME, _SCRIPT)))
    store.close()
    return Times(tuple(values))
