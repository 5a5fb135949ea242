import type { ArchiveReader } from '../archive/open-archive.js';
import type { Session } from '../dialect/session.js';
import { FailedError } from '../errors/portolan-error.js';
import type { Findings } from '../findings/finding.js';
import type { Schema } from '../schema/schema.js';
import type { OnProgress } from '../progress.js';
import type { BulkConstraints } from './bulk-constraints.js';
import type { LinkBatch } from './link-batches.js';
import { LinkBatches, linkBatches } from './link-batches.js';
import { LinkEndMissing, LinkTable } from './link-table.js';
import type { Plan } from './plan.js';
import type { PlannedModel } from './planned-model.js';
import type { LookUpSize, PlannedRun } from './planned-runs.js';
import { plannedRuns } from './planned-runs.js';
import type { TargetLink } from './target.js';
import { valueRefused } from './value-refused.js';
import type { ObjectLinks } from './write-links.js';
import { countExisting, holdEnds, insertLinks, objectLinks, openLinks, refuseOpenLinks } from './write-links.js';
import type { WrittenDigest } from './written-digest.js';

export interface LinkWriterOptions {
  readonly session: Session;
  readonly archive: ArchiveReader;
  readonly schema: Schema;
  readonly plan: Plan;
  readonly dryRun: boolean;
  readonly bulk?: BulkConstraints | undefined;
  readonly findings: Findings;
  readonly lookUpSize?: LookUpSize | undefined;
  readonly onProgress?: OnProgress | undefined;
  readonly signal?: AbortSignal | undefined;
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
  /** By link: the join table, where links are copied into it; undefined where they go one by one. */
  readonly #tables = new Map<TargetLink, LinkTable | undefined>();
  /** Those that go one by one. */
  readonly #others: LinkBatches;
  #writing = Promise.resolve();

  constructor(options: LinkWriterOptions) {
    this.#options = options;
    this.#others = new LinkBatches(options.lookUpSize);
  }

