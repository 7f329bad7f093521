// The service worker of /contribute, and of nothing else: the forms open without a connection, empty as they were handed
// out. Nothing that is typed or sent is kept here. The service puts VERSION before this text; another makes another cache.
/* global VERSION */
const NAME = "dgekg-give-";
const CACHE = `${NAME}${VERSION}`;
const HOME = new URL(self.registration.scope).pathname; // .../contribute
const STATIC = `${HOME.slice(0, HOME.lastIndexOf("/"))}/static/`;
const FORMS = ["", "/practice", "/actor", "/consultation", "/feedback"].map((name) => HOME + name);
const PATIENCE = 10_000; // milliseconds, on a line that is there and does nothing

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(emptied(CACHE).then(() => self.clients.claim())));

self.addEventListener("message", (event) => {
  if (event.data?.leave) event.waitUntil(Promise.all([emptied(""), self.registration.unregister()]));
  else if (event.data?.keep) event.waitUntil(keep(event.data.keep));
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== self.location.origin) return;
  if (request.mode === "navigate" && request.method === "POST") event.respondWith(sent(request));
  else if (request.mode === "navigate" && named(url)) event.respondWith(opened(request, url));
  else if (request.method === "GET" && url.pathname.startsWith(STATIC)) event.respondWith(looked(request));
});

async function emptied(but) {
  for (const name of await caches.keys()) if (name.startsWith(NAME) && name !== but) await caches.delete(name);
}

// The name under which an empty form is kept; "" for all else, such as a form that is about a record.
function named(url) {
  const others = [...url.searchParams.keys()].some((name) => name !== "lang");
  const language = url.searchParams.get("lang");
  return others || !FORMS.includes(url.pathname) ? "" : url.pathname + (language ? `?lang=${language}` : "");
}

async function keep({ pages, files }) {
  const cache = await caches.open(CACHE);
  for (const file of files) if (!(await cache.match(file, { ignoreVary: true }))) await cache.add(file).catch(() => {});
  for (const page of pages) {
    const name = named(new URL(page, self.location));
    if (name && !(await cache.match(name))) await fetch(page, { cache: "no-store" }).then((answer) => store(name, answer)).catch(() => {});
  }
}

// A key stands for one proposal, and a ticket for one handing out: neither may be used by two who open the kept form.
async function store(name, answer) {
  if (!answer.ok || answer.redirected) return;
  const text = (await answer.text()).replace(/(name="(?:key|ticket|base|code)" value=")[^"]*/g, "$1");
  const headers = { "Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": answer.headers.get("Content-Security-Policy") ?? "default-src 'self'" };
  await (await caches.open(CACHE)).put(name, new Response(text, { headers }));
}

async function opened(request, url) {
  const name = named(url);
  const kept = await (await caches.open(CACHE)).match(name);
  const asked = fetch(request).then((answer) => {
    const again = answer.clone();
    store(name, again).catch(() => {});
    return answer;
  });
  if (!kept) return asked;
  const late = new Promise((resolve) => setTimeout(resolve, PATIENCE, kept));
  return Promise.race([asked.catch(() => kept), late]);
}

async function looked(request) {
  const kept = await (await caches.open(CACHE)).match(request, { ignoreVary: true });
  return kept ?? fetch(request);
}

// What cannot be sent leaves the page as it is, with all that was typed: a navigation answered by 204 goes nowhere.
async function sent(request) {
  try {
    return await fetch(request);
  } catch {
    for (const client of await self.clients.matchAll({ type: "window" })) client.postMessage({ unsent: true });
    return new Response(null, { status: 204 });
  }
}
