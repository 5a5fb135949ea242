import type { ArchiveReader } from '../archive/open-archive.js';
import type { StageWeight } from '../course.js';
import { Course } from '../course.js';
import type { OnProgress, ProgressEvent } from '../progress.js';
import { isWritten } from './apply-plan.js';
import type { Plan } from './plan.js';
import type { TargetModel } from './target.js';

/** What an object takes in each stage, in proportion: tables that were empty need no look-ups, and are read back as a whole. */
const atOnce = { apply: 8, links: 2, verify: 1 } as const;
const planFirst = { plan: 2, apply: 2, links: 1, verify: 2 } as const;

/** Adds to the events of an import how far all of it has come: the archive tells until the plan does. */
export class ImportProgress {
  readonly #archive: ArchiveReader;
  readonly #tell: OnProgress;
  readonly #course = new Course([]);
  readonly #hasLinks: boolean;
  #stage: ProgressEvent['stage'] | undefined;
  /** Of the stage, by model. */
  readonly #done = new Map<string, number>();
  #sum = 0;
  /** What the plan has of each stage that comes after it. */
  #planned: ReadonlyMap<ProgressEvent['stage'], number> | undefined;

  constructor(archive: ArchiveReader, targets: ReadonlyMap<string, TargetModel>, tell: OnProgress) {
    this.#archive = archive;
    this.#tell = tell;
    this.#hasLinks = [...targets.values()].some((target) => target.links.length > 0);
  }

  /** The way from here on, when the plan is made while rows are written. */
  writesAtOnce(): void {
    this.#follow(atOnce);
  }

  /** The way from here on, when the plan is made first. */
  plansFirst(): void {
    this.#follow(planFirst);
  }

  /** From here on it is known what there is to do. */
  planned({ models }: Plan): void {
    const all = [...models.values()];
    const objects = (some: typeof all): number => some.reduce((sum, { decisions }) => sum + decisions.length, 0);
    const written = objects(all.filter(isWritten));
    const linked = objects(all.filter(({ target }) => target.links.length > 0));
    this.#planned = new Map([
      ['apply', written],
      ['links', linked],
      ['verify', written],
    ]);
  }

  readonly onProgress: OnProgress = (event) => {
    if (event.stage !== this.#stage) {
      this.#stage = event.stage;
      this.#done.clear();
      this.#sum = 0;
    }
    this.#sum += event.done - (this.#done.get(event.model) ?? 0);
    this.#done.set(event.model, event.done);
    const { position, trailer } = this.#archive;
    const known = this.#planned?.get(event.stage) ?? trailer?.total;
    const total = known ?? (position.share === 0 ? undefined : Math.round(this.#sum / position.share));
    this.#tell(this.#course.told(event, { done: this.#sum, total, exact: known !== undefined, bytes: position.bytes }));
  };

  #follow(weights: Partial<Readonly<Record<ProgressEvent['stage'], number>>>): void {
    const stages = Object.entries(weights) as StageWeight[];
    this.#course.follow(stages.filter(([stage]) => stage !== 'links' || this.#hasLinks));
  }
}
