import { readFile, stat } from 'node:fs/promises';
import { promisify } from 'node:util';
import * as zlib from 'node:zlib';
import stringify from 'fast-json-stable-stringify';
import { compareKeysOf } from '../closure/key-order.js';
import { FailedError, RefusedError } from '../errors/portolan-error.js';
import { pkToKey } from '../values/archive-value.js';
import type { ArchiveHeader, ArchiveObject, ArchiveTrailer } from './archive.js';
import { createArchiveWriter } from './archive-writer.js';
import { checkHeader } from './check-header.js';
import { headerKeyShape } from './header-keys.js';
import { ObjectChecker } from './object-checker.js';
import { detectCompression } from './read-lines.js';
import { ClosedProof } from './verify-archive.js';

/** An edited archive is read whole: it is one that a person has had in an editor. */
const editable = 256 * 1024 * 1024;

/**
 * Brings an edited archive back into form: sorts, recounts, proves it closed, marks it as edited and seals it with a new digest.
 * The file is replaced only when all of that has succeeded.
 *
 * @throws RefusedError ARCHIVE_* for what cannot be mended: a member that is missing, an object twice, a reference that leads nowhere
 */
export async function resealArchive(
  path: string,
  output: string = path,
): Promise<{ readonly objects: number; readonly sha256: string }> {
  const document = await readLoosely(path);
  const header: ArchiveHeader = { ...checkHeader(document['header'], path), edited: true };
  const objects = sorted(header, document['objects'], path);
  const checker = new ObjectChecker(header, path);
  const proof = new ClosedProof(header, path);
  objects.forEach((object, at) => {
    checker.check(object, at + 1);
    proof.collect(object);
  });
  const old = (document['trailer'] ?? {}) as Partial<ArchiveTrailer>;
  const trailer = recounted(header, objects, old);
  proof.admit({ ...trailer, sha256: '' });
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
  const keyed = (value as ArchiveObject[]).map((object) => {
    const shape = shapes.get(object.model);
    const key = shape === undefined ? undefined : pkToKey(object.pk, shape);
    if (key === undefined)
      throw new RefusedError(
        'ARCHIVE_DAMAGED',
        `${path}: an object of ${JSON.stringify(object.model)} has no model or key that the header knows`,
      );
    return { object, key, place: header.order.indexOf(object.model) };
  });
  keyed.sort((a, b) => a.place - b.place || (compare.get(a.object.model)?.(a.key, b.key) ?? 0));
  return keyed.map(({ object }) => object);
}

function recounted(
  header: ArchiveHeader,
  objects: readonly ArchiveObject[],
  old: Partial<ArchiveTrailer>,
): Omit<ArchiveTrailer, 'sha256'> {
  const counts: Record<string, number> = {};
  const links: Record<string, number> = {};
  for (const { model, fields } of objects) {
    counts[model] = (counts[model] ?? 0) + 1;
    for (const member of Object.keys(header.entities[model]?.links ?? {})) {
      const { length } = fields[member] as readonly unknown[];
      if (length > 0) links[`${model}.${member}`] = (links[`${model}.${member}`] ?? 0) + length;
    }
  }
  return {
    objects: counts,
    links,
    total: objects.length,
    external: old.external ?? [],
    dangling: old.dangling ?? [],
    leftOut: old.leftOut ?? [],
  };
}

/** One document however it is laid out, or JSON lines. */
async function readLoosely(path: string): Promise<Readonly<Record<string, unknown>>> {
  const compression = await detectCompression(path);
  if ((await stat(path)).size > editable) {
    throw new FailedError(
      'ARCHIVE_TOO_LARGE',
      `${path} is larger than ${String(editable >> 20)} MiB: too large to be sealed again`,
    );
  }
  const bytes = await readFile(path);
  const text = (await decompressed(bytes, compression)).toString('utf8').replace(/^\uFEFF/u, '');
  try {
    const first = text.slice(0, text.indexOf('\n')).trim();
    if (!first.startsWith('{"header":') || first.endsWith('},')) return JSON.parse(text) as Record<string, unknown>;
    const lines = text.split('\n').filter((line) => line.trim() !== '');
    const parsed = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    const ends = parsed.filter((line) => Object.hasOwn(line, 'trailer'));
    return { ...parsed[0], objects: parsed.slice(1).filter((line) => !Object.hasOwn(line, 'trailer')), ...ends[0] };
  } catch (error) {
    throw new RefusedError('ARCHIVE_DAMAGED', `${path}: not valid JSON`, {
      detail: String(error),
      hint: 'Look for a comma or a quote that was lost in editing.',
    });
  }
}

async function decompressed(bytes: Buffer, compression: string): Promise<Buffer> {
  if (compression === 'gzip') return promisify(zlib.gunzip)(bytes);
  if (compression === 'brotli') return promisify(zlib.brotliDecompress)(bytes);
  return bytes;
}
