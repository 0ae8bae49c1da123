"""What a look at a plan or at a mailbox found, in a form that people and programs read."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum


class Severity(StrEnum):
    """Whether a finding only tells, warns, or refuses the save."""

    INFO = "info"
    WARN = "warn"
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One finding: a stable *code*, the field it is about, and an English sentence.

    *template* with its ``{facts}`` is the sentence; pages translate the template and then
    fill in the facts.
    """

    code: str
    severity: Severity
    template: str
    where: str = ""
    facts: tuple[tuple[str, str], ...] = ()

    @property
    def message(self) -> str:
        """The English sentence."""
        return self.template.format(**dict(self.facts))


def refuse(code: str, template: str, *, where: str = "", **facts: str) -> Finding:
    """A finding that refuses the save."""
    return _finding(code, Severity.REFUSE, template, where, facts)


def warn(code: str, template: str, *, where: str = "", **facts: str) -> Finding:
    """A finding that warns."""
    return _finding(code, Severity.WARN, template, where, facts)


def inform(code: str, template: str, *, where: str = "", **facts: str) -> Finding:
    """A finding that only tells."""
    return _finding(code, Severity.INFO, template, where, facts)


def asks(findings: Iterable[Finding]) -> bool:
    """Whether somebody would be asked first (see consent_policy)."""
    return any(finding.code == "consent-waiting" for finding in findings)


def refusals(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Those that refuse."""
    return tuple(finding for finding in findings if finding.severity is Severity.REFUSE)


def only_warns(finding: Finding) -> Finding:
    """The same, where nothing may be refused."""
    refuses = finding.severity is Severity.REFUSE
    return replace(finding, severity=Severity.WARN) if refuses else finding


def _finding(
    code: str, severity: Severity, template: str, where: str, facts: dict[str, str]
) -> Finding:
    return Finding(
        code=code,
        severity=severity,
        template=template,
        where=where,
        facts=tuple(sorted(facts.items())),
    )
