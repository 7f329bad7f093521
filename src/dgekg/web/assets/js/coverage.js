// Rows of a view open in their place: the page that the link leads to is fetched, and its view takes the place of this one.
// Without a script, or where something fails, the link does the same.
const view = document.getElementById("view");

async function show(link) {
  const answer = await fetch(link.href, { headers: { Accept: "text/html" } });
  if (!answer.ok) throw new Error(answer.statusText);
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const found = page.getElementById("view");
  if (!found) throw new Error("no view");
  const before = view.querySelector(".scroll.sheet");
  const [left, top] = before ? [before.scrollLeft, before.scrollTop] : [0, 0];
  const open = [...view.querySelectorAll(".sheet-list details")].map((one) => one.open);
  view.replaceChildren(...found.childNodes);
  const after = view.querySelector(".scroll.sheet");
  if (after) after.scrollTo(left, top);
  return open;
}

view?.addEventListener("click", async (event) => {
  const link = event.target.closest("a.opener");
  if (!link || event.button || event.metaKey || event.ctrlKey || event.shiftKey) return;
  event.preventDefault();
  const hash = new URL(link.href).hash;
  const wide = Boolean(link.closest("table"));
  view.setAttribute("aria-busy", "true");
  try {
    await show(link);
    const address = new URL(link.href);
    address.hash = "";
    history.replaceState(null, "", address);
    const row = view.querySelector(`[id="${CSS.escape(hash.slice(1)).replace(/\\/g, "")}"]`);
    const next = wide ? row?.querySelector("a.opener") : [...view.querySelectorAll(".sheet-list a.opener")].find((one) => new URL(one.href).hash === hash);
    next?.closest("details")?.setAttribute("open", "");
    next?.focus({ preventScroll: true });
  } catch {
    location.assign(link.href);
  } finally {
    view.removeAttribute("aria-busy");
  }
});
