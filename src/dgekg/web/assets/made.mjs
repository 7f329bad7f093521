// Files that are neither style sheet nor script, made from packages for the pictures that the server draws:
// the letters in the form its drawing program reads, and the outlines of the world with a point in each country.
import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { decompress } from "wawoff2";

const LETTERS = ["latin-400-normal", "latin-400-italic", "latin-600-normal", "latin-ext-400-normal", "latin-ext-400-italic", "latin-ext-600-normal"];
export const PACKAGES = ["world-atlas", "@fontsource/source-serif-4"];

/** Returns [name, bytes] of each file. */
export async function files() {
  const found = [];
  for (const name of LETTERS) {
    // One after the other, and copied: the program that unpacks them has one room for all.
    const path = join("node_modules/@fontsource/source-serif-4/files", `source-serif-4-${name}.woff2`);
    found.push([basename(path).replace(".woff2", ".ttf"), Buffer.from(await decompress(readFileSync(path)))]);
  }
  return [...found, ["world.json", JSON.stringify(world())]];
}

const atlas = (detail) => JSON.parse(readFileSync(`node_modules/world-atlas/countries-${detail}.json`, "utf8"));

/** Outlines from the coarse atlas; points also for countries that only the finer one has, for they are too small to draw. */
function world() {
  const [coarse, fine] = [atlas("110m"), atlas("50m")];
  const points = {};
  for (const [topology, drawn] of [[fine, false], [coarse, true]]) {
    for (const geometry of topology.objects.countries.geometries) {
      if (geometry.id) points[geometry.id] = [...middle(topology, geometry), drawn ? 1 : 0];
    }
  }
  const geometries = coarse.objects.countries.geometries.map(({ type, arcs, id, properties }) => ({ type, arcs, id, properties }));
  return { topology: { ...coarse, objects: { countries: { type: "GeometryCollection", geometries } } }, points };
}

/** The middle of the largest part of a country, in degrees: [longitude, latitude]. */
function middle(topology, { type, arcs }) {
  const { scale, translate } = topology.transform;
  const parts = (type === "Polygon" ? [arcs] : arcs).map(([outer]) => {
    const ring = outer.flatMap((arc) => {
      let [x, y] = [0, 0];
      const line = topology.arcs[arc < 0 ? ~arc : arc].map(([dx, dy]) => [(x += dx) * scale[0] + translate[0], (y += dy) * scale[1] + translate[1]]);
      return arc < 0 ? line.reverse() : line;
    });
    let [area, cx, cy] = [0, 0, 0];
    ring.forEach(([x, y], n) => {
      const [nx, ny] = ring[(n + 1) % ring.length];
      const cross = x * ny - nx * y;
      area += cross; cx += (x + nx) * cross; cy += (y + ny) * cross;
    });
    return area ? [Math.abs(area), cx / (3 * area), cy / (3 * area)] : [0, ...ring[0]];
  });
  const [, x, y] = parts.reduce((best, one) => (one[0] > best[0] ? one : best));
  return [Math.round(x * 100) / 100, Math.round(y * 100) / 100];
}
