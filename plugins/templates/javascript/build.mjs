// node build.mjs SOURCE OUT — one source file and what it imports → a component without WASI.
import { componentize } from "@bytecodealliance/componentize-js";
import { build } from "esbuild";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

const [source = "metric.js", out = "metric.wasm"] = process.argv.slice(2);
const place = await mkdtemp(join(tmpdir(), "termwise-"));
try {
  const bundle = join(place, "metric.js");
  await build({ entryPoints: [source], bundle: true, format: "esm", target: "es2022", outfile: bundle });
  const { component } = await componentize({
    sourcePath: bundle,
    witPath: "wit/v1.0.0",
    worldName: "plugin",
    disableFeatures: ["random", "stdio", "clocks", "http", "fetch-event"],
  });
  await writeFile(out, component);
} finally {
  await rm(place, { recursive: true, force: true });
}
