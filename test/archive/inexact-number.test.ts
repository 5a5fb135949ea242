import { expect } from 'chai';
import { scanJson } from '../../src/archive/scan-json.js';

const inexactNumber = (json: string): string | undefined => scanJson(json).inexact?.number;

describe('numbers in an edited archive', () => {
  for (const number of ['9007199254740993', '-9007199254740993', '0.1234567890123456789', '1e400', '12345678901234567890.5']) {
    it(`are refused where JSON would change them: ${number}`, () => {
      expect(inexactNumber(`{"a":[1,${number}]}`)).to.equal(number);
      expect(inexactNumber(`{"a":"${number}","b\\"":"\\\\","c":"x ${number}"}`)).to.equal(undefined);
    });
  }

  for (const number of [
    '9007199254740992',
    '0',
    '-0.00',
    '1.50',
    '0.10000000000000000',
    '1e3',
    '1.7976931348623157e308',
    '5e-324',
    '100000000000000000000',
  ]) {
    it(`may be written in any way that means the same: ${number}`, () => {
      expect(inexactNumber(`[${number},"${number}"]`)).to.equal(undefined);
    });
  }
});
