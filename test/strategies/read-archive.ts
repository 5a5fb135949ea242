import { readFileSync } from 'node:fs';
import type { Row, Thing, Value } from './terms.js';

export interface Linked {
  readonly person: number;
  readonly tag: number;
}

/** An object that stayed at home. */
export interface External {
  readonly table: string;
  readonly key: Row;
  readonly naturalKey: Row;
}

export interface ReadArchive {
  readonly things: readonly Thing[];
  readonly links: readonly Linked[];
  readonly external: readonly External[];
}

interface Parsed {
  readonly objects: readonly {
    readonly model: string;
    readonly pk: Value | Row;
    readonly fields: Readonly<Record<string, Value | number[]>>;
  }[];
  readonly trailer: {
    readonly external: readonly { readonly model: string; readonly pk: Value | Row; readonly naturalKey: Row }[];
  };
}

/** What an archive of the world says, as rows. */
export function readArchive(path: string): ReadArchive {
  const { objects, trailer } = JSON.parse(readFileSync(path, 'utf8')) as Parsed;
  const links: Linked[] = [];
  const things = objects.map(({ model, pk, fields }): Thing => {
    const held = Object.entries(fields).filter((one): one is [string, Value] => !Array.isArray(one[1]));
    for (const list of Object.values(fields))
      if (Array.isArray(list)) for (const tag of list) links.push({ person: Number(pk), tag });
    return { table: tableOf(model), row: { ...keyOf(pk), ...Object.fromEntries(held) } };
  });
  const external = trailer.external.map(({ model, pk, naturalKey }) => ({ table: tableOf(model), key: keyOf(pk), naturalKey }));
  return { things, links, external };
}

function tableOf(model: string): string {
  return model.replace('public.', '');
}

function keyOf(pk: Value | Row): Row {
  return typeof pk === 'object' && pk !== null ? pk : { id: pk };
}
