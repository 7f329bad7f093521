"""What the columns of the tables for programs mean; OpenAPI and the documents say it with these words."""

from __future__ import annotations

PRACTICES = {
    "iri": "Address of the practice; stable.",
    "slug": "Its short name, as `exclude` and /api/records/practice/{slug} take it.",
    "title": "Its title, in the language asked for where there is one.",
    "description": "What it is, in one to three sentences.",
    "kinds": "What kind of practice it is; several are joined by ` | `, here and below.",
    "stages": "Lifecycle stages that it acts at, governs or enables.",
    "groups": "Groups of rights-holders that it addresses.",
    "regions": "Where.",
    "lead": "Actors that lead it, else those that issued it.",
    "year": "The year it began; empty where no source says.",
    "level": "Highest level of its evidence, 0 to 4.",
    "modified": "Day of the last change to the record.",
    "kind_codes": "Codes of `kinds`, as filters take them; likewise the columns below.",
    "stage_codes": "Codes of `stages`.",
    "group_codes": "Codes of `groups`.",
    "region_codes": "M49 codes of `regions`.",
    "lead_slugs": "Slugs of `lead`, as /api/records/actor/{slug} takes them.",
}

ACTORS = {
    "iri": "Address of the actor; stable.",
    "slug": "Its short name, as /api/records/actor/{slug} takes it.",
    "title": "Its name, in the language asked for where there is one.",
    "other_names": "Other names and short forms; several are joined by ` | `, here and below.",
    "sectors": "What kind of actor it is.",
    "country": "Where it is based; empty where it is international or no source says.",
    "homepage": "Its page.",
    "practices": "Practices that it has any part in.",
    "roles": "Its parts: role and number of practices.",
    "sector_codes": "Codes of `sectors`.",
    "country_code": "M49 code of `country`.",
}

STANDARDS = {
    "iri": "Address of the instrument or provision; stable.",
    "slug": "Its short name, as filters (`instrument=`, `provision=`) and /api/records take it.",
    "kind": "instrument or provision.",
    "title": "Its title; a provision's names its instrument.",
    "number": "Number of the provision within its instrument.",
    "instrument": "Slug of the instrument that it belongs to; its own where it is one.",
    "family": "human-rights, ai-governance or both (instruments).",
    "type": "Kind of instrument: treaty, law, recommendation ...",
    "bindingness": "Whom it binds.",
    "adopted": "When it was adopted.",
    "subject": "What the provision is about, in our words.",
    "rights": "Rights that the provision guarantees; several are joined by ` | `.",
    "practices": "Practices that concern it, or any part of it.",
    "source": "Address of the text (instruments).",
    "right_codes": "Codes of `rights`.",
}

CONCEPTS = {
    "iri": "Address of the concept; stable.",
    "scheme": "The scheme it belongs to.",
    "code": "Its code within the scheme, as filters take it.",
    "title": "Its label, in the language asked for where there is one.",
    "notation": "Its number, where the scheme has numbers.",
    "definition": "What is meant, in our words.",
    "broader": "Codes of what is directly broader; several are joined by ` | `.",
    "other_names": "Other labels.",
    "practices": "Practices that lie in it or anything narrower; empty where it is no row of any dimension.",
    "dimension": "The dimension that `practices` was counted by.",
}
MEASURES_OF = {
    "state": "One state a cell: documented, thin, searched-none-found, not-searched, not-published ...",
    "marks": "effect-shown, harm-or-mixed, from-afar, stale; several are separated by spaces.",
    "practices": "Different practices in the cell.",
    "direct": "Those that say this very place.",
    "above": "Those that say something broader; shown beside, never added.",
    "documented": "Those with evidence at the rung or above.",
    "effect_shown": "Those with an improved outcome for the group.",
    "harm_or_mixed": "Those with harm or mixed effects.",
    "focused": "Those that reach at most three of the rows.",
    "promising": "Those whose computed status is promising or leading.",
    "actors": "Different actors behind them.",
    "countries": "Different countries.",
}
GAPS = {
    "kind": "What is missing: knowledge (nobody looked), practice, evidence, implementation, remedy, participation ...",
    "priority": "The order of the list; `priority_parts` says what it is made of.",
    "gap": "The gap in words.",
    "state": "State of the cell.",
    "marks": "Marks of the cell.",
    "practices": "Practices in the cell.",
    "elsewhere": "Practices for the same group in other places.",
    "folded": "Narrower gaps that this one stands for.",
    "priority_parts": "name=value, separated by spaces.",
    "on_record": "With `demand`: how many of its records concern the cell.",
    "was": "With `demand`: the place of the gap without it; empty where another stood for it.",
    "card": "The gap's card, with `cards=yes`: an object.",
}
QUESTIONS = {
    "slug": "Its short name, as /api/questions/{slug} takes it.",
    "title": "What is asked.",
    "description": "What the answer holds.",
    "tags": "Subjects, separated by spaces.",
    "parameters": "name:type, separated by spaces; `!` after those that must be given.",
}
LOOKUP = {
    "iri": "Address of the record that gives the page as its source or page.",
    "kind": "Its kind.",
    "title": "Its title.",
}
SEARCH = {
    "iri": "Address of what was found.",
    "kind": "practice, actor, instrument, provision or concept.",
    "title": "Its title, in the language asked for where there is one.",
    "score": "How well it fits; comparable within one answer only.",
}
