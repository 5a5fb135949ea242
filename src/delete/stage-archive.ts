import type { ArchiveObject } from '../archive/archive.js';
import { once } from '../changes/once.js';
import { stageKeys } from '../changes/staged-keys.js';
import { keyTexts } from '../closure/key.js';
import type { Session } from '../dialect/session.js';
import { differingColumns, lookUpRows } from '../import/look-up-rows.js';
import { modelRuns } from '../import/model-runs.js';
import { objectName } from '../import/planned-model.js';
import type { TargetModel } from '../import/target.js';
import { escapeCopy } from '../values/copy-text.js';
import { isShared, objectKey } from '../values/object-values.js';
import type { RowState } from './row-states.js';
import { stateNumber } from './row-states.js';
import { stageLinkRows, StagedPairs } from './stage-links.js';
import type { StagedModel, StagedModels, StageOptions } from './staged-model.js';
import { furtherColumns, stageColumns } from './staged-model.js';

const { id: idColumn, name: nameColumn, state: stateColumn, seed: seedColumn, columns: columnsColumn } = stageColumns;

/**
 * Puts the keys of the archive's objects and of its links into temporary tables, each with what is known of its row here. All of them
 * stand in `portolan_row`, too, with one number each; so what becomes of them is decided by the database, however many they are.
 */
export async function stageArchive(options: StageOptions): Promise<StagedModels> {
  const { session, archive, targets, onProgress, signal } = options;
  const staged = new Map<string, StagedModel>();
  const pairs = new StagedPairs(session, options.schema);
  const seeds = new Set(archive.header.seeds);
  let next = 1;
  for await (const run of modelRuns(archive.encoded(new Set(targets.keys())))) {
    const target = targets.get(run.model);
    if (target === undefined) throw new TypeError(`no target for ${run.model}`);
    const { entity } = target;
    const keys = await stageKeys(session, entity, entity.key, `portolan_keys_${String(staged.size)}`, furtherColumns);
    staged.set(entity.model, { ...keys, number: staged.size, target });
    let done = 0;
    for await (const objects of run.batches) {
      signal?.throwIfAborted();
      const lines = await stateLines(options, target, objects, seeds, next);
      await session.copyIn(`COPY ${keys.table} FROM STDIN`, once(lines), {
        what: 'stage keys',
        table: entity.table,
      });
      for (const link of target.links) await pairs.add(target, link, objects);
      next += objects.length;
      done += objects.length;
      onProgress?.({ stage: 'plan', model: target.model, done, total: archive.trailer?.objects[target.model] });
    }
  }
  await stageLinkRows(options, staged, pairs, next);
  await fillRows(session, staged);
  return staged;
}

async function stateLines(
  { session, excluded, boundary }: StageOptions,
  target: TargetModel,
  objects: readonly ArchiveObject[],
  seeds: ReadonlySet<string>,
  first: number,
): Promise<string> {
  const keys = objects.map((object) => objectKey(object, target.shape) ?? '');
  const there = await lookUpRows(session, target, keys);
  const { model } = target.entity;
  let text = '';
  for (const [at, object] of objects.entries()) {
    const key = keys[at] ?? '';
    const name = objectName(target, key);
    const isSeed = seeds.has(name);
    const mine = target.line(object);
    const their = there.get(key);
    let state: RowState = 'survives';
    if (their === undefined) state = 'gone';
    else if (isShared(object)) state = 'shared';
    else if (excluded.has(model)) state = 'excluded';
    else if (boundary.has(model) && !isSeed) state = 'boundary';
    else if (their !== mine) state = 'changed';
    const columns = state === 'changed' && their !== undefined ? differingColumns(target, mine, their).join('\n') : null;
    const further = [String(first + at), name, stateNumber(state), isSeed ? 't' : 'f', columns];
    text += `${[...keyTexts(key), ...further].map(escapeCopy).join('\t')}\n`;
  }
  return text;
}

/** All staged rows in one table, where the database can walk from one to the other. */
async function fillRows(session: Session, staged: StagedModels): Promise<void> {
  const purpose = { what: 'stage rows' };
  await session.query(
    `CREATE TEMP TABLE portolan_row (id int8 NOT NULL, model int4 NOT NULL, name text NOT NULL, state int2 NOT NULL, seed bool NOT NULL,
       nullified bool NOT NULL, columns text, reference int4, by int8, outside text[]) ON COMMIT DROP`,
    [],
    purpose,
  );
  const columns = [idColumn, nameColumn, stateColumn, seedColumn, columnsColumn];
  for (const { table, number } of staged.values()) {
    const [id, ...others] = columns;
    const list = [id, String(number), ...others.slice(0, 3), 'false', ...others.slice(3)].join(', ');
    await session.query(
      `INSERT INTO pg_temp.portolan_row (id, model, name, state, seed, nullified, columns) SELECT ${list} FROM ${table}`,
      [],
      purpose,
    );
    await session.query(`CREATE UNIQUE INDEX ON ${table} (${idColumn})`, [], purpose);
    await session.query(`ANALYZE ${table}`, [], purpose);
  }
  await session.query('CREATE UNIQUE INDEX ON pg_temp.portolan_row (id)', [], purpose);
  await session.query('ANALYZE pg_temp.portolan_row', [], purpose);
}
