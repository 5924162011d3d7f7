// The check of the site, which has to be built before: `npm run docs:check`.
import { defineConfig } from "vitest/config";

export default defineConfig({ test: { include: ["test/site/*.check.ts"], testTimeout: 60_000 } });
