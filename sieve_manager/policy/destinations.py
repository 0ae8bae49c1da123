"""Where mail may be forwarded to."""

from sieve_manager.domain.addresses import readable_domain
from sieve_manager.domain.forward import Forward
from sieve_manager.domain.mailboxes import Mailbox
from sieve_manager.policy.findings import Finding, refuse
from sieve_manager.policy.policy import Policy


def review_destinations(forward: Forward, mailbox: Mailbox, policy: Policy) -> tuple[Finding, ...]:
    """Refuse the mailbox's own addresses, domains that are not allowed, and too many."""
    found = []
    for address in forward.destinations:
        if mailbox.owns(address):
            found.append(
                refuse(
                    "own-address",
                    "{address} is an address of this mailbox itself.",
                    where="to",
                    address=address.readable,
                )
            )
        elif not _is_allowed(address.domain, policy) and not policy.is_inside(address, mailbox):
            found.append(
                refuse(
                    "domain-not-allowed",
                    "Forwarding to {domain} is not allowed here.",
                    where="to",
                    domain=readable_domain(address.domain),
                )
            )
    if len(forward.destinations) > policy.max_destinations:
        found.append(
            refuse(
                "too-many-destinations",
                "At most {limit} destinations are allowed here; these are {count}.",
                where="to",
                limit=str(policy.max_destinations),
                count=str(len(forward.destinations)),
            )
        )
    return tuple(found)


def _is_allowed(domain: str, policy: Policy) -> bool:
    allowed = policy.allowed_destination_domains
    return not allowed or domain in allowed
