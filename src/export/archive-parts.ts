import type { ArchiveHeader } from '../archive/archive.js';
import type { Closure } from '../closure/closure.js';
import { countOf } from '../closure/closure.js';
import { policyDigest } from '../policy/policy-digest.js';
import { archiveEntities } from '../schema/archive-entities.js';
import { dependencyOrder } from '../schema/dependency-order.js';
import type { Schema } from '../schema/schema.js';
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

/** `model.member` of each column of the models that leave in which the policy lets another value leave. */
function replacedColumns(schema: Schema, models: readonly string[]): readonly string[] {
  const columns = models.flatMap((model) => schema.entities.get(model)?.columns.map((column) => ({ model, column })) ?? []);
  return columns
    .flatMap(({ model, column: { member, replaced, withheld } }) =>
      replaced === undefined || withheld !== undefined ? [] : [`${model}.${member}`],
    )
    .sort();
}

/** What is known before the first row. */
export function archiveHeader(prepared: Prepared, order: readonly string[], options: ExportOptions): ArchiveHeader {
  const { schema, policy, seeds, roots, follow, taken } = prepared;
  const models = [...new Set([...order, ...taken.closure.external.keys()])];
  const replaced = replacedColumns(schema, models);
  return {
    format: 'portolan',
    version: 1,
    ...(options.reproducible === true ? {} : { volatile: { date: new Date().toISOString(), tool: toolVersion() } }),
    entities: archiveEntities(schema, models),
    order,
    seeds: seeds.names,
    roots,
    follow,
    policy: policyDigest(policy),
    withheld: withheldColumns(schema, models),
    ...(replaced.length === 0 ? {} : { replaced }),
    includedSecrets: [...(options.includeSecrets ?? [])].sort(),
  };
}
