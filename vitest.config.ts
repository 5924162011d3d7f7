import { readFileSync } from "node:fs";
import { defineConfig } from "vitest/config";

export default defineConfig({
  plugins: [
    {
      // Imports .wasm files as base64 text, as esbuild does in the build.
      name: "wasm-text",
      enforce: "pre",
      load(id) {
        if (!id.endsWith(".wasm")) return null;
        return `export default "${readFileSync(id).toString("base64")}";`;
      },
    },
  ],
  test: { include: ["test/**/*.test.ts"], testTimeout: 60_000 },
});
