/** How a caller proved who it is. */
export type Credential = 'none' | 'basic' | 'token' | 'negotiate' | 'certificate' | 'proxy';

/** Everything in a request that may say who sends it. */
export interface Presented {
  /** The Authorization header, split in two; the scheme is in lower case. */
  readonly authorization: { readonly scheme: string; readonly value: string } | undefined;
  header(name: string): string | undefined;
  /** Address of the other end of the connection. */
  readonly address: string | undefined;
  /** Whether the connection itself is encrypted. */
  readonly encrypted: boolean;
  /** Subject of the client's certificate, which was verified against our authorities; undefined without one. */
  readonly certificate: { readonly commonName: string | undefined } | undefined;
}

/** Somebody who has logged in. */
export interface Login {
  readonly user: string;
  readonly by: Credential;
  /** Role names that came with the credentials; the ini file may give the user more. */
  readonly roles: readonly string[];
}

/** Why credentials were not accepted. `unavailable` means that they cannot be checked at the moment. */
export type Refused = 'wrong' | 'malformed' | 'unavailable';

/** One way to log in. */
export interface Authenticator {
  /**
   * Value of WWW-Authenticate that asks for this kind of credentials; undefined when clients cannot be asked for them.
   */
  readonly challenge?: string;
  /** Checks a request; undefined when it has no credentials of this kind. */
  judge(presented: Presented): Login | Refused | undefined | Promise<Login | Refused | undefined>;
}
