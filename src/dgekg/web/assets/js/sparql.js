// The editor of /sparql: YASQE for writing, our own table for the answer. Nothing is asked of any other site, nothing is
// kept on the device, and Stop closes the connection, on which the server ends the query.
import Yasqe from "@zazuko/yasqe";

const form = document.getElementById("ask");
const area = document.getElementById("query");
const out = document.getElementById("out");
const said = JSON.parse(form.dataset.said);
const prefixes = JSON.parse(form.dataset.prefixes);
const language = document.documentElement.lang;
const [run, stop, share] = [form.querySelector("button:not([type=button])"), form.querySelector(".stop"), form.querySelector(".share")];
const status = form.querySelector(".status");
const MOST_ROWS = 1000;
const MOST_LETTERS = 6000; // of an address that every server on the way takes
const VOID = "http://rdfs.org/ns/void#";

// What can be completed is what this very graph uses, the most used first; asked for once, when somebody writes.
let known;
function vocabulary() {
  known ??= fetch(form.dataset.void, { headers: { Accept: "application/n-triples" } })
    .then((answer) => (answer.ok ? answer.text() : ""))
    .then((text) => {
      const of = (name) => [...text.matchAll(new RegExp(`<${VOID}${name}> <([^>]+)>`, "g"))].map((found) => found[1]);
      return { classes: of("class"), properties: of("property") };
    })
    .catch(() => ({ classes: [], properties: [] }));
  return known;
}

const fitting = (which) => (_editor, token) =>
  vocabulary().then((all) => all[which].filter((iri) => iri.startsWith(token?.autocompletionString ?? token?.string ?? "")).sort());
Yasqe.forkAutocompleter("prefixes", { name: "prefixes-here", persistenceId: null, get: () => Object.entries(prefixes).map(([name, iri]) => `${name}: <${iri}>`) });
Yasqe.forkAutocompleter("class", { name: "classes-here", autoShow: true, persistenceId: null, get: fitting("classes") });
Yasqe.forkAutocompleter("property", { name: "properties-here", autoShow: true, persistenceId: null, get: fitting("properties") });

const host = document.createElement("div");
area.before(host);
const editor = new Yasqe(host, {
  value: area.value,
  persistenceId: null,
  consumeShareLink: null,
  createShareableLink: null,
  showQueryButton: false,
  resizeable: false,
  editorHeight: "22rem",
  viewportMargin: Infinity,
  screenReaderLabel: said.query,
  autocompleters: ["prefixes-here", "classes-here", "properties-here", "variables"],
  // Tab leads on to the next control, as everywhere else on the page.
  extraKeys: { ...Yasqe.defaults.extraKeys, Tab: false, "Shift-Tab": false, "Ctrl-S": false, "Ctrl-Enter": () => ask(), "Cmd-Enter": () => ask() },
});
area.hidden = true;
form.querySelector("label").removeAttribute("for");
editor.getInputField().setAttribute("aria-label", said.query);
for (const one of [share, form.querySelector(".help")]) one.hidden = false;
// The prefixes that a query uses are declared by themselves, so nobody needs to know them by heart.
let running;

function make(name, attributes = {}, ...inside) {
  const found = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) found.setAttribute(key, value);
  found.append(...inside);
  return found;
}

const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
const number = (n) => n.toLocaleString(language);

function address(format) {
  const url = new URL(form.action, location.href);
  url.searchParams.set("query", editor.getValue());
  if (format) url.searchParams.set("format", format);
  return url;
}

function unmark() {
  document.getElementById("wrong")?.remove();
  for (const mark of editor.getDoc().getAllMarks()) if (mark.className === "wrong-here") mark.clear();
  for (let line = 0; line < editor.getDoc().lineCount(); line++) editor.removeLineClass(line, "background", "wrong");
}

// Line and column count from 1, as the engine says them.
function mark(line, column) {
  const at = Math.min(line, editor.getDoc().lineCount()) - 1;
  const text = editor.getDoc().getLine(at);
  const from = Math.min(Math.max(column - 1, 0), Math.max(text.length - 1, 0));
  const word = /^\S*/.exec(text.slice(from))[0].length || 1;
  editor.addLineClass(at, "background", "wrong");
  editor.getDoc().markText({ line: at, ch: from }, { line: at, ch: from + word }, { className: "wrong-here" });
  return () => {
    editor.getDoc().setCursor({ line: at, ch: from });
    editor.scrollIntoView({ line: at, ch: from }, 80);
    editor.focus();
  };
}

function refuse(problem) {
  const box = make("div", { class: "problem", role: "alert", id: "wrong" }, make("p", {}, make("span", { lang: "en" }, problem.detail ?? said.failed)));
  if (problem.line) {
    const go = make("button", { type: "button", class: "quiet" }, fill(said.goto, problem));
    go.addEventListener("click", mark(problem.line, problem.column ?? 1));
    box.append(make("p", {}, go));
  }
  form.before(box);
  out.hidden = true;
}

