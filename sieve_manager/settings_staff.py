"""[staff]: who acts for others, for whom, and what they see."""

from pydantic import field_validator

from sieve_manager.domain.addresses import parse_domain
from sieve_manager.domain.mailboxes import Login
from sieve_manager.policy.rights import GROUP_MARK, Circle, StaffRules
from sieve_manager.settings_sections import Section
from sieve_manager.settings_values import Texts, parsed


class StaffSection(Section):
    """[staff]: the helpdesk and the administrators, by login, address or group."""

    operators: Texts = ()
    administrators: Texts = ()
    operator_domains: Texts = ()
    operator_groups: Texts = ()
    protected: Texts = ()
    operators_see_other_rules: bool = False

    @field_validator("operators", "administrators", "protected")
    @classmethod
    def _people(cls, entries: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(_entry(entry) for entry in entries)

    @field_validator("operator_domains")
    @classmethod
    def _canonical(cls, domains: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(parsed(parse_domain, domain) for domain in domains)

    @field_validator("operator_groups")
    @classmethod
    def _bare(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(_group(name) for name in names)

    def rules(self) -> StaffRules:
        """The section in the policy room's own words."""
        return StaffRules(
            operators=Circle.of(self.operators),
            administrators=Circle.of(self.administrators),
            operator_domains=frozenset(self.operator_domains),
            operator_groups=frozenset(name.casefold() for name in self.operator_groups),
            protected=Circle.of(self.protected),
            operators_see_other_rules=self.operators_see_other_rules,
        )


def _entry(text: str) -> str:
    if text.lower().startswith(GROUP_MARK):
        return GROUP_MARK + _group(text)
    return str(parsed(Login.parse, text))


def _group(text: str) -> str:
    """A group's name, which may be written with or without the mark."""
    name = text[len(GROUP_MARK) :] if text.lower().startswith(GROUP_MARK) else text
    if not name.strip():
        raise ValueError(f"“{text}” names no group; write {GROUP_MARK}NAME")
    return name.strip()
