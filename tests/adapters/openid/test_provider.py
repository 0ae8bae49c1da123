"""The real provider, over HTTP: right answers, and every way in which they can be wrong."""

import json
import ssl
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from requests.certs import where

from sieve_manager.adapters.openid.provider import OpenIdProvider, Registration
from sieve_manager.application.single_sign_on import Answer, Identity, Question, Tokens
from sieve_manager.demo.certificates import Authority
from sieve_manager.demo.processes import free_ports
from sieve_manager.errors import SingleSignOnError, WhyNot
from tests.servers.openid_provider import CLIENT_ID, CLIENT_SECRET, ProviderServer, query_of

BACK = "http://127.0.0.1:8080/sign-in/oidc/answer"
ANNA = {"email": "anna@example.com", "email_verified": True, "groups": ["helpdesk"]}

Make = Callable[..., OpenIdProvider]


@pytest.fixture
def ours(openid: ProviderServer) -> OpenIdProvider:
    openid.person("anna", **ANNA)
    return client(openid)


def client(openid: ProviderServer, clock: Callable[[], datetime] | None = None) -> OpenIdProvider:
    registration = Registration(
        issuer=openid.issuer, client_id=CLIENT_ID, client_secret=CLIENT_SECRET
    )
    return OpenIdProvider(registration, clock or (lambda: datetime.now(UTC)))


def answer_to(openid: ProviderServer, question: Question, subject: str = "anna") -> Answer:
    brought = query_of(openid.approve(question.url, subject))
    return Answer(state=brought["state"], code=brought["code"])


def signed_in(openid: ProviderServer, ours: OpenIdProvider, subject: str = "anna") -> Identity:
    question = ours.ask(BACK)
    return ours.identify(answer_to(openid, question, subject), question, BACK)


def test_who_signs_in_there_is_known_here(openid: ProviderServer, ours: OpenIdProvider) -> None:
    identity = signed_in(openid, ours)
    assert identity.name == identity.verified == "anna@example.com"
    assert identity.groups == {"helpdesk"}


def test_the_question_has_all_that_ties_the_answer_to_it(ours: OpenIdProvider) -> None:
    question, other = ours.ask(BACK), ours.ask(BACK)
    asked = query_of(question.url)
    assert asked["tenant"] == "1", "what the provider's own address holds stays"
    assert asked["response_type"] == "code"
    assert asked["redirect_uri"] == BACK
    assert (asked["state"], asked["nonce"]) == (question.state, question.nonce)
    assert asked["code_challenge_method"] == "S256"
    assert question.verifier not in question.url
    assert len({question.state, question.nonce, question.verifier, other.state, other.nonce}) == 5
    assert question.verifier not in repr(question)


def test_the_description_and_the_keys_are_asked_for_once(
    openid: ProviderServer, ours: OpenIdProvider
) -> None:
    signed_in(openid, ours)
    signed_in(openid, ours)
    seen = openid.seen()
    assert (seen["/.well-known/openid-configuration"], seen["/keys"]) == (1, 1)


def test_provider_is_tried_without_anybody_signing_in(
    openid: ProviderServer, ours: OpenIdProvider
) -> None:
    ours.reach()
    seen = openid.seen()
    assert (seen["/.well-known/openid-configuration"], seen["/keys"]) == (1, 1)
    assert not any("token" in path or "authorize" in path for path in seen)
    stranger = Registration(issuer=f"{openid.issuer}/", client_id=CLIENT_ID)
    with pytest.raises(SingleSignOnError, match="calls itself otherwise"):
        OpenIdProvider(stranger, lambda: datetime.now(UTC)).reach()


def test_a_code_is_good_once(openid: ProviderServer, ours: OpenIdProvider) -> None:
    question = ours.ask(BACK)
    answer = answer_to(openid, question)
    ours.identify(answer, question, BACK)
    with pytest.raises(SingleSignOnError):
        ours.identify(answer, question, BACK)


def test_a_code_is_of_no_use_without_the_verifier_of_its_question(
    openid: ProviderServer, ours: OpenIdProvider
) -> None:
    stolen = answer_to(openid, ours.ask(BACK))
    with pytest.raises(SingleSignOnError):
        ours.identify(stolen, ours.ask(BACK), BACK)


def test_an_identity_for_another_question_is_refused(
    openid: ProviderServer, ours: OpenIdProvider
) -> None:
    question = ours.ask(BACK)
    other = Question(url="", state=question.state, nonce="x", verifier=question.verifier)
    with pytest.raises(SingleSignOnError) as caught:
        ours.identify(answer_to(openid, question), other, BACK)
    assert caught.value.why is WhyNot.BROKEN


