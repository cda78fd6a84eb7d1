import { callSite } from './call-site.ts';
import { type Bindable, build, type Value } from './value.ts';

/**
 * Settings with a name of your own, to bind to a job: `{{profile.version}}`. Its fields see one another, and what they
 * leave open is looked up where the profile is used. It has no other fields than those: name one without a value as
 * `undefined` to fill it in later.
 *
 * @example
 * const stable = Profile({ channel: 'stable', bucket: 'builds-{{channel}}', limits: Profile({ files: 4096 }) });
 * const beta = stable.with({ channel: 'beta' });
 * job.bind({ profile: beta })
 */
export function Profile<F extends { readonly [field: string]: Bindable | undefined }>(
  fields: F,
): Value<'Profile', F> {
  return build('Profile', fields, callSite(Profile), []) as unknown as Value<'Profile', F>;
}