  get counts(): LinkCounts {
    return { insert: record(this.#insert), same: record(this.#same) };
  }

  /**
   * One pass over the objects that have links; the next are read while the database writes.
   *
   * @param digests of the rows that were written, by model: see `applyPlan`
   * @throws FailedError VERIFY_FAILED: a link is not there when it was written; RefusedError ARCHIVE_NOT_CLOSED: one of its ends is nowhere, VALUE_REFUSED: it has a key that is none there
   */
  async write(digests: ReadonlyMap<string, WrittenDigest>): Promise<void> {
    const { archive, plan, onProgress, signal } = this.#options;
    const models = new Map([...plan.models].filter(([, { target }]) => target.links.length > 0));
    if (models.size === 0) return;
    try {
      for await (const run of plannedRuns(archive, models, signal)) {
        await this.#writeRun(run, digests);
        const { planned, from, objects } = run;
        const { model } = planned.target;
        onProgress?.({ stage: 'links', model, done: from + objects.length, total: planned.decisions.length });
      }
      for (const [link, table] of this.#tables) if (table !== undefined) await this.#start(link, () => table.flush());
      for (const batch of this.#others.rest()) await this.#startBatch(batch);
    } finally {
      await this.#writing;
    }
    await this.#options.bulk?.rest();
  }

  async #writeRun({ planned, objects }: PlannedRun, digests: ReadonlyMap<string, WrittenDigest>): Promise<void> {
    const { models } = this.#options.plan;
    for (const link of planned.target.links) {
      const links = objectLinks(models, planned, link, objects);
      if (links.length === 0) continue;
      if (!this.#tables.has(link)) {
        await this.#start(link, () => this.#open(planned, link, digests));
        await this.#writing;
      }
      const table = this.#tables.get(link);
      const others = table?.take(links) ?? links;
      if (table?.isFull === true) await this.#start(link, () => table.flush());
      for (const batch of this.#others.add(planned, link, others)) await this.#startBatch(batch);
      const copied = count(links) - count(others);
      if (copied > 0) this.#insert.set(link.name, (this.#insert.get(link.name) ?? 0) + copied);
    }
  }

  /** What waits to be copied goes first: what goes one by one is added where it is not there yet. */
  async #startBatch(batch: LinkBatch): Promise<void> {
    const { link } = batch;
    const table = this.#tables.get(link);
    if (table !== undefined) await this.#start(link, () => table.flush());
    await this.#start(link, () => this.#writePairs(batch));
  }

  /** Begins to write when what is being written is; meanwhile the archive is read on. */
  async #start(link: TargetLink, work: () => Promise<void>): Promise<void> {
    await this.#writing;
    this.#writing = this.#said(link, work());
    // Whoever waits for it hears of it: here the next time, or at the end.
    this.#writing.catch(() => undefined);
  }

  /** Says of an error what it means for the link. */
  async #said(link: TargetLink, writing: Promise<void>): Promise<void> {
    try {
      await writing;
    } catch (error) {
      throw error instanceof LinkEndMissing ? openLinks(link) : valueRefused(error, link.name);
    }
  }

  /** Compares the join tables that links were copied into; where one differs, each link is looked for. @throws as {@link write} */
  async prove(): Promise<void> {
    const { session, schema } = this.#options;
    const open = new Set<TargetLink>();
    for (const [link, table] of this.#tables) if (table !== undefined && !(await table.isAsWritten())) open.add(link);
    if (open.size === 0) return;
    for await (const { link, pairs } of linkBatches(this.#options, (one) => open.has(one)))
      if ((await countExisting(session, schema, link, pairs)) !== pairs.length) throw linksLost(link);
  }

  /** What a constraint that was found violated after all was written says of links that were copied. */
  explained(error: unknown): unknown {
    const [open] = [...this.#tables].find(([, table]) => table?.isOpened(error)) ?? [];
    return open === undefined ? error : openLinks(open);
  }

  async #open(planned: PlannedModel, target: TargetLink, digests: ReadonlyMap<string, WrittenDigest>): Promise<void> {
    const { plan } = this.#options;
    const all = [...plan.models.values()].flatMap((one) => one.target.links);
    const isAlone = all.every((one) => one === target || one.link.through !== target.link.through);
    const facts = { link: target.link, isMapped: planned.mapping !== undefined, owners: digests.get(planned.target.model)?.keys };
    this.#tables.set(target, isAlone ? await LinkTable.open({ ...this.#options, ...facts }) : undefined);
  }

  async #writePairs({ planned: { decisions }, link, pairs }: LinkBatch): Promise<void> {
    const { session, schema, plan, dryRun, findings, bulk } = this.#options;
    await bulk?.rest();
    // Where the target has all of the owners, it probably has their links: then there is nothing to hold, and nothing to write.
    if (decisions.inserted === 0 && (await countExisting(session, schema, link, pairs)) === pairs.length) {
      this.#same.set(link.name, (this.#same.get(link.name) ?? 0) + pairs.length);
      return;
    }
    await holdEnds(session, schema, plan.models, findings, link, pairs);
    const added = await insertLinks(session, schema, link, pairs, dryRun);
    const present = await countExisting(session, schema, link, pairs);
    if (present !== pairs.length) {
      await refuseOpenLinks(session, schema, link, pairs);
      throw linksLost(link);
    }
    if (added > 0) this.#insert.set(link.name, (this.#insert.get(link.name) ?? 0) + added);
    if (added < pairs.length) this.#same.set(link.name, (this.#same.get(link.name) ?? 0) + pairs.length - added);
  }
}

function count(links: readonly ObjectLinks[]): number {
  return links.reduce((sum, { ends }) => sum + ends.length, 0);
}

function linksLost({ name }: TargetLink): FailedError {
  return new FailedError('VERIFY_FAILED', `links of ${name} were written, but are not there when they are read back`, {
    hint: 'Nothing was committed. A trigger, a rule or an extension of the database leaves out what is written.',
  });
}

function record(counts: ReadonlyMap<string, number>): Readonly<Record<string, number>> {
  return Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1)));
}
