import type { ArchiveObject } from '../archive/archive.js';

/** The objects of one model, which stand together in an archive. They must be read to their end before the next model's. */
export interface ModelRun {
  readonly model: string;
  readonly batches: AsyncIterable<readonly ArchiveObject[]>;
}

/** Cuts a pass over an archive into its models. */
export async function* modelRuns(objects: AsyncGenerator<readonly ArchiveObject[]>): AsyncGenerator<ModelRun> {
  let rest: readonly ArchiveObject[] = [];
  const next = async (): Promise<boolean> => {
    while (rest.length === 0) {
      const result = await objects.next();
      if (result.done === true) return false;
      rest = result.value;
    }
    return true;
  };
  try {
    while (await next()) {
      const model = rest[0]?.model ?? '';
      const batches = async function* (): AsyncGenerator<readonly ArchiveObject[]> {
        while ((await next()) && rest[0]?.model === model) {
          const end = rest.findIndex((object) => object.model !== model);
          const batch = end < 0 ? rest : rest.slice(0, end);
          rest = end < 0 ? [] : rest.slice(end);
          yield batch;
        }
      };
      yield { model, batches: batches() };
    }
  } finally {
    await objects.return(undefined);
  }
}
