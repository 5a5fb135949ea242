import { isColumnEnd, newline } from './column-end.js';

/** Notes the places in which two rows of as many columns differ, and returns where the second ends. Each has its line feed. */
export function differingPlaces(mine: Buffer, theirs: Buffer, start: number, places: number[]): number {
  let left = 0;
  let right = start;
  for (let place = 0; ; place += 1) {
    let byte = theirs[right] as number;
    while (byte === mine[left] && !isColumnEnd(byte)) {
      left += 1;
      right += 1;
      byte = theirs[right] as number;
    }
    if (!isColumnEnd(byte) || !isColumnEnd(mine[left] as number)) {
      places.push(place);
      while (!isColumnEnd(mine[left] as number)) left += 1;
      while (!isColumnEnd(theirs[right] as number)) right += 1;
    }
    left += 1;
    right += 1;
    if (theirs[right - 1] === newline) return right;
  }
}
