/** The bits of `zerver_usermessage.flags`, from the lowest. */
const flags = [
  ...['read', 'starred', 'collapsed', 'mentioned', 'wildcard_mentioned', 'summarize_in_home', 'summarize_in_stream'],
  ...['force_expand', 'force_collapse', 'has_alert_word', 'historical', 'is_private', 'active_mobile_push_notification'],
];

/** What Zulip tells nobody. */
const internal: ReadonlySet<string> = new Set(['is_private', 'active_mobile_push_notification']);

/** The names of the flags that are set, without the internal ones. */
export function flagNames(mask: string): readonly string[] {
  const value = BigInt(mask);
  return flags.filter((name, bit) => !internal.has(name) && ((value >> BigInt(bit)) & 1n) === 1n);
}
