import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Rows of Zulip's own export, by table; those of its pseudo tables are users. */
export function zulipRows(archive: string): ReadonlyMap<string, readonly number[]> {
  const folder = mkdtempSync(join(tmpdir(), 'portolan-zulip-own-'));
  try {
    execFileSync('tar', ['-xzf', archive, '-C', folder]);
    const ids = new Map<string, Set<number>>();
    for (const file of filesBelow(folder)) {
      if (!/(?:realm|user|attachment|analytics|messages-\d{6})\.json$/u.test(file)) continue;
      const tables = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
      for (const [name, rows] of Object.entries(tables)) {
        if (!Array.isArray(rows) || name === 'zerver_userprofile_ids' || name === 'zerver_analytics') continue;
        const table = name === 'zerver_userprofile_mirrordummy' ? 'zerver_userprofile' : name;
        const set = ids.get(table) ?? new Set<number>();
        for (const { id } of rows as readonly { readonly id: number }[]) set.add(id);
        ids.set(table, set);
      }
    }
    return new Map([...ids].map(([table, set]) => [table, [...set].sort((a, b) => a - b)]));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? filesBelow(path) : [path];
  });
}
