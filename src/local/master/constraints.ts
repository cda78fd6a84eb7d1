import { messageOf } from '../../base/errors.ts';
import type { AgentInfo, MesosMessage } from '../../mesos/index.ts';

type Predicate = MesosMessage<'AttributeConstraint.Predicate'>;
type Selector = MesosMessage<'AttributeConstraint.Selector'>;

/** Whether a role's offers may include an agent. */
export type OfferConstraint = (agent: AgentInfo) => boolean;

/** The attribute's text: undefined when the attribute is absent, null when it is not a text. */
function attributeText(agent: AgentInfo, selector: Selector): string | null | undefined {
  if (selector.pseudoattribute_type === 'HOSTNAME') return agent.hostname;
  if (selector.pseudoattribute_type === 'REGION') return agent.domain?.fault_domain?.region.name;
  if (selector.pseudoattribute_type === 'ZONE') return agent.domain?.fault_domain?.zone.name;
  const attribute = agent.attributes?.find(({ name }) => name === selector.attribute_name);
  return attribute && (attribute.type === 'TEXT' ? (attribute.text?.value ?? '') : null);
}

/** Makes the pattern match the whole text. The error is worded like RE2's, see golden/mesos sched-27. */
function readRegex(pattern: string): RegExp {
  try {
    new RegExp(pattern);
    return new RegExp(`^(?:${pattern})$`);
  } catch (error) {
    const text = messageOf(error);
    const why = text.endsWith('Unterminated group') ? `missing ): ${pattern}` : text;
    throw new SyntaxError(`Failed to construct regex from pattern '${pattern}': ${why}`);
  }
}

/** Predicates on text are true for attributes of other types, as in Mesos. */
function compile(predicate: Predicate): (text: string | null | undefined) => boolean {
  if (predicate.exists) return (text) => text !== undefined;
  if (predicate.not_exists) return (text) => text === undefined;
  const { text_equals, text_not_equals, text_matches, text_not_matches } = predicate;
  if (text_equals) return (text) => text === null || text === text_equals.value;
  if (text_not_equals) return (text) => text === null || text !== text_not_equals.value;
  const pattern = text_matches ?? text_not_matches;
  if (!pattern) return () => true;
  const regex = readRegex(pattern.regex);
  return text_matches
    ? (text) => text === null || (text !== undefined && regex.test(text))
    : (text) => text === null || text === undefined || !regex.test(text);
}

/**
 * Compiles the offer constraints of a framework: a role's agents must meet all constraints of at least one group.
 * @throws SyntaxError when a regular expression is malformed; its message names the role
 */
export function readConstraints(
  constraints: MesosMessage<'OfferConstraints'> | undefined,
): ReadonlyMap<string, OfferConstraint> {
  const result = new Map<string, OfferConstraint>();
  for (const [role, { groups }] of Object.entries(constraints?.role_constraints ?? {})) {
    try {
      const compiled = (groups ?? []).map(({ attribute_constraints }) =>
        (attribute_constraints ?? []).map(({ selector, predicate }) => ({
          selector,
          holds: compile(predicate),
        })),
      );
      result.set(role, (agent) =>
        compiled.some((group) => group.every(({ selector, holds }) => holds(attributeText(agent, selector)))),
      );
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      throw new SyntaxError(`A role ${role} has an invalid 'AttributeConstraint': ${error.message}`);
    }
  }
  return result;
}
