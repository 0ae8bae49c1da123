"""Single sign-on on real servers: an OpenID provider, our pages, and Dovecot's master user."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from sieve_manager.demo.dovecot import DovecotServer, running_dovecot
from sieve_manager.demo.dovecot_configuration import DovecotOptions
from tests.end_to_end.site import Site, running_site, set_forward
from tests.servers.mailboxes import make_mailbox
from tests.servers.openid_provider import CLIENT_ID, CLIENT_SECRET, ProviderServer
from tests.servers.page_client import Page, PageClient
from tests.servers.script_files import script_files

STAFF = '[staff]\noperators = ["group:helpdesk"]\n'


@contextmanager
def site_of(
    dovecot: DovecotServer, openid: ProviderServer, directory: Path, more: str = ""
) -> Iterator[Site]:
    """Pages in front of *dovecot* that know the provider; *more* is added to [oidc]."""
    (directory / "client").write_text(CLIENT_SECRET)
    section = f"""
[oidc]
issuer = "{openid.issuer}"
client_id = "{CLIENT_ID}"
client_secret_file = "{directory}/client"
{more}
"""
    with running_site(dovecot, directory, section + STAFF) as running:
        yield running


@pytest.fixture
def site(dovecot: DovecotServer, openid: ProviderServer, tmp_path: Path) -> Iterator[Site]:
    """The master user acts for whoever the provider vouches for."""
    with site_of(dovecot, openid, tmp_path) as running:
        yield running


def sign_in(client: PageClient, openid: ProviderServer, subject: str) -> Page:
    """Press the button, sign in at the provider, and come back."""
    response, _ = client.ask("GET", "/sign-in/oidc")
    parts = urlsplit(openid.approve(response.headers["Location"], subject))
    return client.request("GET", f"{parts.path}?{parts.query}")


def test_an_owner_forwards_without_ever_giving_a_password(
    site: Site, dovecot: DovecotServer, openid: ProviderServer, login: str
) -> None:
    openid.person("owner", email=login, email_verified=True)
    with PageClient(site.base_url) as client:
        assert login in sign_in(client, openid, "owner").words
        saved = set_forward(client, to="successor@example.net", copy="inbox")
        assert "Saved" in saved.words
    scripts = script_files(dovecot, login)
    assert any(b"successor@example.net" in octets for octets in scripts.values())


def test_who_has_no_mailbox_on_the_server_is_nobody(site: Site, openid: ProviderServer) -> None:
    openid.person("ghost", email="nobody-of-this-name@example.com", email_verified=True)
    with PageClient(site.base_url) as client:
        page = sign_in(client, openid, "ghost")
        assert "no open mailbox here belongs to you" in page.words
        assert client.get("/").path == "/sign-in"


def test_the_providers_group_makes_an_operator(
    site: Site, dovecot: DovecotServer, openid: ProviderServer, login: str
) -> None:
    openid.person("otto", email=make_mailbox(dovecot), email_verified=True, groups=["helpdesk"])
    with PageClient(site.base_url) as client:
        page = sign_in(client, openid, "otto")
        assert page.path == "/staff"
        acting = client.request("POST", "/staff/act", [*page.forms[0].pairs, ("login", login)])
        assert login in acting.words


def test_where_the_mail_server_takes_tokens_the_master_user_is_not_needed(
    openid: ProviderServer, tmp_path: Path
) -> None:
    openid.tell(expires_in=20)  # so soon over that each page needs a new one
    options = DovecotOptions(sink_port=9, introspection_url=f"{openid.issuer}/introspect")
    with running_dovecot(options) as dovecot:
        login = make_mailbox(dovecot)
        openid.person("owner", email=login, email_verified=True)
        # Nobody can act for others here: only the token opens the mailbox.
        (dovecot.directory / "masters").write_text("")
        more = "mail_server_accepts_tokens = true"
        with (
            site_of(dovecot, openid, tmp_path, more) as site,
            PageClient(site.base_url) as client,
        ):
            assert login in sign_in(client, openid, "owner").words
            saved = set_forward(client, to="successor@example.net", copy="folder", folder="Kept")
            assert "Saved" in saved.words, saved.words
            asked = openid.seen()
            assert asked["/token"] > 3, "tokens are renewed"
            assert asked["/introspect"] >= 2, "by ManageSieve and by IMAP"
            openid.forget_refreshing()
            page = client.get("/")
            assert "does not accept your sign-in any more" in page.words
            assert client.get("/").path == "/sign-in"
        scripts = script_files(dovecot, login)
    assert any(b"successor@example.net" in octets for octets in scripts.values())
