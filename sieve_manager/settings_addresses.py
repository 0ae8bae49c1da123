"""[addresses] and [postfix]: addresses without a mailbox, and where Postfix looks them up."""

from pathlib import Path

from pydantic import field_validator

from sieve_manager.domain.addresses import parse_domain
from sieve_manager.policy.address_policy import AddressPolicy
from sieve_manager.settings_sections import Section
from sieve_manager.settings_values import Texts, parsed


class AddressesSection(Section):
    """[addresses]: where redirect addresses and aliases are made, and by whom."""

    domains: Texts = ()
    operators: bool = False

    @field_validator("domains")
    @classmethod
    def _canonical(cls, domains: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(parsed(parse_domain, domain) for domain in domains)

    def rules(self) -> AddressPolicy:
        """The section in the policy room's own words."""
        return AddressPolicy(domains=frozenset(self.domains), operators=self.operators)


class PostfixSection(Section):
    """[postfix]: with SQLite, the file that Postfix reads; None: beside the database."""

    map_file: Path | None = None