function cell(term) {
  if (!term) return make("td");
  if (term.type === "uri") {
    const { dataset } = form;
    const here = term.value.startsWith(dataset.home) && !term.value.startsWith(dataset.home + "graph/");
    const [short, space] = Object.entries(prefixes).find(([, iri]) => term.value.startsWith(iri) && term.value.length > iri.length) ?? [];
    const words = short ? `${short}:${term.value.slice(space.length)}` : here ? term.value.slice(dataset.home.length) : term.value;
    if (!here && !/^https?:/.test(term.value)) return make("td", {}, words);
    const href = here ? `${dataset.root}/${term.value.slice(dataset.home.length)}` : term.value;
    return make("td", {}, make("a", here ? { href } : { href, rel: "noopener noreferrer external", class: "outside" }, words));
  }
  const tongue = term["xml:lang"];
  const numeric = /^-?\d+(\.\d+)?$/.test(term.value) && term.datatype;
  return make("td", numeric ? { class: "num" } : {}, make("span", tongue && tongue !== language ? { lang: tongue } : {}, term.value));
}

function files(kinds) {
  const parts = kinds.flatMap(([format, words], n) => {
    // A long query does not fit into an address: the form sends it.
    const one = address(format).href.length < MOST_LETTERS
      ? make("a", { href: address(format).href }, words)
      : make("button", { form: "ask", name: "format", value: format, class: "quiet", formnovalidate: "" }, words);
    return n ? [" · ", one] : [one];
  });
  return make("p", { class: "files" }, said.downloads, " ", ...parts);
}

function table(document_) {
  const { vars } = document_.head;
  const rows = document_.results.bindings;
  const form_ = new Intl.PluralRules(language).select(rows.length) === "one" ? "one" : "other";
  const heading = make("h2", { id: "answer", tabindex: "-1" }, fill(said[`rows_${form_}`], { n: number(rows.length) }));
  const body = make("tbody", {}, ...rows.slice(0, MOST_ROWS).map((row) => make("tr", {}, ...vars.map((name) => cell(row[name])))));
  const head = make("thead", {}, make("tr", {}, ...vars.map((name) => make("th", { scope: "col" }, name))));
  const whole = make("table", { class: "list" }, make("caption", { class: "vh" }, said.answer), head, body);
  const parts = [heading, files([["csv", "CSV"], ["tsv", "TSV"], ["json", "JSON"], ["xml", "XML"]])];
  if (rows.length) parts.push(make("div", { class: "scroll", role: "region", "aria-labelledby": "answer", tabindex: "0" }, whole));
  else parts.push(make("p", { class: "empty" }, said.empty));
  if (rows.length > MOST_ROWS) parts.push(make("p", {}, fill(said.cut, { n: number(MOST_ROWS) })));
  return parts;
}

async function show(answer) {
  const kind = answer.headers.get("content-type") ?? "";
  if (!answer.ok) {
    const problem = kind.includes("json") ? await answer.json() : { detail: `${answer.status} ${answer.statusText}` };
    return refuse(problem);
  }
  const heading = make("h2", { id: "answer", tabindex: "-1" }, said.answer);
  if (kind.includes("sparql-results+json")) {
    const found = await answer.json();
    if ("boolean" in found) out.replaceChildren(heading, make("p", { class: "lead" }, found.boolean ? said.holds : said.holds_not));
    else out.replaceChildren(...table(found));
  } else {
    const text = await answer.text();
    const shown = make("pre", { tabindex: "0" }, make("code", {}, text.slice(0, 200000)));
    out.replaceChildren(heading, files([["ttl", "Turtle"], ["jsonld", "JSON-LD"], ["nt", "N-Triples"], ["rdf", "RDF/XML"]]), shown);
  }
  out.hidden = false;
}

async function ask() {
  if (running) running.abort();
  unmark();
  const mine = (running = new AbortController());
  const began = performance.now();
  const seconds = () => ((performance.now() - began) / 1000).toLocaleString(language, { maximumFractionDigits: 1 });
  stop.hidden = false;
  run.setAttribute("aria-busy", "true");
  status.textContent = said.running;
  const here = address();
  if (here.href.length < MOST_LETTERS) history.replaceState(null, "", here);
  try {
    const answer = await fetch(form.action, {
      method: "POST",
      headers: { "Content-Type": "application/sparql-query", Accept: "application/sparql-results+json, text/turtle, application/problem+json;q=0.1" },
      body: editor.getValue(),
      signal: mine.signal,
    });
    await show(answer);
    status.textContent = answer.ok ? fill(said.took, { n: seconds() }) : "";
    if (answer.ok) document.getElementById("answer").focus({ preventScroll: true });
  } catch (error) {
    if (error.name === "AbortError") status.textContent = running === mine ? fill(said.stopped, { n: seconds() }) : status.textContent;
    else {
      status.textContent = "";
      refuse({ detail: said.failed });
    }
  } finally {
    if (running === mine) {
      running = undefined;
      stop.hidden = true;
      run.removeAttribute("aria-busy");
    }
  }
}

form.addEventListener("submit", (event) => {
  area.value = editor.getValue();
  if (event.submitter?.name === "format") return;
  event.preventDefault();
  ask();
});
stop.addEventListener("click", () => {
  running?.abort();
  run.focus();
});
share.addEventListener("click", async () => {
  history.replaceState(null, "", address());
  try {
    await navigator.clipboard.writeText(location.href);
    status.textContent = said.copied;
  } catch {
    status.textContent = location.href;
  }
});
if (form.dataset.line) mark(Number(form.dataset.line), Number(form.dataset.column ?? 1));
