/**
 * Whether a reader of JSON would take this number for another: it has more digits than a double has (RFC 8259 §6). An archive's
 * writer puts such a number between quotes; somebody who edits one may not know.
 *
 * @example
 * inexactNumber('9007199254740993'); // true
 */
export function inexactNumber(number: string): boolean {
  // Of up to 15 digits a double holds every decimal number, if it is not too great or too small.
  if (number.length <= 15 && !/e/iu.test(number)) return false;
  return decimal(number) !== decimal(String(Number(number)));
}

/** One text for each value: its digits without zeros at either end, and the power of ten. */
function decimal(text: string): string | undefined {
  const [, sign = '', whole = '', part = '', exponent = '0'] = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/u.exec(text) ?? [];
  const digits = (whole + part).replace(/^0+/u, '');
  const shown = digits.replace(/0+$/u, '');
  return shown === '' ? '0' : `${sign}${shown}e${String(Number(exponent) - part.length + digits.length - shown.length)}`;
}
