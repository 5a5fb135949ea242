import { readFileSync } from 'node:fs';
import { FailedError, UsageError } from '../../errors/portolan-error.js';
import type { RowPolicyHook } from '../../policy/row-policy-hook.js';
import type { ProfileValues } from '../profile.js';
import { optionalTables } from './optional-tables.js';
import type { SelectionOptions } from './rows/read-selection.js';
import { readSelection } from './rows/read-selection.js';
import { seedPolicy } from './rows/seed-policy.js';

/** Which rows of Zulip's tables leave, by the realms or users that are asked for. */
export function zulipRowPolicy(values: ProfileValues): RowPolicyHook {
  const options = selectionOptions(values);
  return async (context) => {
    const selection = await readSelection(context, options);
    return selection === undefined ? {} : seedPolicy(selection, context.schema);
  };
}

function selectionOptions(values: ProfileValues): SelectionOptions {
  const file = values['consent-users'];
  const message = values['consent-message-id'];
  const users = values['users'];
  if (message !== undefined && !(Number.isSafeInteger(message) && Number(message) > 0))
    throw new UsageError('OPTION_VALUE', '--consent-message-id is no number of a message');
  return {
    publicOnly: values['public-only'] === true,
    consentMessage: message === undefined ? undefined : Number(message),
    consentUsers: typeof file === 'string' ? addressesIn(file) : undefined,
    users: Array.isArray(users) && users.length > 0 ? (users as readonly string[]) : undefined,
    parity: values['zulip-parity'] === true,
    off: Object.entries(optionalTables).flatMap(([name, { model }]) => (values[name] === false ? [model] : [])),
  };
}

/** One address a line; blank lines and those that start with # say nothing. */
function addressesIn(file: string): readonly string[] {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new FailedError('FILE_ERROR', `--consent-users ${file} could not be read`, { cause });
  }
  const lines = text.split('\n').map((line) => line.trim());
  const addresses = lines.filter((line) => line !== '' && !line.startsWith('#'));
  if (addresses.length === 0) throw new UsageError('OPTION_VALUE', `--consent-users ${file} names nobody`);
  return addresses;
}
