import type { Findings } from '../../findings/finding.js';
import type { Stranger } from './rewrite-inside.js';

/** Counts the mentions that would lead to objects of another database. */
export class Strangers {
  readonly #counts = new Map<string, { readonly parent: string; replaced: number; stayed: number }>();

  readonly note = ({ mention: { name, parent }, stays }: Stranger): void => {
    const counts = this.#counts.get(name) ?? { parent, replaced: 0, stayed: 0 };
    this.#counts.set(name, counts);
    if (stays) counts.stayed += 1;
    else counts.replaced += 1;
  };

  tell(findings: Findings): void {
    for (const [name, { parent, replaced, stayed }] of [...this.#counts].sort(([a], [b]) => (a < b ? -1 : 1))) {
      const mentions = (count: number): string =>
        `mentions ${parent} ${String(count)} ${count === 1 ? 'time' : 'times'} where no archive of its database has the object, and another's has its key`;
      if (replaced > 0) findings.note('mention-replaced', name, `${mentions(replaced)}: it goes`);
      if (stayed > 0) findings.warn('mention-caught', name, `${mentions(stayed)}: it stays`);
    }
  }
}
