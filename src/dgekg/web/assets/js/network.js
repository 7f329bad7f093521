// The picture of /network made touchable: the same places as the drawing, by WebGL, so that thousands of things stay smooth.
// Without WebGL the drawing stays. The tables say the same, so the canvas itself is one image to those who hear the page.
import { NodeSquareProgram } from "@sigma/node-square";
import Graph from "graphology";
import Sigma from "sigma";

const frame = document.querySelector(".net-frame");
const drawing = frame?.querySelector("svg");
const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
const KINDS = { practice: ["k3", "circle", 2.6], actor: ["k1", "square", 3], instrument: ["k2", "circle", 6] };

function make(name, attributes = {}, ...inside) {
  const found = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) found.setAttribute(key, value);
  found.append(...inside);
  return found;
}

function possible() {
  const canvas = document.createElement("canvas");
  return Boolean(canvas.getContext("webgl2"));
}

function begin(data) {
  const graph = new Graph();
  const names = new Map();
  data.nodes.forEach((node, n) => {
    const [, type, size] = KINDS[node.kind];
    graph.addNode(String(n), { ...node, y: -node.y, type, size: size + Math.min(Math.sqrt(node.ties) / 3, 5), color: "" });
    names.set(node.label, String(n));
  });
  for (const [a, b, tie] of data.ties) graph.mergeEdge(String(a), String(b), { tie, size: 0.5 });

  const canvas = make("div", { class: "net-canvas", role: "img", "aria-label": frame.dataset.said });
  const button = (words) => make("button", { type: "button", class: "quiet" }, words);
  const [near, far, whole] = [frame.dataset.near, frame.dataset.far, frame.dataset.whole].map(button);
  const input = make("input", { id: "net-find", list: "net-names", autocomplete: "off" });
  const list = make("datalist", { id: "net-names" }, ...[...names.keys()].sort().map((value) => make("option", { value })));
  const find = make("p", {}, make("label", { for: "net-find" }, frame.dataset.find), input, list);
  const said = make("div", { class: "net-said small", role: "status" }, make("p", {}, frame.dataset.touch));
  drawing.style.display = "none";
  frame.append(make("div", { class: "net-tools" }, find, near, far, whole), canvas, said);

  // On a small picture small dots, or they would cover each other.
  const scale = Math.min(1, Math.max(0.45, canvas.clientWidth / 1000));
  graph.forEachNode((node, { size }) => graph.setNodeAttribute(node, "size", size * scale));
  let ink;
  const paint = () => (ink = Object.fromEntries(["ink", "soft", "strong", "rule", "paper", "k1", "k2", "k3"].map((name) => [name, colour(name)])));
  paint();
  const family = getComputedStyle(document.body).fontFamily;
  let chosen = null;
  let over = null;
  const lit = () => over ?? chosen;
  // Nodes that are not meant fade into the paper; nothing is hidden, nothing moves.
  const sigma = new Sigma(graph, canvas, {
    nodeProgramClasses: { square: NodeSquareProgram },
    defaultNodeType: "circle",
    labelFont: family,
    labelSize: scale < 0.6 ? 11 : 13,
    labelColor: { color: ink.ink },
    labelRenderedSizeThreshold: 7 * scale,
    labelDensity: 0.6,
    zIndex: true,
    allowInvalidContainer: true,
    hideEdgesOnMove: graph.size > 4000,
    enableCameraRotation: false,
    minCameraRatio: 0.05,
    maxCameraRatio: 1.6,
    defaultDrawNodeHover: (context, node, settings) => {
      context.font = `600 ${settings.labelSize}px ${family}`;
      const wide = context.measureText(node.label ?? "").width;
      context.fillStyle = ink.paper;
      context.fillRect(node.x + node.size + 1, node.y - 10, wide + 8, 20);
      context.strokeStyle = ink.strong;
      context.strokeRect(node.x + node.size + 1, node.y - 10, wide + 8, 20);
      context.fillStyle = ink.ink;
      context.fillText(node.label, node.x + node.size + 5, node.y + 4.5);
    },
    nodeReducer: (node, values) => {
      const one = lit();
      const meant = !one || node === one || graph.areNeighbors(node, one);
      const own = ink[KINDS[values.kind][0]];
      return { ...values, color: meant ? own : ink.rule, label: meant ? values.short : "", zIndex: meant ? 1 : 0, forceLabel: node === one || (Boolean(one) && meant && graph.degree(one) < 9) };
    },
    edgeReducer: (edge, values) => {
      const one = lit();
      const meant = !one || graph.hasExtremity(edge, one);
      return { ...values, color: one && meant ? ink.soft : ink.rule, size: one && meant ? 1.4 : 0.5, hidden: Boolean(one) && !meant, zIndex: meant ? 1 : 0 };
    },
  });

  function tell(node) {
    chosen = node;
    if (node === null) said.replaceChildren(make("p", {}, frame.dataset.touch));
    else {
      const { label, href } = graph.getNodeAttributes(node);
      const tied = graph.neighbors(node).sort((a, b) => graph.degree(b) - graph.degree(a));
      const links = tied.slice(0, 14).flatMap((one, n) => [n ? "; " : "", make("a", { href: graph.getNodeAttribute(one, "href"), class: "quiet" }, graph.getNodeAttribute(one, "label"))]);
      said.replaceChildren(
        make("p", {}, make("strong", {}, label), " · ", make("a", { href }, frame.dataset.record)),
        make("p", {}, `${frame.dataset.tied} (${tied.length}): `, ...links, tied.length > 14 ? " …" : ""),
      );
    }
    sigma.refresh({ skipIndexation: true });
  }

  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  const time = () => ({ duration: calm.matches ? 0 : 250 });
  const camera = sigma.getCamera();
  near.addEventListener("click", () => camera.animatedZoom(time()));
  far.addEventListener("click", () => camera.animatedUnzoom(time()));
  whole.addEventListener("click", () => {
    tell(null);
    input.value = "";
    camera.animatedReset(time());
  });
  input.addEventListener("change", () => {
    const node = names.get(input.value);
    if (node === undefined) return;
    tell(node);
    const { x, y } = sigma.getNodeDisplayData(node);
    camera.animate({ x, y, ratio: 0.35 }, time());
  });
  sigma.on("enterNode", ({ node }) => {
    over = node;
    canvas.style.cursor = "pointer";
    sigma.refresh({ skipIndexation: true });
  });
  sigma.on("leaveNode", () => {
    over = null;
    canvas.style.cursor = "";
    sigma.refresh({ skipIndexation: true });
  });
  sigma.on("clickNode", ({ node }) => tell(node));
  sigma.on("clickStage", () => tell(null));
  // The page scrolls under the picture; only with Ctrl, or after a choice, does the wheel zoom.
  sigma.getMouseCaptor().on("wheel", (event) => {
    if (!event.original.ctrlKey && chosen === null) event.preventSigmaDefault();
  });
  const repaint = () => {
    paint();
    sigma.setSetting("labelColor", { color: ink.ink });
    sigma.refresh();
  };
  document.documentElement.addEventListener("themechange", repaint);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", repaint);
  frame.dataset.ready = "yes";
}

// A large network is worked out once for each version; while that lasts, its page asks again and opens when it is there.
const waiting = document.querySelector("[data-soon]");
if (waiting) {
  const again = () =>
    fetch(location.href, { cache: "no-store" })
      .then((answer) => (answer.ok ? location.reload() : later()))
      .catch(later);
  const later = () => setTimeout(again, 1000 * Number(waiting.dataset.soon));
  later();
}

if (frame && possible()) {
  fetch(frame.dataset.graph)
    .then((answer) => (answer.ok ? answer.json() : Promise.reject(new Error(String(answer.status)))))
    .then(begin)
    .catch((error) => {
      if (drawing) drawing.style.display = "";
      console.warn(error);
    });
}
