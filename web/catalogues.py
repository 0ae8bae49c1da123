"""Translations straight from the PO files, so that a clone and a wheel need no build step."""

from functools import lru_cache
from io import BytesIO
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from flask_babel import Domain, get_locale  # type: ignore[import-untyped]  # it has no types

from web.elses import INSTEAD, is_elses

_ROOM = Path(__file__).parent / "translations"


def catalogue_path(language: str) -> Path:
    """Where the catalogue of a language is."""
    return _ROOM / f"{language}.po"


@lru_cache
def translations(language: str, *, of_somebody_else: bool = False) -> NullTranslations:
    """The catalogue of one language; read once (some 20 ms).

    *of_somebody_else*: that of pages about another mailbox than the reader's own.
    """
    with catalogue_path(language).open("rb") as file:
        catalogue = read_po(file, locale=language)
    if of_somebody_else:
        for own, instead in INSTEAD.items():
            catalogue[own].string = catalogue[instead].string
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return Translations(compiled)


class PoDomain(Domain):  # type: ignore[misc]  # Flask-Babel is not typed
    """Flask-Babel's domain, reading our PO files; regions share their language's catalogue."""

    def get_translations(self) -> NullTranslations:
        """The catalogue for the request's locale."""
        locale = get_locale()
        if locale is None:
            return NullTranslations()
        return translations(locale.language, of_somebody_else=is_elses())
