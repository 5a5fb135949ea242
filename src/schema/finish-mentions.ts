import { absentRule } from '../inside/absent-rule.js';
import { insideName, wholeValue } from '../inside/inside.js';
import type { DraftReference } from './draft.js';
import { innerFollow } from './finish-references.js';
import type { Problems } from './problems.js';
import type { Entity, Mention } from './schema.js';

interface Draft {
  readonly mentions: readonly DraftReference[];
  readonly problems: Problems;
}

/** What values mention, by name: they stand beside the references, since nothing is followed or named by them. */
export function finishMentions({ mentions, problems }: Draft, entities: ReadonlyMap<string, Entity>): readonly Mention[] {
  const taken = new Set<string>();
  const finished = mentions.flatMap((edge): readonly Mention[] => {
    const child = entities.get(edge.child.name.model);
    const parent = entities.get(edge.parent.name.model);
    const column = child?.columns.find(({ name }) => name === edge.columns[0]);
    const key = parent?.columns.find(({ name }) => name === edge.parentColumns[0]);
    if (child === undefined || parent === undefined || column === undefined || key === undefined) return [];
    const name = freeName(edge, taken);
    taken.add(name);
    const table = [child, parent].find(({ role }) => role === 'link');
    if (table !== undefined) problems.add('POLICY_INVALID', `references: ${name}: ${table.model} is a join table`);
    const { inside = wholeValue } = edge;
    const takesNull = inside === wholeValue ? column.nullable : inside.pattern === undefined;
    return [
      Object.freeze({
        name,
        ...{ child: child.model, columns: edge.columns, parent: parent.model, parentColumns: edge.parentColumns },
        direct: parent.key.length === 1 && parent.key[0] === key.name,
        ...{ exact: true, asText: undefined, nullable: false, unique: false, indexed: false, part: false },
        ...{ source: 'declared' as const, constraint: undefined, follow: innerFollow },
        when: edge.when === undefined ? undefined : Object.freeze({ ...edge.when }),
        inside,
        absent: absentRule({ rule: edge.mention?.absent, takesNull, isInteger: key.kind === 'integer' }),
      }),
    ];
  });
  return Object.freeze(finished.sort((a, b) => (a.name < b.name ? -1 : 1)));
}

function freeName({ child, columns, inside, when, parent }: DraftReference, taken: ReadonlySet<string>): string {
  const condition = when === undefined ? '' : `[${when.column}=${when.value.trimEnd()}]`;
  const base = `${child.name.model}.${columns.join('+')}${insideName(inside ?? wholeValue)}${condition}`;
  let name = taken.has(base) ? `${base}:${parent.name.model}` : base;
  for (let at = 2; taken.has(name); at += 1) name = `${base}:${String(at)}`;
  return name;
}
