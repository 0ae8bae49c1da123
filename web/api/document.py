"""The OpenAPI 3.1 document, made of the operations and of the forms that they name."""

import re
from collections.abc import Iterable
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from web.api.forms_out import Forward, Plan, Problem
from web.api.operations import LARGEST_ID, Nothing, Operation
from web.api.problems import MEDIA_TYPE

_REF = "#/components/schemas/{model}"
_PARAMETER = re.compile(r"<(?:(int):)?(\w+)>")
_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "The same call with the same key is done once, and answered alike for a day.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"},
}
_ETAG = {"type": "string", "pattern": '^"[0-9a-f]{1,128}"$'}
_MATCH = {
    "name": "If-Match",
    "in": "header",
    "description": "The ETag of what was seen, or *. A dry run works without.",
    "schema": {"type": "string", "pattern": r'^("[0-9a-f]{1,128}"|\*)$'},
}


def document(operations: Iterable[Operation], *, version: str, server: str) -> dict[str, Any]:
    """The document; *server* is where the paths begin."""
    found = tuple(operations)
    paths: dict[str, Any] = {}
    for one in found:
        path = _PARAMETER.sub(r"{\2}", one.path)
        paths.setdefault(path, {})[one.method.lower()] = _operation(one)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Sieve Manager",
            "version": version,
            "description": "Forwards and cases on mail servers that speak ManageSieve.",
        },
        "servers": [{"url": server}],
        "security": [{"token": []}],
        "paths": paths,
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "schemas": _schemas(found),
        },
    }


def _operation(one: Operation) -> dict[str, Any]:
    form: dict[str, Any] = {
        "operationId": one.name,
        "summary": one.summary,
        "description": f"Takes a token with the scope `{one.scope.value}`.",
        "parameters": [*_path(one), *_query(one), *_headers(one)],
        "responses": _responses(one),
    }
    if one.needs.sends_csv:
        form["requestBody"] = {"required": True, "content": {"text/csv": {"schema": {}}}}
    elif one.needs.body:
        content = {"application/json": {"schema": _ref(one.needs.body)}}
        form["requestBody"] = {"required": True, "content": content}
    return form


def _responses(one: Operation) -> dict[str, Any]:
    problem = {MEDIA_TYPE: {"schema": _ref(Problem)}}
    found = {"default": {"description": "What is wrong", "content": problem}}
    if one.needs.status == 200:
        return {"200": _answer(one.summary, one.answers), **found}
    made = _answer(one.summary, one.answers[:1])
    made["headers"] = {"Location": {"required": True, "schema": {"type": "string"}}}
    if Plan in one.answers:
        found["200"] = _answer("The plan of a dry run", (Plan,))
    return {str(one.needs.status): made, **found}


def _answer(description: str, forms: tuple[type[BaseModel], ...]) -> dict[str, Any]:
    schema = {"anyOf": list(map(_ref, forms))} if len(forms) > 1 else _ref(forms[0])
    answer = {"description": description, "content": {"application/json": {"schema": schema}}}
    with_state = [form in (Forward, Plan) for form in forms]
    if any(with_state):
        answer["headers"] = {"ETag": {"required": all(with_state), "schema": _ETAG}}
    return answer


def _ref(form: type[BaseModel]) -> dict[str, Any]:
    return {"$ref": _REF.format(model=form.__name__)}


def _path(one: Operation) -> list[dict[str, Any]]:
    number = {"type": "integer", "minimum": 1, "maximum": LARGEST_ID}
    text = {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[^/]+$"}
    return [
        {"name": name, "in": "path", "required": True, "schema": number if kind else text}
        for kind, name in _PARAMETER.findall(one.path)
    ]


def _query(one: Operation) -> list[dict[str, Any]]:
    if one.query is Nothing:
        return []
    schema = one.query.model_json_schema(ref_template=_REF)
    return [
        {
            "name": name,
            "in": "query",
            "required": name in schema.get("required", ()),
            "schema": _said(form),
        }
        for name, form in schema["properties"].items()
    ]


def _said(form: dict[str, Any]) -> dict[str, Any]:
    """The schema without null, which no address can say."""
    kinds = [one for one in form.get("anyOf", ()) if one != {"type": "null"}]
    if not kinds:
        return form
    rest = {key: value for key, value in form.items() if key not in ("anyOf", "default")}
    return {**rest, **kinds[0]}


def _headers(one: Operation) -> list[dict[str, Any]]:
    found = [_KEY] if one.writes else []
    if one.needs.must_match or one.needs.may_match:
        found.append({**_MATCH, "required": False})
    return found


def _schemas(operations: tuple[Operation, ...]) -> dict[str, Any]:
    models: dict[type[BaseModel], None] = {Problem: None}
    for one in operations:
        models.update(dict.fromkeys([*one.answers, one.query]))
        if one.needs.body:
            models[one.needs.body] = None
    _map, found = models_json_schema([(model, "validation") for model in models], ref_template=_REF)
    asked = {one.query.__name__ for one in operations}  # they stand with each operation
    schemas: dict[str, Any] = found["$defs"]
    return {name: schema for name, schema in schemas.items() if name not in asked}
