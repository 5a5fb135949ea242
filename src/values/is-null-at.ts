const backslash = 0x5c;
const letterN = 0x4e;

/** Whether a column of COPY text that begins there is NULL: a backslash that a value has is written twice. */
export function isNullAt(row: Buffer, start: number): boolean {
  return row[start] === backslash && row[start + 1] === letterN;
}
