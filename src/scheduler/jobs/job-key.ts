import { GOOD_IDENTIFIER, type JobKey, type Wire } from '../../api/index.ts';
import { AuroraError } from '../../base/errors.ts';

/** The longest role, environment or name. */
const MAX_PART = 255;

/** Whether the text may name a role, a user, a tier or a part of a job key. */
export const isGoodIdentifier = (text: string): boolean => GOOD_IDENTIFIER.test(text);

const goodPart = (part: string | undefined): boolean =>
  part !== undefined && part.length <= MAX_PART && isGoodIdentifier(part);

/** The key if all three parts are present and valid; else undefined. */
export function validJobKey(key: Wire<'JobKey'> | undefined): JobKey | undefined {
  const { role, environment, name } = key ?? {};
  return goodPart(role) && goodPart(environment) && goodPart(name)
    ? { role: role as string, environment: environment as string, name: name as string }
    : undefined;
}

/**
 * The job key of a call that requires one.
 * @throws AuroraError API when it is missing or invalid; the reply is an ERROR, as for every malformed argument
 */
export function requiredJobKey(key: Wire<'JobKey'> | undefined): JobKey {
  const valid = validJobKey(key);
  if (valid) return valid;
  const { role, environment, name } = key ?? {};
  throw new AuroraError('API', `not a valid job key: ${role ?? ''}/${environment ?? ''}/${name ?? ''}`);
}
