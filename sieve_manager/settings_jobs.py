"""[jobs]: where bulk work is done."""

from sieve_manager.settings_sections import Section


class JobsSection(Section):
    """[jobs]: the worker beside the pages."""

    in_serve: bool = True
