"""Random changes of the small world: of each kind of record, one or several files at a time, good ones and bad ones."""

from __future__ import annotations

import re
from pathlib import Path
from random import Random

Texts = dict[Path, str | bytes | None]
_CONCEPT = re.compile(r"<scheme/([a-z-]+)/([A-Za-z0-9-]+)>")
_RECORD = re.compile(r"<id/([a-z-]+)/([a-z0-9-]+)>")
_LINE = re.compile(r"^    \S+ .+ ;$", re.MULTILINE)
_DAY = re.compile(r'"20\d\d-\d\d-\d\d"\^\^xsd:date')
_SEARCH = """
<id/coverage/{name}> a dgekg:CoverageStatement ;
    dgekg:coverageStatus <scheme/coverage-status/searched-none-found> ;
    {cells}
    dgekg:fromActivity <id/collection/world-desk> ;
    dct:date "{day}"^^xsd:date ;
    dgekg:rationale "Nothing was found."@en .
"""
_PART = """
<id/provision/{name}> a dgekg:Provision ;
    dgekg:provisionOf <{above}> ;
    dct:identifier "{number}" ;
    dct:title "Part {number}"@en ;
    dct:title "Partie {number}"@fr ;
    dct:title "Parte {number}"@es ;
    dgekg:subjectMatter "Something more."@en ;
    dgekg:guaranteesRight <scheme/right/{right}> ;
    dgekg:verification "text-opened" .
"""
# What records say of others by concept: a line of each is added to records of the kind now and then.
_SAID = {
    "practices": (
        "lever",
        "actsAtStage",
        "governsStage",
        "addressesGroup",
        "inRegion",
        "practiceType",
        "applicationSector",
        "evaluatesRisk",
    ),
    "actors": ("valueChainRole",),
}
_SCHEMES = {
    "lever": "lever",
    "actsAtStage": "stage",
    "governsStage": "stage",
    "addressesGroup": "group",
    "inRegion": "region",
    "practiceType": "kind",
    "applicationSector": "application-sector",
    "evaluatesRisk": "risk",
    "valueChainRole": "value-chain-role",
}


