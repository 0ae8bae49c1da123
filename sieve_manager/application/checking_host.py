"""What was found on the mail server's own host means for forwards; pure.

These are the things that neither ManageSieve nor IMAP shows, and that lose mail or surprise.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from sieve_manager.application.checking import Part
from sieve_manager.policy.findings import Finding, inform, refuse, warn
from sieve_manager.policy.policy import DEFAULT_MAX_REDIRECTS, Policy

# Debian 12. Its update 7 mends, among others, CVE-2026-33605 (managesieve-login crashes on a
# command before sign-in) and CVE-2026-40013 (stack buffer underflow in CHECKSCRIPT, PUTSCRIPT).
_BOOKWORM = re.compile(r"1:2\.3\.19\.1\+dfsg1-2\.1(?:\+deb12u(\d+))?$")
_GOOD_UPDATE = 7
_PENALTY = "service anvil/unix_listener anvil-auth-penalty/mode"
_LOGIN_SERVICE = "service managesieve-login/service_count"


@dataclass(frozen=True, slots=True, kw_only=True)
class HostFacts:
    """What was read on the host; *settings* None: there is no Dovecot.

    *settings* are Dovecot's that are not its default, by path, such as ``plugin/sieve`` or
    ``service lmtp/user``. *packages* are Debian's versions of the mail server, by name.
    *has_mta*: some program takes mail as ``/usr/sbin/sendmail``.
    """

    settings: Mapping[str, str] | None
    packages: Mapping[str, str] = field(default_factory=dict)
    has_mta: bool = False


def judge_host(facts: HostFacts, policy: Policy) -> Iterator[Finding]:
    """What to change in Dovecot's configuration and packages."""
    if facts.settings is None:
        yield inform(
            "no-dovecot",
            "There is no doveconf here: nothing was read. Run this on Dovecot's own host.",
            where=Part.LOCAL,
        )
        return
    yield from _judge_plugin(facts.settings)
    yield from _judge_default(facts.settings)
    yield from _judge_submission(facts)
    yield from _judge_redirects(facts.settings, policy)
    yield from _judge_penalty(facts.settings)
    yield from _judge_service_count(facts.settings)
    yield from _judge_packages(facts.packages)


def _judge_plugin(settings: Mapping[str, str]) -> Iterator[Finding]:
    everywhere = settings.get("mail_plugins", "")
    running = [
        protocol
        for protocol in ("lmtp", "lda")
        if "sieve" in settings.get(f"protocol {protocol}/mail_plugins", everywhere).split()
    ]
    if running:
        yield inform(
            "scripts-run",
            "Scripts run at delivery by: {protocols}. Make sure that your mail transfer agent "
            "delivers that way.",
            where=Part.LOCAL,
            protocols=", ".join(running),
        )
    else:
        yield refuse(
            "scripts-never-run",
            "Scripts are stored but never run. Set mail_plugins = $mail_plugins sieve in protocol "
            "lmtp (or protocol lda).",
            where=Part.LOCAL,
        )


def _judge_default(settings: Mapping[str, str]) -> Iterator[Finding]:
    path = settings.get("plugin/sieve_default") or settings.get("plugin/sieve_global_path")
    if path:
        yield warn(
            "sieve-default",
            "sieve_default = {path} runs only for owners without an active script: a forward "
            "switches it off (often: spam is not sorted any more). Set sieve_before = {path} in "
            "the plugin section instead, remove sieve_default, and run sievec {path}.",
            where=Part.LOCAL,
            path=path,
        )


def _judge_submission(facts: HostFacts) -> Iterator[Finding]:
    host = (facts.settings or {}).get("submission_host", "")
    if host:
        yield inform(
            "submission-host",
            "Redirects go to {host} (submission_host). It must be a mail transfer agent that "
            "queues, on this host or network: Dovecot tries once, and a forward that is refused "
            "for the moment is lost.",
            where=Part.LOCAL,
            host=host,
        )
    elif facts.has_mta:
        yield inform(
            "sendmail",
            "Redirects go through the host's own sendmail. It must queue, as Postfix and Exim do.",
            where=Part.LOCAL,
        )
    else:
        yield refuse(
            "no-mta",
            "Nothing can be forwarded: submission_host is not set, and there is no sendmail here. "
            "Set submission_host to one that queues, "
            "such as a Postfix on this host.",
            where=Part.LOCAL,
        )


def _judge_redirects(settings: Mapping[str, str], policy: Policy) -> Iterator[Finding]:
    text = settings.get("plugin/sieve_max_redirects", str(DEFAULT_MAX_REDIRECTS))
    # 0 forbids redirects altogether.
    if text.isdigit() and int(text) < policy.max_destinations:
        yield warn(
            "sieve-max-redirects",
            "sieve_max_redirects is {limit}, less than [policy] max_destinations ({wanted}). Set "
            "sieve_max_redirects = {wanted} or more in the plugin section.",
            where=Part.LOCAL,
            limit=text,
            wanted=str(policy.max_destinations),
        )


def _judge_penalty(settings: Mapping[str, str]) -> Iterator[Finding]:
    if settings.get(_PENALTY, "0600").strip("0"):
        yield inform(
            "auth-penalty",
            "After a wrong password, everybody who signs in through our pages waits up to 15 "
            "seconds. Our pages brake guessing themselves; to switch Dovecot's penalty off: "
            "service anvil {{ unix_listener anvil-auth-penalty {{ mode = 0 }} }}, then a full "
            "restart.",
            where=Part.LOCAL,
        )


def _judge_service_count(settings: Mapping[str, str]) -> Iterator[Finding]:
    if settings.get(_LOGIN_SERVICE, "1") != "0":
        yield inform(
            "service-count",
            "Every sign-in starts new processes. service_count = 0 in service managesieve-login "
            "and service managesieve makes a session about five times faster, where all mailboxes "
            "belong to one system user.",
            where=Part.LOCAL,
        )


def _judge_packages(packages: Mapping[str, str]) -> Iterator[Finding]:
    found = {name: _BOOKWORM.match(version) for name, version in packages.items()}
    old = [name for name, of in found.items() if of and int(of.group(1) or 0) < _GOOD_UPDATE]
    if old:
        yield warn(
            "old-packages",
            "Known security holes, among them CVE-2026-33605 and CVE-2026-40013 in ManageSieve, "
            "are in: {packages}. Install +deb12u{good} or newer: apt-get update && apt-get "
            "install --only-upgrade {names}",
            where=Part.LOCAL,
            packages=", ".join(f"{name} {packages[name]}" for name in sorted(old)),
            names=" ".join(sorted(old)),
            good=str(_GOOD_UPDATE),
        )
    if not all(found.values()) or not packages:
        yield inform(
            "packages-unknown",
            "The mail server's packages are not those of Debian 12: follow the security updates "
            "of who makes them.",
            where=Part.LOCAL,
        )
