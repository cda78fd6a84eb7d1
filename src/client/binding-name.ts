import { parseAddress } from '../dsl/template/address.ts';
import { isTemplateFault } from '../dsl/template/fault.ts';

/** Says why a name cannot be the name of a binding; undefined when it can. */
export function bindingProblem(name: string): string | undefined {
  try {
    parseAddress(name);
    return undefined;
  } catch (error) {
    if (isTemplateFault(error)) return error.text;
    throw error;
  }
}
