"""Configuration of Sphinx for the site of the documents (`make site`), and what makes its search work from a disk."""

import json
import re
from pathlib import Path

HERE = Path(__file__).parent

project = "dgekg"
author = "The dgekg founders"
release = json.loads((HERE / "site.json").read_text(encoding="utf-8"))["version"]
language = "en"
extensions = ["myst_parser"]
root_doc = "index"
source_suffix = {".md": "markdown"}
myst_heading_anchors = 4
suppress_warnings = ["misc.highlighting_failure"]  # `GET /path` alone is no whole HTTP request
highlight_language = "text"
smartquotes = False

html_theme = "furo"
html_title = f"dgekg {release}"
html_static_path = ["site.css", "search.js"]
html_extra_path = ["extra"]
html_css_files = ["site.css"]
html_show_sourcelink = False
html_copy_source = False
html_show_copyright = False
html_use_index = False
html_domain_indices = False
html_last_updated_fmt = None
html_permalinks_icon = "#"
html_theme_options = {"navigation_with_keys": False, "enable_search_shortcuts": True}

_MAIN = re.compile(r'<article[^>]*role="main"[^>]*>(.*?)</article>', re.DOTALL)
_TAG = re.compile(r"<(?!/?section\b)[^>]*>")
# For those who hear the pages or have no mouse: levels of headings, names of landmarks, what scrolls can be reached.
_MENDED = {
    '<p class="caption" role="heading">': '<p class="caption" role="heading" aria-level="2">',
    '<aside class="sidebar-drawer">': '<aside class="sidebar-drawer" aria-label="All documents">',
    '<aside class="toc-drawer">': '<aside class="toc-drawer" aria-label="On this page">',
    '<div class="table-wrapper': '<div tabindex="0" class="table-wrapper',
    "<pre><span></span>": '<pre tabindex="0"><span></span>',
    '<div id="search-results"></div>': '<h1>Search</h1><div id="search-results" ></div>',
}
_PERMALINK = re.compile(r'<a class="headerlink".*?</a>')


def _for_search(app, pagename, _template, _context, _doctree):
    """Let the page of the search load the texts of all pages: from a disk it may fetch none."""
    if pagename == "search":
        app.add_js_file("pages.js", priority=100)
        app.add_js_file("search.js", priority=101)


def _finish(app, error):
    """Mend what the theme leaves to be mended, and write the text of every page, with its sections, as a script."""
    if error:
        return
    out = Path(app.outdir)
    found = {}
    for name in [*sorted(app.env.found_docs), "search"]:
        page = out / f"{name}.html"
        text = before = page.read_text(encoding="utf-8")
        for wrong, right in _MENDED.items():
            text = text.replace(wrong, right)
        if text != before:
            page.write_text(text, encoding="utf-8")
        main = _MAIN.search(text)
        if name != "search" and main:
            found[name] = " ".join(_TAG.sub(" ", _PERMALINK.sub("", main[1])).split())
    text = f"window.dgekgPages={json.dumps(found, ensure_ascii=False)};\n"
    (out / "_static" / "pages.js").write_text(text, encoding="utf-8")


def setup(app):
    """Connect the above."""
    app.connect("html-page-context", _for_search)
    app.connect("build-finished", _finish)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
