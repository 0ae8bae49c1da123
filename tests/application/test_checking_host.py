"""What the mail server's own host shows, judged."""

from collections.abc import Mapping

import pytest

from sieve_manager.application.checking_host import HostFacts, judge_host
from sieve_manager.policy.findings import Finding, Severity
from sieve_manager.policy.policy import Policy

GOOD = {
    "protocol lmtp/mail_plugins": "quota sieve",
    "submission_host": "127.0.0.1:25",
    "plugin/sieve_max_redirects": "10",
    "service anvil/unix_listener anvil-auth-penalty/mode": "00",
    "service managesieve-login/service_count": "0",
}
VERSION = "1:2.3.19.1+dfsg1-2.1"
NEW = {"dovecot-core": f"{VERSION}+deb12u7"}


def judged(
    without: str = "",
    *,
    packages: Mapping[str, str] = NEW,
    mta: bool = False,
    **more: str,
) -> dict[str, Finding]:
    settings = {key: value for key, value in GOOD.items() if key != without}
    settings |= {key.replace("__", "/"): value for key, value in more.items()}
    facts = HostFacts(settings=settings, packages=packages, has_mta=mta)
    return {finding.code: finding for finding in judge_host(facts, Policy())}


def test_a_good_host_has_nothing_to_change() -> None:
    assert set(judged()) == {"scripts-run", "submission-host"}


def test_without_dovecot_nothing_is_judged() -> None:
    facts = HostFacts(settings=None)
    assert [finding.code for finding in judge_host(facts, Policy())] == ["no-dovecot"]


def test_scripts_that_are_stored_but_never_run_fail() -> None:
    found = judged("protocol lmtp/mail_plugins", mail_plugins="quota")
    assert found["scripts-never-run"].severity is Severity.REFUSE


def test_a_plugin_for_all_protocols_counts() -> None:
    assert "scripts-run" in judged("protocol lmtp/mail_plugins", mail_plugins="sieve")


def test_sieve_default_is_to_become_sieve_before() -> None:
    found = judged(plugin__sieve_default="/etc/spam.sieve")["sieve-default"]
    assert found.severity is Severity.WARN
    assert "sieve_before = /etc/spam.sieve" in found.message


def test_redirects_need_somebody_who_takes_them() -> None:
    assert judged("submission_host")["no-mta"].severity is Severity.REFUSE
    assert "sendmail" in judged("submission_host", mta=True)


@pytest.mark.parametrize(("limit", "warned"), [("4", True), ("10", False), ("many", False)])
def test_the_redirect_limit_is_compared_with_the_policy(limit: str, warned: bool) -> None:
    assert ("sieve-max-redirects" in judged(plugin__sieve_max_redirects=limit)) is warned


def test_an_unset_redirect_limit_is_dovecots_four() -> None:
    assert "sieve-max-redirects" in judged("plugin/sieve_max_redirects")


def test_penalty_and_processes_are_advice() -> None:
    penalty = judged("service anvil/unix_listener anvil-auth-penalty/mode")["auth-penalty"]
    assert penalty.severity is Severity.INFO
    assert "service anvil { unix_listener" in penalty.message
    assert "service-count" in judged("service managesieve-login/service_count")


@pytest.mark.parametrize(
    ("version", "code"),
    [
        (VERSION, "old-packages"),
        (f"{VERSION}+deb12u6", "old-packages"),
        (f"{VERSION}+deb12u7", ""),
        (f"{VERSION}+deb12u10", ""),
        ("1:2.4.1+dfsg1-6", "packages-unknown"),
    ],
)
def test_versions_of_debian_12_are_compared(version: str, code: str) -> None:
    found = judged(packages={"dovecot-core": version})
    assert {"old-packages", "packages-unknown"} & set(found) == ({code} if code else set())


def test_the_remedy_names_only_the_old_packages() -> None:
    old = judged(packages={**NEW, "dovecot-sieve": f"{VERSION}+deb12u2"})["old-packages"]
    assert "CVE-2026-40013" in old.message
    assert old.message.endswith("--only-upgrade dovecot-sieve")


def test_packages_of_nobody_known() -> None:
    assert "packages-unknown" in judged(packages={})
