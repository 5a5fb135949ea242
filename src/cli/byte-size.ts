import { UsageError } from '../errors/portolan-error.js';

const units: Readonly<Record<string, number>> = Object.freeze({ '': 1, b: 1, kb: 1e3, mb: 1e6, gb: 1e9, tb: 1e12 });

/** The bytes of `512MB` or `1.5 GB`, as sizes are told. @throws UsageError OPTION_VALUE */
export function byteSize(option: string, text: string | undefined, least: number): number | undefined {
  if (text === undefined) return undefined;
  const [, number = '', unit = ''] = /^(\d+(?:\.\d+)?) ?([kmgt]?b)?$/iu.exec(text.trim()) ?? [];
  const bytes = Math.round(Number(number) * (units[unit.toLowerCase()] ?? NaN));
  if (number !== '' && Number.isSafeInteger(bytes) && bytes >= least) return bytes;
  throw new UsageError('OPTION_VALUE', `${option} takes a size such as 512MB or 2GB, from ${String(least / 1e6)}MB on`);
}
