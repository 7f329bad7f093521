// On every page: the switch between light and dark. Without a choice the device decides, and a choice that agrees with it
// is forgotten again.
const root = document.documentElement;
const device = matchMedia("(prefers-color-scheme: dark)");
const button = document.querySelector("button.theme");

const shown = () => root.dataset.theme || (device.matches ? "dark" : "light");

function say() {
  if (button) button.textContent = shown() === "dark" ? button.dataset.light : button.dataset.dark;
}

function choose() {
  const wanted = shown() === "dark" ? "light" : "dark";
  const asDevice = wanted === (device.matches ? "dark" : "light");
  if (asDevice) delete root.dataset.theme;
  else root.dataset.theme = wanted;
  try {
    if (asDevice) localStorage.removeItem("theme");
    else localStorage.setItem("theme", wanted);
  } catch {
    // kept for this page only
  }
  say();
  root.dispatchEvent(new CustomEvent("themechange", { detail: shown() }));
}

if (button) {
  button.dataset.ready = "";
  button.addEventListener("click", choose);
  device.addEventListener("change", say);
  say();
}
