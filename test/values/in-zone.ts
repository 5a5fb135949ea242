/** Does it as a process of that time zone would: Node takes a new value of TZ at once. */
export async function inZone<Result>(zone: string, work: () => Promise<Result>): Promise<Result> {
  const { TZ } = process.env;
  process.env['TZ'] = zone;
  try {
    return await work();
  } finally {
    if (TZ === undefined) delete process.env['TZ'];
    else process.env['TZ'] = TZ;
  }
}
