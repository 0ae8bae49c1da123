"""What a server announces means for us: what works, what is off, what to change; pure.

Findings inform of what works, warn of what loses mail or surprises, and refuse what keeps the
main job from working. *where* is the part that they are about.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.domain.capabilities import ServerCapabilities
from sieve_manager.domain.forward import Copy, CopyKind, Forward
from sieve_manager.domain.schedule import Period
from sieve_manager.domain.scripts import ScriptSet
from sieve_manager.errors import SieveManagerError
from sieve_manager.policy.findings import Finding, Severity, inform, refuse, warn
from sieve_manager.policy.policy import DEFAULT_MAX_REDIRECTS, Policy
from sieve_manager.sieve.compile import CompileOptions, available_copies, missing_extensions

_DATED = Forward(
    destinations=(EmailAddress("somebody", "example.com"),),
    copy=Copy(kind=CopyKind.NONE),
    period=Period(first_day=date(2027, 1, 1)),
    hold_spam=False,
)


class Part(StrEnum):
    """The part of the installation that a finding is about."""

    DATABASE = "Database"
    DIRECTORY = "Directory"
    MANAGESIEVE = "ManageSieve"
    MASTER = "Master user"
    FEATURES = "Features"
    IMAP = "IMAP"
    SMTP = "SMTP"
    OIDC = "Single sign-on"
    POSTFIX = "Postfix"
    LOCAL = "This host"


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """A finding, and the *error* behind it where something failed."""

    finding: Finding
    error: SieveManagerError | None = None

    @property
    def fails(self) -> bool:
        """Whether the main job would not work."""
        return self.finding.severity is Severity.REFUSE


def says(finding: Finding) -> Observation:
    """The observation of a finding that no error is behind."""
    return Observation(finding=finding)


def failed(part: Part, error: SieveManagerError) -> Observation:
    """The observation that *part* did not do what the main job needs."""
    finding = refuse("failed", "Does not work: {reason}.", where=part, reason=str(error))
    return Observation(finding=finding, error=error)


def impaired(part: Part, error: SieveManagerError, without: str) -> Observation:
    """The observation that *part* does not work, which the main job can do *without*."""
    finding = warn(
        "impaired",
        "Does not work: {reason}. {without}",
        where=part,
        reason=str(error),
        without=without,
    )
    return Observation(finding=finding)


def judge_announcement(found: ServerCapabilities) -> Iterator[Finding]:
    """What the server says before anybody has signed in."""
    yield inform(
        "announced",
        "The server ({implementation}) answers. It announces these Sieve extensions: {extensions}.",
        where=Part.MANAGESIEVE,
        implementation=found.implementation or "it does not say which",
        extensions=", ".join(sorted(found.sieve)) or "none",
    )
    if "PLAIN" not in found.sasl:
        yield refuse(
            "no-plain",
            "Nobody can sign in: the server does not offer PLAIN. Switch it on (Dovecot: "
            "auth_mechanisms = plain; Cyrus: sasl_mech_list: PLAIN).",
            where=Part.MANAGESIEVE,
        )
    if not found.can_check:
        yield warn(
            "no-checkscript",
            "The server does not speak RFC 5804 in full and cannot check a script before it is "
            "stored. A newer version can.",
            where=Part.MANAGESIEVE,
        )


def judge_features(
    found: ServerCapabilities, policy: Policy, *, signed_in: bool
) -> Iterator[Finding]:
    """Which of our features the announced extensions and limits switch on and off."""
    yield from _judge_copies(found.sieve, policy)
    yield from _judge_dates(found.sieve)
    yield from _judge_spam(found.sieve, policy)
    yield from _judge_include(found.sieve)
    yield from _judge_redirects(found, policy, signed_in=signed_in)


def judge_default_script(one: ScriptSet, other: ScriptSet) -> Iterator[Finding]:
    """Warn where two test mailboxes show what looks like the server's own default script.

    Pigeonhole lists it as the active script of every owner who has none, where
    sieve_default_name gives it a name.
    """
    first, second = one.active, other.active
    if first is not None and first == second:
        yield warn(
            "default-script",
            "Both test mailboxes run the same script, “{name}”. If it is the server's default "
            "(Dovecot: sieve_default), a forward switches it off for its owner: put the same "
            "file into sieve_before instead, which runs always.",
            where=Part.MANAGESIEVE,
            name=first.name.text,
        )


def _judge_copies(extensions: frozenset[str], policy: Policy) -> Iterator[Finding]:
    missing = {
        kind: lacks
        for kind, lacks in available_copies(extensions).items()
        if kind in policy.copy_choices
    }
    offered = [kind.value for kind, lacks in missing.items() if not lacks]
    if not offered:
        yield refuse(
            "no-copy-choice",
            "No forward can be set: the server can do none of the choices in [policy] "
            "copy_choices. Let it announce more, or allow “none”.",
            where=Part.FEATURES,
        )
    else:
        yield inform(
            "copy-choices",
            "The copy of a forwarded message: {kinds}.",
            where=Part.FEATURES,
            kinds=", ".join(offered),
        )
    for kind, lacks in missing.items():
        if lacks:
            yield warn(
                "copy-choice-off",
                "The choice “{kind}” is not offered. {remedy}",
                where=Part.FEATURES,
                kind=kind.value,
                remedy=_remedy(lacks),
            )


def _judge_dates(extensions: frozenset[str]) -> Iterator[Finding]:
    spam_headers = (("X-Spam", "Yes"),)  # any: the question is about dates alone
    lacks = missing_extensions(
        _DATED, CompileOptions(extensions=extensions, spam_headers=spam_headers)
    )
    if lacks:
        yield warn(
            "dates-off",
            "A first and a last day are not offered. {remedy}",
            where=Part.FEATURES,
            remedy=_remedy(lacks),
        )
    else:
        yield inform("dates", "A forward can have a first and a last day.", where=Part.FEATURES)


def _judge_spam(extensions: frozenset[str], policy: Policy) -> Iterator[Finding]:
    by = [name for name, _ in policy.spam_headers]
    if "spamtest" in extensions:
        by.append("spamtest")
    if by:
        yield inform(
            "spam",
            "Spam is held back by: {by}. Make sure that your spam filter sets one of these "
            "before the scripts run.",
            where=Part.FEATURES,
            by=", ".join(by),
        )
    else:
        yield warn(
            "spam-off",
            "Spam cannot be held back. Name your spam filter's headers in [policy] spam_headers.",
            where=Part.FEATURES,
        )


def _judge_include(extensions: frozenset[str]) -> Iterator[Finding]:
    if "include" in extensions:
        yield inform(
            "include",
            "Other programs' scripts can run beside a forward, inside of one script or included.",
            where=Part.FEATURES,
        )
    else:
        yield warn(
            "include-off",
            "Where a forward cannot stand inside another program's script, it is refused. {remedy}",
            where=Part.FEATURES,
            remedy=_remedy(("include",)),
        )


def _judge_redirects(
    found: ServerCapabilities, policy: Policy, *, signed_in: bool
) -> Iterator[Finding]:
    limit = found.max_redirects
    if limit is None:
        yield inform(
            "redirect-limit-unknown",
            "How often the server forwards one message it {says}. We reckon with {limit}.",
            where=Part.FEATURES,
            says="does not say" if signed_in else "says only after sign-in (--test-mailboxes)",
            limit=str(DEFAULT_MAX_REDIRECTS),
        )
        return
    yield inform(
        "redirect-limit",
        "The server forwards one message {limit} times at most, all filters together.",
        where=Part.FEATURES,
        limit=str(limit),
    )
    if limit < policy.max_destinations:
        yield warn(
            "redirect-limit-low",
            "That is less than [policy] max_destinations ({wanted}); what is more will be refused "
            "to owners. Raise it (Dovecot: sieve_max_redirects in the plugin section) to {wanted} "
            "or more, or lower max_destinations to {limit}.",
            where=Part.FEATURES,
            limit=str(limit),
            wanted=str(policy.max_destinations),
        )


def _remedy(extensions: tuple[str, ...]) -> str:
    names = ", ".join(extensions)
    added = " ".join(f"+{name}" for name in extensions)
    return f"The server does not announce: {names} (Dovecot: sieve_extensions = {added})."
