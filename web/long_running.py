"""The pages as ``sieve-manager serve`` runs them: once a process, and for long.

gunicorn also reads this file as its configuration, for the two functions that it calls.
"""

import atexit
import gc
import os
import shutil

from flask import Flask

from sieve_manager.bootstrap import build, build_worker, start_logs
from sieve_manager.settings import load_settings
from web import watching
from web.app import create_app

# Python's 700 makes a third of the work on a large script, whose tree is all new objects.
_NEW_OBJECTS = 20_000


def on_starting(_arbiter: object) -> None:
    """Write the log as configured, in gunicorn's first process and all that it makes."""
    start_logs(load_settings(), watching.facts)


def on_exit(_arbiter: object) -> None:
    """Remove the numbers that the processes shared."""
    shutil.rmtree(os.environ["PROMETHEUS_MULTIPROC_DIR"], ignore_errors=True)


def application() -> Flask:
    """Return what a process serves, and work on jobs beside it."""
    wired = build(load_settings())
    app = create_app(wired)
    if wired.settings.jobs.in_serve:
        worker = build_worker(wired)
        worker.start()
        atexit.register(worker.stop)  # when gunicorn ends this process, not when it kills it
    collect_garbage_seldom()
    return app


def collect_garbage_seldom() -> None:
    """Look for cycles seldom, and never in what was made at the start and stays."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(_NEW_OBJECTS)
