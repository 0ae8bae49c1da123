"""The import rules: data flows one way, and the inner rooms know nothing of the outside."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FILES = sorted(path for room in ("sieve_manager", "web") for path in (ROOT / room).rglob("*.py"))
CORE = "errors domain policy sieve managesieve application"

# Room: what of ours it may import besides itself.
OURS = {
    "sieve_manager": "",
    "errors": "",
    "domain": "errors",
    "policy": "domain errors",
    "sieve": "domain errors",
    "managesieve": "domain.scripts domain.capabilities errors",
    "application": CORE,
    "adapters": "application domain managesieve errors",
    "settings": "policy domain errors",
    "bootstrap": f"{CORE} adapters settings",
    "demo": f"{CORE} adapters settings bootstrap",
    "cli": "bootstrap application domain policy.findings settings errors demo",
    "web": "bootstrap application domain policy.findings settings errors",
    "web.demo": "web bootstrap demo errors",
}
# Room or file: the packages it may import; adapters and demo may import any.
PACKAGES = {
    "domain.addresses": "email_validator idna",
    "sieve": "sievelib",
    "settings": "pydantic pydantic_core pydantic_settings",
    "cli": "click rich",
    "web": "babel cryptography flask flask_babel flask_wtf markupsafe pygments pydantic werkzeug"
    " wtforms",
}
PURE = {"errors", "domain", "policy", "sieve"}
INPUT_OR_OUTPUT = {"asyncio", "os", "pathlib", "shutil", "socket", "sqlite3", "ssl", "subprocess"}
MAY_ASK_FOR_THE_TIME = {"adapters", "bootstrap", "demo", "cli", "web"}
SAME_PACKAGE = {"psycopg": "sqlalchemy", "alembic": "sqlalchemy"}
SAME_PACKAGE |= {"joserfc": "authlib", "requests": "authlib"}


def name_of(path: Path) -> str:
    """Return the module's name without ``sieve_manager.``: ``domain.addresses``."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(part for part in parts if part != "__init__").removeprefix("sieve_manager.")


def room_of(module: str) -> str:
    """Return the room; ``settings_sections`` belongs to ``settings``, an adapter is its own."""
    parts = module.split(".")
    if parts[0] == "adapters":
        return ".".join(parts[:2])
    return module if module == "web.demo" else re.sub("^(settings|bootstrap)_.*", r"\1", parts[0])


def imports_of(tree: ast.AST) -> Iterator[str]:
    """Yield every module that is imported, in full."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            module = node.module or ""
            whole = module in {"sieve_manager", "web"}
            yield from (f"{module}.{alias.name}" for alias in node.names) if whole else (module,)


def forbidden(module: str, imported: str) -> str:
    """Return why *module* must not import *imported*, or nothing."""
    room, kind = room_of(module), room_of(module).split(".")[0]
    top, target = imported.split(".")[0], imported.removeprefix("sieve_manager.")
    if top in {"sieve_manager", "web"}:
        allowed = [room, *OURS.get(room, OURS[kind]).split()]
        target = re.sub("^(settings|bootstrap)_.*", r"\1", target)
        if not any(f"{target}.".startswith(f"{name}.") for name in allowed):
            return f"{module} imports {target}; {room} may import only {allowed}"
    elif top in sys.stdlib_module_names:
        if kind in PURE and top in INPUT_OR_OUTPUT:
            return f"{module} imports {top}; {room} does no input or output"
    elif (
        kind in {"adapters", "demo"} or top in PACKAGES.get(module, PACKAGES.get(kind, "")).split()
    ):
        return ""
    else:
        return f"{module} imports {top}; a package belongs behind a port, in adapters/"
    return ""


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_a_file_imports_only_what_its_room_may(path: Path) -> None:
    module, tree = name_of(path), ast.parse(path.read_text(encoding="utf-8"))
    imported = set(imports_of(tree))
    assert [why for name in sorted(imported) if (why := forbidden(module, name))] == []
    outside = {name.split(".")[0] for name in imported} - set(sys.stdlib_module_names)
    packages = {SAME_PACKAGE.get(name, name) for name in outside - {"sieve_manager", "web"}}
    if module.startswith("adapters"):
        assert len(packages) <= 1, "an adapter stands on one package; split the file"
    if room_of(module).split(".")[0] not in MAY_ASK_FOR_THE_TIME:
        asked = [ast.unparse(node) for node in ast.walk(tree) if isinstance(node, ast.Call)]
        times = {"datetime.now(UTC)", "datetime.now()", "datetime.utcnow()", "date.today()"}
        assert not times & set(asked), "take a Clock or an instant as an argument"


@pytest.mark.parametrize(
    ("module", "imported"),
    [
        ("domain.forward", "socket"),
        ("domain.forward", "email_validator"),
        ("policy.review", "sieve_manager.sieve.compile"),
        ("application.plan", "sieve_manager.adapters.memory"),
        ("adapters.memory", "sieve_manager.adapters.mailer"),
        ("web.forward", "sieve_manager.policy.policy"),
        ("web.forward", "sieve_manager.demo.stage"),
        ("bootstrap", "web"),
    ],
)
def test_a_forbidden_import_is_seen(module: str, imported: str) -> None:
    assert forbidden(module, imported)


def test_pages_and_commands_need_no_optional_package() -> None:
    hidden = "".join(f"sys.modules['{package}'] = None\n" for package in ("aiosmtpd", "ldap3"))
    code = f"import sys\n{hidden}import web.long_running, sieve_manager.cli"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
