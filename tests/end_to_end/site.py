"""The whole product on real servers: configuration, use cases, pages, and a mail server."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sieve_manager.bootstrap import Wired, build
from sieve_manager.demo.mail_server import MailServer
from sieve_manager.demo.processes import LOOPBACK
from sieve_manager.settings import load_settings
from tests.servers.mailboxes import PASSWORD
from tests.servers.page_client import Page, PageClient
from tests.servers.pages_server import serving
from web import create_app


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A running site in front of *server*."""

    server: MailServer
    wired: Wired
    base_url: str
    config: Path

    @contextmanager
    def signed_in(self, login: str, language: str = "en") -> Iterator[PageClient]:
        """A visitor who has signed in."""
        with PageClient(self.base_url, language) as client:
            page = sign_in(client, login, PASSWORD)
            assert page.status == 200, page.words
            yield client


def sign_in(client: PageClient, login: str, password: str) -> Page:
    """Fill in the sign-in form."""
    form = client.get("/sign-in").form("/sign-in")
    return client.submit(form, login=login, password=password)


def set_forward(client: PageClient, **values: str | list[str]) -> Page:
    """Through the form and the review to the page after the save."""
    return client.submit(set_forward_review(client, **values).form("/forward/save"))


def set_forward_review(client: PageClient, **values: str | list[str]) -> Page:
    """Through the form to the review, or back to the form with what is wrong."""
    form = client.get("/forward").form("/forward")
    return client.submit(form, press=("action", "review"), **values)


@contextmanager
def running_site(
    server: MailServer, directory: Path, more: str = "", *, database_url: str | None = None
) -> Iterator[Site]:
    """Serve the pages in this process; *more* is added to the configuration."""
    config = directory / "sieve-manager.toml"
    text = configuration(server, directory, database_url) + more
    config.write_text(text, encoding="utf-8")
    wired = build(load_settings(config))
    try:
        with serving(create_app(wired)) as base_url:
            yield Site(server=server, wired=wired, base_url=base_url, config=config)
    finally:
        wired.close()


def configuration(server: MailServer, directory: Path, database_url: str | None = None) -> str:
    """A configuration for *server*, with a database in *directory* unless another is named."""
    there = server.endpoints
    database_url = database_url or f"sqlite:///{directory}/sieve-manager.sqlite"
    (directory / "secret").write_text("0123456789abcdef" * 4)
    (directory / "master").write_text(there.master_password)
    return f"""
[managesieve]
host = "{there.host}"
port = {there.managesieve_port}
ca_file = "{there.ca_file}"

[imap]
host = "{there.host}"
port = {there.imap_port}
tls = "starttls"
ca_file = "{there.ca_file}"

[master]
user = "{there.master_user}"
password_file = "{directory}/master"

[database]
url = "{database_url}"

[web]
base_url = "http://{LOOPBACK}"
secret_key_file = "{directory}/secret"

[policy]
internal_domains = ["example.com"]
default_timezone = "Europe/Zurich"
"""
