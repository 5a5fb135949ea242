import type { ArchiveEntity, ArchiveHeader } from '../../archive/archive.js';
import { didYouMean } from '../../errors/nearest-names.js';
import { UsageError } from '../../errors/portolan-error.js';
import type { ModelPolicy, Policy } from '../../policy/policy.js';
import { findByName } from '../../schema/find-by-name.js';
import type { MergeRule } from '../../terms.js';

/** How objects of one model are found to be the same in archives of different databases, and what becomes of them. */
export interface ModelRule {
  /** Names of the columns by which people know an object; none where it is known by its key alone. */
  readonly naturalKey: readonly string[];
  /** What becomes of the other columns; undefined: they must be equal. */
  readonly merge: MergeRule | undefined;
  /** What a key that is text gets where it is taken. */
  readonly keySuffix: string | undefined;
}

/** What policy and archives say of each model. @throws UsageError UNKNOWN_COLUMN, MODEL_AMBIGUOUS for what the policy names */
export function modelRules(header: ArchiveHeader, policy: Policy | undefined): ReadonlyMap<string, ModelRule> {
  const said = new Map<string, ModelPolicy>();
  const models = Object.entries(header.entities);
  for (const [name, one] of Object.entries(policy?.models ?? {})) {
    const found = findByName(models, nameable, name);
    if (found.length > 1) {
      throw new UsageError('MODEL_AMBIGUOUS', `models.${name}: it can mean ${found.map(([model]) => model).join(' or ')}`, {
        hint: 'Write the app too.',
      });
    }
    const [model] = found.map(([id]) => id);
    if (model !== undefined) said.set(model, { ...said.get(model), ...one });
  }
  return new Map(
    models.map(([model, entity]) => {
      const { naturalKey, merge, keySuffix } = said.get(model) ?? {};
      const named = naturalKey?.map((text) => columnNamed(model, entity, text));
      return [model, { naturalKey: named ?? entity.naturalKey ?? [], merge, keySuffix }];
    }),
  );
}

function nameable([model, { schema, table }]: readonly [string, ArchiveEntity]): Parameters<typeof findByName>[1] extends (
  item: never,
) => infer N
  ? N
  : never {
  const dot = model.indexOf('.');
  return { app: model.slice(0, dot), name: model.slice(dot + 1), schema, table, aliases: [] };
}

function columnNamed(model: string, { columns }: ArchiveEntity, text: string): string {
  for (const fold of [(name: string) => name, (name: string) => name.toLowerCase()]) {
    const found = Object.entries(columns).find(([member, { name, property }]) =>
      [member, property ?? name, name].some((one) => fold(one) === fold(text)),
    );
    if (found !== undefined) return found[1].name;
  }
  throw new UsageError('UNKNOWN_COLUMN', `models.${model}.naturalKey: the archives have no column "${text}" of ${model}`, {
    hint: didYouMean(text, Object.keys(columns)) ?? `Known: ${Object.keys(columns).join(', ')}`,
  });
}
