"""Translations straight from the PO files, so that a clone and a wheel need no build step."""

from functools import lru_cache
from io import BytesIO
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from flask_babel import Domain, get_locale  # type: ignore[import-untyped]  # it has no types

_ROOM = Path(__file__).parent / "translations"


def catalogue_path(language: str) -> Path:
    """Where the catalogue of a language is."""
    return _ROOM / f"{language}.po"


@lru_cache
def translations(language: str) -> NullTranslations:
    """The catalogue of one language; read once (some 20 ms)."""
    with catalogue_path(language).open("rb") as file:
        catalogue = read_po(file, locale=language)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return Translations(compiled)


class PoDomain(Domain):  # type: ignore[misc]  # Flask-Babel is not typed
    """Flask-Babel's domain, reading our PO files; regions share their language's catalogue."""

    def get_translations(self) -> NullTranslations:
        """The catalogue for the request's locale."""
        locale = get_locale()
        return translations(locale.language) if locale else NullTranslations()
