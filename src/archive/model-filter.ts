/** Between the fields of an object and its model: a quote that does not follow a backslash is no part of a value. */
const modelMember = Buffer.from('},"model":');

/**
 * Passes over the lines of models that nobody wants without parsing them. Objects of one model stand together: the first of them is
 * parsed, the others have its bytes behind their fields. A line in another form than the writer's is parsed, like every first one.
 */
export class ModelFilter {
  readonly #only: ReadonlySet<string>;
  #unwanted: Buffer | undefined;

  constructor(only: ReadonlySet<string>) {
    this.#only = only;
  }

  /** Whether an object that was parsed is wanted: what it says of its model holds for the lines that follow. */
  wants(model: string): boolean {
    const isWanted = this.#only.has(model);
    this.#unwanted = isWanted ? undefined : Buffer.from(`${JSON.stringify(model)},"pk":`);
    return isWanted;
  }

  /** Whether the line is one of the model that the last object showed to be unwanted. */
  passesOver(bytes: Buffer, start: number, end: number): boolean {
    if (this.#unwanted === undefined) return false;
    const member = bytes.lastIndexOf(modelMember, end - 1);
    if (member < start) return false;
    const at = member + modelMember.length;
    return bytes.compare(this.#unwanted, 0, this.#unwanted.length, at, Math.min(end, at + this.#unwanted.length)) === 0;
  }
}
