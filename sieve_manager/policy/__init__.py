"""What this organisation allows: pure functions that return findings, all of them."""
