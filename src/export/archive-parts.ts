import type { ArchiveHeader, ArchiveTrailer, ArchiveValue, ExternalObject } from '../archive/archive.js';
import type { Closure } from '../closure/closure.js';
import { countOf } from '../closure/closure.js';
import type { RowReader } from '../dialect/row-reader.js';
import { policyDigest } from '../policy/policy-digest.js';
import { archiveEntities } from '../schema/archive-entities.js';
import { dependencyOrder } from '../schema/dependency-order.js';
import type { Column, Entity, Schema } from '../schema/schema.js';
import { formatObjectName } from '../seeds/object-name.js';
import { keyShape, textsToPk, toArchiveValue } from '../values/archive-value.js';
import { decodeRow } from '../values/copy-text.js';
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

/** What is known before the first row. */
export function archiveHeader(prepared: Prepared, order: readonly string[], options: ExportOptions): ArchiveHeader {
  const { schema, policy, seeds, roots, follow, taken } = prepared;
  const models = [...new Set([...order, ...taken.closure.external.keys()])];
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
    includedSecrets: [...(options.includeSecrets ?? [])].sort(),
  };
}

/** What was found. `links` counts by link name. */
export async function archiveTrailer(
  prepared: Prepared,
  reader: RowReader,
  counts: { readonly objects: Readonly<Record<string, number>>; readonly links: Readonly<Record<string, number>> },
): Promise<Omit<ArchiveTrailer, 'sha256'>> {
  const { schema, taken } = prepared;
  const { closure } = taken;
  const dangling = closure.dangling
    .map(({ reference, child }) => ({
      object: formatObjectName(entityOf(schema, reference.child), child),
      reference: reference.name,
    }))
    .sort((a, b) => compare(a.object, b.object) || compare(a.reference, b.reference));
  return {
    objects: counts.objects,
    links: counts.links,
    total: Object.values(counts.objects).reduce((sum, count) => sum + count, 0),
    external: await externalObjects(schema, closure, reader),
    dangling,
    leftOut: [...closure.leftOut].sort((a, b) => compare(a.model, b.model)),
  };
}

/** Key and natural key of each row that stays at home; a withheld column is never part of it. */
async function externalObjects(schema: Schema, closure: Closure, reader: RowReader): Promise<readonly ExternalObject[]> {
  const external: ExternalObject[] = [];
  for (const model of [...closure.external.keys()].sort()) {
    const entity = entityOf(schema, model);
    const keys = closure.external.get(model);
    if (keys === undefined) continue;
    const natural = columnsOf(entity, entity.naturalKey).filter((column) => column.withheld === undefined);
    const columns = columnsOf(entity, entity.key).concat(natural);
    const names = columns.map((column) => column.name);
    for await (const chunk of reader.rows(entity, names, keys.sorted())) {
      for (const line of chunk.toString('utf8').split('\n').slice(0, -1)) {
        const texts = decodeRow(line);
        const naturalKey: Record<string, ArchiveValue> = {};
        natural.forEach((column, at) => {
          naturalKey[column.member] = toArchiveValue(texts[entity.key.length + at] ?? null, column.kind);
        });
        external.push({
          model,
          naturalKey,
          pk: textsToPk(
            texts.slice(0, entity.key.length).map((text) => text ?? ''),
            keyShape(entity),
          ),
        });
      }
    }
  }
  return external;
}

function columnsOf(entity: Entity, names: readonly string[]): Column[] {
  return names.flatMap((name) => entity.columns.find((column) => column.name === name) ?? []);
}

function entityOf(schema: Schema, model: string): Entity {
  const entity = schema.entities.get(model);
  if (entity === undefined) throw new TypeError(`no entity ${model} in the schema`);
  return entity;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
