import type { JournalLine } from '../changes/journal.js';
import { once } from '../changes/once.js';
import type { StagedKeys } from '../changes/staged-keys.js';
import { stageKeys } from '../changes/staged-keys.js';
import { keyTexts } from '../closure/key.js';
import { arrayLiteral, columnList, quoteIdentifier } from '../dialect/postgres/sql.js';
import type { Session } from '../dialect/session.js';
import { RefusedError } from '../errors/portolan-error.js';
import type { Column } from '../schema/schema.js';
import { keyShape, pkToKey, toServerText } from '../values/archive-value.js';
import { escapeCopy } from '../values/copy-text.js';
import type { JournalReader } from './open-journal.js';
import type { UndoModel } from './undo-models.js';

/** What is done to rows of one table: what came goes, what was overwritten comes back, what went comes back. */
export type UndoKind = 'delete' | 'update' | 'insert';

/** Rows of one table to which the same is done. */
export interface UndoStage extends StagedKeys {
  readonly kind: UndoKind;
  readonly model: UndoModel;
  /** Columns whose values it holds, which are written. */
  readonly values: readonly Column[];
  /** Of updates: the distinct lists of columns, by the number that each row has. */
  readonly groups: (readonly Column[])[];
  count: number;
}

/** Further columns of every stage. */
export const undoColumns = Object.freeze({
  /** Its place in the journal. */
  line: '"portolan: line"',
  name: '"portolan: name"',
  digest: '"portolan: sha256"',
  group: '"portolan: group"',
  /** Texts of a group's columns as they were left, where the journal tells them. */
  after: '"portolan: after"',
  /** What stands against it, in which members, or by which reference a row of that key refers to it. */
  reason: '"portolan: reason"',
  members: '"portolan: members"',
  reference: '"portolan: reference"',
  outside: '"portolan: outside"',
});

/** Of what the journal says; the rest is found out. */
const told = Object.freeze([
  [undoColumns.line, 'int8'],
  [undoColumns.name, 'text'],
  [undoColumns.digest, 'text'],
  [undoColumns.group, 'int4'],
  [undoColumns.after, 'text[]'],
] as const);
const found = Object.freeze([
  [undoColumns.reason, 'text'],
  [undoColumns.members, 'text[]'],
  [undoColumns.reference, 'int4'],
  [undoColumns.outside, 'text[]'],
] as const);

const kinds = Object.freeze({ insert: 'delete', update: 'update', nullify: 'update', delete: 'insert' } as const satisfies Record<
  JournalLine['decision'],
  UndoKind
>);

/** A column's value, staged as text: what need not have one there may not be NULL by its type. */
function stagedColumn({ name }: Column): string {
  return quoteIdentifier(`portolan= ${name}`);
}

/** The staged value of a column, as its text. */
export function stagedText(column: Column): string {
  return `s.${stagedColumn(column)}`;
}

/** The same, as its own type. */
export function stagedValue(column: Column): string {
  return `${stagedText(column)}::${column.type}`;
}

/** Puts a journal's lines into temporary tables, to be taken back set by set. */
export async function stageJournal(
  session: Session,
  journal: JournalReader,
  models: ReadonlyMap<string, UndoModel>,
  signal: AbortSignal | undefined,
): Promise<readonly UndoStage[]> {
  const stages = new Map<string, UndoStage>();
  let place = 0;
  for await (const lines of journal.lines()) {
    signal?.throwIfAborted();
    const texts = new Map<UndoStage, string>();
    for (const line of lines) {
      const model = models.get(line.model);
      if (model === undefined) throw new TypeError(`no model ${line.model}`);
      const kind = kinds[line.decision];
      const id = `${kind} ${line.model}`;
      let stage = stages.get(id);
      if (stage === undefined) {
        stage = await createStage(session, model, kind, stages.size);
        stages.set(id, stage);
      }
      stage.count += 1;
      place += 1;
      texts.set(stage, (texts.get(stage) ?? '') + copyLine(stage, line, place, journal.path));
    }
    for (const [{ table, entity, key, values }, text] of texts) {
      const columns = [columnList(key), ...values.map(stagedColumn), ...told.map(([name]) => name)];
      await session.copyIn(`COPY ${table} (${columns.join(', ')}) FROM STDIN`, once(text), {
        what: 'stage the journal',
        table: entity.table,
      });
    }
  }
  for (const { table } of stages.values()) await session.query(`ANALYZE ${table}`, [], { what: 'stage the journal' });
  return [...stages.values()];
}

async function createStage(session: Session, model: UndoModel, kind: UndoKind, place: number): Promise<UndoStage> {
  const { entity, key } = model;
  const values = kind === 'delete' ? [] : model.columns.filter((column) => !column.generated);
  const further = [
    ...values.map((column) => `NULL::pg_catalog.text AS ${stagedColumn(column)}`),
    ...[...told, ...found].map(([name, type]) => `NULL::pg_catalog.${type} AS ${name}`),
  ];
  const keys = await stageKeys(session, entity, key, `portolan_undo_${String(place)}`, further);
  return { ...keys, kind, model, values, groups: [], count: 0 };
}

function copyLine(stage: UndoStage, line: JournalLine, place: number, path: string): string {
  const { model, values, groups } = stage;
  const key = pkToKey(line.pk, keyShape({ key: model.key, columns: model.columns }));
  if (key === undefined) throw new RefusedError('JOURNAL_DAMAGED', `${path}: a line has no key`);
  const before = values.map(({ member }) => toServerText(line.before?.[member] ?? null));
  const group = stage.kind === 'update' ? groupOf(groups, values, line) : undefined;
  const { after } = line;
  const left = group === undefined || after === undefined ? undefined : groups[group]?.map(({ member }) => after[member] ?? null);
  const texts = [
    ...[...keyTexts(key), ...before, String(place), line.object, line.sha256 ?? null],
    ...[group === undefined ? null : String(group), left === undefined ? null : arrayLiteral(left.map(toServerText))],
  ];
  return `${texts.map(escapeCopy).join('\t')}\n`;
}

function groupOf(groups: (readonly Column[])[], values: readonly Column[], line: JournalLine): number {
  const members = line.columns ?? [];
  const known = groups.findIndex((one) => one.length === members.length && one.every(({ member }, at) => member === members[at]));
  if (known >= 0) return known;
  return groups.push(members.flatMap((member) => values.find((column) => column.member === member) ?? [])) - 1;
}
