"""The private Roundcube: an owner signs in, and what it saves is on the mail server."""

import re
from http.cookiejar import CookieJar
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, build_opener

from sieve_manager.demo.dovecot import DovecotServer
from tests.servers.mailboxes import PASSWORD
from tests.servers.managesieve_lines import signed_in_lines
from tests.servers.roundcube import running_roundcube


def test_an_owner_signs_in_and_saves_a_forward(dovecot: DovecotServer, login: str) -> None:
    browser = build_opener(HTTPCookieProcessor(CookieJar()))

    def token(page: str) -> str:
        found = re.search(r'name="_token" value="([^"]+)"', page)
        assert found, page
        return found[1]

    with running_roundcube(dovecot.endpoints) as address:
        page = browser.open(address).read().decode()
        form = {
            "_token": token(page),
            "_task": "login",
            "_action": "login",
            "_user": login,
            "_pass": PASSWORD,
        }
        browser.open(f"{address}/?_task=login", urlencode(form).encode()).read()
        forward = f"{address}/?_task=settings&_action=plugin.managesieve-forward"
        page = browser.open(forward).read().decode()
        form = {
            "_token": token(page),
            "_task": "settings",
            "_action": "plugin.managesieve-forward",
            "forward_action": "copy",
            "action_target": "roundcube@example.net",
            "forward_status": "on",
        }
        browser.open(forward, urlencode(form).encode()).read()
    with signed_in_lines(dovecot.endpoints, login, PASSWORD) as session:
        assert 'redirect :copy "roundcube@example.net";' in session.say('GETSCRIPT "roundcube"')
