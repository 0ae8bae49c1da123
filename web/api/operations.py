"""What the API can do, as data: the routes and the OpenAPI document are both made of it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from pydantic import BaseModel, ConfigDict

from sieve_manager.application.access import Actor
from sieve_manager.application.forms import Form
from sieve_manager.application.tokens import Scope
from sieve_manager.domain.scripts import Fingerprint

M = TypeVar("M", bound=BaseModel)

LARGEST_ID = 2_000_000_000
"""What the databases take for a number."""


class Strict(BaseModel):
    """A form that is sent to us: nothing is guessed, and what we do not know is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Nothing(Strict):
    """No parameters."""


class Rehearsable(Strict):
    """The parameters of a write that can be rehearsed."""

    # A text of an address is never a true boolean.
    model_config = ConfigDict(strict=False)

    dry_run: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A request that may be answered: who asks, and what was sent.

    *matched* says that there was an If-Match; *loaded* is None for ``*``, too.
    """

    actor: Actor
    scopes: frozenset[Scope]
    query: BaseModel
    body: BaseModel | None = None
    octets: bytes = b""
    loaded: Fingerprint | None = None
    matched: bool = False

    @property
    def dry_run(self) -> bool:
        """Whether only the plan is asked for."""
        return isinstance(self.query, Rehearsable) and self.query.dry_run

    def asked(self, kind: type[M]) -> M:
        """The parameters."""
        return _as(kind, self.query)

    def sent(self, kind: type[M]) -> M:
        """The body."""
        return _as(kind, self.body)


def _as(kind: type[M], found: BaseModel | None) -> M:
    if not isinstance(found, kind):
        raise TypeError(f"the operation does not take a {kind.__name__}")
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What is answered; *planned* says that nothing was done."""

    form: Form
    etag: Fingerprint | None = None
    location: str = ""
    planned: bool = False


View = Callable[..., Reply]


@dataclass(frozen=True, slots=True, kw_only=True)
class Needs:
    """What an operation asks for beside its parameters, and the status that it ends with.

    *must_match*: without If-Match nothing is written, *may_match*: it is heeded where it is
    there. *sends_csv*: the body is a file.
    """

    status: int = 200
    body: type[BaseModel] | None = None
    must_match: bool = False
    may_match: bool = False
    sends_csv: bool = False


_PLAIN = Needs()


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One method of one path; *name* is its ``operationId``.

    *answers* are the forms of an answer.
    """

    name: str
    method: str
    path: str
    summary: str
    scope: Scope
    answers: tuple[type[BaseModel], ...]
    view: View
    query: type[BaseModel]
    needs: Needs

    @property
    def writes(self) -> bool:
        """Whether something may be other than before."""
        return self.method != "GET"


@dataclass(slots=True)
class Operations:
    """Those of one module."""

    found: list[Operation] = field(default_factory=list)

    def add(
        self,
        method: str,
        path: str,
        scope: Scope,
        *answers: type[BaseModel],
        query: type[BaseModel] = Nothing,
        needs: Needs = _PLAIN,
    ) -> Callable[[View], View]:
        """Make the function that is decorated the one that answers."""

        def take(view: View) -> View:
            self.found.append(
                Operation(
                    name=view.__name__.rstrip("_"),
                    method=method,
                    path=path,
                    summary=(view.__doc__ or "").partition("\n")[0],
                    scope=scope,
                    answers=answers,
                    view=view,
                    query=query,
                    needs=needs,
                )
            )
            return view

        return take
