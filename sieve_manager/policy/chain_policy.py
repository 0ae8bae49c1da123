"""Which faults of a chain refuse a save here, beside loops and mail that is stored nowhere."""

from collections.abc import Iterable
from dataclasses import replace

from sieve_manager.policy.findings import Finding, Severity
from sieve_manager.policy.policy import Policy


def judged(findings: Iterable[Finding], policy: Policy) -> tuple[Finding, ...]:
    """*findings* about a chain, with those refusing that the policy does not allow."""
    refused = {f"chain-{fault.value}" for fault in policy.chain_refused}
    return tuple(
        replace(one, severity=Severity.REFUSE) if one.code in refused else one for one in findings
    )
