"""What a script does, for those who show scripts: the outline, under the application's name."""

from sieve_manager.application.understanding import OtherScript
from sieve_manager.domain.scripts import Script
from sieve_manager.sieve.outline import ForeignRedirect, Item, ItemKind, Outline, outline

__all__ = ["ForeignRedirect", "Item", "ItemKind", "Outline", "look_at"]


def look_at(script: Script) -> OtherScript:
    """The script with its outline; an unreadable one has an outline that says so."""
    return OtherScript(script=script, outline=outline(script.octets, script.name.text))
