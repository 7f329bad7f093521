"""What the markup of a page may not hold."""

from __future__ import annotations

import re

_OURS = re.compile(r'<script src="/static/built/[\w.-]+"(?: type="module")?></script>')
_DATA = re.compile(r'<script type="application/ld\+json">[^<]*</script>')  # which nothing runs
_ALIEN = re.compile(r"""\sstyle=|<script|\son\w+=|javascript:|(?:src|srcset|poster)=["'](?:https?:)?//""")


def alien(page: str) -> list[str]:
    """Return what a page may not hold, beside scripts of ours in files: inline styles and scripts, what is elsewhere.

    >>> alien('<script src="/static/built/base-AB.js" type="module"></script><p style="color:red" onclick="x()">')
    [' style=', ' onclick=']
    >>> alien('<script>alert(1)</script><img src="//elsewhere.example/x.png">')
    ['<script', 'src="//']
    """
    return _ALIEN.findall(_DATA.sub("", _OURS.sub("", page)))
