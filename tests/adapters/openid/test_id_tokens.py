"""An ID token counts only from the provider, for us, now, and in answer to our question."""

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey, RSAKey

from sieve_manager.adapters.openid.id_tokens import UnknownKeyError, read_id_token
from sieve_manager.errors import SingleSignOnError

NOW = 1_790_000_000
ISSUER, US = "https://sso.example.com", "sieve-manager"
KEY = RSAKey.generate_key(2048, {"kid": "one"})
CURVE = ECKey.generate_key("P-256", {"kid": "two"})
OTHER = RSAKey.generate_key(2048, {"kid": "one"})
RIGHT: dict[str, object] = {
    "iss": ISSUER,
    "sub": "1",
    "aud": US,
    "iat": NOW,
    "exp": NOW + 60,
    "nonce": "the nonce",
}


def published(*keys: dict[str, object]) -> dict[str, object]:
    return {"keys": [*keys, KEY.as_dict(private=False), CURVE.as_dict(private=False)]}


def read(text: str, keys: dict[str, object] | None = None) -> dict[str, object]:
    return dict(
        read_id_token(
            text,
            keys or published(),
            issuer=ISSUER,
            client_id=US,
            nonce="the nonce",
            access_token="the access token",
            now=datetime.fromtimestamp(NOW, UTC),
        )
    )


def signed(**changes: object) -> str:
    claims = {name: value for name, value in {**RIGHT, **changes}.items() if value is not None}
    return jwt.encode({"alg": "RS256", "kid": "one"}, claims, KEY)


def by_hand(header: dict[str, object], signature: bytes = b"") -> str:
    parts = [json.dumps(header).encode(), json.dumps(RIGHT).encode(), signature]
    return ".".join(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts)


def half_hash(text: str) -> str:
    return (
        base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()[:16]).rstrip(b"=").decode()
    )


def test_a_right_token_says_what_it_says() -> None:
    assert read(signed(email="anna@example.com"))["email"] == "anna@example.com"
    assert read(jwt.encode({"alg": "ES256", "kid": "two"}, RIGHT, CURVE))["sub"] == "1"


@pytest.mark.parametrize(
    "changes",
    [
        {"nonce": "another"},
        {"nonce": None},
        {"nonce": ""},
        {"iss": "https://evil.example.com"},
        {"iss": f"{ISSUER}/"},
        {"iss": [ISSUER]},
        {"iss": None},
        {"aud": "another"},
        {"aud": ["another"]},
        {"aud": [US, "another"]},
        {"aud": [US, "another"], "azp": "another"},
        {"azp": "another"},
        {"aud": None},
        {"exp": NOW - 31},
        {"exp": None},
        {"exp": "tomorrow"},
        {"iat": NOW + 31},
        {"nbf": NOW + 31},
        {"iat": None},
        {"sub": None},
        {"at_hash": half_hash("another access token")},
    ],
    ids=str,
)
def test_a_claim_that_is_wrong_makes_all_of_it_worthless(changes: dict[str, object]) -> None:
    with pytest.raises(SingleSignOnError):
        read(signed(**changes))


@pytest.mark.parametrize(
    "changes",
    [
        {"exp": NOW - 29},
        {"iat": NOW + 29},
        {"aud": [US]},
        {"aud": [US, "another"], "azp": US},
        {"at_hash": half_hash("the access token")},
    ],
    ids=str,
)
def test_what_is_right_within_half_a_minute_is_right(changes: dict[str, object]) -> None:
    assert read(signed(**changes))


def test_nothing_unsigned_is_read() -> None:
    for algorithm in ("none", "None", "NONE", "nOnE", ""):
        with pytest.raises(SingleSignOnError):
            read(by_hand({"alg": algorithm, "kid": "one"}))
        with pytest.raises(SingleSignOnError):
            read(by_hand({"alg": algorithm}))


def test_the_public_key_is_no_shared_secret() -> None:
    text = by_hand({"alg": "HS256", "kid": "one"}).rstrip(".")
    mac = hmac.digest(KEY.as_pem(private=False), text.encode(), "sha256")
    signature = base64.urlsafe_b64encode(mac).rstrip(b"=").decode()
    with pytest.raises(SingleSignOnError):
        read(f"{text}.{signature}")


def test_a_shared_key_that_is_published_is_not_used() -> None:
    shared = OctKey.generate_key(256, {"kid": "shared"})
    forged = jwt.encode({"alg": "HS256", "kid": "shared"}, RIGHT, shared, algorithms=["HS256"])
    with pytest.raises(SingleSignOnError):
        read(forged, published(shared.as_dict(private=True)))


def test_a_strangers_key_of_the_same_name_does_not_count() -> None:
    with pytest.raises(SingleSignOnError):
        read(jwt.encode({"alg": "RS256", "kid": "one"}, RIGHT, OTHER))


def test_a_key_that_the_token_brings_itself_does_not_count() -> None:
    header = {"alg": "RS256", "kid": "one", "jwk": OTHER.as_dict(private=False)}
    with pytest.raises(SingleSignOnError):
        read(jwt.encode(header, RIGHT, OTHER))


def test_a_key_that_is_not_known_is_told_apart() -> None:
    with pytest.raises(UnknownKeyError):
        read(jwt.encode({"alg": "RS256", "kid": "new"}, RIGHT, KEY))


def test_a_changed_payload_does_not_fit_its_signature() -> None:
    head, _, signature = signed().split(".")
    payload = base64.urlsafe_b64encode(json.dumps({**RIGHT, "sub": "2"}).encode()).rstrip(b"=")
    with pytest.raises(SingleSignOnError):
        read(f"{head}.{payload.decode()}.{signature}")


@pytest.mark.parametrize("text", ["", ".", "..", "a.b.c", "a.b.c.d.e", "\ud800", "é.é.é", "x" * 99])
def test_rubbish_is_refused(text: str) -> None:
    with pytest.raises(SingleSignOnError):
        read(text)


@pytest.mark.parametrize("keys", [{}, {"keys": None}, {"keys": [{}]}, {"keys": ["x"]}])
def test_a_set_without_usable_keys_verifies_nothing(keys: dict[str, object]) -> None:
    with pytest.raises(SingleSignOnError):
        read(signed(), keys or {"keys": []})


def test_keys_of_other_kinds_may_stand_beside() -> None:
    strange = {"kty": "AKP", "kid": "pq", "alg": "ML-DSA-44", "pub": "x"}
    assert read(signed(), published(strange, {"kty": "RSA", "use": "enc", "kid": "e"}))


def test_a_refusal_says_nothing_of_what_the_token_holds() -> None:
    with pytest.raises(SingleSignOnError) as caught:
        read(signed(nonce="secret of the token"))
    assert "secret" not in str(caught.value)
