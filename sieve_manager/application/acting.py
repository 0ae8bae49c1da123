"""Show that the master user acts for the mailbox that was asked for, and for no other.

A server that announces OWNER says it itself (every session compares it). Of any other, two
test mailboxes tell: an inactive script is put into each, and each must be seen where it was
put and not in the other. No owner's password is needed for that.
"""

from collections.abc import Iterator, Sequence
from contextlib import suppress

from sieve_manager.application.access import Access, Actor
from sieve_manager.application.checking import (
    Observation,
    Part,
    failed,
    judge_default_script,
    says,
)
from sieve_manager.application.ports import ScriptStore
from sieve_manager.application.state import read_scripts
from sieve_manager.domain.mailboxes import Login
from sieve_manager.domain.scripts import ScriptName
from sieve_manager.errors import AccountDisabledError, ServerError, SignInRefusedError
from sieve_manager.policy.findings import Finding, inform, refuse, warn

# Nobody's login: the answer to it tells a wrong master password from a missing mailbox.
_NOBODY = Login("sieve-manager-check-nobody")
_HARMLESS = b"keep;\r\n"

_PROVEN = inform(
    "acting-proven",
    "Acting for a mailbox acts for that mailbox: seen in both test mailboxes, whose test "
    "scripts are deleted again.",
    where=Part.MASTER,
)
_WRONG_MAILBOX = refuse(
    "acting-wrong",
    "Acting for a mailbox acts for another one! A test script that was put into one test mailbox "
    "is not there, or is in the other. Let the server use the authorisation identity of SASL "
    "PLAIN (Dovecot: a passdb with master = yes).",
    where=Part.MASTER,
)
_OWNER = inform(
    "acting-owner",
    "The server says for whom a session acts (OWNER), and every session compares it.",
    where=Part.MASTER,
)
_ACCEPTED = inform(
    "master-accepted",
    "The server accepts the password, and refuses to act for a mailbox that does not exist.",
    where=Part.MASTER,
)
# Cyrus answers alike to a wrong password and to a mailbox that is not there.
_REFUSED = refuse(
    "master-refused",
    "The server refuses the master user or its password. Check [master]; where the server is not "
    "Dovecot, it may only refuse to act for a mailbox that does not exist: --test-mailboxes "
    "LOGIN LOGIN tells.",
    where=Part.MASTER,
)
_ANY_MAILBOX = warn(
    "acting-for-nobody",
    "The server lets the master user act for a mailbox that does not exist: a mistyped login "
    "will not be noticed. Dovecot: set pass = yes in the passdb with master = yes.",
    where=Part.MASTER,
)
_NOT_PROVEN = warn(
    "acting-not-proven",
    "That it acts for the mailbox that was asked for is not proven here. Prove it once: "
    "sieve-manager check --test-mailboxes LOGIN LOGIN",
    where=Part.MASTER,
)


def probe(store: ScriptStore, actor: Actor) -> Iterator[Observation]:
    """Learn what can be learned about the master user without any mailbox; writes nothing."""
    try:
        with store.session(Access(login=_NOBODY, actor=actor)) as session:
            owner = session.capabilities.owner
    except AccountDisabledError:
        yield says(_ACCEPTED)
    except SignInRefusedError as error:
        yield Observation(finding=_REFUSED, error=error)
        return
    except ServerError as error:
        yield failed(Part.MASTER, error)
        return
    else:
        if owner is not None:
            yield says(_OWNER)
            return
        yield says(_ANY_MAILBOX)
    yield says(_NOT_PROVEN)


def prove(
    store: ScriptStore, actor: Actor, logins: tuple[Login, Login], token: str
) -> Iterator[Observation]:
    """Prove it with two test mailboxes; *token* (letters, digits) makes the names unique."""
    accesses = [Access(login=login, actor=actor) for login in logins]
    names = [ScriptName(f"sieve-manager-check-{token}-{number}") for number in (1, 2)]
    touched: list[Access] = []
    try:
        yield from map(says, _look_for_default(store, accesses))
        finding = _put_and_compare(store, accesses, names, touched)
    except ServerError as error:
        yield failed(Part.MASTER, error)
    else:
        yield says(finding)
    finally:
        # Where a script landed in the wrong mailbox, it may be in either of them.
        reached = accesses if touched else []
        left = [access for access in reached if not _delete(store, access, names)]
    for access in left:
        yield says(
            warn(
                "test-script-left",
                "A test script “{name}...” may be left in {login}: delete it there.",
                where=Part.MASTER,
                name=f"sieve-manager-check-{token}",
                login=str(access.login),
            )
        )


def _look_for_default(store: ScriptStore, accesses: Sequence[Access]) -> Iterator[Finding]:
    found = []
    for access in accesses:
        with store.session(access) as session:
            found.append(read_scripts(session))
    yield from judge_default_script(*found)


def _put_and_compare(
    store: ScriptStore,
    accesses: Sequence[Access],
    names: Sequence[ScriptName],
    touched: list[Access],
) -> Finding:
    for access, name in zip(accesses, names, strict=True):
        with store.session(access) as session:
            touched.append(access)
            session.put_script(name, _HARMLESS)
    for access, own in zip(accesses, names, strict=True):
        with store.session(access) as session:
            listed = session.list_scripts().names
        if [name for name in names if name in listed] != [own]:
            return _WRONG_MAILBOX
    return _PROVEN


def _delete(store: ScriptStore, access: Access, names: Sequence[ScriptName]) -> bool:
    """Delete the test scripts wherever they are; whether none is left for sure."""
    with suppress(ServerError):
        with store.session(access) as session:
            for name in set(names) & set(session.list_scripts().names):
                session.delete_script(name)
        return True
    return False
