import { createHash } from 'node:crypto';

/** A column with a value that is looked for in everything that a command writes. */
export interface Canary {
  readonly column: string;
  readonly type: 'text' | 'varchar(64)' | 'char(40)' | 'bytea' | 'uuid' | 'json' | 'jsonb' | 'text[]' | 'xml' | 'sealed';
}

function canaries(text: string): readonly Canary[] {
  return text
    .trim()
    .split('\n')
    .flatMap((line) => {
      const [type = '', columns = ''] = line.split(':');
      return columns
        .trim()
        .split(/\s+/u)
        .map((column) => ({ column, type: type.trim() as Canary['type'] }));
    });
}

/** Prefixes, suffixes, plurals, camel case, folded to lower case: every way in which people name a secret. */
export const secretColumns: { readonly account: readonly Canary[]; readonly device: readonly Canary[] } = {
  account: canaries(`
    varchar(64): password tbl_password_old password2 apiKey stripe_api_key access_token clientSecret
    text: passwordhash hash salt user_pass pwd passphrase api_secret totpSeed otp_seed two_factor_secret security_answer magic_link cvv activation_key
    char(40): smtp_pass pinHash
    uuid: email_token resetPasswordToken
    text[]: refresh_tokens recovery_codes
    jsonb: credentials mfaRecoveryCodes
    json: oauth_credentials
    bytea: private_key encryptedPassword
    sealed: remember_token
  `),
  device: canaries(`
    text: private_key_pem encryption_key_base64 ssh_key webhook_secret session_key verification_code bearer jwt emailtoken accesstoken_hash connection_uri license_key
    varchar(64): X_AUTH_TOKEN consumerSecrets one_time_code
    bytea: signing_key wrappedKey
    uuid: csrf_token
    xml: keystore
    jsonb: aws_credentials
  `),
};

/** Columns that only look like it. All are text, so that nothing but the name lets them go. */
export const harmlessColumns: { readonly account: readonly Canary[]; readonly device: readonly Canary[] } = {
  account: canaries(`
    text: passenger_count keyboard token_count public_key publicKeyPem password_changed_at passwordPolicy secretary token_type compass sort_key otp_enabled
    varchar(64): monkey access_level mfa_method secret_name has_password
    jsonb: api_versions
  `),
  device: canaries(`
    text: hash_algorithm content_hash salted_caramel seed_variety webhook_url session_count translation_key passport_number hashtag spinner
    text[]: keywords
  `),
};

/** The value of a column, as 32 hexadecimal digits; a target has other ones. */
export function valueOf(table: string, { column }: Canary, database = 'source'): string {
  return createHash('md5').update(`${database} ${table} ${column}`).digest('hex');
}

/** The value in SQL, in the column's type. */
export function literalOf(table: string, canary: Canary, database?: string): string {
  const value = valueOf(table, canary, database);
  switch (canary.type) {
    case 'text':
    case 'varchar(64)':
    case 'char(40)':
    case 'sealed':
    case 'uuid':
      return `'${value}'`;
    case 'bytea':
      return `'\\x${value}'`;
    case 'json':
    case 'jsonb':
      return `'{"value":"${value}"}'`;
    case 'text[]':
      return `'{${value}}'`;
    case 'xml':
      return `'<value>${value}</value>'`;
  }
}

/** Which columns' values stand in a text, whichever way their type is written. */
export function foundIn(text: string, table: string, columns: readonly Canary[], database?: string): readonly string[] {
  const plain = text.replaceAll('-', '');
  return columns.filter((canary) => plain.includes(valueOf(table, canary, database))).map(({ column }) => column);
}
