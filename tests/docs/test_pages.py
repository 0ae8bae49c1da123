"""The documentation holds together, and what it shows can be used as it stands."""

import re
import subprocess
import tomllib
from pathlib import Path

import pytest

from sieve_manager import errors
from sieve_manager.adapters.database import throttle
from sieve_manager.cli.exit_codes import exit_code
from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.domain.forward import Copy, Forward
from sieve_manager.domain.schedule import Period
from sieve_manager.domain.scripts import Script, ScriptListing, ScriptName, ScriptSet
from sieve_manager.policy.policy import DEFAULT_SPAM_HEADERS
from sieve_manager.settings import load_settings, sections
from sieve_manager.sieve.compile import CompileOptions
from sieve_manager.sieve.compose import Layout, compose
from sieve_manager.sieve.grammar import parse
from sieve_manager.sieve.read_back import read_back
from tests.docs.pages import DOCS, ROOT, Block, anchors, blocks, links, name_of, navigation, pages

EXTENSIONS = frozenset({"copy", "fileinto", "include", "mailbox", "variables"})


def _active(text: str) -> ScriptSet:
    name = ScriptName("my-filters")
    return ScriptSet(
        listing=ScriptListing(names=(name,), active=name),
        scripts=(Script(name=name, octets=text.encode()),),
    )


BEFORE = {
    Layout.OWN: ScriptSet(listing=ScriptListing()),
    Layout.INSIDE: _active(
        'require ["fileinto"];\n# rule:[Invoices]\nif header :contains "subject" "invoice"\n'
        '{\n\tfileinto "Invoices";\n}\n'
    ),
    Layout.INCLUDE: _active('require ["variables"];\nset "old" "2026";\n'),
}
REFERENCE = (DOCS / "reference/errors.md").read_text(encoding="utf-8")


def place(block: Block) -> str:
    return f"{block.page}:{block.code.strip().splitlines()[0][:30]}"


@pytest.mark.parametrize("source", [*pages(), ROOT / "README.md"], ids=lambda path: path.name)
def test_every_link_leads_somewhere(source: Path) -> None:
    broken = []
    for link in links(source):
        path, _sign, anchor = link.partition("#")
        target = (source.parent / path).resolve() if path else source
        if not target.exists() or (anchor and anchor not in anchors(target)):
            broken.append(link)
    assert not broken, f"{source.name}: these links lead nowhere"


def test_every_page_is_in_the_navigation_once() -> None:
    assert sorted(navigation()) == sorted(name_of(page) for page in pages()), (
        "list new pages under nav: in mkdocs.yml"
    )


def test_every_page_begins_with_its_title() -> None:
    for page in pages():
        assert page.read_text(encoding="utf-8").startswith("# "), name_of(page)


