import type { ArchiveEntity, ArchiveHeader } from '../archive/archive.js';
import { RefusedError } from '../errors/portolan-error.js';
import type { Findings } from '../findings/finding.js';
import { sameList } from './united-order.js';
import { matchColumns } from './matched-columns.js';

/** An archive by the name that the user gave it. */
export interface NamedHeader {
  readonly name: string;
  readonly header: ArchiveHeader;
}

/**
 * What only one of two archives' schemas has, in words. A column that was withheld from one of them makes no difference: absent is
 * not another value. That it was, and a type that changed, is a finding.
 *
 * @throws RefusedError ARCHIVES_UNLIKE where objects of a model cannot be told to be the same: it has another key
 */
export function compareSchemas(a: NamedHeader, b: NamedHeader, findings: Findings): readonly string[] {
  const unlike: string[] = [];
  const differences: string[] = [];
  for (const [model, mine] of Object.entries(a.header.entities)) {
    const theirs = b.header.entities[model];
    if (theirs === undefined) continue;
    const keys = [keyOf(mine), keyOf(theirs)] as const;
    if (!sameList(...keys)) {
      unlike.push(`${model}: its key is (${keys[0].join(', ')}) in ${a.name}, (${keys[1].join(', ')}) in ${b.name}`);
      continue;
    }
    const { both, onlyA, onlyB } = matchColumns(mine, theirs);
    const absent = (members: readonly string[], has: NamedHeader, lacks: NamedHeader): void => {
      for (const member of members) {
        const name = `${model}.${member}`;
        const why = Object.hasOwn(lacks.header.withheld, name) ? lacks.header.withheld[name] : undefined;
        if (why === undefined) differences.push(`${name}: only ${has.name} has such a column`);
        else findings.warn('withheld-in-one', name, `was withheld from ${lacks.name} (${why}): it is not compared`);
      }
    };
    absent(onlyA, a, b);
    absent(onlyB, b, a);
    for (const { a: member, types } of both) {
      if (types[0] !== types[1])
        findings.warn('changed-type', `${model}.${member}`, `is ${types[0]} in ${a.name}, ${types[1]} in ${b.name}`);
    }
    for (const [one, other, has] of [
      [mine, theirs, a],
      [theirs, mine, b],
    ] as const) {
      for (const member of Object.keys(one.links)) {
        if (!Object.hasOwn(other.links, member))
          differences.push(`${model}.${member}: only ${has.name} has such a many-to-many relation`);
      }
    }
  }
  if (unlike.length === 0) return differences;
  throw new RefusedError('ARCHIVES_UNLIKE', `the archives cannot be compared:\n- ${unlike.join('\n- ')}`, {
    hint: 'Export both from databases of the same schema.',
  });
}

/** Columns and what kind each is: keys of one kind have one order. */
function keyOf({ key, columns }: ArchiveEntity): readonly string[] {
  const all = Object.values(columns);
  return key.map((name) => `${name} ${all.find((column) => column.name === name)?.kind ?? ''}`);
}
