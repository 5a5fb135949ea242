import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The first of these names in a folder or the nearest above it. */
export function findFile(folder: string, names: readonly string[]): string | undefined {
  for (let at = folder; ; at = dirname(at)) {
    const found = names.map((name) => join(at, name)).find((path) => existsSync(path));
    if (found !== undefined) return found;
    if (dirname(at) === at) return undefined;
  }
}
