"""Reads the administrators' own templates of the automatic reply of a case."""

import tomllib
from collections.abc import Mapping

from sieve_manager.adapters.day_words import day_words
from sieve_manager.application.case_entry import EntryReader
from sieve_manager.application.known_aliases import KnownAliases
from sieve_manager.application.reply_templates import TEMPLATES, ReplyTemplate, own_templates
from sieve_manager.errors import SettingsError
from sieve_manager.settings import Settings

_KEY = "cases.reply_file"


def wire_entries(settings: Settings, aliases: KnownAliases) -> EntryReader:
    """What reads the entries of cases; SettingsError as for the templates."""
    templates = wire_templates(settings)
    return EntryReader(
        day_words=day_words,
        find=aliases.find,
        templates=templates,
        own=aliases.of_person,
    )


def wire_templates(settings: Settings) -> Mapping[str, ReplyTemplate]:
    """The templates by language; ours where the file of *settings* has none.

    Raises:
        SettingsError: the file cannot be read or used; says where and why.
    """
    path = settings.cases.reply_file
    if path is None:
        return TEMPLATES
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError(_KEY, f"{path} cannot be read ({error.strerror})") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(_KEY, f"{path} is not TOML: {error}") from error
    return own_templates(values, str(path))
