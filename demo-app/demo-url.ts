import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { projectRoot } from './project-root.js';

/** Where `npm run demo:db` says which database it keeps up. */
const file = join(projectRoot(), '.portolan', 'demo-url');

/** The running demo database's URL, or undefined where none was started. */
export function readDemoUrl(): string | undefined {
  return existsSync(file) ? readFileSync(file, 'utf8').trim() || undefined : undefined;
}

/** Notes the URL for `ormconfig.ts`; it holds a password, so only its owner may read it. */
export function writeDemoUrl(url: string): void {
  mkdirSync(dirname(file), { recursive: true });
  rmSync(file, { force: true });
  writeFileSync(file, `${url}\n`, { mode: 0o600 });
}

export function forgetDemoUrl(): void {
  rmSync(file, { force: true });
}
