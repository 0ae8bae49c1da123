"""The program that is the provider of ``openid_provider.py``, on Authlib's server parts.

Discovery, keys, authorization code with PKCE demanded, tokens, user information and logout go
over HTTP as anywhere. It is no part of the tests' own process.
"""

import base64
import hmac
import json
import sys
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from authlib.integrations.flask_oauth2 import AuthorizationServer, ResourceProtector
from authlib.integrations.flask_oauth2 import current_token as bearer
from authlib.oauth2.rfc6749 import ClientMixin, grants, list_to_scope, scope_to_list
from authlib.oauth2.rfc6750 import BearerTokenValidator
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oidc.core import UserInfo
from authlib.oidc.core.grants import OpenIDCode
from flask import Flask, jsonify, redirect, request
from joserfc import jwt
from joserfc.jwk import RSAKey
from werkzeug.wrappers import Response

PORT, CLIENT_ID, CLIENT_SECRET = int(sys.argv[1]), sys.argv[2], sys.argv[3]
ISSUER = f"http://127.0.0.1:{PORT}"


@dataclass(slots=True)
class Wishes:
    """What a test wants to be otherwise.

    *claims* go into the next ID tokens, null takes one out; *describe* into the description;
    *sign* is how they are signed: right, ``none``, ``hmac`` (with the public key as its secret),
    or ``stranger`` (a key that is not published). *short* leaves all but ``sub`` to the user
    information, into which *userinfo* goes. *expires_in* is how long access
    tokens say that they last, in seconds.
    """

    people: dict[str, dict[str, Any]] = field(default_factory=dict)
    claims: dict[str, Any] = field(default_factory=dict)
    describe: dict[str, Any] = field(default_factory=dict)
    sign: str = "right"
    short: bool = False
    userinfo: dict[str, Any] = field(default_factory=dict)
    expires_in: int = 0


keys = [RSAKey.generate_key(2048, auto_kid=True)]
stranger = RSAKey.generate_key(2048, auto_kid=True)
wishes, seen = Wishes(), dict[str, int]()
codes: dict[str, Any] = {}
tokens: dict[str, Any] = {}
refreshing: dict[str, Any] = {}


class Client(ClientMixin):
    """The one service that is registered here."""

    client_id = CLIENT_ID

    def get_client_id(self) -> str:
        return CLIENT_ID

    def get_default_redirect_uri(self) -> None:
        return None

    def get_allowed_scope(self, scope: str) -> str:
        return list_to_scope(scope_to_list(scope))

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        return urlsplit(redirect_uri).path.endswith("/sign-in/oidc/answer")

    def check_client_secret(self, client_secret: str) -> bool:
        return client_secret == CLIENT_SECRET

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return method in wishes.describe.get(
            "token_endpoint_auth_methods_supported", ["client_secret_basic"]
        )

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type in ("authorization_code", "refresh_token")


@dataclass
class Code:
    """A code that was given out, and what it was asked for with."""

    code: str
    subject: str
    redirect_uri: str
    scope: str
    nonce: str | None
    code_challenge: str | None
    code_challenge_method: str | None

    def get_redirect_uri(self) -> str:
        return self.redirect_uri

    def get_scope(self) -> str:
        return self.scope

    def get_nonce(self) -> str | None:
        return self.nonce

    def get_auth_time(self) -> int:
        return int(time.time())

    def get_acr(self) -> None:
        return None

    def get_amr(self) -> None:
        return None


class CodeGrant(grants.AuthorizationCodeGrant):
    """Codes, each of which is good once."""

    TOKEN_ENDPOINT_AUTH_METHODS = ("client_secret_basic", "client_secret_post")

    def save_authorization_code(self, code: str, request: Any) -> None:
        data = request.payload.data
        codes[code] = Code(
            code,
            request.user,
            request.payload.redirect_uri,
            request.payload.scope,
            data.get("nonce"),
            data.get("code_challenge"),
            data.get("code_challenge_method"),
        )

    def query_authorization_code(self, code: str, client: Any) -> Any:
        return codes.get(code)

    def delete_authorization_code(self, authorization_code: Any) -> None:
        codes.pop(authorization_code.code, None)

    def authenticate_user(self, authorization_code: Any) -> str:
        return str(authorization_code.subject)


def claims_of(subject: str) -> dict[str, Any]:
    return {**wishes.people.get(subject, {}), "sub": subject}


class RefreshGrant(grants.RefreshTokenGrant):
    """Refresh tokens, each of which is good once."""

    TOKEN_ENDPOINT_AUTH_METHODS = CodeGrant.TOKEN_ENDPOINT_AUTH_METHODS
    INCLUDE_NEW_REFRESH_TOKEN = True

    def authenticate_refresh_token(self, refresh_token: str) -> Any:
        return refreshing.pop(refresh_token, None)

    def authenticate_user(self, refresh_token: Any) -> str:
        return str(refresh_token.subject)

    def revoke_old_credential(self, refresh_token: Any) -> None:
        return None


class Tokens(OpenIDCode):
    """ID tokens, right or as a test wishes them."""

    def exists_nonce(self, nonce: str, request: Any) -> bool:
        return any(code.nonce == nonce for code in codes.values())

    def get_jwt_config(self, grant: Any, client: Any = None) -> dict[str, Any]:
        return {"key": keys[-1], "alg": "RS256", "iss": ISSUER, "exp": 300}

    def generate_user_info(self, user: str, scope: str) -> Any:
        return UserInfo(claims_of(user))

    def encode_id_token(self, token: Any, request: Any) -> str:
        right: str = super().encode_id_token(token, request)
        payload = right.split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        if wishes.short:
            claims = {k: v for k, v in claims.items() if k not in wishes.people[claims["sub"]]}
        claims = {k: v for k, v in {**claims, **wishes.claims}.items() if v is not None}
        return sign(claims)


