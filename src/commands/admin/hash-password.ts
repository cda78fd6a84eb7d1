import * as Flags from '@oclif/core/flags';
import { AuroraError } from '../../base/errors.ts';
import { readSecret } from '../../client/read-secret.ts';
import { bcryptHash, scryptHash } from '../../scheduler/security/password.ts';
import { tokenHash } from '../../scheduler/security/tokens.ts';
import { adminCommand } from '../admin-command.ts';

export default adminCommand('hash_password', {
  summary: 'Make the hash that stands for a password in security.ini',
  description:
    'Asks for the password, or reads it from stdin, and prints a hash of it: in [users] write name = HASH, role, ...',
  examples: ['', '--bcrypt < password.txt'],
  args: {},
  flags: {
    bcrypt: Flags.boolean({ description: 'use bcrypt, for a file that other programs read too' }),
    token: Flags.boolean({
      description: 'hash a token for -http_token_file; make the token with openssl rand -hex 32',
      exclusive: ['bcrypt'],
    }),
  },
  async run(session, { flags }) {
    const password = await readSecret(session, 'Password: ');
    if (password === '') throw new AuroraError('USAGE', 'an empty password lets nobody in');
    const hash = flags.token ? tokenHash : flags.bcrypt ? bcryptHash : scryptHash;
    const line = await hash(password);
    session.print(`${line}\n`);
    session.give?.({ hash: line });
    return 0;
  },
});
