import fc from 'fast-check';
import type { ArchiveObject } from '../../src/archive/archive.js';
import { nameOf } from './made-archive.js';

/** Few keys, so that archives have many in common; texts that JSON and COPY escape, and whose order in bytes is not that of code units. */
const emails = ['a', 'B', 'a"b', 'é\t\n', '\\N', '', '\u{10000}', '\uFFFD', '10', '9'] as const;
const words = ['x', 'y,z', '"q"', ''] as const;
const uuids = [1, 2, 3, 4].map((digit) => `00000000-0000-0000-0000-00000000000${String(digit)}`);
const free = fc.oneof(
  fc.constantFrom('', 'text', '\\N', 'null', '7', 'é "\\\n\u0001'),
  fc.string({ unit: 'grapheme', maxLength: 5 }),
);
const safe = free.map((value) => value.replaceAll('\0', ''));
const sizes = fc.constantFrom<number | string | null>(0, 1.5, '1.50', '12345678901234567890', 'NaN', null);

const team = fc.record({ pk: fc.integer({ min: -2, max: 12 }), lead: fc.option(fc.constantFrom(...emails)), size: sizes });
const tags = fc.array(fc.record({ kind: fc.integer({ min: 1, max: 11 }), word: fc.constantFrom(...words) }), { maxLength: 3 });
const person = fc.record({
  pk: fc.constantFrom(...emails),
  active: fc.option(fc.boolean()),
  team: fc.option(fc.integer({ min: -2, max: 12 })),
  tags,
});
const tag = fc.record({
  pk: fc.record({ kind: fc.integer({ min: 1, max: 11 }), word: fc.constantFrom(...words) }),
  colour: fc.option(safe),
});
const note = fc.record({ pk: fc.constantFrom(...uuids), author: fc.option(fc.constantFrom(...emails)), body: fc.option(safe) });

/** Objects that refer to nothing that is not among them. */
export const randomWorld: fc.Arbitrary<readonly ArchiveObject[]> = fc
  .record({
    team: fc.array(team, { maxLength: 6 }),
    person: fc.array(person, { minLength: 1, maxLength: 6 }),
    tag: fc.array(tag, { maxLength: 6 }),
    note: fc.array(note, { maxLength: 4 }),
  })
  .map((drawn) =>
    closed(
      Object.entries(drawn).flatMap(([name, rows]) => rows.map(({ pk, ...fields }) => ({ model: `m.${name}`, pk, fields }))),
    ),
  );

/** Each key once; references and links to what is not there are taken out. */
export function closed(objects: readonly ArchiveObject[]): readonly ArchiveObject[] {
  const all = new Map(objects.map((object) => [nameOf(object), object]));
  const kept = (model: string, pk: unknown): unknown =>
    pk !== null && pk !== undefined && all.has(nameOf({ model, pk: pk as ArchiveObject['pk'] })) ? pk : null;
  return [...all.values()].map(({ fields, ...object }) => {
    const { lead, team: own, author, tags: list } = fields;
    const held = {
      ...(lead === undefined ? {} : { lead: kept('m.person', lead) }),
      ...(own === undefined ? {} : { team: kept('m.team', own) }),
      ...(author === undefined ? {} : { author: kept('m.person', author) }),
      ...(list === undefined ? {} : { tags: linked((list as ArchiveObject['pk'][]).filter((pk) => kept('m.tag', pk) !== null)) }),
    };
    return { ...object, fields: { ...fields, ...held } } as ArchiveObject;
  });
}

/** A list of links as an archive has it. */
export function linked(list: readonly ArchiveObject['pk'][]): readonly ArchiveObject['pk'][] {
  const byName = new Map(list.map((pk) => [nameOf({ model: 'm.tag', pk }), pk]));
  return [...byName.values()].sort((a, b) => {
    const [one, other] = [a, b] as { kind: number; word: string }[];
    return one!.kind - other!.kind || Buffer.compare(Buffer.from(one!.word), Buffer.from(other!.word));
  });
}

/** Another key of the same kind, whose order is not that of the old ones. */
export function otherPk({ model, pk }: ArchiveObject): ArchiveObject['pk'] {
  switch (model) {
    case 'm.team':
      return 1000 - Number(pk) * 7;
    case 'm.person':
      return `new ${Buffer.from(pk as string)
        .reverse()
        .toString('hex')}`;
    case 'm.tag': {
      const { kind, word } = pk as { kind: number; word: string };
      return { kind: 50 - kind, word: `${word}!` };
    }
    default:
      return `f${(pk as string).slice(1)}`;
  }
}

/** The same object where all objects have those other keys. */
export function redirected({ model, pk, fields }: ArchiveObject, moved: ReadonlyMap<string, ArchiveObject>): ArchiveObject {
  const to = (parent: string, old: unknown): unknown =>
    old === null || old === undefined ? old : moved.get(nameOf({ model: parent, pk: old as ArchiveObject['pk'] }))?.pk;
  const { lead, team, author, tags } = fields;
  const held = {
    ...(lead === undefined ? {} : { lead: to('m.person', lead) }),
    ...(team === undefined ? {} : { team: to('m.team', team) }),
    ...(author === undefined ? {} : { author: to('m.person', author) }),
    ...(tags === undefined ? {} : { tags: (tags as ArchiveObject['pk'][]).map((one) => to('m.tag', one)) }),
  };
  return { model, pk: to(model, pk) as ArchiveObject['pk'], fields: { ...fields, ...held } as ArchiveObject['fields'] };
}

/** The same object with another value in a column that is no reference. */
export function altered(object: ArchiveObject): ArchiveObject {
  const [member, value] = { 'm.team': ['size', 77], 'm.tag': ['colour', 'altered'], 'm.note': ['body', 'altered'] }[
    object.model
  ] ?? ['active', object.fields['active'] !== true];
  return { ...object, fields: { ...object.fields, [member as string]: value as string } };
}
