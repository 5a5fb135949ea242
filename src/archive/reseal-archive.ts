import stringify from 'fast-json-stable-stringify';
import { compareKeysOf } from '../closure/key-order.js';
import { FailedError, RefusedError } from '../errors/portolan-error.js';
import { pkToKey } from '../values/archive-value.js';
import type { ArchiveHeader, ArchiveObject, TrailerContent } from './archive.js';
import { createArchiveWriter } from './archive-writer.js';
import { checkHeader, checkTrailer } from './check-header.js';
import { headerKeyShape } from './header-keys.js';
import { inexactNumber } from './inexact-number.js';
import { ObjectChecker } from './object-checker.js';
import { detectCompression, readBytes } from './read-lines.js';
import { ClosedProof } from './verify-archive.js';

/** An edited archive is read whole: it is one that a person has had in an editor. */
const editable = 256 * 1024 * 1024;

/**
 * Brings an edited archive back into form: sorts, recounts, proves it closed, marks it as edited and seals it with a new digest.
 * The file is replaced only when all of that has succeeded.
 *
 * @throws RefusedError ARCHIVE_* for what cannot be mended: a member that is missing, an object twice, a reference that leads nowhere
 */
export async function resealArchive(path: string, output: string = path): Promise<Resealed> {
  try {
    return await reseal(path, output);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new RefusedError('ARCHIVE_DAMAGED', `${path}: it is nested too deeply`, { cause: error });
  }
}

interface Resealed {
  readonly objects: number;
  readonly sha256: string;
}

async function reseal(path: string, output: string): Promise<Resealed> {
  const document = await readLoosely(path);
  const header: ArchiveHeader = { ...checkHeader(document['header'], path), edited: true };
  const objects = sorted(header, document['objects'], path);
  const checker = new ObjectChecker(header, path);
  const proof = new ClosedProof(header, path);
  objects.forEach((object, at) => {
    checker.check(object, at + 1);
    proof.collect(object);
  });
  const trailer = recounted(header, objects, document['trailer'], path);
  proof.admit(trailer);
  for (const object of objects) proof.check(object);
  const writer = await createArchiveWriter({ output, header, force: true });
  try {
    for (const object of objects) await writer.write(Buffer.from(stringify(object) + writer.lineEnd));
    const { sha256 } = await writer.finish(trailer);
    return { objects: objects.length, sha256 };
  } catch (error) {
    await writer.abort();
    throw error;
  }
}

function sorted(header: ArchiveHeader, value: unknown, path: string): readonly ArchiveObject[] {
  if (!Array.isArray(value)) throw new RefusedError('ARCHIVE_DAMAGED', `${path}: it has no list of objects`);
  const shapes = new Map(header.order.map((model) => [model, headerKeyShape(header, model)]));
  const compare = new Map([...shapes].map(([model, shape]) => [model, compareKeysOf(shape.kinds)]));
  const keyed = (value as (ArchiveObject | null)[]).map((object, at) => {
    const shape = shapes.get(object?.model ?? '');
    const key = shape === undefined ? undefined : pkToKey(object?.pk ?? null, shape);
    if (object === null || key === undefined)
      throw new RefusedError('ARCHIVE_DAMAGED', `${path}: object ${String(at + 1)} has no model or key that the header knows`);
    return { object, key, place: header.order.indexOf(object.model) };
  });
  keyed.sort((a, b) => a.place - b.place || (compare.get(a.object.model)?.(a.key, b.key) ?? 0));
  return keyed.map(({ object }) => object);
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

/** One document however it is laid out, or JSON lines. */
async function readLoosely(path: string): Promise<Readonly<Record<string, unknown>>> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of readBytes(path, await detectCompression(path))) {
    chunks.push(chunk);
    length += chunk.length;
    if (length <= editable) continue;
    throw new FailedError(
      'ARCHIVE_TOO_LARGE',
      `${path} is larger than ${String(editable >> 20)} MiB: too large to be sealed again`,
    );
  }
  const text = Buffer.concat(chunks)
    .toString('utf8')
    .replace(/^\uFEFF/u, '');
  const inexact = inexactNumber(text);
  if (inexact !== undefined) {
    throw new RefusedError('ARCHIVE_DAMAGED', `${path}: a number has more digits than JSON's readers keep`, {
      detail: inexact,
      hint: 'Write it between quotes, as the archive does.',
    });
  }
  try {
    const first = text.slice(0, text.indexOf('\n')).trim();
    if (!first.startsWith('{"header":') || first.endsWith('},')) return recordOf(JSON.parse(text));
    const lines = text.split('\n').filter((line) => line.trim() !== '');
    const parsed = lines.map((line) => recordOf(JSON.parse(line)));
    const ends = parsed.filter((line) => Object.hasOwn(line, 'trailer'));
    return { ...parsed[0], objects: parsed.slice(1).filter((line) => !Object.hasOwn(line, 'trailer')), ...ends[0] };
  } catch (error) {
    throw new RefusedError('ARCHIVE_DAMAGED', `${path}: not valid JSON`, {
      detail: String(error),
      hint: 'Look for a comma or a quote that was lost in editing.',
    });
  }
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
