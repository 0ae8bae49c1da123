"""The HTTP API: /api/v1 for programs, with tokens of its own and no cookies."""
