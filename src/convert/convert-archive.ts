import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DataSource } from 'typeorm';
import { createArchiveWriter } from '../archive/archive-writer.js';
import type { ArchiveObject, ArchiveTrailer } from '../archive/archive.js';
import type { ArchiveReader } from '../archive/open-archive.js';
import { openArchive } from '../archive/open-archive.js';
import { discardTemporaryFile, temporaryName } from '../archive/temporary-files.js';
import type { OnQuery } from '../dialect/query-event.js';
import type { PinnedSession } from '../dialect/postgres/pinned-session.js';
import { openReadSession } from '../dialect/postgres/session.js';
import { Findings } from '../findings/finding.js';
import type { Converter } from '../policy/converter.js';
import type { ParsedPolicy } from '../policy/parsed-policy.js';
import { draftSchema } from '../schema/build-schema.js';
import type { Schema } from '../schema/schema.js';
import { objectLine } from '../values/object-values.js';
import { ObjectConverter } from './convert-objects.js';
import type { Conversion } from './conversion.js';
import { ConvertedReader } from './converted-reader.js';
import { contentOf, convertedTrailer } from './converted-trailer.js';
import { Expressions } from './expressions.js';
import { fittingConverter } from './fitting-converter.js';
import { refuseUnknownNames } from './refuse-unknown-names.js';
import { resolveConverter } from './resolve-converter.js';

export interface ConvertOptions {
  readonly archive: ArchiveReader;
  readonly dataSource: DataSource;
  /** On the target: what converters ask is asked of the state that it sees. */
  readonly session: PinnedSession;
  readonly policy: ParsedPolicy;
  readonly findings: Findings;
  readonly signal?: AbortSignal | undefined;
  readonly onQuery?: OnQuery | undefined;
}

/** An archive in the schema of the target, as far as the policy's converters bring it there. */
export interface ConvertedArchive {
  readonly archive: ArchiveReader;
  /** To be called whatever happened: the converted archive is a temporary file. */
  close(): Promise<void>;
}

/**
 * Converts an archive of an older schema, one converter after another, as long as one of the policy's fits what the last one made;
 * the archive is left as it is. Where none fits, it is given back.
 *
 * @throws UsageError CONVERTER_INVALID; RefusedError CONVERTER_FAILED, ARCHIVE_* for a damaged archive
 */
export async function convertArchive(options: ConvertOptions): Promise<ConvertedArchive> {
  const { archive, dataSource, session, policy, findings, signal, onQuery } = options;
  const { converters = [] } = policy;
  if (fittingConverter(archive.header, converters, new Set()) === undefined) return { archive, close: () => Promise.resolve() };
  const { schema } = await draftSchema(session, dataSource, policy, new Findings());
  let reader: PinnedSession | undefined;
  const expressions = new Expressions(
    async () => (reader ??= await openReadSession(dataSource, { snapshot: await session.exportSnapshot(), signal, onQuery })),
  );
  const path = temporaryName(join(tmpdir(), 'portolan-converted'));
  try {
    const conversions = await chainOf(archive, converters, schema, expressions);
    const steps = conversions.map((conversion) => ({ conversion, converter: new ObjectConverter(conversion, expressions) }));
    const trailer = await writeConverted(options, steps, path);
    for (const { conversion, converter } of steps) tell(findings, archive.path, conversion, converter.lost);
    const converted = new ConvertedReader(archive, await openArchive(path, { signal }), trailer, conversions);
    return { archive: converted, close: () => discardTemporaryFile(path) };
  } catch (error) {
    await discardTemporaryFile(path);
    throw error;
  } finally {
    await reader?.close();
  }
}

