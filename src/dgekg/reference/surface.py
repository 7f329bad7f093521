"""Reference pages of what a person can call: commands, settings, questions, checks, dimensions."""

from __future__ import annotations

import dataclasses
import inspect
from typing import Any, get_args, get_type_hints

import click
import yaml

from dgekg import errors, template
from dgekg.cli import cli
from dgekg.index import dimensions as load_dimensions
from dgekg.questions import Question, Questions, load
from dgekg.reference.material import Material, link, plain, table
from dgekg.settings import PREFIX, Settings
from dgekg.vocabulary import LANGUAGES

_BUILT_IN = [
    ("file", "A file that cannot be read, or is not UTF-8."),
    ("turtle", "Turtle that does not parse."),
    ("no-blank-nodes", "A part without an address."),
    ("file-name", "A file that is not named by the slug of its record."),
    ("one-file", "A subject that two files describe."),
    ("reference", "An address of ours that nothing describes; the nearest is suggested."),
    ("term", "A term that the ontology does not have."),
    ("ledger", "A record and the ledger in `data/changes/` that do not agree."),
    ("*Class*-*field*", "A field that its shape does not allow: see the fields in [model.md](model.md)."),
]


def commands(_material: Material) -> str:
    """Every command with its own help."""
    parts = ["# Commands\n\nCommandes · Órdenes\n"]
    parts.append(
        "Exit codes: 0 fine (warnings are printed), 1 violations or a broken file of the project, 2 could not run. "
        "Messages for a person go to standard error, answers to standard output.\n"
    )
    group = click.Context(cli, info_name="dgekg", terminal_width=100, **cli.context_settings)
    parts.append(f"```text\n{_help(cli, group)}\n```\n")
    for name in sorted(cli.commands):
        command = cli.commands[name]
        context = click.Context(command, info_name=name, parent=group, terminal_width=100)
        parts.append(f"## {name}\n\n```text\n{_help(command, context)}\n```\n")
    parts.append("## Errors\n\nWhat ends a command or a request, with its exit code and HTTP status:\n")
    tree = inspect.getdoc(errors) or ""
    parts.append(f"```text\n{tree.split(chr(10), 2)[2].rstrip()}\n```\n")
    return "\n".join(parts)


def settings(_material: Material) -> str:
    """Every setting: variable, type, default, what it does."""
    rows = []
    types = get_type_hints(Settings)
    for field in sorted(dataclasses.fields(Settings), key=lambda f: f.name):
        default = "" if field.default in (None, "") else f"`{field.default}`"
        name = f"`{PREFIX}{field.name.upper()}`"
        rows.append([name, _type(types[field.name]), default, field.metadata["description"]])
    head = "# Settings\n\nRéglages · Ajustes\n\nRead from the environment when a command starts or the service opens.\n"
    return f"{head}\n{table(['variable', 'type', 'default', 'what it does'], rows)}"


def questions(material: Material) -> str:
    """Every question: title, parameters, columns."""
    found = Questions(material.project.queries / "questions").all
    parts = [
        "# Questions\n\nQuestions · Preguntas\n",
        f"{len(found)} questions, each one file in `queries/questions/`. "
        "Ask one with `dgekg ask NAME NAME=VALUE ...`; a value may be a label, a code or an address.\n",
        table(["name", "asks"], [[f"[{slug}](#{slug})", q.title["en"]] for slug, q in found.items()]),
    ]
    for question in found.values():
        parts.append(_question(material, question))
    return "\n".join(parts)


