/** Words that make a column's name secret by themselves. */
const secretWords: ReadonlySet<string> = new Set(
  (
    'password passwords passwd passphrase passcode pwd pw secret secrets token tokens otp totp hotp mfa twofactor salt credential credentials ' +
    'apikey apikeys apitoken privatekey secretkey accesskey accesstoken refreshtoken clientsecret passwordhash jwt bearer cvv cvc pin htpasswd keytab'
  ).split(' '),
);

/** `key` is secret after one of these. */
const beforeKey: ReadonlySet<string> = new Set(
  'api access private encryption signing secret auth authentication authorization webhook master shared session service license ssh gpg pgp hmac aes rsa ssl tls account storage server'.split(' '),
);

/** These are secret beside another word that makes them so. */
const pairs: readonly (readonly [string, ReadonlySet<string>])[] = [
  ['seed', new Set(['otp', 'totp', 'mfa', 'recovery', 'wallet', 'secret'])],
  ['code', new Set(['recovery', 'backup', 'verification', 'reset', 'activation', 'auth', 'authorization', 'security', 'mfa'])],
  ['codes', new Set(['recovery', 'backup', 'scratch', 'mfa'])],
  ['hash', new Set(['password', 'passwd', 'pwd', 'pw', 'pass', 'pin', 'passphrase', 'secret', 'token', 'key'])],
  ['digest', new Set(['password', 'passwd', 'pwd', 'pw', 'pass', 'token', 'secret', 'recovery', 'reset'])],
  ['pass', new Set(['user', 'db', 'smtp', 'ftp', 'ldap', 'mail', 'encrypted', 'login', 'hash', 'hashed', 'crypt'])],
  ['cookie', new Set(['session', 'auth'])],
  ['phrase', new Set(['pass', 'seed', 'recovery', 'secret'])],
  ['pem', new Set(['private', 'key'])],
  ['hash', new Set(['reset', 'activation', 'confirmation'])],
];

/** A name with one of these tells about a secret, and holds none. */
const harmlessWords: ReadonlySet<string> = new Set(
  (
    'count counts counter at on expires expire expired expiry expiration public type types kind has is enabled enable disabled required length size ' +
    'changed updated created used last date time age name label hint status state verified attempts limit max min policy strength version total ' +
    'needs need requires allow allows usage ttl lifetime days method methods algorithm algo scheme format prefix scope scopes url uri link description index sort order id ids'
  ).split(' '),
);

/** Two words that together are no secret, whatever each says. */
const harmlessPairs: readonly (readonly [string, string])[] = [['public', 'key']];

/**
 * Whether a column's name says that its values are secrets: split at `_` and at capitals, it holds a secret word and no word
 * that makes it harmless (design.md §3, what must never happen).
 */
export function isSecretName(name: string, siblings: readonly string[] = []): boolean {
  void siblings;
  const words = splitName(name);
  if (harmlessPairs.some(([a, b]) => words.includes(a) && words.includes(b))) return false;
  if (words.some((word) => harmlessWords.has(word))) return false;
  if (words.some((word) => secretWords.has(word))) return true;
  const joined = words.join('');
  if (secretWords.has(joined)) return true;
  return words.some((word, at) => isSecretKey(words, word, at) || pairs.some(([last, beside]) => word === last && words.some((other) => beside.has(other))));
}

function isSecretKey(words: readonly string[], word: string, at: number): boolean {
  if (word !== 'key' && word !== 'keys') return false;
  return words.slice(0, at).some((before) => beforeKey.has(before));
}

/** `APIKey2_hash` → api, key, hash. */
export function splitName(name: string): readonly string[] {
  return name
    .replace(/([a-z\d])([A-Z])/gu, '$1_$2')
    .replace(/([A-Z]+)([A-Z][a-z])/gu, '$1_$2')
    .toLowerCase()
    .split(/[^a-z]+/u)
    .filter((word) => word !== '');
}
