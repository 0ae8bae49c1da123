"""Calls of the HTTP API, with tokens, upon mailboxes in memory."""

from dataclasses import dataclass, replace

from werkzeug.test import TestResponse

from sieve_manager.application.access import Actor, Channel
from sieve_manager.application.tokens import Scope
from sieve_manager.domain.roles import Role
from tests.web.world import ADA, ANNA, MASTER, STAFF, World

V1 = "/api/v1"
MAKER = Actor(name=ADA, channel=Channel.WEB, role=Role.ADMINISTRATOR)
ALL = frozenset(Scope)


def made(**more: object) -> World:
    """Mailboxes whose helpdesk can act."""
    return World(**{"master": MASTER, "staff": STAFF, **more})  # type: ignore[arg-type]  # its own


@dataclass
class Caller:
    """A program with a token, or without one where *secret* is empty."""

    world: World
    secret: str = ""

    def call(
        self,
        method: str,
        path: str,
        json: object = None,
        *,
        octets: bytes | None = None,
        kind: str = "text/csv",
        **headers: str,
    ) -> TestResponse:
        """Call; words in *headers* are parted by underscores."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.secret:
            sent.setdefault("Authorization", f"Bearer {self.secret}")
        body = {"json": json} if octets is None else {"data": octets, "content_type": kind}
        client = self.world.app.test_client()
        return client.open(V1 + path, method=method, headers=sent, **body)

    def get(self, path: str, authorization: str | None = None) -> TestResponse:
        """Look; with another header than the token's."""
        if authorization is None:
            return self.call("GET", path)
        return self.call("GET", path, Authorization=authorization)


def caller(
    world: World,
    *scopes: Scope,
    role: Role = Role.OPERATOR,
    name: str = "hr",
    days: int = 30,
    maker: str = ADA,
) -> Caller:
    """A program with a new token of these scopes, or of all."""
    by = replace(MAKER, name=maker)
    made = world.tokens.create(by, name=name, scopes=scopes or ALL, role=role, days=days)
    return Caller(world, made[1])


def etag_of(caller: Caller, login: str = ANNA) -> str:
    """The ETag of a mailbox's forward."""
    return caller.get(f"/mailboxes/{login}/forward").headers["ETag"]


def code_of(response: TestResponse) -> tuple[int, str]:
    """Status and code of a problem, whose form is looked at."""
    assert response.content_type == "application/problem+json", response.text
    form = response.get_json()
    assert form["status"] == response.status_code
    assert form["request_id"] == response.headers["X-Request-Id"]
    assert form["detail"]
    return response.status_code, form["code"]
