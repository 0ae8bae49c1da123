"""A redirect address in the place of a mailbox that is gone while its case runs."""

from urllib.parse import urlencode

from flask import url_for

from sieve_manager.application.case import Case, CaseState
from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.domain.forward import Phase
from sieve_manager.domain.redirect_address import AddressKind
from web.address_pages import manages
from web.context import wired


def address_instead(case: Case, address: EmailAddress | None) -> str | None:
    """The form of a new redirect address with all that *case* says; None where it helps nobody,
    or who is signed in may not make it.
    """
    forward = case.terms.forward
    over = case.state is not CaseState.ACTIVE or case.phase(wired().clock()) is Phase.ENDED
    if over or address is None or not manages(address):
        return None
    period = forward.period
    days = {"first_day": period.first_day, "last_day": period.last_day}
    fields = {
        "kind": AddressKind.REDIRECT.value,
        "address": address.readable,
        "to": [one.readable for one in forward.destinations],
        **{name: day.isoformat() for name, day in days.items() if day},
        "timezone": period.timezone,
        "ticket": case.terms.ticket,
    }
    return f"{url_for('address_form.new')}?{urlencode(fields, doseq=True)}"
