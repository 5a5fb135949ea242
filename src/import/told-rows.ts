import { createHash } from 'node:crypto';
import type { ArchiveObject } from '../archive/archive.js';
import { rowDigests } from '../changes/row-digests.js';
import type { Key } from '../closure/key.js';
import { readableColumns } from '../dialect/postgres/readable-columns.js';
import type { Session } from '../dialect/session.js';
import type { Findings } from '../findings/finding.js';
import { entityNamed } from '../schema/entity-named.js';
import type { Schema } from '../schema/schema.js';
import { formatObjectName } from '../seeds/object-name.js';
import type { RemapRule } from '../terms.js';
import { objectKey } from '../values/object-values.js';
import { holdRows } from './hold-rows.js';
import type { Plan } from './plan.js';
import type { PlannedModel } from './planned-model.js';
import { objectName } from './planned-model.js';
import type { PlannedRun } from './planned-runs.js';
import type { TargetLink } from './target.js';
import { valueRefused } from './value-refused.js';
import { existingPairs, linkPairs } from './write-links.js';

export interface ToldRowsOptions {
  readonly session: Session;
  readonly schema: Schema;
  readonly plan: Plan;
  readonly rule: RemapRule;
  readonly findings: Findings;
  /** Whether the rows have to stay as they are until the transaction ends. */
  readonly holds: boolean;
}

/** What of the target a decision was made on. */
export interface Told {
  readonly sha256?: string;
  /** By member: links that will be written, and those that are there. */
  readonly links?: Readonly<Record<string, { readonly insert: number; readonly same: number }>>;
}

const nothing: readonly Key[] = Object.freeze([]);

/** Tells of decisions which rows of the target had a part in them: their digests, and the links that are there. */
export class ToldRows {
  readonly #options: ToldRowsOptions;
  readonly #columns = new Map<string, readonly string[]>();

  constructor(options: ToldRowsOptions) {
    this.#options = options;
  }

  /** Of each object of a run, before anything is written to a table that has rows. */
  async of(run: PlannedRun): Promise<readonly Told[]> {
    const { planned, objects } = run;
    const keys = objects.map((object, at) => this.#keysOf(planned, object, run.from + at));
    const digests = await this.#digests(planned, new Set(keys.flat()));
    const links = await this.#links(run);
    return objects.map((_, at) => {
      const rows = (keys[at] ?? nothing).flatMap((key) => {
        const digest = digests.get(key);
        return digest === undefined ? [] : [`${objectName(planned.target, key)} ${digest}`];
      });
      const own = links[at] ?? [];
      const all = [...new Set(rows)].sort().concat(own.flatMap(({ there }) => there));
      return {
        ...(own.length === 0
          ? {}
          : { links: Object.fromEntries(own.map(({ member, insert, same }) => [member, { insert, same }])) }),
        ...(all.length === 0
          ? {}
          : {
              sha256: createHash('sha256')
                .update(`${all.join('\n')}\n`)
                .digest('hex'),
            }),
      };
    });
  }

  #keysOf(planned: PlannedModel, object: ArchiveObject, place: number): readonly Key[] {
    const { plan, rule } = this.#options;
    if (planned.empty) return nothing;
    switch (planned.decisions.at(place)) {
      case 'same':
      case 'update':
      case 'merge':
        return [plan.rows.key(planned, object)];
      case 'remap':
        return rule === 'all' ? nothing : [plan.rows.ownKey(planned, object)];
      case 'skip': {
        const key = objectKey(object, planned.target.shape) ?? '';
        const instead = planned.standIns.get(key);
        const rivals = planned.rivals?.get(key) ?? nothing;
        return [plan.rows.ownKey(planned, object), ...(instead === undefined ? nothing : [instead]), ...rivals];
      }
      case 'insert':
      case 'conflict':
        return nothing;
    }
  }

  async #digests({ target: { entity } }: PlannedModel, keys: ReadonlySet<Key>): Promise<ReadonlyMap<Key, string>> {
    const { session, findings, holds } = this.#options;
    if (keys.size === 0) return new Map();
    const known = this.#columns.get(entity.model) ?? (await readableColumns(session, entity));
    this.#columns.set(entity.model, known);
    const digests = await rowDigests(session, entity, known, [...keys]);
    if (holds && digests.size > 0)
      await holdRows(session, findings, {
        ...{ entity, columns: entity.key, values: digests.keys() },
        ...{ constrained: false, unchanged: true },
      });
    return digests;
  }

  /** Links of each object; those of one that becomes a new row are all new. */
  async #links(run: PlannedRun): Promise<readonly (readonly ToldLinks[])[]> {
    const { session, schema, plan } = this.#options;
    const { planned, from, objects } = run;
    const all: ToldLinks[][] = objects.map(() => []);
    for (const link of planned.target.links) {
      const pairs = objects.map((object) => linkPairs(plan.models, planned, link, [object]));
      const there = pairs.flatMap((own, at) => (isNew(planned, from + at) ? [] : own));
      const existing = there.length === 0 ? undefined : await existingPairs(session, schema, link, there).catch(refused(link));
      let place = 0;
      for (const [at, own] of pairs.entries()) {
        if (own.length === 0) continue;
        const first = place;
        if (!isNew(planned, from + at)) place += own.length;
        const present = isNew(planned, from + at) ? [] : own.filter((_, of) => existing?.has(first + of) === true);
        all[at]?.push({
          ...{ member: link.member, insert: own.length - present.length, same: present.length },
          there: present.map(([, inverse]) => `${link.member} ${this.#inverseName(link, inverse)}`),
        });
      }
    }
    return all;
  }

  #inverseName({ link }: TargetLink, key: Key): string {
    return formatObjectName(entityNamed(this.#options.schema, link.inverse.parent), key);
  }
}

/** A link can have a key that is none in the target. */
function refused({ name }: TargetLink): (error: unknown) => never {
  return (error) => {
    throw valueRefused(error, name);
  };
}

interface ToldLinks {
  readonly member: string;
  readonly insert: number;
  readonly same: number;
  readonly there: readonly string[];
}

function isNew({ decisions }: PlannedModel, place: number): boolean {
  const decision = decisions.at(place);
  return decision === 'insert' || decision === 'remap';
}
