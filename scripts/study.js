// Makes the figures of docs/study.md and the numbers it cites: `npm run study`, and `-- --quick` to try
// it in build/study/ alone.
//   docs/images/study/*.svg, docs/images/study/numbers.json, the tables of docs/study.md, build/study.html
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { tablesOf, withTables } from "./studyTables.js";

const root = fileURLToPath(new URL("..", import.meta.url));
const isQuick = process.argv.includes("--quick");
const folder = `${root}build/study`;

rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
const files = ["--svg", folder, "--numbers", `${folder}/numbers.json`, "-o", `${root}build/study.html`];
execFileSync(process.execPath, [`${root}dist/cli.js`, "study", ...files, ...(isQuick ? ["--quick"] : [])], {
  stdio: "inherit",
});
if (!isQuick) {
  const images = `${root}docs/images/study`;
  rmSync(images, { recursive: true, force: true });
  cpSync(folder, images, { recursive: true });
  // The map is a figure; its cells need not be numbers, too.
  const { plane: _, ...study } = JSON.parse(readFileSync(`${folder}/numbers.json`, "utf8"));
  writeFileSync(`${images}/numbers.json`, `${JSON.stringify(study)}\n`);
  const page = `${root}docs/study.md`;
  writeFileSync(page, withTables(readFileSync(page, "utf8"), tablesOf(study)));
}
