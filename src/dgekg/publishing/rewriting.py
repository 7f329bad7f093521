"""A page of the service as a page among files: relative links, and what needs the service said to do so.

Tags are looked for, not parsed: the templates are ours, every value in quotes and escaped, so that within a text no
tag can stand.
"""

from __future__ import annotations

import html
import posixpath
import re
from dataclasses import dataclass

from dgekg.publishing.guides import FIRST, FOLDER
from dgekg.publishing.places import LIST, STATIC, Places
from dgekg.publishing.slimming import slim

_LINKED = re.compile(r"<a\b(?P<head>[^>]*?)>(?P<inside>.*?)</a>", re.DOTALL)
_FORM = re.compile(r"<form\b[^>]*>.*?</form>", re.DOTALL)
_ACTION = re.compile(r'\baction="([^"]*)"')
_HREF = re.compile(r'\s*\bhref="([^"]*)"')
_KEPT_OF_LINK = re.compile(r'\s(?:class|lang|id)="[^"]*"')
_ONLY_HEARD = re.compile(r'<span class="vh">[^<]*</span>')  # what tells links apart for those who hear them
# What a page can do without among files, where each byte is there once a page and language.
_SPARED = re.compile(
    r'<meta name="description"[^>]*>\n|<link rel="(?:preload|icon|cite-as|license|alternate)"[^>]*>\n'
    r'|<nav class="menu".*?</nav>\n|(?<=<a class="cell )([^>]*?) title="[^"]*"|\?lang=..(?=</p>\n</div>\n</footer>)',
    re.DOTALL,
)
_ELSEWHERE = re.compile(r'<a class="quiet" href="https?://[^"]*">(.*?)</a>', re.DOTALL)  # what a term of others means
_WHAT = re.compile(r'(<footer class="foot">\s*<div class="wide">)\s*<p>[^<]*</p>')  # said on the first page
_AWAY = "\N{OBJECT REPLACEMENT CHARACTER}"
_CHOICES = re.compile(f"(?:{_AWAY}[^<{_AWAY}]*{_AWAY} · )+|(?: · {_AWAY}[^<{_AWAY}]*{_AWAY})+")
# Paragraphs, items of the foot and remarks that were nothing but a way to what is not here.
_ONLY_AWAY = re.compile(f"<p>[^<{_AWAY}]{{0,40}}:[^<{_AWAY}]?(?:{_AWAY}[^<{_AWAY}]*{_AWAY}[ ·]*)+</p>\n?")
_FOOT_AWAY = re.compile(f"<li>{_AWAY}[^<{_AWAY}]*{_AWAY}</li>\n?")
_CITED = re.compile(r'<p class="print-only">.*?</p>\n?', re.DOTALL)
_CITE = re.compile(r'<section aria-labelledby="cite')  # which is printed as well
_REMARK_AWAY = re.compile(r' · <span class="quiet">[^<]*</span>(?=</span>)')
_HEAD_LINK = re.compile(r'<link\b[^>]*?\bhref="([^"]*)"[^>]*>\n?')
_SCRIPT = re.compile(r"<script\b(?P<head>[^>]*)>.*?</script>\n?", re.DOTALL)
_FOOT = re.compile(r'(<footer class="foot">\s*<div class="wide">)')
_BUILT = "/static/"


@dataclass(frozen=True, slots=True)
class Page:
    """Where a page lies and what it says of itself.

    Attributes:
        file: below the edition, such as `en/id/practice/x.html`.
        language: its folder.
        script: name of the script of editions, below `static`.
        live: address of the service, or "".
        form: says that a form needs the service.
        note: says that this is an edition.
        service: words for a link to the service.
        documents: words for a link to the documents, or "" where they are not part of the edition.
    """

    file: str
    language: str
    script: str
    live: str
    form: str
    note: str
    service: str
    documents: str = ""


def rewritten(text: str, page: Page, places: Places) -> str:
    """Return a page of the service as it stands among files.

    Args:
        text: as the service answered.
        page: where it is to lie.
        places: where everything else lies.
    """
    one = _Rewriting(page, places)
    text = _WHAT.sub(r"\1", _SPARED.sub(lambda match: match[1] or "", text))
    text = _SCRIPT.sub(one.script, text)
    text = _HEAD_LINK.sub(one.head_link, text)
    text = _FORM.sub(one.form, text)
    text = _ELSEWHERE.sub(lambda match: match[1], text)
    text = _without_ends(_CHOICES.sub("", _ONLY_AWAY.sub("", _LINKED.sub(one.link, text))))
    return slim(_FOOT.sub(lambda match: match[1] + one.note(), text.replace(_AWAY, ""), count=1))


