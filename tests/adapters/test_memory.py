"""What the mail server in memory does beyond the contracts that real ones share."""

import pytest

from sieve_manager.adapters.memory import MemoryMailer, MemoryScriptStore, MemoryServer, Notice
from sieve_manager.application.access import Access
from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.domain.capabilities import ServerCapabilities
from sieve_manager.domain.mailboxes import Login
from sieve_manager.domain.scripts import ScriptName
from sieve_manager.errors import Quota, QuotaError
from tests.contracts.mail_servers import ACTOR

OWNER = Access(login=Login("anna@example.com"), actor=ACTOR, session_key="key")
A, B = ScriptName("a"), ScriptName("b")


def test_storage_is_counted_over_all_scripts_but_the_one_replaced() -> None:
    store = MemoryScriptStore(server=MemoryServer(max_storage_octets=20))
    with store.session(OWNER) as session:
        session.put_script(A, b"keep;" * 3)
        session.put_script(B, b"keep;")
        with pytest.raises(QuotaError) as caught:
            session.put_script(B, b"keep;" * 2)
        session.put_script(A, b"stop;" * 3)
    assert caught.value.quota is Quota.STORAGE


def test_compiler_and_capabilities_can_be_others() -> None:
    def judge(octets: bytes) -> str:
        return f"{len(octets)} octets"

    none = ServerCapabilities()
    store = MemoryScriptStore(server=MemoryServer(judge=judge, capabilities=none))
    with store.session(OWNER) as session:
        assert session.put_script(A, b"anything") == "8 octets"
        assert session.capabilities == none


def test_ended_sessions_are_noted() -> None:
    store = MemoryScriptStore()
    store.forget("key")
    assert store.forgotten == ["key"]


def test_notices_are_kept() -> None:
    mailer = MemoryMailer()
    to = EmailAddress("anna", "example.com")
    mailer.send(to=to, subject="s", text="t")
    assert mailer.sent == [Notice(to=to, subject="s", text="t")]
