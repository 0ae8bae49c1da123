"""The whole product with redirect addresses: pages, a Postfix set up as we say, its Dovecot.

What the mailboxes forward comes back to the same Postfix, as it does at a real site. Postfix is
set up with the very lines that ``sieve-manager postfix config`` and the guide print.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from itertools import takewhile
from pathlib import Path

import psycopg
from click.testing import CliRunner

from sieve_manager.adapters.local_postfix import LocalPostfix
from sieve_manager.application.access import Actor, Channel
from sieve_manager.application.address_history import (
    AddressChange,
    NewAddressVersion,
    fingerprint_of,
)
from sieve_manager.application.address_plan import wish_change, wish_set
from sieve_manager.bootstrap import Wired
from sieve_manager.bootstrap_addresses import map_duty, postfix_examination
from sieve_manager.cli import main
from sieve_manager.demo.dovecot import DovecotServer, running_dovecot
from sieve_manager.demo.dovecot_configuration import DovecotOptions
from sieve_manager.demo.lookups import as_printed
from sieve_manager.demo.postfix import PostfixServer, running_postfix, write_settled
from sieve_manager.demo.processes import free_ports, temporary_directory, unprivileged
from sieve_manager.demo.smtp_sink import SmtpSink
from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.domain.forward import Forward
from sieve_manager.domain.redirect_address import NOTHING_STAYS, RedirectAddress
from sieve_manager.domain.roles import Role
from tests.end_to_end.prediction import Fate, found, possible, whole_trace
from tests.end_to_end.site import Site, running_site, set_forward
from tests.servers.mailboxes import PASSWORD, make_mailbox

GUIDE = Path(__file__).parents[2] / "docs" / "how-to" / "install-beside-postfix.md"
ADA = Actor(name="ada@example.com", channel=Channel.CLI, role=Role.ADMINISTRATOR)
_ETC = "/etc/postfix"


@dataclass(frozen=True)
class Place:
    """A site, and the Postfix that looks its addresses up; *lines* are those of main.cf."""

    site: Site
    server: PostfixServer
    sink: SmtpSink
    directory: Path
    lines: tuple[str, ...]

    @property
    def wired(self) -> Wired:
        """The use cases."""
        return self.site.wired

    def make_mailbox(self) -> str:
        """One that Dovecot, Postfix and the directory know."""
        login = make_mailbox(self.server)
        with (self.directory / "mailboxes.csv").open("a", encoding="utf-8") as file:
            file.write(f"{login},{login},\n")
        tell_postfix(self.directory, login)
        return login

    def forget_mailboxes(self) -> None:
        """Let the directory know the administrator only, so that a sweep is quick."""
        file = self.directory / "mailboxes.csv"
        file.write_text(f"login,address,aliases\n{ADA.name},{ADA.name},\n", encoding="utf-8")

    def codes(self, server: PostfixServer | None = None) -> list[str]:
        """What the check finds, as if this Postfix were the machine's."""
        programs = write_programs(server or self.server)
        addresses = self.wired.redirect_addresses
        agent = LocalPostfix(str(programs))
        register = self.wired.register.store
        examination = postfix_examination(self.wired.settings, addresses, register, agent)
        return [one.finding.code for one in examination.run()]

    def save(self, wanted: RedirectAddress) -> None:
        """As an administrator would; no finding may refuse it."""
        addresses = self.wired.redirect_addresses
        kept = addresses.get(ADA, wanted.address)
        addresses.save(ADA, wish_set(wanted), fingerprint_of(kept))

    def change(self, address: EmailAddress, change: AddressChange) -> None:
        """Pause, resume or delete."""
        addresses = self.wired.redirect_addresses
        kept = addresses.get(ADA, address)
        addresses.save(ADA, wish_change(address, change), fingerprint_of(kept))

    def put_unseen(self, wanted: RedirectAddress) -> None:
        """As somebody would who writes to the database, where no finding refuses anything."""
        addresses = self.wired.redirect_addresses
        kept, now = addresses.store.get(wanted.address), addresses.clock()
        new = NewAddressVersion(
            address=wanted.address,
            at=now,
            actor=ADA,
            change=AddressChange.SET,
            before=kept,
            after=wanted,
        )
        assert addresses.store.write(new, fingerprint_of(kept))
        addresses.relay.publish()

    def forward(self, login: str, *to: str, copy: str = "none") -> None:
        """Set a forward on the pages of the owner, spam included."""
        with self.site.signed_in(login) as client:
            page = set_forward(client, to=list(to), copy=copy, folder="Copies", hold_spam="")
        assert "Saved" in page.words, page.words

    def follow(
        self, to: str, subject: str, *logins: str, sender: str = "sender@example.net"
    ) -> Fate:
        """Send a message; where it then is, which is what the trace says.

        *logins* are all mailboxes that it may come to.
        """
        predicted = possible(whole_trace(self.site, to), subject)
        refused = self.server.send(to, sender=sender, subject=subject)
        self.server.wait_until_empty()
        fate = found(self.server, self.sink, subject, logins)
        if refused:
            fate = replace(fate, answer=str(refused[to].code))
        assert fate in predicted
        return fate

    def answer(self, recipient: str) -> str:
        """What a sender is told about it."""
        reply = self.server.ask(recipient)
        return f"{reply.code} {reply.text}"


