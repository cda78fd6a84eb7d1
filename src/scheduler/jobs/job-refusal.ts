import { AuroraError } from '../../base/errors.ts';

/** A request that breaks a rule; the RPC answers INVALID_REQUEST with this sentence. */
export const refused = (text: string): AuroraError => new AuroraError('BAD_PARAMETER', text);
