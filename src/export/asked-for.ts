import type { AskedFor } from '../approval/unapproved-options.js';
import { outputLayout } from '../archive/output-layout.js';
import { isStandardOutput, outputPlace } from '../archive/output-place.js';
import { treeForm } from '../archive/tree/tree-place.js';
import type { EdgeOfWorld } from '../policy/policy.js';
import type { FollowRule } from '../terms.js';
import { ownFormat } from '../terms.js';
import type { ExportOptions } from './export-options.js';

/** What an approval is asked beside objects and models. */
export async function askedFor(
  options: ExportOptions,
  follow: FollowRule,
  boundary: ReadonlyMap<string, EdgeOfWorld>,
): Promise<AskedFor> {
  const { profile, layout, files, noFiles } = options;
  return {
    follow,
    boundary: new Set(boundary.keys()),
    profile,
    format: layout === undefined ? ownFormat : layout.name === ownFormat ? undefined : layout.name,
    files: files !== undefined && noFiles !== true,
    takesBack: await takesBack(options),
  };
}

/** Who reads a stream or a pipe has what was written of an output that is given up. */
async function takesBack({ output, layout, dryRun }: ExportOptions): Promise<boolean> {
  if (output === undefined || dryRun === true) return true;
  if (typeof output !== 'string' || isStandardOutput(output)) return false;
  const isFolder = layout === undefined ? (await outputLayout(output)).layout === 'folder' : treeForm(output).form === 'folder';
  return isFolder || (await outputPlace(output)).kind !== 'special';
}
