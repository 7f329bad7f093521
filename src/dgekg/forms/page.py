"""A form as one plain page of HTML: for printing, for reading aloud, for a look at what is asked. It sends nothing."""

from __future__ import annotations

from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined

from dgekg.forms.model import Form
from dgekg.forms.words import say, spoken


def of(form: Form, language: str) -> str:
    """Return the page of a form in a language."""

    def words(key: str, **values: object) -> str:
        return say(key, language, **values)

    def text(said: dict[str, str]) -> str:
        return spoken(said, language)

    return _environment().get_template("form.html").render(form=form, language=language, say=words, text=text) + "\n"


@cache
def _environment() -> Environment:
    loader = PackageLoader("dgekg.forms", "templates")
    return Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
