import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Where `npm run demo:db` says which database it keeps up: under the project's root, from the sources and from `dist` alike. */
function demoUrlFile(): string {
  const here = dirname(fileURLToPath(import.meta.url));
  const root = [join(here, '..'), join(here, '..', '..')].find((folder) => existsSync(join(folder, 'package.json')));
  return join(root ?? here, '.portolan', 'demo-url');
}

/** The running demo database's URL, or undefined where none was started. */
export function readDemoUrl(): string | undefined {
  const file = demoUrlFile();
  return existsSync(file) ? readFileSync(file, 'utf8').trim() || undefined : undefined;
}

/** Notes the URL for `ormconfig.ts`; it may hold a password, so only its owner can read it. */
export function writeDemoUrl(url: string): void {
  mkdirSync(dirname(demoUrlFile()), { recursive: true });
  writeFileSync(demoUrlFile(), `${url}\n`, { mode: 0o600 });
}

export function forgetDemoUrl(): void {
  rmSync(demoUrlFile(), { force: true });
}