def checks(material: Material) -> str:
    """Every rule that validation applies beyond the fields of a record."""
    folder = material.project.queries / "checks"
    found = [load(file) for file in sorted(folder.glob("*.rq"))]
    parts = [
        "# Checks\n\nContrôles · Controles\n",
        "A violation stops a build; a warning is printed. Each finding names its rule in brackets at its end.\n",
        "## Rules over the whole graph\n",
        "Each is one file in `queries/checks/`: its rows are the findings.\n",
        table(
            ["rule", "severity", "what it finds", "message"],
            [
                [
                    link(material.project.root, material.project.root / q.file, q.slug),
                    str(q.meta.get("severity", "")),
                    f"**{q.title['en']}.** {q.description['en']}",
                    str(q.meta.get("message", {}).get("en", "")),
                ]
                for q in found
            ],
        ),
        "## Titles in three languages\n",
        table(["rule", "en", "fr", "es"], [[f"`{q.slug}`", *(q.title[lang] for lang in LANGUAGES)] for q in found]),
        "## Rules of reading\n",
        table(["rule", "what it finds"], [[f"`{rule}`", text] for rule, text in _BUILT_IN]),
    ]
    return "\n".join(parts)


def dimensions(material: Material) -> str:
    """Every dimension of a view, and the weights of the gaps."""
    found = load_dimensions(material.project.queries)
    rows = []
    for d in found.values():
        home = d.home.rstrip("/").rsplit("/", 1)[-1]
        notes = [f"crossed with neither {' nor '.join(sorted(d.excludes))}"] if d.excludes else []
        notes += ["all parts searched means the whole searched"] if d.partition else []
        notes += [f"`--norm supports` reads `{d.supported}`"] if d.supported else []
        notes += [f"`--relation` {', '.join(d.relations)}"] if d.relations else []
        rows.append(
            [
                f"`{d.name}`",
                *(d.label[lang] for lang in LANGUAGES),
                "coordinate" if d.coordinate else "quality",
                f"[{home}](schemes.md#{home})"
                if "#" not in d.home
                else f"records of class {d.home.rsplit('#', 1)[-1]}",
                "; ".join(notes),
            ]
        )
    weights = yaml.safe_load(template.read(material.project.queries / "gaps.yaml"))
    parts = [
        "# Dimensions\n\nDimensions · Dimensiones\n",
        "How a view can cut the collection (`queries/dimensions.yaml`). A *coordinate* can be searched for, so its "
        "empty cells have a state; a *quality* cannot. How both are used: "
        "[how coverage is computed](../how-coverage-is-computed.md).\n",
        table(["name", "en", "fr", "es", "is a", "rows from", "notes"], rows),
        "## Weights of the gaps\n",
        "The order of the list of gaps (`queries/gaps.yaml`).\n",
        table(["kind of gap", "weight"], [[k, f"{w}"] for k, w in weights["kinds"].items()]),
        table(["mark", "weight"], [[k, f"{w}"] for k, w in weights["marks"].items()]),
    ]
    return "\n".join(parts)


def _help(command: click.Command, context: click.Context) -> str:
    return "\n".join(line.rstrip() for line in command.get_help(context).splitlines())


def _type(annotation: Any) -> str:
    kinds = [kind for kind in get_args(annotation) or (annotation,) if kind is not type(None)]
    names = {"Path": "folder", "str": "text", "int": "whole number", "float": "number", "bool": "yes or no"}
    return " or ".join(names.get(kind.__name__, kind.__name__) for kind in kinds)


def _question(material: Material, question: Question) -> str:
    parts = [f"## {question.slug}\n"]
    parts.append(" · ".join(plain(question.title[lang]) for lang in LANGUAGES) + "\n")
    file = link(material.project.root, material.project.root / question.file, "the query")
    parts.append(f"{plain(question.description['en'])} ({file})\n")
    if question.needs:
        parts.append(f"Needs records of: {', '.join(question.needs)}.\n")
    if question.parameters:
        rows = []
        for p in question.parameters:
            kind = f"[{p.within}](schemes.md#{p.within})" if p.type == "concept" else p.within or p.type
            default = "everything" if p.default.strip("() ") == "UNDEF" else f"`{p.default}`"
            rows.append([f"`{p.name}`", p.type, kind, "must be given" if p.required else default, p.label["en"]])
        parts.append(table(["parameter", "type", "of", "default", "meaning"], rows))
    parts.append(table(["column", "meaning"], [[f"`{c}`", words["en"]] for c, words in question.columns.items()]))
    return "\n".join(parts)
