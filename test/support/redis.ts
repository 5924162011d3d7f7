// A Redis of a test's own: on a free port of 127.0.0.1, with its data in a folder of its own.

import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { createServer } from "node:net";

const PROGRAM = process.env["REDIS_SERVER"] ?? "redis-server";

/** How a server keeps its data: in a file that it appends to, or not at all. */
export type Keeping = "file" | "nothing";

export class Redis {
  #child: ChildProcess | undefined;

  private constructor(
    readonly port: number,
    readonly folder: string,
    readonly keeping: Keeping,
    readonly password: string | undefined,
  ) {}

  /** Starts a server; stop() must be called. */
  static async start(folder: string, keeping: Keeping = "file", password?: string): Promise<Redis> {
    if (spawnSync(PROGRAM, ["--version"]).error)
      throw new Error(`${PROGRAM} is missing (on Debian: apt-get install redis-server; or set REDIS_SERVER)`);
    mkdirSync(folder, { recursive: true });
    const redis = new Redis(await freePort(), folder, keeping, password);
    await redis.restart();
    return redis;
  }

  get url(): string {
    return `redis://${this.password ? `:${this.password}@` : ""}127.0.0.1:${this.port}`;
  }

  /** Starts it again, with what it has kept, on the same port. */
  async restart(): Promise<void> {
    const place = ["--bind", "127.0.0.1", "--port", `${this.port}`, "--dir", this.folder];
    const keeping = ["--appendonly", this.keeping === "file" ? "yes" : "no", "--save", ""];
    const child = spawn(PROGRAM, [...place, ...keeping, ...(this.password ? ["--requirepass", this.password] : [])]);
    this.#child = child;
    await new Promise<void>((done, failed) => {
      let log = "";
      child.stdout.on("data", (bytes) => {
        log += bytes;
        if (log.includes("Ready to accept connections")) done();
      });
      child.on("exit", (code) => failed(new Error(`redis-server ended with ${code}: ${log}`)));
    });
  }

  /** Kills it. */
  async stop(): Promise<void> {
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((done) => child.on("exit", done));
    child.kill("SIGKILL");
    await ended;
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as { port: number };
  await new Promise((done) => server.close(done));
  return port;
}
