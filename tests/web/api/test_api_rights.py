"""What a token opens: every operation with every scope and in every role."""

import re
from functools import cache

import pytest
from werkzeug.test import TestResponse

from sieve_manager.application.tokens import Scope
from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.domain.roles import Role
from tests.web.api.calling import Caller, caller, code_of
from tests.web.test_register import swept
from tests.web.world import ANNA, BRUNO, ELSEWHERE, PRESIDENT, World
from web.api import routes
from web.api.operations import Operation

SENT: dict[str, object] = {
    "set_forward": {"destinations": [BRUNO]},
    "set_address": {"destinations": [BRUNO]},
    "begin_case": {"mailbox": PRESIDENT, "destinations": [BRUNO]},
    "change_case": {"last_day": None},
    "withdraw_case": {},
    "start_batch": {"checksum": "0" * 64},
}
CONTACT = EmailAddress("contact", "example.com")
QUERY = {"search_mailboxes": "?text=example", "trace_address": f"?address={ANNA}"}
# Of these, operators see a part.
LISTS = {"search_mailboxes", "list_cases", "list_batches", "list_approvals", "list_register"}
LISTS |= {"list_addresses", "trace_address"}
OPEN_TO_OPERATORS = LISTS | {"upload_batch"}
REFUSALS = {"act-protected", "act-outside", "batch-not-yours", "administrators-only"}
REFUSALS |= {"address-not-staff"}
# Done, or not to be done as things stand; never for want of a right.
GIVEN = (200, 201, 409, 412, 422)


def made() -> World:
    """What there is belongs to mailboxes that are protected or outside, and to administrators."""
    world = swept()
    admin = caller(world, role=Role.ADMINISTRATOR, name="admin")
    begun = admin.call("POST", "/cases", {"mailbox": ELSEWHERE, "destinations": [BRUNO]})
    assert begun.status_code == 201, begun.text
    contact = admin.call("PUT", f"/addresses/{CONTACT}", {"destinations": [PRESIDENT]})
    assert contact.status_code == 200, contact.text
    file = f"leaver,to\n{PRESIDENT},{ANNA}\n".encode()
    assert admin.call("POST", "/batches", octets=file).status_code == 201
    world.work()
    return world


@cache
def looked_at() -> World:
    """One world for all that is refused."""
    return made()


@cache
def api(role: Role, *scopes: Scope) -> Caller:
    return caller(looked_at(), *scopes, role=role, name=f"{role}-{'-'.join(scopes)}")


def use(api: Caller, one: Operation) -> TestResponse:
    """As somebody would who wants the president's mailbox, or what an administrator made."""
    path = one.path.replace("<login>", PRESIDENT).replace("<address>", str(CONTACT))
    path = re.sub("<int:[a-z_]+>", "1", path) + QUERY.get(one.name, "")
    if one.needs.sends_csv:
        file = f"leaver,to\n{ANNA},{BRUNO}\n".encode()
        return api.call(one.method, path, octets=file)
    return api.call(one.method, path, SENT.get(one.name), If_Match="*")


def everything(world: World) -> list[object]:
    """What operators may not touch."""
    return [
        world.scripts(PRESIDENT),
        world.scripts(ELSEWHERE),
        world.cases.store.case(1),
        world.ledger.job(1),
        world.addresses.get(CONTACT),
    ]


@pytest.mark.parametrize("one", routes.OPERATIONS, ids=lambda one: one.name)
def test_an_operation_takes_its_scope_and_no_other(one: Operation) -> None:
    before = everything(looked_at())
    others = api(Role.ADMINISTRATOR, *(scope for scope in Scope if scope is not one.scope))
    assert code_of(use(others, one)) == (403, "scope")
    assert everything(looked_at()) == before
    alone = use(caller(made(), one.scope, role=Role.ADMINISTRATOR), one)
    assert alone.status_code in GIVEN, alone.text


@pytest.mark.parametrize("one", routes.OPERATIONS, ids=lambda one: one.name)
def test_an_operators_token_gets_no_further_than_operators(one: Operation) -> None:
    before = everything(looked_at())
    answer = use(api(Role.OPERATOR), one)
    if one.name in OPEN_TO_OPERATORS:
        assert answer.status_code in GIVEN, answer.text
        assert PRESIDENT not in answer.text
        assert ELSEWHERE not in answer.text
    else:
        status, code = code_of(answer)
        assert status == 403
        assert code in REFUSALS
    assert everything(looked_at()) == before