@pytest.mark.parametrize(
    "wish",
    [
        {"claims": {"nonce": "another"}},
        {"claims": {"nonce": None}},
        {"claims": {"aud": "another"}},
        {"claims": {"iss": "https://evil.example.com"}},
        {"claims": {"exp": 1_600_000_000}},
        {"claims": {"iat": 9_999_999_999}},
        {"claims": {"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"}},
        {"claims": {"email": None, "preferred_username": "anna"}},
        {"claims": {"email": ["anna@example.com"]}},
        {"claims": {"email": "anna"}},
        {"sign": "none"},
        {"sign": "hmac"},
        {"sign": "stranger"},
        {"describe": {"issuer": "https://evil.example.com"}},
        {"describe": {"jwks_uri": None}},
        {"describe": {"token_endpoint": "http://127.0.0.1:1/"}},
        {"describe": {"authorization_response_iss_parameter_supported": True}},
    ],
    ids=str,
)
def test_an_answer_with_anything_wrong_is_nobodys(
    openid: ProviderServer, ours: OpenIdProvider, wish: dict[str, Any]
) -> None:
    openid.person("anna", email="anna@example.com", email_verified=True)
    if "email" in wish.get("claims", {}):
        openid.person("anna")  # the user information does not say it either
    openid.tell(**wish)
    with pytest.raises(SingleSignOnError):
        signed_in(openid, ours)


def test_an_answer_of_another_provider_is_refused(
    openid: ProviderServer, ours: OpenIdProvider
) -> None:
    question = ours.ask(BACK)
    right = answer_to(openid, question)
    mixed = Answer(state=right.state, code=right.code, issuer="https://evil.example.com")
    with pytest.raises(SingleSignOnError):
        ours.identify(mixed, question, BACK)
    assert "/token" not in openid.seen(), "the code goes nowhere else"
    named = Answer(state=right.state, code=right.code, issuer=openid.issuer)
    assert ours.identify(named, question, BACK).name == "anna@example.com"


def test_the_secret_of_the_service_is_proven(openid: ProviderServer) -> None:
    registration = Registration(issuer=openid.issuer, client_id=CLIENT_ID, client_secret="wrong")
    with pytest.raises(SingleSignOnError):
        signed_in(openid, OpenIdProvider(registration, lambda: datetime.now(UTC)))
    assert "wrong" not in repr(registration)


def test_the_secret_goes_where_the_provider_wants_it(openid: ProviderServer) -> None:
    openid.person("anna", **ANNA)
    openid.tell(describe={"token_endpoint_auth_methods_supported": ["client_secret_post"]})
    assert signed_in(openid, client(openid)).name == "anna@example.com"


def test_a_new_key_is_fetched_but_not_for_every_made_up_one(
    openid: ProviderServer,
) -> None:
    now = [datetime.now(UTC)]
    openid.person("anna", **ANNA)
    ours = client(openid, lambda: now[0])
    signed_in(openid, ours)
    openid.tell(rotate=True)
    with pytest.raises(SingleSignOnError):
        signed_in(openid, ours)
    assert openid.seen()["/keys"] == 1, "less than a minute ago"
    now[0] += timedelta(seconds=61)
    assert signed_in(openid, ours).name == "anna@example.com"
    assert openid.seen()["/keys"] == 2


def test_an_old_key_is_forgotten_when_the_provider_forgets_it(openid: ProviderServer) -> None:
    now = [datetime.now(UTC)]
    openid.person("anna", **ANNA)
    ours = client(openid, lambda: now[0])
    signed_in(openid, ours)
    now[0] += timedelta(minutes=61)
    openid.tell(claims={"exp": 9_999_999_999})
    signed_in(openid, ours)
    assert openid.seen()["/keys"] == 2


def test_a_provider_with_short_tokens_is_asked_for_the_rest(
    openid: ProviderServer, ours: OpenIdProvider
) -> None:
    openid.tell(short=True)
    identity = signed_in(openid, ours)
    assert identity.name == identity.verified == "anna@example.com"
    assert identity.groups == {"helpdesk"}
    assert openid.seen()["/userinfo"] == 1
    openid.tell(userinfo={"sub": "somebody else"})
    with pytest.raises(SingleSignOnError):
        signed_in(openid, ours)


def test_the_word_about_one_address_does_not_verify_another(
    openid: ProviderServer, ours: OpenIdProvider
) -> None:
    openid.tell(claims={"email_verified": None}, userinfo={"email": "bruno@example.com"})
    identity = signed_in(openid, ours)
    assert (identity.name, identity.verified) == ("anna@example.com", "")
    openid.tell(userinfo={})
    assert signed_in(openid, ours).verified == "anna@example.com"


@pytest.mark.parametrize("verified", [False, None, "true", 1])
def test_only_a_plain_true_verifies_an_address(
    openid: ProviderServer, ours: OpenIdProvider, verified: object
) -> None:
    openid.person("anna", email="anna@example.com", email_verified=verified)
    assert signed_in(openid, ours).verified == ""


@pytest.mark.parametrize(
    ("claim", "groups"),
    [("helpdesk", {"helpdesk"}), (["a", 7, "", None, "b"], {"a", "b"}), (None, set()), (7, set())],
)
def test_groups_are_a_list_or_one_text(
    openid: ProviderServer, ours: OpenIdProvider, claim: object, groups: set[str]
) -> None:
    openid.person("anna", email="anna@example.com", groups=claim)
    assert signed_in(openid, ours).groups == groups


