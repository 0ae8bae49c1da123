"""The OpenID provider, over HTTP: its description, its keys, and a code for an identity."""

import secrets
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from urllib.parse import quote, urlencode, urlsplit

from authlib.common.errors import AuthlibBaseError
from authlib.integrations.requests_client import OAuth2Session
from requests import RequestException, Response

from sieve_manager.adapters.openid.id_tokens import Claims, UnknownKeyError, read_id_token
from sieve_manager.application.ports import Clock
from sieve_manager.application.single_sign_on import Answer, Identity, Question, Tokens
from sieve_manager.errors import SingleSignOnError, WhyNot

_WAIT_SECONDS = (3, 7)  # to connect, to read
_LASTS = timedelta(hours=1)  # the description, and the keys
_KEYS_LAST_AT_LEAST = timedelta(seconds=60)  # so that made-up tokens cannot make us ask on and on
_FAILURE_LASTS = timedelta(seconds=5)  # who waits behind somebody need not wait anew
_UNTOLD_SECONDS = 300  # where the provider does not say how long a token is good for
_A_DAY_SECONDS = 86_400
_REQUIRED = ("authorization_endpoint", "token_endpoint", "jwks_uri")
_OPTIONAL = ("userinfo_endpoint", "end_session_endpoint")


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """How this service is registered at the provider, and which claims say what."""

    issuer: str
    client_id: str
    client_secret: str | None = field(default=None, repr=False)
    scopes: tuple[str, ...] = ("openid", "email", "profile")
    mailbox_claim: str = "email"
    groups_claim: str = "groups"
    keep_tokens: bool = False
    ca_file: Path | None = None


