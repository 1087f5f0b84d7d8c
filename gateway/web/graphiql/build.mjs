// Bundles GraphiQL, and htmx for the pages, into the folder named on the command line, and lists what it made there.
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { build } from "esbuild";

const WORKERS = {
  graphql: "monaco-graphql/esm/graphql.worker.js",
  json: "monaco-editor/esm/vs/language/json/json.worker.js",
  editor: "monaco-editor/esm/vs/editor/editor.worker.js",
};

const [outdir, inputs] = process.argv.slice(2);

// Fonts written into style sheets become files, fetched when a glyph of theirs is needed, and
// `font-src 'self'` stays true.
const fonts = new Map();
const fontFiles = {
  name: "font-files",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^data:font\// }, ({ path }) => {
      const [, extension, content] = path.match(/^data:font\/(\w+);base64,(.*)$/);
      const name = `font-${createHash("sha256").update(content).digest("hex").slice(0, 8)}`;
      fonts.set(`${name}.${extension}`, Buffer.from(content, "base64"));
      return { path: `${name}.${extension}`, namespace: "font" };
    });
    onLoad({ filter: /.*/, namespace: "font" }, ({ path }) => ({
      contents: fonts.get(path),
      loader: "file",
    }));
  },
};

const common = {
  outdir,
  bundle: true,
  minify: true,
  metafile: true,
  target: "es2022",
  // The hash in each name is what makes eternal caching safe.
  entryNames: "[name]-[hash]",
  chunkNames: "[name]-[hash]",
  assetNames: "[name]-[hash]",
  legalComments: "none", // licenses.txt has every licence in full
  logLevel: "warning",
  define: { "process.env.NODE_ENV": '"production"' },
};

const outputsOf = (result) =>
  Object.entries(result.metafile.outputs).map(([path, output]) => ({
    name: basename(path),
    entryPoint: output.entryPoint,
    cssBundle: output.cssBundle && basename(output.cssBundle),
  }));

const nameOf = (outputs, entryPoint) =>
  outputs.find((output) => output.entryPoint?.endsWith(entryPoint)).name;

const workers = await build({ ...common, entryPoints: Object.values(WORKERS), format: "iife" });
const workerFiles = Object.fromEntries(
  Object.entries(WORKERS).map(([label, path]) => [label, nameOf(outputsOf(workers), path)]),
);

const page = await build({
  ...common,
  entryPoints: ["main.jsx"],
  format: "esm",
  splitting: true,
  jsx: "automatic",
  loader: { ".graphql": "text", ".ttf": "file" },
  plugins: [fontFiles],
  define: { ...common.define, WORKER_FILES: JSON.stringify(workerFiles) },
});

// The pages take htmx alone: none of GraphiQL's megabytes.
const pages = await build({ ...common, entryPoints: ["htmx.js"], format: "iife" });

// The bundle is other people's work: their licences go where it goes.
const packageOf = (path) => path.match(/^.*node_modules\/(?:@[^/]+\/)?[^/]+/)?.[0];
const folders = [workers, page, pages].flatMap(({ metafile }) => Object.keys(metafile.inputs).map(packageOf));
const licences = await Promise.all(
  [...new Set(folders.filter(Boolean))].sort().map(async (folder) => {
    const { name, version, license } = JSON.parse(await readFile(join(folder, "package.json")));
    const file = (await readdir(folder)).find((entry) => /^licen[cs]e/i.test(entry));
    const text = file ? await readFile(join(folder, file), "utf8") : "";
    return `${name} ${version} (${license})\n\n${text.trim()}\n`;
  }),
);
await writeFile(join(outdir, "licenses.txt"), licences.join(`\n${"-".repeat(72)}\n\n`));

const main = outputsOf(page).find((output) => output.entryPoint === "main.jsx");
// esbuild writes a style sheet for every lazily loaded chunk too; the page's own has them all.
const isUnused = (name) => name.endsWith(".css") && name !== main.cssBundle;
const made = [workers, page, pages].flatMap(outputsOf).map((output) => output.name);
await Promise.all(made.filter(isUnused).map((name) => rm(join(outdir, name))));
const files = made.filter((name) => !isUnused(name));
if (!files.every((name) => existsSync(join(outdir, name)))) throw new Error("a file is missing");
await writeFile(
  join(outdir, "manifest.json"),
  JSON.stringify(
    {
      inputs,
      script: main.name,
      style: main.cssBundle,
      htmx: nameOf(outputsOf(pages), "htmx.js"),
      files: [...files, "licenses.txt"].sort(),
    },
    null,
    2,
  ),
);
