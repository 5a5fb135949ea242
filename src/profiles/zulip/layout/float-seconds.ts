/** The text of a moment in a session pinned to UTC and ISO; years before Christ end in `BC`. */
const moment = /^(\d+)-(\d\d)-(\d\d) (\d\d):(\d\d):(\d\d)(?:\.(\d{1,6}))?(?:\+00)?( BC)?$/u;

/**
 * A moment as Zulip writes it: seconds since 1970 as a decimal number, exact to the microsecond. Undefined for what no number can say
 * (`infinity`).
 */
export function floatSeconds(text: string): string | undefined {
  const parts = partsOf(text);
  if (parts === undefined) return undefined;
  const { seconds, micros } = parts;
  if (seconds >= 0 || micros === 0) return `${String(seconds)}.${fraction(micros)}`;
  return `-${String(-seconds - 1)}.${fraction(1_000_000 - micros)}`;
}

/** The same cut to a whole second, as Zulip cuts the dates of users. */
export function wholeSeconds(text: string): string | undefined {
  const parts = partsOf(text);
  return parts === undefined ? undefined : String(parts.seconds);
}

function partsOf(text: string): { readonly seconds: number; readonly micros: number } | undefined {
  const [, year = '', month, day, hour, minute, second, fractional = '', beforeChrist] = moment.exec(text) ?? [];
  if (year === '') return undefined;
  const astronomical = beforeChrist === undefined ? Number(year) : 1 - Number(year);
  const time = Number(hour) * 3600 + Number(minute) * 60 + Number(second);
  return {
    seconds: daysSince1970(astronomical, Number(month), Number(day)) * 86_400 + time,
    micros: Number(fractional.padEnd(6, '0')),
  };
}

/** At least one digit, as a float has. */
function fraction(micros: number): string {
  return String(micros).padStart(6, '0').replace(/0+$/u, '') || '0';
}

/** In the Gregorian calendar, which PostgreSQL counts by for all times: eras of 400 years that begin in March. */
function daysSince1970(year: number, month: number, day: number): number {
  const shifted = month <= 2 ? year - 1 : year;
  const era = Math.floor(shifted / 400);
  const yearOfEra = shifted - era * 400;
  const dayOfYear = Math.floor((153 * ((month + 9) % 12) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}
