# %% [markdown]
# # From a question to a figure
#
# **The question.** The Convention on the Rights of Persons with Disabilities binds most States. In which parts
# of the world is anything on record, with evidence that others can check, that is done so that artificial
# intelligence serves persons with disabilities? And where is nothing on record because nobody looked?
#
# The steps are those of any such work: judge what does not apply and leave it out, join with a table of
# something else, count, draw, doubt, cite. No number stands in the text: each is computed below, from the
# version that is named at the end.
#
# To run it: `pip install "dgekg[pandas]" vl-convert-python`, and `dgekg build` in the project (or
# `dgekg.Client("https://...")` for a collection that is served, in place of `dgekg.open()`).

# %%
import pandas as pd
import vl_convert

import dgekg

observatory = dgekg.open()
GROUP, TREATY, RUNG = "persons-with-disabilities", "crpd", 2

# %% [markdown]
# ## 1. Leave out what does not apply
#
# A plan is not yet a practice, and what was withdrawn serves nobody now. That is a judgement, and another
# reader may judge otherwise; so it is made by a rule, its result is shown, and its effect is counted further
# down.

# %%
found = observatory.practices(where=f"group={GROUP}").to_pandas()
left_out = observatory.practices(where=[f"group={GROUP}", "status=planned,withdrawn"]).to_pandas()
exclude = sorted(left_out["slug"])
print(f"{len(found)} practices name the group or a narrower one; {len(exclude)} of them are planned or withdrawn:")
for title in sorted(left_out["title"]):
    print(" -", title)

# %% [markdown]
# ## 2. Count, State by State
#
# A view of one dimension, regions, gives a row for each country. `state` says how to read it: *documented*
# (evidence that others can check), *thin* (only somebody's word), *searched-none-found*, *not-searched*,
# *not-published* (for the safety of people). Never read a nought without it.

# %%
view = observatory.coverage("region", where=f"group={GROUP}", rung=RUNG, exclude=exclude)
countries = view.to_pandas()[["region_code", "region_label", "state", "marks", "practices", "documented"]]
print(countries["state"].value_counts().to_string())

# %% [markdown]
# ## 3. Join: who is bound
#
# Acts of adoption are records of the collection too; a query takes those of this treaty. The subregion of a
# country comes from the scheme of regions, which is the United Nations' M49: each concept names what is
# broader.

# %%
bound = observatory.sparql(f"""
PREFIX dgekg: <https://w3id.org/dgekg/ontology#>
PREFIX scheme-status: <https://w3id.org/dgekg/scheme/adoption-status/>
SELECT DISTINCT ?country WHERE {{
  VALUES ?status {{ scheme-status:ratified scheme-status:acceded scheme-status:in-force }}
  ?act dgekg:ofInstrument <https://w3id.org/dgekg/id/instrument/{TREATY}> ;
    dgekg:inJurisdiction ?country ; dgekg:adoptionStatus ?status .
  ?country dgekg:iso3 ?iso3 .
}} ORDER BY ?country""").to_pandas()
bound["region_code"] = bound["country"].str.rsplit("/", n=1).str[-1]

regions = observatory.concepts("region").to_pandas().set_index("code")


def subregion(code: str) -> str:
    """Return the M49 subregion of a country: the second step below the world."""
    above = [code]
    while regions.loc[above[-1], "broader"]:
        above.append(regions.loc[above[-1], "broader"])
    return regions.loc[above[-3], "title"]


states = bound.merge(countries, on="region_code", how="left", validate="one_to_one")
states["subregion"] = states["region_code"].map(subregion)
states["state"] = states["state"].fillna("no row")
unmatched = (states["state"] == "no row").sum()
print(
    f"{len(bound)} States on record as bound, in {states['subregion'].nunique()} subregions; "
    f"{unmatched} without a match."
)

# %% [markdown]
# ## 4. Analyse, and draw
#
# For each subregion: how many of the States bound have something documented, something thin, nothing found by a
# search, or no search at all.

