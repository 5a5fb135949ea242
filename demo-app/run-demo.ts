import { createHash } from 'node:crypto';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { DemoDatabases } from './demo-databases.js';
import { openDemoDatabases, query } from './demo-databases.js';
import { narrator } from './narrator.js';
import { projectRoot } from './project-root.js';

/** How the database that is not `ormconfig.ts`'s is named in commands that are shown: its connection string can hold a password. */
export const shownBranch = '"$BRANCH"';

/** What a demo works with: two databases, and where its commands run and leave their archives. */
export interface Stage extends DemoDatabases {
  readonly folder: string;
}

/** A demo: what it shows first, how its branch library is filled, and its story, which tells whether all was as it should be. */
export interface Demo {
  readonly title: string;
  readonly fillBranch?: (url: string) => Promise<unknown>;
  readonly play: (stage: Stage) => Promise<boolean>;
}

/** Plays a demo on databases of its own, which are removed at the end, as is its folder. The exit code tells how it ended. */
export async function runDemo({ title, fillBranch, play }: Demo): Promise<void> {
  // `ormconfig.ts` is found above it.
  const folder = join(projectRoot(), '.portolan', `demo-${String(process.pid)}`);
  process.on('exit', () => {
    rmSync(folder, { recursive: true, force: true });
  });
  narrator.title(title);
  const given = process.env['PORTOLAN_URL'] !== undefined;
  narrator.say(
    given ? 'Filling a library on the server that PORTOLAN_URL names …' : 'Starting a PostgreSQL and filling a library …',
  );
  let databases: DemoDatabases | undefined;
  try {
    databases = await openDemoDatabases(fillBranch);
    mkdirSync(folder, { recursive: true });
    process.exitCode = (await play({ ...databases, folder })) ? 0 : 1;
  } catch (error) {
    narrator.failure(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  } finally {
    await databases?.close();
  }
}

/** Everything in a database that an import could change: rows, and what the sequences give next, where these count. */
export async function fingerprint(url: string, { sequences }: { readonly sequences: boolean }): Promise<string> {
  const hash = createHash('sha256');
  const relations = await query(
    url,
    `SELECT relname AS name, relkind AS kind FROM pg_class
     WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', ${sequences ? "'S'" : "'r'"}) ORDER BY 1`,
  );
  for (const { name, kind } of relations) {
    const columns = kind === 'S' ? 'last_value, is_called' : 'x::text';
    hash.update(JSON.stringify(await query(url, `SELECT ${columns} FROM ${String(name)} x ORDER BY 1`)));
  }
  return hash.digest('hex');
}
