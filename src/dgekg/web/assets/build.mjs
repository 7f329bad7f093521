// Bundles css/*.css and js/*.js into the folder named on the command line, with hashed names and a manifest.
// Asked for by build.py, which knows where Node is and whether anything changed.
//
// Every css/*.css that base.css does not take in, and every js/*.js, is a file of its own that a template can ask for by
// name. theme.js runs before the first paint, edition.js from files, where browsers load no modules, and give-worker.js as
// a worker, where not all do: these are classic scripts; all others are modules that may share parts.
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { build } from "esbuild";
import { PACKAGES, files as madeFiles } from "./made.mjs";

const out = process.argv[2];
const CLASSIC = ["theme.js", "edition.js", "give-worker.js"];

// Colours are data, because charts made on the server need them too: one file, ../colours.json, for both.
const colours = {
  name: "colours",
  setup(plugin) {
    plugin.onLoad({ filter: /colours\.json$/ }, ({ path }) => {
      const { light, dark } = JSON.parse(readFileSync(path, "utf8"));
      const lines = (set) => Object.entries(set).map(([name, value]) => `--${name}: ${value};`).join(" ");
      const contents =
        `:root { color-scheme: light; ${lines(light)} }\n` +
        `@media screen and (prefers-color-scheme: dark) { :root:not([data-theme=light]) { color-scheme: dark; ${lines(dark)} } }\n` +
        `@media screen { :root[data-theme=dark] { color-scheme: dark; ${lines(dark)} } }\n`;
      return { contents, loader: "css" };
    });
  },
};

// The pages allow no data: addresses, so a picture inside a style sheet becomes a file.
const pictures = {
  name: "pictures",
  setup(plugin) {
    const kept = new Map();
    plugin.onResolve({ filter: /^data:image\/svg\+xml/ }, ({ path }) => {
      const body = path.slice(path.indexOf(",") + 1);
      const text = path.includes(";base64,") ? Buffer.from(body, "base64").toString() : decodeURIComponent(body);
      const name = `icon-${createHash("sha256").update(text).digest("hex").slice(0, 8)}.svg`;
      kept.set(name, text);
      return { path: name, namespace: "picture" };
    });
    plugin.onLoad({ filter: /.*/, namespace: "picture" }, ({ path }) => ({ contents: kept.get(path), loader: "file" }));
  },
};

const files = (folder, ending) => readdirSync(folder).filter((name) => name.endsWith(ending)).map((name) => join(folder, name));
const inBase = new Set([...readFileSync("css/base.css", "utf8").matchAll(/@import "\.\/([^"]+)"/g)].map((found) => found[1]));
const sheets = files("css", ".css").filter((name) => !inBase.has(basename(name)));
const scripts = files("js", ".js");
const common = {
  bundle: true,
  minify: true,
  metafile: true,
  outdir: out,
  outbase: ".",
  entryNames: "[name]-[hash]",
  chunkNames: "part-[hash]",
  assetNames: "[name]-[hash]",
  loader: { ".woff2": "file", ".svg": "file", ".png": "file" },
  target: ["chrome111", "firefox113", "safari16.4"],
  legalComments: "none",
  logLevel: "warning",
  plugins: [colours, pictures],
};

mkdirSync(out, { recursive: true });
const made = await Promise.all([
  build({ ...common, entryPoints: sheets }),
  build({ ...common, entryPoints: scripts.filter((name) => !CLASSIC.includes(basename(name))), format: "esm", splitting: true }),
  build({ ...common, entryPoints: scripts.filter((name) => CLASSIC.includes(basename(name))), format: "iife" }),
]);
const named = {};
for (const { metafile } of made) {
  for (const [output, { entryPoint, inputs }] of Object.entries(metafile.outputs)) {
    const from = entryPoint ?? (Object.keys(inputs).length === 1 && !output.match(/part-/) ? Object.keys(inputs)[0] : "");
    if (from && !from.startsWith("picture:")) named[basename(from)] ??= basename(output);
  }
}
for (const [name, bytes] of await madeFiles()) {
  const [stem, ending] = name.split(/\.(?=[^.]+$)/);
  named[name] = `${stem}-${createHash("sha256").update(bytes).digest("hex").slice(0, 8).toUpperCase()}.${ending}`;
  writeFileSync(join(out, named[name]), bytes);
}
// Who made what is carried along, in their own words.
const packages = new Set(
  made.flatMap(({ metafile }) => Object.keys(metafile.inputs))
    .map((path) => path.match(/.*node_modules\/((?:@[^/]+\/)?[^/]+)/)?.[1]).filter(Boolean),
);
for (const name of ["@picocss/pico", ...PACKAGES]) packages.add(name);
const told = [...packages].sort().map((name) => {
  const folder = join("node_modules", name);
  const { version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const file = readdirSync(folder).find((entry) => /^(licen[cs]e|copying)/i.test(entry));
  return `${name} ${version} (${license})\n\n${file ? readFileSync(join(folder, file), "utf8").trim() : ""}\n`;
});
writeFileSync(join(out, "licences.txt"), told.join("\n----\n\n"));

const sorted = Object.fromEntries(Object.entries(named).sort(([a], [b]) => (a < b ? -1 : 1)));
writeFileSync(join(out, "manifest.json"), JSON.stringify({ files: sorted }, null, 1) + "\n");
