"""Who may see a redirect address, who may make what of it, and whose it can be."""

from sieve_manager.application.access import Actor
from sieve_manager.application.ports import Directory
from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.domain.mailboxes import Login
from sieve_manager.domain.redirect_address import RedirectAddress
from sieve_manager.errors import InvalidInputError
from sieve_manager.policy.address_policy import AddressPolicy, may_manage, may_redirect
from sieve_manager.policy.findings import Finding
from sieve_manager.policy.rights import StaffRules


def refusal_to_see(
    actor: Actor,
    address: EmailAddress,
    kept: RedirectAddress | None,
    rules: AddressPolicy,
    staff: StaffRules,
) -> Finding | None:
    """Why *actor* may not look at *address*, which is *kept* now; None: they may."""
    refusal = may_manage(actor.role, address, rules, staff)
    return None if kept and kept.owner == Login(actor.name) else refusal


def refusal_to_change(
    actor: Actor,
    address: EmailAddress,
    kept: RedirectAddress | None,
    wanted: RedirectAddress | None,
    rules: AddressPolicy,
    staff: StaffRules,
) -> Finding | None:
    """Why *actor* may not make *wanted* of *kept* (None: there is none); None: they may."""
    own, refusal = Login(actor.name), may_manage(actor.role, address, rules, staff)
    if refusal and kept and wanted and (kept.owner == own or not actor.role.is_staff):
        return may_redirect(own, kept, wanted)
    return refusal


def demand_owner(
    wanted: RedirectAddress, kept: RedirectAddress | None, directory: Directory
) -> None:
    """Refuse an owner whom nobody knows, unless they had it before.

    Raises:
        InvalidInputError: nobody here has that user name.
        DirectoryError: it cannot be asked.
    """
    owner = wanted.owner
    had = kept is not None and kept.owner == owner
    if owner and not had and directory.person(owner) is None:
        raise InvalidInputError(
            "Nobody here has the user name “{name}”.",
            where="owner",
            code="address-owner",
            name=owner.text,
        )
