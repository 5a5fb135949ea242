import { createHash } from 'node:crypto';
import type { Answer, Exchange, Protocol, Step, StoredObject, StoreServer } from './store-server.js';
import { listed, startStoreServer } from './store-server.js';

interface Upload {
  readonly bucket: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly parts: Map<number, Buffer>;
}

/** S3 with paths for buckets: objects, ranges, multipart uploads, conditional writes, MD5; a signature must be there, and is not checked. */
export function startS3Server(...names: readonly string[]): Promise<StoreServer> {
  const buckets = new Map(names.map((name) => [name, new Map<string, StoredObject>()]));
  const uploads = new Map<string, Upload>();
  let begun = 0;

  function answer(exchange: Exchange): Answer {
    const { step, url, headers, body, isCut } = exchange;
    const [, bucket = '', path = ''] = /^\/([^/]+)\/?(.*)$/u.exec(url.pathname) ?? [];
    const name = decodeURIComponent(path);
    if (headers.authorization?.startsWith('AWS4-HMAC-SHA256 ') !== true) return failure(403, 'AccessDenied');
    const objects = buckets.get(bucket);
    if (objects === undefined) return failure(404, 'NoSuchBucket');
    if (isCut) return failure(400, 'IncompleteBody');
    const md5 = createHash('md5').update(body).digest('base64');
    if (headers['content-md5'] !== undefined && headers['content-md5'] !== md5) return failure(400, 'BadDigest');
    const id = url.searchParams.get('uploadId') ?? '';
    const upload = uploads.get(id);
    switch (step) {
      case 'look at bucket':
        return { status: 200 };
      case 'list': {
        const { names: found, next } = listed(
          objects,
          url.searchParams.get('prefix') ?? '',
          url.searchParams.get('continuation-token') ?? '',
        );
        const more = next === undefined ? '' : `<NextContinuationToken>${escaped(next)}</NextContinuationToken>`;
        const contents = found.map((one) => `<Contents><Key>${escaped(one)}</Key></Contents>`).join('');
        return xml(`<ListBucketResult>${contents}${more}</ListBucketResult>`);
      }
      case 'look':
      case 'read':
        return read(objects.get(name), exchange);
      case 'put':
        return put(objects, name, body, exchange, described(headers));
      case 'begin':
        begun += 1;
        uploads.set(`upload-${String(begun)}`, { bucket, path: name, headers: described(headers), parts: new Map() });
        return xml(`<InitiateMultipartUploadResult><UploadId>upload-${String(begun)}</UploadId></InitiateMultipartUploadResult>`);
      case 'part': {
        if (upload === undefined) return failure(404, 'NoSuchUpload');
        upload.parts.set(Number(url.searchParams.get('partNumber')), body);
        return { status: 200, headers: { etag: tagOf(body) } };
      }
      case 'copy': {
        const [, from = '', key = ''] = /^([^/]+)\/(.*)$/u.exec(String(headers['x-amz-copy-source'])) ?? [];
        const source = buckets.get(from)?.get(decodeURIComponent(key));
        if (upload === undefined) return failure(404, 'NoSuchUpload');
        if (source === undefined) return failure(404, 'NoSuchKey');
        if (headers['x-amz-copy-source-if-match'] !== source.version) return failure(412, 'PreconditionFailed');
        const [, start = '', end = ''] = /^bytes=(\d+)-(\d+)$/u.exec(String(headers['x-amz-copy-source-range'])) ?? [];
        if (Number(end) >= source.bytes.length) return failure(400, 'InvalidArgument');
        const part = source.bytes.subarray(Number(start), Number(end) + 1);
        upload.parts.set(Number(url.searchParams.get('partNumber')), part);
        return xml(`<CopyPartResult><ETag>${tagOf(part)}</ETag></CopyPartResult>`);
      }
      case 'remove':
        objects.delete(name);
        return { status: 204 };
      case 'end': {
        if (upload === undefined) return failure(404, 'NoSuchUpload');
        const listed = [...body.toString().matchAll(/<Part>(.*?)<\/Part>/gu)].map(([, part = '']) => part);
        const parts = listed.map((part) => upload.parts.get(Number(/<PartNumber>(\d+)/u.exec(part)?.[1])));
        if (parts.includes(undefined)) return failure(400, 'InvalidPart');
        const answered = put(objects, name, Buffer.concat(parts as Buffer[]), exchange, upload.headers);
        if (answered.status !== 200) return answered;
        uploads.delete(id);
        return xml(`<CompleteMultipartUploadResult><ETag>${objects.get(name)!.version}</ETag></CompleteMultipartUploadResult>`);
      }
      case 'cancel':
        return uploads.delete(id) ? { status: 204 } : failure(404, 'NoSuchUpload');
      default:
        return failure(400, 'NotUnderstood');
    }
  }

  const protocol: Protocol = { stepOf, answer, openUploads: () => uploads.size };
  return startStoreServer(buckets, () => protocol);
}

