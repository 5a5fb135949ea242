import stringify from 'fast-json-stable-stringify';
import type { ZulipFiles } from './zulip-files.js';

/**
 * `portolan/manifest.json`: what Zulip's files do not say. What was asked for and under which policy, what was withheld and who was left
 * out, and how many rows each table has. It is the last file, and knows the digest of the list of all others.
 */
export async function writeManifest(files: ZulipFiles): Promise<void> {
  const { header, trailer } = files.context;
  const { volatile: made, seeds, follow, roots, policy, withheld, includedSecrets } = header;
  const { secrets, replaced, approvals, profile, boundary } = header;
  const member = await files.create('portolan/manifest.json');
  const list = await files.finishList();
  const text = stringify({
    format: 'zulip',
    version: 1,
    ...(made === undefined ? {} : { volatile: made }),
    ...{ seeds, follow, roots, policy, withheld, includedSecrets, secrets, replaced, approvals, profile, boundary },
    ...{ leftOut: trailer.leftOut, dangling: trailer.dangling, external: trailer.external },
    tables: Object.fromEntries([...files.counts].map(([path, counts]) => [path, Object.fromEntries(counts)])),
    files: list,
  });
  await member.write(Buffer.from(`${text}\n`));
  await member.finish();
}
