"""The OpenAPI document is true: whatever is sent, the answer is one that it announces."""

import re
from datetime import timedelta
from functools import cache
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import Case, GenerationMode
from schemathesis.checks import CHECKS, load_all_checks
from schemathesis.specs.openapi.schemas import OpenApiSchema

from sieve_manager.domain.roles import Role
from tests.web.api.calling import V1, Caller, caller
from tests.web.test_register import swept
from tests.web.world import ADA, ANNA, BRUNO, ELSEWHERE, OTTO, World
from web.api import routes
from web.api.operations import Operation

FILE = f"leaver,to\n{OTTO},{BRUNO}\nnobody at all,\n".encode()
KNOWN: dict[str, dict[str, Any]] = {
    "login": {"enum": [ANNA, BRUNO]},
    "case_id": {"maximum": 2},
    "number": {"maximum": 2},
    "mailbox": {"enum": [OTTO, ADA, ELSEWHERE]},
    "destinations": {"type": "array", "items": {"enum": [BRUNO, "x@example.net"]}, "minItems": 1},
    "copy": {"enum": ["inbox", "read", "trash", "none", "folder:Kept"]},
    "address": {"enum": ["contact@example.com", "new@example.com", "*@example.com"]},
    "kind": {"enum": ["redirect", "alias"]},
    "owner": {"enum": [ANNA, ""]},
    "moved_to": {"enum": ["x@example.net", ""]},
    "timezone": {"enum": ["Europe/Zurich", "Mars"]},
}
load_all_checks()
# Much of what has the right form has no meaning here: no such case, no such address.
EXCLUDED = CHECKS.get_by_names(["positive_data_acceptance"])


@cache
def world() -> World:
    """One in which there is something to be found of each kind."""
    made = swept(count=2)
    api = caller(made, name="first", role=Role.ADMINISTRATOR)
    api.call("PUT", f"/mailboxes/{BRUNO}/forward", {"destinations": [ANNA]}, If_Match="*")
    api.call("POST", "/cases", {"mailbox": ANNA, "destinations": [BRUNO], "reply": {"text": "x"}})
    api.call("POST", "/batches", octets=FILE)
    api.call("PUT", "/addresses/contact@example.com", {"destinations": [ANNA]})
    made.work()
    return made


@cache
def api() -> Caller:
    return caller(world(), role=Role.ADMINISTRATOR)


def document() -> dict[str, Any]:
    found: dict[str, Any] = world().app.test_client().get(f"{V1}/openapi.json").get_json()
    return found


def narrowed() -> dict[str, Any]:
    """The document for this world: what is there is found, and no key is answered in secret."""
    found = document()
    for name, schema in found["components"]["schemas"].items():
        if name.endswith("In"):
            schema["properties"] |= {
                key: known for key, known in KNOWN.items() if key in schema["properties"]
            }
        elif "properties" in schema:
            schema["additionalProperties"] = False
    for methods in found["paths"].values():
        for operation in methods.values():
            for parameter in operation["parameters"]:
                if parameter["in"] == "path":
                    parameter["schema"].update(KNOWN[parameter["name"]])
    return found


@cache
def schema() -> OpenApiSchema:
    loaded = schemathesis.openapi.from_dict(narrowed())
    loaded.app = world().app
    return loaded


def test_the_document_is_openapi_3_1_and_names_every_operation() -> None:
    found = document()
    assert found["openapi"].startswith("3.1.")
    schema().validate()
    named = {
        operation["operationId"] for one in found["paths"].values() for operation in one.values()
    }
    assert named == {one.name for one in routes.OPERATIONS}
    assert found["servers"] == [{"url": V1}]


def test_the_document_says_where_the_state_and_the_way_to_what_is_new_stand() -> None:
    paths = document()["paths"]
    begun = paths["/cases"]["post"]["responses"]
    assert begun["201"]["headers"]["Location"]["required"]
    assert "Plan" in str(begun["200"]["content"])
    assert "Plan" not in str(begun["201"]["content"])
    forward = paths["/mailboxes/{login}/forward"]["put"]
    assert forward["responses"]["200"]["headers"]["ETag"]["required"]
    assert {"If-Match", "Idempotency-Key", "dry_run"} <= {
        one["name"] for one in forward["parameters"]
    }


@pytest.mark.parametrize("mode", GenerationMode)
@pytest.mark.parametrize("one", routes.OPERATIONS, ids=lambda one: one.name)
def test_whatever_is_sent_is_answered_as_announced(one: Operation, mode: GenerationMode) -> None:
    path = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", one.path)
    cases = schema()[path][one.method].as_strategy(mode)
    headers = {"Authorization": f"Bearer {api().secret}"}

    @settings(
        max_examples=20, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True
    )
    @given(cases)
    def check(case: Case) -> None:
        world().now += timedelta(seconds=1)  # or there would be too many calls in a minute
        case.call_and_validate(headers=headers, excluded_checks=EXCLUDED)

    check()