def leading(address: EmailAddress, *to: str, **more: object) -> RedirectAddress:
    """A redirect address that leads to these."""
    destinations = tuple(EmailAddress.parse(one) for one in to)
    forward = Forward(destinations=destinations, copy=NOTHING_STAYS, hold_spam=False)
    return replace(RedirectAddress(address=address, forward=forward), **more)


@contextmanager
def running_place(
    sink: SmtpSink, tool: PostfixServer, database_url: str | None = None
) -> Iterator[Place]:
    """Everything in front of *sink*; *tool* is any Postfix whose postmap makes the tables.

    Without *database_url*, SQLite. Its administrator is ada@example.com.
    """
    identity = unprivileged()
    (port,) = free_ports(1)
    with (
        running_dovecot(DovecotOptions(sink_port=port)) as dovecot,
        temporary_directory(identity) as directory,
    ):
        (directory / "postfix").mkdir(mode=0o750)
        identity.give(directory / "postfix")
        (directory / "mailboxes.csv").touch()
        more = _more(directory)
        with running_site(dovecot, directory, more, database_url=database_url) as site:
            for duty in map_duty(site.wired.settings, site.wired.redirect_addresses):
                duty.run()
            lines = prepared(site, directory, tool)
            with running_postfix(dovecot, sink, smtp_port=port, main_cf_lines=lines) as server:
                server.add_user(ADA.name, PASSWORD)
                tell_postfix(directory, ADA.name)
                yield Place(site, server, sink, directory, tuple(lines))


@contextmanager
def beside(
    place: Place, lines: Sequence[str] = (), services: Sequence[str] = ()
) -> Iterator[PostfixServer]:
    """One more Postfix that looks the same up, with these lines of main.cf and master.cf."""
    dovecot: DovecotServer = place.server.dovecot
    main_cf = [*place.lines, *lines]
    with running_postfix(
        dovecot, place.sink, main_cf_lines=main_cf, master_cf_lines=services
    ) as server:
        yield server


def prepared(site: Site, directory: Path, tool: PostfixServer) -> list[str]:
    """Do once what the printed comments say, write the files; the lines of main.cf."""
    result = CliRunner().invoke(main, ["--config", str(site.config), "postfix", "config"])
    assert result.exit_code == 0, result.output
    once = result.output.partition("###")[0].replace(_ETC, str(directory))
    _do_once(once, site.wired.settings.database.url, tool)
    known = write_known(directory)
    return [
        f"{line}, {known}" if line.startswith("virtual_alias_maps") else line
        for line in as_printed(result.output, directory)
    ]


def _do_once(comments: str, database_url: str, tool: PostfixServer) -> None:
    steps = [line.removeprefix("#   ") for line in comments.splitlines() if line[:4] == "#   "]
    if not database_url.startswith("sqlite"):
        plain = database_url.replace("+psycopg", "")
        with psycopg.connect(plain, autocommit=True) as connection:
            for statement in steps:
                connection.execute(statement.encode())
        return
    # The owner of the directory is whoever runs this Postfix, so install and chown are done.
    (made,) = (step for step in steps if step.startswith("touch "))
    touched, _, table = made.removeprefix("touch ").partition(" && postmap ")
    Path(touched).touch()
    tool.run("postmap", table).check_returncode()


def guided(heading: str, file: str) -> list[str]:
    """The lines of this file that the guide gives under this heading."""
    _, under, text = GUIDE.read_text(encoding="utf-8").partition(f"## {heading}\n")
    _, found, lines = text.partition("\n## ")[0].partition(f"    # {file}\n")
    assert under, f"the guide has no heading {heading}"
    assert found, f"the guide does not tell of {file} under {heading}"
    return [line[4:] for line in takewhile(lambda one: one[:4] == "    ", lines.splitlines())]


def write_known(directory: Path) -> str:
    """A table that gives each mailbox, by the line that the guide adds to any; its name."""
    with closing(sqlite3.connect(directory / "known.db")) as database, database:
        database.execute("CREATE TABLE box (address TEXT)")
    query = "query = SELECT 'vmail/somewhere/' FROM box WHERE address = '%s'"
    lines = guided("An address for all others of a domain", f"{_ETC}/mailboxes.cf")
    write_settled(directory / "known.cf", [f"dbpath = {directory}/known.db", query, *lines])
    return f"sqlite:{directory}/known.cf"


def tell_postfix(directory: Path, login: str) -> None:
    """Add a mailbox to that table."""
    with closing(sqlite3.connect(directory / "known.db")) as database, database:
        database.execute("INSERT INTO box VALUES (?)", (login,))


def write_programs(server: PostfixServer) -> Path:
    """The programs that check runs, as if this Postfix were the machine's; where they are."""
    directory = server.directory / "programs"
    directory.mkdir(exist_ok=True)
    libraries = f"LD_LIBRARY_PATH={server.programs}/lib/postfix"
    for name in ("postconf", "postmap"):
        command = f'{server.programs}/sbin/{name} -c {server.config_directory} "$@"'
        (directory / name).write_text(f"#!/bin/sh\n{libraries} exec {command}\n")
        (directory / name).chmod(0o755)
    return directory


def _more(directory: Path) -> str:
    return f"""
[addresses]
domains = ["example.com"]

[mailboxes]
file = "{directory}/mailboxes.csv"

[staff]
administrators = ["{ADA.name}"]

[postfix]
map_file = "{directory}/postfix/addresses.db"
"""
