"""The owner's access token, where the mail server takes such: always one that is still good."""

import json
import threading
from datetime import datetime, timedelta
from typing import cast

from flask import current_app

from sieve_manager.application.single_sign_on import IdentityProvider, Tokens
from sieve_manager.errors import SignInRefusedError, SingleSignOnError, WhyNot
from web.session import Clock, Sessions, WebSession

_TOKENS = "tokens"
_SOON = timedelta(seconds=30)  # what a page needs to use it up
# Two requests at once must not both spend a refresh token that is good once.
_turn = threading.Lock()


def keep(session: WebSession, tokens: Tokens | None) -> None:
    """Put *tokens* into the session, which is kept encrypted on the server."""
    if tokens is not None:
        session[_TOKENS] = json.dumps(
            {
                "access": tokens.access,
                "refresh": tokens.refresh,
                "expires": tokens.expires.isoformat(),
            }
        )


def owner_token(session: WebSession, provider: IdentityProvider, clock: Clock) -> str | None:
    """The token of who is signed in, or None where there is none; a new one where it is due.

    Raises:
        SignInRefusedError: the provider gives no new one: sign in again.
        SingleSignOnError: it does not answer.
    """
    if _TOKENS not in session:
        return None
    tokens = _kept(session)
    if clock() < tokens.expires - _SOON:
        return tokens.access
    with _turn:
        interface = cast(Sessions, current_app.session_interface)
        session[_TOKENS] = interface.reread(session).get(_TOKENS, session[_TOKENS])
        tokens = _kept(session)
        if clock() >= tokens.expires - _SOON:
            tokens = _next(provider, tokens)
            keep(session, tokens)
            interface.write(session)
    return tokens.access


def _kept(session: WebSession) -> Tokens:
    values: dict[str, str] = json.loads(session[_TOKENS])
    return Tokens(
        access=values["access"],
        refresh=values["refresh"],
        expires=datetime.fromisoformat(values["expires"]),
    )


def _next(provider: IdentityProvider, tokens: Tokens) -> Tokens:
    try:
        return provider.refresh(tokens)
    except SingleSignOnError as error:
        if error.why is WhyNot.UNREACHABLE:
            raise
        raise SignInRefusedError("the provider gives no new access token") from error
