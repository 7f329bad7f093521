"""The letter to those whom a record is about: what it says, how it was rated, and a code to answer with."""

from __future__ import annotations

import datetime as dt
import html
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from dgekg import identifiers, packaged
from dgekg.collection import NOTHING, Collection
from dgekg.documents import Document
from dgekg.errors import RecordNotFound
from dgekg.forms import Field, Form, Forms, spoken
from dgekg.lookup import Names

_LEFT_OUT = {"license", "issued", "modified", "foundInRound", "exposure", "identifier", "type"}
_RATED = ("againstCriterion", "forGroup", "rating", "assessor", "date", "rationale")
_STYLE = (
    "body{font:11pt/1.5 Georgia,serif;max-width:42em;margin:2em auto;padding:0 1em;color:#111}"
    "dt{font-weight:bold;margin-top:.6em}dd{margin:0 0 0 1.2em}.code{font:bold 16pt monospace;letter-spacing:.08em}"
    "@media print{body{margin:0}a{color:inherit;text-decoration:none}}"
)


class Letters:
    """Writes letters.

    Args:
        forms: give the questions and their words.
        names: give the words of records and concepts.
        collection: whose letter it is.
    """

    def __init__(self, forms: Forms, names: Names, collection: Collection = NOTHING) -> None:
        self._forms, self._names = forms, names
        self._called: Mapping[str, str] = collection.about.get("title", {})

    def html(
        self,
        record: str,
        documents: Iterable[Document],
        *,
        code: str,
        address: str,
        day: dt.date,
        until: dt.date,
        language: str,
    ) -> str:
        """Return the letter as a page of its own, to be printed or sent.

        Args:
            record: IRI of the record.
            documents: those that describe it and its ratings.
            code: to answer with.
            address: where it is entered.
            day: of the letter.
            until: the day up to which an answer is asked for.
            language: en, fr or es.

        Raises:
            RecordNotFound: no document describes it.
        """
        read = list(documents)
        home = next((d for d in read if record in d.subjects), None)
        local = identifiers.parse(record)
        if home is None or local is None:
            raise RecordNotFound(f"{identifiers.compact(record)}: no file describes it.")
        answers, form = self._forms.from_document(home, record), self._forms.form(local.kind)
        ratings = list(self._ratings(record, read))
        lines = [
            f"<p>{_text('dear', language)}</p>",
            f"<p>{self._why(language)}</p>",
            f"<p>{_text('until', language, until=until.isoformat())}</p>",
            f"<p>{_text('how', language, address=address)}</p>",
            f'<p>{_text("code", language)} <span class="code">{html.escape(code)}</span></p>',
            f"<p>{_text('what', language)}</p>",
            f"<p>{_text('rights', language)}</p>",
            f"<p>{_text('plain', language)}</p>",
            f"<h2>{_text('record', language)}</h2>",
            self._fields(answers["fields"], form, language),
            f"<h2>{_text('ratings', language)}</h2>",
            *(self._rated(rating, language) for rating in ratings),
            *([] if ratings else [f"<p>{_text('no-ratings', language)}</p>"]),
            f"<p><small>{_text('of', language, record=record, day=day.isoformat())}</small></p>",
        ]
        title = _text("title", language)
        head = f'<meta charset="utf-8"><title>{title}</title><style>{_STYLE}</style>'
        body = "\n".join(lines)
        whole = f'<html lang="{language}"><head>{head}</head>\n<body><h1>{title}</h1>\n{body}\n</body></html>'
        return f"<!doctype html>\n{whole}\n"

    def _why(self, language: str) -> str:
        name = self._called.get(language, "")
        return _text("why_of", language, name=name) if name else _text("why", language)

    def _ratings(self, record: str, documents: Iterable[Document]) -> Iterator[Mapping[str, Any]]:
        practice = identifiers.compact(record).removeprefix("id/")
        for document in documents:
            if document.folder == "assessments":
                for iri in self._forms.records(document):
                    fields = self._forms.from_document(document, iri)["fields"]
                    if practice in fields.get("assesses", ()):
                        yield fields

    def _rated(self, fields: Mapping[str, Any], language: str) -> str:
        form = self._forms.form("assessment")
        said = {name: self._said(fields.get(name, ()), form.field(name), language) for name in _RATED}
        first = {"criterion": said["againstCriterion"], "group": said["forGroup"], "rating": said["rating"]}
        head = _text("rated", language, **first)
        by = _text("by", language, assessor=said["assessor"], date=said["date"])
        why = f"<br>{html.escape(said['rationale'])}" if said["rationale"] else ""
        return f"<p><b>{head}</b>{why}<br><small>{by}</small></p>"

    def _fields(self, fields: Mapping[str, Any], form: Form, language: str) -> str:
        rows = []
        for field in form.fields:
            values = fields.get(field.id, ())
            if not values or field.id in _LEFT_OUT:
                continue
            rows.append(f"<dt>{html.escape(spoken(field.label, language))}</dt>")
            if field.part is not None:
                parts = [v for v in values if isinstance(v, Mapping) and "fields" in v]
                rows += [f"<dd>{self._fields(part['fields'], field.part, language)}</dd>" for part in parts]
            else:
                rows.append(f"<dd>{html.escape(self._said(values, field, language))}</dd>")
        return f"<dl>{''.join(rows)}</dl>"

    def _said(self, values: Any, field: Field | None, language: str) -> str:
        """Return values as a person reads them: of texts that of the language, if there is one."""
        told = [v for v in values if isinstance(v, Mapping) and v.get("language")]
        mine = [v for v in told if v["language"] == language] or [v for v in told if v["language"] == "en"] or told
        kept = [v for v in values if v not in told] + mine
        return "; ".join(self._one(value, field, language) for value in kept)

    def _one(self, value: Any, field: Field | None, language: str) -> str:
        if isinstance(value, Mapping):
            return str(value.get("value") or value.get("iri") or "")
        text = str(value)
        option = field.option(text) if field else None
        if option is not None:
            return spoken(option.label, language)
        if field is not None and field.type == "record":
            kind, _, slug = text.partition("/")
            return self._names.label(identifiers.record(kind, slug), language) if slug else text
        return text


def say(key: str, language: str, **values: str) -> str:
    """Return words of the letter, as they are kept: plain text."""
    return _words(language)[key].format(**values)


def _text(key: str, language: str, **values: str) -> str:
    return html.escape(say(key, language, **values), quote=False)


def _words(language: str) -> Mapping[str, str]:
    found: Mapping[str, str] = packaged.table(f"words/letter.{language}.yaml")["letter"]
    return found
