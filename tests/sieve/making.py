"""Short ways to write forwards, options and mailboxes in tests of the Sieve room."""

from collections.abc import Sequence
from datetime import date

from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.domain.forward import Copy, Forward
from sieve_manager.domain.schedule import Period
from sieve_manager.domain.scripts import Script, ScriptListing, ScriptName, ScriptSet
from sieve_manager.sieve.compile import CompileOptions

EXTENSIONS = frozenset(
    {"copy", "fileinto", "imap4flags", "mailbox", "date", "relational", "include", "variables"}
)
SPAMTEST = frozenset({"spamtest", "relational", "comparator-i;ascii-numeric"})
SPAM_HEADERS = (("X-Spam-Flag", "YES"), ("X-Spam", "Yes"))
OPTIONS = CompileOptions(extensions=EXTENSIONS, spam_headers=SPAM_HEADERS, trash_folder="Trash")


def forward(
    *to: str,
    copy: str = "inbox",
    first: date | None = None,
    last: date | None = None,
    zone: str = "Europe/Zurich",
    hold_spam: bool = False,
    paused: bool = False,
) -> Forward:
    return Forward(
        destinations=tuple(EmailAddress.parse(one) for one in to or ("b@example.net",)),
        copy=Copy.parse(copy),
        period=Period(first_day=first, last_day=last, timezone=zone),
        hold_spam=hold_spam,
        paused=paused,
    )


def options(
    *without: str,
    plus: frozenset[str] = frozenset(),
    headers: Sequence[tuple[str, str]] = SPAM_HEADERS,
    trash: str | None = "Trash",
) -> CompileOptions:
    return CompileOptions(
        extensions=EXTENSIONS - set(without) | plus,
        spam_headers=tuple(headers),
        trash_folder=trash,
    )


def mailbox(active: str | None = None, /, **scripts: bytes) -> ScriptSet:
    """A mailbox with these scripts; ``_`` in a keyword stands for ``-`` in the name."""
    named = {ScriptName(name.replace("_", "-")): octets for name, octets in scripts.items()}
    return ScriptSet(
        listing=ScriptListing(names=tuple(named), active=ScriptName(active) if active else None),
        scripts=tuple(Script(name=name, octets=octets) for name, octets in named.items()),
    )


def octets_of(scripts: ScriptSet, name: str) -> bytes:
    script = scripts.get(ScriptName(name))
    assert script is not None
    return script.octets
