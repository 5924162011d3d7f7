// The site of the documentation: the pages of docs/, and the API reference that TypeDoc has written to docs/api/.
import { readFileSync } from "node:fs";
import { katex } from "@mdit/plugin-katex";
import { defineConfig } from "vitepress";
import sidebarOfApi from "../api/typedoc-sidebar.json" with { type: "json" };
import { liveExamples } from "./liveExamples.js";

const manifest = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
const repository = "https://github.com/walras-js/walras";

/** The anchor that GitHub gives a heading, so that links work there and here. */
const slugify = (heading) =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, "")
    .trim()
    .replace(/\s/g, "-");

/** The modules that the package exports, and the files of docs/public/dist/ that they are copied to. */
function modulesOf({ name, exports }) {
  const files = Object.entries(exports).map(([path, entry]) => [path, entry.default ?? entry]);
  return Object.fromEntries(
    files
      .filter(([path, file]) => !path.endsWith(".js") && file.endsWith(".js"))
      .map(([path, file]) => [name + path.slice(1), file.replace("./dist", "/dist")]),
  );
}

/** Lets the browser follow links to files that are no pages of the site, as those to the examples are. */
function linksToFiles(md) {
  const { link_open } = md.renderer.rules;
  md.renderer.rules.link_open = (tokens, index, ...others) => {
    const href = tokens[index].attrGet("href");
    if (/^[\w./-]+\.(html|js|css|csv|json)$/.test(href)) tokens[index].attrSet("target", "_self");
    return link_open(tokens, index, ...others);
  };
}

/** The names of the reference, which the sidebar has in the order of the sources, by the alphabet. */
function sortedByName(items) {
  const sorted = items.map((item) => (item.items ? { ...item, items: sortedByName(item.items) } : item));
  return sorted.sort((a, b) => (a.text < b.text ? -1 : 1));
}

const opened = (item) => ({ ...item, collapsed: false });

const page = (text, link) => ({ text, link });

export default defineConfig({
  lang: "en",
  title: "walras",
  description: manifest.description,
  base: process.env.DOCS_BASE ?? "/",
  // The order of the pages, which the sidebar shows, is that of a reader who comes for the first time.
  themeConfig: {
    nav: [
      page("Guide", "/guide"),
      page("Recipes", "/recipes"),
      page("The page", "/playground"),
      page("API", "/api/"),
      page("Repository", repository),
    ],
    sidebar: {
      "/api/": [{ text: "API reference", link: "/api/", items: sortedByName(sidebarOfApi).map(opened) }],
      "/": [
        {
          text: "Begin",
          items: [
            page("Quick start", "/quick-start"),
            page("Choosing a call", "/choosing"),
            page("Recipes", "/recipes"),
            page("Examples", "/examples/"),
            page("Questions", "/faq"),
          ],
        },
        {
          text: "Use",
          items: [
            page("Guide to the calls", "/guide"),
            page("What a status means", "/status"),
            page("The fields of answers", "/results"),
            page("On the command line", "/command-line"),
            page("The playground", "/playground"),
            page("Browsers and workers", "/browsers"),
            page("On all cores", "/pool"),
            page("Sweeps over many economies", "/sweeps"),
            page("More machines", "/scaling"),
          ],
        },
        {
          text: "What is behind it",
          items: [
            page("The model", "/model"),
            page("Plans", "/methods/planner"),
            page("One equilibrium", "/methods/equilibrium"),
            page("All equilibria", "/methods/equilibria"),
            page("What is made of solutions", "/methods/analysis"),
            page("Decisions", "/decisions"),
          ],
        },
        {
          text: "How good it is",
          items: [
            page("Adam and heterogeneity", "/study"),
            page("Accuracy", "/accuracy"),
            page("Reliability", "/reliability"),
            page("Performance", "/performance"),
            page("Reproducibility", "/reproducibility"),
          ],
        },
      ],
    },
    outline: { level: [2, 3] },
    search: { provider: "local" },
    docFooter: { prev: false, next: false },
  },
  markdown: {
    anchor: { slugify },
    config(md) {
      // Vue is not to look for templates in formulas.
      const transformer = (html) => html.replace(/^<\w+/, "$& v-pre");
      md.use(katex, { throwOnError: true, logger: () => "error", transformer });
      md.use(liveExamples);
      md.use(linksToFiles);
    },
  },
  srcExclude: ["public/**"],
  ignoreDeadLinks: false,
  vite: {
    worker: { format: "es" },
    // The index of the search is large, and loaded only when a reader searches.
    build: { chunkSizeWarningLimit: 4000 },
    // What live examples may import: the package's modules, by name, with their addresses in the site.
    define: { MODULES: JSON.stringify(modulesOf(manifest)) },
  },
});
