"""What an ID token says, once it is sure who says it, to whom, when, and in answer to what."""

from collections.abc import Mapping
from datetime import datetime

from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry

from sieve_manager.errors import SingleSignOnError

Claims = Mapping[str, object]

# Only what is signed with a key that the provider alone has: neither "none" nor an HMAC, whose
# key the provider would share with us.
_ALGORITHMS = frozenset(
    {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "Ed25519"}
)
_KINDS = frozenset({"RSA", "EC", "OKP"})
_SKEW_SECONDS = 30


class UnknownKeyError(SingleSignOnError):
    """Signed with a key that is not in the set: the provider may have a new one."""


def read_id_token(
    text: str,
    keys: Claims,
    *,
    issuer: str,
    client_id: str,
    nonce: str,
    access_token: str,
    now: datetime,
) -> Claims:
    """Return the claims of a token that this provider made now, for us, for this question.

    *keys* is the provider's key set (RFC 7517). Checked are the signature, ``iss``, ``aud``,
    ``azp``, ``exp``, ``nbf``, ``iat``, ``nonce`` and, where it is there, ``at_hash`` (OpenID
    Connect Core §3.1.3.7).

    Raises:
        UnknownKeyError: no key of the set has the token's ``kid``.
        SingleSignOnError: any of that is wrong.
    """
    try:
        token = jwt.decode(text, _usable(keys), registry=_registry())
        claims = CodeIDToken(
            token.claims,
            token.header,
            {
                "iss": {"essential": True, "value": issuer},
                "aud": {"essential": True, "value": client_id},
            },
            {"nonce": nonce, "client_id": client_id, "access_token": access_token},
        )
        claims.validate(now=int(now.timestamp()), leeway=_SKEW_SECONDS)
    except InvalidKeyIdError as error:
        raise UnknownKeyError("the ID token is signed with a key that is not known") from error
    except (JoseError, ValueError, TypeError, KeyError) as error:
        # Their messages name a claim or a rule, never what the token holds.
        raise SingleSignOnError(f"the ID token is not valid: {type(error).__name__}") from error
    return dict(claims)


def _registry() -> JWSRegistry:
    # Providers put members of their own into the header; those marked critical are refused.
    return JWSRegistry(algorithms=_ALGORITHMS, strict_check_header=False)


def _usable(keys: Claims) -> KeySet:
    """The keys for signatures, of kinds that we know; others may stand beside them."""
    listed = keys.get("keys")
    found = [
        key
        for key in (listed if isinstance(listed, list) else [])
        if isinstance(key, dict) and key.get("kty") in _KINDS and key.get("use", "sig") == "sig"
    ]
    return KeySet.import_key_set({"keys": found})
