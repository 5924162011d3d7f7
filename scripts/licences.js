// The licences of what the bundles contain, as the text of one file.
import { readdirSync, readFileSync } from "node:fs";

/**
 * Packages whose code is in the bundles though no bundler sees it: the compiler's library is
 * compiled into the WebAssembly module, and as-bind brings a copy of the loader.
 */
const UNSEEN = ["assemblyscript", "@assemblyscript/loader"];
/** The loader is part of the compiler's repository, and its package has no licence file. */
const LICENSED_BY = { "@assemblyscript/loader": "assemblyscript" };

/**
 * Returns names, versions and licence texts of all packages in these outputs of esbuild, which name
 * their inputs in `metafile`.
 * @throws Error for a package without a licence file
 */
export function licencesOf(root, outputs) {
  const inputs = outputs.flatMap(({ metafile }) =>
    Object.values(metafile.outputs).flatMap((o) => Object.entries(o.inputs)),
  );
  const bundled = inputs
    .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
    .map(([path]) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1])
    .filter((name) => name !== undefined);
  const names = [...new Set([...bundled, ...UNSEEN])].sort();
  return names.map((name) => `${name} ${textOf(root, name)}`).join(`\n${"-".repeat(80)}\n\n`);
}

function textOf(root, name) {
  const { version, license } = JSON.parse(readFileSync(`${root}node_modules/${name}/package.json`, "utf8"));
  const folder = `${root}node_modules/${LICENSED_BY[name] ?? name}`;
  const files = readdirSync(folder)
    .filter((file) => /^(licen[cs]e|notice)\b/i.test(file))
    .sort();
  if (files.length === 0) throw new Error(`${name} is bundled and has no licence file`);
  return `${version} (${license})\n\n${files.map((file) => readFileSync(`${folder}/${file}`, "utf8").trim()).join("\n\n")}\n`;
}
