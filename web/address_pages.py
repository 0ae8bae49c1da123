"""What the pages about redirect addresses share: who may do what, and the review."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from werkzeug.exceptions import NotFound

from sieve_manager.application.address_plan import AddressPlan
from sieve_manager.application.address_rights import refusal_to_change
from sieve_manager.application.redirect_addresses import RedirectAddresses, SavedAddress
from sieve_manager.application.staff import denied
from sieve_manager.application.trace import Hop
from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.domain.forward import Phase
from sieve_manager.domain.mailboxes import Login
from sieve_manager.domain.redirect_address import CATCH_ALL, RedirectAddress
from sieve_manager.errors import DirectoryError, StorageError
from sieve_manager.policy.findings import Finding
from web import address_words, chain_words
from web.address_offer import Offered
from web.address_words import Card, card_of
from web.chain_drawing import MOST_BOXES, count, draw
from web.context import actor, wired
from web.review import HTTP_CONFLICT

MOST_OWN = 20
"""On the overview; more are on a page of their own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What the review page shows and where its buttons lead."""

    address: EmailAddress
    plan: AddressPlan
    title: str
    button: str
    save_to: str
    pairs: tuple[tuple[str, str], ...]
    edit_to: str = ""
    cancel_to: str = ""
    asks_why: bool = False
    asks_ticket: bool = False
    offer: Offered | None = None

    @property
    def chain(self) -> Hop | None:
        """The way of a message as it will be; None where there will be none."""
        after = self.plan.after
        phase = after.forward.phase(wired().clock()) if after else Phase.ENDED
        return self.plan.chain if phase in (Phase.ACTIVE, Phase.SCHEDULED) else None

    @property
    def drawing(self) -> Markup:
        """The same as a picture."""
        return draw(self.chain, chain_words.words_of(self.chain)) if self.chain else Markup("")


def use() -> RedirectAddresses:
    """The use cases."""
    return wired().redirect_addresses


def named(text: str) -> EmailAddress:
    """The address that a link or a form names; InvalidInputError."""
    return EmailAddress.parse(text, where="address")


def kept_of(text: str) -> RedirectAddress:
    """The one that is kept; NotFound."""
    kept = use().get(actor(), named(text))
    if kept is None:
        raise NotFound
    return kept


def manages(address: EmailAddress) -> bool:
    """Whether who is signed in may do everything with it."""
    return use().hindrance(actor(), address) is None


def may_become(
    address: EmailAddress, kept: RedirectAddress | None, wanted: RedirectAddress | None
) -> bool:
    """Whether who is signed in may make *wanted* of *kept*, as far as rights go."""
    rules, staff = use().rules, use().staff
    return refusal_to_change(actor(), address, kept, wanted, rules, staff) is None


def hindrance() -> Finding | None:
    """Why who is signed in can make no address anywhere; None: they can."""
    found = [_hindrance_in(domain) for domain in sorted(use().rules.domains) or [""]]
    return None if None in found else found[0]


def own_domains() -> list[str]:
    """The domains in which who is signed in makes addresses, by name."""
    return [one for one in sorted(use().rules.domains) if _hindrance_in(one) is None]


def stand_in(address: EmailAddress) -> RedirectAddress | None:
    """What gets the mail for *address* where it is not there itself; None: it is refused."""
    others = (address.without_detail, EmailAddress(CATCH_ALL, address.domain))
    found = (use().store.get(one) for one in others if one != address)
    return next((one for one in found if one), None)


def demand_maker() -> None:
    """Return where who is signed in can make some address; NotAllowedError."""
    if found := hindrance():
        raise denied(found)


def are_shown() -> bool:
    """Whether who is signed in finds the pages: they can make some, or have some.

    Every page asks, also the one about an error, so this must not be one.
    """
    if not use().rules.domains:
        return False
    try:
        return hindrance() is None or bool(use().found(actor(), limit=1))
    except (StorageError, DirectoryError):
        return False


def own_cards() -> tuple[Card, ...]:
    """Those of which who is signed in is the owner, for a list; the first ones of many."""
    if not use().rules.domains:
        return ()
    now, own = wired().clock(), Login(actor().name)
    return tuple(card_of(one, now) for one in use().store.found(owner=own, limit=MOST_OWN))


def _hindrance_in(domain: str) -> Finding | None:
    return use().hindrance(actor(), EmailAddress("x", domain))


def show_review(look: Look, *, meanwhile: bool) -> ResponseReturnValue:
    """The page between a wish and its save."""
    page = show(
        "address_review.html",
        look=look,
        plan=look.plan,
        stand_in=stand_in(look.address),
        meanwhile=meanwhile,
        words=chain_words,
        count=count,
        large=look.chain is not None and count(look.chain) > MOST_BOXES,
    )
    return page, HTTP_CONFLICT if meanwhile else 200


def proof_at(address: EmailAddress, saved: SavedAddress) -> str:
    """The page that says that it was saved."""
    number = saved.version.number if saved.version else None
    return url_for("addresses.show", address=str(address), saved=number)


def show(template: str, **facts: object) -> str:
    """The page, with the words for addresses as of now."""
    now = wired().clock()

    def of_now(words: Callable[..., object]) -> Callable[[RedirectAddress], object]:
        return lambda kept: words(kept, now)

    return render_template(
        template,
        address_sentence=of_now(address_words.address_sentence),
        waiting_sentences=address_words.waiting_sentences,
        address_state=of_now(address_words.state_words),
        address_shape=of_now(address_words.state_shape),
        address_title=address_words.title_of,
        told_sentence=address_words.told_sentence,
        gone_sentence=address_words.gone_sentence,
        kind_words=address_words.kind_words,
        may_make=hindrance() is None,
        **facts,
    )
