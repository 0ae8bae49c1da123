"""Who acts, on which mailbox, and with what right."""

from dataclasses import dataclass, field
from enum import StrEnum

from sieve_manager.domain.mailboxes import Login
from sieve_manager.domain.roles import Role


class Channel(StrEnum):
    """Which of our doors somebody came through."""

    WEB = "web"
    CLI = "cli"
    API = "api"
    WORKER = "worker"


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """The person who acts; *name* is a login, or the system user on the command line.

    *role* is the one in which they act now; *address* is the network address they act from,
    or "".
    """

    name: str
    channel: Channel
    role: Role = Role.OWNER
    address: str = ""


ITSELF = Actor(name="sieve-manager", channel=Channel.WORKER, role=Role.ADMINISTRATOR)
"""Who acts where nobody does: the program, in its duties."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """The right to act on *login*: the owner's *password*, or through [master] where None.

    *token* is an OpenID provider's access token for the owner, which serves in place of both
    where the mail server takes such.

    *session_key* is opaque and names the signed-in session whose server connection may be
    kept open and used again; None asks for a connection of its own.
    """

    login: Login
    actor: Actor
    password: str | None = field(default=None, repr=False)
    token: str | None = field(default=None, repr=False)
    session_key: str | None = field(default=None, repr=False)
