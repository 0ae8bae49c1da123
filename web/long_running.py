"""The pages as ``sieve-manager serve`` runs them: once a process, and for long."""

import gc

from flask import Flask

from web.app import create_app

# Python's 700 makes a third of the work on a large script, whose tree is all new objects.
_NEW_OBJECTS = 20_000


def application() -> Flask:
    """Return what a worker process serves."""
    app = create_app()
    collect_garbage_seldom()
    return app


def collect_garbage_seldom() -> None:
    """Look for cycles seldom, and never in what was made at the start and stays."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(_NEW_OBJECTS)
