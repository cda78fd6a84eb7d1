import type { Part, World } from '../parts/part.ts';

/** Answers what Mesos announces about agents: everything is accepted, which moves no task. */
export const inverseOffers = ({ calls }: Pick<World, 'calls'>): Part => ({
  inverseOffered: (offers) => calls.acceptInverseOffers(offers.map(({ id }) => id.value)),
});