class OpenIdProvider:
    """The IdentityProvider port. Nothing is asked of the provider before somebody signs in."""

    def __init__(self, registration: Registration, clock: Clock) -> None:
        self._ours, self._clock = registration, clock
        # With each request: what a session holds would give way to variables of the environment.
        verify = str(registration.ca_file) if registration.ca_file else True
        self._how = {"allow_redirects": False, "verify": verify}
        self._lock = threading.Lock()
        self._description: tuple[datetime, Mapping[str, object]] | None = None
        self._failure: tuple[datetime, SingleSignOnError] | None = None
        self._keys: tuple[datetime, Claims] | None = None

    def ask(self, back: str) -> Question:
        """Make a question whose answer is brought to the address *back*; SingleSignOnError."""
        endpoint = self._endpoint("authorization_endpoint")
        state, nonce = secrets.token_urlsafe(24), secrets.token_urlsafe(24)
        verifier = secrets.token_urlsafe(48)
        with self._session(back) as session:
            url, _ = session.create_authorization_url(
                endpoint,
                scope=" ".join(self._ours.scopes),
                state=state,
                nonce=nonce,
                code_verifier=verifier,
            )
        return Question(url=url, state=state, nonce=nonce, verifier=verifier)

    def identify(self, answer: Answer, question: Question, back: str) -> Identity:
        """Who it was, from an answer to *question*; SingleSignOnError."""
        self._check_issuer(answer)
        with self._session(back) as session:
            token = session.fetch_token(
                self._endpoint("token_endpoint"),
                auth=self._proof(),
                grant_type="authorization_code",
                code=answer.code,
                code_verifier=question.verifier,
                **self._how,
            )
            id_token, access_token = token.get("id_token"), token.get("access_token")
            if not isinstance(id_token, str) or not isinstance(access_token, str):
                raise SingleSignOnError("the provider sent no ID token")
            claims = self._claims(id_token, access_token, question.nonce)
            claims = {**self._more(session, claims), **claims}
            tokens = self._tokens(token) if self._ours.keep_tokens else None
        return replace(self._identity(claims, id_token), tokens=tokens)

    def refresh(self, tokens: Tokens) -> Tokens:
        """The next tokens of who has these; SingleSignOnError."""
        if not tokens.refresh:
            raise SingleSignOnError("the provider gave nothing to go on with", WhyNot.STALE)
        with self._session("") as session:
            token = session.refresh_token(
                self._endpoint("token_endpoint"),
                refresh_token=tokens.refresh,
                auth=self._proof(),
                **self._how,
            )
            return self._tokens({"refresh_token": tokens.refresh, **token})

    def leaving(self, id_token: str, back: str) -> str:
        """Where one signs out of the provider, too (RP-Initiated Logout 1.0), or ""."""
        endpoint = self._endpoint("end_session_endpoint")
        if not endpoint:
            return ""
        values = {
            "id_token_hint": id_token,
            "client_id": self._ours.client_id,
            "post_logout_redirect_uri": back,
        }
        return f"{endpoint}{'&' if urlsplit(endpoint).query else '?'}{urlencode(values)}"

    def reach(self) -> None:
        """Ask for the description and the keys, as the first sign-in would; SingleSignOnError."""
        self._new_keys()

    def _tokens(self, token: Mapping[str, object]) -> Tokens:
        access, refresh = token.get("access_token"), token.get("refresh_token")
        if not isinstance(access, str):
            raise SingleSignOnError("the provider sent no access token")
        seconds = token.get("expires_in")
        lasts = seconds if isinstance(seconds, int) and seconds > 0 else _UNTOLD_SECONDS
        return Tokens(
            access=access,
            refresh=refresh if isinstance(refresh, str) else "",
            expires=self._clock() + timedelta(seconds=min(lasts, _A_DAY_SECONDS)),
        )

    def _check_issuer(self, answer: Answer) -> None:
        """The answer names its provider (RFC 9207), where the provider says that it does."""
        must = self._described().get("authorization_response_iss_parameter_supported") is True
        if (must or answer.issuer) and answer.issuer != self._ours.issuer:
            raise SingleSignOnError("the answer is another provider's")

    def _claims(self, id_token: str, access_token: str, nonce: str) -> Claims:
        """Read the ID token; where the provider has a new key, with that."""
        read = partial(
            read_id_token,
            id_token,
            issuer=self._ours.issuer,
            client_id=self._ours.client_id,
            nonce=nonce,
            access_token=access_token,
            now=self._clock(),
        )
        if self._keys and not self._is_old(self._keys, _LASTS):
            with suppress(UnknownKeyError):
                return read(self._keys[1])
        return read(self._new_keys())

    def _more(self, session: OAuth2Session, claims: Claims) -> Claims:
        """What only the provider's second page says: some keep their ID tokens short."""
        wanted = {self._ours.mailbox_claim, self._ours.groups_claim, "email", "email_verified"}
        endpoint = self._endpoint("userinfo_endpoint")
        if not endpoint or wanted <= set(claims):
            return {}
        found = _object(session.get(endpoint, **self._how))
        if found.get("sub") != claims["sub"]:
            raise SingleSignOnError("the provider's user information is about somebody else")
        if claims.get("email", found.get("email")) != found.get("email"):
            wanted.discard("email_verified")  # that is about another address
        return {name: found[name] for name in wanted & set(found)}

    def _identity(self, claims: Claims, id_token: str) -> Identity:
        name, groups = claims.get(self._ours.mailbox_claim), claims.get(self._ours.groups_claim)
        if not isinstance(name, str) or not name:
            raise SingleSignOnError("the provider does not say whose mailbox it is")
        if self._ours.mailbox_claim == "email" and "@" not in name:
            # As a login it would need nobody's word that it is theirs.
            raise SingleSignOnError("the provider's email claim holds no address")
        listed = groups if isinstance(groups, list) else [groups]
        verified = claims.get("email") if claims.get("email_verified") is True else ""
        return Identity(
            name=name,
            verified=verified if isinstance(verified, str) else "",
            groups=frozenset(one for one in listed if isinstance(one, str) and one),
            id_token=id_token,
        )

    def _endpoint(self, name: str) -> str:
        return str(self._described().get(name) or "")

    def _described(self) -> Mapping[str, object]:
        """The provider's description of itself (OpenID Connect Discovery 1.0)."""
        with self._lock:
            if self._description is None or self._is_old(self._description, _LASTS):
                if self._failure and not self._is_old(self._failure, _FAILURE_LASTS):
                    raise self._failure[1].with_traceback(None)
                self._description = self._clock(), self._describe()
            return self._description[1]

    def _describe(self) -> Mapping[str, object]:
        url = f"{self._ours.issuer.rstrip('/')}/.well-known/openid-configuration"
        try:
            return _checked(self._get(url), self._ours.issuer)
        except SingleSignOnError as error:
            self._failure = self._clock(), error
            raise

    def _new_keys(self) -> Claims:
        url = self._endpoint("jwks_uri")
        with self._lock:
            if self._keys is None or self._is_old(self._keys, _KEYS_LAST_AT_LEAST):
                self._keys = self._clock(), self._get(url)
            return self._keys[1]

    def _is_old(self, kept: tuple[datetime, object], lasts: timedelta) -> bool:
        return not timedelta(0) <= self._clock() - kept[0] < lasts

    def _get(self, url: str) -> Claims:
        with self._session("") as session:
            return _object(session.get(url, withhold_token=True, **self._how))

    @contextmanager
    def _session(self, back: str) -> Iterator[OAuth2Session]:
        ours = self._ours
        try:
            with OAuth2Session(
                ours.client_id,
                ours.client_secret,
                redirect_uri=back,
                code_challenge_method="S256",
                token_endpoint_auth_method="client_secret_post" if ours.client_secret else "none",
                default_timeout=_WAIT_SECONDS,
                leeway=0,
            ) as session:
                yield session
        except RequestException as error:
            answered = error.response is not None and error.response.status_code
            message = f"the provider does not answer: {answered or type(error).__name__}"
            raise SingleSignOnError(message, WhyNot.UNREACHABLE) from error
        except (AuthlibBaseError, ValueError, TypeError) as error:
            kind = getattr(error, "error", None) or type(error).__name__
            raise SingleSignOnError(f"the provider's answer is of no use: {kind}") from error

    def _proof(self) -> tuple[str, str] | None:
        """The secret as the token endpoint wants it; None: in the form, or there is none.

        Both parts are encoded first (RFC 6749 §2.3.1), which Authlib leaves out.
        """
        ways = self._described().get("token_endpoint_auth_methods_supported")
        in_form = isinstance(ways, list) and "client_secret_basic" not in ways
        if not self._ours.client_secret or in_form:
            return None
        return quote(self._ours.client_id, ""), quote(self._ours.client_secret, "")


def _object(response: Response) -> Claims:
    """The JSON object of a response that is a success; ValueError, RequestException."""
    response.raise_for_status()
    found = response.json()
    if response.status_code != 200 or not isinstance(found, dict):
        raise ValueError("not an object")
    return found


def _checked(found: Claims, issuer: str) -> Claims:
    """The description where it is this issuer's, and leads nowhere in clear text."""
    if found.get("issuer") != issuer:
        raise SingleSignOnError("the provider calls itself otherwise than [oidc] issuer")
    missing = [name for name in _REQUIRED if not found.get(name)]
    if missing:
        raise SingleSignOnError(f"the provider's description has no {missing[0]}")
    secure = issuer.startswith("https:")
    for name in (*_REQUIRED, *_OPTIONAL):
        if secure and found.get(name) and not str(found[name]).startswith("https://"):
            raise SingleSignOnError(f"the provider's {name} is in clear text")
    return found
