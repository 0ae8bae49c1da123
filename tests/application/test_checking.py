"""What announced capabilities switch on and off, and what to change."""

import pytest

from sieve_manager.application.checking import (
    Part,
    failed,
    judge_announcement,
    judge_default_script,
    judge_features,
)
from sieve_manager.domain.capabilities import ServerCapabilities
from sieve_manager.domain.forward import CopyKind
from sieve_manager.domain.scripts import Script, ScriptListing, ScriptName, ScriptSet
from sieve_manager.errors import UnreachableError
from sieve_manager.policy.findings import Finding, Severity
from sieve_manager.policy.policy import Policy

ALL = frozenset(
    {"copy", "date", "fileinto", "imap4flags", "include", "mailbox", "relational", "spamtest"}
)


def features(
    without: str = "", *, policy: Policy | None = None, limit: int | None = 10
) -> set[str]:
    capabilities = ServerCapabilities(sieve=ALL - set(without.split()), max_redirects=limit)
    return codes(judge_features(capabilities, policy or Policy(), signed_in=True))


def codes(findings: object) -> set[str]:
    assert isinstance(findings, object)
    return {finding.code for finding in findings}  # type: ignore[attr-defined]


def announcement(**changes: object) -> dict[str, Finding]:
    values: dict[str, object] = {"sasl": ("PLAIN",), "version": "1.0", "sieve": ALL} | changes
    found = judge_announcement(ServerCapabilities(**values))  # type: ignore[arg-type]
    return {finding.code: finding for finding in found}


def test_a_complete_server_is_only_praised() -> None:
    assert features() == {"copy-choices", "dates", "spam", "include", "redirect-limit"}
    assert set(announcement()) == {"announced"}


def test_extensions_are_named_in_order() -> None:
    assert "copy, date, fileinto" in announcement()["announced"].message


def test_without_plain_nobody_can_sign_in() -> None:
    assert announcement(sasl=("SCRAM-SHA-256",))["no-plain"].severity is Severity.REFUSE


def test_a_server_that_cannot_check_is_warned_of() -> None:
    assert announcement(version=None)["no-checkscript"].severity is Severity.WARN


@pytest.mark.parametrize(
    ("without", "code"),
    [
        ("copy", "copy-choice-off"),
        ("imap4flags", "copy-choice-off"),
        ("date", "dates-off"),
        ("relational", "dates-off"),
        ("include", "include-off"),
    ],
)
def test_a_missing_extension_switches_a_feature_off(without: str, code: str) -> None:
    assert code in features(without)


def test_the_missing_extension_is_named_with_the_setting_that_brings_it() -> None:
    capabilities = ServerCapabilities(sieve=ALL - {"date"}, max_redirects=10)
    found = judge_features(capabilities, Policy(), signed_in=True)
    (off,) = [finding for finding in found if finding.code == "dates-off"]
    assert "does not announce: date (Dovecot: sieve_extensions = +date)" in off.message


def test_choices_that_policy_forbids_are_not_missed() -> None:
    policy = Policy(copy_choices=frozenset({CopyKind.NONE}))
    assert "copy-choice-off" not in features("copy fileinto", policy=policy)


def test_no_choice_left_means_that_nothing_can_be_set() -> None:
    policy = Policy(copy_choices=frozenset({CopyKind.TRASH}))
    capabilities = ServerCapabilities(sieve=frozenset({"copy"}))
    found = {one.code: one for one in judge_features(capabilities, policy, signed_in=True)}
    assert found["no-copy-choice"].severity is Severity.REFUSE


def test_spam_is_held_back_by_headers_or_by_the_servers_test() -> None:
    no_headers = Policy(spam_headers=())
    assert "spam" in features(policy=no_headers)
    assert "spam-off" in features("spamtest", policy=no_headers)


def test_a_limit_below_the_policy_is_warned_of() -> None:
    assert "redirect-limit-low" in features(limit=4, policy=Policy(max_destinations=5))
    assert "redirect-limit-low" not in features(limit=5, policy=Policy(max_destinations=5))


@pytest.mark.parametrize(("signed_in", "words"), [(True, "does not say"), (False, "after sign-in")])
def test_an_unknown_limit_is_explained(signed_in: bool, words: str) -> None:
    found = judge_features(ServerCapabilities(sieve=ALL), Policy(), signed_in=signed_in)
    (unknown,) = [finding for finding in found if finding.code == "redirect-limit-unknown"]
    assert words in unknown.message


def _active(name: str, octets: bytes) -> ScriptSet:
    listing = ScriptListing(names=(ScriptName(name),), active=ScriptName(name))
    return ScriptSet(listing=listing, scripts=(Script(name=ScriptName(name), octets=octets),))


def test_the_same_active_script_twice_may_be_the_servers_default() -> None:
    (warning,) = judge_default_script(_active("spam", b"keep;"), _active("spam", b"keep;"))
    assert "sieve_before" in warning.message


@pytest.mark.parametrize("other", [_active("spam", b"stop;"), ScriptSet(listing=ScriptListing())])
def test_different_active_scripts_are_the_owners(other: ScriptSet) -> None:
    assert list(judge_default_script(_active("spam", b"keep;"), other)) == []


def test_two_mailboxes_without_scripts_show_no_default() -> None:
    nothing = ScriptSet(listing=ScriptListing())
    assert list(judge_default_script(nothing, nothing)) == []


def test_a_failure_keeps_its_error_and_its_words() -> None:
    observation = failed(Part.IMAP, UnreachableError("no connection", server_text="bye"))
    assert observation.fails
    assert isinstance(observation.error, UnreachableError)
    assert observation.finding.message == "Does not work: no connection: bye."
