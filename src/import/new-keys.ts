import { randomUUID } from 'node:crypto';
import type { Key } from '../closure/key.js';
import { keyTexts, toIntegerKey, toKey } from '../closure/key.js';
import { createRowReader } from '../dialect/postgres/row-reader.js';
import { columnNamed, ownRows, quoteIdentifier, quoteLiteral, quoteTable } from '../dialect/postgres/sql.js';
import type { Session } from '../dialect/session.js';
import { RefusedError } from '../errors/portolan-error.js';
import { hasIntegerKey } from '../schema/has-integer-key.js';
import type { Column, Entity, Reference } from '../schema/schema.js';
import { takesSuffix } from '../schema/takes-suffix.js';
import { greatestInteger, integerTypes } from './generated-keys.js';

/** How the one part of a key that no reference gives becomes another. */
export type NewKeyRule =
  /** The old key says what the new one is: by `--offset`, or by the policy's suffix. */
  | { readonly is: 'derived'; readonly of: (text: string) => string }
  /** A value that nobody else has. */
  | { readonly is: 'random' }
  /** One that the database gives, when the plan is carried out: SQL of one value. */
  | { readonly is: 'drawn'; readonly sql: string };

export interface NewKeys {
  /** Which part of the key it is. */
  readonly place: number;
  readonly column: Column;
  readonly rule: NewKeyRule;
}

/** The part of an entity's key that can be another; undefined where all of it are references, or plain values that mean something. */
export function newKeysOf(entity: Entity, references: readonly Reference[], offset: bigint | undefined): NewKeys | undefined {
  const held = new Set(references.flatMap(({ child, columns }) => (child === entity.model ? columns : [])));
  for (const [place, name] of entity.key.entries()) {
    const column = columnNamed(entity, name);
    if (held.has(name) || column.generated) continue;
    const rule = ruleOf(entity, column, offset);
    if (rule !== undefined) return { place, column, rule };
  }
  return undefined;
}

function ruleOf({ model, key, policy }: Entity, column: Column, offset: bigint | undefined): NewKeyRule | undefined {
  const suffix = policy?.keySuffix;
  const { sequence } = column;
  if (column.kind === 'integer') {
    // Within a composite key, a number that no sequence gives means something.
    if (offset !== undefined && (key.length === 1 || sequence !== undefined))
      return { is: 'derived', of: byOffset(model, column, offset) };
    if (sequence !== undefined)
      return { is: 'drawn', sql: `pg_catalog.nextval(${quoteLiteral(quoteTable(sequence))}::regclass)` };
  }
  if (isCall(column.default)) return { is: 'drawn', sql: column.default };
  if (column.type === 'uuid') return { is: 'random' };
  const isText = column.kind === 'text' && takesSuffix(column.type);
  return suffix === undefined || !isText ? undefined : { is: 'derived', of: bySuffix(model, column, suffix) };
}

function byOffset(model: string, { type }: Column, offset: bigint): (text: string) => string {
  // Of a domain, nobody knows here what it holds.
  const most = integerTypes.includes(type) ? greatestInteger(type) : undefined;
  return (text) => {
    const key = BigInt(text) + offset;
    if (most !== undefined && (key > most || key < -most - 1n))
      throw new RefusedError('VALUE_REFUSED', `${model}: --offset ${String(offset)} gives keys that ${type} does not hold`, {
        hint: 'Nothing was written. Take another offset, or leave it out: sequences give the new keys then.',
      });
    return String(key);
  };
}

function bySuffix(model: string, { type }: Column, suffix: string): (text: string) => string {
  const [, length] = /^character(?: varying)?\((\d+)\)$/u.exec(type) ?? [];
  return (text) => {
    const key = text + suffix;
    if (length !== undefined && Array.from(key).length > Number(length))
      throw new RefusedError('VALUE_REFUSED', `${model}: keySuffix of the policy gives keys that ${type} does not hold`, {
        hint: 'Nothing was written. Take a shorter suffix, or give the column of the target a type that holds them.',
      });
    return key;
  };
}

/** A default that is made anew for each row. */
function isCall(sql: string | undefined): sql is string {
  return sql?.includes('(') === true;
}

