// The forms of /contribute: one section at a time, what is in already while typing, a draft on this device only where it
// is wanted, and the quick way out. Everything can be filled in and sent without this file.
const form = document.querySelector("[data-give]");
const WAIT = 250;
const PREFIX = "dgekg-draft:";
const name = PREFIX + location.pathname + location.search;
let keeper; // of the empty forms, for when there is no connection

for (const link of document.querySelectorAll("[data-leave]")) {
  link.addEventListener("click", (event) => {
    event.preventDefault();
    leave(link.href);
  });
}
let pressed = [];
addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  pressed = [...pressed, Date.now()].slice(-3);
  const link = document.querySelector("[data-leave]");
  if (link && pressed.length === 3 && pressed[2] - pressed[0] < 1500) leave(link.href);
});

// The page is emptied and takes no place in the history, so that "back" does not show what was typed. The kept forms go,
// too, and who keeps them, unless there is a draft on this device that they are kept for.
function leave(where) {
  if (!drafted()) keeper?.active?.postMessage({ leave: true });
  form?.reset();
  document.body.replaceChildren();
  location.replace(where);
}

if (document.querySelector("[data-sent]")) forgetAll();

function drafted() {
  try {
    return Object.keys(localStorage).some((key) => key.startsWith(PREFIX));
  } catch { return false; }
}

function forgetAll() {
  try {
    for (const key of Object.keys(localStorage)) if (key.startsWith(PREFIX)) localStorage.removeItem(key);
  } catch { /* a browser that keeps nothing has nothing to forget */ }
}

if (form) {
  steps();
  drafts();
  known();
  records();
  files();
  sending();
  offline();
}

function steps() {
  const all = [...form.querySelectorAll(".step")];
  const [back, next, send] = ["back", "next", "send"].map((what) => form.querySelector(`[data-${what}]`));
  const progress = form.querySelector("[data-progress]");
  if (all.length < 2) return;
  const faulty = form.querySelector("[aria-invalid=true], .fault");
  const wanted = location.hash && document.getElementById(location.hash.slice(1));
  let at = Math.max(0, all.findIndex((step) => step.contains(wanted || faulty)));
  const show = (focus) => {
    all.forEach((step, n) => (step.hidden = n !== at));
    back.hidden = at === 0;
    next.hidden = at === all.length - 1;
    send.hidden = at !== all.length - 1;
    progress.textContent = progress.dataset.words.replace("{n}", at + 1).replace("{of}", all.length);
    if (focus) {
      const head = all[at].querySelector("h2");
      head.tabIndex = -1;
      head.focus();
      scrollTo({ top: form.offsetTop - 60 });
    }
  };
  back.addEventListener("click", () => { at -= 1; show(true); });
  next.addEventListener("click", () => { at += 1; show(true); });
  form.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target.tagName === "INPUT" && !next.hidden) event.preventDefault();
  });
  for (const link of document.querySelectorAll("#faults a")) {
    link.addEventListener("click", () => {
      const to = document.getElementById(link.hash.slice(1));
      at = Math.max(0, all.findIndex((step) => step.contains(to)));
      show(false);
    });
  }
  show(false);
  document.getElementById("faults")?.focus();
}

function drafts() {
  const box = form.querySelector("[data-draft]");
  let store;
  try {
    store = localStorage;
    store.getItem(name);
  } catch {
    box.hidden = true;
    return;
  }
  const keep = box.querySelector("[data-keep]");
  const kept = box.querySelector("[data-kept]");
  const saved = store.getItem(name);
  if (saved) {
    keep.checked = true;
    kept.hidden = false;
  }
  const save = () => {
    const pairs = [...new FormData(form)].filter(([key, value]) => typeof value === "string" && !["key", "ticket", "base", "code", "website"].includes(key));
    store.setItem(name, JSON.stringify(pairs));
  };
  let timer;
  form.addEventListener("input", () => {
    clearTimeout(timer);
    if (keep.checked) timer = setTimeout(save, WAIT);
  });
  keep.addEventListener("change", () => (keep.checked ? save() : forget()));
  const forget = () => {
    clearTimeout(timer);
    store.removeItem(name);
    keep.checked = false;
    kept.hidden = true;
  };
  box.querySelector("[data-forget]").addEventListener("click", forget);
  box.querySelector("[data-restore]").addEventListener("click", () => {
    const pairs = JSON.parse(store.getItem(name) || "[]");
    const missing = pairs.filter(([key, value]) => value && !form.elements[key]);
    for (const [key, value] of pairs) {
      const found = [...form.elements].filter((one) => one.name === key);
      const tick = found.find((one) => one.type === "checkbox" && one.value === value);
      if (tick) tick.checked = true;
      else if (found[0] && found[0].type !== "checkbox") found[0].value = value;
      if (value) for (let up = found[0]?.parentElement; up && up !== form; up = up.parentElement) if (up.tagName === "DETAILS") up.open = true;
    }
    kept.hidden = true;
    if (missing.length) rows(missing);
  });
}

// Rows that were added and are not in an empty form come from the service, which gives the whole form again.
function rows(missing) {
  for (const [key, value] of missing) {
    const held = document.createElement("input");
    Object.assign(held, { type: "hidden", name: key, value });
    form.append(held);
  }
  const again = document.createElement("button");
  Object.assign(again, { name: "more", value: "-", formNoValidate: true, hidden: true });
  form.append(again);
  form.requestSubmit(again);
}

