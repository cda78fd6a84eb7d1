import { AuroraError } from '../../base/errors.ts';
import { namedFile } from '../flags/named-file.ts';

/** The credentials of this framework at the master. */
export interface FrameworkCredentials {
  readonly principal: string;
  readonly secret: string;
}

/**
 * Reads the properties file of -framework_authentication_file.
 * @throws AuroraError CONFIG naming the file, when it cannot be read or lacks one of the two properties
 */
export function frameworkCredentials(path: string): FrameworkCredentials {
  const { text, where } = namedFile(path, 'the framework authentication file');
  const properties = new Map(
    text.split(/\r?\n/).flatMap((line): [string, string][] => {
      const match = /^\s*([^#!\s][^=:\s]*)\s*[=:]\s*(.*?)\s*$/.exec(line);
      return match ? [[match[1] as string, match[2] as string]] : [];
    }),
  );
  const property = (name: string): string => {
    const value = properties.get(name);
    if (value) return value;
    throw new AuroraError('CONFIG', `the framework authentication file has no ${name}`, { where });
  };
  return {
    principal: property('aurora_authentication_principal'),
    secret: property('aurora_authentication_secret'),
  };
}
