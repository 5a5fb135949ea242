import stringify from 'fast-json-stable-stringify';
import type { ArchiveEntity, ArchiveHeader, ArchiveObject, TrailerContent } from '../../src/archive/archive.js';
import { createArchiveWriter } from '../../src/archive/archive-writer.js';

/** Archives that nobody exported: objects of four models with keys of four kinds, in a circle of references, with links. */
const text = (name: string, type = 'text'): ArchiveEntity['columns'][string] => ({ name, type, kind: 'text' });
const integer = (name: string): ArchiveEntity['columns'][string] => ({ name, type: 'integer', kind: 'integer' });

export const madeEntities: Readonly<Record<string, ArchiveEntity>> = {
  'm.note': {
    ...{ schema: 'public', table: 'note', key: ['id'], links: {} },
    columns: { id: text('id', 'uuid'), author: text('author_id'), body: text('body') },
    references: [{ name: 'm.note.author', columns: ['author_id'], parent: 'm.person', parentColumns: ['email'] }],
  },
  'm.person': {
    ...{ schema: 'public', table: 'person', key: ['email'] },
    columns: {
      email: text('email'),
      active: { name: 'active', type: 'boolean', kind: 'boolean' },
      team: integer('team_id'),
    },
    links: {
      tags: {
        ...{ model: 'm.tag', schema: 'public', table: 'person_tags' },
        ...{ ownerColumns: ['person'], inverseColumns: ['tag_kind', 'tag_word'] },
      },
    },
    references: [{ name: 'm.person.team', columns: ['team_id'], parent: 'm.team', parentColumns: ['id'] }],
  },
  'm.tag': {
    ...{ schema: 'public', table: 'tag', key: ['kind', 'word'], links: {}, references: [] },
    columns: { kind: integer('kind'), word: text('word'), colour: text('colour') },
  },
  'm.team': {
    ...{ schema: 'public', table: 'team', key: ['id'], links: {} },
    columns: { id: integer('id'), lead: text('lead_id'), size: { name: 'size', type: 'numeric', kind: 'number' } },
    references: [{ name: 'm.team.lead', columns: ['lead_id'], parent: 'm.person', parentColumns: ['email'] }],
  },
};

export const madeOrder = ['m.tag', 'm.person', 'm.team', 'm.note'] as const;

export interface Made {
  readonly objects: readonly ArchiveObject[];
  readonly header?: Partial<ArchiveHeader>;
  readonly trailer?: Partial<TrailerContent>;
}

/** As an exporter writes it: objects by the header's order, then by key. */
export async function writeMade(output: string, { objects, header = {}, trailer = {} }: Made): Promise<void> {
  const order = header.order ?? madeOrder.filter((model) => objects.some((object) => object.model === model));
  const whole: ArchiveHeader = {
    ...{ format: 'portolan', version: 1, entities: madeEntities, order, seeds: ['m.team.1'], roots: [], follow: 'owned' },
    ...{ policy: null, withheld: {}, includedSecrets: [], ...header },
  };
  const writer = await createArchiveWriter({ output, header: whole, force: true });
  const places = new Map<string, number>(order.map((model, at) => [model, at]));
  const sorted = [...objects].sort((a, b) => places.get(a.model)! - places.get(b.model)! || comparePks(a.pk, b.pk));
  for (const object of sorted) await writer.write(Buffer.from(writer.lineStart + stringify(object)));
  const count = (model: string): number => objects.filter((object) => object.model === model).length;
  const links = sorted.reduce((sum, { fields }) => sum + (Array.isArray(fields['tags']) ? fields['tags'].length : 0), 0);
  await writer.finish({
    objects: Object.fromEntries(order.flatMap((model) => (count(model) === 0 ? [] : [[model, count(model)]]))),
    links: links === 0 ? {} : { 'm.person.tags': links },
    total: objects.length,
    external: [],
    dangling: [],
    leftOut: [],
    ...trailer,
  });
}

/** Keys in an archive's order, the plain way. */
export function comparePks(a: ArchiveObject['pk'], b: ArchiveObject['pk']): number {
  if (typeof a === 'object' && a !== null && typeof b === 'object' && b !== null)
    return Object.keys(a).reduce((order, member) => order || comparePks(a[member]!, b[member]!), 0);
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return Buffer.compare(Buffer.from(a as string), Buffer.from(b as string));
}

export function nameOf({ model, pk }: Pick<ArchiveObject, 'model' | 'pk'>): string {
  if (typeof pk !== 'object' || pk === null) return `${model}.${String(pk)}`;
  const quoted = (value: unknown): string =>
    /^"|,/u.test(String(value)) ? `"${String(value).replaceAll('"', '""')}"` : String(value);
  return `${model}.${Object.entries(pk)
    .map(([member, value]) => `${member}=${quoted(value)}`)
    .join()}`;
}