function stepOf(method: string, { pathname, searchParams }: URL, headers: Exchange['headers']): Step {
  const isObject = /^\/[^/]+\/./u.test(pathname);
  if (!isObject) return method === 'HEAD' ? 'look at bucket' : searchParams.has('list-type') ? 'list' : 'other';
  if (method === 'HEAD') return 'look';
  if (method === 'GET') return 'read';
  if (method === 'POST') return searchParams.has('uploads') ? 'begin' : 'end';
  if (method === 'DELETE') return searchParams.has('uploadId') ? 'cancel' : 'remove';
  if (!searchParams.has('uploadId')) return 'put';
  return headers['x-amz-copy-source'] === undefined ? 'part' : 'copy';
}

function read(object: StoredObject | undefined, { headers, step }: Exchange): Answer {
  if (object === undefined) return step === 'look' ? { status: 404 } : failure(404, 'NoSuchKey');
  const { bytes, version } = object;
  if (headers['if-match'] !== undefined && headers['if-match'] !== version) return failure(412, 'PreconditionFailed');
  const said = Object.entries(object.metadata ?? {}).map(([name, value]) => [`x-amz-meta-${name}`, value] as const);
  const shown = {
    'last-modified': 'Sun, 06 Nov 1994 08:49:37 GMT',
    ...object.headers,
    ...Object.fromEntries(said),
    etag: version,
  };
  if (step === 'look') return { status: 200, headers: { ...shown, 'content-length': String(bytes.length) } };
  const [, start = '0', end = ''] = /^bytes=(\d+)-(\d*)$/u.exec(String(headers.range)) ?? [];
  return { status: 206, headers: shown, body: bytes.subarray(Number(start), end === '' ? undefined : Number(end) + 1) };
}

function put(
  objects: Map<string, StoredObject>,
  name: string,
  bytes: Buffer,
  { headers }: Exchange,
  kept: Readonly<Record<string, string>>,
): Answer {
  const { 'if-match': match, 'if-none-match': none } = headers;
  const there = objects.get(name);
  if ((none === '*' && there !== undefined) || (match !== undefined && match !== there?.version))
    return failure(412, 'PreconditionFailed');
  objects.set(name, { bytes, version: tagOf(bytes), headers: kept });
  return { status: 200, headers: { etag: tagOf(bytes) } };
}

/** What a client says of an object, and is told again. */
function described(headers: Exchange['headers']): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      name.startsWith('x-amz-meta-') || name === 'content-type' ? [[name, String(value)]] : [],
    ),
  );
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}

function tagOf(bytes: Buffer): string {
  return `"${createHash('md5').update(bytes).digest('hex')}"`;
}

function failure(status: number, code: string): Answer {
  return { ...xml(`<Error><Code>${code}</Code><Message>it says ${code}</Message></Error>`), status };
}

function xml(text: string): Answer {
  return { status: 200, headers: { 'content-type': 'application/xml' }, body: `<?xml version="1.0" encoding="UTF-8"?>${text}` };
}
