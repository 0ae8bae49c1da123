"""The command line on mailboxes in memory, as a terminal or a script would call it."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import pytest
from click.testing import CliRunner, Result

from sieve_manager.adapters.memory import MemoryMailer
from sieve_manager.adapters.memory_audit import MemoryAuditLog
from sieve_manager.adapters.memory_directory import MemoryDirectory
from sieve_manager.adapters.memory_ledger import MemoryLedger
from sieve_manager.adapters.memory_records import MemoryKnownDestinations
from sieve_manager.adapters.memory_tokens import MemoryTokens
from sieve_manager.application.notices import Notices
from sieve_manager.application.owner_mail import OwnerMail
from sieve_manager.application.ports import Clock
from sieve_manager.application.tokens import Tokens
from sieve_manager.application.trail import Trail
from sieve_manager.bootstrap import Wired
from sieve_manager.cli import main
from sieve_manager.cli.door import Door
from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.errors import NoticeError
from sieve_manager.policy.policy import Policy
from sieve_manager.settings import Settings
from tests.application.world import World

SENDER = EmailAddress("noreply", "example.com")
MASTER = '[master]\nuser = "helpdesk"\npassword = "secret"\n'


class BrokenMailer:
    """A mailer whose server is down."""

    def send(self, *, to: EmailAddress, subject: str, text: str, identity: str = "") -> None:
        raise NoticeError("the mail could not be sent")


@dataclass(slots=True)
class Cli:
    """Calls commands on *world*; *mailer* holds the notices to owners."""

    config: Path
    world: World = field(default_factory=lambda: World(policy=Policy(hold_spam=False)))
    mailer: MemoryMailer | BrokenMailer = field(default_factory=MemoryMailer)
    ledger: MemoryLedger = field(default_factory=lambda: MemoryLedger(lambda: datetime.now(UTC)))
    directory: MemoryDirectory = field(default_factory=MemoryDirectory)
    token_rows: MemoryTokens = field(default_factory=MemoryTokens)
    closed: int = 0

    def __call__(self, line: str, *more: str, terminal: bool = False, typed: str = "") -> Result:
        """Call the command; *more* are arguments that hold spaces, *typed* is the answer."""
        door = Door(config=self.config, has_terminal=lambda: terminal, wire=self.wire)
        return CliRunner().invoke(main, [*line.split(), *more], obj=door, input=typed)

    def json(self, line: str) -> Any:
        """What the command prints on standard output, parsed."""
        result = self(line)
        assert result.exit_code == 0, result.output
        return json.loads(result.stdout)

    def configure(self, text: str) -> None:
        self.config.write_text('[managesieve]\nhost = "mail.example.com"\n' + text)

    @property
    def tokens(self) -> Tokens:
        """Those that the commands made."""
        trail = self.world.forwards.saving.trail
        return Tokens(store=self.token_rows, clock=self.ledger.clock, trail=trail)

    def wire(self, settings: Settings) -> Wired:
        """As bootstrap.build, but with *world*."""
        world = self.world
        known = MemoryKnownDestinations()
        mail = OwnerMail(mailer=self.mailer, inbox=None, sender=SENDER, clock=self.ledger.clock)
        wired = _Wired(
            settings=settings,
            policy=world.forwards.looking.policy,
            forwards=world.forwards,
            history=world.history,
            audit=world.audit,
            trail=world.forwards.saving.trail,
            notices=Notices(known=known, mail=mail, policy=world.forwards.looking.policy),
            ledger=self.ledger,
            clock=self.ledger.clock,
            directory=self.directory,
            tokens=self.tokens,
            close=self._close,
        )
        return cast(Wired, wired)

    def _close(self) -> None:
        self.closed += 1


@dataclass(frozen=True, kw_only=True)
class _Wired:
    """As much of Wired as the commands on a mailbox take."""

    settings: Settings
    policy: Policy
    forwards: object
    history: object
    audit: MemoryAuditLog
    trail: Trail
    notices: Notices
    ledger: MemoryLedger
    clock: Clock
    directory: MemoryDirectory
    tokens: Tokens
    close: Callable[[], None]


@pytest.fixture
def cli(tmp_path: Path) -> Cli:
    made = Cli(tmp_path / "config.toml")
    made.configure(MASTER)
    return made
