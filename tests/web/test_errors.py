"""Each error is a page: what happened, whether anything changed, what to do."""

from collections.abc import Callable

import pytest

from sieve_manager import errors
from sieve_manager.errors import Outcome, Quota, SaveFailedError, SieveManagerError
from tests.web.world import World


def leaves(kind: type[SieveManagerError]) -> list[type[SieveManagerError]]:
    """The whole tree, so that a new class must be given words."""
    return [kind] + [leaf for one in kind.__subclasses__() for leaf in leaves(one)]


def made(kind: type[SieveManagerError]) -> SieveManagerError:
    special: dict[type[SieveManagerError], Callable[[], SieveManagerError]] = {
        errors.InvalidInputError: lambda: errors.InvalidInputError("This is “{x}”.", x="wrong"),
        errors.SettingsError: lambda: errors.SettingsError("web.title", "no"),
        errors.PolicyRefusedError: lambda: errors.PolicyRefusedError(["no"]),
        errors.NotAllowedError: lambda: errors.NotAllowedError(
            "Only “{who}”.", code="act-outside", facts={"who": "others"}
        ),
        errors.QuotaError: lambda: errors.QuotaError("no", quota=Quota.STORAGE),
        errors.FolderError: lambda: errors.FolderError("no", folder="Archive"),
        SaveFailedError: lambda: SaveFailedError(
            step="put", outcome=Outcome.UNCHANGED, cause=errors.ScriptRefusedError("no")
        ),
    }
    return special.get(kind, lambda: kind("internal words"))()


ALL = sorted(leaves(SieveManagerError)[1:], key=lambda kind: kind.__name__)


def after(error: BaseException, monkeypatch: pytest.MonkeyPatch) -> tuple[int, str]:
    """The page of an owner whose look at the mailbox ends in *error*."""
    world = World()
    browser = world.browser()

    def fail(_self: object, _access: object) -> None:
        raise error

    monkeypatch.setattr(type(world.forwards), "overview", fail)
    page = browser.get("/")
    return page.status_code, browser.words()


@pytest.mark.parametrize("kind", ALL, ids=lambda kind: kind.__name__)
def test_every_error_of_the_tree_says_what_happened_what_changed_and_what_to_do(
    kind: type[SieveManagerError], monkeypatch: pytest.MonkeyPatch
) -> None:
    status, words = after(made(kind), monkeypatch)
    assert 400 <= status < 600
    assert status != 500, "foreseen"
    assert "othing was changed" in words or "Nothing was changed" in words
    assert "internal words" not in words
    assert "Server error" not in words


@pytest.mark.parametrize(
    ("outcome", "words"),
    [
        (Outcome.UNCHANGED, "the mail server has what was there before"),
        (Outcome.SAVED, "Your change is saved"),
        (Outcome.UNKNOWN, "We could not find out whether your change was saved"),
    ],
)
@pytest.mark.parametrize("step", ["read", "check", "room", "put", "activate", "delete", "verify"])
def test_a_failed_save_names_the_step_and_what_is_on_the_server_now(
    outcome: Outcome, words: str, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    cause = errors.UnreachableError("no")
    error = SaveFailedError(step=step, outcome=outcome, cause=cause)
    status, page = after(error, monkeypatch)
    assert status == 503
    assert words in page
    assert "It stopped while" in page
    assert ("Your change was not saved" in page) is (outcome is Outcome.UNCHANGED)


def test_the_servers_own_words_are_shown_where_it_refused_the_script(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    cause = errors.ScriptRefusedError("no", server_text='line 3: error: unknown command "<b>"')
    error = SaveFailedError(step="check", outcome=Outcome.UNCHANGED, cause=cause)
    status, page = after(error, monkeypatch)
    assert status == 422
    assert 'What the mail server said line 3: error: unknown command "<b>"' in page


@pytest.mark.parametrize("quota", Quota)
def test_each_quota_says_which(quota: Quota, monkeypatch: pytest.MonkeyPatch) -> None:
    status, page = after(errors.QuotaError("no", quota=quota), monkeypatch)
    assert status == 409
    assert "No room on the mail server" in page


def test_a_mistake_of_ours_is_a_page_too(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World()
    browser = world.browser()
    world.app.testing = False
    world.app.config["PROPAGATE_EXCEPTIONS"] = False
    monkeypatch.setattr(type(world.forwards), "overview", lambda _self, _access: 1 / 0)
    page = browser.get("/")
    assert page.status_code == 500
    assert "This program made a mistake" in browser.words()
    assert "ZeroDivision" not in page.text


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/nowhere", 404), ("PUT", "/help", 405), ("GET", "/sign-out", 405)],
)
def test_an_address_or_method_that_is_not_there_is_a_page(
    method: str, path: str, status: int
) -> None:
    browser = World().browser(None)
    browser.page = browser.client.open(path, method=method)
    assert browser.page.status_code == status
    assert "Nothing was changed." in browser.words()


def test_too_much_is_refused_with_a_page() -> None:
    browser = World().browser()
    browser.get("/forward")
    answer = browser.post("/forward", to="x" * 300_000)
    assert answer.status_code == 413
    assert "That is too much" in browser.words()


def test_a_form_with_a_stale_token_is_there_again_with_what_was_typed() -> None:
    world = World()
    browser = world.browser()
    browser.get("/forward")
    page = browser.client.post(
        "/forward/save", data={"csrf_token": "stale", "to": "carla@example.net", "note": "ticket 7"}
    )
    assert page.status_code == 400
    assert "open too long, and nothing was changed" in page.text
    assert 'value="carla@example.net"' in page.text
    assert 'value="ticket 7"' in page.text
    assert not world.scripts()


@pytest.mark.parametrize("path", ["/forward/save", "/sign-in", "/history/1/undo"])
def test_a_form_of_which_the_browser_hides_the_page_is_refused_by_that_name(path: str) -> None:
    world = World()
    browser = world.browser(None if path == "/sign-in" else "anna@example.com")
    browser.get("/sign-in" if path == "/sign-in" else "/forward")
    form = {"csrf_token": browser.hidden()["csrf_token"], "to": "carla@example.net"}
    page = browser.client.post(path, data=form, base_url="https://localhost")
    assert page.status_code == 400
    assert "did not say which page this form comes from" in page.text
    assert not world.scripts()


def test_a_stale_sign_in_form_is_shown_again() -> None:
    browser = World().browser(None)
    browser.page = browser.client.post("/sign-in", data={"login": "anna", "password": "x"})
    assert browser.page.status_code == 400
    assert "Please try again." in browser.words()
    assert 'value="anna"' in browser.page.text


def test_a_preview_that_fails_explains_itself_in_its_place(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = World()
    browser = world.browser()
    browser.get("/forward")

    def fail(_self: object, *_: object) -> None:
        raise errors.UnreachableError("no")

    monkeypatch.setattr(type(world.forwards), "plan_set", fail)
    page = browser.post("/forward/preview", to="a@example.com", copy="inbox", timezone="UTC")
    assert page.status_code == 200, "htmx shows nothing else"
    assert "The mail server cannot be reached." in page.text
    assert "<html" not in page.text
