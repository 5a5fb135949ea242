import { compareKeysOf } from '../closure/key-order.js';
import type { Key } from '../closure/key.js';
import { keyTexts } from '../closure/key.js';
import { RefusedError } from '../errors/portolan-error.js';
import type { KeyShape } from '../values/archive-value.js';
import { isInteger, pkToKey } from '../values/archive-value.js';
import { isStorableText } from '../values/storable-text.js';
import type { ArchiveColumn, ArchiveHeader, ArchiveObject, ArchiveTrailer, ArchiveValue } from './archive.js';
import { headerKeyShape } from './header-keys.js';
import { headerLayout } from './header-layout.js';
import { KernelLineReader } from '../values/kernel-line-reader.js';
import { lineKernel } from '../values/line-kernel.js';
import { ObjectDecoder } from '../values/object-decoder.js';

interface Expected {
  readonly shape: KeyShape;
  readonly compare: (a: Key, b: Key) => number;
  readonly columns: readonly (readonly [string, ArchiveColumn['kind']])[];
  readonly links: readonly (readonly [string, KeyShape])[];
  /** Undefined where lines of this model have to be parsed. */
  readonly decoder: ObjectDecoder | undefined;
}

/** Checks objects against the header as they pass: their order, their key, every member and its type; counts them. */
export class ObjectChecker {
  readonly #header: ArchiveHeader;
  readonly #path: string;
  readonly #expected = new Map<string, Expected>();
  readonly #counts = new Map<string, number>();
  readonly #linkCounts = new Map<string, number>();
  #model: string | undefined;
  #place = -1;
  #last: Key | undefined;

  constructor(header: ArchiveHeader, path: string) {
    this.#header = header;
    this.#path = path;
    for (const model of header.order) this.#expected.set(model, expectedOf(header, model));
  }

  /** @throws RefusedError ARCHIVE_DAMAGED, ARCHIVE_UNSORTED, ARCHIVE_DUPLICATE */
  check(value: unknown, line: number): ArchiveObject {
    const object = this.#objectOf(value, line);
    const expected = this.#expected.get(object.model);
    if (expected === undefined) throw this.#wrong(line, `the header has no model ${JSON.stringify(object.model).slice(0, 80)}`);
    const key = pkToKey(object.pk, expected.shape);
    if (key === undefined) throw this.#wrong(line, `the pk is no key of ${object.model}`);
    if (!isStorable(object.pk)) throw this.#unstorable(line, `the pk of ${object.model}`);
    this.#checkOrder(object.model, key, expected, line);
    this.#checkFields(object, expected, line);
    this.#counts.set(object.model, (this.#counts.get(object.model) ?? 0) + 1);
    return object;
  }

  /**
   * The object of a line that is written as an encoder writes the model of the one before: what {@link check} asks of it is seen
   * without parsing it. Undefined says nothing of a line but that it is to be parsed. @throws as {@link check}, for its order
   */
  decode(bytes: Buffer, start: number, end: number, line: number): ArchiveObject | undefined {
    const expected = this.#model === undefined ? undefined : this.#expected.get(this.#model);
    const object = expected?.decoder?.decode(bytes, start, end, this.#onLinks);
    if (expected === undefined || object === undefined) return undefined;
    this.#checkOrder(object.model, object.key, expected, line);
    this.#counts.set(object.model, (this.#counts.get(object.model) ?? 0) + 1);
    return object;
  }

  readonly #onLinks = (member: string, count: number): void => {
    const name = `${String(this.#model)}.${member}`;
    this.#linkCounts.set(name, (this.#linkCounts.get(name) ?? 0) + count);
  };

