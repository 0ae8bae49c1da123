"""The example of the documentation, as it stands there: curl, the service, the real Dovecot."""

import json
import subprocess
from pathlib import Path
from typing import Any

from sieve_manager.application.access import Actor, Channel
from sieve_manager.application.tokens import Scope
from sieve_manager.demo.dovecot import DovecotServer
from sieve_manager.demo.smtp_sink import SmtpSink
from sieve_manager.domain.roles import Role
from tests.docs.pages import blocks
from tests.end_to_end.prediction import found, own_fates
from tests.end_to_end.scripts import ROUNDCUBE
from tests.end_to_end.site import running_site
from tests.servers.mailboxes import deliver
from tests.servers.script_files import give_script, script_files

PAGE = "how-to/close-an-offboarding-ticket.md"
ADA = Actor(name="ada@example.com", channel=Channel.WEB, role=Role.ADMINISTRATOR)


def test_an_offboarding_ticket_is_closed_with_curl(
    dovecot: DovecotServer, sink: SmtpSink, login: str, tmp_path: Path
) -> None:
    give_script(dovecot, login, "roundcube", ROUNDCUBE)
    before = script_files(dovecot, login)
    with running_site(dovecot, tmp_path, f'[staff]\nadministrators = ["{ADA.name}"]\n') as site:
        _token, secret = site.wired.tokens.create(
            ADA, name="tickets", scopes=[Scope.READ, Scope.CASES], role=Role.OPERATOR, days=1
        )
        (tmp_path / "token").write_text(f"Authorization: Bearer {secret}\n")
        prepare, case, rehearse, begin, look, extend, end = (
            one.code.replace("lea@example.com", login).replace(
                "https://mail.example.com", site.base_url
            )
            for one in blocks("bash")
            if one.page == PAGE
        )

        run(tmp_path, prepare, case, rehearse)
        assert not answer(tmp_path, "plan")["refused"]
        assert script_files(dovecot, login) == before

        run(tmp_path, prepare, case, rehearse, begin, begin, look)
        begun = answer(tmp_path, "case.done")
        assert (begun["state"], begun["ticket"]) == ("active", "INC-4711")
        assert begun["begun_by"] == "ada@example.com/token:tickets"
        assert answer(tmp_path, "case.now") == begun
        assert answer(tmp_path, "forward")["fingerprint"] != answer(tmp_path, "plan")["fingerprint"]
        assert len(site.wired.cases.store.of_mailbox(site.wired.cases.store.case(1).login)) == 1
        predicted = own_fates(site, login, f"for {login}")
        assert deliver(dovecot, login, f"for {login}").code == 250
        assert [found(dovecot, sink, f"for {login}", [login])] == predicted
        [passed_on] = [one for one in sink.messages if one.subject == f"for {login}"]
        assert passed_on.recipients == ("anna@example.com",)

        run(tmp_path, prepare, f"case={begun['case']}\n", extend)
        text = begun["reply"]["text"].replace("March 31, 2099", "April 14, 2099")
        reply = {**begun["reply"], "text": text}
        extended = {**begun, "last_day": "2099-04-14", "reply": reply}
        assert answer(tmp_path, "case.now") == extended != begun
        run(tmp_path, prepare, f"case={begun['case']}\n", end)
        assert answer(tmp_path, "case.over")["state"] == "ended"
        assert script_files(dovecot, login) == before


def run(directory: Path, *commands: str) -> None:
    """As somebody types them, in one shell that ends at the first failure."""
    shell = ["bash", "-euo", "pipefail", "-c", "".join(commands)]
    done = subprocess.run(shell, cwd=directory, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stderr == ""


def answer(directory: Path, name: str) -> dict[str, Any]:
    """What a call left in a file."""
    found: dict[str, Any] = json.loads((directory / f"{name}.json").read_text())
    return found
