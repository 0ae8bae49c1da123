"""The pages of the documentation as the tests read them: links, headings and code blocks."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"

_BLOCK = re.compile(
    r"^(?P<indent> *)```(?P<language>\w*)[^\n]*\n(?P<code>.*?)^(?P=indent)```$",
    re.MULTILINE | re.DOTALL,
)
_INLINE_CODE = re.compile(r"`[^`\n]*`")
_LINK = re.compile(r"\]\(([^()\s]+)\)")
_HEADING = re.compile(r"^#+ +(.+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A fenced block: where it stands, in which language, and its text."""

    page: str
    language: str
    code: str


def pages() -> list[Path]:
    """Every page, sorted."""
    return sorted(DOCS.rglob("*.md"))


def name_of(page: Path) -> str:
    """The page as the navigation names it."""
    return page.relative_to(DOCS).as_posix()


def blocks(language: str) -> list[Block]:
    """All fenced blocks in this language."""
    return [block for page in pages() for block in _blocks(page) if block.language == language]


def links(page: Path) -> list[str]:
    """The targets of all links and images of a page that stay within the documentation."""
    prose = _INLINE_CODE.sub("``", _BLOCK.sub("", page.read_text(encoding="utf-8")))
    return [target for target in _LINK.findall(prose) if "://" not in target]


def anchors(page: Path) -> set[str]:
    """What a link to this page may have behind the ``#``."""
    prose = _BLOCK.sub("", page.read_text(encoding="utf-8"))
    return {_slug(heading) for heading in _HEADING.findall(prose)}


def navigation() -> list[str]:
    """The pages that mkdocs.yml lists."""
    text = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    return re.findall(r"^ +- (?:[^:\n]+: )?(\S+\.md)$", text.partition("\nnav:\n")[2], re.MULTILINE)


def _blocks(page: Path) -> Iterator[Block]:
    for match in _BLOCK.finditer(page.read_text(encoding="utf-8")):
        indent = match["indent"]
        lines = [line.removeprefix(indent) for line in match["code"].splitlines(keepends=True)]
        yield Block(page=name_of(page), language=match["language"], code="".join(lines))


def _slug(heading: str) -> str:
    """The anchor that the site makes of a heading."""
    text = heading.encode("ascii", "ignore").decode()
    return re.sub(r"[-\s]+", "-", re.sub(r"[^\w\s-]", "", text).strip().lower())
