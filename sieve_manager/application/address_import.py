"""Many redirect addresses from a CSV file: look at every line first, then make the good ones."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, count

from sieve_manager.application.access import Actor
from sieve_manager.application.address_history import fingerprint_of
from sieve_manager.application.address_plan import AddressPlan, AddressWish, wish_set
from sieve_manager.application.address_table import (
    COLUMNS,
    REQUIRED,
    TICKET,
    Defaults,
    csv_of,
    read_line,
)
from sieve_manager.application.chain import Chart
from sieve_manager.application.chart_beside import ChartBeside
from sieve_manager.application.csv_cells import meant_cell
from sieve_manager.application.csv_table import Problem, Row, read_table
from sieve_manager.application.people_table import twin
from sieve_manager.application.redirect_addresses import RedirectAddresses
from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.domain.case import MAX_TICKET, demand_short
from sieve_manager.domain.redirect_address import AddressKind, RedirectAddress
from sieve_manager.errors import (
    ChangedMeanwhileError,
    InvalidInputError,
    NotAllowedError,
    PolicyRefusedError,
)
from sieve_manager.policy.findings import Finding, refusals

_PART = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class GoodLine:
    """A line that can be carried out, and what it would come to."""

    row: Row
    wish: AddressWish
    plan: AddressPlan


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """The lines to carry out, why others cannot be, and how many say what is kept already.

    Of the *good* ones, each stands after those that it leads to.
    """

    good: tuple[GoodLine, ...]
    problems: tuple[Problem, ...]
    same: int

    @property
    def in_order(self) -> tuple[GoodLine, ...]:
        """The good lines as they stand in the file."""
        return tuple(sorted(self.good, key=lambda one: one.row.line))

    @property
    def checksum(self) -> str:
        """Changes whenever a good line, or what it changes, does."""
        seen = hashlib.sha256()
        for one in self.in_order:
            after = fingerprint_of(one.plan.after)
            seen.update(f"{one.row.line} {one.plan.loaded.text} {after.text} ".encode())
            seen.update(f"{one.wish.ticket}\n".encode())
        return seen.hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """What became of the good lines: each was kept as a whole, or not at all."""

    done: tuple[RedirectAddress, ...]
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressImport:
    """Looks at the lines of a file for somebody, and carries them out one by one.

    Every method may raise StorageError and DirectoryError; lines that were carried out before
    change nothing when the file is sent again.
    """

    use: RedirectAddresses
    master_separator: str
    kind: AddressKind = AddressKind.REDIRECT

    def check(self, actor: Actor, octets: bytes) -> Checked:
        """What each line would come to, beside the good ones that it leads to; reads only."""
        table = read_table(octets, columns=(*COLUMNS, TICKET), required=REQUIRED)
        problems = list(table.problems)
        same, seen = 0, dict[EmailAddress, int]()
        meant: list[_Meant] = []
        for row in table.rows:
            match self._read(actor, row, seen):
                case None:
                    same += 1
                case _Meant() as line:
                    meant.append(line)
                case found:
                    problems += found
        planned: dict[EmailAddress, RedirectAddress] = {}
        good: list[GoodLine] = []
        for line in _targets_first(meant):
            looked = self._look(actor, line, planned)
            if isinstance(looked, GoodLine):
                good.append(looked)
                planned[line.wanted.address] = line.wanted
            else:
                problems += looked
        problems.sort(key=lambda one: (one.line, one.column))
        return Checked(good=tuple(good), problems=tuple(problems), same=same)

    def make(self, actor: Actor, checked: Checked) -> Made:
        """Carry out the good lines, each a change of its own."""
        done: list[RedirectAddress] = []
        problems: list[Problem] = []
        for line in checked.good:
            try:
                saved = self.use.save(actor, line.wish, line.plan.loaded)
            except ChangedMeanwhileError:
                problems.append(line.row.problem("address", _MEANWHILE))
            except PolicyRefusedError:
                # A line before it made the difference, or somebody else did.
                now = _refused(line.row, self.use.plan(actor, line.wish))
                problems += now or (line.row.problem("address", _MEANWHILE),)
            except (InvalidInputError, NotAllowedError) as error:
                problem = error if isinstance(error, InvalidInputError) else _told(error)
                problems.append(line.row.problem("address", problem))
            else:
                done += [saved.kept] if saved.kept else []
        return Made(done=tuple(done), problems=tuple(problems))

    def _read(
        self, actor: Actor, row: Row, seen: dict[EmailAddress, int]
    ) -> "_Meant | tuple[Problem, ...] | None":
        """What the line means, or what cannot be used in it; None: it says what is kept already."""
        try:
            address = EmailAddress.parse(meant_cell(row.cells["address"]))
            if seen.setdefault(address, row.line) != row.line:
                raise twin(address.readable, seen[address])
            kept = self.use.get(actor, address)
        except InvalidInputError as error:
            return (row.problem("address", error),)
        except NotAllowedError as error:
            return (row.problem("address", _told(error)),)
        wanted = read_line(row, kept, self._defaults)
        if isinstance(wanted, tuple):
            return wanted
        return None if wanted is kept else _Meant(row=row, wanted=wanted)

    def _look(
        self, actor: Actor, line: "_Meant", planned: Mapping[EmailAddress, RedirectAddress]
    ) -> GoodLine | tuple[Problem, ...]:
        row, ticket = line.row, meant_cell(line.row.cells.get(TICKET, ""))
        wish = wish_set(line.wanted, ticket=ticket)
        try:
            demand_short(ticket, MAX_TICKET, TICKET)
            self.use.demand_owner(line.wanted)
            plan = self._beside(planned).plan(actor, wish)
        except InvalidInputError as error:
            return (row.problem(error.where, error),)
        except NotAllowedError as error:
            return (row.problem("address", _told(error)),)
        return _refused(row, plan) or GoodLine(row=row, wish=wish, plan=plan)

    def _beside(self, planned: Mapping[EmailAddress, RedirectAddress]) -> RedirectAddresses:
        """The use cases, as if these were there already."""

        def chart(address: EmailAddress, becomes: RedirectAddress | None) -> Chart:
            now = self.use.clock()
            return ChartBeside(chart=self.use.chart(address, becomes), planned=planned, now=now)

        return replace(self.use, chart=chart)

    @property
    def _defaults(self) -> Defaults:
        return Defaults(
            kind=self.kind,
            timezone=self.use.policy.default_timezone,
            master_separator=self.master_separator,
        )


def exported(
    use: RedirectAddresses, actor: Actor, text: str = "", kind: AddressKind | None = None
) -> Iterator[str]:
    """The file with all that *actor* manages, or, of who is no staff, the own ones.

    StorageError before its first line.
    """
    first = use.found(actor, text, kind=kind, limit=_PART)
    return csv_of(chain(first, _more(use, actor, text, kind) if len(first) == _PART else ()))


def _more(
    use: RedirectAddresses, actor: Actor, text: str, kind: AddressKind | None
) -> Iterator[RedirectAddress]:
    for offset in count(_PART, _PART):
        part = use.found(actor, text, kind=kind, offset=offset, limit=_PART)
        yield from part
        if len(part) < _PART:
            return


@dataclass(frozen=True, slots=True, kw_only=True)
class _Meant:
    """What a line wants of what is kept."""

    row: Row
    wanted: RedirectAddress


def _targets_first(lines: Sequence[_Meant]) -> Iterator[_Meant]:
    """Each after those that it leads to; of a circle, one is before its target all the same."""
    by_address = {line.wanted.address: line for line in lines}
    seen: set[EmailAddress] = set()
    waiting = [(line, False) for line in reversed(lines)]
    while waiting:
        line, ready = waiting.pop()
        if ready:
            yield line
        elif line.wanted.address not in seen:
            seen.add(line.wanted.address)
            waiting.append((line, True))
            targets = line.wanted.forward.destinations
            spellings = (one for to in targets for one in (to, to.without_detail))
            waiting += [(by_address[one], False) for one in spellings if one in by_address]


def _refused(row: Row, plan: AddressPlan) -> tuple[Problem, ...]:
    return tuple(row.problem(one.where or "address", _told(one)) for one in refusals(plan.findings))


def _told(said: NotAllowedError | Finding) -> InvalidInputError:
    """The same sentence, about a cell."""
    return InvalidInputError(said.template, code=said.code, **dict(said.facts))


_MEANWHILE = InvalidInputError(
    "Somebody changed this address in the meantime. Check the file again.", code="address-meanwhile"
)
