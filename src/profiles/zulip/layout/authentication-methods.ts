/** The bits of `zerver_realm.authentication_methods`, from the lowest. */
const methods = ['Google', 'Email', 'GitHub', 'LDAP', 'Dev', 'RemoteUser', 'AzureAD', 'SAML'] as const;

/** The bit field as Zulip writes it: each method's name, and whether it is allowed. */
export function authenticationMethods(bits: string): readonly (readonly [name: string, allowed: boolean])[] {
  const value = BigInt(bits);
  return methods.map((name, bit) => [name, ((value >> BigInt(bit)) & 1n) === 1n]);
}
