"""``python -m sieve_manager.cli``: the command where no script was installed for it."""

from sieve_manager.cli.program import main

main(prog_name="sieve-manager")
