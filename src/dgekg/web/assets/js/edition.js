// In an edition made of files (no service behind it): the list of practices is narrowed down, and everything searched, in the
// browser. The data come as scripts (list-LANGUAGE.js, search-LANGUAGE.js), because a page opened from a stick may fetch nothing.
import MiniSearch from "minisearch";
import "./base.js";

const home = document.querySelector("[data-edition]");
if (home) {
  const data = window.dgekgList;
  const form = home.querySelector("form");
  const count = home.querySelector("[data-count]");
  const items = [...home.querySelectorAll("[data-n]")];
  const none = home.querySelector("[data-none]");
  const others = home.querySelector("[data-others]");
  const number = new Intl.NumberFormat(document.documentElement.lang);
  const plural = new Intl.PluralRules(document.documentElement.lang);
  let index = null;

  const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

  /** Made when somebody searches; it takes a moment. */
  function search(text) {
    if (!index) {
      index = new MiniSearch({
        idField: "n",
        fields: ["title", "other", "text"],
        processTerm: (term) => plain(term) || null,
        searchOptions: { boost: { title: 4, other: 2 }, prefix: (term) => term.length > 2, combineWith: "AND" },
      });
      index.addAll(window.dgekgSearch.map(([title, other, text], n) => ({ n, title, other, text })));
    }
    return index.search(text);
  }

  const asked = () => {
    const pairs = new URLSearchParams(location.search);
    const where = pairs.getAll("where").map((one) => {
      const [, name, not, values] = one.match(/^([a-z-]+)(!?)=(.*)$/) ?? [];
      return name && { name, not: Boolean(not), values: values.split(",").filter(Boolean) };
    });
    for (const name of Object.keys(data.dimensions)) {
      if (pairs.get(name)) where.push({ name, not: false, values: [pairs.get(name)] });
    }
    return { where: where.filter(Boolean), text: (pairs.get("q") ?? "").trim() };
  };

  /** Nothing is said of a country and group of which nothing is published, whether or not anything is known. */
  const closed = (where) => {
    const chosen = (name) => where.filter((one) => one.name === name && !one.not);
    return chosen("region").some((place) =>
      chosen("group").some((people) =>
        place.values.every((at) => people.values.every((who) => (data.closed[who] ?? []).includes(at)))));
  };

  function show() {
    const { where, text } = asked();
    const known = where.filter((one) => data.dimensions[one.name]);
    let left = new Set(items.keys());
    for (const { name, not, values } of known) {
      const within = new Set(values.flatMap((value) => data.dimensions[name][value] ?? []));
      left = new Set([...left].filter((n) => within.has(n) !== not));
    }
    const hits = text ? search(text) : [];
    if (text) {
      const found = new Set(hits.filter(({ id }) => id < items.length).map(({ id }) => id));
      left = new Set([...left].filter((n) => found.has(n)));
    }
    const lid = closed(known);
    if (lid) left.clear();
    none.hidden = lid || left.size > 0;
    items.forEach((item, n) => { item.hidden = !left.has(n); });
    for (const part of home.querySelectorAll("[data-part]")) {
      part.hidden = !part.querySelector("[data-n]:not([hidden])");
    }
    count.textContent = lid ? count.dataset.closed
      : (plural.select(left.size) === "one" ? count.dataset.one : count.dataset.other).replace("{n}", number.format(left.size));
    others.replaceChildren(...hits.filter(({ id }) => id >= items.length).slice(0, 50).map(({ id }) => {
      const line = document.createElement("li");
      const link = document.createElement("a");
      [link.textContent, , , link.href] = window.dgekgSearch[id];
      line.append(link);
      return line;
    }));
    others.parentElement.hidden = !others.children.length;
    for (const field of form.querySelectorAll("select, input[type=search]")) {
      const one = known.find(({ name, not, values }) => name === field.name && !not && values.length === 1);
      field.value = field.name === "q" ? text : one?.values[0] ?? "";
    }
  }

  form.hidden = false;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const pairs = [...new FormData(form)].filter(([, value]) => value);
    try {
      history.pushState(null, "", `?${new URLSearchParams(pairs)}`);
    } catch {
      location.search = `?${new URLSearchParams(pairs)}`;
      return;
    }
    show();
    count.focus();
  });
  addEventListener("popstate", show);
  show();
}
