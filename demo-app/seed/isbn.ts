/** Twelve digits and the check digit that ISBN-13 asks for. */
export function isbn13(twelve: string): string {
  const sum = Array.from(twelve, Number).reduce((total, digit, at) => total + digit * (at % 2 === 0 ? 1 : 3), 0);
  return `${twelve}${String((10 - (sum % 10)) % 10)}`;
}

/** Nine digits and the check character of the older ISBN-10, which is `X` for ten. */
export function isbn10(nine: string): string {
  const sum = Array.from(nine, Number).reduce((total, digit, at) => total + digit * (10 - at), 0);
  const check = (11 - (sum % 11)) % 11;
  return `${nine}${check === 10 ? 'X' : String(check)}`;
}
