"""What it costs to put our rule into a foreign script and to read it again, a rule."""

from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.domain.forward import Forward
from sieve_manager.domain.scripts import Script, ScriptListing, ScriptName, ScriptSet
from sieve_manager.sieve.compile import CompileOptions
from sieve_manager.sieve.compose import compose, locate
from sieve_manager.sieve.hazards import look_through
from sieve_manager.sieve.outline import outline
from tests.benchmarks.measuring import in_turn, timed

EXTENSIONS = frozenset({"copy", "fileinto", "date", "relational", "mailbox", "imap4flags"})
RULE = (
    b'# rule:[Filter %d]\r\nif anyof (header :contains "subject" "word %d", '
    b'header :contains "from" "sender%d@example.net")\r\n{\r\n\tfileinto "Archive";\r\n}\r\n'
)


def composing() -> None:
    """Print a row for each size; a script of another size each time, so nothing is cached."""
    for size in (1, 10, 100, 1000):
        (times,) = in_turn(7, lambda number, size=size: timed(lambda: _once(size, number)))
        each = times.median / size
        print(
            f"| compose with and read {size} foreign rules, ms | {times.median:.2f} | "
            f"{each:.3f} a rule | | linear, under 0.2 a rule |"
        )


def _once(size: int, number: int) -> None:
    rules = b"".join(RULE % (one, one, one + number) for one in range(size))
    name = ScriptName("roundcube")
    scripts = ScriptSet(
        listing=ScriptListing(names=(name,), active=name),
        scripts=(Script(name=name, octets=b'require ["fileinto"];\r\n' + rules),),
    )
    options = CompileOptions(extensions=EXTENSIONS, spam_headers=(("X-Spam-Flag", "YES"),))
    forward = Forward(destinations=(EmailAddress.parse("a@example.net"),))
    after = compose(scripts, forward, options).applied_to(scripts)
    locate(after)
    outline(after.scripts[0].octets)
    look_through(after, max_redirects=4, extensions=EXTENSIONS)
