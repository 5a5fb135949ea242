const tab = 0x09;
export const newline = 0x0a;

/** Whether a column of a row of COPY text ends here. */
export function isColumnEnd(byte: number): boolean {
  return byte === tab || byte === newline;
}
