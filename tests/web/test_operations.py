"""What programs ask that watch the service, and who is told."""

import pytest

from sieve_manager.application.readiness import Readiness
from sieve_manager.errors import StorageError
from tests.web.world import ANNA, World


def test_a_process_that_answers_is_alive_also_without_its_database() -> None:
    world = World()
    world.app.extensions["sieve_manager"].readiness = broken()
    answer = world.browser(None).get("/healthz")
    assert (answer.status_code, answer.json) == (200, {"status": "ok"})


def broken() -> Readiness:
    def fail() -> None:
        raise StorageError("password=hunter2 host=db.example.com")

    return Readiness(checks={"database": fail, "mail_server": lambda: None})


def test_ready_says_which_part_does_not_answer_and_nothing_about_it() -> None:
    world = World()
    assert world.browser(None).get("/readyz").status_code == 200
    world.app.extensions["sieve_manager"].readiness = broken()
    answer = world.browser(None).get("/readyz")
    assert answer.status_code == 503
    assert answer.json == {"status": "not ready", "database": "StorageError", "mail_server": "ok"}
    assert answer.headers["Cache-Control"] == "no-store"


def metrics(world: World, address: str, **headers: str) -> int:
    client = world.app.test_client()
    environ = {"REMOTE_ADDR": address}
    return client.get("/metrics", environ_base=environ, headers=headers).status_code


@pytest.mark.parametrize(
    ("allow", "address", "status"),
    [
        (None, "127.0.0.1", 200),
        (None, "::1", 200),
        (None, "192.0.2.7", 403),
        (["192.0.2.0/24"], "192.0.2.7", 200),
        (["192.0.2.0/24"], "127.0.0.1", 403),
        (["192.0.2.0/24"], "", 403),
        ([], "127.0.0.1", 403),
    ],
)
def test_the_numbers_are_for_the_configured_networks(
    allow: list[str] | None, address: str, status: int
) -> None:
    world = World(metrics=None if allow is None else {"allow": allow})
    assert metrics(world, address) == status


def test_behind_a_proxy_the_visitors_address_counts() -> None:
    world = World(web={"trusted_proxies": ["127.0.0.1"]})
    assert metrics(world, "127.0.0.1", **{"X-Forwarded-For": "192.0.2.7"}) == 403
    assert metrics(world, "127.0.0.1", **{"X-Forwarded-For": "127.0.0.1"}) == 200


def test_behind_a_proxy_that_is_not_trusted_nobody_reads_them() -> None:
    assert metrics(World(), "127.0.0.1", **{"X-Forwarded-For": "127.0.0.1"}) == 403


def test_requests_sign_ins_and_saves_are_counted_without_a_name() -> None:
    world = World()
    browser = world.browser(None)
    browser.sign_in(ANNA, "wrong")
    browser = world.browser(ANNA)
    browser.save()
    browser.get("/nowhere")
    page = browser.get("/metrics").text
    assert 'sieve_manager_requests_total{endpoint="sign_in.enter",status="401"} 1.0' in page
    assert 'sieve_manager_requests_total{endpoint="none",status="404"} 1.0' in page
    assert 'sieve_manager_sign_ins_total{outcome="refused",way="password"} 1.0' in page
    assert 'sieve_manager_sign_ins_total{outcome="done",way="password"} 1.0' in page
    assert 'sieve_manager_saves_total{outcome="saved"} 1.0' in page
    assert "anna" not in page
    assert "example" not in page
