import { createHash } from 'node:crypto';
import type { Answer, Exchange, Protocol, Step, StoredObject, StoreServer } from './store-server.js';
import { listed, startStoreServer } from './store-server.js';

/** An upload keeps whole steps of this size, but for its last one. */
const quantum = 256 * 1024;

interface Session {
  readonly bucket: string;
  readonly path: string;
  readonly condition: string | null;
  received: Buffer;
  done: StoredObject | undefined;
}

/** Cloud Storage as its JSON API is described: metadata, media, resumable uploads, preconditions, checksums. */
export function startGsServer(...names: readonly string[]): Promise<StoreServer> {
  const buckets = new Map(names.map((name) => [name, new Map<string, StoredObject>()]));
  const sessions = new Map<string, Session>();
  let generation = 1000;

  function begin({ url, headers }: Exchange, server: string): Answer {
    const bucket = /\/b\/([^/]+)\/o/u.exec(url.pathname)?.[1] ?? '';
    const path = url.searchParams.get('name') ?? '';
    const condition = url.searchParams.get('ifGenerationMatch');
    const objects = buckets.get(bucket);
    if (objects === undefined) return failure(404, 'The specified bucket does not exist.');
    if (!holds(objects.get(path), condition)) return failure(412, 'At least one of the pre-conditions did not hold.');
    const id = `secret-${String(sessions.size)}`;
    sessions.set(id, { bucket, path, condition, received: Buffer.alloc(0), done: undefined });
    const location = `${server}/upload/storage/v1/b/${bucket}/o?uploadType=resumable&upload_id=${id}`;
    return { status: 200, headers: { location, 'x-type': String(headers['x-upload-content-type']) } };
  }

  function take({ url, headers, body, isCut }: Exchange): Answer {
    const session = sessions.get(url.searchParams.get('upload_id') ?? '');
    if (session === undefined) return failure(404, 'Not Found');
    if (session.done !== undefined) return described(session.path, session.done);
    const [, start, end, total] = /^bytes (?:(\d+)-(\d+)|\*)\/(\d+|\*)$/u.exec(String(headers['content-range'])) ?? [];
    if (start !== undefined) {
      if (Number(start) > session.received.length) return failure(503, 'a gap');
      const known = session.received.length - Number(start);
      const isLast = total !== '*' && !isCut && Number(end) + 1 === Number(total);
      const fresh = body.subarray(known);
      const kept = isLast ? fresh : fresh.subarray(0, fresh.length - (fresh.length % quantum));
      session.received = Buffer.concat([session.received, kept]);
    }
    if (isCut || total === undefined || total === '*' || Number(total) !== session.received.length) return halfway(session);
    return end_(session, headers['x-goog-hash'] as string | undefined);
  }

  function end_(session: Session, hash: string | undefined): Answer {
    const { bucket, path, condition, received } = session;
    const objects = buckets.get(bucket)!;
    const md5 = createHash('md5').update(received).digest('base64');
    if (hash !== undefined && hash !== `md5=${md5}`) return failure(400, `Provided MD5 hash does not match calculated ${md5}.`);
    if (!holds(objects.get(path), condition)) return failure(412, 'At least one of the pre-conditions did not hold.');
    generation += 1;
    session.done = { bytes: received, version: String(generation), headers: { md5Hash: md5 } };
    objects.set(path, session.done);
    return described(path, session.done);
  }

  function read({ url, headers }: Exchange): Answer {
    const [, bucket = '', path = ''] = /\/b\/([^/]+)\/o\/([^/]+)$/u.exec(url.pathname) ?? [];
    const name = decodeURIComponent(path);
    const objects = buckets.get(bucket);
    if (objects === undefined) return failure(404, 'The specified bucket does not exist.');
    const object = objects.get(name);
    const wanted = url.searchParams.get('generation');
    if (object === undefined || (wanted !== null && wanted !== object.version))
      return failure(404, `No such object: ${bucket}/${name}`);
    if (url.searchParams.get('alt') !== 'media') return described(name, object);
    const [, start = '0', end = ''] = /^bytes=(\d+)-(\d*)$/u.exec(String(headers.range)) ?? [];
    const bytes = object.bytes.subarray(Number(start), end === '' ? undefined : Number(end) + 1);
    return { status: 206, headers: { 'x-goog-stored-content-encoding': 'identity' }, body: bytes };
  }

  function list({ url }: Exchange): Answer {
    const objects = buckets.get(/\/b\/([^/]+)\/o$/u.exec(url.pathname)?.[1] ?? '');
    if (objects === undefined) return failure(404, 'The specified bucket does not exist.');
    const { names, next } = listed(objects, url.searchParams.get('prefix') ?? '', url.searchParams.get('pageToken') ?? '');
    const items = names.map((name) => ({ name }));
    return json(200, { kind: 'storage#objects', items, ...(next === undefined ? {} : { nextPageToken: next }) });
  }

  /** In two steps, as with large objects. */
  function copy({ url }: Exchange): Answer {
    const [, bucket = '', path = '', other = '', name = ''] =
      /\/b\/([^/]+)\/o\/([^/]+)\/rewriteTo\/b\/([^/]+)\/o\/([^/]+)$/u.exec(url.pathname) ?? [];
    const from = buckets.get(bucket)?.get(decodeURIComponent(path));
    const to = buckets.get(other);
    if (from === undefined || to === undefined || url.searchParams.get('sourceGeneration') !== from.version)
      return failure(404, `No such object: ${bucket}/${path}`);
    if (!holds(to.get(decodeURIComponent(name)), url.searchParams.get('ifGenerationMatch')))
      return failure(412, 'At least one of the pre-conditions did not hold.');
    if (url.searchParams.get('rewriteToken') === null)
      return json(200, { kind: 'storage#rewriteResponse', done: false, rewriteToken: 'half' });
    generation += 1;
    to.set(decodeURIComponent(name), { ...from, version: String(generation) });
    return json(200, { kind: 'storage#rewriteResponse', done: true });
  }

  function remove({ url }: Exchange): Answer {
    const [, bucket = '', path = ''] = /\/b\/([^/]+)\/o\/([^/]+)$/u.exec(url.pathname) ?? [];
    const objects = buckets.get(bucket);
    const name = decodeURIComponent(path);
    if (!holds(objects?.get(name), url.searchParams.get('ifGenerationMatch'))) return failure(412, 'another generation');
    return objects?.delete(name) === true ? { status: 204 } : failure(404, `No such object: ${bucket}/${name}`);
  }

  function protocol(server: string): Protocol {
    return {
      stepOf: (method, url, headers) => stepOf(method, url, headers['content-range'] ?? ''),
      answer: (exchange) => {
        switch (exchange.step) {
          case 'begin':
            return begin(exchange, server);
          case 'part':
          case 'status':
          case 'end':
            return take(exchange);
          case 'cancel':
            return { status: sessions.delete(exchange.url.searchParams.get('upload_id') ?? '') ? 499 : 404 };
          case 'list':
            return list(exchange);
          case 'look':
          case 'read':
            return read(exchange);
          case 'copy':
            return copy(exchange);
          case 'remove':
            return remove(exchange);
          default:
            return failure(400, 'not understood');
        }
      },
      openUploads: () => [...sessions.values()].filter(({ done }) => done === undefined).length,
    };
  }
  return startStoreServer(buckets, protocol);
}

