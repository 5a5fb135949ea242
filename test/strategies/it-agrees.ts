import { expect } from 'chai';
import fc from 'fast-check';
import { twoDatabases } from '../support/two-databases.js';
import type { Asked } from './agree.js';
import { agree } from './agree.js';
import type { Contents } from './world.js';
import { filled, worldContents, worldTables } from './world.js';

const runs = Number(process.env['PORTOLAN_RUNS'] ?? 20);

/** What comes first, so that it is met for sure, and what is met then. */
export interface Certain {
  readonly examples: readonly (readonly [Contents, Asked])[];
  readonly meets: readonly string[];
}

/** Random rows and random rules of some kind: each import is as the model says, twice over, and can be taken back. */
export function itAgrees(what: string, asked: fc.Arbitrary<Asked>, { examples, meets }: Certain): void {
  const world = twoDatabases(worldTables);

  it(`${what} as an independent model says, again changes nothing, and is taken back byte for byte (${String(runs)} runs)`, async function () {
    this.timeout(runs * 20_000);
    const met = new Set<string>();
    await fc.assert(
      fc.asyncProperty(worldContents, asked, async (held, rules) => {
        for (const one of await agree(world, held, rules)) met.add(one);
      }),
      {
        numRuns: Math.max(runs, examples.length),
        endOnFailure: false,
        examples: examples.map(([held, rules]) => [held, rules]),
      },
    );
    expect([...met]).to.include.members([...meets]);
  });
}

/** All of them, or one. */
export const anySeed: fc.Arbitrary<number | undefined> = fc.option(fc.nat({ max: 99 }), { nil: undefined, freq: 1 });

export const person = (id: number, name: string, rest = 'NULL, NULL'): string =>
  `INSERT INTO person VALUES (${String(id)}, '${name}', '${name}', ${rest})`;

/** A person that is there, one that is new, and one whose key another has. */
export const threePeople: Contents = {
  mine: filled(person(1, 'a'), person(2, 'b'), person(3, 'c')),
  theirs: filled(person(1, 'a'), person(3, 'd')),
};

/** A person that is there, and one that is new. */
export const twoPeople: Contents = { mine: filled(person(1, 'a'), person(2, 'b')), theirs: filled(person(1, 'a')) };
