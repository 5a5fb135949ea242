import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createMemoryFolder } from './memory-folder.js';
import { commandHolds, isRunning, startOf } from './processes.js';

const prefix = 'portolan-pg-';

/** A temporary folder that notes this process as its owner; the user of the server may pass through it. */
export function createServerFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), prefix));
  writeFileSync(join(folder, 'owner'), `${String(process.pid)} ${startOf(process.pid)}`);
  chmodSync(folder, 0o755);
  return folder;
}

/** Makes the folder of a server's data: in memory, if that is wanted and there is room, with a link to it. */
export function createDataFolder(folder: string, inMemory: boolean): void {
  const data = dataFolder(folder);
  const memory = inMemory ? createMemoryFolder(prefix) : undefined;
  if (memory === undefined) mkdirSync(data, { mode: 0o700 });
  else symlinkSync(memory, data);
}

/** Where the server of a folder keeps its data. */
export function dataFolder(folder: string): string {
  return join(folder, 'data');
}

/** The process number in the server's own pid file, and whether it takes connections. */
export function serverState(folder: string): { readonly pid: number; readonly ready: boolean } | undefined {
  try {
    const lines = readFileSync(join(dataFolder(folder), 'postmaster.pid'), 'utf8').split('\n');
    const pid = Number(lines[0]);
    return Number.isSafeInteger(pid) && pid > 1 ? { pid, ready: lines[7]?.trim() === 'ready' } : undefined;
  } catch {
    return undefined;
  }
}

/** Ends the server of a folder at once, without a word to its clients (the data is thrown away), and removes the folder. */
export function removeServerFolder(folder: string): void {
  const pid = serverState(folder)?.pid;
  if (pid !== undefined && isRunning(pid) && commandHolds(pid, dataFolder(folder))) {
    process.kill(pid, 'SIGQUIT');
    // This runs while the process ends, too, where nothing asynchronous does any more.
    for (let waited = 0; isRunning(pid) && waited < 5000; waited += 5)
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
  }
  for (const path of [linkedData(folder), folder])
    if (path !== undefined) rmSync(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 20 });
}

function linkedData(folder: string): string | undefined {
  try {
    return readlinkSync(dataFolder(folder));
  } catch {
    return undefined;
  }
}

/** Ends the servers of runs that were killed before they could. */
export function reapOrphans(): void {
  for (const name of readdirSync(tmpdir()).filter((entry) => entry.startsWith(prefix))) {
    const folder = join(tmpdir(), name);
    try {
      if (isOrphan(folder)) removeServerFolder(folder);
    } catch {
      // Somebody else reaps it just now.
    }
  }
}

function isOrphan(folder: string): boolean {
  const { uid, mtimeMs } = statSync(folder);
  if (process.getuid !== undefined && process.getuid() !== uid) return false;
  let owner: string;
  try {
    owner = readFileSync(join(folder, 'owner'), 'utf8');
  } catch {
    // It is being made at this moment, or its maker died in the middle.
    return Date.now() - mtimeMs > 60_000;
  }
  const [pid, start] = owner.split(' ');
  if (!isRunning(Number(pid))) return true;
  // An owner that noted no start (an earlier version's) is believed.
  return start !== undefined && start !== '' && start !== startOf(Number(pid));
}
