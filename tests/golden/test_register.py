"""What the register says of scripts in many programs' manner: one table, to be read as a whole.

A file is the active script of a mailbox; one with a plus sign in its name is another script
that it may include. To write the table anew after a change of words, and then look at it:
``python -m tests.golden.test_register``.
"""

from collections.abc import Iterator
from pathlib import Path

from sieve_manager.application.register import RegisterEntry, entries_of
from sieve_manager.application.register_words import all_in_words
from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.domain.mailboxes import Login, Mailbox
from sieve_manager.domain.scripts import Script, ScriptListing, ScriptName, ScriptSet
from sieve_manager.policy.policy import Policy

HERE = Path(__file__).parent / "register"
TABLE = HERE / "table.txt"
MAILBOX = Mailbox(login=Login("anna"), address=EmailAddress("anna", "example.com"))
KEPT = {True: "kept", False: "not kept", None: "kept or not"}


def scripts_of(stem: str) -> ScriptSet:
    """The active script, under the name that its program gives it, and those beside it."""
    active = ScriptName(stem.partition("-")[0])
    scripts = [Script(name=active, octets=(HERE / f"{stem}.sieve").read_bytes())]
    for path in sorted(HERE.glob(f"{stem}+*.sieve")):
        name = ScriptName(path.stem.partition("+")[2])
        scripts.append(Script(name=name, octets=path.read_bytes()))
    listing = ScriptListing(names=tuple(one.name for one in scripts), active=active)
    return ScriptSet(listing=listing, scripts=tuple(scripts))


def stems() -> list[str]:
    return sorted(path.stem for path in HERE.glob("*.sieve") if "+" not in path.stem)


def lines() -> Iterator[str]:
    for stem in stems():
        yield f"{stem}:"
        entries = entries_of(scripts_of(stem), MAILBOX, Policy(), tuple)
        yield from (f"  {line_of(entry)}" for entry in entries)


def line_of(entry: RegisterEntry) -> str:
    if entry.problem:
        return entry.problem
    days = f"{entry.starts or ''}..{entry.ends or ''}" if entry.starts or entry.ends else "always"
    return " | ".join(
        (
            f"{'notice ' if entry.notice else ''}{entry.target or '?'}",
            entry.place,
            KEPT[entry.kept],
            "paused" if entry.paused else days,
            f"{entry.set_by} {entry.program}".strip(),
            entry.rule or "-",
            all_in_words(entry.conditions) or "every message",
        )
    )


def test_the_register_says_of_each_script_what_it_does() -> None:
    assert "\n".join(lines()) + "\n" == TABLE.read_text(encoding="utf-8")


def test_many_manners_of_writing_are_known() -> None:
    assert len(stems()) >= 40


if __name__ == "__main__":
    TABLE.write_text("\n".join(lines()) + "\n", encoding="utf-8")
