import { tmpdir } from 'node:os';
import type { ArchiveObject } from '../archive/archive.js';
import type { ArchiveReader } from '../archive/open-archive.js';
import { openArchive } from '../archive/open-archive.js';
import { compareKeysOf } from '../closure/key-order.js';
import type { Key } from '../closure/key.js';
import { refuseUnknownOptions } from '../errors/refuse-unknown-options.js';
import { noteEdited } from '../findings/edited-archive.js';
import { Findings } from '../findings/finding.js';
import { refuseWarnings } from '../findings/refuse-warnings.js';
import { headerKeyShape } from '../archive/header-keys.js';
import { writeLines } from '../changes/write-lines.js';
import { isShared, objectKey } from '../values/object-values.js';
import { CompareProgress, readWhole } from './compare-progress.js';
import { compareSchemas } from './compare-schemas.js';
import type { DifferenceLine } from './difference.js';
import type { DiffOptions, DiffResult } from './diff-options.js';
import { diffOptionNames } from './diff-options.js';
import { DifferenceTally } from './difference-tally.js';
import { IdMap } from './id-map.js';
import type { Joined, KeyedBatch } from './join-by-key.js';
import { joinByKey } from './join-by-key.js';
import { modelComparer } from './model-comparer.js';
import { ModelsInOrder } from './models-in-order.js';
import { objectNamer } from './object-namer.js';
import { KeySorter } from './key-sorter.js';
import { Translated } from './translated.js';
import { translator } from './translator.js';
import { unitedOrder } from './united-order.js';

/** How many characters of lines are sorted in memory at once, where an id map puts objects into another order. */
const usualSortSize = 32 * 1024 * 1024;

/**
 * Compares two archives object by object: what only one of them has, and in which columns and links the others differ. Both are read
 * twice and never held whole; where their models stand in different orders, or an id map changes keys, temporary files are used.
 * Columns that were withheld from one of them are not compared; a finding tells.
 *
 * @example
 * const { status, objects, differences } = await diffArchives({ a: 'monday.json', b: 'friday.json' });
 *
 * @throws RefusedError ARCHIVE_* for one that is damaged, ARCHIVES_UNLIKE where a model has another key; UsageError ID_MAP_INVALID
 */
export function diffArchives(options: DiffOptions): Promise<DiffResult> {
  return diffInSizes(options, usualSortSize);
}

/** As {@link diffArchives}, sorting so much at once. */
export async function diffInSizes(options: DiffOptions, sortSize: number): Promise<DiffResult> {
  refuseUnknownOptions('diffArchives', options, diffOptionNames);
  const findings = options.findings ?? new Findings();
  const { signal } = options;
  const archives = [await openArchive(options.a, { signal }), await openArchive(options.b, { signal })] as const;
  const [a, b] = archives;
  const named = [
    { name: options.a, header: a.header },
    { name: options.b, header: b.header },
  ] as const;
  const map = options.idMap === undefined ? undefined : await IdMap.read(options.idMap, a.header);
  const progress = new CompareProgress(
    archives,
    [
      ['read', 1],
      ['compare', 2],
    ],
    options,
  );
  await readWhole(archives, progress);
  for (const { name, header } of named) noteEdited(findings, name, header);
  const schema = compareSchemas(...named, findings);
  refuseWarnings(options, findings);
  const tally = new DifferenceTally(options.verbose ?? false);
  progress.begin();
  const lines = differences({ archives, map, tally, progress, sortSize });
  if (options.plan === undefined) while ((await lines.next()).done !== true);
  else await writeLines(options.plan, planOf(archives, map !== undefined, lines));
  return tally.result(schema, findings);
}

async function* planOf(
  [a, b]: readonly [ArchiveReader, ArchiveReader],
  idMap: boolean,
  lines: AsyncGenerator<DifferenceLine>,
): AsyncGenerator {
  yield { archive: a.trailer?.sha256 ?? '', against: b.trailer?.sha256 ?? '', options: { idMap } };
  yield* lines;
}

interface Compared {
  readonly archives: readonly [ArchiveReader, ArchiveReader];
  readonly map: IdMap | undefined;
  readonly tally: DifferenceTally;
  readonly progress: CompareProgress;
  readonly sortSize: number;
}