def _without_ends(text: str) -> str:
    """Return a page without words that led on and no longer do, and without a second citation."""
    body, foot, rest = text.partition('<footer class="foot">')
    if _CITE.search(body):
        rest = _CITED.sub("", rest)
    return _REMARK_AWAY.sub("", body) + foot + _FOOT_AWAY.sub("", rest)


class _Rewriting:
    def __init__(self, page: Page, places: Places) -> None:
        self.page, self.places = page, places
        self.home = posixpath.dirname(page.file)

    def relative(self, file: str) -> str:
        """Return how a file of the edition is named from this page."""
        path, mark, query = file.partition("?")
        return posixpath.relpath(path, self.home) + mark + query

    def target(self, address: str) -> str | None:
        """Return where an address leads: itself outside, a file, or None where there is none."""
        if not address.startswith("/"):
            return address
        rest, hash_, fragment = address.partition("#")
        if rest.startswith(_BUILT):
            return self.relative(STATIC + rest.removeprefix("/static"))
        found = self.places.download(rest)
        if found:
            return self.relative(found)
        match = re.search(r"[?&]lang=([a-z]+)", rest)
        found = self.places.find(rest)
        return (
            self.relative(f"{match[1] if match else self.page.language}/{found}") + hash_ + fragment if found else None
        )

    def link(self, match: re.Match[str]) -> str:
        href = _HREF.search(match["head"])
        if href is None:
            return match[0]
        address = html.unescape(href[1])
        target = self.target(address)
        if target is not None:
            head = match["head"].replace(href[0], f' href="{html.escape(target)}"')
            return f"<a{head}>{match['inside']}</a>"
        if self.page.live:
            head = match["head"].replace(href[0], f' href="{html.escape(self.page.live + address)}" rel="external"')
            return f"<a{head}>{match['inside']}</a>"
        kept, inside = "".join(_KEPT_OF_LINK.findall(match["head"])), _ONLY_HEARD.sub("", match["inside"])
        return f"<span{kept}>{inside}</span>" if kept else f"{_AWAY}{inside}{_AWAY}"

    def head_link(self, match: re.Match[str]) -> str:
        target = self.target(html.unescape(match[1]))
        if target is None:
            return ""
        return match[0].replace(f'href="{match[1]}"', f'href="{html.escape(target)}"')

    def script(self, match: re.Match[str]) -> str:
        """Keep what runs before the first paint; of modules, which files cannot load, one script takes the place."""
        source = re.search(r'\bsrc="/static/([^"]*)"', match["head"])
        if source is None:
            return ""  # what pages say for search engines is said where the service is
        if 'type="module"' not in match["head"]:
            return match[0].replace(f"/static/{source[1]}", self.relative(f"{STATIC}/{source[1]}"))
        first = "/base-" in source[1]
        return f'<script src="{self.relative(f"{STATIC}/{self.page.script}")}" defer></script>\n' if first else ""

    def form(self, match: re.Match[str]) -> str:
        action = _ACTION.search(match[0])
        address = html.unescape(action[1]) if action else ""
        if address.partition("?")[0] == LIST and "data-edition-form" not in match[0]:
            return match[0].replace(f'action="{action[1] if action else ""}"', f'action="{self._list()}"')
        if "data-edition-form" in match[0]:
            return match[0]
        return f'<p class="notice needs-service">{html.escape(self.page.form)}{self._service(address)}</p>'

    def _list(self) -> str:
        return self.relative(f"{self.page.language}/practices.html")

    def _service(self, address: str) -> str:
        if not self.page.live:
            return ""
        href = html.escape(self.page.live + (address if address.startswith("/") else ""))
        return f' <a href="{href}" rel="external">{html.escape(self.page.service)}</a>'

    def note(self) -> str:
        place = html.escape(self.relative(f"{FOLDER}/{FIRST}"))
        said = html.escape(self.page.documents)
        documents = f' <a href="{place}" hreflang="en">{said}</a>' if said else ""
        return f"\n<p>{html.escape(self.page.note)}{documents}{self._service('')}</p>"
