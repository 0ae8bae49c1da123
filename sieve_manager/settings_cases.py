"""[cases]: what operators may settle for people who left."""

import re
from pathlib import Path
from typing import Annotated

from pydantic import BeforeValidator, Field, field_validator
from pydantic_settings import NoDecode

from sieve_manager.domain.addresses import parse_domain
from sieve_manager.domain.forward import CopyKind
from sieve_manager.policy.case_policy import CasePolicy, Concern
from sieve_manager.settings_sections import Section
from sieve_manager.settings_values import Texts, as_list, existing_file, parsed


class CasesSection(Section):
    """[cases]: beside [policy], which holds for everybody."""

    inside_only: bool = False
    allowed_destination_domains: Texts = ()
    max_destinations: int = Field(default=10, ge=1, le=1000)
    copy_choices: Annotated[
        tuple[CopyKind, ...], NoDecode, BeforeValidator(as_list), Field(min_length=1)
    ] = tuple(CopyKind)
    longest_days: int = Field(default=0, ge=0, le=36500)
    end_required: bool = False
    reason_required: bool = False
    ticket_pattern: str = ""
    approval_for: Annotated[tuple[Concern, ...], NoDecode, BeforeValidator(as_list)] = ()
    approval_days: int = Field(default=7, ge=1, le=365)
    batch_threshold: int = Field(default=0, ge=0)
    owner_may_end: bool = False
    reply_file: Path | None = None

    @field_validator("allowed_destination_domains")
    @classmethod
    def _canonical(cls, domains: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(parsed(parse_domain, domain) for domain in domains)

    @field_validator("reply_file")
    @classmethod
    def _file_exists(cls, path: Path | None) -> Path | None:
        return existing_file(path) if path else None

    @field_validator("ticket_pattern")
    @classmethod
    def _compiles(cls, pattern: str) -> str:
        try:
            re.compile(pattern)
        except re.error as error:
            raise ValueError(f"is not a regular expression: {error}") from error
        return pattern

    def rules(self) -> CasePolicy:
        """The section in the policy room's own words."""
        return CasePolicy(
            inside_only=self.inside_only,
            max_destinations=self.max_destinations,
            copy_choices=frozenset(self.copy_choices),
            longest_days=self.longest_days,
            end_required=self.end_required,
            reason_required=self.reason_required,
            ticket_pattern=self.ticket_pattern,
            approval_for=frozenset(self.approval_for),
            approval_days=self.approval_days,
            batch_threshold=self.batch_threshold,
            owner_may_end=self.owner_may_end,
        )
