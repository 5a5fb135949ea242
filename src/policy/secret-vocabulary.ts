function words(text: string): ReadonlySet<string> {
  return new Set(text.split(/\s+/u).filter((word) => word !== ''));
}

/** Words that make a name secret by themselves. Some stand glued in names that PostgreSQL folded to lower case. */
export const secretWords = words(`
  password passwords passwd passwds passphrase passphrases passcode passcodes pwd pwds pw pswd psw passwort kennwort senha contrasena wachtwoord motdepasse
  secret secrets token tokens otp otps totp hotp mfa tfa salt salts credential credentials creds jwt jwts bearer cvv cvc csc
  htpasswd keytab keypair keystore psk otpauth mnemonic dsn bcrypt argon scrypt pbkdf pfx pkcs
  haslo heslo lozinka sifre salasana losenord adgangskode
`);

/** Secret where nothing else stands in the name. */
export const secretAlone = words('pass pin cookie cookies pepper');

/** Words at whose end a glued word is secret: `emailtoken`, `clientsecret`; and at whose start: `passwordhash`. */
export const gluedEnds: readonly string[] = [
  'password',
  'passwd',
  'passphrase',
  'secret',
  'token',
  'apikey',
  'privatekey',
  'secretkey',
  'accesskey',
  'pwd',
  'pwhash',
  'passhash',
  'pincode',
  'signingkey',
  'encryptionkey',
  'authkey',
  'activationkey',
  'resetkey',
  'privkey',
  'encryptionkeys',
  'accesstokens',
  'refreshtokens',
  'apikeys',
  'recoverycode',
  'recoverycodes',
  'backupcode',
  'backupcodes',
  'verificationcode',
  'activationcode',
  'confirmationcode',
  'resetcode',
  'securitycode',
  'securityanswer',
  'seedphrase',
  'otpseed',
  'bindpw',
  'userpw',
  'rootpw',
  'adminpw',
];
export const gluedStarts: readonly string[] = [
  'password',
  'passwd',
  'passphrase',
  'secretkey',
  'privatekey',
  'apikey',
  'accesstoken',
  'refreshtoken',
  'authtoken',
  'accesskey',
  'clientsecret',
  'tokenhash',
  'tokenvalue',
  'tokensecret',
];

/** `key` is secret after one of these. */
export const beforeKey = words(`
  api access private priv encryption encrypted decryption signing signature secret auth authentication authorization webhook master root shared preshared
  session license licence ssh gpg pgp hmac aes rsa dsa ecdsa ed ssl tls jwt wrapped wrapping recovery backup client app consumer deploy stream bot host admin service
  wep wpa wifi vapid crypto cipher activation confirmation verification reset unlock login onetime subscription cert certificate
`);

/** `key` directly after one of these names something: it opens nothing. */
export const harmlessBeforeKey = words(`
  public primary foreign sort cache partition group natural unique object idempotency translation message display storage file lookup business range composite
  index locale setting config preference feature plugin issue project routing event dedup deduplication tenant surrogate hash answer map image i18n
`);

/** A pair: the first word is secret beside one of the others. */
export const secretPairs: readonly (readonly [string, ReadonlySet<string>])[] = [
  ['seed', words('otp totp hotp mfa recovery wallet secret phrase encryption hash')],
  [
    'code',
    words(
      'recovery backup verification verify reset activation confirmation auth authorization authentication security mfa fa otp sms login unlock access pin scratch device factor magic onetime',
    ),
  ],
  ['codes', words('recovery backup verification security mfa fa otp scratch emergency access login factor onetime')],
  [
    'hash',
    words(
      'password passwd pwd pw pass pin passphrase secret token key user reset activation confirmation remember login auth code answer',
    ),
  ],
  ['hashed', words('pass pin key code')],
  ['digest', words('password passwd pwd pw pass pin token secret recovery reset activation confirmation remember auth key')],
  [
    'pass',
    words(
      'user db database smtp imap ftp sftp ldap mail email proxy encrypted login hash hashed crypt admin root bind account wifi',
    ),
  ],
  [
    'pin',
    words(
      'hash hashed digest code encrypted onetime user card sim access login door alarm account security atm device customer voicemail old new current parental phone wallet salt number',
    ),
  ],
  ['cookie', words('session auth login remember')],
  ['cookies', words('session auth login')],
  ['word', words('pass')],
  ['words', words('seed recovery mnemonic')],
  ['passe', words('mot')],
  ['pepper', words('password hash hashing secret auth')],
  ['phrase', words('pass seed recovery secret wallet')],
  ['pem', words('private')],
  ['private', words('rsa dsa ecdsa pgp gpg ssh')],
  ['material', words('key')],
  ['verifier', words('code oauth pkce password srp')],
  ['auth', words('basic http push proxy smtp')],
  ['link', words('magic reset login')],
  ['answer', words('security secret recovery')],
  ['answers', words('security secret recovery')],
  ['string', words('connection auth authentication')],
  ['uri', words('connection database db redis mongo mongodb postgres postgresql mysql amqp jdbc')],
  ['url', words('connection database db redis mongo mongodb postgres postgresql mysql amqp jdbc')],
  ['header', words('authorization auth')],
  ['data', words('auth oauth')],
];

/** Before the secret word, these say that the value is about it. */
export const harmlessBefore = words(`
  has is needs need requires require required allow allows allowed must can should show hide force use uses using enable enabled disable disabled
  count num number total max min maximum minimum public publishable without
`);

/** After the secret word, these say that the value is about it. */
export const harmlessAfter = words(`
  count counts counter at on by expires expire expired expiry expiration enabled enable disabled required optional length size type types kind kinds
  changed change changes updated created used use uses usage last name names label status state verified valid validity attempts attempt tries limit limits max min
  policy policies strength score version total ttl lifetime duration days hours minutes seconds age time date timestamp method methods algorithm algo alg scheme format
  prefix scope scopes description index sort order id ids provider issuer audience column field param parameter language left remaining quota budget cost rate bucket
  symbol address standard decimals supply price balance amount count rotation rotated revoked issued sent failed failures delivery channel category less manager
  owner level check checks result results enforced per period digits rounds iterations contact
`);

/** After some secret words these name a place; after others (a password's reset link, an otpauth URL) they hold the secret. */
export const placeWords = words('url uri endpoint');
export const placeable = words('token tokens key secret credential credentials jwt');
