import { expect } from 'chai';
import fc from 'fast-check';
import type { ValueKind } from '../../src/schema/schema.js';
import { EncodedObject } from '../../src/values/encoded-object.js';
import { KernelLineReader } from '../../src/values/kernel-line-reader.js';
import { lineKernel } from '../../src/values/line-kernel.js';
import { ObjectDecoder } from '../../src/values/object-decoder.js';
import type { ObjectLayout } from '../../src/values/object-layout.js';
import { objectLayout } from '../../src/values/object-layout.js';

const kinds: readonly ValueKind[] = ['integer', 'number', 'boolean', 'text'];

/** Members of each kind, and two lists, around a key. */
function layoutOf(key: 'integer' | 'text'): ObjectLayout {
  return objectLayout({
    model: 'app."Thing"',
    pk: { members: ['id'], kinds: [key] },
    columns: kinds.map((kind) => [`a ${kind}`, kind] as const),
    links: ['b "list"', 'a list'].map((member) => [member, { members: ['id'], kinds: ['integer'] }] as const),
  })!;
}

const text = fc.oneof(
  fc.string({ maxLength: 40 }),
  fc.constantFrom('\u0001', '\u001f', '"', '\\', '\n', 'é\u{1F600}', 'x'.repeat(300), '\u007f', '\v', '\u000e'),
);
const integers = fc.oneof(fc.integer(), fc.constantFrom(0, -1, 999_999_999_999_999, '9223372036854775807', '-9007199254740993'));
const list = fc.uniqueArray(fc.integer({ min: -50, max: 1_000_000 }), { maxLength: 5 }).map((keys) => keys.sort((a, b) => a - b));
const fields = fc.record({
  'a boolean': fc.option(fc.boolean()),
  'a integer': fc.option(integers),
  'a list': list,
  'a number': fc.option(
    fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.constantFrom(0.5, -0.25, 1e21, 1e-7, '1.50', 'NaN', 12.5)),
  ),
  'a text': fc.option(text),
  'b "list"': list,
});

interface Line {
  readonly text: string;
  readonly end: string;
}

/** Lines as they are written, and as somebody's hand has left them. */
function linesOf(key: 'integer' | 'text'): fc.Arbitrary<readonly Line[]> {
  const pk = key === 'integer' ? integers : text;
  const written = fc
    .tuple(fields, pk, fc.boolean())
    .map(([one, id, shared]) =>
      JSON.stringify({ fields: one, model: 'app."Thing"', pk: id, ...(shared ? { shared: true } : {}) }),
    );
  const piece = fc.constantFrom(
    '',
    '0',
    '"',
    ',',
    ' ',
    '\\',
    '[',
    ']',
    '}',
    'null',
    'true',
    '-',
    'e',
    '.',
    '\\u0000',
    '\\u001F',
    '\\/',
    '9'.repeat(16),
  );
  const edited = fc.tuple(written, fc.nat(), fc.nat(3), piece).map(([line, at, gone, more]) => {
    const from = at % line.length;
    return line.slice(0, from) + more + line.slice(from + gone);
  });
  const line = fc.oneof(
    { weight: 6, arbitrary: written },
    { weight: 3, arbitrary: edited },
    fc.constantFrom('', '{', '],', '"trailer":{}'),
  );
  return fc.array(fc.record({ text: line, end: fc.constantFrom('\n', ',\n', ',\n', ',\n') }), { minLength: 1, maxLength: 60 });
}

interface Decoded {
  readonly values: readonly unknown[] | undefined;
  readonly links: readonly string[];
}

function decoded(decoder: ObjectDecoder, layout: ObjectLayout, bytes: Buffer, lines: readonly Line[]): readonly Decoded[] {
  let start = 0;
  return lines.map((line) => {
    const end = start + Buffer.byteLength(line.text);
    const links: string[] = [];
    const object = decoder.decode(bytes, start, end, (member, count) => links.push(`${member}: ${String(count)}`));
    start = end + line.end.length;
    if (object === undefined) return { values: undefined, links };
    expect(object).to.be.instanceOf(EncodedObject);
    // What JSON does not read is none.
    expect(() => JSON.parse(object.line.toString()) as unknown).not.to.throw();
    const members = layout.members.map(({ holds }, place) => (holds.is === 'keys' ? object.keysAt(place) : object.textAt(place)));
    return { values: [object.line.toString(), object.key, object.isShared, ...members], links };
  });
}

