"""The command line: parse, call a use case, print; nothing is decided here."""

from sieve_manager.cli.program import main

__all__ = ["main"]
