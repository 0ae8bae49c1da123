"""A browser without JavaScript: keeps a connection and cookies, and fills in forms."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.client import HTTPConnection, HTTPResponse
from http.cookies import SimpleCookie
from typing import Self
from urllib.parse import urlencode, urljoin, urlsplit

Pairs = list[tuple[str, str]]


@dataclass(slots=True)
class Form:
    """A form of a page: where it goes, and the values it would send as it stands."""

    action: str
    method: str
    pairs: Pairs = field(default_factory=list)
    buttons: Pairs = field(default_factory=list)

    def filled(self, *, press: tuple[str, str] | None = None, **values: str | list[str]) -> Pairs:
        """The pairs with *values* put in; a list repeats the name, "" drops a tick."""
        pairs = [pair for pair in self.pairs if pair[0] not in values]
        for name, value in values.items():
            many = value if isinstance(value, list) else [value]
            pairs += [(name, one) for one in many if one or name != "hold_spam"]
        return [*pairs, press] if press else pairs


@dataclass(frozen=True, slots=True)
class Page:
    """An answer, after redirects."""

    status: int
    path: str
    text: str

    @property
    def forms(self) -> list[Form]:
        reader = _FormReader(self.path)
        reader.feed(self.text)
        return reader.forms

    def form(self, action: str) -> Form:
        """The first form whose action ends so; AssertionError where there is none."""
        found = [one for one in self.forms if urlsplit(one.action).path.endswith(action)]
        assert found, f"no form to {action} on {self.path} ({self.status}):\n{self.words}"
        return found[0]

    @property
    def words(self) -> str:
        """What a person reads: the text of the page, white space folded."""
        reader = _WordReader()
        reader.feed(self.text)
        return " ".join(" ".join(reader.words).split())


class PageClient:
    """One visitor of one site."""

    def __init__(self, base_url: str, language: str = "en") -> None:
        parts = urlsplit(base_url)
        self._connection = HTTPConnection(parts.hostname or "", parts.port, timeout=60)
        self._headers = {"Accept-Language": language}
        self.cookies: dict[str, str] = {}
        self._origin = f"{parts.scheme}://{parts.netloc}"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def get(self, path: str) -> Page:
        return self.request("GET", path)

    def submit(
        self, form: Form, *, press: tuple[str, str] | None = None, **values: str | list[str]
    ) -> Page:
        """Send the form with *values* put in, and follow where it leads."""
        return self.request("POST", form.action, form.filled(press=press, **values))

    def request(self, method: str, path: str, pairs: Pairs | None = None) -> Page:
        """Ask, follow redirects, and return the last page."""
        response, text = self.ask(method, path, pairs)
        for _ in range(5):
            if response.status not in (301, 302, 303):
                break
            path = urljoin(path, response.headers["Location"])
            response, text = self.ask("GET", path)
        return Page(response.status, urlsplit(path).path, text)

    def ask(self, method: str, path: str, pairs: Pairs | None = None) -> tuple[HTTPResponse, str]:
        """One request and its answer."""
        headers = dict(self._headers)
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        body = None
        if pairs is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            headers["Origin"] = self._origin
            body = urlencode(pairs)
        self._connection.request(method, path, body, headers)
        response = self._connection.getresponse()
        text = response.read().decode()
        for line in response.headers.get_all("Set-Cookie", []):
            self._keep(line)
        return response, text

    def _keep(self, line: str) -> None:
        for name, morsel in SimpleCookie(line).items():
            if morsel["max-age"] == "0" or not morsel.value:
                self.cookies.pop(name, None)
            else:
                self.cookies[name] = morsel.value


class _FormReader(HTMLParser):
    """Collects forms with the values they would send."""

    def __init__(self, path: str) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._path = path
        self._form: Form | None = None
        self._select: str | None = None
        self._options: list[tuple[str, bool]] = []
        self._area: str | None = None
        self._text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        if tag == "form":
            action = urljoin(self._path, named.get("action") or "")
            self._form = Form(action, (named.get("method") or "get").lower())
            self.forms.append(self._form)
        if self._form is None:
            return
        name, value = named.get("name"), named.get("value") or ""
        if tag == "input" and name:
            self._input(named, name, value)
        elif tag == "button":
            self._form.buttons.append((name or "", value))
        elif tag == "select":
            self._select = None if "disabled" in named else name
            self._options = []
        elif tag == "option":
            self._options.append((value, "selected" in named))
        elif tag == "textarea" and "disabled" not in named:
            self._area, self._text = name, ""

    def _input(self, named: dict[str, str | None], name: str, value: str) -> None:
        assert self._form is not None
        kind = named.get("type") or "text"
        if "disabled" in named or kind in ("submit", "image", "button"):
            return
        if kind in ("checkbox", "radio"):
            if "checked" in named:
                self._form.pairs.append((name, value or "on"))
            return
        self._form.pairs.append((name, value))

    def handle_data(self, data: str) -> None:
        self._text += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "select" and self._form and self._select and self._options:
            # Without a choice, a browser sends the first.
            chosen = [value for value, selected in self._options if selected]
            self._form.pairs.append((self._select, [self._options[0][0], *chosen][-1]))
            self._select = None
        elif tag == "textarea" and self._form and self._area:
            self._form.pairs.append((self._area, self._text.removeprefix("\n")))
            self._area = None


class _WordReader(HTMLParser):
    """Collects the text that is shown."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._hidden += tag in ("script", "style", "title")

    def handle_endtag(self, tag: str) -> None:
        self._hidden -= tag in ("script", "style", "title")

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.words.append(data)
