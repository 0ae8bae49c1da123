"""What this organisation allows of redirect addresses, and who may do it; pure."""

from dataclasses import dataclass
from datetime import datetime

from sieve_manager.domain.addresses import EmailAddress, readable_domain
from sieve_manager.domain.forward import Phase
from sieve_manager.domain.mailboxes import Login, Mailbox
from sieve_manager.domain.redirect_address import AddressKind, RedirectAddress
from sieve_manager.domain.roles import Role
from sieve_manager.policy.destinations import review_destinations
from sieve_manager.policy.findings import Finding, refuse, warn
from sieve_manager.policy.policy import Policy
from sieve_manager.policy.rights import StaffRules


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressPolicy:
    """[addresses] as data: *domains* (lower case A-labels) in which addresses are made here.

    *operators*: whether operators manage them, too, beside administrators.
    """

    domains: frozenset[str] = frozenset()
    operators: bool = False


def may_manage(
    role: Role, address: EmailAddress, rules: AddressPolicy, staff: StaffRules
) -> Finding | None:
    """Why somebody with this role may not create, change or delete *address*; None: they may."""
    match role:
        case Role.ADMINISTRATOR:
            return None
        case Role.OPERATOR if rules.operators:
            if not staff.operator_domains or address.domain in staff.operator_domains:
                return None
            return refuse(
                "address-outside",
                "{domain} is not one of the domains that you look after. Ask an administrator.",
                domain=readable_domain(address.domain),
            )
        case Role.OPERATOR:
            return refuse("administrators-only", "This is for administrators.")
        case _:
            return refuse("address-not-staff", "Only the helpdesk can do this with an address.")


def may_redirect(actor: Login, kept: RedirectAddress, wanted: RedirectAddress) -> Finding | None:
    """Why *actor*, who is no staff, may not make *wanted* of *kept*; None: they may.

    An owner decides where it leads, when, and what senders are told; no more.
    """
    if kept.owner != actor:
        return refuse("address-not-yours", "This address is not yours.")
    same = (kept.address, kept.kind, kept.owner) == (wanted.address, wanted.kind, wanted.owner)
    if kept.kind is AddressKind.ALIAS or kept.is_catch_all or not same:
        return refuse("address-not-staff", "Only the helpdesk can do this with an address.")
    return None


def review_address(
    wanted: RedirectAddress,
    taken_by: Mailbox | None,
    mailbox_of_alias: Mailbox | None,
    policy: Policy,
    rules: AddressPolicy,
    now: datetime,
) -> tuple[Finding, ...]:
    """All findings about *wanted* itself; where its mail ends is not looked at here.

    *taken_by* is the mailbox that has this address already; *mailbox_of_alias* the one at its
    first destination.
    """
    own = Mailbox(login=Login(wanted.address.key), address=wanted.address)
    found = [*review_destinations(wanted.forward, own, policy), *_where(wanted, rules)]
    if taken_by:
        found.append(
            refuse(
                "address-taken",
                "{address} is the address of a mailbox. Set a forward there instead.",
                where="address",
                address=wanted.address.readable,
            )
        )
    if wanted.kind is AddressKind.ALIAS and mailbox_of_alias is None:
        found.append(
            refuse(
                "alias-no-mailbox",
                "{address} is no mailbox here. An alias leads to a mailbox.",
                where="to",
                address=wanted.forward.destinations[0].readable,
            )
        )
    if wanted.phase(now) is Phase.ENDED:
        found.append(refuse("ended", "The last day is in the past.", where="last_day"))
    return tuple(found)


def _where(wanted: RedirectAddress, rules: AddressPolicy) -> tuple[Finding, ...]:
    domain = readable_domain(wanted.address.domain)
    if wanted.address.domain not in rules.domains:
        return (
            refuse(
                "address-domain",
                "Addresses of {domain} are not made here.",
                where="address",
                domain=domain,
            ),
        )
    if wanted.is_catch_all:
        return (
            warn(
                "catch-all",
                "Everything for {domain} that nobody has goes there: mostly spam, and every "
                "mistyped address.",
                where="address",
                domain=domain,
            ),
        )
    return ()
