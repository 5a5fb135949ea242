/**
 * What archives of an older schema become on their way into this one. Models and columns of the archive are named as the archive or its
 * source called them; SQL stands over the row of the archive: its columns by their names in the database, with the types that they
 * had, where a query within has them behind the name `archive`.
 */
export interface Converter {
  /** Which archives it is for: by the fingerprint of their whole schema, or by the form that some models have in it. */
  readonly from: string | Readonly<Record<string, ModelForm>>;
  readonly models: Readonly<Record<string, ModelConverter>>;
}

/** The fingerprint of a model (`portolan verify ARCHIVE --summary`); or, column by column, whether it is there, or of which type. */
export type ModelForm = string | Readonly<Record<string, boolean | string>>;

export interface ModelConverter {
  /** `app.Model`, as the target calls it. */
  readonly renameTo?: string;
  /** Its objects stay out. Says nothing else of the model. */
  readonly drop?: true;
  /** By column, or many-to-many relation. */
  readonly columns?: Readonly<Record<string, ColumnConverter>>;
  /** Columns that the archive lacks: their value, as an archive writes it, or SQL. */
  readonly defaults?: Readonly<Record<string, NewColumn>>;
}

/** One of `drop`, `split`, or `rename` and `using`. */
export interface ColumnConverter {
  readonly drop?: true;
  readonly rename?: string;
  /** SQL of the value that it has from now on. */
  readonly using?: string;
  /** Of that SQL, where the target does not say it: for a converter that another one follows. */
  readonly type?: string;
  /** The columns that come instead, with the SQL of each. */
  readonly split?: Readonly<Record<string, string | ColumnSql>>;
}

export interface ColumnSql {
  readonly sql: string;
  readonly type?: string;
}

export type NewColumn = string | number | boolean | null | ColumnSql;
