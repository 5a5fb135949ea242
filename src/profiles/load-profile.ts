import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { didYouMean } from '../errors/nearest-names.js';
import { UsageError } from '../errors/portolan-error.js';
import { exportedAs } from '../source/exported-as.js';
import type { Profile, ProfileWords } from './profile.js';
import { zulipOptions } from './zulip/options.js';

/** Those that come with Portolan; each is loaded when it is chosen. */
const builtIn: Readonly<Record<string, BuiltIn>> = Object.freeze({
  zulip: {
    apps: Object.freeze(['zerver', 'analytics']),
    options: zulipOptions,
    formats: Object.freeze(['zulip']),
    load: async () => (await import('./zulip/zulip.js')).zulip,
  },
});

/** What a module exports, by name. */
type LoadModule = (file: string) => Promise<Readonly<Record<string, unknown>>>;

interface BuiltIn extends Pick<Profile, 'apps'>, ProfileWords {
  load(): Promise<Profile>;
}

/**
 * The built-in profile of a name, or the default export (or the one called `profile`) of a module.
 *
 * @example
 * const { policy } = await openProfile({ profile: await loadProfile('zulip'), dataSource, exports: true });
 *
 * @throws UsageError UNKNOWN_PROFILE
 */
export async function loadProfile(
  name: string,
  loadModule: LoadModule = (file) => import(pathToFileURL(file).href) as ReturnType<LoadModule>,
): Promise<Profile> {
  const own = builtInProfile(name);
  if (own !== undefined) return own.load();
  const file = resolve(name);
  if (!existsSync(file)) {
    throw new UsageError('UNKNOWN_PROFILE', `there is no profile "${name}"`, {
      hint:
        didYouMean(name, Object.keys(builtIn)) ??
        `Built in: ${Object.keys(builtIn).join(', ')}. Others are modules: --profile ./profile.ts`,
    });
  }
  const exported = await loadModule(file);
  const profile = exportedAs(exported, 'profile');
  if (isProfile(profile)) return profile;
  throw new UsageError('UNKNOWN_PROFILE', `${name} exports no profile`, {
    hint: 'Its default export has name, apps, options, entities(catalog) and policy(catalog, options).',
  });
}

/** The one that comes with Portolan under a name. */
export function builtInProfile(name: string): BuiltIn | undefined {
  return Object.hasOwn(builtIn, name) ? builtIn[name] : undefined;
}

/** Whether it is one of those that come with Portolan, and none that is only called so. */
export async function isBuiltIn(profile: Profile): Promise<boolean> {
  return (await builtInProfile(profile.name)?.load()) === profile;
}

/** The profile that seeds choose by themselves: `zerver.Realm.2`. */
export function profileOfSeeds(objects: readonly string[]): string | undefined {
  const apps = new Set(objects.flatMap((text) => /^(\w+)\./u.exec(text)?.[1]?.toLowerCase() ?? []));
  return Object.keys(builtIn).find((name) => builtIn[name]?.apps.some((app) => apps.has(app)) === true);
}

/** What a profile adds to the command line. @throws as {@link loadProfile} */
export async function wordsOfProfile(name: string, loadModule: LoadModule): Promise<ProfileWords> {
  const own = builtInProfile(name);
  if (own !== undefined) return own;
  const { options, layouts = {} } = await loadProfile(name, loadModule);
  return { options, formats: Object.keys(layouts) };
}

function isProfile(value: unknown): value is Profile {
  if (typeof value !== 'object' || value === null) return false;
  const { name, apps, options, entities, policy } = value as Partial<Record<keyof Profile, unknown>>;
  return (
    typeof name === 'string' &&
    Array.isArray(apps) &&
    Array.isArray(options) &&
    typeof entities === 'function' &&
    typeof policy === 'function'
  );
}
