import stringify from 'fast-json-stable-stringify';
import type { ZulipFiles } from './zulip-files.js';

/**
 * `portolan/manifest.json`: what Zulip's files do not say. What was asked for and under which policy, what was withheld and who was left
 * out, and each file with its size and SHA-256. It is the last file.
 */
export async function writeManifest(files: ZulipFiles): Promise<void> {
  const { header, trailer } = files.context;
  const { volatile: made, seeds, follow, roots, policy, withheld, includedSecrets } = header;
  await files.text(
    'portolan/manifest.json',
    stringify({
      format: 'zulip',
      version: 1,
      ...(made === undefined ? {} : { volatile: made }),
      ...{ seeds, follow, roots, policy, withheld, includedSecrets },
      ...{ leftOut: trailer.leftOut, dangling: trailer.dangling, external: trailer.external },
      tables: Object.fromEntries([...files.counts].map(([path, counts]) => [path, Object.fromEntries(counts)])),
      files: [...files.written].sort((a, b) => (a.path < b.path ? -1 : 1)),
    }),
  );
}
