"""My filters: every script on the server, read-only, in words and as highlighted Sieve."""

from functools import lru_cache

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup, escape
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers.sieve import SieveLexer

from sieve_manager.application.reading import Item, ItemKind, look_at
from sieve_manager.application.status import OtherScript
from sieve_manager.domain.scripts import ScriptName
from sieve_manager.errors import ScriptNotFoundError
from web.context import access, signed_in, wired
from web.say import N_, _, say
from web.sentence import PROGRAMS, bdi

pages = Blueprint("scripts", __name__)

# Colouring costs about 1 ms for 10 KB; nobody reads more than this by its colours.
_MAX_COLOURED = 100_000


@pages.get("/scripts")
@signed_in
def page() -> ResponseReturnValue:
    """All scripts, and which is active."""
    return render_template("scripts.html", listing=wired().forwards.scripts(access()))


@pages.get("/script")
@signed_in
def show() -> ResponseReturnValue:
    """One script; its name is in the query, because it may hold anything."""
    name = ScriptName(request.args.get("name", ""))
    listing = wired().forwards.scripts(access())
    if name not in listing.names:  # one that no server takes is answered with another error
        raise ScriptNotFoundError("There is no script of that name")
    found = look_at(wired().forwards.script(access(), name))
    return render_template(
        "script.html",
        name=name,
        active=listing.active == name,
        words=outline_words(found),
        readable=found.outline.readable,
        program=PROGRAMS.get(found.outline.dialect.value, ""),
        source=coloured(found.script.octets.decode("utf-8", "replace")),
    )


def outline_words(script: OtherScript) -> tuple[Markup, ...]:
    """What the script does, one line a rule, as far as we understand it."""
    return tuple(_item(item) for item in script.outline.items)


def _item(item: Item) -> Markup:
    what = _what(item)
    if item.rule and item.conditional:
        return say("“%(rule)s”, for some messages: %(what)s", rule=bdi(item.rule), what=what)
    if item.rule:
        return say("“%(rule)s”: %(what)s", rule=bdi(item.rule), what=what)
    return say("For some messages: %(what)s", what=what) if item.conditional else what


def _what(item: Item) -> Markup:
    template = _ACTIONS.get(item.kind, _SOMETHING) if item.understood else _NOT_UNDERSTOOD
    return say(template, what=bdi(item.argument))


_NOT_UNDERSTOOD = N_("something that we do not understand (%(what)s)")
_SOMETHING = N_("work something out (%(what)s)")
_ACTIONS = {
    ItemKind.REDIRECT: N_("forward to %(what)s"),
    ItemKind.FILEINTO: N_("file into the folder %(what)s"),
    ItemKind.VACATION: N_("answer automatically"),
    ItemKind.DISCARD: N_("delete"),
    ItemKind.REJECT: N_("refuse with a message to the sender"),
    ItemKind.FLAG: N_("mark with %(what)s"),
    ItemKind.NOTIFY: N_("send a notification"),
    ItemKind.KEEP: N_("keep in the inbox"),
    ItemKind.STOP: N_("stop here"),
    ItemKind.INCLUDE: N_("go on with the script “%(what)s”"),
}


@lru_cache(maxsize=1)
def _formatter() -> HtmlFormatter[str]:
    return HtmlFormatter(nowrap=True)


def coloured(text: str) -> Markup:
    """Sieve text with its words marked by classes; long texts stay plain."""
    if len(text) > _MAX_COLOURED:
        return escape(text)
    # Pygments escapes what it marks.
    return Markup(highlight(text, SieveLexer(stripnl=False), _formatter()))  # noqa: S704


def difference_kind(line: str) -> str:
    """Whether a line of a unified difference was added, removed or neither."""
    return {"+": "added", "-": "removed", "@": "place"}.get(line[:1], "same")


def difference_word(line: str) -> str:
    """The same for those who hear the page."""
    return {"added": _("added:"), "removed": _("removed:")}.get(difference_kind(line), "")
