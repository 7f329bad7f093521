"""Blocks: places in the documents that the generator fills, so that what they say cannot lie.

<!-- counts -->          ... <!-- /counts -->       how many records of each class the shipped data has
<!-- scan -->            ... <!-- /scan -->         the rounds of collection: screened, kept, left out and why
<!-- run: dgekg ... -->  ... <!-- /run -->          a command and what it prints over the shipped data
<!-- world: dgekg ... --> ... <!-- /world -->       the same over the small world of the tests
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import shlex
from collections.abc import Callable, Iterator, Mapping

import rdflib

from dgekg import observatory as observatory_module
from dgekg import packaged
from dgekg.cli import cli
from dgekg.errors import SourceError
from dgekg.observatory import Observatory, open_observatory
from dgekg.reference.material import Material, in_language, table
from dgekg.settings import Settings
from dgekg.shapes import to_rdflib
from dgekg.vocabulary import PREFIXES

_BLOCK = re.compile(r"<!-- (counts|scan|run|world|record)(?:: ([^\n]*?))? -->\n.*?<!-- /\1 -->", re.DOTALL)


def has_blocks(text: str) -> bool:
    """Whether a document has a place to fill."""
    return bool(_BLOCK.search(text))


def filled(text: str, material: Material) -> str:
    """Return a document with its blocks filled anew.

    Raises:
        SourceError: a command of a block fails, or a file of the project is broken.
    """

    def fill(match: re.Match[str]) -> str:
        name, argument = match[1], match[2] or ""
        opening = f"<!-- {name}{': ' + argument if argument else ''} -->"
        return f"{opening}\n{_FILL[name](material, argument)}<!-- /{name} -->"

    return _BLOCK.sub(fill, text)


def output(observatory: Observatory, command: str) -> str:
    """Return what a command prints over an observatory, with the command itself, as a console block.

    Raises:
        SourceError: it is not a command of ours, or it fails.
    """
    words = shlex.split(command)
    if len(words) < 2 or words[0] != "dgekg" or words[1] not in cli.commands:
        raise SourceError(f'documents: "{command}" is not a command of dgekg.')
    printed = io.StringIO()
    with (
        contextlib.chdir(observatory.project.root),
        _opening(observatory),
        contextlib.redirect_stdout(printed),
        contextlib.redirect_stderr(printed),
    ):
        cli.commands[words[1]].main(words[2:], prog_name="dgekg", obj=Settings(), standalone_mode=False)
    lines = [line.rstrip() for line in printed.getvalue().splitlines()]
    return "\n".join(["```console", f"$ {command}", *lines, "```", ""])


@contextlib.contextmanager
def _opening(observatory: Observatory) -> Iterator[None]:
    """Let the commands open this observatory in place of the current build."""
    name = open_observatory.__name__
    coloured = {key: os.environ.pop(key) for key in ("FORCE_COLOR", "TTY_COMPATIBLE") if key in os.environ}
    setattr(observatory_module, name, lambda *_: observatory)
    try:
        yield
    finally:
        setattr(observatory_module, name, open_observatory)
        os.environ.update(coloured)


def _counts(material: Material, _argument: str) -> str:
    classes = material.real.meta["classes"]
    questions = len(list((material.project.queries / "questions").glob("*.rq")))
    rows = [[f"{classes.get(name, 0):,}", words] for name, words in packaged.table("reference/counted.yaml").items()]
    rows.append([f"{questions:,}", "questions that can be asked"])
    return table(["how many", "what"], rows)


def _scan(material: Material, _argument: str) -> str:
    graph = to_rdflib(t for d in material.sources.records if d.folder == "scan" for t in d.triples)
    own, title = PREFIXES["dgekg"], rdflib.URIRef(PREFIXES["dct"] + "title")
    count, why, left_out = (rdflib.URIRef(own + name) for name in ("count", "rationale", "exclusion"))
    rows = []
    for activity in sorted(graph.subjects(rdflib.RDF.type, rdflib.URIRef(own + "CollectionActivity")), key=str):
        name = in_language(graph, activity, title)
        for kind in ("screened", "included"):
            rows.append([name, kind, str(graph.value(activity, rdflib.URIRef(own + kind)))])
        for exclusion in sorted(graph.objects(activity, left_out), key=str):
            rows.append([name, f"left out: {in_language(graph, exclusion, why)}", str(graph.value(exclusion, count))])
    return table(["round", "candidates", "how many"], rows)


def _record(material: Material, file: str) -> str:
    found = [d for d in material.sources.records if d.file == file]
    if not found:
        raise SourceError(f'documents: "{file}" is not a record of the shipped data.')
    lines = [line for line in found[0].text.splitlines() if not line.startswith("@")]
    return "\n".join(["```turtle", *"\n".join(lines).strip().splitlines(), "```", ""])


_FILL: Mapping[str, Callable[[Material, str], str]] = {
    "counts": _counts,
    "scan": _scan,
    "record": _record,
    "run": lambda material, command: output(material.real, command),
    "world": lambda material, command: output(material.world, command),
}