def _encoded(part: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()


def sign(claims: dict[str, Any]) -> str:
    kid = keys[-1].kid
    if wishes.sign == "none":
        return f"{_encoded({'alg': 'none'})}.{_encoded(claims)}."
    if wishes.sign == "hmac":
        text = f"{_encoded({'alg': 'HS256', 'kid': kid})}.{_encoded(claims)}"
        mac = hmac.digest(keys[-1].as_pem(private=False), text.encode(), "sha256")
        return f"{text}.{base64.urlsafe_b64encode(mac).rstrip(b'=').decode()}"
    if wishes.sign == "stranger":
        return jwt.encode({"alg": "RS256", "kid": kid}, claims, stranger)
    return jwt.encode({"alg": "RS256", "kid": kid}, claims, keys[-1])


class Bearers(BearerTokenValidator):
    """Who may read the user information."""

    def authenticate_token(self, token_string: str) -> Any:
        return tokens.get(token_string)


@dataclass
class Token:
    """An access token."""

    subject: str

    def is_expired(self) -> bool:
        return False

    def is_revoked(self) -> bool:
        return False

    def get_scope(self) -> str:
        return "openid"

    def check_client(self, client: Any) -> bool:
        return client.get_client_id() == CLIENT_ID


def save_token(token: dict[str, Any], request: Any) -> None:
    tokens[token["access_token"]] = Token(request.user)
    refreshing[token["refresh_token"]] = Token(request.user)


app = Flask("provider")
app.secret_key = "k" * 32
app.config["OAUTH2_REFRESH_TOKEN_GENERATOR"] = True
server = AuthorizationServer(
    app,
    query_client=lambda name: Client() if name == CLIENT_ID else None,
    save_token=save_token,
)
server.register_grant(RefreshGrant)
server.register_grant(CodeGrant, [Tokens(require_nonce=True), CodeChallenge(required=True)])
protected = ResourceProtector()
protected.register_token_validator(Bearers())


@app.before_request
def count() -> None:
    seen[request.path] = seen.get(request.path, 0) + 1


@app.get("/.well-known/openid-configuration")
def describe() -> Response:
    found = {
        "issuer": ISSUER,
        "authorization_endpoint": f"{ISSUER}/authorize?tenant=1",
        "token_endpoint": f"{ISSUER}/token",
        "userinfo_endpoint": f"{ISSUER}/userinfo",
        "jwks_uri": f"{ISSUER}/keys",
        "end_session_endpoint": f"{ISSUER}/leave",
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "code_challenge_methods_supported": ["S256"],
        **wishes.describe,
    }
    return jsonify({name: value for name, value in found.items() if value is not None})


@app.get("/keys")
def published() -> Response:
    return jsonify({"keys": [key.as_dict(private=False) for key in keys]})


@app.get("/authorize")
def ask_for_a_name() -> str:
    return (
        "<!doctype html><html lang=en><title>Example Identity</title><form method=post>"
        "<label>Name <input name=subject></label><button>Sign in there</button></form></html>"
    )


@app.get("/leave")
def leave() -> Any:
    assert CLIENT_ID in jwt.decode(request.args["id_token_hint"], keys[-1]).claims["aud"]
    return redirect(request.args["post_logout_redirect_uri"], 302)


@app.post("/authorize")
def authorize() -> Any:
    if request.form["subject"] == "declines":
        back = request.args["redirect_uri"]
        return redirect(f"{back}?error=access_denied&state={request.args['state']}", 302)
    grant = server.get_consent_grant(end_user=request.form["subject"])
    return server.create_authorization_response(grant_user=request.form["subject"], grant=grant)


@app.post("/token")
def token() -> Any:
    response = server.create_token_response()
    if wishes.expires_in and response.status_code == 200:
        response.set_data(json.dumps({**response.get_json(), "expires_in": wishes.expires_in}))
    return response


@app.get("/userinfo")
@protected()
def userinfo() -> Response:
    found = claims_of(bearer.subject)
    return jsonify({**found, **wishes.userinfo})


@app.post("/introspect")
def introspect() -> Response:
    token = tokens.get(request.form["token"])
    return jsonify({"active": True, **claims_of(token.subject)} if token else {"active": False})


@app.get("/test")
def counted() -> Response:
    return jsonify(seen)


@app.post("/test")
def change() -> Response:
    wanted = request.get_json()
    if wanted.pop("reset", False):
        for name in Wishes.__slots__:
            setattr(wishes, name, getattr(Wishes(), name))
        seen.clear()
    if wanted.pop("rotate", False):
        keys[:] = [RSAKey.generate_key(2048, auto_kid=True)]
    if wanted.pop("forget", False):
        refreshing.clear()
    for token, subject in wanted.pop("give", {}).items():
        tokens[token] = Token(subject)
    for name, value in wanted.items():
        setattr(wishes, name, {**wishes.people, **value} if name == "people" else value)
    return jsonify({})


if __name__ == "__main__":
    app.run("127.0.0.1", PORT, threaded=True)
