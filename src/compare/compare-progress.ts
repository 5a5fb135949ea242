import type { ArchiveReader } from '../archive/open-archive.js';
import type { StageWeight } from '../course.js';
import { Course } from '../course.js';
import type { OnProgress } from '../progress.js';

/** Tells how far a comparison has come: first all archives are read to their end, then they are read together. */
export class CompareProgress {
  readonly #archives: readonly ArchiveReader[];
  readonly #tell: OnProgress | undefined;
  readonly #signal: AbortSignal | undefined;
  readonly #course: Course;
  readonly #done = new Map<string, number>();
  #sum = 0;

  constructor(
    archives: readonly ArchiveReader[],
    stages: readonly StageWeight[],
    { onProgress, signal }: { readonly onProgress?: OnProgress | undefined; readonly signal?: AbortSignal | undefined },
  ) {
    this.#archives = archives;
    this.#course = new Course(stages);
    this.#tell = onProgress;
    this.#signal = signal;
  }

  /** A stage begins: what is counted begins with it. */
  begin(): void {
    this.#done.clear();
    this.#sum = 0;
  }

  /** Some objects of a model more, of whichever archive. Throws where all is to end. */
  note(stage: 'read' | 'compare' | 'merge', model: string, objects: number): void {
    this.#signal?.throwIfAborted();
    if (this.#tell === undefined || objects === 0) return;
    const done = (this.#done.get(model) ?? 0) + objects;
    this.#done.set(model, done);
    this.#sum += objects;
    const known = this.#archives.every(({ trailer }) => trailer !== undefined);
    const share = this.#archives.reduce((sum, { position }) => sum + position.share, 0) / this.#archives.length;
    const all = this.#archives.reduce((sum, { trailer }) => sum + (trailer?.total ?? 0), 0);
    const total = known ? all : share === 0 ? undefined : Math.round(this.#sum / share);
    const bytes = this.#archives.reduce((sum, { position }) => sum + position.bytes, 0);
    const event = { stage, model, done, total: undefined } as const;
    this.#tell(this.#course.told(event, { done: this.#sum, total, exact: known, bytes }));
  }
}

/** Reads archives to their end: what is said of them is said of whole ones. @throws RefusedError ARCHIVE_* */
export async function readWhole(archives: readonly ArchiveReader[], progress: CompareProgress): Promise<void> {
  progress.begin();
  for (const archive of archives) {
    for await (const objects of archive.encoded()) progress.note('read', objects[0]?.model ?? '', objects.length);
  }
}
