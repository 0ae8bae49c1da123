"""Sieve Manager: mail forwarding that owners and helpdesks set, and mail servers run."""

__version__ = "0.1.0"