class Changes:
    """Draws changes of a project's files.

    Args:
        root: its folder.
        random: what decides.
    """

    def __init__(self, root: Path, random: Random) -> None:
        self.root, self.random = root, random
        self.codes = {path.stem: sorted(_codes(path)) for path in (root / "ontology" / "schemes").glob("*.ttl")}
        self.gone: dict[Path, str] = {}

    def one(self) -> Texts:
        """Return a change of one file or of a few."""
        texts: Texts = {}
        for _ in range(self.random.choice((1, 1, 1, 2, 3))):
            texts.update(self._one())
        return texts

    def _one(self) -> Texts:
        ways = (
            (8, self._another_concept),
            (3, self._another_record),
            (3, self._without_a_line),
            (4, self._one_line_more),
            (3, self._another_day),
            (2, self._another_layout),
            (2, self._removed),
            (2, self._back_again),
            (2, self._a_copy),
            (3, self._a_search),
            (2, self._a_provision),
            (1, self._a_practice_with_all),
            (1, self._broken),
        )
        weights, makers = zip(*ways, strict=True)
        made: Texts = self.random.choices(makers, weights)[0]()
        return made

    def _file(self, *folders: str) -> tuple[Path, str]:
        chosen = self.random.choice(folders or ("practices", "practices", "practices", "actors", "assessments",
                                                "scan", "standards", "adoptions", "cases", "mappings"))  # fmt: skip
        files = sorted((self.root / "data" / chosen).glob("*.ttl"))
        if not files:
            return self._file("practices")
        path = self.random.choice(files)
        return path.relative_to(self.root), path.read_text(encoding="utf-8")

    def _swapped(self, pattern: re.Pattern[str], text: str, made: str) -> str:
        found = list(pattern.finditer(text))
        if not found:
            return text + "\n"
        match = self.random.choice(found)
        return text[: match.start()] + made + text[match.end() :]

    def _another_concept(self) -> Texts:
        path, text = self._file()
        found = list(_CONCEPT.finditer(text))
        if not found:
            return {path: text + "\n"}
        match = self.random.choice(found)
        code = self.random.choice(self.codes[match[1]])
        return {path: text[: match.start(2)] + code + text[match.end(2) :]}

    def _another_record(self) -> Texts:
        """Let something point to another record of the same kind."""
        path, text = self._file()
        found = [m for m in _RECORD.finditer(text) if text[: m.start()].rpartition("\n")[2].startswith("    ")]
        if not found:
            return {path: text + "\n"}
        match = self.random.choice(found)
        every = "".join(p.read_text(encoding="utf-8") for p in sorted((self.root / "data").rglob("*.ttl")))
        slugs = sorted(set(re.findall(rf"^<id/{match[1]}/([a-z0-9-]+)> a ", every, re.MULTILINE)))
        return {path: text[: match.start(2)] + self.random.choice(slugs) + text[match.end(2) :]}

    def _without_a_line(self) -> Texts:
        path, text = self._file()
        return {path: self._swapped(_LINE, text, "")}

    def _one_line_more(self) -> Texts:
        folder = self.random.choice(list(_SAID))
        path, text = self._file(folder)
        said = self.random.choice(_SAID[folder])
        line = f" ;\n    dgekg:{said} <scheme/{_SCHEMES[said]}/{self.random.choice(self.codes[_SCHEMES[said]])}> ;"
        return {path: text.replace(" ;", line, 1)}

    def _another_day(self) -> Texts:
        path, text = self._file()
        day = self.random.choice(("2020-05-01", "2026-01-30", "2026-03-19", "2026-03-21", "2026-11-21", "2026-11-22"))
        return {path: self._swapped(_DAY, text, f'"{day}"^^xsd:date')}

    def _another_layout(self) -> Texts:
        path, text = self._file()
        return {path: "# Said again.\n\n" + text}

    def _removed(self) -> Texts:
        path, text = self._file()
        self.gone[path] = text
        texts: Texts = {path: None}
        rated = self.root / "data" / "assessments" / path.name
        if path.parent.name == "practices" and rated.exists() and self.random.random() < 0.7:
            texts[rated.relative_to(self.root)] = None
        return texts

    def _back_again(self) -> Texts:
        if not self.gone:
            return self._removed()
        path = self.random.choice(sorted(self.gone))
        return {path: self.gone[path]}

    def _a_copy(self) -> Texts:
        path, text = self._file(*(["practices"] * 3), "actors")
        slug = f"{path.stem}-{self.random.choice('xyz')}"
        made = text.replace(path.stem, slug) if self.random.random() < 0.7 else re.sub(
            rf"(<id/[a-z]+/){path.stem}", rf"\g<1>{slug}", text)  # fmt: skip
        return {path.with_name(f"{slug}.ttl"): made}

    def _a_search(self) -> Texts:
        path, text = self._file("scan")
        cells = {
            f"dgekg:cell{name} <scheme/{scheme}/{self.random.choice(self.codes[scheme])}> ;"
            for name, scheme in (("Stage", "stage"), ("Group", "group"), ("Kind", "kind"), ("Lever", "lever"))
            if self.random.random() < 0.3
        }
        if self.random.random() < 0.4:
            cells.add("dgekg:cellNorm <id/provision/equality-convention-2> ;")
        cells.add(f"dgekg:cellRegion <scheme/region/{self.random.choice(['001', '404', '002', '840', '150'])}> ;")
        name, day = f"more-{self.random.randint(1, 6)}", self.random.choice(("2026-01-30", "2026-06-01", "2026-11-21"))
        if f"/{name}>" in text:
            return self._another_concept()
        return {path: text + _SEARCH.format(name=name, day=day, cells="\n    ".join(sorted(cells)))}

    def _a_provision(self) -> Texts:
        path, text = self._file("standards")
        above = self.random.choice(sorted(set(re.findall(r"^<(id/(?:provision|instrument)/[a-z0-9-]+)>", text, re.M))))
        number = str(self.random.randint(70, 76))
        name = f"{path.stem}-{number}"
        if f"<id/provision/{name}> a" in text:
            return {path: re.sub(rf"(<id/provision/{name}> a [^<]*)<[^>]*>", rf"\g<1><{above}>", text)}
        right = self.random.choice(self.codes["right"])
        return {path: text + _PART.format(name=name, above=above, number=number, right=right)}

    def _a_practice_with_all(self) -> Texts:
        """Let a practice claim everything, or everywhere."""
        path, text = self._file("practices")
        text = re.sub(r"(inRegion) <scheme/region/\w+>", r"\1 <scheme/region/001>", text)
        if self.random.random() < 0.5:
            text = re.sub(r"(addressesGroup) <scheme/group/[a-z-]+>", r"\1 <scheme/group/everyone>", text)
        return {path: text}

    def _broken(self) -> Texts:
        path, text = self._file()
        return {
            path: self.random.choice(
                (
                    text.replace(" ;", " ;; ]", 1),
                    text + "\n<id/practice/bias-audit-b> a dgekg:Practice .\n",
                    text.replace("> a dgekg:", "-nowhere> a dgekg:", 1),
                    text.encode() + b"# \xff\n",
                    text + "\n<id/lesson/odd> a dgekg:Leson ; dct:title [ ] .\n",
                )
            )
        }


def _codes(path: Path) -> set[str]:
    return set(re.findall(rf"^<scheme/{path.stem}/([A-Za-z0-9-]+)>", path.read_text(encoding="utf-8"), re.MULTILINE))
