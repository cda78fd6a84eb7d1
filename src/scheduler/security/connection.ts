import type { Authenticator } from './authenticator.ts';

/** Authenticates by client certificates that the TLS server has verified; the subject's common name is the user. */
export function certificateAuthenticator(): Authenticator {
  return {
    judge({ certificate }) {
      const user = certificate?.commonName;
      if (certificate === undefined) return undefined;
      if (user === undefined) return 'wrong';
      return { user, by: 'certificate', roles: [] };
    },
  };
}

export interface ProxyRules {
  readonly addresses: readonly string[];
  readonly header: string;
}

/**
 * Trusts a proxy that authenticates users and passes the name in a header. The header counts only over an encrypted
 * connection from one of the given addresses; from anywhere else it is refused as forged.
 */
export function proxyAuthenticator({ addresses, header }: ProxyRules): Authenticator {
  return {
    judge({ address, encrypted, header: headerOf }) {
      const user = headerOf(header);
      if (user === undefined) return undefined;
      if (!encrypted || address === undefined || !addresses.includes(address) || user.trim() === '')
        return 'wrong';
      return { user, by: 'proxy', roles: [] };
    },
  };
}
