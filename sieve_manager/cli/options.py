"""The arguments and the options that several commands share."""

import click

mailbox = click.argument("mailbox")
address = click.argument("address", metavar="ADDRESS")
password_prompt = click.option(
    "--password-prompt",
    is_flag=True,
    help="Act as the owner, whose password is asked for, instead of through [master].",
)
yes = click.option("--yes", is_flag=True, help="Apply without asking.")
as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")
