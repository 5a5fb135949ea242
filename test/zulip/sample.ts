import { execFile, execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { gunzipSync } from 'node:zlib';
import pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { repositoryRoot } from '../support/shared.js';

/** The made-up Zulip server beside the checkout, and what Zulip made of it; undefined where it is not, or there is no python3. */
export interface Sample {
  readonly folder: string;
  /** Loads it into an empty database. */
  load(url: string): Promise<void>;
  /** Unpacks one of Zulip's own exports; gives the folder that holds realm.json or user.json. */
  unpack(name: string, into: string): string;
  /** The uploads of the server, unpacked. */
  uploads(into: string): string;
  /** What differs between two exports, by meaning; empty where nothing does. */
  compare(ours: string, theirs: string, options?: readonly string[]): Promise<string>;
}

export function zulipSample(): Sample | undefined {
  const shared = join(repositoryRoot, '..', 'shared', 'zulip');
  const folder = join(shared, 'sample');
  if (!existsSync(join(folder, 'exports')) || !hasPython()) return undefined;
  const tool = (name: string): string => join(shared, 'tools', name);
  return {
    folder,
    load: async (url) => {
      await promisify(execFile)('python3', [tool('load.py'), '--schema-only', url], {
        env: { ...process.env, SCHEMA: join(shared, 'schema.json') },
      });
      await loadRows(folder, url);
    },
    unpack: (name, into) => {
      mkdirSync(into, { recursive: true });
      execFileSync('tar', ['-xzf', join(folder, 'exports', `${name}.tar.gz`), '-C', into]);
      return topOf(into);
    },
    uploads: (into) => {
      mkdirSync(into, { recursive: true });
      execFileSync('tar', ['-xzf', join(folder, 'uploads.tar.gz'), '-C', into]);
      return into;
    },
    compare: async (ours, theirs, options = []) => {
      try {
        await promisify(execFile)('python3', [tool('compare.py'), ours, theirs, ...options]);
        return '';
      } catch (error) {
        return String((error as { stdout?: string }).stdout);
      }
    },
  };
}

/** In one transaction and without the triggers, as a restore does it. */
async function loadRows(folder: string, url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query("BEGIN; SET LOCAL session_replication_role = replica; SET LOCAL TimeZone = 'UTC'");
    for (const name of readdirSync(folder).filter((one) => one.endsWith('.csv.gz'))) {
      const rows = gunzipSync(readFileSync(join(folder, name)));
      const columns = rows.toString('utf8', 0, rows.indexOf(0x0a)).split(',');
      const list = columns.map((column) => pg.escapeIdentifier(column.trim())).join(', ');
      const copy = `COPY ${pg.escapeIdentifier(name.replace('.csv.gz', ''))} (${list}) FROM STDIN (FORMAT csv, HEADER)`;
      await pipeline(Readable.from([rows]), client.query(copyFrom(copy)));
    }
    await client.query('COMMIT');
  } finally {
    await client.end();
  }
}

/** Rows of a table of an export's file. */
export function readTables(path: string): Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>> {
  return JSON.parse(readFileSync(path, 'utf8')) as Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>>;
}

function topOf(folder: string): string {
  const names = readdirSync(folder);
  if (names.includes('realm.json') || names.includes('user.json')) return folder;
  const [only] = names;
  if (only === undefined) throw new Error(`${folder} is empty`);
  return topOf(join(folder, only));
}

function hasPython(): boolean {
  try {
    execFileSync('python3', ['--version'], { stdio: 'ignore' });
    execFileSync('psql', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
