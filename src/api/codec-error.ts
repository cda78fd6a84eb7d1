import { AuroraError } from '../base/errors.ts';

/** Why a value could not be read or written, for programs. */
export type CodecErrorKind =
  /** The input ends inside a value. */
  | 'truncated'
  | 'negative-size'
  /** Longer than the limits allow. */
  | 'size-limit'
  | 'depth-limit'
  /** A type code or tag that does not exist or does not fit. */
  | 'bad-type'
  | 'bad-version'
  | 'bad-message-type'
  | 'bad-json'
  /** The value does not fit its declared type: range, fraction, unknown enum name. */
  | 'bad-value'
  /** A union without exactly one member. */
  | 'bad-union'
  | 'bad-utf8'
  /** A field is missing without which the value has no meaning. */
  | 'missing-field'
  | 'unknown-method';

/** An AuroraError of code CODEC with the kind of damage; `where` is the path inside the value. */
export type CodecError = AuroraError & { readonly kind: CodecErrorKind };

/** `where` is the path inside the value: `JobConfiguration.taskConfig.resources[2]`. */
export const codecError = (kind: CodecErrorKind, text: string, where?: string): CodecError =>
  Object.assign(new AuroraError('CODEC', text, { where }), { kind });

/** The kind of a thrown codec error; undefined for anything else. */
export const codecErrorKind = (thrown: unknown): CodecErrorKind | undefined =>
  thrown instanceof AuroraError && thrown.code === 'CODEC' ? (thrown as CodecError).kind : undefined;
