/**
 * The seed of random tests: the ordinary suite draws the same each time, so that it fails for what has changed; longer runs (PORTOLAN_RUNS) draw
 * anew, and PORTOLAN_SEED repeats one.
 */
export function usualSeed(): number {
  const { PORTOLAN_RUNS: runs, PORTOLAN_SEED: given } = process.env;
  if (given !== undefined) return Number(given);
  return runs === undefined ? 20_200_401 : Date.now() % 1_000_000_000;
}
