// Compiles assembly/ to WebAssembly, for the build and for scripts/faults.js.
import { readFileSync } from "node:fs";
import asc from "assemblyscript/cli/asc";

/** Compiles the tree at `root`, which ends with a slash; `flags` are those of asc. */
export async function compileKernels(root, flags, entry = "assembly/index.ts") {
  await asc.ready;
  // Vectors get operators: the compiler looks them up in a library class that it ships empty.
  asc.libraryFiles.vector = readFileSync(`${root}assembly/simd/operators.ts`, "utf8");
  await new Promise((done, fail) =>
    asc.main([entry, ...flags, "--baseDir", root], { stdout: process.stdout, stderr: process.stderr }, (error) =>
      error ? fail(error) : done(),
    ),
  );
}
