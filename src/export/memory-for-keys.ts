import { totalmem } from 'node:os';
import { constrainedMemory } from 'node:process';
import { UsageError } from '../errors/portolan-error.js';

/** The part of the memory that keys may take where nobody says how much: an export is not alone on its machine, and its rows need some. */
const usualPart = 1 / 4;

/** @throws UsageError OPTION_VALUE */
export function memoryForKeys(maxMemory: number | undefined): number {
  if (maxMemory === undefined) return Math.floor(Math.min(totalmem(), limitOfProcess()) * usualPart);
  if (Number.isSafeInteger(maxMemory) && maxMemory > 0) return maxMemory;
  throw new UsageError('OPTION_VALUE', 'maxMemory is a number of bytes, from 1 on');
}

/** Of a container; 0 where there is none. */
function limitOfProcess(): number {
  return constrainedMemory() || Infinity;
}
