import { randomBytes, randomUUID } from 'node:crypto';
import { findColumn } from '../schema/resolve-column.js';
import type { Column, Entity } from '../schema/schema.js';

/** What a new row gets in a column that the archive lacks: one value for all, or one that nobody can guess. */
export interface Fill {
  readonly column: Column;
  value(): string | null;
  readonly random: boolean;
}

/** What the policy says that a new row gets in a column; undefined where it says nothing. */
export function policyFill(entity: Entity, column: Column): string | null | undefined {
  return Object.entries(entity.policy?.fill ?? {}).find(([name]) => findColumn(entity, name) === column)?.[1];
}

/** A fill of a value that the policy gives. */
export function fixedFill(column: Column, value: string | null): Fill {
  return { column, random: false, value: () => value };
}

/** 128 random bits as text of 22 characters or more, uuid or bytea; undefined where the type cannot hold them. */
export function randomFill(column: Column): Fill | undefined {
  if (column.type === 'uuid') return { column, random: true, value: () => randomUUID() };
  if (column.type === 'bytea') return { column, random: true, value: () => `\\x${randomBytes(16).toString('hex')}` };
  const length = textLength(column.type);
  return length !== undefined && length >= 22
    ? { column, random: true, value: () => randomBytes(16).toString('base64url') }
    : undefined;
}

function textLength(type: string): number | undefined {
  const limited = /^(?:character varying|character)\((\d+)\)$/u.exec(type);
  if (limited !== null) return Number(limited[1]);
  return type === 'text' || type === 'character varying' ? Infinity : undefined;
}
