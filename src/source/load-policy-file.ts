import { existsSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { UsageError } from '../errors/portolan-error.js';
import { exportedAs } from './exported-as.js';
import { loadModule } from './load-module.js';

const names = ['ts', 'mts', 'cts', 'js', 'mjs', 'cjs', 'json'].map((extension) => `portolan.policy.${extension}`);

/**
 * Loads a policy: the named file (relative to the current folder), else `portolan.policy.*` beside the data source, if
 * there is one. It is the default export, or the one called `policy`; nothing of it has been checked.
 *
 * @throws UsageError NO_POLICY; FailedError POLICY_BROKEN
 */
export async function loadPolicyFile(
  file: string | undefined,
  besideFile: string,
): Promise<{ readonly policy: unknown; readonly file: string } | undefined> {
  const path =
    file === undefined ? names.map((name) => join(dirname(besideFile), name)).find((one) => existsSync(one)) : resolve(file);
  if (path === undefined) return undefined;
  if (!existsSync(path) || !statSync(path).isFile()) {
    throw new UsageError('NO_POLICY', `there is no policy file ${path}`, {
      hint: 'Check --policy; it is relative to the current folder.',
    });
  }
  const exported = await loadModule(path, 'POLICY_BROKEN');
  if (path.endsWith('.json')) return { policy: exported, file: path };
  const policy: unknown = await exportedAs(exported, 'policy');
  if (policy === undefined) {
    throw new UsageError('NO_POLICY', `${path} exports no policy`, { hint: 'Write: export default definePolicy({ … })' });
  }
  return { policy, file: path };
}