def test_a_provider_that_is_away_is_said_to_be_and_not_asked_by_everybody() -> None:
    (port,) = free_ports(1)
    now = [datetime.now(UTC)]
    registration = Registration(issuer=f"http://127.0.0.1:{port}", client_id=CLIENT_ID)
    ours = OpenIdProvider(registration, lambda: now[0])
    with pytest.raises(SingleSignOnError) as first:
        ours.ask(BACK)
    assert first.value.why is WhyNot.UNREACHABLE
    with pytest.raises(SingleSignOnError) as second:
        ours.ask(BACK)
    assert second.value is first.value
    now[0] += timedelta(seconds=6)
    with pytest.raises(SingleSignOnError) as third:
        ours.ask(BACK)
    assert third.value is not first.value


def keeping(openid: ProviderServer, now: datetime) -> OpenIdProvider:
    registration = Registration(
        issuer=openid.issuer,
        client_id=CLIENT_ID,
        client_secret=CLIENT_SECRET,
        keep_tokens=True,
    )
    return OpenIdProvider(registration, lambda: now)


def test_tokens_are_kept_only_for_a_mail_server_that_takes_them(
    openid: ProviderServer, ours: OpenIdProvider
) -> None:
    assert signed_in(openid, ours).tokens is None
    openid.tell(expires_in=300)
    now = datetime.now(UTC)
    identity = signed_in(openid, keeping(openid, now))
    assert identity.tokens is not None
    assert identity.tokens.expires == now + timedelta(seconds=300)
    assert identity.tokens.access not in repr(identity)
    assert identity.tokens.refresh not in repr(identity)


def test_a_token_is_renewed_with_a_refresh_token_that_is_good_once(
    openid: ProviderServer, ours: OpenIdProvider
) -> None:
    first = signed_in(openid, keeping(openid, datetime.now(UTC))).tokens
    assert first is not None
    second = ours.refresh(first)
    assert {second.access, second.refresh}.isdisjoint({first.access, first.refresh})
    with pytest.raises(SingleSignOnError):
        ours.refresh(first)
    assert ours.refresh(second).access != second.access


def test_without_a_refresh_token_there_is_no_going_on(ours: OpenIdProvider) -> None:
    with pytest.raises(SingleSignOnError):
        ours.refresh(Tokens(access="a", refresh="", expires=datetime.now(UTC)))


class _Described(BaseHTTPRequestHandler):
    """A provider that has only its description, over TLS."""

    def do_GET(self) -> None:
        port = self.server.server_address[1]
        issuer = f"https://127.0.0.1:{port}"
        names = ("authorization_endpoint", "token_endpoint", "jwks_uri")
        body = json.dumps({"issuer": issuer, **{name: f"{issuer}/{name}" for name in names}})
        self.send_response(200)
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # its name
        """Say nothing."""


def test_the_providers_certificate_must_be_trusted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", where())  # has no say where ca_file is configured
    authority = Authority(tmp_path)
    certificate = authority.issue()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate.certificate_file, certificate.key_file)
    with ThreadingHTTPServer(("127.0.0.1", 0), _Described) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        serving = Thread(target=server.serve_forever)
        serving.start()
        try:
            issuer = f"https://127.0.0.1:{server.server_address[1]}"
            for ca_file, trusted in ((tmp_path / "ca.pem", True), (None, False)):
                registration = Registration(issuer=issuer, client_id="us", ca_file=ca_file)
                ours = OpenIdProvider(registration, lambda: datetime.now(UTC))
                if trusted:
                    assert ours.ask(BACK).url.startswith(f"{issuer}/authorization_endpoint?")
                else:
                    with pytest.raises(SingleSignOnError) as caught:
                        ours.ask(BACK)
                    assert "SSLError" in str(caught.value)
        finally:
            server.shutdown()
            serving.join()


def test_signing_out_there_is_offered_where_the_provider_has_it(
    openid: ProviderServer, ours: OpenIdProvider
) -> None:
    url = ours.leaving("the.id.token", "http://127.0.0.1:8080/sign-in")
    assert url.startswith(f"{openid.issuer}/leave?")
    assert query_of(url) == {
        "id_token_hint": "the.id.token",
        "client_id": CLIENT_ID,
        "post_logout_redirect_uri": "http://127.0.0.1:8080/sign-in",
    }
    openid.tell(describe={"end_session_endpoint": None})
    assert client(openid).leaving("the.id.token", BACK) == ""


def test_an_https_provider_cannot_lead_into_clear_text() -> None:
    from sieve_manager.adapters.openid.provider import _checked

    described = {
        "issuer": "https://sso.example.com",
        "authorization_endpoint": "https://sso.example.com/a",
        "token_endpoint": "http://sso.example.com/t",
        "jwks_uri": "https://sso.example.com/k",
    }
    with pytest.raises(SingleSignOnError):
        _checked(described, "https://sso.example.com")
    secure = {**described, "token_endpoint": "https://sso.example.com/t"}
    assert _checked(secure, "https://sso.example.com") == secure
