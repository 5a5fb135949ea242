import type { ArchiveHeader, VolatileFacts } from '../archive/archive.js';
import type { Closure } from '../closure/closure.js';
import { countOf } from '../closure/closure.js';
import { approvalsOf } from '../policy/approval.js';
import { recordedProfile } from '../policy/export-profile.js';
import { approvalDigest, policyDigest } from '../policy/policy-digest.js';
import { archiveEntities } from '../schema/archive-entities.js';
import { dependencyOrder } from '../schema/dependency-order.js';
import { resolveModel } from '../schema/resolve-model.js';
import type { Column, Schema } from '../schema/schema.js';
import { toolVersion } from '../tool-version.js';
import type { ExportOptions } from './export-options.js';
import type { Prepared } from './prepare.js';

/** The models that leave, in the archive's order: parents before children, cycles and ties by name. */
export function archiveOrder(schema: Schema, closure: Closure): readonly string[] {
  const models = [...closure.taken.keys(), ...closure.described.keys()].filter((model) => countOf(closure, model) > 0);
  return dependencyOrder(models, schema.references).flat();
}

/** `model.member` of each column of the models that leave whose value does not, and why. */
export function withheldColumns(schema: Schema, models: readonly string[]): Readonly<Record<string, 'secret' | 'excluded'>> {
  const withheld: [string, 'secret' | 'excluded'][] = [];
  for (const model of models) {
    for (const column of schema.entities.get(model)?.columns ?? []) {
      if (column.withheld !== undefined) withheld.push([`${model}.${column.member}`, column.withheld]);
    }
  }
  return Object.fromEntries(withheld.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** `model.member` of columns of models that leave; of models that stay outside, key and natural key do. */
function columnsThat(
  schema: Schema,
  order: readonly string[],
  models: readonly string[],
  fits: (column: Column) => boolean,
): readonly string[] {
  const whole = new Set(order);
  const columns = models.flatMap((model) => {
    const { columns: all = [], key = [], naturalKey = [] } = schema.entities.get(model) ?? {};
    const leaving = whole.has(model) ? all : all.filter(({ name }) => key.includes(name) || naturalKey.includes(name));
    return leaving.map((column) => ({ model, column }));
  });
  return columns.flatMap(({ model, column }) => (fits(column) ? [`${model}.${column.member}`] : [])).sort();
}

/** What is known before the first row; `source` tells which database it is. */
export function archiveHeader(
  prepared: Prepared,
  order: readonly string[],
  options: ExportOptions,
  source?: string,
): ArchiveHeader {
  const { schema, policy, seeds, roots, follow, boundary, taken } = prepared;
  const models = [...new Set([...order, ...taken.closure.external.keys()])];
  return {
    format: 'portolan',
    version: 1,
    ...(options.reproducible === true ? {} : { volatile: volatileFacts(source) }),
    entities: archiveEntities(schema, models),
    order,
    seeds: seeds.names,
    roots,
    follow,
    policy: policyDigest(policy),
    withheld: withheldColumns(schema, models),
    includedSecrets: [...(options.includeSecrets ?? [])].sort(),
    ...whereThereAre('replaced', columnsThat(schema, order, models, leavesReplaced)),
    ...whereThereAre('secrets', columnsThat(schema, order, models, leavesAsSecret)),
    ...whereThereAre(
      'approvals',
      approvalsOf(policy).map((approval) => ({
        ...(approval.name === undefined ? {} : { name: approval.name }),
        sha256: approvalDigest(approval),
      })),
    ),
    ...(options.profile === undefined ? {} : { profile: recordedProfile(options.profile) }),
    ...(boundary.size === 0 ? {} : { boundary: Object.fromEntries([...boundary].sort(([a], [b]) => (a < b ? -1 : 1))) }),
    ...(Object.keys(policy.highlight ?? {}).length === 0 ? {} : { highlight: highlighted(schema, policy.highlight ?? {}) }),
  };
}

function volatileFacts(source: string | undefined): VolatileFacts {
  return { date: new Date().toISOString(), tool: toolVersion(), ...(source === undefined ? {} : { source }) };
}

function leavesReplaced({ replaced, withheld }: Column): boolean {
  return replaced !== undefined && withheld === undefined;
}

function leavesAsSecret({ secret, withheld }: Column): boolean {
  return secret === true && withheld === undefined;
}

function whereThereAre<Name extends string, T>(name: Name, list: readonly T[]): { readonly [N in Name]?: readonly T[] } {
  return (list.length === 0 ? {} : { [name]: list }) as { readonly [N in Name]?: readonly T[] };
}

function highlighted(schema: Schema, words: Readonly<Record<string, readonly string[]>>): ArchiveHeader['highlight'] {
  return Object.fromEntries(
    Object.entries(words).map(([word, names]) => [word, names.map((name) => resolveModel(schema, name).model)]),
  );
}
