/**
 * Bundles the browser code of the house into static/dist/ with esbuild.
 *
 *   frontend/site.css            -> static/dist/site.css
 *   frontend/islands/*.js        -> static/dist/islands/*.js    one native module an island, nothing shared
 *   frontend/player/*.{js,css}   -> static/dist/player/*        the player of videos, for pages that show one
 *   frontend/admin/*.{js,css}    -> static/dist/admin/*         extras of the page editor
 *   frontend/graphiql/index.js   -> static/dist/graphiql/*      the explorer that development shows at /graphql/explore/
 *
 * A source that is absent is skipped; what an earlier build left behind is removed.
 */
import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const sources = join(root, "frontend");
const output = join(root, "static", "dist");

/** Files of one folder below frontend/ whose name matches; none when the folder is absent. */
function filesIn(folder, pattern) {
  const path = join(sources, folder);
  if (!existsSync(path)) return [];
  return readdirSync(path)
    .filter((name) => pattern.test(name))
    .sort()
    .map((name) => join(path, name));
}

const groups = [
  { name: "site", entries: filesIn(".", /^site\.css$/) },
  { name: "islands", entries: filesIn("islands", /\.js$/) },
  { name: "player", entries: filesIn("player", /\.(js|css)$/) },
  { name: "admin", entries: filesIn("admin", /\.(js|css)$/) },
  { name: "graphiql", entries: filesIn("graphiql", /^index\.js$/), libraries: true },
];

const common = {
  absWorkingDir: root,
  outbase: sources,
  outdir: output,
  bundle: true,
  minify: true,
  metafile: true,
  charset: "utf8",
  legalComments: "none",
  logLevel: "warning",
  target: ["es2022", "chrome111", "firefox113", "safari16.4"],
  // Paths such as /static/fonts/… are the server's to answer.
  external: ["/static/*"],
  loader: { ".svg": "file", ".png": "file", ".webp": "file", ".woff2": "file" },
  assetNames: "assets/[name]-[hash]",
};

rmSync(output, { recursive: true, force: true });
let written = [];
for (const group of groups) {
  if (!group.entries.length) continue;
  const result = await build({
    ...common,
    entryPoints: group.entries,
    format: "esm",
    // GraphiQL brings React, which reads this to leave its development half out.
    ...(group.libraries ? { define: { "process.env.NODE_ENV": '"production"' } } : {}),
  });
  written = written.concat(Object.keys(result.metafile.outputs));
}

for (const path of written) {
  const bytes = readFileSync(join(root, path));
  const name = relative(output, join(root, path)).padEnd(36);
  console.log(`${name} ${String(bytes.length).padStart(9)} bytes ${String(gzipSync(bytes).length).padStart(8)} gzipped`);
}
if (!written.length) console.log("Nothing to bundle below frontend/.");
