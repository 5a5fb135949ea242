import { isUtf8 } from 'node:buffer';
import { FailedError, RefusedError } from '../errors/portolan-error.js';
import type { ArchiveContent } from './archive-content.js';
import { scanJson } from './scan-json.js';

/** An edited archive is read whole: it is one that a person has had in an editor. */
const editable = 256 * 1024 * 1024;

/** What an edited archive says, before any of it is believed. */
export interface LooseDocument {
  readonly header: unknown;
  readonly objects: unknown;
  /** By object, where it begins. */
  readonly lines: readonly number[];
  readonly trailer: unknown;
}

/** One document however it is laid out, or JSON lines, in parts or not. @throws RefusedError ARCHIVE_DAMAGED; FailedError ARCHIVE_TOO_LARGE */
export async function readLoosely(content: ArchiveContent): Promise<LooseDocument> {
  const { path } = content;
  const text = await readText(content);
  const whole = parsed(text);
  const [head, ...rest] = whole === undefined ? jsonLines(text, path) : [];
  // Only of what is valid JSON more can be told.
  const { inexact, twice, objectLines } = scanJson(text);
  if (inexact !== undefined) {
    throw new RefusedError(
      'ARCHIVE_DAMAGED',
      `${path}:${String(inexact.line)}: a number has more digits than JSON's readers keep`,
      {
        detail: inexact.number,
        hint: 'Write it between quotes, as the archive does.',
      },
    );
  }
  if (twice !== undefined) {
    const member = JSON.stringify(twice.member.slice(0, 80));
    throw new RefusedError('ARCHIVE_DAMAGED', `${path}:${String(twice.line)}: the member ${member} stands twice in one object`, {
      hint: 'Take out the one that does not count.',
    });
  }
  if (whole !== undefined) {
    const { header, objects, trailer } = recordOf(whole.value);
    return { header, objects, lines: objectLines, trailer };
  }
  const objects = rest.filter(({ value }) => !Object.hasOwn(value, 'trailer'));
  return {
    header: head?.value['header'],
    objects: objects.map(({ value }) => value),
    lines: objects.map(({ line }) => line),
    trailer: rest.find(({ value }) => Object.hasOwn(value, 'trailer'))?.value['trailer'],
  };
}

interface JsonLine {
  readonly value: Readonly<Record<string, unknown>>;
  readonly line: number;
}

/** Where this is a document after all, the line that is wrong is the first that looks like an object and is none. */
function jsonLines(text: string, path: string): readonly JsonLine[] {
  const all: JsonLine[] = [];
  let isDocument = false;
  for (const [at, written] of text.split('\n').entries()) {
    if (written.trim() === '') continue;
    const one = parsed(written) ?? (isDocument ? parsed(written.replace(/,\s*$/u, '')) : undefined);
    if (one !== undefined) all.push({ value: recordOf(one.value), line: at + 1 });
    else if (at === 0) isDocument = true;
    else if (/^\s*\{"fields/u.test(written) || !isDocument) throw notJson(`${path}:${String(at + 1)}`);
  }
  if (isDocument) throw notJson(path);
  return all;
}

/** Undefined where it is no JSON. */
function parsed(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch (error) {
    if (error instanceof RangeError) throw error;
    return undefined;
  }
}

function notJson(where: string): RefusedError {
  return new RefusedError('ARCHIVE_DAMAGED', `${where}: not valid JSON`, {
    hint: 'Look for a comma or a quote that was lost in editing.',
  });
}

/** The whole text. What is not UTF-8 would be read as U+FFFD, and sealed as that. */
async function readText(content: ArchiveContent): Promise<string> {
  const { path } = content;
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of content.bytes()) {
    chunks.push(chunk);
    length += chunk.length;
    if (length <= editable) continue;
    throw new FailedError(
      'ARCHIVE_TOO_LARGE',
      `${path} is larger than ${String(editable >> 20)} MiB: too large to be sealed again`,
    );
  }
  const bytes = Buffer.concat(chunks);
  if (!isUtf8(bytes)) {
    throw new RefusedError('ARCHIVE_DAMAGED', `${path}: its text is not UTF-8`, {
      hint: 'Save it as UTF-8 in the editor that changed it.',
    });
  }
  return bytes.toString('utf8').replace(/^\uFEFF/u, '');
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
