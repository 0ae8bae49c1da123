"""That an alias would be the better tool, why, and how to come by it."""

from dataclasses import dataclass, replace
from urllib.parse import quote, urlencode

from flask import url_for
from markupsafe import Markup

from sieve_manager.application.alias_offer import AliasOffer, AliasOffers
from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.domain.forward import Forward
from sieve_manager.domain.mailboxes import Mailbox
from sieve_manager.domain.redirect_address import AddressKind, RedirectAddress
from sieve_manager.domain.variants import Likeness
from web.address_input import AddressInput
from web.context import actor, wired
from web.say import N_, _, address, say

_REASONS = {
    Likeness.OTHER_DOMAIN: N_("%(alias)s is %(like)s in another domain."),
    Likeness.SEPARATORS: N_("%(alias)s is %(like)s with other dots or hyphens."),
    Likeness.ORDER: N_("%(alias)s is %(like)s with the names in another order."),
    Likeness.SPELLING: N_("%(alias)s is another spelling of %(like)s, or a slip of the pen."),
    Likeness.DOMAIN_SPELLING: N_("%(alias)s is %(like)s with a slip of the pen in the domain."),
    None: N_("%(alias)s would lead to %(like)s and to nowhere else."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """*link* leads to the form for the alias, filled in; or else *request* is to be sent.

    With neither, the address has to be free first.
    """

    because: Markup
    link: str = ""
    request: str = ""
    mail: str = ""


def instead_of(wanted: RedirectAddress, typed: AddressInput) -> Offered | None:
    """What to offer instead of *wanted*, a new redirect address, for which *typed* was entered."""
    found = _offers().of_address(wanted)
    if found is None:
        return None
    alias = replace(typed, kind=AddressKind.ALIAS.value, to=(str(found.mailbox),))
    filled = urlencode([(name, value) for name, value in alias.pairs if value])
    link = f"{url_for('address_form.new')}?{filled}"
    return Offered(because=_because(found), link=link)


def instead_of_forward(mailbox: Mailbox, forward: Forward) -> Offered | None:
    """What to offer instead of a mailbox that only forwards to another spelling of itself.

    Its address is a mailbox's now, so nobody can make the alias at once: who may make aliases
    is only told, others get the words to ask for it.
    """
    found = _offers().of_forward(mailbox, forward.destinations)
    if found is None:
        return None
    if _may_make(found.alias):
        return Offered(because=_because(found))
    return _request(found, forward.note)


def _offers() -> AliasOffers:
    use = wired().redirect_addresses
    inside = {*use.policy.internal_domains, *use.rules.domains}
    return AliasOffers(directory=use.directory, inside=inside)


def _may_make(alias: EmailAddress) -> bool:
    use = wired().redirect_addresses
    return alias.domain in use.rules.domains and use.hindrance(actor(), alias) is None


def _because(found: AliasOffer) -> Markup:
    return say(_REASONS[found.likeness], alias=address(found.alias), like=address(found.like))


def _request(found: AliasOffer, note: str) -> Offered:
    alias, mailbox = found.alias.readable, found.mailbox.readable
    subject = _("Please make an alias: %(alias)s", alias=alias)
    lines = [
        _(
            "Please make %(alias)s an alias of the mailbox %(mailbox)s.",
            alias=alias,
            mailbox=mailbox,
        ),
        _(_REASONS[found.likeness], alias=alias, like=found.like.readable),
        note,
    ]
    text = "\n\n".join(filter(None, lines))
    mail = f"mailto:?subject={quote(subject)}&body={quote(text)}"
    return Offered(because=_because(found), request=text, mail=mail)