async function* differences(compared: Compared): AsyncGenerator<DifferenceLine> {
  const [a, b] = compared.archives;
  const order = unitedOrder([a.header, b.header]);
  const passes = [new ModelsInOrder(a, tmpdir()), new ModelsInOrder(b, tmpdir())] as const;
  try {
    for (const model of order) yield* differencesOf(compared, model, passes[0].of(model), passes[1].of(model));
    for (const pass of passes) await pass.finish();
  } finally {
    for (const pass of passes) await pass.close();
  }
}

type Batches = AsyncGenerator<readonly ArchiveObject[]>;

async function* differencesOf(compared: Compared, model: string, mine: Batches, theirs: Batches): AsyncGenerator<DifferenceLine> {
  const { archives, map, tally, progress } = compared;
  const [a, b] = archives.map(({ header }) => header) as [ArchiveReader['header'], ArchiveReader['header']];
  // A model that only one of them has is told by that one.
  const shape = headerKeyShape(a.entities[model] === undefined ? b : a, model);
  const compare = compareKeysOf(shape.kinds);
  const [nameA, nameB] = [objectNamer(a, model), objectNamer(b, model)];
  const comparer = a.entities[model] === undefined || b.entities[model] === undefined ? undefined : modelComparer(a, b, model);
  const keyOf = (object: ArchiveObject): Key => objectKey(object, shape) ?? '';
  const counted = async function* (batches: Batches): Batches {
    for await (const objects of batches) {
      progress.note('compare', model, objects.length);
      yield objects;
    }
  };
  const judge = ({ key, items: [one, other] }: Joined<ArchiveObject>): DifferenceLine | undefined => {
    const object = nameA(one instanceof Translated ? one.from : key);
    if (one === undefined) {
      const added = other?.fields ?? {};
      return tally.add({ model, object: nameB(key), decision: 'insert', ...nothing, before: none, after: () => added });
    }
    if (other === undefined)
      return tally.add({ model, object, decision: 'delete', ...nothing, before: () => one.fields, after: none });
    if (!(one instanceof Translated) && isShared(one) !== isShared(other)) tally.otherRole(model);
    const unlike = comparer?.(one, other);
    if (unlike === undefined) {
      tally.same(model);
      return undefined;
    }
    const to = one instanceof Translated && nameB(key) !== object ? nameB(key) : undefined;
    const { columns, theirs: others, links } = unlike;
    const values =
      ({ fields }: ArchiveObject, members: readonly string[]) =>
      (): ArchiveObject['fields'] =>
        Object.fromEntries(columns.map((member, at) => [member, fields[members[at] ?? ''] ?? null]));
    const [before, after] = [values(one, columns), values(other, others)];
    return tally.add({ model, object, to, decision: 'update', columns, links, before, after });
  };
  const sorter = new KeySorter<Translated>({
    ...{ compare, keyOf, folder: tmpdir(), size: compared.sortSize },
    line: (object) => object.line(),
    parse: (line) => Translated.parse(line),
  });
  try {
    if (map !== undefined) {
      const translate = translator(a, model, map);
      for await (const objects of counted(mine)) {
        const translated: Translated[] = [];
        for (const object of objects) {
          const one = translate(object);
          if (one === undefined) yield judge({ key: keyOf(object), items: [object, undefined] }) as DifferenceLine;
          else translated.push(one);
        }
        await sorter.add(translated);
      }
    }
    const left = map === undefined ? keyed(counted(mine), keyOf) : sorter.sorted();
    for await (const joined of joinByKey<ArchiveObject>([left, keyed(counted(theirs), keyOf)], compare)) {
      for (const one of joined) {
        const line = judge(one);
        if (line !== undefined) yield line;
      }
    }
  } finally {
    await sorter.discard();
  }
}

const none = (): ArchiveObject['fields'] => ({});
const nothing = Object.freeze({ columns: Object.freeze([]), links: Object.freeze([]) });

async function* keyed(batches: Batches, keyOf: (object: ArchiveObject) => Key): AsyncGenerator<KeyedBatch<ArchiveObject>> {
  for await (const items of batches) yield { keys: items.map(keyOf), items };
}
