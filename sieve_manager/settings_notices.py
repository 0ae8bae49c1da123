"""[notices]: who is told by mail of cases, and of what the helpdesk did."""

from pydantic import Field

from sieve_manager.settings_sections import Section


class NoticesSection(Section):
    """[notices]: needs [smtp]; without it nobody is told."""

    owner: bool = True
    destination: bool = True
    operator: bool = True
    reminder_days: int = Field(default=7, ge=0, le=365)
