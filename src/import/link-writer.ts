import type { Session } from '../dialect/session.js';
import { FailedError } from '../errors/portolan-error.js';
import type { Findings } from '../findings/finding.js';
import type { Schema } from '../schema/schema.js';
import type { Plan } from './plan.js';
import type { PlannedRun } from './planned-runs.js';
import type { TargetLink } from './target.js';
import { valueRefused } from './value-refused.js';
import type { LinkPair } from './write-links.js';
import { countExisting, holdEnds, insertLinks, linkPairs, refuseOpenLinks } from './write-links.js';

export interface LinkWriterOptions {
  readonly session: Session;
  readonly schema: Schema;
  readonly plan: Plan;
  readonly dryRun: boolean;
  readonly findings: Findings;
}

export interface LinkCounts {
  readonly insert: Readonly<Record<string, number>>;
  readonly same: Readonly<Record<string, number>>;
}

/** Writes the links of some objects after the others, when both ends of each are there. */
export class LinkWriter {
  readonly #options: LinkWriterOptions;
  readonly #insert = new Map<string, number>();
  readonly #same = new Map<string, number>();

  constructor(options: LinkWriterOptions) {
    this.#options = options;
  }

  get counts(): LinkCounts {
    return { insert: record(this.#insert), same: record(this.#same) };
  }

  /** @throws FailedError VERIFY_FAILED: a link is not there when it was written; RefusedError ARCHIVE_NOT_CLOSED: one of its ends is nowhere, VALUE_REFUSED: it has a key that is none there */
  async write({ planned, objects }: PlannedRun): Promise<void> {
    for (const link of planned.target.links) {
      const pairs = linkPairs(this.#options.plan.models, planned, link, objects);
      if (pairs.length === 0) continue;
      try {
        await this.#writePairs(link, pairs);
      } catch (error) {
        throw valueRefused(error, link.name);
      }
    }
  }

  async #writePairs(link: TargetLink, pairs: readonly LinkPair[]): Promise<void> {
    const { session, schema, plan, dryRun, findings } = this.#options;
    await holdEnds(session, schema, plan.models, findings, link, pairs);
    const added = await insertLinks(session, schema, link, pairs, dryRun);
    const present = await countExisting(session, schema, link, pairs);
    if (present !== pairs.length) {
      await refuseOpenLinks(session, schema, link, pairs);
      throw new FailedError('VERIFY_FAILED', `links of ${link.name} were written, but are not there when they are read back`, {
        hint: 'Nothing was committed. A trigger, a rule or an extension of the database leaves out what is written.',
      });
    }
    if (added > 0) this.#insert.set(link.name, (this.#insert.get(link.name) ?? 0) + added);
    if (added < pairs.length) this.#same.set(link.name, (this.#same.get(link.name) ?? 0) + pairs.length - added);
  }
}

function record(counts: ReadonlyMap<string, number>): Readonly<Record<string, number>> {
  return Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1)));
}
