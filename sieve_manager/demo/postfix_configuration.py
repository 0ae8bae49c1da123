"""The main.cf and master.cf of a private Postfix 3.7, as lines."""

from collections.abc import Iterable
from pathlib import Path

from sieve_manager.demo.processes import LOOPBACK, Identity

QUEUES = (
    "maildrop", "incoming", "active", "deferred", "hold", "corrupt", "saved",
    "bounce", "defer", "trace", "flush",
)  # fmt: skip
"""The directories that hold messages, or what is noted about them."""


def main_cf(directory: Path, programs: Path, identity: Identity) -> list[str]:
    """Return who it is and where everything is."""
    kept = "LD_LIBRARY_PATH MAIL_CONFIG"
    return [
        "compatibility_level = 3.6",
        f"mail_owner = {identity.user}",
        # Any accounts that exist do, as long as all three differ.
        "default_privs = daemon",
        "setgid_group = mail",
        f"queue_directory = {directory}/queue",
        f"data_directory = {directory}/data",
        f"command_directory = {programs}/sbin",
        f"daemon_directory = {programs}/lib/postfix/sbin",
        f"shlib_directory = {programs}/lib/postfix",
        f"meta_directory = {programs}/share/postfix",
        # Without what makes master believe that it is root: the others must not.
        f"import_environment = {kept}",
        f"export_environment = {kept}",
        f"maillog_file = {directory}/maillog",
        f"maillog_file_prefixes = {directory}",
    ]


def routes(directory: Path, lmtp_port: int, sink_port: int) -> list[str]:
    """Return what goes where, without any table of the product."""
    return [
        f"inet_interfaces = {LOOPBACK}",
        "inet_protocols = ipv4",
        "mynetworks = 127.0.0.0/8",
        "myhostname = mx.example.com",
        "myorigin = example.com",
        "mydestination =",
        "alias_maps =",
        "alias_database =",
        "notify_classes =",
        "recipient_delimiter = +",
        # Otherwise every domain is looked up among the addresses, too.
        "virtual_alias_domains =",
        "virtual_mailbox_domains = example.com",
        f"virtual_mailbox_maps = sqlite:{directory}/mailboxes.cf",
        f"virtual_transport = lmtp:inet:{LOOPBACK}:{lmtp_port}",
        f"relayhost = [{LOOPBACK}]:{sink_port}",
        *_haste(),
    ]


def _haste() -> list[str]:
    """Return what makes it ask nobody and wait for nothing."""
    return [
        "smtp_dns_support_level = disabled",
        "lmtp_dns_support_level = disabled",
        "smtpd_peername_lookup = no",
        "smtpd_error_sleep_time = 0",
        "in_flow_delay = 0",
        "queue_run_delay = 1s",
        # With 1 s, what the last attempt has not closed yet is put off for a minute.
        "minimal_backoff_time = 2s",
        "maximal_backoff_time = 2s",
        "default_process_limit = 20",
    ]


def master_cf(smtp_port: int) -> list[str]:
    """Return the services: Debian's, none of them in a chroot, and SMTP on one port."""
    return [
        f"{LOOPBACK}:{smtp_port} inet n n n - - smtpd",
        "pickup unix n n n 60 1 pickup",
        "cleanup unix n n n - 0 cleanup",
        "qmgr unix n n n 300 1 qmgr",
        "rewrite unix - n n - - trivial-rewrite",
        "bounce unix - n n - 0 bounce",
        "defer unix - n n - 0 bounce",
        "trace unix - n n - 0 bounce",
        "verify unix - n n - 1 verify",
        "flush unix n n n 1000? 0 flush",
        "proxymap unix - n n - - proxymap",
        "proxywrite unix - n n - 1 proxymap",
        "smtp unix - n n - - smtp",
        "relay unix - n n - - smtp",
        "showq unix n n n - - showq",
        "error unix - n n - - error",
        "retry unix - n n - - error",
        "discard unix - n n - - discard",
        "lmtp unix - n n - - lmtp",
        "anvil unix - n n - 1 anvil",
        "scache unix - n n - 1 scache",
        "postlog unix-dgram n n n - 1 postlogd",
    ]


def merged(ours: Iterable[str], theirs: Iterable[str]) -> list[str]:
    """Return *theirs* after what is left of *ours*; Postfix would warn of a name set twice."""
    theirs = list(theirs)
    names = set(map(_name, theirs))
    return [*(line for line in ours if _name(line) not in names), *theirs]


def _name(line: str) -> str:
    """Return the name that a line of main.cf sets, or the service of one of master.cf."""
    return " ".join(line.partition("=")[0].split()[:2])
