// Before the first paint: whether scripts run, so that nothing moves when they do; a choice of light or dark made earlier. Without one, the device decides.
if ("noModule" in HTMLScriptElement.prototype) document.documentElement.dataset.script = "";
try {
  const chosen = localStorage.getItem("theme");
  if (chosen === "light" || chosen === "dark") document.documentElement.dataset.theme = chosen;
} catch {
  // a browser that keeps nothing: the device decides
}
