import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fileError } from './archive/file-error.js';

/** `portolan 1.2.3`, from the package.json that this file belongs to. @throws FailedError where it cannot be read */
export function toolVersion(): string {
  for (let folder = dirname(fileURLToPath(import.meta.url)); folder !== dirname(folder); folder = dirname(folder)) {
    const file = join(folder, 'package.json');
    if (existsSync(file)) return `portolan ${versionIn(file)}`;
  }
  return 'portolan';
}

function versionIn(file: string): string {
  try {
    return (JSON.parse(readFileSync(file, 'utf8')) as { readonly version: string }).version;
  } catch (error) {
    throw fileError(error, file);
  }
}
