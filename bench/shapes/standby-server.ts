import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chownSync, closeSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../../demo-app/server/free-port.js';
import {
  createDataFolder,
  createServerFolder,
  dataFolder,
  removeServerFolder,
  serverState,
} from '../../demo-app/server/server-folder.js';
import type { ServerIdentity } from '../../demo-app/server/server-identity.js';
import { serverIdentity } from '../../demo-app/server/server-identity.js';
import { serverPrograms } from '../../demo-app/server/server-programs.js';
import { runStatements } from '../run-statements.js';

/** A server that was a primary until its rows were there, and is a hot standby since. */
export interface StandbyServer {
  readonly url: string;
  stop(): Promise<void>;
}

const ownSettings = ['listen_addresses=127.0.0.1', 'unix_socket_directories=', 'hot_standby=on', 'restore_command=false'];

/** @param settings of the server, `name=value` */
export async function startStandby(statements: readonly string[], settings: readonly string[]): Promise<StandbyServer> {
  const folder = createServerFolder();
  const identity = serverIdentity();
  const programs = serverPrograms(identity, join(folder, 'native'));
  const log = join(folder, 'server.log');
  createDataFolder(folder, true);
  const data = dataFolder(folder);
  const password = randomBytes(12).toString('hex');
  const passwordFile = join(folder, 'password');
  const give = (path: string): void => {
    if (identity.uid !== undefined && identity.gid !== undefined) chownSync(path, identity.uid, identity.gid);
  };
  try {
    writeFileSync(passwordFile, password, { mode: 0o600 });
    for (const path of [data, passwordFile]) give(path);
    const made = ['--username=postgres', `--pwfile=${passwordFile}`, '--auth=scram-sha-256', '--encoding=UTF8', '--locale=C'];
    await ended(background(programs.initdb, [`--pgdata=${data}`, ...made, '--no-sync'], identity, log), log);
    const port = await freePort();
    const url = `postgres://postgres:${password}@127.0.0.1:${String(port)}/postgres`;
    const words = ['-D', data, ...[...ownSettings, ...settings, `port=${String(port)}`].flatMap((setting) => ['-c', setting])];
    const start = async (): Promise<ReturnType<typeof spawn>> => {
      const server = background(programs.postgres, words, identity, log);
      while (serverState(folder)?.ready !== true) {
        if (server.exitCode !== null) throw new Error(readFileSync(log, 'utf8'));
        await sleep(10);
      }
      return server;
    };
    const primary = await start();
    await runStatements(url, statements);
    primary.kill('SIGINT');
    await ended(primary, log);
    writeFileSync(join(data, 'standby.signal'), '');
    give(join(data, 'standby.signal'));
    await start();
    const stop = (): Promise<void> => {
      removeServerFolder(folder);
      return Promise.resolve();
    };
    return { url, stop };
  } catch (error) {
    removeServerFolder(folder);
    throw error;
  }
}

function background(program: string, words: readonly string[], identity: ServerIdentity, log: string): ReturnType<typeof spawn> {
  const file = openSync(log, 'a');
  try {
    return spawn(program, words, { ...identity, cwd: '/', env: { ...process.env, LC_ALL: 'C' }, stdio: ['ignore', file, file] });
  } finally {
    closeSync(file);
  }
}

async function ended(child: ReturnType<typeof spawn>, log: string): Promise<void> {
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', resolve);
  });
  if (code !== 0) throw new Error(readFileSync(log, 'utf8'));
}
