"""``directory``: fill the table from a file, or say what is wrong with it; look somebody up."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from sieve_manager.adapters.database.directory import DatabaseDirectory
from sieve_manager.cli import main
from sieve_manager.cli.door import Door
from sieve_manager.domain.mailboxes import Login
from sieve_manager.domain.people import Person

Run = Callable[..., Result]
FILE = """login;name;address;aliases;manager;groups;language
anna;"Muster, Anna";anna@example.com;"am@example.org, a@example.org";bruno;"Staff;Geneva";fr
bruno;Bruno Keller;bruno@example.com;;;Staff;
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Two people, as a spreadsheet writes them."""
    path = tmp_path / "people.csv"
    path.write_text(FILE, encoding="utf-8-sig")
    return path


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Call the command with a directory of *kind*."""

    def called(*line: str, kind: str = "table", terminal: bool = False, typed: str = "") -> Result:
        config = tmp_path / "config.toml"
        config.write_text(
            '[managesieve]\nhost = "localhost"\n'
            f'[database]\nurl = "sqlite:///{tmp_path}/sieve-manager.db"\n'
            f'[directory]\nkind = "{kind}"\n'
        )
        door = Door(config=config, has_terminal=lambda: terminal)
        return CliRunner().invoke(main, ["directory", *line], obj=door, input=typed)

    return called


def logins(run: Run, text: str) -> list[str]:
    found = json.loads(run("search", text, "--json").stdout)
    return [person["login"] for person in found["people"]]


def test_an_import_says_what_changes_and_asks(run: Run, file: Path) -> None:
    result = run("import", str(file), terminal=True, typed="y\n")
    assert result.exit_code == 0, result.output
    assert result.stdout.splitlines() == ["2 new, 0 changed, 0 gone, 0 as before.", "Imported."]
    file.write_text(FILE.replace("Keller", "Koller").replace("anna;", "annette;"))
    result = run("import", str(file), "--yes")
    assert "1 new, 1 changed, 1 gone, 0 as before." in result.stdout
    assert logins(run, "muster") == ["annette"]
    assert "There is nothing to change." in run("import", str(file)).stdout


@pytest.mark.parametrize(
    ("terminal", "typed", "status"), [(True, "n\n", 1), (False, "", 2)], ids=["no", "nobody"]
)
def test_without_a_yes_nothing_is_imported(
    run: Run, file: Path, terminal: bool, typed: str, status: int
) -> None:
    result = run("import", str(file), terminal=terminal, typed=typed)
    assert result.exit_code == status
    assert logins(run, "anna") == []


def test_a_file_with_wrong_lines_names_each_and_changes_nothing(run: Run, file: Path) -> None:
    run("import", str(file), "--yes")
    file.write_text('login,name,address\nanna,"a\n\x1b[2J",x\nb b,,\nbruno,,anna@example.com\n')
    result = run("import", str(file), "--yes")
    assert result.exit_code == 2
    assert result.stdout == ""
    said = result.stderr.splitlines()
    assert said[0].startswith("line 2, column 2 (name): A name has at most 255 characters")
    assert said[1].startswith("line 2, column 3 (address): “x” is not a complete mail address")
    assert said[2].startswith("line 4, column 1 (login): ")
    assert said[3] == "Nothing was imported: 3 things in the file cannot be used."
    assert logins(run, "example") == ["bruno", "anna"]


def test_text_of_the_file_does_not_steer_the_terminal(run: Run, file: Path) -> None:
    file.write_text('login,language\nanna,"\x1b[2J\nImported."\n')
    said = run("import", str(file)).stderr
    assert "\x1b" not in said
    assert len(said.splitlines()) == 2


def test_of_very_many_problems_the_first_are_shown(run: Run, file: Path) -> None:
    file.write_text("login\n" + "a b\n" * 300)
    said = run("import", str(file)).stderr.splitlines()
    assert said[-3].startswith("line 201, ")
    assert said[-2:] == [
        "... and 100 more.",
        "Nothing was imported: 300 things in the file cannot be used.",
    ]


def test_a_directory_that_changed_while_the_question_stood_is_left_alone(
    run: Run, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    planned = DatabaseDirectory.plan

    def plan_and_be_late(self: DatabaseDirectory, people: list[Person]) -> object:
        plan = planned(self, people)
        self.apply(planned(self, [Person(login=Login("carla"), name="Carla")]))
        return plan

    monkeypatch.setattr(DatabaseDirectory, "plan", plan_and_be_late)
    result = run("import", str(file), "--yes")
    assert result.exit_code == 4
    assert "Nothing was changed" in result.stderr
    assert logins(run, "carla") == ["carla"]
    assert logins(run, "anna") == []


def test_an_import_needs_the_table(run: Run, file: Path) -> None:
    result = run("import", str(file), kind="none")
    assert result.exit_code == 2
    assert 'kind = "table"' in result.stderr


def test_a_file_that_is_not_there_is_named(run: Run, tmp_path: Path) -> None:
    result = run("import", f"{tmp_path}/gone.csv")
    assert result.exit_code == 2
    assert "gone.csv cannot be read: No such file" in result.stderr


def test_a_search_shows_people_as_a_table_or_as_json(run: Run, file: Path) -> None:
    run("import", str(file), "--yes")
    shown = run("search", "mus", "anna").stdout
    assert "Muster, Anna" in shown
    assert "Geneva, Staff" in shown
    assert "Bruno" not in shown
    assert json.loads(run("search", "muster", "--json").stdout) == {
        "people": [
            {
                "login": "anna",
                "name": "Muster, Anna",
                "address": "anna@example.com",
                "aliases": ["am@example.org", "a@example.org"],
                "manager": "bruno",
                "groups": ["Geneva", "Staff"],
                "language": "fr",
            }
        ]
    }
    assert run("search", "zoe").stdout == "Nobody was found.\n"
    assert run("search").exit_code == 2
