"""Puts the web application together: one factory, given the use cases or building them."""

from pathlib import Path

from flask import Flask, request, url_for
from flask_wtf.csrf import CSRFProtect

from sieve_manager.bootstrap import Wired, build
from sieve_manager.settings import load_settings
from sieve_manager.settings_sections import WebSection
from web import (
    address_form,
    address_import,
    address_pages,
    addresses,
    batches,
    case_form,
    case_words,
    cases,
    changes,
    consent,
    demo,
    ending,
    errors,
    forward,
    forward_map,
    help_page,
    history,
    job_words,
    languages,
    look,
    not_wanted,
    operations,
    overview,
    policy_page,
    proofs,
    register,
    say,
    scripts,
    security,
    sentence,
    sign_in,
    single_sign_on,
    staff,
    tokens,
    trace,
    watching,
)
from web.acting import acting, mailbox_title, role_shown, shows_filters, who
from web.api import routes as api
from web.context import login_name, mailbox_name
from web.forward_words import copy_sentence
from web.seen import Seen
from web.session import Sessions, demand_sessions

# A form of ours is a few kilobytes; a hundred addresses and a note fit many times.
_MAX_FORM_OCTETS = 256 * 1024
_PAGES = (
    sign_in,
    overview,
    forward,
    changes,
    history,
    scripts,
    help_page,
    languages,
    look,
    operations,
    single_sign_on,
    staff,
    policy_page,
    tokens,
    cases,
    case_form,
    batches,
    register,
    trace,
    proofs,
    forward_map,
    addresses,
    address_form,
    address_import,
    not_wanted,
    ending,
    consent,
    api,
)


def create_app(wired: Wired | None = None, *, demo_world: "demo.DemoWorld | None" = None) -> Flask:
    """Return the application; without *wired*, from the configuration.

    *demo_world* belongs to the demo: with it, and only then, the demo's page is there.

    Raises:
        SettingsError: the configuration is wrong.
    """
    wired = wired or build(load_settings())
    settings = wired.settings.web
    secure = settings.base_url.startswith("https:")
    app = Flask("web", root_path=str(Path(__file__).parent), static_url_path="/static")
    _configure(app, settings, secure=secure)
    app.extensions["sieve_manager"] = wired
    app.extensions["seen"] = Seen()
    app.session_interface = Sessions(
        wired.web_sessions, wired.clock, settings.secret, settings.session_hours, secure=secure
    )
    watching.watch(app)
    demand_sessions(app)
    batches.let_files_in(app)
    security.protect(app, secure=secure)
    guard = CSRFProtect(app)
    for room in (api, consent, ending, not_wanted):  # no cookie opens them
        guard.exempt(room.pages)
    languages.speak(app, settings.languages)
    errors.explain(app)
    for room in _PAGES:
        app.register_blueprint(room.pages)
    if demo_world is not None:
        app.config["DEMO"] = True
        app.extensions["demo"] = demo_world
        app.register_blueprint(demo.pages)
    _teach_templates(app)
    serve = security.at_base_url(app.wsgi_app, settings.base_url)
    app.wsgi_app = serve  # type: ignore[method-assign, assignment]  # Flask's way to wrap it
    return app


def _configure(app: Flask, settings: WebSection, *, secure: bool) -> None:
    app.config.update(
        SECRET_KEY=settings.secret,
        # The prefix as in web/session.py: no neighbouring host can plant a visitor's cookie.
        SESSION_COOKIE_NAME="__Host-visitor" if secure else "visitor",
        SESSION_COOKIE_SECURE=secure,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SEND_FILE_MAX_AGE_DEFAULT=3600,
        MAX_CONTENT_LENGTH=_MAX_FORM_OCTETS,
        MAX_FORM_MEMORY_SIZE=_MAX_FORM_OCTETS,
        WTF_CSRF_TIME_LIMIT=None,  # as long as the session: people leave pages open
        ACCENT=settings.accent,
        LOGO=settings.logo,
        TITLE=settings.title,
        DEMO=False,
    )


def _teach_templates(app: Flask) -> None:
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters["bdi"] = sentence.bdi
    app.jinja_env.filters["english"] = sentence.english
    app.jinja_env.globals.update(
        say=say.say,
        addresses=say.addresses,
        strong=say.strong,
        kept_sentence=say.kept_sentence,
        language=languages.language,
        language_names=languages.names,
        login_name=login_name,
        sentences_of=sentence.sentences,
        state_label=sentence.state_label,
        state_shape=sentence.state_shape,
        who=who,
        acting=acting,
        case_sentence=case_words.case_sentence,
        job_state=job_words.job_state,
        job_shape=job_words.job_shape,
        item_state=job_words.item_state,
        until_day=job_words.until_day,
        case_shape=case_words.state_shape,
        case_state=case_words.state_words,
        copy_sentence=copy_sentence,
        mailbox_name=mailbox_name,
        mailbox_title=mailbox_title,
        role_shown=role_shown,
        shows_filters=shows_filters,
        shows_addresses=address_pages.are_shown,
        finding_text=say.finding_text,
        coloured=scripts.coloured,
        difference_kind=scripts.difference_kind,
        difference_word=scripts.difference_word,
        clock_time=say.clock_time,
        moment=say.moment,
        zone_name=say.zone_name,
        own_path=own_path,
        request_id=watching.request_id,
    )


def own_path() -> str:
    """The page to come back to after the language was chosen; forms start over."""
    if request.endpoint == "single_sign_on.answer":  # what it brought is good once, and secret
        return url_for("sign_in.form")
    return request.full_path.rstrip("?") if request.method == "GET" else request.path
