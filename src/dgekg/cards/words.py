"""A gap card in words: sections with items, the same for every face, in three languages.

The words are data (`words/cards.{language}.yaml`, read by `render`); here are only the rules that choose among them.
"""

from __future__ import annotations

from collections.abc import Iterator

from dgekg.cards.records import Duty, GapCard, Near, Round
from dgekg.cards.speech import CardWords, Item, Section, Speaker
from dgekg.coverage import Grid
from dgekg.explain.listing import languages
from dgekg.observatory import Observatory
from dgekg.render import gap_sentence, gap_words, mark_words, place

_BEARS = ("duty", "responsibility", "means")


def card_words(observatory: Observatory, grid: Grid, card: GapCard, language: str = "en") -> CardWords:
    """Return a card in words."""
    return _Words(observatory, grid, card, language).all()


class _Words(Speaker):
    def __init__(self, observatory: Observatory, grid: Grid, card: GapCard, language: str) -> None:
        super().__init__(observatory, language)
        self.grid, self.card = grid, card
        self.where = place(observatory, grid, card.gap.cell, language)

    def all(self) -> CardWords:
        """Return the whole card."""
        gap, looked = self.card.gap, self.card.looked
        parts = {
            "right": self._right(),
            "looked": self._looked(),
            "learn": self._learn(),
            "power": self._power(),
            "consult": self._consult(),
            "certainty": self._certainty(),
            "fill": self._filling(),
            "order": self._order(),
        }
        nobody = gap.cell.state.value == "not-searched" and not looked.searches
        return CardWords(
            gap_words(gap.kind, self.language),
            self.where,
            gap_sentence(self.observatory, self.grid, gap, self.language),
            tuple(
                Section(key, self.say(f"card_section.{key}"), tuple(items), nobody and key == "looked")
                for key, items in parts.items()
            ),
            self.say("card.colon"),
        )

    def _right(self) -> Iterator[Item]:
        groups = self.card.consult.groups
        for group in groups:
            yield self.named(group, self.dimension("group") + ".")
        if not groups:
            yield self.item(self.say("card_right.everyone"))
        right = self.card.at.get("right", "")
        if right and right != self.observatory.index.roots.get("right"):
            yield self.named(right, self.dimension("right") + ".")
        for duty in self.card.duties:
            yield self._duty(duty)
        if self.card.more:
            yield self.item(self.say("card_right.more", more=self.card.more))
        if not any(duty.binds for duty in self.card.duties):
            yield self.item(self.say("card_right.none"))
        if self.card.guidance:
            soft = self.card.guidance
            said = [self.say("card_right.guidance"), *self._unopened(soft)]
            yield self.named(soft.norm.iri, " ".join(said), before=self.spoken(soft.subject))
        for finding in self.card.findings:
            names = self.row(sorted(finding.issuers))
            yield self.named(finding.iri, self.say("card_right.finding", date=finding.date, names=names))
        if not self.card.findings:
            yield self.item(self.say("card_right.no-finding"))
        shown = (*self.card.duties, *([self.card.guidance] if self.card.guidance else []))
        if not all(duty.opened for duty in shown):
            yield self.item(self.say("card_right.unopened-means"))

    def _duty(self, duty: Duty) -> Item:
        text, tongue = self.spoken(duty.subject)
        said = [(text, tongue) if text else (self.say("card_right.no-subject"), "")]
        said += self._force(duty)
        if duty.norm.duty_on:
            said.append((self.say("card_right.duty-on", names=self.row(sorted(duty.norm.duty_on))), ""))
        said += ((text, "") for text in self._unopened(duty))
        return Item(tuple(said), self.label(duty.norm.iri), duty.norm.iri)

    def _force(self, duty: Duty) -> Iterator[tuple[str, str]]:
        """Yield on whom a norm binds: the country of the cell, the States within its region, or those anywhere."""
        where = self.label(self.card.place) if self.card.place else ""
        yield self.say("card_right.force", since=duty.norm.since), ""
        if self.card.country:
            yield from self._standing(duty, where)
            return
        key = "no-parties" if not duty.parties else "parties-in" if where else "parties"
        yield self.say(f"card_right.{key}", parties=duty.parties, place=where), ""

    def _standing(self, duty: Duty, where: str) -> Iterator[tuple[str, str]]:
        """Yield where a country stands, as far as it is on record."""
        act = duty.act
        if act is None:
            yield self.say("card_right.own" if duty.binds else "card_right.not-on-record", place=where), ""
        else:
            key = "act-read" if act.accessed else "act"
            status = self.label(act.status)
            yield self.say(f"card_right.{key}", place=where, status=status, date=act.date, read=act.accessed), ""
            yield from [self.spoken(duty.note)] if duty.note else []
            if act.bound and not duty.binds:
                yield self.say("card_right.reserved-this", place=where), ""
                return
            if act.reserved:
                yield self.say("card_right.reserved", place=where, names=self.row(sorted(act.reserved))), ""
        if not duty.binds:
            yield self.say("card_right.not-bound"), ""

    def _looked(self) -> Iterator[Item]:
        looked = self.card.looked
        for search in looked.searches:
            key = "we-searched" if search.round else "we-searched-plainly"
            said = self.say(f"card_looked.{key}", how=self._how(search.round))
            yield Item(((said, ""), *([self.spoken(search.said)] if search.said else [])), search.date, search.iri)
        if looked.overtaken:
            yield self.item(self.say("card_looked.overtaken", n=looked.overtaken))
        if self.card.gap.cell.measures["practices"]:
            for one, number in looked.rounds:
                yield self.named(one.iri, self.say("card_looked.found", n=number, how=self._how(one)))
            if not looked.rounds:
                yield self.item(self.say("card_looked.no-round"))
        elif not looked.searches:
            yield self.item(self.say("card_looked.nobody"))
            for one, _number in looked.rounds:
                yield self.named(one.iri, self.say("card_looked.rounds-so-far", how=self._how(one)))

    def _how(self, one: Round | None) -> str:
        """Return how a round searched: method, kind, languages, days, by whom."""
        if one is None:
            return ""
        said = [self.label(iri) for iri in (*one.method, one.kind) if iri]
        if one.languages:
            said.append(self.say("card_looked.languages", names=languages(one.languages, self.language)))
        if one.began:
            days = {"began": one.began, "ended": one.ended or one.began}
            same = days["began"] == days["ended"]
            said.append(one.began if same else self.say("card_looked.began-ended", **days))
        by = self.say("card_looked.by", names=self.row(one.by)) if one.by else self.say("card_looked.by-nobody")
        said.append(by)
        return ", ".join(said)

    def _learn(self) -> Iterator[Item]:
        for near in self.card.helped:
            yield self._near(near, near.shown or "documented")
        if not self.card.helped:
            yield self.item(self.say("card_learn.none-near"))
        elif len(self.card.helped) == 1:
            yield self.item(self.say("card_learn.one-near"))
        if self.card.failed:
            yield self._near(self.card.failed, self.card.failed.shown)
        else:
            yield self.item(self.say("card_learn.no-failure"))
        if self.card.unnamed:
            yield self.item(self.say("card_learn.unnamed"))

    def _near(self, near: Near, shown: str) -> Item:
        key = shown if shown == "documented" or near.about else f"{shown}-unnamed"
        said = [self.say(f"card_learn.{key}", about=self.row(near.about), level=near.level)]
        lists = {what: self.row(getattr(near, what), 4) for what in ("groups", "regions", "stages")}
        said.append(self.say("card_learn.conditions", **lists))
        if any(steps for _, steps in near.apart):
            apart = []
            for name, steps in near.apart:
                key = "steps" if steps else "same"
                apart.append(self.say(f"card_learn.{key}", what=self.dimension(name), n=steps))
            said.append(self.say("card_learn.apart", list=", ".join(apart)))
        else:
            said.append(self.say("card_learn.here"))
        return self.named(near.practice, " ".join(said))

    def _power(self) -> Iterator[Item]:
        for bears in _BEARS:
            roles = [one.role for one in self.card.power if one.bears == bears]
            key = f"{bears}-in" if bears == "duty" and self.card.place else bears
            if roles:
                where = self.label(self.card.place) if self.card.place else ""
                name = self.say(f"card_power.{key}", place=where)
                yield Item(((self.row(roles) + ".", ""),), name)

    def _consult(self) -> Iterator[Item]:
        consult = self.card.consult
        if not consult.groups:
            yield self.item(self.say("card_consult.everyone"))
            return
        group = self.row(consult.groups)
        for actor in consult.named:
            yield self.named(actor, self.say("card_consult.named", group=group))
        if consult.named:
            yield self.item(self.say("card_consult.first"))
        else:
            where = self.label(self.card.place) if self.card.place else ""
            key = "card_consult.unnamed-in" if where else "card_consult.unnamed"
            yield self.item(self.say(key, group=group, place=where))
        if consult.parts:
            yield self.item(self.say("card_consult.parts", names=self.row(consult.parts)))
        if consult.care:
            yield self.item(self.say("card_consult.care"))

    def _certainty(self) -> Iterator[Item]:
        certainty = self.card.certainty
        yield self.item(self.say(f"card_certainty.{certainty.word}"))
        for fact, word in certainty.reasons:
            yield self.item(self.say(f"certainty_word.{word}", reason=self.say(f"certainty_reason.{fact}")))

    def _filling(self) -> Iterator[Item]:
        key = f"card_fill.{self.card.gap.kind}"
        yield self.item(self.say(key, where=self.where, rung=self.card.view.rung))

    def _order(self) -> Iterator[Item]:
        gap = self.card.gap
        parts = [self.say("card_order.part", what=self._part(n), value=f"{v:g}") for n, v in gap.parts.items()]
        yield self.item(self.say("card_order.priority", priority=f"{gap.priority:g}", list=", ".join(parts)))
        yield self.item(self.say("card_order.rule"))

    def _part(self, name: str) -> str:
        if name == self.card.gap.kind:
            return gap_words(name, self.language)
        return mark_words(name, self.language) if name in self.card.gap.cell.marks else self.say(f"card_order.{name}")

    def _unopened(self, duty: Duty) -> list[str]:
        return [] if duty.opened else [self.say("card_right.unopened")]