/** Keys that stand for others until these are drawn: no row has them, so that none can be found under them. */
export class Placeholders {
  readonly #session: Session;
  readonly #entity: Entity;
  readonly #keys: NewKeys;
  readonly #next: () => Key;
  readonly #ready: Key[] = [];
  /** No row has an integer from this one up to the first that was prepared. */
  #free = Infinity;
  /** How far it is looked beyond what is to be prepared. */
  #ahead = 1_000_000;

  constructor(session: Session, entity: Entity, keys: NewKeys) {
    this.#session = session;
    this.#entity = entity;
    this.#keys = keys;
    this.#next = generatorOf(keys.column);
  }

  /** Sees to it that so many can be taken. */
  async prepare(count: number): Promise<void> {
    const { key } = this.#entity;
    while (this.#ready.length < count) {
      const parts = Array.from({ length: count - this.#ready.length }, this.#next);
      const isAlone = key.length === 1 && this.#keys.column.kind === 'integer';
      const isFree = !isAlone || (await this.#areFree(parts));
      const taken = isFree ? undefined : await takenKeys(this.#session, this.#entity, parts);
      for (const part of parts) if (taken?.has(part) !== true) this.#ready.push(part);
    }
  }

  /** Whether that is known of descending integers without a look at each, and of many more behind them. */
  async #areFree(parts: readonly Key[]): Promise<boolean> {
    const [first, last] = [parts[0], parts.at(-1)];
    if (typeof first !== 'number' || typeof last !== 'number') return false;
    if (last >= this.#free) return true;
    if (this.#ahead === 0) return false;
    const from = last - this.#ahead;
    if (await isFreeRange(this.#session, this.#entity, [from, first])) this.#free = from;
    else this.#ahead = 0;
    return this.#ahead > 0;
  }

  /** What stands in the part of the key that is new. */
  take(): Key {
    const part = this.#ready.pop();
    if (part === undefined) throw new TypeError(`no key is ready for ${this.#entity.model}`);
    return part;
  }
}

const greatestExact = BigInt(Number.MAX_SAFE_INTEGER);

function generatorOf(column: Column): () => Key {
  if (column.kind !== 'integer') {
    const [, length] = /\((\d+)\)$/u.exec(column.type) ?? [];
    return () => randomUUID().slice(0, length === undefined ? undefined : Number(length));
  }
  // Half of what the type holds: constraints that compute with a key (twice of it, a range behind it) would pass the type's end.
  const top = greatestInteger(column.type) / 2n;
  // What is no exact number of JavaScript's takes far more memory.
  let next = Number(top > greatestExact ? greatestExact : top);
  return () => next--;
}

/** Those among some keys that a row of the target has. */
export async function takenKeys(session: Session, entity: Entity, keys: readonly Key[]): Promise<ReadonlySet<Key>> {
  const taken = new Set<Key>();
  if (await isFreeRange(session, entity, keys)) return taken;
  const selection = { entity, columns: entity.key, values: keys };
  for await (const batch of createRowReader(session).keys(selection, [entity.key]))
    for (const key of batch.groups[0] ?? []) if (key !== null) taken.add(key);
  return taken;
}

/** Whether no row has a key from the least to the greatest of some integers: a look at the index, however many they are. */
async function isFreeRange(session: Session, entity: Entity, keys: readonly Key[]): Promise<boolean> {
  const [name] = entity.key;
  if (keys.length === 0 || name === undefined || !hasIntegerKey(entity)) return keys.length === 0;
  let [least, greatest] = [Infinity, -Infinity];
  for (const key of keys) {
    if (typeof key !== 'number') return false;
    if (key < least) least = key;
    if (key > greatest) greatest = key;
  }
  const column = quoteIdentifier(name);
  const sql = `SELECT 1 FROM ${ownRows(entity)} WHERE ${column} >= $1::bigint AND ${column} <= $2::bigint LIMIT 1`;
  const found = await session.query(sql, [String(least), String(greatest)], { what: 'look for a key', table: entity.table });
  return found.length === 0;
}

/** A key with another part in one place. */
export function withPart(entity: Entity, key: Key, place: number, part: Key): Key {
  if (typeof key === 'number') return typeof part === 'number' ? part : toIntegerKey(part);
  return toKey(
    keyTexts(key).map((own, at) => (at === place ? String(part) : own)),
    hasIntegerKey(entity),
  );
}
