"""What is asked of the register, as statements that walk one index."""

from typing import Any

from sqlalchemy import Column, ColumnElement, Select, func, select

from sieve_manager.adapters.database.tables_register import NEVER, entries
from sieve_manager.application.register import Place
from sieve_manager.application.register_store import MOST_COUNTED, Question, Sort

ORDERS: dict[Sort, tuple[Column[Any], ...]] = {
    Sort.MAILBOX: (entries.c.login, entries.c.position),
    Sort.TARGET: (entries.c.target, entries.c.login, entries.c.position),
    Sort.ENDS: (entries.c.ends, entries.c.login, entries.c.position),
}


def asked_for(question: Question) -> Select[Any]:
    """All columns of the entries, in order."""
    return select(entries).where(*_conditions(question)).order_by(*ORDERS[question.sort])


def counted(question: Question) -> Select[Any]:
    """How many they are, without a look at what is beyond MOST_COUNTED."""
    some = select(entries.c.login).where(*_conditions(question)).limit(MOST_COUNTED + 1)
    return select(func.count()).select_from(some.subquery())


def _conditions(question: Question) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [entries.c.is_problem.is_(question.problems)]
    if question.outside:
        found.append(entries.c.place != Place.INSIDE.value)
    if question.no_end:
        found.append(entries.c.ends == NEVER)
    if question.gone:
        found.append(entries.c.gone.is_(True))
    if question.set_by:
        found.append(entries.c.set_by == question.set_by.value)
    if question.for_operators:
        found.append(entries.c.for_operators.is_(True))
    words = question.text.lower().split()
    return found + [entries.c.words.contains(word, autoescape=True) for word in words]
