import type { TreeMember, WrittenMember } from '../../../archive/tree/tree.js';
import type { LayoutContext } from '../../../export/layout.js';
import type { Entity } from '../../../schema/schema.js';
import { knownMethods } from './authentication-methods.js';
import { jsonText } from './json-text.js';
import { realmEntity } from './realm-entity.js';
import type { JsonValue } from './json-text.js';
import { TablesFile } from './tables-file.js';

/** What was said of the profile's options that concern the files. */
export interface LayoutValues {
  readonly parity: boolean;
  readonly avatarSalt: string | undefined;
}

/** One writing of Zulip's files. */
export class ZulipFiles {
  readonly context: LayoutContext;
  readonly values: LayoutValues;
  /** Names of the bits of a realm's authentication methods. */
  readonly methods: readonly string[];
  /** In which Zulip's tables are. */
  readonly #schema: string;
  #list: TreeMember | undefined;
  /** Rows of each file with tables, and records of each records.json. */
  readonly counts = new Map<string, ReadonlyMap<string, number>>();

  private constructor(context: LayoutContext, values: LayoutValues, schema: string, methods: readonly string[]) {
    this.context = context;
    this.values = values;
    this.methods = methods;
    this.#schema = schema;
  }

  /** @throws UsageError PROFILE_TABLES */
  static async open(context: LayoutContext, values: LayoutValues): Promise<ZulipFiles> {
    const { table } = realmEntity(context.schema);
    return new ZulipFiles(context, values, table.schema, await knownMethods(context.session, table));
  }

  /** A table of Zulip's; undefined where this version has none of that name. */
  entity(table: string): Entity | undefined {
    for (const entity of this.context.schema.entities.values()) {
      if (entity.table.name === table && entity.table.schema === this.#schema) return entity;
    }
    return undefined;
  }

  /** `portolan/files.jsonl`: every file with its size and SHA-256, a line each. */
  async note(written: WrittenMember): Promise<void> {
    this.#list ??= await this.create('portolan/files.jsonl');
    await this.#list.write(Buffer.from(`${JSON.stringify(written)}\n`));
  }

  /** To be called when all other files are written. */
  async finishList(): Promise<WrittenMember | undefined> {
    return this.#list?.finish();
  }

  create(path: string): Promise<TreeMember> {
    return this.context.output.create(path);
  }

  async tables(path: string): Promise<TablesFile> {
    return new TablesFile(await this.create(path));
  }

  /** To be called for each file of tables when all is in it. */
  async finish(path: string, file: TablesFile): Promise<void> {
    this.counts.set(path, file.counts);
    await this.note(await file.finish());
  }

  async json(path: string, value: JsonValue): Promise<void> {
    await this.text(path, jsonText(value));
  }

  async text(path: string, text: string): Promise<void> {
    const member = await this.create(path);
    await member.write(Buffer.from(text));
    await this.note(await member.finish());
  }
}
