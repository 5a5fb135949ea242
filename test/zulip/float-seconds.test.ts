import { expect } from 'chai';
import fc from 'fast-check';
import { floatSeconds, wholeSeconds } from '../../src/profiles/zulip/layout/float-seconds.js';

/** As PostgreSQL writes a moment in UTC: without trailing zeros. */
function serverText(micros: bigint): string {
  const millis = micros >= 0n ? micros / 1000n : (micros - 999n) / 1000n;
  const rest = micros - millis * 1000n;
  const [date = '', time = ''] = new Date(Number(millis)).toISOString().replace('Z', '').split('T');
  const fraction = `${time.slice(9)}${String(rest).padStart(3, '0')}`.replace(/0+$/u, '');
  return `${date} ${time.slice(0, 8)}${fraction === '' ? '' : `.${fraction}`}+00`;
}

/** Years 1 to 9999: those that Django knows. */
const moments = fc.bigInt({ min: -62_135_596_800_000_000n, max: 253_402_300_799_999_999n });

describe("Zulip's dates", () => {
  it('are decimal seconds, exact to the microsecond', () => {
    fc.assert(
      fc.property(moments, (micros) => {
        const text = floatSeconds(serverText(micros)) ?? '';
        expect(text).to.match(/^-?\d+\.\d{1,6}$/u);
        const [whole = '', fraction = ''] = text.replace('-', '').split('.');
        const value = BigInt(whole) * 1_000_000n + BigInt(fraction.padEnd(6, '0'));
        expect(text.startsWith('-') ? -value : value).to.equal(micros);
      }),
    );
  });

  it('come back to the same microsecond from the float that Python reads, from 1834 to 2106', () => {
    // Up to 2^32 seconds a double tells microseconds apart, whatever it is multiplied by.
    const bound = 4_290_000_000_000_000n;
    fc.assert(
      fc.property(fc.bigInt({ min: -bound, max: bound }), (micros) => {
        expect(Math.round(Number(floatSeconds(serverText(micros))) * 1e6)).to.equal(Number(micros));
      }),
    );
  });

  it('are cut to the second at or before, as Zulip cuts those of users', () => {
    fc.assert(
      fc.property(moments, (micros) => {
        const second = micros >= 0n ? micros / 1_000_000n : (micros - 999_999n) / 1_000_000n;
        expect(wholeSeconds(serverText(micros))).to.equal(String(second));
      }),
    );
  });

  it('are counted before Christ, and beyond four digits, too; infinity is no number', () => {
    expect(floatSeconds('0001-12-31 00:00:00+00 BC')).to.equal('-62135683200.0');
    expect(floatSeconds('12020-01-01 00:00:00+00')).to.equal('317147356800.0');
    expect(floatSeconds('infinity')).to.equal(undefined);
    expect(floatSeconds('-infinity')).to.equal(undefined);
  });
});
