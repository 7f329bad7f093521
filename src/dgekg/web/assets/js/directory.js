// The directory without reloading: what is typed, chosen or followed is asked of the same addresses that work without
// this file, and the parts of the answer take the place of those shown. Every state is an address.
const root = document.querySelector("[data-directory]");
const WAIT = 220;
let running;
let timer;

const form = () => root.querySelector("form");

function address() {
  const asked = new URLSearchParams();
  for (const [name, value] of new FormData(form())) {
    const usual = name === "sort" && form().sort.querySelector("option[selected]")?.value === value;
    if (value !== "" && !usual) asked.append(name, value);
  }
  const query = asked.toString();
  return form().action + (query ? `?${query}` : "");
}

function openNow() {
  return new Map([...root.querySelectorAll("#found details[id]")].map((one) => [one.id, one.open]));
}

function put(page) {
  const open = openNow();
  for (const id of ["count", "kept", "found"]) document.getElementById(id).replaceWith(page.getElementById(id));
  for (const [id, was] of open) {
    const now = document.getElementById(id);
    if (now && (was || id !== "filters")) now.open = was || now.open;
  }
  const sorts = page.getElementById("sort");
  if (sorts.length !== form().sort.length) form().sort.replaceWith(sorts);
  const languages = page.querySelector("header .set nav");
  if (languages) document.querySelector("header .set nav")?.replaceWith(languages);
  document.getElementById("said").textContent = document.getElementById("count").textContent;
  ready();
}

async function show(where, { push = false, focus = "" } = {}) {
  running?.abort();
  running = new AbortController();
  root.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(where, { headers: { accept: "text/html" }, signal: running.signal });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (!page.getElementById("found")) {
      location.assign(where);
      return;
    }
    if (push) history.pushState(null, "", where);
    else history.replaceState(null, "", where);
    put(page);
    if (focus) (document.querySelector(focus) ?? document.getElementById("count")).focus({ preventScroll: true });
  } catch (error) {
    if (error.name === "AbortError") return;
    location.assign(where);
    return;
  }
  root.removeAttribute("aria-busy");
}

function ready() {
  if (!navigator.clipboard) return;
  for (const button of root.querySelectorAll("button.copy")) button.hidden = false;
}

async function copy(button) {
  await navigator.clipboard.writeText(button.closest("details").querySelector("code").textContent);
  const said = button.textContent;
  button.textContent = button.dataset.copied;
  setTimeout(() => (button.textContent = said), 1600);
}

root.addEventListener("input", (event) => {
  if (event.target.id !== "q") return;
  clearTimeout(timer);
  timer = setTimeout(() => show(address()), WAIT);
});
root.addEventListener("change", (event) => {
  if (event.target.id === "sort") show(address(), { push: true });
});
root.addEventListener("submit", (event) => {
  event.preventDefault();
  clearTimeout(timer);
  show(address(), { push: true });
});
root.addEventListener("click", (event) => {
  const button = event.target.closest("button.copy");
  if (button) copy(button);
  const link = event.target.closest(".facet a, .chips a, .faces a");
  if (!link || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey || event.button) return;
  event.preventDefault();
  const facet = link.closest(".facet");
  const query = new URL(link.href).searchParams.get("q") ?? "";
  form().q.value = query;
  show(link.href, { push: true, focus: facet ? `#${facet.id} > summary` : "#count" });
});
addEventListener("popstate", () => {
  form().q.value = new URL(location.href).searchParams.get("q") ?? "";
  show(location.href);
});
ready();