@pytest.mark.parametrize("block", blocks("toml"), ids=place)
def test_every_configuration_is_accepted(
    block: Block, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    values = tomllib.loads(block.code)
    for section, keys in values.items():
        assert set(keys) <= set(sections()[section].model_fields), f"[{section}]"
    if "managesieve" not in values:
        return
    file = tmp_path / "secret"
    file.write_text("0123456789abcdef" * 4, encoding="utf-8")
    (tmp_path / "logo.svg").write_text("<svg/>", encoding="utf-8")
    text = re.sub(r'(?m)^(\w*file) = ".*"$', rf'\1 = "{file}"', block.code)
    text = re.sub(r'(?m)^logo = ".*"$', f'logo = "{tmp_path}/logo.svg"', text)
    config = tmp_path / "config.toml"
    config.write_text(text, encoding="utf-8")
    monkeypatch.delenv("SIEVE_MANAGER_CONFIG", raising=False)
    load_settings(config)


@pytest.mark.parametrize("block", blocks("sieve"), ids=place)
def test_every_script_can_be_read(block: Block) -> None:
    octets = block.code.encode()
    assert parse(octets) is not None
    ours = read_back(octets)
    assert not ours.changed + ours.case_changed
    assert bool(ours.forward) == ("Sieve Manager: forward" in block.code)
    assert bool(ours.handover) == ("Sieve Manager: case" in block.code)


@pytest.mark.parametrize("layout", Layout)
def test_the_layouts_are_shown_as_they_are_written(layout: Layout) -> None:
    shown = [one.code for one in blocks("sieve") if one.page == "explanation/life-of-a-script.md"]
    forward = Forward(
        destinations=(EmailAddress.parse("successor@example.com"),),
        copy=Copy.parse("folder:Post ${old}" if layout is Layout.INCLUDE else "inbox"),
        period=Period(timezone="Europe/Zurich"),
    )
    options = CompileOptions(extensions=EXTENSIONS, spam_headers=DEFAULT_SPAM_HEADERS)
    desired = compose(BEFORE[layout], forward, options)
    assert desired.layout is layout
    assert desired.puts[0].octets.decode().replace("\r\n", "\n") in shown


@pytest.mark.parametrize("block", blocks("sieve"), ids=place)
def test_every_script_compiles_on_dovecot(block: Block, tmp_path: Path) -> None:
    script = tmp_path / "script.sieve"
    script.write_text(block.code, encoding="utf-8")
    settings = tmp_path / "dovecot.conf"
    settings.write_text(
        "ssl = no\nmail_location = maildir:~\n"
        f"plugin {{\n sieve = file:{tmp_path}/scripts;active={tmp_path}/active\n}}\n",
        encoding="utf-8",
    )
    (tmp_path / "scripts").mkdir()
    done = subprocess.run(
        ["sievec", "-c", settings, script], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_the_settings_of_dovecot_are_accepted_by_dovecot(tmp_path: Path) -> None:
    (guide,) = {block.page for block in blocks("dovecot")}
    settings = tmp_path / "dovecot.conf"
    text = "\n".join(block.code for block in blocks("dovecot") if block.page == guide)
    settings.write_text(f"ssl = no\n{text}", encoding="utf-8")
    done = subprocess.run(
        ["doveconf", "-n", "-c", settings], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "submission_host = 127.0.0.1:25" in done.stdout


def test_every_error_is_explained() -> None:
    tree = [errors.SieveManagerError]
    for kind in tree:
        tree += kind.__subclasses__()
    abstract = {errors.SieveManagerError, errors.ServerError}
    missing = {
        kind.__name__
        for kind in tree
        if kind not in abstract
        and kind.__module__ == errors.__name__
        and f"`{kind.__name__}`" not in REFERENCE
    }
    assert not missing, "explain these in docs/reference/errors.md"


def test_every_error_ends_the_command_line_as_the_table_says() -> None:
    rows = re.findall(r"^\| ((?:`\w+Error`(?:, )?)+) \|.*\| (\d) \|$", REFERENCE, re.MULTILINE)
    said = {name: int(code) for names, code in rows for name in re.findall(r"\w+", names)}
    kinds = {name: getattr(errors, name) for name in said}
    assert "SignInRefusedError" in said
    assert said == {name: exit_code(kind.__new__(kind)) for name, kind in kinds.items()}


def test_every_step_and_outcome_of_a_save_is_explained() -> None:
    publish = (ROOT / "sieve_manager/application/publish.py").read_text(encoding="utf-8")
    steps = set(re.findall(r'(?:_step\(|return )"(\w+)"', publish))
    assert "put" in steps
    words = steps | {outcome.value for outcome in errors.Outcome}
    assert {word for word in words if f"`{word}`" not in REFERENCE} == set()


def test_every_finding_is_explained_and_no_other() -> None:
    call = re.compile(r'(?<!\.)\b(refuse|warn|inform|say)\(\s*"([a-z][a-z-]+)"')
    codes = set()
    for room in ("policy", "application"):
        for module in (ROOT / "sieve_manager" / room).glob("*.py"):
            # What `check` merely informs of explains itself.
            of_check = module.stem in ("acting", "examination") or "checking" in module.stem
            for kind, code in call.findall(module.read_text(encoding="utf-8")):
                if not (of_check and kind == "inform"):
                    codes.add(code)
    for module in (ROOT / "sieve_manager/sieve").glob("*.py"):
        codes |= set(re.findall(r'code="([a-z-]+)"', module.read_text(encoding="utf-8")))
    assert "own-address" in codes
    documented = re.findall(r"^\| `([a-z-]+)` \| (?:refuse|warn|info) ", REFERENCE, re.MULTILINE)
    assert set(documented) == codes


def test_the_numbers_about_guessing_are_those_of_the_code() -> None:
    guide = (DOCS / "explanation/security.md").read_text(encoding="utf-8")
    free = re.findall(r"^\| (Account|Address)\b[^|]*\| (\d+) \|", guide, re.MULTILINE)
    assert {kind: int(count) for kind, count in free} == {
        "Account": throttle.FREE_FAILURES_ACCOUNT,
        "Address": throttle.FREE_FAILURES_ADDRESS,
    }
    assert f"failures in {throttle.WINDOW_SECONDS / 60:g} minutes" in guide
    assert throttle.LONGEST_WAIT_SECONDS == 120
    assert "to 2 minutes" in guide


def test_what_troubleshooting_quotes_is_what_the_pages_say() -> None:
    guide = (DOCS / "how-to/troubleshooting.md").read_text(encoding="utf-8")
    catalogue = (ROOT / "web/translations/en.po").read_text(encoding="utf-8")
    said = catalogue.replace('"\n"', "").replace("{sign}", "*")
    quoted = re.findall(r'\*\*"([^"]+)"', guide)
    assert len(quoted) > 5
    assert [one for one in quoted if one.rstrip(".") not in said] == []


def test_nothing_is_loaded_from_another_host() -> None:
    site = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    assert "font: false" in site
    assert "://" not in site
    for page in pages():
        assert not re.search(r"!\[[^]]*\]\(\w+://|<(?:img|script|link)\b", page.read_text("utf-8"))
