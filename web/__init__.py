"""The pages: forms in, use cases called, pages out; nothing is decided here."""

from web.app import create_app

__all__ = ["create_app"]
