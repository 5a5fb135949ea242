import type { RowRule } from '../policy/policy.js';
import type { Closure, RuleOutcome } from './closure.js';
import type { LeftOut, LeftOutCount } from './left-out.js';
import { summed } from './left-out.js';
import type { WalkResult } from './walk-options.js';

/**
 * Who stays at home by which rule: rows that were met and fail it, and those that cannot be without them. External ones are told as such,
 * one by one.
 */
export function ruleOutcomes(
  rules: ReadonlyMap<string, readonly RowRule[]>,
  { failing, failed, external }: WalkResult,
  leftOut: LeftOut,
): Pick<Closure, 'leftOut' | 'rules'> {
  const stubs = new Map<string, number>();
  const met = [...failing].flatMap(([model, byRule]) =>
    [...byRule].map(([{ name: rule, otherwise }, keys]): LeftOutCount => {
      const outside = otherwise === 'stub' ? external.get(model) : undefined;
      let count = 0;
      if (outside !== undefined) for (const key of keys.sorted()) if (outside.has(key)) count += 1;
      stubs.set(`${model}\0${rule}`, count);
      return { model, rule, count: keys.size - count };
    }),
  );
  const counts = summed([...leftOut.counts, ...met, ...failed]);
  const outcomes = [...rules].flatMap(([model, own]) =>
    own.map(({ name: rule, otherwise: action }): RuleOutcome => {
      const count = counts.find((one) => one.model === model && one.rule === rule)?.count ?? 0;
      return { model, rule, action, external: stubs.get(`${model}\0${rule}`) ?? 0, leftOut: count };
    }),
  );
  return { leftOut: counts, rules: outcomes };
}
