import { expect } from 'chai';
import fc from 'fast-check';
import { jsonString, jsonText } from '../../src/profiles/zulip/layout/json-text.js';
import { escapeCopy } from '../../src/values/copy-text.js';
import { OutputBuffer } from '../../src/values/output-buffer.js';

/** Every text that PostgreSQL can hold. */
const texts = fc.string({
  unit: fc.oneof(
    fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
    fc.constantFrom('/', '\\', '"', '\t', '\v', '\u007f'),
  ),
});

function written(text: string): string {
  const out = new OutputBuffer(Buffer.alloc(1));
  const bytes = Buffer.from(escapeCopy(text));
  out.escapedAscii(bytes, 0, bytes.length);
  return out.bytes().toString('latin1');
}

describe("Zulip's JSON", () => {
  it('is ASCII with escaped slashes, and every text comes back', () => {
    fc.assert(
      fc.property(
        texts.filter((text) => !text.includes('\0')),
        (text) => {
          const json = written(text);
          expect(json).to.match(/^[\x20-\x7f]*$/u);
          expect(json.replaceAll('\\/', '')).not.to.include('/');
          expect(JSON.parse(json)).to.equal(text);
        },
      ),
    );
  });

  it('is the same whether it is made of bytes or of text', () => {
    fc.assert(
      fc.property(
        texts.filter((text) => !text.includes('\0')),
        (text) => {
          expect(jsonString(text)).to.equal(written(text));
        },
      ),
    );
  });

  it('stands as Python leaves it: four blanks of indent, and an empty line in an empty list', () => {
    expect(jsonText({ a: [1, 'ü/☃'], b: [], c: null }, 1)).to.equal(
      '{\n        "a":[\n            1,\n            "\\u00fc\\/\\u2603"\n        ],\n        "b":[\n\n        ],\n        "c":null\n    }',
    );
  });
});