function stepOf(method: string, url: URL, range: string): Step {
  if (url.searchParams.has('upload_id')) {
    if (method === 'DELETE') return 'cancel';
    if (range === 'bytes */*') return 'status';
    return range.endsWith('/*') ? 'part' : 'end';
  }
  if (method === 'POST' && url.searchParams.get('uploadType') === 'resumable') return 'begin';
  if (method === 'POST' && url.pathname.includes('/rewriteTo/')) return 'copy';
  if (method === 'DELETE') return 'remove';
  if (method === 'GET' && /\/b\/[^/]+\/o$/u.test(url.pathname)) return 'list';
  return method !== 'GET' ? 'other' : url.searchParams.get('alt') === 'media' ? 'read' : 'look';
}

function holds(object: StoredObject | undefined, condition: string | null): boolean {
  return condition === null || condition === (object?.version ?? '0');
}

function halfway({ received }: Session): Answer {
  return { status: 308, headers: received.length === 0 ? {} : { range: `bytes=0-${String(received.length - 1)}` } };
}

function described(name: string, { bytes, version, headers, metadata }: StoredObject): Answer {
  const updated = '1994-11-06T08:49:37.000Z';
  return json(200, { name, generation: version, size: String(bytes.length), updated, metadata, ...headers });
}

function failure(code: number, message: string): Answer {
  return json(code, { error: { code, message, errors: [{ message, reason: 'other' }] } });
}

function json(status: number, body: unknown): Answer {
  return { status, headers: { 'content-type': 'application/json; charset=utf-8' }, body: JSON.stringify(body) };
}