async function chainOf(
  { header }: ArchiveReader,
  converters: readonly Converter[],
  schema: Schema,
  expressions: Expressions,
): Promise<readonly Conversion[]> {
  const conversions: Conversion[] = [];
  const taken = new Set<number>();
  let current = header;
  for (;;) {
    const at = fittingConverter(current, converters, taken);
    const converter = at === undefined ? undefined : converters[at];
    if (at === undefined || converter === undefined) break;
    taken.add(at);
    const where = `converters.${String(at)}`;
    const conversion = await resolveConverter({ converter, where, header: current, schema, expressions });
    conversions.push(conversion);
    current = conversion.after;
  }
  refuseUnknownNames(conversions, schema);
  return conversions;
}

interface Step {
  readonly conversion: Conversion;
  readonly converter: ObjectConverter;
}

async function writeConverted(
  { archive, signal }: ConvertOptions,
  steps: readonly Step[],
  path: string,
): Promise<ArchiveTrailer> {
  const header = steps.at(-1)?.conversion.after ?? archive.header;
  const counts = new Map<string, number>();
  const writer = await createArchiveWriter({ output: path, header, force: false, signal });
  const lineStart = Buffer.from(writer.lineStart);
  try {
    for await (const batch of archive.encoded()) {
      signal?.throwIfAborted();
      for (const run of runsOf(batch)) {
        let objects = run;
        for (const { converter } of steps) objects = await converter.convert(objects[0]?.model ?? '', objects);
        const model = objects[0]?.model;
        if (model === undefined) continue;
        counts.set(model, (counts.get(model) ?? 0) + objects.length);
        await writer.write(Buffer.concat(objects.flatMap((object) => [lineStart, objectLine(object)])));
      }
    }
    if (archive.trailer === undefined) throw new TypeError('a pass that ended without a trailer');
    const content = steps.reduce((told, { conversion }) => convertedTrailer(conversion, told), contentOf(archive.trailer));
    const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
    const { trailer } = await writer.finish({ ...content, objects: Object.fromEntries(counts), total });
    return trailer;
  } catch (error) {
    await writer.abort();
    throw error;
  }
}

/** Cuts a batch into its models. */
function* runsOf(objects: readonly ArchiveObject[]): Generator<readonly ArchiveObject[]> {
  let from = 0;
  for (let at = 1; at <= objects.length; at += 1) {
    if (at < objects.length && objects[at]?.model === objects[from]?.model) continue;
    if (at > from) yield objects.slice(from, at);
    from = at;
  }
}

/** What a converter did that nobody sees in the target: which archive this was, and what did not come. */
function tell(findings: Findings, path: string, conversion: Conversion, lost: ReadonlyMap<string, number>): void {
  const { where, models } = conversion;
  const names = [...models.values()].map(({ model, to }) => (to === undefined || to === model ? model : `${model} → ${to}`));
  findings.note('converted', path, `${where} brings it to another schema: ${names.sort().join(', ')}`);
  for (const [name, count] of lost) {
    if (models.has(name)) findings.note('dropped-model', name, `it is dropped by ${where}: ${String(count)} objects stay out`);
    else findings.note('dropped-column', name, `its values are dropped by ${where}: ${String(count)} objects had one`);
  }
  for (const name of remadeInside(conversion))
    findings.warn(
      'remade-keys',
      name,
      `${where} makes other values of those in which its keys stand: unless the policy of the import declares where they stand now, they stay as they are`,
    );
}

/** References whose keys stand inside values that an expression makes anew, or of which other columns are made. */
function remadeInside({ before, after, models, references }: Conversion): readonly string[] {
  return [...models.values()].flatMap(({ model, to, members, computed }) => {
    const { columns = {}, inner = [] } = before.entities[model] ?? {};
    if (to === undefined) return [];
    return inner.flatMap(({ name, columns: [held] }) => {
      const [member = ''] = Object.entries(columns).find(([, column]) => column.name === held) ?? [];
      const now = members.has(member) ? members.get(member) : member;
      const isMade = now !== undefined && computed.some((one) => one.member === now);
      const isSameType = now !== undefined && after.entities[to]?.columns[now]?.type === columns[member]?.type;
      const isLost = references.has(name) && references.get(name) === undefined;
      return isLost || (isMade && !isSameType) ? [name] : [];
    });
  });
}
