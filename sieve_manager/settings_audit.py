"""[audit]: how long entries of the audit log are kept, and where else they go."""

from pydantic import Field

from sieve_manager.settings_sections import Section


class AuditSection(Section):
    """[audit]: *retention_days* None keeps entries for ever."""

    retention_days: int | None = Field(default=None, ge=1, le=36_500)
    syslog: bool = False
