"""Which language a page is in, and how dates look in it."""

from functools import cache
from typing import cast

from babel import Locale, UnknownLocaleError
from flask import Blueprint, Flask, current_app, g, redirect, request
from flask_babel import Babel  # type: ignore[import-untyped]  # it has no types
from werkzeug.wrappers import Response

from web.catalogues import PoDomain
from web.security import safe_path

COOKIE = "language"
_A_YEAR_SECONDS = 31_536_000
# How dates look where the browser names a language without a region.
_REGIONS = {"en": "en_GB", "pt": "pt_PT"}

pages = Blueprint("languages", __name__)


def speak(app: Flask, languages: tuple[str, ...]) -> None:
    """Teach *app* these languages; the first is the default."""
    app.config["LANGUAGES"] = languages
    babel = Babel(app, locale_selector=locale, default_locale=languages[0])
    babel.domain_instance = PoDomain()


def language() -> str:
    """The request's language: the cookie's, else the browser's best, else the default."""
    found = g.get("language")
    if found is None:
        found = g.language = _language()
    return cast(str, found)


def _language() -> str:
    known = offered()
    chosen = request.cookies.get(COOKIE)
    if chosen in known:
        return chosen
    wanted = (tag.split("-")[0].lower() for tag in request.accept_languages.values())
    return next((tag for tag in wanted if tag in known), known[0])


def locale() -> Locale:
    """The language with a region for dates: the browser's own where it names one."""
    found = g.get("locale")
    if found is None:
        found = g.locale = _locale(language())
    return cast(Locale, found)


def offered() -> tuple[str, ...]:
    """The languages that are offered."""
    return cast(tuple[str, ...], current_app.config["LANGUAGES"])


def _locale(chosen: str) -> Locale:
    for tag in request.accept_languages.values():
        if tag.lower().startswith(f"{chosen}-"):
            try:
                return Locale.parse(tag, sep="-")
            except (ValueError, UnknownLocaleError):
                continue
    return Locale.parse(_REGIONS.get(chosen, chosen))


def names() -> list[tuple[str, str]]:
    """Each language with its name in itself."""
    return [(code, _own_name(code)) for code in offered()]


@cache
def _own_name(code: str) -> str:
    name = Locale.parse(code).get_display_name(code) or code
    return name[0].upper() + name[1:]


@pages.get("/language/<code>")
def choose(code: str) -> Response:
    """Remember the language in a cookie and go back; changes nothing else."""
    answer = redirect(request.script_root + safe_path(request.args.get("next", "")), 303)
    if code in offered():
        answer.set_cookie(
            COOKIE,
            code,
            max_age=_A_YEAR_SECONDS,
            httponly=True,
            samesite="Lax",
            secure=current_app.config["SESSION_COOKIE_SECURE"],
        )
    return answer
