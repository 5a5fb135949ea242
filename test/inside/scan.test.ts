import { expect } from 'chai';
import fc from 'fast-check';
import type { PathStep } from '../../src/inside/json-path.js';
import { parseJsonPath } from '../../src/inside/json-path.js';
import { keyFinder } from '../../src/inside/key-finder.js';
import { scanArray } from '../../src/inside/scan-array.js';
import { scanJson } from '../../src/inside/scan-json.js';
import { writeToken } from '../../src/inside/token.js';
import type { KeyEdit } from '../../src/inside/with-keys.js';
import { withKeys } from '../../src/inside/with-keys.js';
import { withMentions } from '../../src/inside/with-mentions.js';

const name = fc.constantFrom('a', 'b', 'a b', 'é"\\', '');
const value = fc.letrec<{ any: unknown }>((tie) => ({
  any: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.oneof(fc.integer(), fc.string({ unit: 'grapheme' }), fc.boolean(), fc.constant(null)),
    fc.array(tie('any'), { maxLength: 3 }),
    fc.dictionary(name, tie('any'), { maxKeys: 3 }),
  ),
})).any;
const step: fc.Arbitrary<PathStep> = fc.oneof(
  name.map((text): PathStep => ({ is: 'member', name: text })),
  fc.nat({ max: 2 }).map((index): PathStep => ({ is: 'element', index })),
  fc.constantFrom<PathStep>({ is: 'any-member' }, { is: 'any-element' }, { is: 'any-depth' }),
);

/** What a path leads to, from the parsed value: in the order of the document, each place once. */
function reached(root: unknown, steps: readonly PathStep[]): readonly unknown[] {
  const found: unknown[] = [];
  const visit = (node: unknown, states: ReadonlySet<number>): void => {
    const all = new Set(states);
    for (const state of all) if (steps[state]?.is === 'any-depth') all.add(state + 1);
    if (all.has(steps.length)) found.push(node);
    if (typeof node !== 'object' || node === null) return;
    const isArray = Array.isArray(node);
    for (const [key, child] of Object.entries(node)) {
      const next = new Set<number>();
      for (const state of all) {
        const one = steps[state];
        if (one?.is === 'any-depth') next.add(state);
        if (one?.is === 'any-member' && !isArray) next.add(state + 1);
        if (one?.is === 'any-element' && isArray) next.add(state + 1);
        if (one?.is === 'member' && !isArray && one.name === key) next.add(state + 1);
        if (one?.is === 'element' && isArray && one.index === Number(key)) next.add(state + 1);
      }
      visit(child, next);
    }
  };
  visit(root, new Set([0]));
  return found.filter((node) => node !== null);
}

