// Builds what the console's pages load: `node build.mjs <folder to write> [folder of node_modules]`.
// Each file is named by its content, so a browser may keep it for ever; manifest.json says which name is which file.

import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const out = resolve(process.argv[2]);
const modules = resolve(process.argv[3] ?? join(here, "node_modules"));
const { build } = createRequire(join(modules, "_"))("esbuild");

const entries = ["console.js", "console.css", "designer.js", "designer.css"];

const built = await build({
  absWorkingDir: here,
  bundle: true,
  entryPoints: entries.map((name) => join(here, "src", name)),
  format: "iife",
  legalComments: "eof",
  loader: { ".svg": "dataurl" },
  minify: true,
  nodePaths: [modules],
  outdir: out,
  target: ["chrome111", "firefox114", "safari16.4"],
  write: false,
});

mkdirSync(out, { recursive: true });
const manifest = {};
for (const { path, contents } of built.outputFiles) {
  const name = path.slice(out.length + 1);
  const hash = createHash("sha256").update(contents).digest("hex").slice(0, 16);
  manifest[name] = name.replace(/(\.\w+)$/, `-${hash}$1`);
  writeFileSync(join(out, manifest[name]), contents);
}
const licences = ["htmx.org", "sequential-workflow-designer", "sequential-workflow-model"];
writeFileSync(
  join(out, "LICENSES.txt"),
  licences.map((name) => `${name}\n\n${readFileSync(join(modules, name, "LICENSE"), "utf8")}`).join("\n\n"),
);
writeFileSync(join(out, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);
