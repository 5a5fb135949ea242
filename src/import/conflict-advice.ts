import type { Conflict } from './import-options.js';

const edit = 'in the archive (then: portolan verify --reseal)';

/** What helps for one conflict, in words for the terminal and the plan. */
export function conflictAdvice({
  object,
  reason,
  columns,
  inTheWay,
  constraint,
  inArchive,
  fixed,
  alsoUnique,
  alike,
  plain,
  noNewKey,
  newKey,
  torn,
}: Conflict): string {
  const members = columns.join(', ');
  switch (reason) {
    case 'primary-key':
      if (newKey === true) return `another --offset, or another keySuffix of the policy, gives it a key that is free`;
      if (noNewKey === true)
        return `--offset N gives it a key where that is one integer, keySuffix of the policy where it is text; --on-conflict override overwrites it, or edit its key ${edit}`;
      if (fixed === true)
        return `--on-conflict skip leaves it out (override cannot change a column that is GENERATED ALWAYS AS IDENTITY), --on-conflict remap gives it a new key, or edit its key ${edit}`;
      if (alsoUnique === true)
        return `${alike === undefined ? '' : `${mergeBy(object, alike)} takes it for the row that has the same ${alike.join(', ')}; `}--on-conflict skip leaves it out (override does not help: another row has its unique columns), or edit its key ${edit}`;
      return `--on-conflict remap gives it a new key, --on-conflict override overwrites ${members}, --on-conflict skip leaves it out, or edit its key ${edit}`;
    case 'unique':
      if (constraint === naturalKey)
        return inArchive === true
          ? `two objects cannot be one row: edit ${members} of one of them ${edit}, or let the policy have no merge there`
          : `nobody can tell which row it is: give the policy a naturalKey that one row has, or edit ${members} ${edit}`;
      if (inArchive === true) return `edit ${members} ${edit}; no strategy helps`;
      if (inTheWay === '')
        return `run it again where another writer was faster; else edit ${members === '' ? 'one of them' : members} ${edit}: no strategy helps`;
      return `${plain === true ? `${mergeBy(object, columns)} takes the two for the same; ` : ''}--on-conflict skip leaves it out (override does not help), or edit ${members} ${edit}`;
    case 'missing-reference':
      if (torn === true) return `let the policy merge what it refers to otherwise, or edit ${members} ${edit}`;
      if (constraint === externalObject)
        return inTheWay === '' || inTheWay === object
          ? `bring that row into the target first, let a policy bring a placeholder or leave the references empty (models: { '${modelOf(object)}': { missing: 'placeholder' } }, or 'null'), or take it out of what refers to it and of trailer.external ${edit}`
          : `${mergeBy(object, columns)} takes it for that row; else write the key of ${inTheWay} into what refers to it and into trailer.external ${edit}, or give the row that key`;
      return `--on-conflict skip leaves it out, or edit ${members === '' ? 'the reference' : members} ${edit}`;
  }
}

/** The model of an object by its name. */
export function modelOf(object: string): string {
  return object.split('.').slice(0, 2).join('.');
}

/** What to write into the policy, where a natural key would settle it. */
function mergeBy(object: string, columns: readonly string[]): string {
  const model = modelOf(object);
  const names = columns.map((name) => `'${name}'`).join(', ');
  return `a policy with models: { '${model}': { naturalKey: [${names}], merge: 'keep' } }`;
}

/** Stands for a constraint where rows are matched by natural key. */
export const naturalKey = 'natural key';

/** Stands for a constraint where an external object is missing. */
export const externalObject = 'external object';

/** What is in the way, in words: the object by name where it is known. */
export function conflictReason(conflict: Conflict): string {
  const { object, reason, columns, inTheWay, constraint, excludes, inArchive, newKey, torn } = conflict;
  const members = columns.join(', ');
  switch (reason) {
    case 'primary-key':
      if (newKey === true) return `${inTheWay} is there already, whose key it should get`;
      return `a different ${inTheWay} is there: it differs in ${members}`;
    case 'unique':
      if (constraint === naturalKey)
        return inArchive === true
          ? `${inTheWay} of the archive is the same row by ${members}`
          : `${inTheWay} has the same ${members}, and another row, too`;
      if (excludes === true)
        return inTheWay === ''
          ? `two objects of the archive, or one and a row of the target, exclude each other by ${members === '' ? 'what they hold' : members} (${constraint})`
          : `${inTheWay} excludes it by ${members} (${constraint})`;
      return inTheWay === ''
        ? `two objects of the archive, or one and a row of the target, have the same ${members === '' ? 'unique columns' : members} (${constraint})`
        : `${inTheWay} has the same ${members} (${constraint})`;
    case 'missing-reference':
      if (torn === true) return `in the target, no row can hold in ${members} what its references need (${constraint})`;
      if (constraint !== externalObject)
        return `${members === '' ? 'it' : members} refers to a row that neither the archive nor the target has (${constraint})`;
      if (inTheWay === '') return 'it stayed at home, and the target has no such row';
      return inTheWay === object
        ? `it stayed at home, and the target's row of that key differs in ${members}`
        : `it stayed at home, and the target has it under another key: ${inTheWay} has the same ${members}`;
  }
}
