import { join } from 'node:path';
import { BenchDatabases } from './bench-databases.js';
import type { ChildOptions, Meeting } from './children/options.js';
import type { ChildName, Measurement } from './measured-process.js';
import { measuredProcess } from './measured-process.js';
import { emptyOrganisation, organisation } from './organisation-rows.js';
import type { KeyType } from './organisation-schema.js';
import type { Series, Statistic } from './series.js';

export interface LaboratoryOptions {
  readonly serverUrl: string;
  /** Where archives and other files go; it is the caller's to remove. */
  readonly folder: string;
  readonly size: number;
  readonly runs: number;
  readonly statistic: Statistic;
  readonly keys?: KeyType;
  /** Told what goes on. */
  readonly log?: (text: string) => void;
}

export type Graph = 'organisation' | 'one object';

/** One size on one server. A series is measured when a part first asks for it, and then shared by all that do. */
export class Laboratory {
  readonly databases: BenchDatabases;
  readonly keys: KeyType;
  readonly #options: LaboratoryOptions;
  readonly #series = new Map<string, Promise<Series>>();
  readonly #archives = new Map<Graph, Promise<string>>();

  constructor(options: LaboratoryOptions) {
    this.#options = options;
    this.keys = options.keys ?? 'integer';
    this.databases = new BenchDatabases(options.serverUrl, this.keys, options.size);
  }

  get size(): number {
    return this.#options.size;
  }

  get serverUrl(): string {
    return this.#options.serverUrl;
  }

  get runs(): number {
    return this.#options.runs;
  }

  async prepare(): Promise<void> {
    this.log(`generating ${this.size.toLocaleString('en')} objects (${this.keys} keys) …`);
    await this.databases.prepare(this.size, this.#options.folder);
  }

  log(text: string): void {
    this.#options.log?.(text);
  }

  path(name: string): string {
    return join(this.#options.folder, name);
  }

  /** Every series measured so far, in this order. */
  async series(): Promise<readonly Series[]> {
    return Promise.all(this.#series.values());
  }

  /** Measures anew what is asked for from now on. */
  forget(): void {
    this.#series.clear();
  }

  /** The same size with other keys; memory does not need many runs. */
  withUuids(folder: string): Laboratory {
    return new Laboratory({ ...this.#options, folder, keys: 'uuid', runs: 1 });
  }

  statistic(numbers: readonly number[]): number {
    return this.#options.statistic(numbers);
  }

  seconds(runs: readonly Measurement[]): number {
    return this.statistic(runs.map((run) => run.seconds));
  }

  innerSeconds(runs: readonly Measurement[]): number {
    return this.statistic(runs.map((run) => run.innerSeconds));
  }

  exports(graph: Graph = 'organisation'): Promise<Series> {
    const what = graph === 'organisation' ? 'export' : 'export of one object';
    return this.#once(what, 'COPY row_to_json', {
      ours: () => this.export(this.path('again.json'), graph),
      theirs: () => measuredProcess('copy-out', this.#child('source', this.path('plain.jsonl'), graph)),
    });
  }

  imports(graph: Graph = 'organisation'): Promise<Series> {
    return this.#once(graph === 'organisation' ? 'import' : 'import of one object', 'COPY FROM', {
      ours: async () => this.#importInto('empty', await this.archive(graph), graph),
      theirs: () => this.#copyIn(graph),
    });
  }

  bulkImports(): Promise<Series> {
    return this.#once('import --bulk-constraints', 'COPY FROM', {
      ours: async () => this.#importInto('empty, bulk', await this.archive(), 'organisation'),
      theirs: () => this.#copyIn('organisation'),
    });
  }

  /** Against a target where every row is the same one, or another one. */
  async dryRuns(meets: 'same' | 'taken'): Promise<Series> {
    return this.#once(meets === 'same' ? 'dry run, all the same' : 'dry run, all keys taken', 'export', {
      before: () => this.databases.fullTarget(meets, this.#options.folder),
      ours: async () => measuredProcess('import', this.#child(meets, await this.archive(), 'organisation', meets)),
      theirs: () => this.export(this.path('again.json')),
      after: () => this.databases.dropOne(meets),
    });
  }

  /** Into a target where every key is another row's: all objects get new ones. */
  remaps(): Promise<Series> {
    return this.#once('import under new keys', 'import into empty tables', {
      ours: async () => {
        await this.databases.otherTarget(this.#options.folder);
        return measuredProcess('import', this.#child('taken', await this.archive(), 'organisation', 'others'));
      },
      theirs: async () => this.#importInto('empty', await this.archive(), 'organisation'),
      after: () => this.databases.dropOne('taken'),
    });
  }

