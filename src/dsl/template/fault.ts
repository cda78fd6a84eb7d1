/** What can be wrong with a template: it is no address, it never settles, or a bound value cannot be used. */
type TemplateFaultKind = 'invalid-reference' | 'endless-template' | 'bad-type' | 'bad-value';

/** Thrown to stop filling in one text; the walk over the configuration turns it into a problem with a place. */
interface TemplateFault {
  readonly fault: TemplateFaultKind;
  readonly text: string;
}

/** Makes a fault to throw; frozen and marked, so that it cannot be mistaken for a failure of ours. */
export const templateFault = (fault: TemplateFaultKind, text: string): TemplateFault =>
  Object.freeze({ fault, text });

export const isTemplateFault = (thrown: unknown): thrown is TemplateFault =>
  typeof thrown === 'object' && thrown !== null && 'fault' in thrown && 'text' in thrown;
