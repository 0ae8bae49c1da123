"""Wires single sign-on."""

from sieve_manager.application.ports import Clock, Directory, ScriptStore
from sieve_manager.application.single_sign_on import SingleSignOn
from sieve_manager.application.staff import Staff
from sieve_manager.settings import Settings


def wire_single_sign_on(
    settings: Settings, clock: Clock, directory: Directory, staff: Staff, store: ScriptStore
) -> SingleSignOn | None:
    """The use case of [oidc]; asks nothing of the provider yet."""
    section = settings.oidc
    if section is None:
        return None
    # Only here: what speaks to a provider takes a sixth of all the time to import.
    from sieve_manager.adapters.openid.provider import OpenIdProvider, Registration

    registration = Registration(
        issuer=section.issuer,
        client_id=section.client_id,
        client_secret=section.secret,
        scopes=section.scopes,
        mailbox_claim=section.mailbox_claim,
        groups_claim=section.groups_claim,
        keep_tokens=section.mail_server_accepts_tokens,
        ca_file=section.ca_file,
    )
    return SingleSignOn(
        provider=OpenIdProvider(registration, clock),
        directory=directory,
        staff=staff,
        store=store,
        owners=section.owners,
        require_verified_email=section.require_verified_email,
        master_separator=settings.master_separator,
    )
