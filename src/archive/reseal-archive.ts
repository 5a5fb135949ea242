import { stat } from 'node:fs/promises';
import stringify from 'fast-json-stable-stringify';
import { compareKeysOf } from '../closure/key-order.js';
import { RefusedError } from '../errors/portolan-error.js';
import { objectPlace } from '../store/object-place.js';
import { pkToKey } from '../values/archive-value.js';
import type { ArchiveHeader, ArchiveObject, TrailerContent } from './archive.js';
import { createArchiveWriter } from './archive-writer.js';
import { checkOutput } from './check-output.js';
import { checkHeader, checkTrailer } from './check-header.js';
import { headerKeyShape } from './header-keys.js';
import { ObjectChecker } from './object-checker.js';
import type { ReadOptions } from './open-archive.js';
import { openContent } from './open-content.js';
import type { LooseDocument } from './read-loosely.js';
import { readLoosely } from './read-loosely.js';
import type { VerifiedArchive } from './verify-archive.js';
import { ClosedProof } from './verify-archive.js';

/**
 * Brings an edited archive back into form: sorts, recounts, proves it closed, marks it as edited and seals it with a new digest.
 * The file is replaced only when all of that has succeeded. Another file is never replaced; a pipe or a device is written as it is.
 *
 * @throws UsageError OUTPUT_EXISTS for another file; RefusedError ARCHIVE_* for what cannot be mended: a member that is missing, an object twice, a reference that leads nowhere
 */
export async function resealArchive(path: string, output: string = path, options: ReadOptions = {}): Promise<Resealed> {
  try {
    return await reseal(path, output, options);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new RefusedError('ARCHIVE_DAMAGED', `${path}: it is nested too deeply`, { cause: error });
  }
}

export interface Resealed extends VerifiedArchive {
  readonly objects: number;
  /** Of the file. */
  readonly sha256: string;
}

async function reseal(path: string, output: string, { signal }: ReadOptions): Promise<Resealed> {
  const { content, version } = await openContent(path, signal);
  const document = await readLoosely(content);
  const inPlace = await isSameFile(path, output);
  const hint = 'Choose another name: only the edited archive itself is replaced.';
  await checkOutput(output, { force: inPlace, signal, hint });
  const header: ArchiveHeader = { ...checkHeader(document.header, path), edited: true };
  const placed = sorted(header, document, path);
  const checker = new ObjectChecker(header, path);
  const proof = new ClosedProof(header, path);
  const objects = placed.map(({ object, line }) => {
    proof.collect(checker.check(object, line));
    return object;
  });
  const counted = recounted(header, objects, document.trailer, path);
  proof.admit(counted);
  for (const object of objects) proof.check(object);
  const writer = await createArchiveWriter({
    ...{ output, header, signal },
    ...{ force: inPlace, replaces: inPlace ? version.version : undefined },
  });
  try {
    for (const object of objects) await writer.write(Buffer.from(writer.lineStart + stringify(object)));
    const { sha256, trailer } = await writer.finish(counted);
    return { objects: objects.length, sha256, header, trailer };
  } catch (error) {
    await writer.abort();
    throw error;
  }
}

async function isSameFile(one: string, other: string): Promise<boolean> {
  const [place, otherPlace] = [objectPlace(one), objectPlace(other)];
  if (place !== undefined || otherPlace !== undefined) return place?.url === otherPlace?.url;
  if (one === other) return true;
  const [a, b] = await Promise.all([one, other].map((path) => stat(path).catch(() => undefined)));
  return a !== undefined && a.ino === b?.ino && a.dev === b.dev;
}

interface PlacedObject {
  readonly object: ArchiveObject;
  readonly line: number;
}

function sorted(header: ArchiveHeader, { objects, lines }: LooseDocument, path: string): readonly PlacedObject[] {
  if (!Array.isArray(objects)) throw new RefusedError('ARCHIVE_DAMAGED', `${path}: it has no list of objects`);
  const shapes = new Map(header.order.map((model) => [model, headerKeyShape(header, model)]));
  const compare = new Map([...shapes].map(([model, shape]) => [model, compareKeysOf(shape.kinds)]));
  const keyed = (objects as (ArchiveObject | null)[]).map((object, at) => {
    const line = lines[at] ?? 0;
    const shape = shapes.get(object?.model ?? '');
    const key = shape === undefined ? undefined : pkToKey(object?.pk ?? null, shape);
    if (object === null || key === undefined)
      throw new RefusedError('ARCHIVE_DAMAGED', `${path}:${String(line)}: the object has no model or key that the header knows`);
    return { object, line, key, place: header.order.indexOf(object.model) };
  });
  keyed.sort((a, b) => a.place - b.place || (compare.get(a.object.model)?.(a.key, b.key) ?? 0));
  return keyed;
}

function recounted(header: ArchiveHeader, objects: readonly ArchiveObject[], old: unknown, path: string): TrailerContent {
  const counts = new Map<string, number>();
  const links = new Map<string, number>();
  for (const { model, fields } of objects) {
    counts.set(model, (counts.get(model) ?? 0) + 1);
    for (const member of Object.keys(header.entities[model]?.links ?? {})) {
      const { length } = fields[member] as readonly unknown[];
      const name = `${model}.${member}`;
      if (length > 0) links.set(name, (links.get(name) ?? 0) + length);
    }
  }
  // The seal and the digest are made anew: neither has to fit what was edited.
  const { external, dangling, leftOut } = (old ?? {}) as Partial<TrailerContent>;
  const content: TrailerContent = {
    objects: Object.fromEntries(counts),
    links: Object.fromEntries(links),
    total: objects.length,
    external: external ?? [],
    dangling: dangling ?? [],
    leftOut: leftOut ?? [],
  };
  checkTrailer({ ...content, sha256: '0'.repeat(64) }, path);
  return content;
}
