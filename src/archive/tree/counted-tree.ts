import type { OpenTree } from './tree.js';

/** The same tree, which tells how many bytes go into it. */
export function countedTree(tree: OpenTree, note: (bytes: number) => void): OpenTree {
  return {
    holdsBytes: tree.holdsBytes,
    create: async (path) => {
      const member = await tree.create(path);
      return {
        write: async (bytes) => {
          await member.write(bytes);
          note(bytes.length);
        },
        finish: () => member.finish(),
        discard: () => member.discard(),
      };
    },
    finish: () => tree.finish(),
    abort: () => tree.abort(),
  };
}