# %%
ORDER = ["documented", "thin", "searched-none-found", "not-applicable", "not-searched", "not-published", "no row"]
drawn = [s for s in ORDER if s in set(states["state"])]
counted = pd.crosstab(states["subregion"], states["state"]).reindex(columns=drawn)
counted["States bound"] = counted.sum(axis=1)
counted["share documented, %"] = (100 * counted.get("documented", 0) / counted["States bound"]).round().astype(int)
counted = counted.sort_values(["share documented, %", "States bound"], ascending=False)
print(counted.to_string())


# %%
class Figure:
    """A picture by Vega-Lite; notebooks show it as SVG."""

    def __init__(self, spec: dict) -> None:
        self.spec = spec

    def _repr_svg_(self) -> str:
        return vl_convert.vegalite_to_svg(self.spec)


COLOURS = {
    "documented": "#17635d",
    "thin": "#a3cec5",
    "searched-none-found": "#e0b04c",
    "not-applicable": "#c9c5bb",
    "not-searched": "#eeebe3",
    "not-published": "#565b60",
    "no row": "#ffffff",
}
values = [
    {"subregion": name, "state": state, "rank": drawn.index(state), "States": int(row[state])}
    for name, row in counted.iterrows()
    for state in drawn
    if row[state]
]
Figure(
    {
        "title": {
            "text": "States on record as bound by the CRPD, by what is known for persons with disabilities in AI",
            "subtitle": f"dgekg, version {view.version}, as of {view.about['as_of']}, CC BY 4.0",
        },
        "width": 420,
        "data": {"values": values},
        "mark": {"type": "bar", "stroke": "#7c7f80", "strokeWidth": 0.5},
        "encoding": {
            "y": {"field": "subregion", "type": "nominal", "sort": list(counted.index), "title": None},
            "x": {"field": "States", "type": "quantitative", "title": "States bound"},
            "order": {"field": "rank", "type": "quantitative"},
            "color": {
                "field": "state",
                "type": "nominal",
                "title": None,
                "scale": {"domain": drawn, "range": [COLOURS[s] for s in drawn]},
            },
        },
    }
)

# %% [markdown]
# ## 5. Doubt it
#
# Three questions before anybody quotes this. Does another count give the same? How much hangs on what was left
# out at the beginning? And how much hangs on the level of evidence that was asked for?

# %%
recount = {row["row"]: row["practices"] for row in observatory.sparql(view.sparql)}
assert all(recount.get(row["region_iri"], 0) == row["practices"] for row in view if row["region_iri"])
print("The query that the view names gives the same number in every row.")


def documented(rung: int, without: list[str]) -> int:
    """Return how many of the States bound have something at this level of evidence or above."""
    rows = observatory.coverage("region", where=f"group={GROUP}", rung=rung, exclude=without).to_pandas()
    return int(rows[rows["region_code"].isin(bound["region_code"])]["documented"].gt(0).sum())


sure = pd.DataFrame(
    [[f"level {rung} or above", documented(rung, exclude), documented(rung, [])] for rung in (1, 2, 3)],
    columns=["evidence", "States, as judged above", "States, nothing left out"],
)
print(sure.to_string(index=False))

# %% [markdown]
# ## 6. Say it, and cite it
#
# The sentence is made of the numbers, so that it cannot say anything else than they do.

# %%
n, yes = len(states), int((states["state"] == "documented").sum())
unsearched = int((states["state"] == "not-searched").sum())
none = [name for name, row in counted.iterrows() if not row.get("documented", 0)]
print(
    f"Of {n} States on record as bound by the Convention, {yes} have a practice on record that concerns AI and "
    f"persons with disabilities and has evidence that others can check; {n - yes} have not. For {unsearched} of "
    "these the collection cannot say that there is none: nobody searched there."
)
print("Subregions without any such State:", "; ".join(none) if none else "none", end=".\n")
print()
print(f"Source: dgekg, version {view.version}, as of {view.about['as_of']}. Licence: {view.about['license']}")
print(
    f'To ask it again: dgekg.open(version="{view.version}").coverage("region", where="group={GROUP}", rung={RUNG}, ...)'
)
