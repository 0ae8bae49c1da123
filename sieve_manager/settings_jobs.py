"""[jobs]: where bulk work is done, and how long it is remembered."""

from pydantic import Field

from sieve_manager.settings_sections import Section


class JobsSection(Section):
    """[jobs]: the worker beside the pages, and for how many days a job that is over is kept."""

    in_serve: bool = True
    retention_days: int = Field(default=365, ge=1, le=36_500)
