import type { AbsentRule } from '../inside/absent-rule.js';
import type { Inside } from '../inside/inside.js';
import { wholeValue } from '../inside/inside.js';
import { keyFormOf, keyOfText } from '../inside/key-form.js';
import { valueKind, wholeKeys } from './column-kind.js';
import { refusedInside } from './declared-inside.js';
import type { DraftReference } from './draft.js';

/** Why a value cannot mention an object so; undefined where it can. */
export function refusedMention(edge: DraftReference, inside: Inside, known: readonly DraftReference[]): string | undefined {
  const { child, parent } = edge;
  const value = child.columns.find(({ name }) => name === edge.columns[0]);
  const key = parent.columns.find(({ name }) => name === edge.parentColumns[0]);
  if (edge.columns.length > 1 || value === undefined || key === undefined) return 'only keys of one column can be mentioned';
  const others = known.filter((one) => one.mention === undefined && !isElsewhere(one, edge));
  if (inside !== wholeValue) return refusedInside(edge, inside, others);
  if (child.identity.includes(value.name)) return 'it is part of the key of its own rows, which is taken as it is';
  if (value.generated) return 'the database computes it: declare the column that it is computed from';
  const isTaken = (one: DraftReference): boolean => one.child === child && one.columns.includes(value.name);
  if ([...others, ...known.filter((one) => one.mention !== undefined && !isElsewhere(one, edge))].some(isTaken))
    return 'a reference holds there already: let each say by "when" in which rows';
  if (!wholeKeys(value, key))
    return `its type is ${value.type}, and that of the key ${key.type}: they must be integers, uuid or text`;
  return undefined;
}

/** Why that cannot be written for an object that has not come; undefined where it can. */
export function refusedAbsent(edge: DraftReference, inside: Inside, rule: AbsentRule | undefined): string | undefined {
  if (rule === undefined || rule === 'keep') return undefined;
  const value = edge.child.columns.find(({ name }) => name === edge.columns[0]);
  if (rule === 'null') {
    if (inside.pattern !== undefined) return 'absent: nothing stands for NULL within a text';
    return inside === wholeValue && value?.nullable === false ? 'absent: the column cannot be NULL' : undefined;
  }
  if (inside !== wholeValue || value === undefined) return undefined;
  const form =
    valueKind(value) === 'integer' || value.baseType === 'uuid'
      ? keyFormOf({ kind: valueKind(value), type: value.type })
      : 'text';
  return keyOfText(form, rule.value) === undefined ? `absent: the column cannot hold "${rule.value}"` : undefined;
}

/** Whether the two hold in different rows. */
function isElsewhere(one: DraftReference, other: DraftReference): boolean {
  return one.when !== undefined && one.when.column === other.when?.column && one.when.value !== other.when.value;
}
