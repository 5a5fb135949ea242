import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chownSync, closeSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from './free-port.js';
import {
  createDataFolder,
  createServerFolder,
  dataFolder,
  reapOrphans,
  removeServerFolder,
  serverState,
} from './server-folder.js';
import type { ServerIdentity } from './server-identity.js';
import { serverIdentity } from './server-identity.js';
import type { ServerPrograms } from './server-programs.js';
import { serverPrograms } from './server-programs.js';

/** A PostgreSQL of our own, brought by npm: for the demo and the tests. */
export interface EmbeddedServer {
  readonly port: number;
  /** A connection string of its superuser. */
  url(database: string): string;
  /** Ends the server and removes its data. */
  stop(): Promise<void>;
}

export interface ServerOptions {
  /** Settings of the server, `name=value`. */
  readonly settings?: readonly string[];
  /** Its data in memory, where there is room. */
  readonly inMemory?: boolean;
}

/**
 * Starts a server on a free port of the loopback address, with its data in a temporary folder. It goes with this process: by
 * {@link EmbeddedServer.stop}, when the process ends, at SIGINT and SIGTERM; one that a killed run left is reaped at the next start.
 *
 * The package's own launcher is not used: it hooks signals and the exit code of the whole process, and leaves its data behind.
 */
export async function startServer(options: ServerOptions = {}): Promise<EmbeddedServer> {
  reapOrphans();
  const folder = createServerFolder();
  const stop = removeWithProcess(folder);
  try {
    const identity = serverIdentity();
    const programs = serverPrograms(identity, join(folder, 'native'));
    const password = randomBytes(12).toString('hex');
    createDataFolder(folder, options.inMemory ?? false);
    await initialise(folder, programs, identity, password);
    const port = await launch(folder, programs, identity, options.settings ?? []);
    return { port, stop, url: (database) => `postgres://postgres:${password}@127.0.0.1:${String(port)}/${database}` };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The folder goes when the process ends, however it ends (SIGKILL apart). */
function removeWithProcess(folder: string): () => Promise<void> {
  const remove = (): void => {
    removeServerFolder(folder);
  };
  const signals = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;
  const interrupted = Object.entries(signals).map(([name, code]) => {
    const signal = name as keyof typeof signals;
    // Who else listens decides itself when the process ends; alone we must, as a listener takes the signal's effect away.
    const listener = (): void => {
      if (process.listenerCount(signal) === 1) process.exit(code);
    };
    process.on(signal, listener);
    return { signal, listener };
  });
  process.once('exit', remove);
  return () => {
    process.off('exit', remove);
    for (const { signal, listener } of interrupted) process.off(signal, listener);
    remove();
    return Promise.resolve();
  };
}

async function initialise(folder: string, programs: ServerPrograms, identity: ServerIdentity, password: string): Promise<void> {
  const data = dataFolder(folder);
  const passwordFile = join(folder, 'password');
  writeFileSync(passwordFile, password, { mode: 0o600 });
  if (identity.uid !== undefined && identity.gid !== undefined) {
    for (const path of [data, passwordFile]) chownSync(path, identity.uid, identity.gid);
  }
  const log = join(folder, 'initdb.log');
  const code = await exitCode(
    background(
      programs.initdb,
      [`--pgdata=${data}`, '--username=postgres', `--pwfile=${passwordFile}`, '--auth=scram-sha-256']
        // Without these the cluster takes the encoding and the languages of whoever starts it.
        .concat(['--encoding=UTF8', '--locale=C', '--no-sync', '--set=timezone=UTC', '--set=log_timezone=UTC'])
        // Every connection pays for these rounds; the password is long and random.
        .concat(['--set=scram_iterations=1']),
      identity,
      log,
    ),
  );
  if (code !== 0) throw new Error(`initdb failed:\n${lastLines(log)}`);
}

/** Starts the server on a port that stays free until it has it. */
async function launch(
  folder: string,
  programs: ServerPrograms,
  identity: ServerIdentity,
  settings: readonly string[],
): Promise<number> {
  const log = join(folder, 'server.log');
  for (let attempt = 1; ; attempt++) {
    const port = await freePort();
    const fixed = ['listen_addresses=127.0.0.1', `port=${String(port)}`, 'unix_socket_directories='];
    const flags = [...fixed, ...settings].flatMap((setting) => ['-c', setting]);
    const server = background(programs.postgres, ['-D', dataFolder(folder), ...flags], identity, log);
    server.once('error', () => undefined);
    server.unref();
    while (!hasEnded(server) && serverState(folder)?.ready !== true) await sleep(5);
    if (!hasEnded(server)) return port;
    if (attempt === 3 || !lastLines(log).includes('could not bind'))
      throw new Error(`the server did not start:\n${lastLines(log)}`);
  }
}

/** In a session of its own, so that Ctrl-C in a terminal reaches us only; its words go into a file, as a pipe would keep us alive. */
function background(program: string, words: readonly string[], identity: ServerIdentity, log: string): ReturnType<typeof spawn> {
  const file = openSync(log, 'a');
  try {
    return spawn(program, words, {
      ...identity,
      cwd: '/',
      detached: true,
      env: { ...process.env, LC_ALL: 'C' },
      stdio: ['ignore', file, file],
    });
  } finally {
    closeSync(file);
  }
}

function hasEnded(child: ReturnType<typeof spawn>): boolean {
  return child.pid === undefined || child.exitCode !== null || child.signalCode !== null;
}

function exitCode(child: ReturnType<typeof spawn>): Promise<number | null> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', resolve);
  });
}

function lastLines(log: string): string {
  return readFileSync(log, 'utf8').trimEnd().split('\n').slice(-8).join('\n');
}
