/** One line of the audit log: a change that somebody asked for, or somebody who was turned away. */
export interface AuditEntry {
  /** When it was answered, ISO 8601. */
  readonly at: string;
  readonly kind: 'write' | 'denial';
  /** `UNSECURE` for who gave no name. */
  readonly user: string;
  /** How the user logged in. */
  readonly by: string;
  /** Address of the other end of the connection. */
  readonly from?: string | undefined;
  /** The call, or the path of a page. */
  readonly what: string;
  /** role/environment/name */
  readonly job?: string | undefined;
  /** What else says what it is about: hosts, instances, an update, a task. */
  readonly about?: Readonly<Record<string, unknown>> | undefined;
  /** The response code of a call; of a denial AUTH_FAILED, INVALID_REQUEST, 401 or 403. */
  readonly result: string;
  /** The sentence that was answered, when it did not go well. */
  readonly why?: string | undefined;
  readonly traceId?: string | undefined;
}
