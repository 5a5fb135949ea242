import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The folder of the project's `package.json`: above this file, whether it runs from the sources or from `dist`. */
export function projectRoot(): string {
  let folder = import.meta.dirname;
  while (!existsSync(join(folder, 'package.json')) && dirname(folder) !== folder) folder = dirname(folder);
  return folder;
}