describe('lines that are read', () => {
  const kernel = lineKernel()!;

  for (const key of ['integer', 'text'] as const) {
    it(`are the same objects by JavaScript and by WebAssembly, or none by both, whatever a hand has made of them (keys: ${key})`, () => {
      const layout = layoutOf(key);
      expect(KernelLineReader.suits(layout)).to.equal(true);
      let objects = 0;
      fc.assert(
        fc.property(linesOf(key), fc.boolean(), (lines, isCut) => {
          const whole = Buffer.from(lines.map((line) => line.text + line.end).join(''));
          const bytes = isCut ? whole.subarray(0, whole.length - (lines.at(-1)?.end.length ?? 0)) : whole;
          const plain = decoded(new ObjectDecoder(layout), layout, bytes, lines);
          const ahead = decoded(new ObjectDecoder(layout, new KernelLineReader(kernel, layout)), layout, bytes, lines);
          expect(ahead).to.deep.equal(plain);
          objects += plain.filter(({ values }) => values !== undefined).length;
        }),
        { numRuns: Number(process.env['PORTOLAN_RUNS'] ?? 300) },
      );
      expect(objects).to.be.greaterThan(300);
    });
  }

  it('are none where JSON reads no number', () => {
    const layout = layoutOf('integer');
    const line = (number: string): Line => ({
      text: `{"fields":{"a boolean":null,"a integer":1,"a list":[],"a number":${number},"a text":null,"b \\"list\\"":[]},"model":"app.\\"Thing\\"","pk":1}`,
      end: ',\n',
    });
    for (const [numbers, are] of [
      [['0', '-1', '0.5', '12.25', '1e+21'], true],
      [['-', '+1', '01', '.5', '1.', '-.', '--1', '1e', 'e', '-e', '1.5.5', 'NaN', '- 1', '0-', '-0'], false],
    ] as const) {
      for (const reader of [new ObjectDecoder(layout), new ObjectDecoder(layout, new KernelLineReader(kernel, layout))]) {
        for (const number of numbers) {
          const one = line(number);
          const [found] = decoded(reader, layout, Buffer.from(one.text + one.end), [one]);
          expect(found?.values !== undefined, number).to.equal(are);
        }
      }
    }
  });

  it('are told of by where they stand in bytes of which they are a part, and may be more than there is room for', () => {
    const layout = layoutOf('integer');
    const line = (at: number): Line => ({
      text: `{"fields":{"a boolean":null,"a integer":${String(at)},"a list":[${String(at)}],"a number":null,"a text":"${'x'.repeat(at % 50 === 0 ? 9000 : 9)}","b \\"list\\"":[]},"model":"app.\\"Thing\\"","pk":${String(at)}}`,
      end: ',\n',
    });
    const lines = Array.from({ length: 20_000 }, (_, at) => line(at));
    const bytes = Buffer.from(lines.map(({ text: one, end }) => one + end).join(''));
    const plain = decoded(new ObjectDecoder(layout), layout, bytes, lines);
    expect(plain[19_999]?.values).to.be.an('array');
    const reader = new ObjectDecoder(layout, new KernelLineReader(kernel, layout));
    expect(JSON.stringify(decoded(reader, layout, bytes, lines)) === JSON.stringify(plain)).to.equal(true);
    // From the middle of other bytes, whose lines before are another reader's.
    const some = lines.slice(100);
    const from = lines.slice(0, 100).reduce((sum, one) => sum + Buffer.byteLength(one.text) + one.end.length, 0);
    const again = decoded(reader, layout, bytes.subarray(from), some);
    expect(JSON.stringify(again) === JSON.stringify(plain.slice(100))).to.equal(true);
  });

  it('are JavaScript’s where lists hold texts', () => {
    const layout = objectLayout({
      model: 'm',
      pk: { members: ['id'], kinds: ['integer'] },
      columns: [],
      links: [['l', { members: ['id'], kinds: ['text'] }]],
    })!;
    expect(KernelLineReader.suits(layout)).to.equal(false);
  });
});
