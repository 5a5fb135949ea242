import type { ArchiveHeader, ArchiveObject, ArchiveTrailer, TrailerContent } from '../archive/archive.js';
import type { ArchiveWriter } from '../archive/archive-writer.js';
import { headerKeyShape } from '../archive/header-keys.js';
import type { ClosedProof } from '../archive/verify-archive.js';
import { compareKeysOf } from '../closure/key-order.js';
import { memberKeys, objectKey, objectLine } from '../values/object-values.js';
import type { CompareProgress } from './compare-progress.js';
import type { KeyedBatch } from './join-by-key.js';
import { joinByKey } from './join-by-key.js';
import { MergeConflicts } from './merge-conflicts.js';
import type { ModelsInOrder } from './models-in-order.js';
import { objectNamer } from './object-namer.js';
import type { MergedArchive, SettleColumns } from './object-uniter.js';
import { objectUniter } from './object-uniter.js';
import { UnitedExternal } from './united-external.js';

/** One pass over what goes into a merged archive, model by model, each in the order of its keys. */
export type MergeSource = Pick<ModelsInOrder, 'of' | 'finish' | 'close'>;

export interface Merging {
  readonly archives: readonly MergedArchive[];
  /** Begins a pass over each of them; temporary files go into the folder. */
  readonly open: (folder: string) => readonly MergeSource[];
  /** What they list behind their objects. */
  readonly trailers: readonly { readonly path: string; readonly trailer: ArchiveTrailer }[];
  readonly lists: Pick<ArchiveTrailer, 'dangling' | 'leftOut'>;
  /** What becomes of columns in which objects of different databases differ. */
  readonly settle: (model: string) => SettleColumns | undefined;
  /** Of the merged archive. */
  readonly header: ArchiveHeader;
  /** It has collected the objects of all. */
  readonly proof: ClosedProof;
  readonly progress: CompareProgress;
  readonly verbose: boolean;
}

export interface Merged {
  readonly content: TrailerContent;
  readonly conflicts: MergeConflicts;
}

/** One pass over all archives, each object of any of them once; without a writer it only tells what would come of it. */
export async function mergePass(merging: Merging, folder: string, writer: ArchiveWriter | undefined): Promise<Merged> {
  const { archives, header, proof, verbose, trailers, lists } = merging;
  const conflicts = new MergeConflicts(verbose);
  const external = new UnitedExternal(header, conflicts);
  for (const { path, trailer } of trailers) external.admit(path, trailer);
  proof.admit({ external: trailers.flatMap(({ trailer }) => trailer.external), dangling: lists.dangling });
  const open = new Set<string>();
  const counts = { objects: new Map<string, number>(), links: new Map<string, number>() };
  const lines = new Lines(writer);
  const passes = merging.open(folder);
  merging.progress.begin();
  try {
    for (const model of header.order) {
      const nameOf = objectNamer(header, model);
      const unite = objectUniter(header, model, archives, conflicts, merging.settle(model));
      const lengths = linkLengths(header, model);
      for await (const joined of joinedObjects(merging, model, passes)) {
        for (const { key, items } of joined) {
          const object = unite(key, items);
          external.resolve(object, key, archives[items.findIndex((item) => item !== undefined)]?.path ?? '');
          for (const reference of proof.check(object)) open.add(`${nameOf(key)}\0${reference}`);
          add(counts.objects, model, 1);
          for (const { name, of } of lengths) add(counts.links, name, of(object));
          if (conflicts.count === 0) lines.add(object);
        }
        await lines.handOn();
      }
    }
    await lines.handOn(0);
    for (const pass of passes) await pass.finish();
  } finally {
    for (const pass of passes) await pass.close();
  }
  const references = new Set(
    Object.values(header.entities).flatMap((entity) => [...entity.references, ...(entity.inner ?? [])].map(({ name }) => name)),
  );
  const content: TrailerContent = {
    objects: Object.fromEntries(counts.objects),
    links: Object.fromEntries([...counts.links].filter(([, count]) => count > 0)),
    total: [...counts.objects.values()].reduce((sum, count) => sum + count, 0),
    external: external.list(),
    // What another archive has does not dangle any more; of a link that led nowhere nobody knows where.
    dangling: lists.dangling.filter(({ object, reference }) => !references.has(reference) || open.has(`${object}\0${reference}`)),
    leftOut: lists.leftOut,
  };
  return { content, conflicts };
}

function joinedObjects(
  { header, progress }: Merging,
  model: string,
  passes: readonly MergeSource[],
): ReturnType<typeof joinByKey<ArchiveObject>> {
  const shape = headerKeyShape(header, model);
  const sources = passes.map(async function* (pass): AsyncGenerator<KeyedBatch<ArchiveObject>> {
    for await (const items of pass.of(model)) {
      progress.note('merge', model, items.length);
      yield { keys: items.map((object) => objectKey(object, shape) ?? ''), items };
    }
  });
  return joinByKey(sources, compareKeysOf(shape.kinds));
}

interface LinkLength {
  readonly name: string;
  readonly of: (object: ArchiveObject) => number;
}

function linkLengths(header: ArchiveHeader, model: string): readonly LinkLength[] {
  return Object.entries(header.entities[model]?.links ?? {}).map(([member, link]) => {
    const shape = headerKeyShape(header, link.model);
    return { name: `${model}.${member}`, of: (object) => memberKeys(object, member, shape).length };
  });
}

function add(counts: Map<string, number>, name: string, count: number): void {
  counts.set(name, (counts.get(name) ?? 0) + count);
}

/** Lines are handed on in pieces of about this size. */
const worthHandingOn = 256 * 1024;

class Lines {
  readonly #writer: ArchiveWriter | undefined;
  readonly #start: Buffer;
  #waiting: Buffer[] = [];
  #size = 0;

  constructor(writer: ArchiveWriter | undefined) {
    this.#writer = writer;
    this.#start = Buffer.from(writer?.lineStart ?? '');
  }

  add(object: ArchiveObject): void {
    if (this.#writer === undefined) return;
    const line = objectLine(object);
    this.#waiting.push(this.#start, line);
    this.#size += this.#start.length + line.length;
  }

  async handOn(least = worthHandingOn): Promise<void> {
    if (this.#size < least || this.#waiting.length === 0) return;
    await this.#writer?.write(Buffer.concat(this.#waiting));
    this.#waiting = [];
    this.#size = 0;
  }
}
