import type { JournalEntity, JournalHeader, JournalLine } from '../changes/journal.js';
import { databaseIdentity } from '../changes/database-identity.js';
import { journalEntity, journalHeader, journalLines } from '../changes/journal.js';
import { rowDigests } from '../changes/row-digests.js';
import type { ArchiveReader } from '../archive/open-archive.js';
import type { Key } from '../closure/key.js';
import { toKey } from '../closure/key.js';
import type { Session, TextRow } from '../dialect/session.js';
import { entityNamed } from '../schema/entity-named.js';
import { hasIntegerKey } from '../schema/has-integer-key.js';
import { linkRowKey } from '../schema/link-row-key.js';
import type { Column, Entity, Schema } from '../schema/schema.js';
import { formatObjectName } from '../seeds/object-name.js';
import { keyShape, keyToPk, toArchiveValue } from '../values/archive-value.js';
import { decodeRow } from '../values/copy-text.js';
import type { Decision } from './import-options.js';
import { lookUpRows } from './look-up-rows.js';
import type { Plan } from './plan.js';
import type { PlannedRun } from './planned-runs.js';
import { plannedRuns } from './planned-runs.js';
import { linkPairs, linkRows } from './write-links.js';

export interface ImportJournalOptions {
  readonly session: Session;
  /** Sees the database as it was before this import. */
  readonly before: Session;
  readonly archive: ArchiveReader;
  readonly schema: Schema;
  readonly plan: Plan;
  readonly options: JournalHeader['options'];
}

/** What takes an import back, to be asked when everything is written: what came, and what was overwritten, each as it was left. */
export async function importJournal(all: ImportJournalOptions): Promise<AsyncGenerator> {
  const { session, archive, schema, plan, options } = all;
  const entities: Record<string, JournalEntity> = {};
  for (const { target } of plan.models.values()) {
    const { entity } = target;
    entities[entity.model] = journalEntity(entity, entity.key, columnsOf(entity));
    for (const { link } of target.links) {
      const through = entityNamed(schema, link.through);
      entities[through.model] = journalEntity(through, linkRowKey(through, link), columnsOf(through));
    }
  }
  const header = journalHeader({
    ...{ command: 'import', database: await databaseIdentity(session), archive: archive.trailer?.sha256 ?? '' },
    ...{ options, entities },
  });
  return journalLines(header, lines(all));
}

async function* lines(all: ImportJournalOptions): AsyncGenerator<JournalLine> {
  for await (const run of plannedRuns(all.archive, all.plan.models)) {
    yield* objectLines(all, run);
    yield* linkLines(all, run);
  }
}

const inserted: ReadonlySet<Decision> = new Set(['insert', 'remap']);

async function* objectLines({ session, before, plan }: ImportJournalOptions, run: PlannedRun): AsyncGenerator<JournalLine> {
  const { planned, from, objects } = run;
  const { target, decisions } = planned;
  const { entity } = target;
  const written = objects.flatMap((object, at) => {
    const decision = decisions.at(from + at);
    const isInserted = inserted.has(decision);
    const isWritten = decisions.isWritten(from + at);
    return isWritten ? [{ isInserted, key: plan.rows.key(planned, object) }] : [];
  });
  if (written.length === 0) return;
  const keys = written.map(({ key }) => key);
  const columns = columnsOf(entity).filter(({ generated }) => !generated);
  const held = { entity, columns: columns.map((column) => ({ column })) };
  const updated = written.filter(({ isInserted }) => !isInserted).map(({ key }) => key);
  const old = updated.length === 0 ? new Map<Key, string>() : await lookUpRows(before, held, updated);
  const now = updated.length === 0 ? new Map<Key, string>() : await lookUpRows(session, held, updated);
  const names = columnsOf(entity).map(({ name }) => name);
  const digests = await rowDigests(session, entity, names, keys);
  for (const { isInserted, key } of written) {
    const named = { model: entity.model, object: formatObjectName(entity, key), pk: keyToPk(key, keyShape(entity)) };
    const sha256 = digests.get(key) ?? '';
    if (isInserted) {
      yield { ...named, decision: 'insert', sha256 };
      continue;
    }
    yield { ...named, decision: 'update', ...differences(columns, old.get(key) ?? '', now.get(key) ?? ''), sha256 };
  }
}

/** What is another now, with its values. */
function differences(columns: readonly Column[], old: string, now: string): Pick<JournalLine, 'columns' | 'before' | 'after'> {
  const [before, after] = [decodeRow(old), decodeRow(now)];
  const places = columns.flatMap((_, at) => (before[at] === after[at] ? [] : [at]));
  const valuesOf = (row: TextRow): NonNullable<JournalLine['before']> =>
    Object.fromEntries(
      places.flatMap((at) => {
        const column = columns[at];
        return column === undefined ? [] : [[column.member, toArchiveValue(row[at] ?? null, column.kind)] as const];
      }),
    );
  return { columns: Object.keys(valuesOf(before)), before: valuesOf(before), after: valuesOf(after) };
}

/** Rows of join tables that were not there before. */
async function* linkLines({ session, before, schema, plan }: ImportJournalOptions, run: PlannedRun): AsyncGenerator<JournalLine> {
  const { planned, objects } = run;
  for (const target of planned.target.links) {
    const pairs = linkPairs(plan.models, planned, target, objects);
    const through = entityNamed(schema, target.link.through);
    const columns = columnsOf(through).map(({ name }) => name);
    const known = await linkRows(before, schema, target, pairs, columns);
    const keyed = { ...through, key: linkRowKey(through, target.link) };
    for (const [text, sha256] of await linkRows(session, schema, target, pairs, columns)) {
      if (known.has(text)) continue;
      const key = toKey(text.split('\0'), hasIntegerKey(keyed));
      yield {
        ...{ model: through.model, object: formatObjectName(keyed, key), pk: keyToPk(key, keyShape(keyed)) },
        ...{ decision: 'insert', sha256 },
      };
    }
  }
}

function columnsOf({ columns }: Entity): readonly Column[] {
  return columns.filter(({ withheld }) => withheld === undefined);
}
