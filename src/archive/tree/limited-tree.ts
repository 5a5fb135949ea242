import type { Allowance } from '../allowance.js';
import type { OpenTree } from './tree.js';

/** The same tree, which holds no more than is allowed. */
export function limitedTree(tree: OpenTree, allowance: Allowance | undefined): OpenTree {
  if (allowance === undefined) return tree;
  return {
    holdsBytes: tree.holdsBytes,
    create: async (path) => {
      const member = await tree.create(path);
      let written = 0;
      return {
        write: async (bytes) => {
          allowance.spend(bytes.length);
          written += bytes.length;
          await member.write(bytes);
        },
        finish: () => member.finish(),
        discard: () => {
          allowance.giveBack(written);
          return member.discard();
        },
      };
    },
    finish: () => tree.finish(),
    abort: () => tree.abort(),
  };
}
