import type { ArchiveEntity, ArchiveHeader, ArchiveTrailer, ExternalObject } from '../../archive/archive.js';
import { headerKeyShape } from '../../archive/header-keys.js';
import type { ArchiveReader } from '../../archive/open-archive.js';
import { proveWhole } from '../../archive/prove-whole.js';
import { compareKeysOf } from '../../closure/key-order.js';
import type { Session } from '../../dialect/session.js';
import { RefusedError } from '../../errors/portolan-error.js';
import type { Findings } from '../../findings/finding.js';
import type { Entity, Schema } from '../../schema/schema.js';
import { formatObjectName } from '../../seeds/object-name.js';
import { targetEntity } from '../../schema/target-entity.js';
import type { Completion } from './completed-archive.js';
import { CompletedArchive } from './completed-archive.js';
import { EmptiedReferences } from './emptied-references.js';
import type { AbsentObject } from './find-absent.js';
import { findAbsent } from './find-absent.js';
import { placeholderShape } from './placeholder.js';

interface Context {
  readonly session: Session;
  readonly schema: Schema;
  readonly archive: ArchiveReader;
  readonly findings: Findings;
}

/**
 * Where the policy says so (`missing`), an archive gets a placeholder for each external object that the target lacks, or loses the
 * references to it. Otherwise it is the same archive.
 *
 * @throws RefusedError PLACEHOLDER_VALUES, ARCHIVE_*
 */
export async function completeArchive(context: Context): Promise<ArchiveReader> {
  const { archive, schema, session } = context;
  const { header } = archive;
  const models = Object.keys(header.entities).flatMap((model) => {
    const entity = targetEntity(schema, header, model);
    const missing = entity?.policy?.missing ?? 'refuse';
    // NULL cannot be written instead of a key inside a value: such an object is missing.
    if (missing === 'null' && standsInside(header, model)) return [];
    return entity === undefined || missing === 'refuse' ? [] : [{ model, entity, missing }];
  });
  if (models.length === 0) return archive;
  const trailer = await proveWhole(archive);
  const absent = new Map<string, { readonly entity: Entity; readonly objects: readonly AbsentObject[] }>();
  const gone = new Map<string, readonly AbsentObject[]>();
  for (const { model, entity, missing } of models) {
    const externals = trailer.external.filter((one) => one.model === model);
    const objects = await findAbsent(session, header, entity, externals);
    if (objects.length === 0) continue;
    if (missing === 'placeholder') absent.set(model, { entity, objects });
    else gone.set(model, objects);
  }
  if (absent.size + gone.size === 0) return archive;
  const emptied = new EmptiedReferences(header, schema, gone);
  const needed = gone.size === 0 ? new Set<ExternalObject>() : await tellEmptied(context, emptied);
  const left = new Set([...gone.values()].flat().flatMap(({ external }) => (needed.has(external) ? [] : external)));
  const completed = new CompletedArchive(
    archive,
    await withPlaceholders(session, archive.header, trailer, absent, left, emptied),
  );
  for (const [model, { objects }] of absent)
    context.findings.note('placeholder', model, `${counted(objects.length)} not in the target: placeholders come in their place`);
  return completed;
}

function standsInside({ entities }: ArchiveHeader, model: string): boolean {
  return Object.values(entities).some(({ inner = [] }) => inner.some(({ parent }) => parent === model));
}

function counted(count: number): string {
  return count === 1 ? '1 object that stayed at home is' : `${String(count)} objects that stayed at home are`;
}

async function withPlaceholders(
  session: Session,
  header: ArchiveHeader,
  trailer: ArchiveTrailer,
  absent: ReadonlyMap<string, { readonly entity: Entity; readonly objects: readonly AbsentObject[] }>,
  left: ReadonlySet<ExternalObject>,
  emptied: EmptiedReferences,
): Promise<Completion> {
  const entities: Record<string, ArchiveEntity> = { ...header.entities };
  const counts: Record<string, number> = { ...trailer.objects };
  const handled = new Set<ExternalObject>();
  const names = new Set<string>();
  const placeholders = new Map<string, Completion['placeholders'] extends ReadonlyMap<string, infer Objects> ? Objects : never>();
  // A model can stand in the order and have no object: somebody took them out.
  const alone = new Set([...absent.keys()].filter((model) => (trailer.objects[model] ?? 0) === 0));
  for (const [model, { entity, objects }] of absent) {
    const shape = await placeholderShape(session, entity, header.entities[model] as ArchiveEntity, alone.has(model));
    if (shape.lacking.length > 0) throw lackingValues(model, entity, shape.lacking);
    entities[model] = shape.described;
    counts[model] = (counts[model] ?? 0) + objects.length;
    const compare = compareKeysOf(headerKeyShape(header, model).kinds);
    placeholders.set(
      model,
      objects.map(({ key, external }) => ({ key, object: shape.make(external) })).sort((a, b) => compare(a.key, b.key)),
    );
    for (const { key, external } of objects) {
      handled.add(external);
      names.add(formatObjectName({ ...entity, model }, key));
    }
  }
  const stays = (one: ExternalObject): boolean => !handled.has(one) && !left.has(one);
  const order = [...alone, ...header.order.filter((model) => !alone.has(model))];
  return {
    placeholders,
    alone,
    names,
    emptied,
    header: { ...header, entities, order },
    trailer: {
      ...trailer,
      objects: counts,
      total: Object.values(counts).reduce((sum, count) => sum + count, 0),
      external: trailer.external.filter(stays),
    },
  };
}

function lackingValues(model: string, entity: Entity, members: readonly string[]): RefusedError {
  const names = members.map((member) => `${model}.${member}`).join(', ');
  return new RefusedError('PLACEHOLDER_VALUES', `placeholders of ${model} need a value in ${names}`, {
    hint: `Say in the policy what they get: models: { '${entity.name}': { missing: 'placeholder', fill: { ${members[0] ?? ''}: '…' } } }`,
  });
}

/** @returns what is needed all the same: the import is refused for what it is */
async function tellEmptied({ archive, findings }: Context, emptied: EmptiedReferences): Promise<ReadonlySet<ExternalObject>> {
  const needed = new Set<ExternalObject>();
  const counts = new Map<string, number>();
  for await (const batch of archive.encoded())
    for (const object of batch) {
      for (const name of emptied.empty(object).emptied) counts.set(name, (counts.get(name) ?? 0) + 1);
      for (const external of emptied.needed(object)) needed.add(external);
    }
  for (const [name, count] of counts)
    findings.note('emptied', name, `${String(count)} lead to objects that are not in the target: they are left empty`);
  return needed;
}
