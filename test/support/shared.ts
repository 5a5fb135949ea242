import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../demo-app/project-root.js';

/** The root of the checkout. */
export const repositoryRoot = projectRoot();

/** The folder of samples beside the checkout, where there is one. */
export function sharedFolder(): string | undefined {
  const folder = join(repositoryRoot, '..', 'shared');
  return existsSync(join(folder, 'demo')) ? folder : undefined;
}
