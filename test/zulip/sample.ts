import { execFile, execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { repositoryRoot } from '../support/shared.js';

/** The made-up Zulip server beside the checkout, and what Zulip made of it; undefined where it is not, or there is no python3. */
export interface Sample {
  readonly folder: string;
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
    return true;
  } catch {
    return false;
  }
}
