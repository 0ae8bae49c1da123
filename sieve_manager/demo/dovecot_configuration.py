"""The files that a private Dovecot 2.3 reads, as text."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sieve_manager.demo.mail_server import Endpoints
from sieve_manager.demo.processes import LOOPBACK, Identity

_FAKETIME = "/usr/$LIB/faketime/libfaketime.so.1"


@dataclass(frozen=True, slots=True, kw_only=True)
class DovecotOptions:
    """What differs from one private Dovecot to the next.

    *sink_port* is where redirects and replies go (SMTP on loopback). *max_redirects* None
    leaves Pigeonhole's 4. *sieve_extensions* is added to Pigeonhole's setting
    (``+spamtest -include``). *default_script* runs for owners without an active one.
    *movable_clock* needs libfaketime and makes each delivery a process of its own.
    *reuse_processes* False starts processes for each connection, as Dovecot does unless told
    otherwise. *introspection_url* is where an OpenID provider says what an access token is worth
    (RFC 7662); with it, tokens are taken, too.
    """

    sink_port: int
    tls: bool = True
    max_redirects: int | None = None
    max_scripts: int = 100
    max_script_octets: int = 1024 * 1024
    max_storage_octets: int = 10 * 1024 * 1024
    sieve_extensions: str = ""
    default_script: str | None = None
    movable_clock: bool = False
    reuse_processes: bool = True
    introspection_url: str | None = None


def configuration(
    endpoints: Endpoints, directory: Path, identity: Identity, options: DovecotOptions
) -> Mapping[str, str]:
    """Return the text of each file, by its name in *directory*."""
    files = {
        "dovecot.conf": _general(directory, identity, options)
        + _tokens(directory, options)
        + _accounts(endpoints, directory, identity)
        + _mail(directory)
        + _sieve(directory, options)
        + _services(endpoints, directory, options),
        "masters": f"{endpoints.master_user}:{{PLAIN}}{endpoints.master_password}\n",
        # Only delivery looks at dates, so only it gets the other clock. The offset is read
        # once a process, hence a process a delivery.
        "lmtp": f"""#!/bin/sh
FAKETIME=$(cat {directory}/clock) LD_PRELOAD='{_FAKETIME}'
export FAKETIME LD_PRELOAD FAKETIME_DONT_FAKE_MONOTONIC=1
exec /usr/lib/dovecot/lmtp "$@"
""",
    }
    if options.default_script is not None:
        files["default.sieve"] = options.default_script
    if options.introspection_url is not None:
        files["tokens"] = f"""
introspection_mode = post
introspection_url = {options.introspection_url}
username_attribute = email
active_attribute = active
active_value = true
"""
    return files


def _general(directory: Path, identity: Identity, options: DovecotOptions) -> str:
    tls = (
        f"ssl = yes\nssl_cert = <{directory}/shown.pem\nssl_key = <{directory}/shown.key\n"
        if options.tls
        else "ssl = no\n"
    )
    return f"""
base_dir = {directory}/run
state_dir = {directory}/state
log_path = {directory}/dovecot.log
instance_name = {directory.name}
protocols = imap lmtp sieve
listen = {LOOPBACK}
hostname = mail.example.com
postmaster_address = postmaster@example.com
default_internal_user = {identity.user}
default_login_user = {identity.user}
default_internal_group = {identity.group}
mail_uid = {identity.uid}
mail_gid = {identity.gid}
first_valid_uid = 1
first_valid_gid = 1
shutdown_clients = yes
{tls}"""


def _tokens(directory: Path, options: DovecotOptions) -> str:
    if options.introspection_url is None:
        return "auth_mechanisms =\n"
    return f"""
auth_mechanisms = oauthbearer
passdb {{
  driver = oauth2
  mechanisms = oauthbearer
  args = {directory}/tokens
}}
"""


def _accounts(endpoints: Endpoints, directory: Path, identity: Identity) -> str:
    return f"""
auth_mechanisms = $auth_mechanisms plain login
auth_master_user_separator = {endpoints.master_separator}
auth_username_format = %Lu
auth_failure_delay = 0
passdb {{
  driver = passwd-file
  master = yes
  args = {directory}/masters
  result_success = continue
}}
passdb {{
  driver = passwd-file
  args = username_format=%u {directory}/users/%Lu
}}
userdb {{
  driver = passwd-file
  args = username_format=%u {directory}/users/%Lu
  default_fields = uid={identity.uid} gid={identity.gid}
}}
"""


def _mail(directory: Path) -> str:
    folders = "".join(
        f"  mailbox {name} {{\n    special_use = \\{name}\n    auto = subscribe\n  }}\n"
        for name in ("Archive", "Drafts", "Junk", "Sent", "Trash")
    )
    return f"""
mail_home = {directory}/mail/%Lu
mail_location = maildir:~/Maildir
mail_max_userip_connections = 100
mail_plugins = quota
recipient_delimiter = +
namespace inbox {{
  inbox = yes
  separator = /
{folders}}}
protocol imap {{
  mail_plugins = quota imap_quota
}}
protocol lmtp {{
  mail_plugins = quota sieve
}}
plugin {{
  quota = maildir:User quota
  quota_rule = *:storage=1G
}}
"""


def _sieve(directory: Path, options: DovecotOptions) -> str:
    lines = [
        "sieve = file:~/sieve;active=~/.dovecot.sieve",
        f"sieve_max_script_size = {options.max_script_octets}",
        f"sieve_quota_max_scripts = {options.max_scripts}",
        f"sieve_quota_max_storage = {options.max_storage_octets}",
    ]
    if options.sieve_extensions:
        lines.append(f"sieve_extensions = {options.sieve_extensions}")
    if options.max_redirects is not None:
        lines.append(f"sieve_max_redirects = {options.max_redirects}")
    if options.default_script is not None:
        lines.append(f"sieve_default = {directory}/default.sieve")
    settings = "".join(f"  {line}\n" for line in lines)
    return f"submission_host = {LOOPBACK}:{options.sink_port}\nplugin {{\n{settings}}}\n"


def _services(endpoints: Endpoints, directory: Path, options: DovecotOptions) -> str:
    # The anvil mode switches off the penalty that would delay everybody behind one address
    # after somebody's wrong passwords.
    clock = f"executable = {directory}/lmtp" if options.movable_clock else ""
    count = 0 if options.reuse_processes else 1
    return (
        _login("managesieve", "sieve", endpoints.managesieve_port, count)
        + _login("imap", "imap", endpoints.imap_port, count)
        + _tls_listener("managesieve", endpoints.managesieve_tls_port if options.tls else None)
        + _tls_listener("imap", endpoints.imap_tls_port if options.tls else None)
        + f"""
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service auth {{
  client_limit = 4096
}}
service lmtp {{
  {clock}
  service_count = {1 if options.movable_clock else 0}
  inet_listener lmtp {{
    port = {endpoints.lmtp_port}
  }}
}}
"""
    )


def _login(service: str, listener: str, port: int, service_count: int) -> str:
    return f"""
service {service}-login {{
  chroot =
  service_count = {service_count}
  inet_listener {listener} {{
    port = {port}
  }}
}}
service {service} {{
  service_count = {service_count}
}}
"""


def _tls_listener(service: str, port: int | None) -> str:
    return f"""
service {service}-login {{
  inet_listener {service}s {{
    port = {port or 0}
    ssl = {"yes" if port else "no"}
  }}
}}
"""
