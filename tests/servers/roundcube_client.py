"""An owner in front of Roundcube's pages: filters, filter sets, forward and vacation."""

import html
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Self
from urllib.parse import urlencode

from tests.servers.page_client import Form, Page, PageClient, Pairs

Action = Mapping[str, str]

# Text areas of one value a line, which Roundcube's JavaScript turns into a list of fields.
_LISTS = re.compile(
    r"(_custom_header|_custom_var|_rule_target|_rule_mime_param|_action_addresses"
    r"|_action_flags|_action_notifyoption)\[\d+\]|vacation_addresses"
)
_ROW = re.compile(r'<tr id="rcmrow(\w+)"(?: class="([^"]*)")?[^>]*><td[^>]*>(.*?)</td>')
_MESSAGE = re.compile(r'display_message\("((?:[^"\\]|\\.)*)","(\w+)"')
_ROW_NUMBER = re.compile(r"_(\d)$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """A filter as Roundcube lists it."""

    name: str
    enabled: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ForwardPage:
    """What Roundcube's own forward page shows; *copy* where it says "send a copy"."""

    target: str
    on: bool
    copy: bool


class RoundcubeClient:
    """One owner, signed in."""

    def __init__(self, base_url: str, login: str, password: str) -> None:
        self._pages = PageClient(base_url)
        form = self._pages.get("/?_task=login").forms[0]
        page = self._pages.submit(form, _user=login, _pass=password)
        assert "Logout" in page.words, page.words
        self._token = dict(self._form("-forward").pairs)["_token"]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *arguments: object) -> None:
        self._pages.__exit__(*arguments)

    def filters(self) -> list[Filter]:
        """The filters of the active set, in order."""
        return list(self._rows("filterslist").values())

    def add(self, name: str, subject: str, *actions: Action) -> None:
        """Make a filter for messages with *subject* in theirs."""
        form = self._form("-action", _framed="1")
        row = [(field, value) for field, value in form.pairs if field.endswith("[0]")]
        row = [(field, value) for field, value in row if field.startswith("_action_")]
        pairs = [pair for pair in form.pairs if pair not in row]
        for number, action in enumerate(actions):
            fields = [(field.replace("[0]", f"[{number}]"), value) for field, value in row]
            values = {f"_action_{part}[{number}]": value for part, value in action.items()}
            pairs += _filled(fields, values)
        values = {
            "_name": name,
            "_header[0]": "subject",
            "_rule_op[0]": "contains",
            "_rule_target[0]": subject,
        }
        self._send(form, _filled(pairs, values))

    def change(self, filter_name: str, **values: str) -> None:
        """Open a filter, put *values* into its form as it is, and save it.

        ``action_target_1`` is the field ``_action_target[1]`` of the second action.
        """
        self.opened(filter_name, **values)()

    def opened(self, filter_name: str, **values: str) -> Callable[[], None]:
        """As :meth:`change`, up to the press of the button, which is what is returned."""
        form = self._form("-action", _framed="1", _fid=self._number(filter_name))
        named = {_ROW_NUMBER.sub(r"[\1]", f"_{name}"): value for name, value in values.items()}
        return partial(self._send, form, _filled(form.pairs, named))

    def switch(self, name: str) -> None:
        """Switch a filter off, or on again."""
        self._act("act", _fid=self._number(name))

    def remove(self, name: str) -> None:
        """Delete a filter."""
        self._act("delete", _fid=self._number(name))

    def move(self, name: str, to: int) -> None:
        """Drag a filter to another place of the list."""
        self._act("move", _fid=self._number(name), _to=str(to))

    def sets(self) -> dict[str, bool]:
        """The filter sets, each with whether it is the active one."""
        rows = self._rows("filtersetslist")
        return {one.name: one.enabled for one in rows.values()}

    def add_set(self, name: str) -> None:
        """Make an empty filter set."""
        form = self._form("-action", _framed="1", _newset="1")
        self._check(self._pages.submit(form, _name=name, _from="none"))

    def activate_set(self, name: str) -> None:
        """Make a filter set the active one."""
        self._act("setact", _set=name)

    def deactivate_set(self, name: str) -> None:
        """Switch a filter set off, so that none is active."""
        self._act("deact", _set=name)

    def forward(self) -> ForwardPage:
        """What the forward page shows."""
        values = dict(self._form("-forward").pairs)
        return ForwardPage(
            target=values["action_target"],
            on=values["forward_status"] == "on",
            copy=values["forward_action"] == "copy",
        )

    def set_forward(self, target: str, *, on: bool = True, copy: bool = True) -> None:
        """Fill in the forward page and save it."""
        values = {
            "action_target": target,
            "forward_status": "on" if on else "off",
            "forward_action": "copy" if copy else "redirect",
        }
        self._submit("-forward", values)

    def vacation(self) -> dict[str, str]:
        """The fields of the vacation page."""
        return dict(self._form("-vacation").pairs)

    def set_vacation(self, reason: str, *, on: bool = True, **more: str) -> None:
        """Fill in the vacation page and save it."""
        status = "on" if on else "off"
        self._submit("-vacation", {"vacation_reason": reason, "vacation_status": status, **more})

    def _rows(self, table: str) -> dict[str, Filter]:
        """The rows of one of the tables on the filters page, by number."""
        text = self._pages.get("/?_task=settings&_action=plugin.managesieve").text
        _, _, found = text.partition(f'id="{table}"')
        return {
            number: Filter(name=html.unescape(name), enabled="disabled" not in classes.split())
            for number, classes, name in _ROW.findall(found.partition("</table>")[0])
        }

    def _number(self, name: str) -> str:
        found = self._rows("filterslist")
        return next(number for number, one in found.items() if one.name == name)

    def _form(self, page: str, **query: str) -> Form:
        where = {"_task": "settings", "_action": f"plugin.managesieve{page}", **query}
        return self._pages.get(f"/?{urlencode(where)}").forms[0]

    def _submit(self, page: str, values: Mapping[str, str]) -> None:
        form = self._form(page)
        self._send(form, [*_filled(form.pairs, values), ("_remote", "1")])

    def _send(self, form: Form, pairs: Pairs) -> None:
        self._check(self._pages.request("POST", form.action, _as_lists(pairs)))

    def _act(self, act: str, **values: str) -> None:
        pairs = [("_act", act), ("_token", self._token), ("_remote", "1"), *values.items()]
        path = "/?_task=settings&_action=plugin.managesieve-action"
        self._check(self._pages.request("POST", path, pairs))

    def _check(self, page: Page) -> None:
        """Roundcube answers with a message in a script."""
        text = json.loads(page.text)["exec"] if page.text.startswith("{") else page.text
        said = _MESSAGE.findall(text)
        kinds = {kind for _, kind in said}
        assert page.status == 200, page.text[-2000:]
        assert kinds == {"confirmation"}, said


def _filled(pairs: Pairs, values: Mapping[str, str]) -> Pairs:
    missing = values.keys() - {name for name, _ in pairs}
    assert not missing, f"no such field: {missing}"
    return [(name, values.get(name, value)) for name, value in pairs]


def _as_lists(pairs: Pairs) -> Pairs:
    sent: Pairs = []
    for name, value in pairs:
        if _LISTS.fullmatch(name):
            sent += [(f"{name}[]", line) for line in value.splitlines() or [""]]
        else:
            sent.append((name, value))
    return sent