describe('keys inside a value', () => {
  it('are found in JSON where a path leads, as it leads through the parsed value, however it is laid out', () => {
    fc.assert(
      fc.property(value, fc.array(step, { maxLength: 4 }), fc.constantFrom(0, 1, '\t'), (root, steps, indent) => {
        const text = JSON.stringify(root, undefined, indent);
        const tokens = scanJson(text, steps) ?? [];
        const seen = tokens.map((token) =>
          token.end > token.start ? (JSON.parse(text.slice(token.start, token.end)) as unknown) : 'container',
        );
        const expected = reached(JSON.parse(text), steps).map((one) => (typeof one === 'object' ? 'container' : one));
        expect(seen).to.deep.equal(expected);
      }),
      { numRuns: 1000 },
    );
  });

  it('are each found again when others stand there, and nothing else has changed', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: 'binary-ascii' })),
        fc.array(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })),
        (texts, ids) => {
          const find = keyFinder({ path: '$[*].id' }, 'text');
          const all = [...texts.map((text) => JSON.stringify(text)), ...ids.map(String)].filter(
            (text) => !text.includes('\\u0000'),
          );
          const json = `[${all.map((one) => `{"no":[${one}] , "id" :${one}}`).join('\n,')}]`;
          const found = find(json);
          expect(found).to.have.length(all.length);
          const other = withKeys(
            json,
            found.map((one) => ({ found: one, to: `${String(one.key)}"\\\n` })),
          );
          expect(find(other ?? '').map(({ key }) => key)).to.deep.equal(found.map(({ key }) => `${String(key)}"\\\n`));
          const back = withKeys(
            other ?? '',
            find(other ?? '').map((one, at) => ({ found: { ...one, as: found[at]?.as ?? one.as }, to: found[at]?.key ?? '' })),
          );
          expect(JSON.parse(back ?? '')).to.deep.equal(JSON.parse(json));
        },
      ),
      { numRuns: 300 },
    );
  });

  it('are integers to their last digit, in one way of writing each', () => {
    const find = keyFinder({ path: '$[*]' }, 'int8');
    const keys = (json: string): readonly unknown[] => find(json).map(({ key }) => key);
    expect(keys('[9223372036854775807, -9223372036854775808, "9007199254740993", 0]')).to.deep.equal([
      ...['9223372036854775807', '-9223372036854775808', '9007199254740993', 0],
    ]);
    expect(keys('[9223372036854775808, 1.0, 1e2, -0, "05", " 5", "", true, [1], {"a": 1}]')).to.deep.equal(
      Array.from({ length: 10 }, () => undefined),
    );
    expect(keyFinder({ path: '$' }, 'int4')('2147483648').map(({ key }) => key)).to.deep.equal([undefined]);
    expect(keyFinder({ path: '$' }, 'uuid')('"ABCDEF00-0000-4000-8000-00000000000A"').map(({ key }) => key)).to.deep.equal([
      'abcdef00-0000-4000-8000-00000000000a',
    ]);
  });

  it('are found under a member that stands twice, and one that is escaped', () => {
    const tokens = scanJson('{"id":1,"\\u0069d":"\\u0032","i":{"id":3}}', parseJsonPath('$.id') ?? []);
    expect(tokens?.map(({ text }) => text)).to.deep.equal(['1', '2']);
  });

  it('are found in documents of any depth and size', () => {
    const deep = `${'['.repeat(200_000)}7${']'.repeat(200_000)}`;
    expect(scanJson(deep, parseJsonPath('$.**') ?? [])?.at(-1)?.text).to.equal('7');
    const long = JSON.stringify({ text: 'x"\\'.repeat(3_000_000), id: 8 });
    expect(scanJson(long, parseJsonPath('$.id') ?? [])?.map(({ text }) => text)).to.deep.equal(['8']);
    expect(scanArray(`{"${'x'.repeat(9_000_000)}",b}`).map(({ text }) => text?.length)).to.deep.equal([9_000_000, 1]);
  });

  it('are none in what is no JSON', () => {
    for (const text of ['', '{', '[1', '[1,]', '{"a"}', '{"a":1,}', '{a:1}', '1 2', '[1]]', '"a', 'nul', '[01]', "['a']"])
      expect(scanJson(text, parseJsonPath('$.**') ?? []), text).to.equal(undefined);
    expect(keyFinder({ path: '$.id' }, 'int8')('no JSON').map(({ key }) => key)).to.deep.equal([undefined]);
  });

  it('stand in arrays as the server writes them: of any dimension, with bounds, quoted where they must be', () => {
    const texts = (array: string): readonly unknown[] => scanArray(array).map(({ text }) => text);
    expect(texts('{}')).to.deep.equal([]);
    expect(texts('[2:3][0:1]={{1,NULL},{"NULL","a\\"\\\\,}"}}')).to.deep.equal(['1', 'NULL', 'a"\\,}']);
    for (const text of ['NULL', 'null', '', ' ', 'a,b', '{', '"', '\\', 'a\u000bb', 'é', '5'])
      expect(texts(`{1,${writeToken({ as: 'element' }, text)},NULL}`)).to.deep.equal(['1', text]);
  });

  it('make room, where they are only mentioned, for what is needed and for what was mentioned before', () => {
    const text = 'abcdefghijkl';
    const edit: fc.Arbitrary<KeyEdit> = fc
      .tuple(fc.nat({ max: 11 }), fc.integer({ min: 1, max: 4 }), fc.constantFrom('x', 'yy'))
      .map(([start, length, to]) => ({
        found: { start, end: Math.min(12, start + length), text: '', as: 'plain', key: '' },
        to,
      }));
    fc.assert(
      fc.property(fc.array(edit, { maxLength: 2 }), fc.array(edit, { maxLength: 12 }), (needed, edits) => {
        const mentioned = edits.map((one) => ({ edit: one }));
        const { text: written, left } = withMentions(text, needed, mentioned);
        const taken = [...needed];
        const tried = mentioned.filter(({ edit: one }) => {
          if (withKeys(text, [...taken, one]) === undefined) return true;
          taken.push(one);
          return false;
        });
        expect([...left]).to.deep.equal(tried);
        expect(written).to.equal(withKeys(text, taken));
      }),
    );
  });

  it('are written by the thousands, where they are only mentioned, in the time of their number', () => {
    const html = (key: number, count: number): string => `<b data-user-id="${String(key)}">@Bo</b> `.repeat(count);
    const find = keyFinder({ pattern: 'data-user-id="(\\d+)"' }, 'int4');
    const seconds = (count: number): number => {
      const text = html(10, count);
      const mentioned = find(text).map((one) => ({ edit: { found: one, to: 110 } }));
      const before = process.cpuUsage();
      expect(withMentions(text, [], mentioned).text === html(110, count)).to.equal(true);
      const { user, system } = process.cpuUsage(before);
      return (user + system) / 1e6;
    };
    const best = (count: number): number => Math.min(...[1, 2, 3].map(() => seconds(count)));
    // Ten times as many: what takes the square of it takes a hundred times as long.
    expect(best(40_000) / best(4000)).to.be.below(40);
  });
});
