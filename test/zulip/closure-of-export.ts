import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Closure } from '../../src/closure/closure.js';
import { createKeySet } from '../../src/closure/create-key-set.js';
import type { KeySet } from '../../src/closure/key-set.js';
import type { Schema } from '../../src/schema/schema.js';
import { readTables } from './sample.js';

/** The rows that one of Zulip's own exports has, as a closure of ours: what a layout is to write, whatever selects it. */
export function closureOfExport(folder: string, schema: Schema): Closure {
  const names = readdirSync(folder).filter((name) => /^(realm|user|attachment|analytics|messages-\d+)\.json$/u.test(name));
  const ids = new Map<string, number[]>();
  for (const name of names) {
    for (const [table, rows] of Object.entries(readTables(join(folder, name)))) {
      if (table === 'zerver_analytics' || table.endsWith('_crossrealm')) continue;
      const of = table.replace('_mirrordummy', '');
      ids.set(of, [...(ids.get(of) ?? []), ...rows.map(({ id }) => Number(id))]);
    }
  }
  const taken = new Map([...schema.entities.values()].flatMap((entity) => setOf(entity, ids.get(entity.table.name))));
  const external = new Map<string, KeySet>();
  const stays = (table: string, some: readonly number[]): void => {
    const entity = [...schema.entities.values()].find((one) => one.table.name === table)!;
    const set = createKeySet(entity);
    for (const id of some) if (taken.get(entity.model)?.taken.has(id) !== true) set.add(id);
    if (set.size > 0) external.set(entity.model, set);
  };
  const tables = names.map((name) => readTables(join(folder, name)));
  const rowsOf = (table: string): readonly Readonly<Record<string, unknown>>[] => tables.flatMap((one) => one[table] ?? []);
  stays(
    'zerver_userprofile',
    rowsOf('zerver_userprofile_crossrealm').map(({ id }) => Number(id)),
  );
  const recipients = [...rowsOf('zerver_message'), ...rowsOf('zerver_userprofile_mirrordummy')];
  stays(
    'zerver_recipient',
    recipients.map(({ recipient }) => Number(recipient)),
  );
  const links = schema.links.filter(({ owner, inverse }) => taken.has(owner.parent) && taken.has(inverse.parent));
  return {
    ...{
      taken,
      described: new Map(),
      external,
      unlinked: new Map(),
      dangling: [],
      cut: new Map(),
      links,
      steps: [],
      rules: [],
      leftOut: [],
    },
  };
}

function setOf(
  entity: Schema['entities'] extends ReadonlyMap<string, infer E> ? E : never,
  ids: readonly number[] | undefined,
): readonly (readonly [string, { taken: KeySet; owned: KeySet; expanded: KeySet }])[] {
  if (ids === undefined || ids.length === 0) return [];
  const set = createKeySet(entity);
  for (const id of ids) set.add(id);
  return [[entity.model, { taken: set, owned: set, expanded: set }]];
}
