// The worker of page-worker.html: solves the economy that it is sent, as JSON text, and posts an answer in words.
// Import maps do not reach workers, so the module is named by its place. In a bundled page it is "walras".

import { load } from "../dist/index.js";

addEventListener("message", async ({ data }) => {
  try {
    const walras = await load();
    const { equilibria, complete, searched } = walras.equilibria(walras.economy(data));
    const lines = equilibria.map(({ prices, index }) => `prices ${[...prices].join(", ")}; index ${index}`);
    postMessage([...lines, complete ? "These are all: that is proved." : searched].join("\n"));
  } catch (error) {
    postMessage(error.message);
  }
});