function known() {
  for (const input of form.querySelectorAll("[data-known]")) {
    const told = document.createElement("p");
    told.className = "known";
    told.setAttribute("aria-live", "polite");
    input.after(told);
    let timer;
    let running;
    input.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(ask, WAIT);
    });
    const ask = async () => {
      running?.abort();
      running = new AbortController();
      told.textContent = "";
      const text = input.value.trim();
      const address = input.dataset.known === "address";
      if (address ? !/^https?:\/\/\S+\.\S+/.test(text) : text.length < 4) return;
      const asked = address ? `api/lookup?url=${encodeURIComponent(text)}` : `api/search?kind=practice&limit=3&q=${encodeURIComponent(text)}`;
      try {
        const answer = await (await fetch(base() + asked, { signal: running.signal })).json();
        const rows = (answer.rows ?? []).filter((row) => row.title || row.label);
        if (!rows.length) return;
        told.append(`${form.dataset.already} `);
        rows.slice(0, 3).forEach((row, n) => {
          const link = document.createElement("a");
          link.href = row.page ?? row.iri;
          link.textContent = row.title ?? row.label;
          told.append(n ? ", " : "", link);
        });
      } catch { /* a hint only */ }
    };
  }
}

function base() {
  return new URL(form.dataset.base, location.href).href;
}

function records() {
  form.addEventListener("input", ({ target }) => {
    if (!target.dataset?.records) return;
    clearTimeout(target.timer);
    target.timer = setTimeout(async () => {
      const text = target.value.trim();
      if (text.length < 2 || text.endsWith("]")) return;
      const kinds = target.dataset.records.split(",").map((kind) => `&kind=${kind}`).join("");
      try {
        const answer = await (await fetch(`${base()}api/search?limit=8&q=${encodeURIComponent(text)}${kinds}`)).json();
        let list = document.getElementById(`${target.id}-list`);
        if (!list) {
          list = document.createElement("datalist");
          list.id = `${target.id}-list`;
          target.after(list);
          target.setAttribute("list", list.id);
        }
        list.replaceChildren(...(answer.rows ?? []).map((row) => new Option("", `${row.title ?? row.label} [${row.iri.split("/id/")[1]}]`)));
      } catch { /* the name will do as well */ }
    }, WAIT);
  });
}

// What would be refused for its size alone is said before it is sent over a poor line.
function files() {
  const input = form.querySelector("[data-files]");
  if (!input) return;
  const told = document.createElement("p");
  told.className = "fault";
  told.setAttribute("role", "status");
  input.after(told);
  input.addEventListener("change", () => {
    const chosen = [...input.files];
    const { one, together, most, large, largeTogether, many } = input.dataset;
    const lines = chosen.filter((file) => file.size > Number(one)).map((file) => `${file.name}: ${large}`);
    const last = chosen.at(-1);
    if (chosen.length > Number(most)) lines.push(`${last.name}: ${many}`);
    else if (chosen.reduce((sum, file) => sum + file.size, 0) > Number(together)) lines.push(`${last.name}: ${largeTogether}`);
    told.textContent = lines.join(" ");
  });
}

// Without a connection nothing is sent and all stays; when it is back, the page says so, and sends only what is sent by hand.
function sending() {
  const [note, back] = ["offline", "online"].map((what) => form.querySelector(`[data-${what}]`));
  let typed = false;
  const say = (away) => {
    note.hidden = !away;
    back.hidden = away || !typed;
  };
  const stay = () => {
    typed = true;
    say(true);
    note.scrollIntoView({ block: "center" });
  };
  form.addEventListener("input", () => (typed = true));
  form.addEventListener("submit", (event) => {
    if (navigator.onLine !== false && form.elements.ticket.value) return;
    event.preventDefault();
    if (navigator.onLine === false) stay();
    else renewed().then(() => form.requestSubmit(event.submitter), stay);
  });
  navigator.serviceWorker?.addEventListener("message", ({ data }) => data?.unsent && stay());
  addEventListener("offline", () => say(true));
  addEventListener("online", () => say(false));
  if (navigator.onLine === false) say(true);
}

// A form that was kept carries neither key nor ticket: it takes those of one that is handed out now.
async function renewed() {
  const answer = await fetch(location.href, { cache: "no-store" });
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-give]");
  for (const what of ["key", "ticket"]) form.elements[what].value ||= fresh.elements[what].value;
}

// The empty forms, and what they look like, are kept for when there is no connection; where the browser allows it.
async function offline() {
  if (!navigator.serviceWorker || !form.dataset.forms) return;
  try {
    keeper = await navigator.serviceWorker.register(`${base()}contribute-worker.js`, { scope: `${base()}contribute` });
    await navigator.serviceWorker.ready;
    const pages = navigator.connection?.saveData ? [location.href] : form.dataset.forms.split(" ");
    const loaded = [...performance.getEntriesByType("resource").map((entry) => entry.name), document.querySelector("link[rel=icon]").href];
    const files = loaded.filter((one) => one.startsWith(`${base()}static/`));
    keeper.active.postMessage({ keep: { pages, files } });
  } catch { /* the form works without it, as long as there is a connection */ }
}
