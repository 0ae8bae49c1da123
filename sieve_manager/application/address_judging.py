"""What speaks against a redirect address as it is to be: its own rules, and where it leads."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from sieve_manager.application.chain import ALWAYS, Chart, Window
from sieve_manager.application.chain_findings import chain_findings
from sieve_manager.application.ports import Directory
from sieve_manager.application.trace import Hop, trace
from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.domain.redirect_address import RedirectAddress
from sieve_manager.policy.address_policy import AddressPolicy, review_address
from sieve_manager.policy.chain_policy import judged
from sieve_manager.policy.findings import Finding
from sieve_manager.policy.policy import DEFAULT_MAX_REDIRECTS, Policy

ChartWith = Callable[[EmailAddress, RedirectAddress | None], Chart]
"""The chart as it is to be when the address has become this (None: is gone)."""


def chain_ahead(wanted: RedirectAddress, chart: ChartWith, now: datetime) -> Hop | None:
    """From *now* on, as if *wanted* were in force already, and all had agreed; None: over."""
    begins = wanted.forward.period.starts or now
    window = Window(max(begins, now), wanted.forward.period.ends or ALWAYS.ends)
    if window.is_empty:
        return None
    resumed = replace(wanted, forward=wanted.forward.with_paused(False), waiting=frozenset())
    return trace(chart(wanted.address, resumed), wanted.address, window)


def judge(
    wanted: RedirectAddress,
    chain: Hop | None,
    directory: Directory,
    policy: Policy,
    rules: AddressPolicy,
    now: datetime,
) -> tuple[Finding, ...]:
    """What *policy* and *rules* find wrong with it, and along its *chain*."""
    person = directory.by_address(wanted.address)
    alias = directory.by_address(wanted.forward.destinations[0])
    found = review_address(
        wanted,
        person.mailbox if person else None,
        alias.mailbox if alias else None,
        policy,
        rules,
        now,
    )
    # Of an address elsewhere, nobody here can say where its mail goes.
    if chain is None or wanted.address.domain not in rules.domains:
        return found
    along = chain_findings(chain, most_redirects=DEFAULT_MAX_REDIRECTS)
    return (*found, *judged(along, policy))
