"""The installation of Debian packages, played with stand-ins for apt and dpkg."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parent.parent / "scripts" / "install-debian-packages"
ARRIVAL = "etc/systemd/system/multi-user.target.wants/newcomer.service"
VETERAN = "etc/systemd/system/multi-user.target.wants/veteran.service"


class Machine:
    """A directory that plays /, and commands of ours in front of the real ones."""

    def __init__(self, directory: Path) -> None:
        self.root = directory / "root"
        self.commands = directory / "bin"
        self.log = directory / "apt.log"
        self.commands.mkdir()
        for name in (VETERAN, "usr/sbin/policy-rc.d", "etc/rc2.d/S01veteran", "run/x"):
            (self.root / name).parent.mkdir(parents=True, exist_ok=True)
        (self.root / VETERAN).symlink_to("/lib/systemd/system/veteran.service")
        (self.root / "etc/rc2.d/S01veteran").symlink_to("../init.d/veteran")
        self.command("dpkg-query", "exit 1")
        self.command("id", "echo 0")
        self.command("pidof", "exit 1")
        self.plays("Inst newcomer (1.0 Debian:12 [amd64])")

    def command(self, name: str, body: str) -> None:
        (self.commands / name).write_text(f"#!/bin/sh\n{body}\n")
        (self.commands / name).chmod(0o755)

    def plays(self, simulation: str) -> None:
        """Let apt-get print *simulation*, and on installation enable a service."""
        self.command(
            "apt-get",
            f"""echo "$@" >>{self.log}
            case " $* " in
            *" --download-only "*) ;;
            *" -s "*) echo '{simulation}' ;;
            *" install "*)
                ! {self.root}/usr/sbin/policy-rc.d || echo "may start" >>{self.log}
                ln -s /lib/newcomer {self.root}/{ARRIVAL}
                ln -s ../init.d/newcomer {self.root}/etc/rc2.d/S01newcomer ;;
            esac""",
        )

    def run(self) -> subprocess.CompletedProcess[str]:
        path = f"{self.commands}:{os.environ['PATH']}"
        return subprocess.run(
            [SCRIPT, "newcomer"],
            env={"PATH": path, "DEBIAN_ROOT": str(self.root)},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )

    def installed(self) -> bool:
        lines = self.log.read_text().splitlines() if self.log.exists() else []
        rehearsals = (" --download-only ", " -s ")
        return any(
            " install " in line and not any(word in line for word in rehearsals) for line in lines
        )


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Machine]:
    return Machine(tmp_path)


def test_nothing_is_done_when_all_is_there(machine: Machine) -> None:
    machine.command("dpkg-query", "printf installed")
    done = machine.run()
    assert (done.returncode, done.stderr, machine.log.exists()) == (0, "", False)


def test_what_arrives_is_named_and_neither_started_nor_enabled(machine: Machine) -> None:
    done = machine.run()
    assert done.returncode == 0
    assert "packages to install: newcomer" in done.stderr
    assert machine.installed()
    assert "may start" not in machine.log.read_text()
    assert not (machine.root / ARRIVAL).is_symlink()
    services = sorted(path.name for path in (machine.root / "etc/rc2.d").iterdir())
    assert services == ["K01newcomer", "S01veteran"]
    assert (machine.root / VETERAN).is_symlink()
    assert not (machine.root / "usr/sbin/policy-rc.d").exists()


def test_the_policy_of_the_administrator_is_put_back(machine: Machine) -> None:
    policy = machine.root / "usr/sbin/policy-rc.d"
    policy.write_text("#!/bin/sh\nexit 0\n")
    policy.chmod(0o755)
    machine.run()
    assert "may start" not in machine.log.read_text()
    assert policy.read_text() == "#!/bin/sh\nexit 0\n"
    assert [path.name for path in policy.parent.iterdir()] == ["policy-rc.d"]


def test_a_service_is_not_upgraded_on_the_way(machine: Machine) -> None:
    machine.plays("Inst veteran [1.0] (2.0 Debian:12 [amd64])")
    machine.command("dpkg", "echo /lib/systemd/system/veteran.service")
    done = machine.run()
    assert done.returncode == 1
    assert "veteran would have to be upgraded" in done.stderr
    assert not machine.installed()


def test_a_mail_server_in_use_gets_no_new_module(machine: Machine) -> None:
    machine.plays("Inst dovecot-managesieved (2.3 Debian:12 [amd64])")
    machine.command("dpkg-query", '[ "$4" != dovecot-core ] || printf installed')
    machine.command("pidof", '[ "$2" = dovecot ]')
    machine.command("systemctl", "true")
    done = machine.run()
    assert done.returncode == 1
    assert "dovecot is in use on this machine" in done.stderr
    assert not machine.installed()


def test_a_removal_is_refused(machine: Machine) -> None:
    machine.command("apt-get", "echo 'E: Packages need to be removed'; exit 100")
    done = machine.run()
    assert done.returncode == 1
    assert "Packages need to be removed" in done.stderr
    assert "would remove or replace others" in done.stderr


def test_without_sudo_an_ordinary_user_is_told_what_root_should_run(machine: Machine) -> None:
    machine.command("id", "echo 1000")
    machine.command("sudo", 'echo "asked: $*" >&2')
    done = machine.run()
    assert "With sudo, these Debian packages will be installed: newcomer" in done.stderr
    assert f"asked: {SCRIPT} newcomer" in done.stderr


def test_what_is_unpacked_is_downloaded_once_and_again_with_fresh_lists(
    machine: Machine, tmp_path: Path
) -> None:
    log, target = machine.log, tmp_path / "unpacked"
    machine.command("apt-cache", "printf 'newcomer:\\n  Candidate: 1.0\\n'")
    machine.command("dpkg-deb", 'echo content >"$3/file"')
    # The first download finds the lists too old; the second, after the update, succeeds.
    machine.command(
        "apt-get",
        f"""echo "$@" >>{log}
        case " $* " in *" download "*) grep -q update {log} && touch newcomer.deb ;; esac""",
    )

    def unpack() -> int:
        return subprocess.run(
            [SCRIPT.with_name("unpack-debian-packages"), target, "newcomer"],
            env={"PATH": f"{machine.commands}:{os.environ['PATH']}"},
            capture_output=True,
            check=False,
        ).returncode

    assert unpack() == 0
    assert (target / "file").read_text() == "content\n"
    calls = log.read_text()
    assert calls.count("download") == 2
    assert unpack() == 0
    assert log.read_text() == calls