  /** @throws RefusedError ARCHIVE_DAMAGED */
  compareCounts(trailer: ArchiveTrailer): void {
    const total = [...this.#counts.values()].reduce((sum, count) => sum + count, 0);
    if (total !== trailer.total || !sameCounts(this.#counts, trailer.objects) || !sameCounts(this.#linkCounts, trailer.links)) {
      throw new RefusedError('ARCHIVE_DAMAGED', `${this.#path}: the trailer counts other objects or links than there are`);
    }
  }

  #objectOf(value: unknown, line: number): ArchiveObject {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) throw this.#wrong(line, 'not an object');
    const members = Object.keys(value);
    const { fields, model, shared } = value as { fields?: unknown; model?: unknown; shared?: unknown };
    const right =
      members.every((member) => ['fields', 'model', 'pk', 'shared'].includes(member)) &&
      Object.hasOwn(value, 'pk') &&
      typeof model === 'string' &&
      typeof fields === 'object' &&
      fields !== null &&
      !Array.isArray(fields) &&
      (shared === undefined || shared === true);
    if (!right) throw this.#wrong(line, 'not an object of an archive: it has fields, model, pk, and perhaps shared');
    return value as ArchiveObject;
  }

  #checkOrder(model: string, key: Key, expected: Expected, line: number): void {
    if (model !== this.#model) {
      const place = this.#header.order.indexOf(model);
      if (place <= this.#place) throw this.#unsorted(line, model);
      this.#place = place;
      this.#model = model;
    } else if (this.#last !== undefined) {
      const order = expected.compare(this.#last, key);
      if (order === 0) throw this.#twice(line, `${model} ${keyTexts(key).join(',')}`);
      if (order > 0) throw this.#unsorted(line, model);
    }
    this.#last = key;
  }

  #checkFields(object: ArchiveObject, expected: Expected, line: number): void {
    const { fields } = object;
    for (const [member, kind] of expected.columns) {
      if (!Object.hasOwn(fields, member)) throw this.#wrong(line, `${object.model} lacks its member ${member}`);
      if (!isOfKind(fields[member], kind))
        throw this.#wrong(line, `${object.model}.${member} is not a value of its kind (${kind})`);
      if (!isStorable(fields[member] as ArchiveValue)) throw this.#unstorable(line, `${object.model}.${member}`);
    }
    for (const [member, shape] of expected.links) {
      const list = Object.hasOwn(fields, member) ? fields[member] : undefined;
      const keys = Array.isArray(list) ? list.map((pk: ArchiveObject['pk']) => pkToKey(pk, shape)) : [undefined];
      if (!Array.isArray(list) || keys.includes(undefined))
        throw this.#wrong(line, `${object.model}.${member} is not a list of keys`);
      if (!list.every(isStorable)) throw this.#unstorable(line, `${object.model}.${member}`);
      if (new Set(keys).size < keys.length) throw this.#twice(line, `a key of ${object.model}.${member}`);
      const name = `${object.model}.${member}`;
      if (list.length > 0) this.#linkCounts.set(name, (this.#linkCounts.get(name) ?? 0) + list.length);
    }
    if (Object.keys(fields).length !== expected.columns.length + expected.links.length) {
      throw this.#wrong(line, `${object.model} has a member that the header does not know`);
    }
  }

  #wrong(line: number, what: string): RefusedError {
    return new RefusedError('ARCHIVE_DAMAGED', `${this.#path}:${String(line)}: ${what}`);
  }

  #unstorable(line: number, what: string): RefusedError {
    const message = `${this.#path}:${String(line)}: ${what} holds what no text of a database can: a NUL, or half of a surrogate pair`;
    return new RefusedError('ARCHIVE_DAMAGED', message, {
      hint: 'Take \\u0000 and single \\ud800 to \\udfff out of that line, then: portolan verify --reseal',
    });
  }

  #twice(line: number, what: string): RefusedError {
    return new RefusedError('ARCHIVE_DUPLICATE', `${this.#path}:${String(line)}: ${what} stands there twice`);
  }

  #unsorted(line: number, model: string): RefusedError {
    return new RefusedError('ARCHIVE_UNSORTED', `${this.#path}:${String(line)}: ${model} is not in the archive's order`, {
      hint: 'If you edited it on purpose: portolan verify --reseal sorts it.',
    });
  }
}

function expectedOf(header: ArchiveHeader, model: string): Expected {
  const entity = header.entities[model];
  if (entity === undefined) throw new TypeError(`the header has no ${model}`);
  const shape = headerKeyShape(header, model);
  const { columns, links, layout } = headerLayout(header, model, entity);
  const kernel = layout !== undefined && KernelLineReader.suits(layout) ? lineKernel() : undefined;
  const ahead = layout === undefined || kernel === undefined ? undefined : new KernelLineReader(kernel, layout);
  const decoder = layout === undefined ? undefined : new ObjectDecoder(layout, ahead);
  return { shape, compare: compareKeysOf(shape.kinds), columns, links, decoder };
}

function isOfKind(value: unknown, kind: ArchiveColumn['kind']): boolean {
  if (value === null) return true;
  switch (kind) {
    case 'integer':
      return isInteger(value);
    case 'number':
      return typeof value === 'number' || typeof value === 'string';
    case 'boolean':
      return typeof value === 'boolean';
    case 'text':
      return typeof value === 'string';
  }
}

/** Of a value that has its kind already. */
function isStorable(value: ArchiveObject['pk']): boolean {
  if (typeof value === 'string') return isStorableText(value);
  return typeof value !== 'object' || value === null || Object.values(value).every(isStorable);
}

function sameCounts(counts: ReadonlyMap<string, number>, told: Readonly<Record<string, number>>): boolean {
  const names = new Set([...counts.keys(), ...Object.keys(told)]);
  return [...names].every((name) => (counts.get(name) ?? 0) === (told[name] ?? 0));
}