  /** Of the organisation, beside the others. */
  deletions(): Promise<Series> {
    return this.#once('delete', 'DELETE by keys', {
      ours: () => this.#after('delete', () => this.databases.copyOfSource()),
      theirs: () => this.#after('plain-delete', () => this.databases.copyOfSource()),
    });
  }

  /** Of an import into empty tables, or of a deletion of the organisation beside the others. */
  undos(of: 'import' | 'deletion'): Promise<Series> {
    if (of === 'deletion') {
      const deleted = async (): Promise<unknown> => this.#after('delete', () => this.databases.copyOfSource());
      return this.#once('undo of a deletion', 'COPY FROM', {
        ours: () => this.#after('undo', deleted),
        theirs: () => this.#after('copy-in', deleted, this.#options.folder),
      });
    }
    const imported = async (): Promise<unknown> =>
      this.#importInto('empty, with a journal', await this.archive(), 'organisation');
    return this.#once('undo of an import', 'DELETE by keys', {
      ours: () => this.#after('undo', imported),
      theirs: () => this.#after('plain-delete', imported),
    });
  }

  export(path: string, graph: Graph = 'organisation', url = this.databases.url('source')): Promise<Measurement> {
    return measuredProcess('export', { ...this.#child('source', path, graph), url });
  }

  /** An export of the organisation whose listed keys take so many bytes of memory, and go to a file beyond that. */
  exportWithin(maxMemory: number): Promise<Measurement> {
    return measuredProcess('export', { ...this.#child('source', this.path('again.json'), 'organisation'), maxMemory });
  }

  /** An export of the organisation that draws its progress as on a terminal. */
  exportDrawn(): Promise<Measurement> {
    return measuredProcess('export', { ...this.#child('source', this.path('again.json'), 'organisation'), draws: true });
  }

  /** An import into a new empty target, whose server is reached by another URL where one is given. */
  async import(archive: string, through: (url: string) => string = (url) => url): Promise<Measurement> {
    await this.databases.emptyTarget();
    const options = this.#child('target', archive, 'organisation', 'empty');
    return measuredProcess('import', { ...options, url: through(options.url) });
  }

  /** What imports read. */
  archive(graph: Graph = 'organisation'): Promise<string> {
    const path = this.path(`${graph}.json`);
    const made = this.#archives.get(graph) ?? this.export(path, graph).then(() => path);
    this.#archives.set(graph, made);
    return made;
  }

  /** Runs an export or an import with options of Node, such as a profiler's. */
  async profiled(part: 'export' | 'import', nodeOptions: readonly string[]): Promise<void> {
    const archive = await this.archive();
    if (part === 'import') await this.databases.emptyTarget();
    const [database, path] = part === 'import' ? (['target', archive] as const) : (['source', this.path('again.json')] as const);
    await measuredProcess(part, this.#child(database, path, 'organisation'), nodeOptions);
  }

  /** Measures what is done to the target when something else was. */
  async #after(child: ChildName, first: () => Promise<unknown>, path?: string): Promise<Measurement> {
    const archive = await this.archive();
    await first();
    return measuredProcess(child, this.#child('target', path ?? archive, 'organisation'));
  }

  async #importInto(meets: Meeting, path: string, graph: Graph): Promise<Measurement> {
    await this.databases.emptyTarget();
    return measuredProcess('import', this.#child('target', path, graph, meets));
  }

  async #copyIn(graph: Graph): Promise<Measurement> {
    await this.databases.emptyTarget();
    return measuredProcess('copy-in', this.#child('target', this.#options.folder, graph));
  }

  #child(database: 'source' | 'target' | 'same' | 'taken', path: string, graph: Graph, meets: Meeting = 'empty'): ChildOptions {
    const id = graph === 'organisation' ? organisation : emptyOrganisation;
    return { url: this.databases.url(database), path, organisation: id, keys: this.keys, meets };
  }

  #once(what: string, comparedWith: string, how: Turns): Promise<Series> {
    const known = this.#series.get(what) ?? this.#measure(what, comparedWith, how);
    this.#series.set(what, known);
    return known;
  }

  async #measure(what: string, comparedWith: string, { before, ours, theirs, after }: Turns): Promise<Series> {
    this.log(`${what} (${this.size.toLocaleString('en')} objects, ${this.keys} keys) …`);
    await before?.();
    const runs = { ours: [] as Measurement[], theirs: [] as Measurement[] };
    for (let run = 0; run < this.runs; run += 1) {
      runs.theirs.push(await theirs());
      runs.ours.push(await ours());
    }
    await after?.();
    for (const { objects, links } of runs.ours) {
      if (objects !== runs.theirs[0]?.objects || links !== runs.theirs[0].links)
        throw new Error(`${what}: ${String(objects)} objects and ${String(links)} links, not those of ${comparedWith}`);
    }
    return { size: this.size, what, comparedWith, ...runs };
  }
}

interface Turns {
  readonly before?: () => Promise<void>;
  readonly ours: () => Promise<Measurement>;
  readonly theirs: () => Promise<Measurement>;
  readonly after?: () => Promise<void>;
}
