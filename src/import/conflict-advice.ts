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
}: Conflict): string {
  const members = columns.join(', ');
  switch (reason) {
    case 'primary-key':
      if (fixed === true)
        return `--on-conflict skip leaves it out (override cannot change a column that is GENERATED ALWAYS AS IDENTITY), or edit its key ${edit}`;
      if (alsoUnique === true)
        return `--on-conflict skip leaves it out (override does not help: another row has its unique columns), or edit its key ${edit}`;
      return `--on-conflict override overwrites ${members}, --on-conflict skip leaves it out, or edit its key ${edit}`;
    case 'unique':
      if (inArchive === true) return `edit ${members} ${edit}; no strategy helps`;
      if (inTheWay === '')
        return `run it again where another writer was faster; else edit ${members === '' ? 'one of them' : members} ${edit}: no strategy helps`;
      return `--on-conflict skip leaves it out (override does not help), or edit ${members} ${edit}`;
    case 'missing-reference':
      if (constraint === externalObject)
        return inTheWay === '' || inTheWay === object
          ? `bring that row into the target first, or take it out of what refers to it and of trailer.external ${edit}`
          : `write the key of ${inTheWay} into what refers to it and into trailer.external ${edit}, or give the row that key`;
      return `--on-conflict skip leaves it out, or edit ${members === '' ? 'the reference' : members} ${edit}`;
  }
}

/** Stands for a constraint where an external object is missing. */
export const externalObject = 'external object';

/** What is in the way, in words: the object by name where it is known. */
export function conflictReason({ object, reason, columns, inTheWay, constraint, excludes }: Conflict): string {
  const members = columns.join(', ');
  switch (reason) {
    case 'primary-key':
      return `a different ${inTheWay} is there: it differs in ${members}`;
    case 'unique':
      if (excludes === true)
        return inTheWay === ''
          ? `two objects of the archive, or one and a row of the target, exclude each other by ${members === '' ? 'what they hold' : members} (${constraint})`
          : `${inTheWay} excludes it by ${members} (${constraint})`;
      return inTheWay === ''
        ? `two objects of the archive, or one and a row of the target, have the same ${members === '' ? 'unique columns' : members} (${constraint})`
        : `${inTheWay} has the same ${members} (${constraint})`;
    case 'missing-reference':
      if (constraint !== externalObject)
        return `${members === '' ? 'it' : members} refers to a row that neither the archive nor the target has (${constraint})`;
      if (inTheWay === '') return 'it stayed at home, and the target has no such row';
      return inTheWay === object
        ? `it stayed at home, and the target's row of that key differs in ${members}`
        : `it stayed at home, and the target has it under another key: ${inTheWay} has the same ${members}`;
  }
}
