import type { DataSource } from 'typeorm';
import { Course } from '../course.js';
import type { ClosureStep } from '../closure/closure.js';
import { countOf } from '../closure/closure.js';
import type { Key } from '../closure/key.js';
import { UsageError } from '../errors/portolan-error.js';
import { refuseOtherThanNames, refuseUnknownOptions } from '../errors/refuse-unknown-options.js';
import type { Finding } from '../findings/finding.js';
import { modelFingerprints } from '../convert/fingerprint.js';
import { createRowReader } from '../dialect/postgres/row-reader.js';
import { seedLookup } from '../dialect/postgres/seed-lookup.js';
import type { EdgeOfWorld } from '../policy/policy.js';
import { archiveEntities } from '../schema/archive-entities.js';
import type { Schema } from '../schema/schema.js';
import { findSeeds } from '../seeds/find-seeds.js';
import { formatObjectName } from '../seeds/object-name.js';
import { archiveOrder, withheldColumns } from './archive-parts.js';
import { countLinks } from './count-links.js';
import { estimateSizes } from './estimate-sizes.js';
import type { ExportOptions } from './export-options.js';
import { exportOptionNames } from './export-options.js';
import type { Prepared } from './prepare.js';
import { prepare } from './prepare.js';

/** What an export would take, and why, without its data. */
export interface Explanation {
  readonly objects: Readonly<Record<string, number>>;
  readonly links: Readonly<Record<string, number>>;
  /** About how many bytes the objects of each model would take in the archive, before compression. */
  readonly sizes: Readonly<Record<string, number>>;
  /** Rows that each reference brought, in the order of the walk, summed over its levels. */
  readonly steps: readonly ClosureStep[];
  readonly withheld: readonly string[];
  /** Of each model's form in this schema, as converters know archives by it: see {@link modelFingerprints}. */
  readonly fingerprints: Readonly<Record<string, string>>;
  /** References whose rows go wherever their parent goes. */
  readonly parts: readonly string[];
  /** Models of which only some rows may leave, or none. */
  readonly boundary: readonly BoundaryOf[];
  /** Rows that are referenced and stay at home, by model. */
  readonly external: Readonly<Record<string, number>>;
  /** From a seed to the object that was asked about. */
  readonly why: readonly WhyStep[] | undefined;
  readonly findings: readonly Finding[];
}

export interface BoundaryOf {
  readonly model: string;
  /** `boundary`, `exclude`, or the name of a rule of the policy. */
  readonly rule: string;
  /** What becomes of a row beyond it that is needed. */
  readonly action: EdgeOfWorld;
  /** Rows of the model that leave: of a boundary's, seeds and what lies above them. */
  readonly inside: number;
  /** Rows beyond it that stay at home as external objects. */
  readonly external: number;
  /** Rows beyond it that are dropped; of a rule, those that fail it and are nobody's external object, too. */
  readonly leftOut: number;
}

export interface WhyStep {
  readonly object: string;
  readonly via: string;
  readonly direction: ClosureStep['direction'];
}

/**
 * Takes the closure as an export would, and tells what is in it and what brought it.
 *
 * @example
 * const { why } = await explainObjects(dataSource, { objects: ['demoapp.Book.4'], why: 'auth.User.7' });
 *
 * @throws UsageError NOT_IN_CLOSURE where `why` names an object that would not leave, and whatever {@link exportObjects} refuses
 */
export async function explainObjects(
  dataSource: DataSource,
  options: ExportOptions & { readonly why?: string | undefined },
): Promise<Explanation> {
  refuseUnknownOptions('explainObjects', options, { ...exportOptionNames, why: true });
  refuseOtherThanNames('explainObjects', options.objects);
  const prepared = await prepare(dataSource, options, new Course([['closure', 1]]));
  try {
    const { schema, taken, findings, session } = prepared;
    const { closure } = taken;
    const order = archiveOrder(schema, closure);
    const reader = createRowReader(session);
    return {
      objects: Object.fromEntries(order.map((model) => [model, countOf(closure, model)])),
      links: await countLinks(reader, schema, closure, findings),
      sizes: await estimateSizes(reader, schema, closure, order),
      steps: summed(closure.steps),
      withheld: Object.keys(withheldColumns(schema, order)),
      fingerprints: modelFingerprints(archiveEntities(schema, order)),
      parts: partsOf(schema, order),
      boundary: boundariesOf(prepared),
      external: Object.fromEntries([...closure.external].map(([model, keys]) => [model, keys.size])),
      why: options.why === undefined ? undefined : await pathTo(prepared, options.why),
      findings: findings.all,
    };
  } finally {
    prepared.keyMemory.close();
    await prepared.session.close();
  }
}

function boundariesOf({ boundary, exclude, taken: { closure } }: Prepared): readonly BoundaryOf[] {
  const of =
    (rule: 'boundary' | 'exclude') =>
    ([model, action]: readonly [string, EdgeOfWorld]): BoundaryOf => ({
      model,
      rule,
      action,
      inside: countOf(closure, model),
      external: closure.external.get(model)?.size ?? 0,
      leftOut: closure.leftOut.find((one) => one.model === model && one.rule === rule)?.count ?? 0,
    });
  const rules = closure.rules.map((one): BoundaryOf => ({ ...one, inside: countOf(closure, one.model) }));
  return [...[...boundary].map(of('boundary')), ...[...exclude].map(of('exclude')), ...rules];
}

async function pathTo({ session, schema, taken }: Prepared, text: string): Promise<readonly WhyStep[]> {
  const { byModel } = await findSeeds(session, seedLookup, schema, [text]);
  for (const [model, keys] of byModel) {
    for (const key of keys.sorted()) {
      const path = await taken.why(model, key);
      if (path === undefined) break;
      return path.map((step) => ({ object: nameOf(schema, step.model, step.key), via: step.via, direction: step.direction }));
    }
  }
  throw new UsageError('NOT_IN_CLOSURE', `${text} is not among the objects that would leave`, {
    hint: 'A wider --follow, fewer --root, or another seed may reach it.',
  });
}

function nameOf(schema: Schema, model: string, key: Key): string {
  const entity = schema.entities.get(model);
  return entity === undefined ? model : formatObjectName(entity, key);
}

function summed(steps: readonly ClosureStep[]): readonly ClosureStep[] {
  const byEdge = new Map<string, ClosureStep>();
  for (const step of steps) {
    const id = [step.via, step.direction, step.model].join('\0');
    const known = byEdge.get(id);
    byEdge.set(id, known === undefined ? step : { ...known, count: known.count + step.count });
  }
  return [...byEdge.values()];
}

function partsOf(schema: Schema, models: readonly string[]): readonly string[] {
  const present = new Set(models);
  return schema.references
    .filter((reference) => reference.part && present.has(reference.parent))
    .map((reference) => reference.name);
}
