import type { DiffResult } from '../compare/diff-options.js';
import type { DifferenceLine } from '../compare/difference.js';
import { table } from './table.js';

/** What differs, for people: counts by model, then an object a line: `-` only the first has, `+` only the second, `~` differ. */
export async function summarizeDifferences(result: DiffResult, [a, b]: readonly [a: string, b: string]): Promise<string> {
  const { same, update, insert, delete: gone } = result.objects;
  const models = [...new Set([same, update, insert, gone].flatMap(Object.keys))].sort();
  const counts = await table(
    ['model', 'same', 'differ', `only in ${a}`, `only in ${b}`],
    models.map((model) => [
      model,
      ...[same, update, gone, insert].map((some) => (Object.hasOwn(some, model) ? (some[model] ?? '') : '')),
    ]),
  );
  const listed = result.differences.map(lineOf);
  const all = [update, insert, gone].flatMap(Object.values<number>).reduce((sum, count) => sum + count, 0);
  const more = all - listed.length;
  return [counts, ...result.schema, ...listed, ...(more > 0 ? [`… and ${String(more)} more (--plan FILE lists them)`] : [])].join(
    '\n',
  );
}

/** In one line what came of it. */
export function closingLine({ status, objects }: DiffResult): string {
  const total = (some: Readonly<Record<string, number>>): number => Object.values(some).reduce((sum, count) => sum + count, 0);
  if (status === 'same') return `no difference: ${String(total(objects.same))} objects`;
  const { same, update, insert, delete: gone } = objects;
  const found = [update, gone, insert].map((some) => String(total(some)));
  return `different: ${found.join(' + ')} objects differ, are missing there, or are only there; ${String(total(same))} are the same`;
}

function lineOf({ object, to, decision, columns, links = {}, before = {}, after = {} }: DifferenceLine): string {
  switch (decision) {
    case 'insert':
      return [`+ ${object}`, ...valuesOf(after)].join('\n');
    case 'delete':
      return [`- ${object}`, ...valuesOf(before)].join('\n');
    case 'update': {
      const lists = Object.entries(links).map(
        ([member, { insert, delete: gone }]) =>
          `${member}${insert.map((one) => ` +${one}`).join('')}${gone.map((one) => ` -${one}`).join('')}`,
      );
      const name = to === undefined ? object : `${object} → ${to}`;
      const changes = columns.flatMap((member) =>
        Object.hasOwn(before, member)
          ? [`    ${member}: ${JSON.stringify(before[member])} → ${JSON.stringify(after[member])}`]
          : [],
      );
      return [`~ ${name}: ${[...columns, ...lists].join(', ')}`, ...changes].join('\n');
    }
  }
}

function valuesOf(fields: NonNullable<DifferenceLine['before']>): readonly string[] {
  return Object.entries(fields).map(([member, value]) => `    ${member}: ${JSON.stringify(value)}`);
}
