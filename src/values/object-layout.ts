import type { ValueKind } from '../schema/schema.js';
import type { KeyShape } from './archive-value.js';

/** How the objects of one model stand in their lines, as an encoder writes them: members sorted, nothing between. */
export interface ObjectLayout {
  readonly model: string;
  readonly members: readonly LayoutMember[];
  /** Where each member stands among them. */
  readonly places: ReadonlyMap<string, number>;
  /** What stands between the members and the key. */
  readonly tail: Buffer;
  readonly pk: 'integer' | 'text';
}

export interface LayoutMember {
  readonly name: string;
  /** What stands before its value. */
  readonly prefix: Buffer;
  readonly holds: { readonly is: 'value'; readonly kind: ValueKind } | { readonly is: 'keys'; readonly kind: 'integer' | 'text' };
}

export interface LayoutParts {
  readonly model: string;
  readonly pk: KeyShape;
  /** Of columns that are not in the key. */
  readonly columns: readonly (readonly [member: string, kind: ValueKind])[];
  readonly links: readonly (readonly [member: string, shape: KeyShape])[];
}

/** Undefined where a key has several columns, or one that is neither an integer nor text: such lines are read as JSON. */
export function objectLayout({ model, pk, columns, links }: LayoutParts): ObjectLayout | undefined {
  const kind = simpleKind(pk);
  const held: (readonly [name: string, holds: LayoutMember['holds']])[] = columns.map(([name, one]) => [
    name,
    { is: 'value', kind: one },
  ]);
  for (const [name, shape] of links) {
    const one = simpleKind(shape);
    if (one === undefined) return undefined;
    held.push([name, { is: 'keys', kind: one }]);
  }
  if (kind === undefined) return undefined;
  const members = held
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, holds], at): LayoutMember => {
      const prefix = Buffer.from(`${at === 0 ? '{"fields":{' : ','}${JSON.stringify(name)}:`);
      return { name, prefix, holds };
    });
  const start = members.length === 0 ? '{"fields":{' : '';
  return {
    model,
    members,
    places: new Map(members.map(({ name }, place) => [name, place])),
    tail: Buffer.from(`${start}},"model":${JSON.stringify(model)},"pk":`),
    pk: kind,
  };
}

function simpleKind({ kinds }: KeyShape): 'integer' | 'text' | undefined {
  const [kind] = kinds;
  return kinds.length === 1 && (kind === 'integer' || kind === 'text') ? kind : undefined;
}
