const BAD_CHARACTERS = /[\x00-\x1f/\\\x7f]/;

/** Why Mesos refuses an id of a task, executor or framework; undefined when it is valid. */
export function idFault(id: string): string | undefined {
  if (id === '') return 'ID must not be empty';
  if (id.length > 255) return 'ID must not be greater than 255 characters';
  if (id === '.' || id === '..') return `'${id}' is disallowed`;
  if (BAD_CHARACTERS.test(id)) return `'${id}' contains invalid characters`;
  return undefined;
}
