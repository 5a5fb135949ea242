import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** The root of the checkout: tests run from dist/test. */
export const repositoryRoot = join(import.meta.dirname, '..', '..', '..');

/** The folder of samples beside the checkout, where there is one. */
export function sharedFolder(): string | undefined {
  const folder = join(repositoryRoot, '..', 'shared');
  return existsSync(join(folder, 'demo')) ? folder : undefined;
}
