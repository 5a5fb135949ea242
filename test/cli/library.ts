import { mkdtempSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../demo-app/project-root.js';
import { createLibrary, seedLibrary } from '../../demo-app/seed/seed-library.js';
import type { TestDatabase } from '../support/database.js';
import { createDatabase } from '../support/database.js';
import type { Program, RunOptions, RunResult } from '../support/run.js';
import { run } from '../support/run.js';

/** A demo library, an empty one, and a folder in which programs find `ormconfig.ts` above them. */
export interface Library {
  readonly full: TestDatabase;
  readonly empty: TestDatabase;
  readonly folder: string;
  run(program: Program, words: readonly string[], options?: RunOptions): Promise<RunResult>;
  close(): Promise<void>;
}

export async function openLibrary(): Promise<Library> {
  const [full, empty] = [await createDatabase(), await createDatabase()];
  await seedLibrary(full.url);
  await createLibrary(empty.url);
  mkdirSync(join(projectRoot(), '.portolan'), { recursive: true });
  const folder = mkdtempSync(join(projectRoot(), '.portolan', 'cli-'));
  return {
    full,
    empty,
    folder,
    run: (program, words, options = {}) =>
      run(program, words, { cwd: folder, ...options, env: { PORTOLAN_URL: full.url, ...options.env } }),
    close: async () => {
      rmSync(folder, { recursive: true, force: true });
      await full.drop();
      await empty.drop();
    },
  };
}

/** A library for the tests of a suite: it is there when they run. `setUp` prepares it further. */
export function useLibrary(setUp?: () => void | Promise<void>): Library {
  let opened: Library | undefined;
  const library = (): Library => {
    if (opened === undefined) throw new Error('no test is running');
    return opened;
  };
  before(async () => {
    opened = await openLibrary();
    await setUp?.();
  });
  after(() => opened?.close());
  return {
    get full() {
      return library().full;
    },
    get empty() {
      return library().empty;
    },
    get folder() {
      return library().folder;
    },
    run: (...all) => library().run(...all),
    close: () => library().close(),
  };
}
